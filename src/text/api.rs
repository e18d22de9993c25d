//! The words of the API: what a problem says.

use super::Phrase;

const fn say(english: &'static str, italian: &'static str) -> Phrase {
    Phrase::new(english, italian)
}

pub const NOT_LOGGED_IN: Phrase = say(
    "Send a token of the API: \"Authorization: Bearer TOKEN\". Tokens are made on the page of users.",
    "Manda un token dell'API: \"Authorization: Bearer TOKEN\". I token si creano nella pagina degli utenti.",
);
pub const WRONG_TOKEN: Phrase = say("There is no such token.", "Questo token non esiste.");
pub const TOKEN_EXPIRED: Phrase = say("This token has expired.", "Questo token è scaduto.");
pub const TOKEN_WAIT: Phrase = say("Too many wrong tokens. Wait {} seconds.", "Troppi token sbagliati. Attendi {} secondi.");
pub const CSRF_MISSING: Phrase = say(
    "A change by a logged-in browser needs the header X-CSRF-Token of its session.",
    "Una modifica da un browser collegato richiede l'intestazione X-CSRF-Token della sua sessione.",
);
pub const FORBIDDEN: Phrase = say("Your role or token does not allow this.", "Il ruolo o il token non lo permette.");
pub const NOT_FOUND: Phrase = say("There is nothing at this address.", "A questo indirizzo non c'è nulla.");
pub const NO_SUCH: Phrase = say("There is no {} with the id {}.", "Non c'è nessun elemento \"{}\" con l'id {}.");
pub const WRONG_METHOD: Phrase = say("This address takes: {}.", "Questo indirizzo accetta: {}.");
pub const NOT_ACCEPTABLE: Phrase = say("Answers here are {}.", "Le risposte qui sono {}.");
pub const WRONG_TYPE: Phrase = say("Send the body as {}.", "Manda il corpo come {}.");
pub const NOT_JSON: Phrase = say("The body is not JSON: line {}, column {}.", "Il corpo non è JSON: riga {}, colonna {}.");
pub const MEMBER_TWICE: Phrase =
    say("An object in the body has the member \"{}\" twice.", "Un oggetto nel corpo ha due volte il membro \"{}\".");
pub const JSON_TOO_DEEP: Phrase = say(
    "The body is JSON, but lists and objects stand within each other too deep.",
    "Il corpo è JSON, ma elenchi e oggetti sono uno dentro l'altro troppo in profondità.",
);
pub const NOT_AN_OBJECT: Phrase = say("it must be an object", "deve essere un oggetto");
pub const NOT_A_LIST: Phrase = say("it must be a list", "deve essere un elenco");
pub const OTHER_ID: Phrase = say("it is not the id in the address", "non è l'id dell'indirizzo");
pub const MADE_BY_THE_BOX: Phrase = say("the box makes it; it cannot be sent", "lo crea l'apparato; non si può mandare");
pub const NOT_A_TEXT: Phrase = say("it must be a text in quotes", "deve essere un testo tra virgolette");
pub const NOT_TRUE_OR_FALSE: Phrase = say("it must be true or false", "deve essere true o false");
pub const NO_SUCH_SWITCH: Phrase = say(
    "there is no such switch: there are forward, do_not_disturb, hides_number and locked",
    "questo interruttore non esiste: ci sono forward, do_not_disturb, hides_number e locked",
);
pub const INVALID: Phrase = say("It was not saved: see the errors.", "Non è stato salvato: vedi gli errori.");
pub const IN_USE: Phrase = say("It cannot be deleted: see the errors.", "Non può essere eliminato: vedi gli errori.");
pub const NOT_UNDONE: Phrase = say("It cannot be undone: see the errors.", "Non può essere annullato: vedi gli errori.");
pub const WRONG_PARAMETERS: Phrase = say("The address has parameters that cannot be used.", "L'indirizzo ha parametri inutilizzabili.");
pub const UNKNOWN_PARAMETER: Phrase = say("there is no such parameter", "questo parametro non esiste");
pub const UNKNOWN_PARAMETER_NEAR: Phrase =
    say("there is no such parameter; did you mean \"{}\"?", "questo parametro non esiste; intendevi \"{}\"?");
