//! The words of the ban list.

use super::Phrase;

phrases! {
    BAN_LIST: "Ban list", "Lista bloccati";
    INTRO: "Who is kept out because of too many wrong passwords or the like. Local networks are slowed, never banned.",
        "Chi resta escluso per troppe password errate o simili. Le reti locali vengono rallentate, mai bloccate.";
    NOBODY: "Nobody is banned.", "Nessuno è bloccato.";
    IS_OFF: "Bans are switched off in the SIP settings.", "Il blocco è disattivato nelle impostazioni SIP.";
    WHO: "Who", "Chi";
    REASON: "Reason", "Motivo";
    UNTIL: "Until", "Fino a";
    SINCE: "Since", "Da";
    LIFT: "Lift", "Togli";
    LIFT_OF: "Lift the ban of {}", "Togli il blocco di {}";
    LIFTED: "The ban was lifted.", "Il blocco è stato tolto.";
    SOURCE: "everything from {}", "tutto da {}";
    LOGIN: "account {} from {}", "account {} da {}";
    ACCOUNT: "account {} from places where it was not used before", "account {} da luoghi in cui non era usato prima";
    WRONG_PASSWORDS: "wrong passwords again and again", "password errate ripetute";
    MANY_NAMES: "wrong passwords for many names", "password errate per molti nomi";
    UNINVITED: "calls without a password", "chiamate senza password";
    MALFORMED: "messages that are no SIP", "messaggi che non sono SIP";
    COUNTERS: "Since the start {} packets of banned senders were dropped, and {} that came too fast.",
        "Dall'avvio sono stati scartati {} pacchetti di mittenti bloccati e {} arrivati troppo in fretta.";
}
