//! The words of the web page.

use super::Phrase;

phrases! {
    // --- every page ---
    SKIP_TO_CONTENT: "Skip to content", "Vai al contenuto";
    MENU: "Menu", "Menu";
    OVERVIEW: "Overview", "Panoramica";
    EXTENSIONS: "Extensions", "Interni";
    ACCOUNTS: "SIP accounts", "Account SIP";
    CALLS: "Calls", "Chiamate";
    SIP_SETTINGS: "SIP settings", "Impostazioni SIP";
    LOG_OUT: "Log out", "Esci";
    LANGUAGE: "Language", "Lingua";
    SAVE: "Save", "Salva";
    CANCEL: "Cancel", "Annulla";
    DELETE: "Delete", "Elimina";
    SEARCH: "Search", "Cerca";
    CLEAR: "Clear", "Azzera";
    YES: "Yes", "Sì";
    NO: "No", "No";
    NONE: "None", "Nessuno";
    SAVED: "Saved.", "Salvato.";
    DELETED: "Deleted.", "Eliminato.";
    NOTHING_FOUND: "Nothing matches your search.", "Nessun risultato per la ricerca.";
    PLEASE_CORRECT: "Not saved yet. Please correct what is marked below.", "Non ancora salvato. Correggi ciò che è segnato qui sotto.";
    NOT_KEPT: "It could not be saved: {}. Nothing was changed. Please try again.",
        "Non è stato possibile salvare: {}. Nulla è cambiato. Riprova.";
    CHANGED_MEANWHILE: "{} changed this at the same time, and your changes are not saved yet. Save again to keep what you see here.",
        "{} ha modificato questi dati nel frattempo e le tue modifiche non sono ancora salvate. Salva di nuovo per tenere ciò che vedi qui.";

    // --- claim ---
    WELCOME: "Welcome", "Benvenuto";
    CLAIM_INTRO: "This is a new Trillo telephone system. Type the setup code to make it yours.",
        "Questo è un nuovo centralino Trillo. Scrivi il codice di configurazione per prenderne possesso.";
    SETUP_CODE: "Setup code", "Codice di configurazione";
    SETUP_CODE_HELP: "Eight letters and digits. You find it on the box's screen and in the file SETUP-CODE.txt on its memory card.",
        "Otto lettere e cifre. Lo trovi sullo schermo dell'apparecchio e nel file SETUP-CODE.txt sulla sua scheda di memoria.";
    SETUP_CODE_WRONG: "This is not the setup code. Compare it with the screen or the file.",
        "Non è il codice di configurazione. Confrontalo con lo schermo o con il file.";
    SETUP_CODE_WAIT: "Too many tries. Wait a minute, then type the code again.",
        "Troppi tentativi. Aspetta un minuto, poi scrivi di nuovo il codice.";
    CONTINUE: "Continue", "Continua";
    CREATE_ADMINISTRATOR: "Create the administrator", "Crea l'amministratore";
    CREATE_ADMINISTRATOR_INTRO: "With this name and password you will manage the telephone system. Keep them safe: there is no default password.",
        "Con questo nome e questa password gestirai il centralino. Conservali bene: non esiste una password predefinita.";
    REPEAT_PASSWORD: "Repeat the password", "Ripeti la password";
    PASSWORD_HELP: "At least 10 characters. A short sentence is easy to remember and hard to guess.",
        "Almeno 10 caratteri. Una breve frase si ricorda bene e si indovina male.";
    PASSWORD_SHORT: "Use at least 10 characters.", "Usa almeno 10 caratteri.";
    PASSWORD_LONG: "Use at most 200 characters.", "Usa al massimo 200 caratteri.";
    PASSWORD_PLAIN: "This password is easy to guess. Use more different characters, and neither the username nor a common word.",
        "Questa password si indovina facilmente. Usa caratteri più vari, e né il nome utente né una parola comune.";
    PASSWORD_DIFFERS: "The two passwords differ. Type both again.", "Le due password sono diverse. Scrivile di nuovo entrambe.";
    CREATE: "Create", "Crea";

    // --- log in ---
    LOG_IN: "Log in", "Accedi";
    USERNAME: "Username", "Nome utente";
    PASSWORD: "Password", "Password";
    LOGIN_WRONG: "Username, password or code is wrong.", "Nome utente, password o codice errati.";
    LOGIN_WAIT: "Too many failed tries from your address. Wait {} seconds, then try again.",
        "Troppi tentativi falliti dal tuo indirizzo. Aspetta {} secondi, poi riprova.";
    LOGIN_NOT_KEPT: "The box cannot write just now, so the recovery code could not be used. Use a code of the app.",
        "L'apparecchio ora non può scrivere, quindi il codice di recupero non è stato usato. Usa un codice dell'app.";
    LOGGED_OUT: "You are logged out.", "Sei uscito.";
    FORM_OLD: "The form was too old or came from elsewhere. Please try again.",
        "Il modulo era troppo vecchio o proveniva da altrove. Riprova.";

    // --- dashboard ---
    REGISTERED_PHONES: "Registered phones", "Telefoni registrati";
    LIVE_CALLS: "Calls now", "Chiamate in corso";
    OF_ACCOUNTS: "of {} accounts", "su {} account";
    CALLS_SINCE_START: "Calls since start", "Chiamate dall'avvio";
    ANSWERED_OF_THEM: "{} answered", "{} con risposta";
    UPTIME: "Running for", "In funzione da";
    VERSION: "Version {}", "Versione {}";
    NO_CALLS_NOW: "Nobody is on the phone right now.", "Nessuno è al telefono in questo momento.";
    NO_REGISTRATIONS: "No phone is registered yet. Create an extension, then enter its account in a phone.",
        "Nessun telefono è ancora registrato. Crea un interno, poi inserisci il suo account in un telefono.";
    FIRST_STEPS: "First steps", "Primi passi";
    FIRST_STEPS_TEXT: "Create two extensions, enter their accounts in two phones, and call one from the other.",
        "Crea due interni, inserisci i loro account in due telefoni e chiama l'uno dall'altro.";
    CERTIFICATE: "No more warnings from the browser", "Niente più avvisi dal browser";
    CERTIFICATE_TEXT: "Over https the browser warns because it does not know this box. Install the box's certificate as a trusted authority on your computer, and it knows the box by its name and its addresses.",
        "Con https il browser avvisa perché non conosce questo apparecchio. Installa il suo certificato come autorità attendibile nel computer, e lo riconoscerà dal nome e dagli indirizzi.";
    CERTIFICATE_CARE: "Install it only if you trust this box and got the file over your own network: whoever holds the box could then pass for other sites too.",
        "Installalo solo se ti fidi di questo apparecchio e hai ricevuto il file dalla tua rete: chi possiede l'apparecchio potrebbe poi spacciarsi anche per altri siti.";
    CERTIFICATE_DOWNLOAD: "Download the certificate", "Scarica il certificato";
    CALLER: "Caller", "Chiamante";
    CALLEE: "Called", "Chiamato";
    STATE: "State", "Stato";
    SINCE: "Since", "Da";
    RINGING: "Ringing", "Squilla";
    TALKING: "Talking", "In conversazione";
    HELD: "On hold", "In attesa";
    ACCOUNT: "Account", "Account";
    EXTENSION: "Extension", "Interno";
    PHONE: "Phone", "Telefono";
    ADDRESS: "Address", "Indirizzo";
    EXPIRES_IN: "Expires in", "Scade fra";
    REACHABLE: "Reachable", "Raggiungibile";
    NOT_REACHABLE: "Not reachable", "Non raggiungibile";
    NOT_CONNECTED: "Not connected", "Non connesso";
    REGISTERED: "Registered", "Registrato";
    NOT_REGISTERED: "Not registered", "Non registrato";
    LINE_TRYING: "Connecting", "Connessione in corso";
    LINE_UNKNOWN: "Address unknown", "Indirizzo sconosciuto";
    LINE_REFUSED: "Refused", "Rifiutata";
    DISABLED: "Disabled", "Disabilitato";
    MILLISECONDS: "{} ms", "{} ms";
    DAYS_HOURS: "{} d {} h", "{} g {} h";
    HOURS_MINUTES: "{} h {} min", "{} h {} min";
    MINUTES_SECONDS: "{} min {} s", "{} min {} s";
    SECONDS: "{} s", "{} s";

    // --- extensions and accounts ---
    NEW_EXTENSION: "New extension", "Nuovo interno";
    NO_EXTENSIONS: "There is no extension yet.", "Non c'è ancora nessun interno.";
    NUMBER: "Number", "Numero";
    NAME: "Name", "Nome";
    PHONES: "Phones", "Telefoni";
    SEARCH_EXTENSIONS: "Number, name or account", "Numero, nome o account";
    SEARCH_ACCOUNTS: "Account, number or name", "Account, numero o nome";
    IDENTITY: "Identity", "Identità";
    CONTACT: "Contact", "Contatti";
    CALL_LIMITS: "Calls", "Chiamate";
    LOGIN_OF_PHONE: "Login", "Accesso";
    WHERE_FROM: "Network", "Rete";
    AUDIO: "Audio", "Audio";
    REGISTRATION: "Registration", "Registrazione";
    ADDRESSES: "Addresses", "Indirizzi";
    MORE_SETTINGS: "More settings", "Altre impostazioni";
    PHONE_FOR_IT: "A phone for it", "Un telefono per l'interno";
    CREATE_ACCOUNT_TOO: "Create an account for a phone", "Crea un account per un telefono";
    CREATE_ACCOUNT_TOO_HELP: "Without a username it gets the extension's number. The password is generated and shown after saving.",
        "Senza nome utente prende il numero dell'interno. La password viene generata e mostrata dopo il salvataggio.";
    LINKED_ACCOUNTS: "Accounts of this extension", "Account di questo interno";
    NO_LINKED_ACCOUNTS: "No phone can ring here yet: there is no account.", "Nessun telefono può squillare: non c'è ancora un account.";
    ADD_ACCOUNT: "Create an account", "Crea un account";
    ADD_ACCOUNT_FOR: "New account for {}", "Nuovo account per {}";
    LINK_ACCOUNT: "Link a free account", "Collega un account libero";
    LINK: "Link", "Collega";
    UNLINK: "Unlink", "Scollega";
    LINKED: "Linked.", "Collegato.";
    UNLINKED: "Unlinked.", "Scollegato.";
    ALREADY_LINKED: "This account already belongs to an extension.", "Questo account appartiene già a un interno.";
    NEW_ACCOUNT: "New account", "Nuovo account";
    NO_ACCOUNTS: "There is no account yet.", "Non c'è ancora nessun account.";
    FREE_ACCOUNT: "Free", "Libero";
    PHONE_DETAILS: "Enter this in the phone", "Inserisci questo nel telefono";
    PHONE_DETAILS_HELP: "The password is shown this once. You can show it again on the account's page.",
        "La password è mostrata solo ora. Puoi mostrarla di nuovo nella pagina dell'account.";
    SERVER: "Server", "Server";
    COPY: "Copy", "Copia";
    COPIED: "Copied", "Copiato";
    SHOW_PASSWORD: "Show the password", "Mostra la password";
    LEAVE_EMPTY: "Leave empty to keep the present one.", "Lascia vuoto per tenere quella attuale.";
    GENERATE_NEW: "Generate a new one", "Generane una nuova";
    REMOVE_SECRET: "Remove it", "Rimuovilo";
    IS_SET: "It is set.", "È impostato.";
    FIRST_TENANT: "The first one", "La prima";
    POSITION: "Position of {}", "Posizione di {}";
    POSITION_HELP: "Tick what may be used; 1 is preferred.", "Spunta ciò che si può usare; 1 è il preferito.";
    ONE_A_LINE: "One a line.", "Uno per riga.";
    BETWEEN: "{} to {}", "da {} a {}";
    DELETE_EXTENSION: "Delete extension {}?", "Eliminare l'interno {}?";
    DELETE_EXTENSION_TEXT: "It cannot be called any more. Its accounts stay and become free. This cannot be undone.",
        "Non si potrà più chiamare. I suoi account restano e diventano liberi. Non si può annullare.";
    DELETE_ACCOUNT: "Delete account {}?", "Eliminare l'account {}?";
    DELETE_ACCOUNT_TEXT: "The phone that uses it can neither call nor be called any more. This cannot be undone.",
        "Il telefono che lo usa non potrà più chiamare né essere chiamato. Non si può annullare.";

    // --- calls ---
    NO_CALL_RECORDS: "No call has ended yet.", "Nessuna chiamata è ancora terminata.";
    STARTED: "Started", "Inizio";
    DIALLED: "Dialled", "Composto";
    OUTCOME: "Outcome", "Esito";
    TALK_TIME: "Talk time", "Durata";
    ANSWERED: "Answered", "Con risposta";
    NO_ANSWER: "No answer", "Senza risposta";
    BUSY: "Busy", "Occupato";
    UNAVAILABLE: "Unavailable", "Non disponibile";
    CANCELLED: "Caller hung up", "Chiamante ha riagganciato";
    FORWARDED: "Sent on", "Inoltrata";
    REFUSED: "Refused", "Rifiutata";

    RECORDS_UNREADABLE: "The call records cannot be read at the moment: {}.", "Al momento le chiamate registrate non si possono leggere: {}.";

    // --- errors ---
    NOT_FOUND: "There is no such page", "Questa pagina non esiste";
    NOT_FOUND_TEXT: "Perhaps what it showed was deleted.", "Forse ciò che mostrava è stato eliminato.";
    SESSION_ENDED: "Your login has ended", "L'accesso è terminato";
    SESSION_ENDED_TEXT: "So nothing was saved. Log in again, then enter it once more; what you typed stands below, but for passwords.",
        "Quindi nulla è stato salvato. Accedi di nuovo e reinseriscilo; ciò che avevi scritto è qui sotto, tranne le password.";
    TYPED: "What you typed", "Ciò che avevi scritto";
    FORBIDDEN: "This is not allowed", "Operazione non permessa";
    FORBIDDEN_TEXT: "The form was too old or came from another site. Go back, reload the page and try again.",
        "Il modulo era troppo vecchio o proveniva da un altro sito. Torna indietro, ricarica la pagina e riprova.";
    WRONG_METHOD: "This page cannot be used that way", "Questa pagina non si usa così";
    TROUBLE: "Something went wrong here", "Qualcosa è andato storto";
    TROUBLE_TEXT: "It is not your fault. Calls go on. Please try again.", "Non è colpa tua. Le chiamate continuano. Riprova.";
    TO_OVERVIEW: "To the overview", "Alla panoramica";
}

