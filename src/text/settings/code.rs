//! What the service codes do, in a few words.

use super::Phrase;

const fn feature(english: &'static str, italian: &'static str) -> Phrase {
    Phrase::new(english, italian)
}

pub const CODE_PICKUP_GROUP: Phrase = feature("pick up in my groups", "prelievo nei propri gruppi");
pub const CODE_PICKUP_EXTENSION: Phrase = feature("pick up that extension", "prelievo dell'interno indicato");
pub const CODE_PICKUP_GROUP_INVITE: Phrase = feature("pick up in my groups with invite", "prelievo nei propri gruppi con invito");
pub const CODE_PICKUP_EXTENSION_INVITE: Phrase = feature("pick up that extension with invite", "prelievo dell'interno con invito");
pub const CODE_HIDE_NUMBER: Phrase = feature("hide my number", "nascondi il mio numero");
pub const CODE_SHOW_NUMBER: Phrase = feature("show my number", "mostra il mio numero");
pub const CODE_CALL_BACK_ON: Phrase = feature("call back on busy, on", "richiamata su occupato, attiva");
pub const CODE_CALL_BACK_OFF: Phrase = feature("call back on busy, off", "richiamata su occupato, disattiva");
pub const CODE_ECHO: Phrase = feature("echo test", "test di eco");
pub const CODE_VOICEMAIL: Phrase = feature("voicemail", "casella vocale");
pub const CODE_UNLOCK: Phrase = feature("unlock", "sblocco");
pub const CODE_LOCK: Phrase = feature("lock", "blocco");
pub const CODE_SECRETARY_ON: Phrase = feature("director-secretary, on", "filtro direttore-segretaria, attivo");
pub const CODE_SECRETARY_OFF: Phrase = feature("director-secretary, off", "filtro direttore-segretaria, disattivo");
pub const CODE_SECRETARY_TOGGLE: Phrase = feature("director-secretary", "filtro direttore-segretaria");
pub const CODE_FORK2MOBILE_TOGGLE: Phrase = feature("Fork2Mobile", "Fork2Mobile");
pub const CODE_FORK2MOBILE_ON: Phrase = feature("Fork2Mobile, on", "Fork2Mobile, attivo");
pub const CODE_FORK2MOBILE_OFF: Phrase = feature("Fork2Mobile, off", "Fork2Mobile, disattivo");
pub const CODE_FORK2MOBILE_STATUS: Phrase = feature("Fork2Mobile, status", "Fork2Mobile, stato");
pub const CODE_SWITCH_TOGGLE: Phrase = feature("switch", "interruttore");
pub const CODE_SWITCH_ON: Phrase = feature("switch, on", "interruttore, acceso");
pub const CODE_SWITCH_OFF: Phrase = feature("switch, off", "interruttore, spento");
pub const CODE_PAGING: Phrase = feature("paging", "annuncio");
pub const CODE_QUEUE_PAUSE: Phrase = feature("queue, pause", "coda, pausa");
pub const CODE_QUEUE_RESUME: Phrase = feature("queue, resume", "coda, ripresa");
pub const CODE_PARK: Phrase = feature("park", "parcheggio");
pub const CODE_PARK_SLOT: Phrase = feature("park slot", "posto di parcheggio");
pub const CODE_SPEED_DIAL: Phrase = feature("speed dial", "selezione breve");
pub const CODE_SPEED_DIAL_OWN: Phrase = feature("personal speed dial", "selezione breve personale");
pub const CODE_MEETME: Phrase = feature("MeetMe room", "stanza MeetMe");
pub const CODE_FORWARD_ON: Phrase = feature("unconditional forward, on", "deviazione incondizionata, attiva");
pub const CODE_FORWARD_OFF: Phrase = feature("unconditional forward, off", "deviazione incondizionata, disattiva");
pub const CODE_DO_NOT_DISTURB_ON: Phrase = feature("do not disturb, on", "non disturbare, attivo");
pub const CODE_DO_NOT_DISTURB_OFF: Phrase = feature("do not disturb, off", "non disturbare, disattivo");
pub const CODE_LATER_HELP: Phrase = feature(
    "Comes with a later version; until then whoever dials it is refused.",
    "Arriva con una versione successiva; fino ad allora chi lo compone viene rifiutato.",
);
pub const TALK_BLIND_TRANSFER: Phrase = feature("in talk: transfer to a number", "in conversazione: trasferimento a un numero");
pub const TALK_PARK: Phrase = feature("in talk: park", "in conversazione: parcheggio");
pub const TALK_CONSULT: Phrase =
    feature("in talk: ask somebody first, then transfer", "in conversazione: consultazione, poi trasferimento");
pub const TALK_HANG_UP: Phrase =
    feature("in talk: hang up, or end the consultation", "in conversazione: fine chiamata o della consultazione");
pub const TALK_SWAP: Phrase = feature("in talk: change between both", "in conversazione: passaggio dall'uno all'altro");
pub const TALK_JOIN: Phrase = feature("in talk: all three together", "in conversazione: tutti e tre insieme");
pub const TALK_RECORD: Phrase = feature("in talk: record", "in conversazione: registrazione");
pub const TALK_FAST_TRANSFER: Phrase = feature("in talk: fast transfer", "in conversazione: trasferimento rapido");
pub const TALK_HELP: Phrase = feature(
    "Keys that an extension presses while it talks; they begin with * or #, and empty turns it off.",
    "Tasti che un interno preme durante la conversazione; iniziano con * o #, e vuoto la disattiva.",
);
pub const TALK_LATER_HELP: Phrase = feature(
    "Comes with a later version; until then whoever presses it hears that it cannot be done.",
    "Arriva con una versione successiva; fino ad allora chi la preme sente che non è possibile.",
);
pub const CODE_HELP: Phrase = feature("The digits that people dial; empty turns it off.", "Le cifre da comporre; vuoto la disattiva.");
pub const CODE_HOT_DESK_OUT: Phrase = feature("hot desk, log out", "postazione condivisa, uscita");
