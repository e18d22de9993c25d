//! The words of the settings: what each entity and each setting is called, and a line of help for it.

use super::Phrase;

/// The words of one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldWords {
    pub label: Phrase,
    pub help: Phrase,
}

/// The words of one kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindWords {
    pub one: Phrase,
    pub many: Phrase,
}

const fn kind(one: (&'static str, &'static str), many: (&'static str, &'static str)) -> KindWords {
    KindWords { one: Phrase::new(one.0, one.1), many: Phrase::new(many.0, many.1) }
}

/// English first, then Italian; label, then help.
const fn words(english: [&'static str; 2], italian: [&'static str; 2]) -> FieldWords {
    FieldWords { label: Phrase::new(english[0], italian[0]), help: Phrase::new(english[1], italian[1]) }
}

pub const SIP: KindWords = kind(("SIP settings", "impostazioni SIP"), ("SIP settings", "impostazioni SIP"));
pub const TENANT: KindWords = kind(("tenant", "tenant"), ("tenants", "tenant"));
pub const EXTENSION: KindWords = kind(("extension", "interno"), ("extensions", "interni"));
pub const ACCOUNT: KindWords = kind(("account", "account"), ("accounts", "account"));
pub const USER: KindWords = kind(("user", "utente"), ("users", "utenti"));

// --- what several kinds have ---

pub const IN_TENANT: FieldWords = words(
    ["Tenant", "The organisation it belongs to; empty for the first one."],
    ["Tenant", "L'organizzazione a cui appartiene; vuoto per la prima."],
);

// --- tenant ---

pub const TENANT_NAME: FieldWords = words(["Name", "The name of the organisation."], ["Nome", "Il nome dell'organizzazione."]);

// --- extension ---

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
pub const EXTENSION_RING_TIMEOUT: FieldWords = words(
    ["Ring timeout", "Seconds that a call to it rings before it counts as not answered."],
    ["Durata squillo", "Secondi di squillo prima che una chiamata risulti senza risposta."],
);

// --- account ---

pub const ACCOUNT_ENABLED: FieldWords = words(
    ["Enabled", "A disabled account is refused like a wrong password and never rung."],
    ["Abilitato", "Un account disabilitato è rifiutato come una password errata e non squilla mai."],
);
pub const ACCOUNT_USERNAME: FieldWords = words(
    ["Username", "What the phone logs in with: letters, digits, dot, underscore, hyphen. Unique in the whole PBX."],
    ["Nome utente", "Con cui il telefono si autentica: lettere, cifre, punto, trattino, trattino basso. Unico in tutto il centralino."],
);
pub const ACCOUNT_PASSWORD: FieldWords = words(
    ["Password", "What the phone logs in with. Left empty, a long one is made."],
    ["Password", "Con cui il telefono si autentica. Se vuota, ne viene creata una lunga."],
);
pub const ACCOUNT_EXTENSION: FieldWords = words(
    ["Extension", "Whose phone this is. An account without extension can register but not call."],
    ["Interno", "Di chi è questo telefono. Un account senza interno si registra ma non chiama."],
);
pub const ACCOUNT_TRANSPORTS: FieldWords =
    words(["Transports", "How this phone may reach the box."], ["Trasporti", "Come questo telefono può raggiungere il centralino."]);
pub const ACCOUNT_CODECS: FieldWords = words(
    ["Audio codecs", "Those the phone may use, the preferred first."],
    ["Codec audio", "Quelli che il telefono può usare, il preferito per primo."],
);
pub const ACCOUNT_NAT: FieldWords = words(
    ["NAT", "For a phone behind a router: addresses in its messages are ignored, answers go where its packets come from."],
    ["NAT", "Per un telefono dietro un router: gli indirizzi nei suoi messaggi sono ignorati, si risponde da dove arrivano i pacchetti."],
);
pub const ACCOUNT_REGISTRATION_CHECK: FieldWords = words(
    ["Registration check", "Calls are taken only from the very address and port where the phone is registered."],
    ["Verifica registrazione", "Le chiamate si accettano solo dall'indirizzo e porta da cui il telefono è registrato."],
);
pub const ACCOUNT_ALLOWED: FieldWords = words(
    ["Allowed network", "The address or network the phone may come from; empty for any."],
    ["Rete permessa", "L'indirizzo o la rete da cui il telefono può arrivare; vuoto per qualsiasi."],
);

// --- user ---

pub const USER_USERNAME: FieldWords = words(
    ["Username", "What this person logs in with on the web page."],
    ["Nome utente", "Con cui questa persona accede alla pagina web."],
);
pub const USER_PASSWORD_HASH: FieldWords = words(["Password", "Kept as a hash only."], ["Password", "Conservata solo come hash."]);
pub const USER_ROLE: FieldWords =
    words(["Role", "What this person may see and do."], ["Ruolo", "Ciò che questa persona può vedere e fare."]);
pub const USER_LANGUAGE: FieldWords = words(
    ["Language", "Of the web page; empty for what the browser asks for."],
    ["Lingua", "Della pagina web; vuoto per quella chiesta dal browser."],
);

// --- SIP settings ---

pub const SIP_REALM: FieldWords = words(
    ["Realm", "Named in each login question. Phones may have to be told when it changes."],
    ["Realm", "Indicato in ogni richiesta di autenticazione. Se cambia, può servire aggiornare i telefoni."],
);
pub const SIP_EXPIRES_MAX: FieldWords = words(
    ["Longest registration", "Seconds; a phone that asks for more gets this."],
    ["Registrazione massima", "Secondi; un telefono che chiede di più riceve questo valore."],
);
pub const SIP_EXPIRES_MIN: FieldWords = words(
    ["Shortest registration", "Seconds; a phone that asks for less is told to ask for this."],
    ["Registrazione minima", "Secondi; a un telefono che chiede di meno si indica questo valore."],
);
pub const SIP_EXTERNAL_ADDRESS: FieldWords = words(
    ["External address", "What phones outside the local networks reach the box by; empty if there are none."],
    ["Indirizzo esterno", "Con cui i telefoni fuori dalle reti locali raggiungono il centralino; vuoto se non ce ne sono."],
);
pub const SIP_LOCAL_NETWORKS: FieldWords = words(
    ["Local networks", "Where phones are reached directly, without the external address."],
    ["Reti locali", "Dove i telefoni si raggiungono direttamente, senza l'indirizzo esterno."],
);
pub const SIP_CODECS: FieldWords = words(
    ["Allowed codecs", "The audio codecs that accounts may use at all."],
    ["Codec permessi", "I codec audio che gli account possono usare."],
);