pub const NOT_A_NUMBER: Phrase = say("it must be a number from {} to {}", "deve essere un numero da {} a {}");
pub const SECRET_PARAMETER: Phrase = say("secrets cannot be searched for", "i segreti non si possono cercare");
pub const CHANGED_MEANWHILE: Phrase = say(
    "Meanwhile {} changed it, in revision {}. Read it again, then send the change anew.",
    "Nel frattempo {} lo ha modificato, nella revisione {}. Rileggilo, poi rimanda la modifica.",
);
pub const NOT_THE_SAME: Phrase = say(
    "It, or what it inherits or names, is not what If-Match says. Read it again, then send the change anew.",
    "Esso, o ciò che eredita o nomina, non è come dice If-Match. Rileggilo, poi rimanda la modifica.",
);
pub const TROUBLE: Phrase = say("It could not be done: {}. Nothing was changed.", "Non è stato possibile: {}. Nulla è cambiato.");

pub const BROKEN_KEY: Phrase = say("Idempotency-Key must have 1 to 255 characters.", "Idempotency-Key deve avere da 1 a 255 caratteri.");
pub const STILL_RUNNING: Phrase = say(
    "The first request with this Idempotency-Key is still being answered.",
    "La prima richiesta con questa Idempotency-Key è ancora in corso.",
);
pub const KEY_OF_ANOTHER: Phrase =
    say("This Idempotency-Key belongs to another request.", "Questa Idempotency-Key appartiene a un'altra richiesta.");

pub const PUT_OR_DELETE: Phrase = say("it must be either a \"put\" or a \"delete\"", "deve essere un \"put\" o un \"delete\"");
pub const UNKNOWN_TOPIC: Phrase = say("it must be some of: {}", "deve essere qualcuno fra: {}");
pub const STREAMS_FULL: Phrase =
    say("There are as many streams of events as there may be.", "Ci sono già tutti i flussi di eventi possibili.");

// --- the page that explains the API ---
pub const TITLE: Phrase = say("API", "API");
pub const INTRO: Phrase = say(
    "All settings, the state and the history of this box, for programs. What follows is made from the box itself, so it fits this version.",
    "Tutte le impostazioni, lo stato e la cronologia di questo apparato, per i programmi. Quanto segue è creato dall'apparato stesso, quindi corrisponde a questa versione.",
);
pub const DOCUMENT: Phrase = say("OpenAPI document", "Documento OpenAPI");
pub const PARAMETER: Phrase = say("Parameter", "Parametro");
pub const MEMBER: Phrase = say("Member", "Membro");
pub const MEANING: Phrase = say("Meaning", "Significato");
pub const VALUE: Phrase = say("Value", "Valore");
pub const ANSWERS: Phrase = say("Answers", "Risposte");
pub const PROBLEMS: Phrase = say("Problems", "Problemi");
pub const ABOUT_INVALID: Phrase = say(
    "invalid: values that cannot be. Each of the errors points at one in what was sent.",
    "invalid: valori non possibili. Ciascuno degli errori ne indica uno in ciò che è stato mandato.",
);
pub const ABOUT_IN_USE: Phrase = say(
    "in-use: something refers to what is to be deleted or undone, or it is gone. The errors name it.",
    "in-use: qualcosa si riferisce a ciò che si vuole eliminare o annullare, oppure non c'è più. Gli errori lo nominano.",
);
pub const ABOUT_CONFLICT: Phrase = say(
    "conflict: somebody else changed it since it was read. \"changed\" tells who, when, and both values.",
    "conflict: qualcun altro lo ha modificato dopo la lettura. \"changed\" dice chi, quando e i due valori.",
);

pub const TITLE_INVALID: Phrase = say("Not valid", "Non valido");
pub const TITLE_IN_USE: Phrase = say("In use", "In uso");
pub const TITLE_CONFLICT: Phrase = say("Changed meanwhile", "Modificato nel frattempo");

/// The name of a status for which there is no word of our own.
pub const fn status(status: u16) -> Phrase {
    match status {
        400 => say("Bad request", "Richiesta errata"),
        401 => say("Not logged in", "Accesso non effettuato"),
        403 => say("Not allowed", "Non permesso"),
        404 => say("Not found", "Non trovato"),
        405 => say("Method not allowed", "Metodo non permesso"),
        406 => say("Not acceptable", "Formato non disponibile"),
        409 => say("Conflict", "Conflitto"),
        412 => say("Precondition failed", "Precondizione fallita"),
        413 => say("Too long", "Troppo lungo"),
        415 => say("Type of body not taken", "Tipo di corpo non accettato"),
        422 => say("Not valid", "Non valido"),
        429 => say("Too many requests", "Troppe richieste"),
        503 => say("Not available now", "Non disponibile ora"),
        _ => say("Something went wrong", "Qualcosa non ha funzionato"),
    }
}
