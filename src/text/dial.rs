//! The words of the page that says what would happen to a call.

use super::Phrase;

phrases! {
    TITLE: "What happens if…", "Che cosa succede se…";
    INTRO: "Nobody is called. It is as if nobody else were on the phone, with the forwards and locks of this moment.",
        "Non viene chiamato nessuno. È come se nessun altro fosse al telefono, con le deviazioni e i blocchi di questo momento.";
    WHO: "Who calls", "Chi chiama";
    BY_PHONE: "a phone of an extension", "un telefono di un interno";
    BY_TRANSFER: "an extension that transfers a call", "un interno che trasferisce una chiamata";
    BY_LINE: "somebody outside, over {}", "qualcuno da fuori, su {}";
    FROM: "Extension", "Interno";
    DIALLED: "Number", "Numero";
    DIALLED_HELP: "As it is dialled; over a line: the number that was called.", "Come viene composto; su una linea: il numero chiamato.";
    SHOW: "Show", "Mostra";
    NO_SUCH_EXTENSION: "There is no extension {}.", "Non c'è nessun interno {}.";
    NO_NUMBER: "Say which number.", "Indica il numero.";
    RESULT: "{} dials {}", "{} compone {}";
    RESULT_OF_LINE: "Somebody outside calls {} over {}", "Qualcuno da fuori chiama {} su {}";
    RESULT_OF_TRANSFER: "{} transfers a call to {}", "{} trasferisce una chiamata a {}";
    CHAIN: "Where its calls go", "Dove vanno le sue chiamate";
    OF_INTERNAL: "From inside", "Dall'interno";
    OF_EXTERNAL: "From outside", "Da fuori";
    OF_TRANSFER: "Transferred", "Trasferite";
    TRY_MORE: "What happens if this extension dials…", "Che cosa succede se questo interno compone…";
    PICTURE: "Picture of the way of the call; the list below says the same.", "Disegno del percorso della chiamata; l'elenco sotto dice lo stesso.";
    PRINTED: "The plan in short, for notes and support", "Il piano in breve, per appunti e assistenza";
    SHOWN_IN_PART: "The way is longer; only its beginning is shown.", "Il percorso è più lungo; è mostrato solo l'inizio.";

    // --- places ---
    RINGS: "rings for {} s", "squilla per {} s";
    RINGS_ON: "Rings for {} s on {}.", "Squilla per {} s su {}.";
    NO_PHONE: "has no phone", "non ha telefoni";
    HAS_NO_PHONE: "It has no phone, so it is unavailable at once.", "Non ha telefoni, quindi è subito non disponibile.";
    NOT_REGISTERED: "{} (not registered now)", "{} (ora non registrato)";
    NOT_DISTURBED: "do not disturb", "non disturbare";
    IS_NOT_DISTURBED: "It does not want to be disturbed, so it is busy at once.", "Non vuole essere disturbato, quindi è subito occupato.";
    RETURNS: "back to {}", "torna a {}";
    SENDS_ON: "sends all calls on", "devia tutte le chiamate";
    GOES_ON: "and so on", "e così via";
    VOICEMAIL: "Voicemail box {}", "Casella vocale {}";
    OUTSIDE: "Outside: {}", "Fuori: {}";
    EMERGENCY: "Emergency: {}", "Emergenza: {}";
    OVER: "over {}", "su {}";
    OVER_NO_LINE: "no line may be used", "nessuna linea utilizzabile";
    SHOWN_AS: "Shown as {}.", "Mostrato come {}.";
    HIDDEN: "The number is hidden.", "Il numero è nascosto.";
    SERVICE: "Service", "Servizio";
    ENDS: "The call ends", "La chiamata finisce";

    // --- ways ---
    BUSY: "busy", "occupato";
    NO_ANSWER: "no answer", "nessuna risposta";
    UNAVAILABLE: "unavailable", "non disponibile";
    ALWAYS: "in any case", "in ogni caso";
    IF: "If {}: {}", "Se {}: {}";
    IN_ANY_CASE: "In any case: {}", "In ogni caso: {}";
    GO_TO: "go to {}", "vai a {}";
    ENDS_WITH: "the call ends, {}", "la chiamata finisce, {}";
    LOOP: "in a circle; ten places at most", "in circolo; al massimo dieci luoghi";

    // --- ends ---
    END_BUSY: "busy tone", "tono di occupato";
    END_NO_ANSWER: "nobody answered", "nessuna risposta";
    END_UNAVAILABLE: "unavailable", "non disponibile";
    END_UNKNOWN: "nobody has this number", "nessuno ha questo numero";
    END_FORBIDDEN: "it may not be called", "non si può chiamare";
    END_NOT_IN_SERVICE: "not in service", "fuori servizio";
    END_HOPS: "too many places", "troppi passaggi";
    END_INCOMPLETE: "the number is not complete", "il numero è incompleto";
    END_LOCKED: "the extension is locked", "l'interno è bloccato";
    END_NO_LOCK: "the extension has no lock", "l'interno non ha blocco";
    END_NOT_YET: "comes with a later version", "arriva con una versione successiva";
    END_AT_LIMIT: "the caller has too many calls", "chi chiama ha troppe chiamate";
    END_NO_EXTENSION: "this telephone has no extension", "questo telefono non ha un interno";
}
