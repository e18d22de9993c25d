//! Words of extensions.

use super::{FieldWords, words};

pub const EXTENSION_ENABLED: FieldWords = words(
    ["Enabled", "A disabled extension can't be called and its phones can't call; nothing of it is lost."],
    ["Abilitato", "Un interno disabilitato non si può chiamare e i suoi telefoni non chiamano; non si perde nulla."],
);
pub const EXTENSION_NUMBER: FieldWords =
    words(["Number", "2 to 8 digits: what others dial."], ["Numero", "Da 2 a 8 cifre: ciò che gli altri compongono."]);
pub const EXTENSION_FIRST_NAME: FieldWords = words(
    ["First name", "Together with the last name it is what other phones show."],
    ["Nome", "Insieme al cognome è ciò che mostrano gli altri telefoni."],
);
pub const EXTENSION_LAST_NAME: FieldWords = words(
    ["Last name", "Together with the first name it is what other phones show."],
    ["Cognome", "Insieme al nome è ciò che mostrano gli altri telefoni."],
);
pub const EXTENSION_EMAIL: FieldWords =
    words(["E-mail", "Where messages for this person are sent."], ["E-mail", "Dove si inviano i messaggi per questa persona."]);
pub const EXTENSION_MOBILE: FieldWords = words(
    ["Mobile", "The person's mobile number, without the prefix for outside lines."],
    ["Cellulare", "Il numero di cellulare della persona, senza il prefisso per l'esterno."],
);
pub const EXTENSION_SERVICE_PIN: FieldWords = words(
    ["Service PIN", "Digits that protect voicemail, switches, paging and the lock. Without a PIN these services refuse."],
    ["PIN servizi", "Cifre che proteggono casella vocale, interruttori, diffusione e blocco. Senza PIN questi servizi rifiutano."],
);
pub const EXTENSION_ORGANIZATION: FieldWords =
    words(["Organization", "Shown in the phonebook."], ["Organizzazione", "Mostrata nella rubrica."]);
pub const EXTENSION_DEPARTMENT: FieldWords = words(["Department", "Shown in the phonebook."], ["Reparto", "Mostrato nella rubrica."]);
pub const EXTENSION_CONCURRENT_CALL_LIMIT: FieldWords = words(
    [
        "Concurrent call limit",
        "Calls in and out at a time over all its accounts; 0 is no limit. With 1, attended transfer is not possible.",
    ],
    [
        "Limite chiamate contemporanee",
        "Chiamate in entrata e in uscita insieme su tutti i suoi account; 0 per nessun limite. Con 1 il trasferimento con offerta non è possibile.",
    ],
);
pub const EXTENSION_BUSY_LEVEL: FieldWords = words(
    ["Busy level", "From so many calls on, another one is not presented and the caller hears busy; 0 is never."],
    ["Soglia di occupato", "Da questo numero di chiamate in poi un'altra non viene presentata e chi chiama sente occupato; 0 per mai."],
);

pub const EXTENSION_TEMPLATE: FieldWords = words(
    ["Template", "What it inherits: all settings below that it does not set itself."],
    ["Template", "Ciò che eredita: tutte le impostazioni qui sotto che non imposta da sé."],
);
pub const EXTENSION_SHOW_IN_PHONEBOOK: FieldWords =
    words(["Show in phonebook", "Others find it in the phonebook."], ["Mostra in rubrica", "Gli altri lo trovano nella rubrica."]);
pub const LDAP_MODE: FieldWords = words(
    ["LDAP publishing mode", "How its number is published in the LDAP directory."],
    ["Pubblicazione LDAP", "Come il suo numero è pubblicato nella rubrica LDAP."],
);
pub const LDAP_EXTENSION: FieldWords = words(
    ["Custom LDAP extension", "The extension number that the LDAP publishing rule is applied to."],
    ["Interno LDAP personalizzato", "Il numero di interno a cui si applica la regola di pubblicazione LDAP."],
);
pub const LDAP_NUMBER: FieldWords = words(
    ["Custom LDAP number", "The number that the LDAP directory shows for this person."],
    ["Numero LDAP personalizzato", "Il numero che la rubrica LDAP mostra per questa persona."],
);
pub const EXTENSION_STANDARD_CLASS: FieldWords = words(
    ["Standard outbound class", "What may be dialled outside while the lock is open. Without a class: nothing."],
    ["Classe di uscita standard", "Ciò che si può comporre all'esterno a lucchetto aperto. Senza classe: nulla."],
);
pub const EXTENSION_RESTRICTED_CLASS: FieldWords = words(
    ["Restricted outbound class", "What may be dialled outside while the lock is closed. Without a class: nothing."],
    ["Classe di uscita ristretta", "Ciò che si può comporre all'esterno a lucchetto chiuso. Senza classe: nulla."],
);
pub const LOCK_MODE: FieldWords = words(
    ["Electronic lock", "Who opens it: it is always open, the unlock code opens it, or the code and the service PIN do."],
    ["Lucchetto elettronico", "Chi lo apre: è sempre aperto, lo apre il codice di sblocco, oppure il codice e il PIN dei servizi."],
);
pub const UNLOCK_POLICY: FieldWords =
    words(["Unlock policy", "When the lock closes again."], ["Politica di sblocco", "Quando il lucchetto si richiude."]);
pub const UNLOCK_SECONDS: FieldWords = words(
    ["Unlock duration", "Seconds after which the lock closes by itself."],
    ["Durata dello sblocco", "Secondi dopo i quali il lucchetto si richiude da solo."],
);
pub const EXTENSION_PICKUP_GROUPS: FieldWords = words(
    ["Member of pickup groups", "Whoever is authorised on one of these groups may pick up calls to this extension."],
    ["Gruppi di appartenenza", "Chi è autorizzato su uno di questi gruppi può prelevare le chiamate a questo interno."],
);
pub const EXTENSION_PICKUP_AUTHORIZED: FieldWords = words(
    ["May pick up in groups", "This extension may pick up calls to the members of these groups."],
    ["Autorizzazione al prelievo", "Questo interno può prelevare le chiamate ai membri di questi gruppi."],
);
pub const EXTENSION_OUTBOUND_NUMBER: FieldWords = words(
    ["Outbound number", "The number that lines show; empty for the line's own."],
    ["Numero in uscita", "Il numero che le linee mostrano; vuoto per quello della linea."],
);
pub const EXTENSION_HIDE_NUMBER: FieldWords = words(
    ["Hide number", "Lines are asked not to show the number."],
    ["Nascondi numero", "Si chiede alle linee di non mostrare il numero."],
);
