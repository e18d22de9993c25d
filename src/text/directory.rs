//! The words of the directory's pages: people, templates, lines, what is asked before something is changed.

use super::Phrase;

phrases! {
    // --- menu ---
    PEOPLE: "People", "Persone";
    OUTSIDE: "Outside", "Esterno";
    SYSTEM: "System", "Sistema";
    MAILBOXES: "Voicemail boxes", "Caselle vocali";
    CONTACTS: "Contacts", "Contatti";
    EXTENSION_TEMPLATES: "Extension templates", "Template di interni";
    ACCOUNT_TEMPLATES: "Account templates", "Template di account";
    PICKUP_GROUPS: "Pickup groups", "Gruppi di prelievo";
    LINES: "Lines", "Linee";
    NUMBERING_PLAN: "Numbering plan", "Piano di numerazione";
    SELECTIONS: "Custom selections", "Selezioni personalizzate";
    CLASSES: "Outbound classes", "Classi di uscita";
    PHONEBOOK: "Phonebook", "Rubrica";
    USERS: "Users", "Utenti";
    ROLES: "Roles", "Ruoli";
    TOKENS: "API tokens", "Token API";
    TENANTS: "Tenants", "Tenant";

    // --- new, and none yet ---
    NEW_EXTENSION_TEMPLATE: "New extension template", "Nuovo template di interni";
    NEW_ACCOUNT_TEMPLATE: "New account template", "Nuovo template di account";
    NEW_CLASS: "New outbound class", "Nuova classe di uscita";
    NEW_AUDIO: "New audio file", "Nuovo file audio";
    NO_AUDIO: "There is no audio file yet. Announcements and music on hold are uploaded here, as WAV files.",
        "Non c'è ancora nessun file audio. Qui si caricano annunci e musica d'attesa, come file WAV.";
    AUDIO_FILES: "Audio files", "File audio";
    SOUND: "Sound", "Suono";
    SOUND_HELP: "A WAV file, PCM with 8 or 16 bits, mono or stereo, 8,000 to 48,000 Hz, up to 8 MiB.",
        "Un file WAV, PCM a 8 o 16 bit, mono o stereo, da 8.000 a 48.000 Hz, fino a 8 MiB.";
    DOWNLOAD_SOUND: "Download the WAV file", "Scarica il file WAV";
    NEW_SELECTION: "New custom selection", "Nuova selezione personalizzata";
    NEW_LINE: "New line", "Nuova linea";
    NEW_PICKUP_GROUP: "New pickup group", "Nuovo gruppo di prelievo";
    NEW_MAILBOX: "New voicemail box", "Nuova casella vocale";
    NEW_CONTACT: "New contact", "Nuovo contatto";
    NEW_USER: "New user", "Nuovo utente";
    NEW_ROLE: "New role", "Nuovo ruolo";
    NEW_TOKEN: "New API token", "Nuovo token API";
    NEW_TENANT: "New tenant", "Nuovo tenant";
    NO_EXTENSION_TEMPLATES: "There is no template yet. A template holds what many extensions share: change it once, and all follow.",
        "Non c'è ancora nessun template. Un template contiene ciò che molti interni condividono: lo cambi una volta e tutti seguono.";
    NO_ACCOUNT_TEMPLATES: "There is no template yet. A template holds what many accounts share: change it once, and all follow.",
        "Non c'è ancora nessun template. Un template contiene ciò che molti account condividono: lo cambi una volta e tutti seguono.";
    NO_CLASSES: "There is no outbound class yet. A class says which outside numbers may be dialled, and over which lines.",
        "Non c'è ancora nessuna classe di uscita. Una classe dice quali numeri esterni si possono comporre e su quali linee.";
    NO_SELECTIONS: "There is no custom selection yet. It gives digits of your own a meaning: 500 for the porter's mobile, 9 for the front desk.",
        "Non c'è ancora nessuna selezione personalizzata. Dà un significato a cifre vostre: 500 per il cellulare del portiere, 9 per la reception.";
    NO_LINES: "There is no line yet. A line is the way to the outside: a provider, a trunk, a gateway, another site.",
        "Non c'è ancora nessuna linea. Una linea porta all'esterno: un operatore, un trunk, un gateway, un'altra sede.";
    NO_PICKUP_GROUPS: "There is no pickup group yet. In a group some people may answer calls that ring at others.",
        "Non c'è ancora nessun gruppo di prelievo. In un gruppo alcuni possono rispondere alle chiamate che squillano da altri.";
    NO_MAILBOXES: "There is no voicemail box yet.", "Non c'è ancora nessuna casella vocale.";
    NO_CONTACTS: "There is no contact yet. Contacts are people outside, found in the phonebook of every phone.",
        "Non c'è ancora nessun contatto. I contatti sono persone esterne, presenti nella rubrica di ogni telefono.";
    NO_USERS: "There is no user yet.", "Non c'è ancora nessun utente.";
    NO_ROLES: "There is no role of your own yet.", "Non c'è ancora nessun ruolo proprio.";
    NO_TOKENS: "There is no API token yet.", "Non c'è ancora nessun token API.";
    NO_TENANTS: "There is no tenant yet.", "Non c'è ancora nessun tenant.";

    // --- lists ---
    SEARCH_HINT: "Number or name", "Numero o nome";
    USED_BY: "Used by", "Usato da";
    PAGES: "Pages", "Pagine";
    PREVIOUS: "Previous", "Precedenti";
    NEXT: "Next", "Successivi";
    ROWS_OF: "{}–{} of {}", "{}–{} di {}";
    TICK: "Choose", "Scegli";
    TICK_ONE: "Choose {}", "Scegli {}";
    CHANGE_TICKED: "Change the chosen ones", "Modifica quelli scelti";
    CHANGE_ALL_FOUND: "Change all in this list", "Modifica tutti in questo elenco";

    // --- headings in forms ---
    OUTSIDE_CALLS: "Calls to the outside", "Chiamate verso l'esterno";
    FAILOVER: "If nobody answers", "Se nessuno risponde";
    PICKUP: "Call pickup", "Prelievo di chiamate";
    SECURITY: "Security", "Sicurezza";
    VIDEO: "Video and direct media", "Video e media diretti";
    OUTBOUND_PROXY: "Outbound proxy", "Proxy in uscita";
    NUMBERS: "Numbers", "Numeri";
    REWRITING: "Rewriting and caller", "Riscrittura e chiamante";
    TRANSPORTS: "Transports and ports", "Trasporti e porte";
    MESSAGES: "Messages", "Messaggi";

    // --- forms ---
    NOTHING_TO_CHOOSE: "There is nothing to choose from yet.", "Non c'è ancora niente da scegliere.";
    ROW_ADD: "Add a row", "Aggiungi una riga";
    ROW_UP: "Row {} up", "Riga {} su";
    ROW_DOWN: "Row {} down", "Riga {} giù";
    ROW_REMOVE: "Remove row {}", "Rimuovi la riga {}";
    ORIGIN: "Origin", "Origine";
    FROM_EXTENSIONS: "From an extension", "Da un interno";
    FROM_OUTSIDE: "From outside", "Dall'esterno";
    BY_TRANSFER: "By transfer", "Per trasferimento";
    RINGS_FOR: "Rings for (seconds)", "Squilla per (secondi)";
    IF_NO_ANSWER: "No answer", "Nessuna risposta";
    IF_BUSY: "Busy", "Occupato";
    IF_UNAVAILABLE: "Unavailable", "Non disponibile";

    // --- templates and own values ---
    PRESET: "preset", "predefinito";
    FROM_TEMPLATE: "from template {}", "dal template {}";
    INSTEAD_OF: "in place of: {} ({})", "al posto di: {} ({})";
    INHERITED: "inherited", "ereditato";
    OWN_VALUE: "Own value", "Valore proprio";
    OWN_VALUES_ONE: "{} own value", "{} valore proprio";
    OWN_VALUES_COUNT: "{} own values", "{} valori propri";
    SET_HERE: "Set by this template", "Impostato da questo template";
    SET_HERE_COUNT: "{} set", "{} impostati";
    REACH: "affects {}, overridden by {}", "vale per {}, {} hanno un valore proprio";
    TEMPLATE_USED_BY: "In use by: {}", "In uso da: {}";
    OTHER_TEMPLATE: "Use template {}?", "Usare il template {}?";
    OTHER_TEMPLATE_TEXT: "Another template sets everything back to what it says. These own values would go; tick those that shall stay.",
        "Un altro template riporta tutto a ciò che dice. Questi valori propri andrebbero persi; spunta quelli che devono restare.";
    KEEP_THESE: "Keep these own values", "Mantieni questi valori propri";

    // --- deleting ---
    DELETE_IT: "Delete {}?", "Eliminare: {}?";
    DELETE_TEXT: "Nothing uses it.", "Nessuno lo usa.";
    DELETE_USER_TEXT: "What is this user's own goes along: API tokens: {}, personal contacts: {}.",
        "Ciò che è di questo utente va via con lui: token API: {}, contatti personali: {}.";
    DIALLING: "Dialling", "Composizione";
    SERVICE_CODES: "Service codes", "Codici di servizio";
    PERSONAL: "personal", "personale";
    RIGHTS: "Rights", "Diritti";
    PANEL: "Panel", "Pannello";
    LEVELS_HELP: "Each level includes those before it. What is secret, such as a password, is shown at no level.",
        "Ogni livello comprende quelli che lo precedono. Ciò che è segreto, come una password, non si vede a nessun livello.";
    PASSWORD_CHARS: "At least {} characters.", "Almeno {} caratteri.";
    PASSWORD_STAYS: "Leave empty to keep the present one.", "Lasciare vuoto per mantenere quella attuale.";
    STILL_USED: "It cannot be deleted while it is in use. Used by: {}", "Non si può eliminare finché è in uso. Usato da: {}";
    AND_MORE: "and {} more", "e altri {}";
    BACK: "Back", "Indietro";
    NOT_ALLOWED: "You may not do this", "Non hai i permessi";
    NOT_ALLOWED_TEXT: "Your role does not allow it. An administrator can change that.",
        "Il tuo ruolo non lo permette. Un amministratore può cambiarlo.";

    // --- two at once ---
    CONFLICT_CHOOSE: "You both changed these settings. Choose which value shall hold.",
        "Avete modificato entrambi queste impostazioni. Scegli quale valore deve valere.";
    CONFLICT_BOTH_STAY: "Only one of you changed these. They stay as they are here.",
        "Queste le ha modificate uno solo di voi. Restano come sono qui.";
    SETTING: "Setting", "Impostazione";
    VALUE: "Value", "Valore";
    CHANGED_BY: "Changed by", "Modificato da";
    YOU: "you", "te";
    YOURS: "Your value", "Il tuo valore";
    OF_OTHER: "Saved by {}", "Salvato da {}";
    DROP_MINE: "Drop my changes", "Scarta le mie modifiche";

    // --- many at once ---
    CHANGE_MANY: "Change {} {}", "Modifica {} {}";
    SET_FOR_ALL: "Set this value for all of them", "Imposta questo valore per tutti";
    RELEASE_FOR_ALL: "Let all of them inherit it", "Fallo ereditare a tutti";
    MANY_CHANGE: "{} of {} change.", "Cambiano: {} su {}.";
    BEFORE: "Before", "Prima";
    AFTER: "After", "Dopo";

    // --- pickup matrix ---
    PICKUP_MATRIX: "Pickup matrix", "Matrice dei prelievi";
    PICKUP_MATRIX_TEXT: "A member's calls may be picked up by those who may pick up in the same group.",
        "Le chiamate di un membro possono essere prelevate da chi è autorizzato nello stesso gruppo.";
    NO_PICKUP_MATRIX: "It needs at least one pickup group and one extension.", "Servono almeno un gruppo di prelievo e un interno.";
    MATRIX_MEMBER: "member", "membro";
    MATRIX_MAY_PICK_UP: "may pick up", "può prelevare";

    // --- history ---
    HISTORY: "History", "Cronologia";
    NO_HISTORY: "Nothing was changed yet.", "Non è ancora cambiato nulla.";
    HISTORY_UNREADABLE: "The history cannot be read at the moment: {}.", "Al momento la cronologia non si può leggere: {}.";
    COMPARE: "Compare", "Confronta";
    COMPARE_FROM: "Compare from revision {}", "Confronta dalla revisione {}";
    COMPARE_TO: "Compare to revision {}", "Confronta fino alla revisione {}";
    BETWEEN_REVISIONS: "From revision {} to {}", "Dalla revisione {} alla {}";
    REVISION: "Revision {}", "Revisione {}";
    WHEN: "When", "Quando";
    WHO: "Who", "Chi";
    WHAT: "What", "Che cosa";
    OLDER: "Older ones", "Più vecchie";
    ADDED: "{} added", "{}: nuovo";
    CHANGED: "{} changed", "{}: modificato";
    DELETED: "{} deleted", "{}: eliminato";
    NO_DIFFERENCE: "Nothing differs.", "Non c'è nessuna differenza.";
    REVERT: "Undo this change", "Annulla questa modifica";
    REVERT_HELP: "What this save changed goes back to what it was before, also where it was changed again since; all else stays. You see first what would happen.",
        "Ciò che questo salvataggio ha cambiato torna com'era prima, anche dove è stato cambiato di nuovo; il resto rimane. Prima vedi che cosa succederebbe.";
    REVERT_ASK: "Undo revision {}?", "Annullare la revisione {}?";
    REVERT_WOULD: "This would change:", "Cambierebbe questo:";

    // --- tables ---
    IMPORT: "Import", "Importa";
    IMPORT_TITLE: "Import {}", "Importa {}";
    IMPORT_TEXT: "A table from a spreadsheet, saved as CSV. Rows that are there are changed, new ones added, nothing is deleted. You see first what would happen.",
        "Una tabella da un foglio di calcolo, salvata come CSV. Le righe che esistono vengono modificate, le nuove aggiunte, nulla viene eliminato. Prima vedi che cosa succederebbe.";
    IMPORT_FORMAT: "What the table holds", "Che cosa contiene la tabella";
    IMPORT_PEOPLE: "a person a row: extension, phone, voicemail box, log-in", "una persona per riga: interno, telefono, casella vocale, accesso";
    IMPORT_EXTENSIONS: "an extension a row", "un interno per riga";
    IMPORT_FREEPBX: "extensions out of FreePBX (Bulk Handler)", "interni da FreePBX (Bulk Handler)";
    IMPORT_EXAMPLE: "Download the table as it is now", "Scarica la tabella com'è adesso";
    IMPORT_FILE: "File", "File";
    IMPORT_PASTE: "Or paste the table here", "Oppure incolla qui la tabella";
    IMPORT_TABLE: "The table", "La tabella";
    IMPORT_LOOK: "See what would happen", "Vedi che cosa succederebbe";
    IMPORT_NOTHING: "Choose a file, or paste a table.", "Scegli un file o incolla una tabella.";
    IMPORT_FAULTY: "Nothing was imported. Please correct the rows that are marked: here, or in your file.",
        "Non è stato importato nulla. Correggi le righe segnate: qui o nel tuo file.";
    IMPORT_COUNTS: "{} new, {} changed, {} as they are, {} with faults.", "{} nuove, {} modificate, {} invariate, {} con errori.";
    IMPORT_IGNORED: "Columns that mean nothing here: {}", "Colonne che qui non hanno significato: {}";
    IMPORT_LINE: "Line", "Riga";
    ROW_NEW: "New", "Nuova";
    ROW_CHANGED: "Changed", "Modificata";
    ROW_SAME: "As it is", "Invariata";
    ROW_FAULTY: "Faulty", "Con errori";

    // --- a new person ---
    PERSON_MAILBOX: "Voicemail", "Casella vocale";
    PERSON_MAILBOX_CREATE: "Create a voicemail box", "Crea una casella vocale";
    PERSON_USER: "Log-in to this page", "Accesso a questa pagina";
    PERSON_USER_CREATE: "Create a user", "Crea un utente";
    MORE_PHONES: "More phones", "Altri telefoni";
    MORE_PHONES_HELP: "One username a line; each gets a password of its own.",
        "Un nome utente per riga; ciascuno riceve una password propria.";
    LINK_FREE: "Free accounts for this person", "Account liberi per questa persona";
    TRANSPORT_AND_PORT: "Transport", "Trasporto";
    QR_LABEL: "QR code with this login", "Codice QR con questo accesso";
    QR_HELP: "A SIP address with the password, for softphones that scan one. Linphone, Acrobits and Zoiper want codes of their own.",
        "Un indirizzo SIP con la password, per i softphone che lo leggono. Linphone, Acrobits e Zoiper vogliono codici propri.";
    WELCOME_MAIL: "Welcome mail", "Mail di benvenuto";
    WELCOME_MAIL_TEXT: "Copy it, or open it in your mail program. The passwords are not in it: give them in person.",
        "Copiala o aprila nel tuo programma di posta. Le password non ci sono: comunicale di persona.";
    SEND_MAIL: "Open in mail program", "Apri nel programma di posta";
    MAIL_SUBJECT: "Your telephone", "Il tuo telefono";
    MAIL_LOGIN: "Login of your phone: server {}, username {}. You get the password in person.\n",
        "Accesso del telefono: server {}, nome utente {}. La password ti viene data di persona.\n";
    MAIL_TEXT: "Hello {},\n\nyour extension is {}.\n{}\nWelcome!\n", "Ciao {},\n\nil tuo interno è {}.\n{}\nBenvenuto!\n";
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_phrase_is_whole_in_both_languages() {
        super::super::page::check_phrases(super::ALL);
    }
}