/// Puts the arguments in the places marked `{}`, in order.
pub fn fill(text: &str, arguments: &[&dyn std::fmt::Display]) -> String {
    let mut arguments = arguments.iter();
    let mut pieces = text.split("{}");
    let mut filled = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        if let Some(argument) = arguments.next() {
            filled.push_str(&argument.to_string());
        }
        filled.push_str(piece);
    }
    filled
}

/// With a capital at the start and a full stop at the end: a reason standing alone.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

/// What holds for every phrase of a file, for its test.
#[cfg(test)]
pub(super) fn check_phrases(phrases: &[(&str, Phrase)]) {
    for (name, phrase) in phrases {
        let Phrase { english, italian } = phrase;
        assert!(!english.is_empty() && !italian.is_empty(), "{name}");
        assert_eq!(english.matches("{}").count(), italian.matches("{}").count(), "{name} has other places in Italian");
        assert_eq!(english.ends_with('.'), italian.ends_with('.'), "{name} ends otherwise in Italian");
        assert!(!english.contains("  ") && !italian.contains("  "), "{name} holds two spaces");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_alone_is_a_sentence() {
        assert_eq!(sentence("è già in uso"), "È già in uso.");
        assert_eq!(sentence("Done."), "Done.");
    }

    #[test]
    fn every_phrase_is_whole_in_both_languages() {
        check_phrases(ALL);
    }

    #[test]
    fn arguments_go_where_they_belong() {
        assert_eq!(fill("{} of {}", &[&1, &"{}"]), "1 of {}");
        assert_eq!(fill("none", &[&1]), "none");
    }
}
