//! The words of what is switched at an extension: forward, do not disturb, number, lock.

use super::Phrase;

phrases! {
    TITLE: "Calls right now", "Le chiamate adesso";
    FORWARD: "All calls go to", "Tutte le chiamate vanno a";
    FORWARD_HELP: "A number as the phone would dial it. Empty: calls ring here.", "Un numero come lo comporrebbe il telefono. Vuoto: le chiamate squillano qui.";
    FORWARD_NOWHERE: "\"{}\" is no number that these calls may be sent to: another extension, or a number outside that the phone may dial now.",
        "\"{}\" non è un numero a cui si possano mandare queste chiamate: un altro interno, o un numero esterno che il telefono può comporre adesso.";
    DO_NOT_DISTURB: "Do not disturb", "Non disturbare";
    DO_NOT_DISTURB_HELP: "Who calls hears the busy tone.", "Chi chiama trova occupato.";
    HIDE_NUMBER: "Hide the number in calls to the outside", "Nascondi il numero nelle chiamate esterne";
    LOCKED: "Calls to the outside are locked.", "Le chiamate esterne sono bloccate.";
    UNLOCKED: "Calls to the outside are unlocked until somebody locks them.", "Le chiamate esterne sono sbloccate finché qualcuno non le blocca.";
    UNLOCKED_UNTIL: "Calls to the outside are unlocked until", "Le chiamate esterne sono sbloccate fino a";
    LOCK: "Lock", "Blocca";
    UNLOCK: "Unlock", "Sblocca";
    HAS_NO_LOCK: "Extension {} has no lock: its lock mode is \"open\".", "L'interno {} non ha blocco: la sua modalità di blocco è \"aperto\".";
}
