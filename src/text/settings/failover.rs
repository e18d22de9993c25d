//! Words of failover and of actions.

use super::{FieldWords, words};

pub const FAILOVER_INTERNAL_TIMEOUT: FieldWords = words(
    ["Timeout, from an extension", "Seconds that a call from an extension rings before it counts as not answered."],
    ["Timeout, da un interno", "Secondi di squillo di una chiamata da un interno prima che risulti senza risposta."],
);
pub const FAILOVER_INTERNAL_NO_ANSWER: FieldWords = words(
    ["No answer, from an extension", "Where a call from an extension that nobody answered goes."],
    ["Nessuna risposta, da un interno", "Dove va una chiamata da un interno a cui nessuno ha risposto."],
);
pub const FAILOVER_INTERNAL_BUSY: FieldWords = words(
    ["Busy, from an extension", "Where a call from an extension that found it busy goes."],
    ["Occupato, da un interno", "Dove va una chiamata da un interno che lo trova occupato."],
);
pub const FAILOVER_INTERNAL_UNAVAILABLE: FieldWords = words(
    ["Unavailable, from an extension", "Where a call from an extension that found no phone goes."],
    ["Non disponibile, da un interno", "Dove va una chiamata da un interno che non trova telefoni."],
);
pub const FAILOVER_EXTERNAL_TIMEOUT: FieldWords = words(
    ["Timeout, from outside", "Seconds that a call from outside rings before it counts as not answered."],
    ["Timeout, dall'esterno", "Secondi di squillo di una chiamata dall'esterno prima che risulti senza risposta."],
);
pub const FAILOVER_EXTERNAL_NO_ANSWER: FieldWords = words(
    ["No answer, from outside", "Where a call from outside that nobody answered goes."],
    ["Nessuna risposta, dall'esterno", "Dove va una chiamata dall'esterno a cui nessuno ha risposto."],
);
pub const FAILOVER_EXTERNAL_BUSY: FieldWords = words(
    ["Busy, from outside", "Where a call from outside that found it busy goes."],
    ["Occupato, dall'esterno", "Dove va una chiamata dall'esterno che lo trova occupato."],
);
pub const FAILOVER_EXTERNAL_UNAVAILABLE: FieldWords = words(
    ["Unavailable, from outside", "Where a call from outside that found no phone goes."],
    ["Non disponibile, dall'esterno", "Dove va una chiamata dall'esterno che non trova telefoni."],
);
pub const FAILOVER_TRANSFER_TIMEOUT: FieldWords = words(
    ["Timeout, by transfer", "Seconds that a call by transfer rings before it counts as not answered."],
    ["Timeout, per trasferimento", "Secondi di squillo di una chiamata per trasferimento prima che risulti senza risposta."],
);
pub const FAILOVER_TRANSFER_NO_ANSWER: FieldWords = words(
    ["No answer, by transfer", "Where a call by transfer that nobody answered goes."],
    ["Nessuna risposta, per trasferimento", "Dove va una chiamata per trasferimento a cui nessuno ha risposto."],
);
pub const FAILOVER_TRANSFER_BUSY: FieldWords = words(
    ["Busy, by transfer", "Where a call by transfer that found it busy goes."],
    ["Occupato, per trasferimento", "Dove va una chiamata per trasferimento che lo trova occupato."],
);
pub const FAILOVER_TRANSFER_UNAVAILABLE: FieldWords = words(
    ["Unavailable, by transfer", "Where a call by transfer that found no phone goes."],
    ["Non disponibile, per trasferimento", "Dove va una chiamata per trasferimento che non trova telefoni."],
);
pub const ACTION_DO: FieldWords = words(["Action", "What happens to the call."], ["Azione", "Che cosa succede alla chiamata."]);
pub const ACTION_NUMBER: FieldWords = words(
    ["Outside number", "The number to call, without the prefix for outside lines."],
    ["Numero esterno", "Il numero da chiamare, senza il prefisso per l'esterno."],
);
pub const ACTION_IDENTITY: FieldWords = words(
    ["Shown number", "The number that the line shows; empty for the extension's."],
    ["Numero mostrato", "Il numero che la linea mostra; vuoto per quello dell'interno."],
);
pub const ACTION_CLASS: FieldWords = words(
    ["Outbound class", "By whose rules the call goes out; empty for the extension's standard class."],
    ["Classe di uscita", "Con quali regole esce la chiamata; vuoto per la classe standard dell'interno."],
);
pub const ACTION_EXTENSION: FieldWords = words(["Extension", "The extension to call."], ["Interno", "L'interno da chiamare."]);
pub const ACTION_SELECTION: FieldWords =
    words(["Custom selection", "An entry of the numbering plan."], ["Selezione personalizzata", "Una voce del piano di numerazione."]);
pub const ACTION_MAILBOX: FieldWords =
    words(["Voicemail box", "The box that takes the message."], ["Casella vocale", "La casella che prende il messaggio."]);
