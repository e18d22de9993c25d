//! The words of one's own pages: my phone, my calls, my contacts, my login.

use super::Phrase;

phrases! {
    MY_PHONE: "My phone", "Il mio telefono";
    MY_CALLS: "My calls", "Le mie chiamate";
    MY_CONTACTS: "My contacts", "I miei contatti";
    MY_LOGIN: "My login", "Il mio accesso";
    NO_EXTENSION: "No extension is linked to your user. An administrator can link one.",
        "Al tuo utente non è collegato nessun interno. Può farlo un amministratore.";
    MY_NUMBER: "My number", "Il mio numero";
    MY_NAME: "My name", "Il mio nome";
    MY_PHONES: "My phones", "I miei telefoni";
    NO_ACCOUNTS: "Your extension has no account yet, so no phone can register with it.",
        "Il tuo interno non ha ancora un account, quindi nessun telefono può registrarsi.";
    PIN: "Service PIN", "PIN dei servizi";
    PIN_HELP: "4 to 16 digits. It protects services that you reach by phone.",
        "Da 4 a 16 cifre. Protegge i servizi che raggiungi dal telefono.";
    REMOVE_PIN: "Remove the PIN", "Togli il PIN";
    NEW_PIN: "New service PIN", "Nuovo PIN dei servizi";
    PIN_IS_SET: "A PIN is set.", "Un PIN è impostato.";
    PIN_IS_EMPTY: "No PIN is set, so services that ask for it refuse.", "Nessun PIN è impostato, quindi i servizi che lo chiedono rifiutano.";
    MY_LANGUAGE: "Language of these pages", "Lingua di queste pagine";
    LIKE_BROWSER: "As the browser asks", "Come chiede il browser";

    NO_CALLS: "No call of your extension is on record yet.", "Nessuna chiamata del tuo interno è ancora registrata.";
    OUTGOING: "Outgoing", "In uscita";
    INCOMING: "Incoming", "In entrata";
    DIRECTION: "Direction", "Direzione";
    WITH_WHOM: "With", "Con";

    NEW_CONTACT: "New contact", "Nuovo contatto";
    NO_CONTACTS: "You have no contacts of your own yet. Only you see those that you add here.",
        "Non hai ancora contatti tuoi. Quelli che aggiungi qui li vedi solo tu.";
    SPEED_DIAL_HELP: "A digit: with 3 your phone dials this contact by #03.", "Una cifra: con 3 il telefono compone questo contatto con #03.";
    DELETE_CONTACT: "Delete this contact", "Elimina questo contatto";
    IMPORT: "Import", "Importa";
    IMPORT_TEXT: "Choose a file with contacts of another program: CSV with a first row of headings, or vCard. Those that you have already stay as they are.",
        "Scegli un file con i contatti di un altro programma: CSV con una prima riga di intestazioni, o vCard. Quelli che hai già restano come sono.";
    FILE: "File", "File";
    IMPORTED: "{} contacts were added, {} were there already.", "{} contatti aggiunti, {} c'erano già.";
    LEFT_OUT: "{} rows were left out:", "{} righe sono state tralasciate:";
    LINE_SAYS: "Line {}: {}", "Riga {}: {}";
    FILE_MISSING: "Choose a file first.", "Scegli prima un file.";

    CHANGE_PASSWORD: "Change the password", "Cambia la password";
    OLD_PASSWORD: "Your password now", "La tua password attuale";
    NEW_PASSWORD: "New password", "Nuova password";
    NEW_PASSWORD_HELP: "At least {} characters. All your other sessions end.", "Almeno {} caratteri. Tutte le altre tue sessioni terminano.";
    PASSWORD_IS_NAME: "Use something else than your username.", "Usa qualcosa di diverso dal tuo nome utente.";
    PASSWORD_IS_WRONG: "This is not your password.", "Questa non è la tua password.";

    SECOND_FACTOR: "Second factor", "Secondo fattore";
    FACTOR_OFF: "Off. Whoever knows your password can log in.", "Disattivato. Chi conosce la tua password può accedere.";
    FACTOR_ON: "On. Besides the password, a code of your authenticator app is asked. {} recovery codes are left.",
        "Attivato. Oltre alla password è chiesto un codice della tua app di autenticazione. Restano {} codici di recupero.";
    SET_UP: "Set up", "Imposta";
    TURN_OFF: "Turn off", "Disattiva";
    NEW_RECOVERY_CODES: "New recovery codes", "Nuovi codici di recupero";
    FACTOR_STEPS: "Scan the picture with an authenticator app on your phone, or type the key into it. Then type the six digits that the app shows.",
        "Inquadra l'immagine con un'app di autenticazione sul telefono, o scrivici la chiave. Poi scrivi le sei cifre mostrate dall'app.";
    QR_PICTURE: "Picture with the key for the authenticator app", "Immagine con la chiave per l'app di autenticazione";
    KEY: "Key", "Chiave";
    CODE: "Code", "Codice";
    CODE_OF_APP: "Six digits from the app", "Sei cifre dall'app";
    CODE_IS_WRONG: "The app shows another code. Look at the clock of your phone, and type the newest code.",
        "L'app mostra un altro codice. Controlla l'ora del telefono e scrivi il codice più recente.";
    TURN_ON: "Turn on", "Attiva";
    FACTOR_IS_ON: "The second factor is on.", "Il secondo fattore è attivo.";
    RECOVERY_CODES: "Recovery codes", "Codici di recupero";
    RECOVERY_TEXT: "Keep these codes where your phone is not. Each stands in once for the code of the app. They are shown only now.",
        "Conserva questi codici lontano dal telefono. Ognuno sostituisce una volta il codice dell'app. Sono mostrati solo adesso.";
    RECOVERY_KEPT: "I have kept them", "Li ho conservati";

    SESSIONS: "Where you are logged in", "Dove hai effettuato l'accesso";
    DEVICE: "Device", "Dispositivo";
    LOGGED_IN_SINCE: "Since", "Da";
    LAST_USE: "Last use", "Ultimo uso";
    THIS_SESSION: "this one", "questa";
    END_SESSION: "End", "Termina";
    END_OTHERS: "End all others", "Termina tutte le altre";
    UNKNOWN_DEVICE: "Unknown", "Sconosciuto";

    LOGIN_CODE: "Code", "Codice";
    LOGIN_CODE_HELP: "Only if you have set up a second factor.", "Solo se hai impostato un secondo fattore.";

    TOKENS: "API tokens", "Token API";
    TOKENS_TEXT: "A program that uses the API shows a token in place of a password. It can do what its user can, or only read.",
        "Un programma che usa l'API mostra un token al posto di una password. Può fare ciò che può il suo utente, o solo leggere.";
    TOKEN_NAME: "Name of the program", "Nome del programma";
    READ_ONLY: "Read only", "Sola lettura";
    EXPIRES: "Expires", "Scadenza";
    EXPIRES_AFTER: "Good for", "Valido per";
    DAYS: "{} days", "{} giorni";
    FOR_EVER: "Without end", "Senza fine";
    NEVER: "never", "mai";
    MAKE_TOKEN: "Make a token", "Crea un token";
    REVOKE: "Revoke", "Revoca";
    TOKEN_ONCE: "This is the token. It is shown only now: give it to the program.", "Questo è il token. È mostrato solo adesso: consegnalo al programma.";
    DONE: "Done", "Fatto";
}

#[cfg(test)]
mod tests {
    #[test]
    fn phrases_are_whole_in_both_languages() {
        for (name, phrase) in super::ALL {
            assert!(!phrase.english.is_empty() && !phrase.italian.is_empty(), "{name}");
            assert_eq!(phrase.english.matches("{}").count(), phrase.italian.matches("{}").count(), "{name}");
        }
    }
}
