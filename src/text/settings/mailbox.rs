//! Words of voicemail boxes.

use super::{FieldWords, words};

pub const MAILBOX_NUMBER: FieldWords =
    words(["Number", "2 to 8 digits, usually those of its extension."], ["Numero", "Da 2 a 8 cifre, di solito quelle del suo interno."]);
pub const MAILBOX_EXTENSION: FieldWords = words(["Extension", "Whose box this is."], ["Interno", "Di chi è questa casella."]);
pub const MAILBOX_ENABLED: FieldWords = words(
    ["Enabled", "A disabled box takes no messages; its settings and messages stay."],
    ["Abilitata", "Una casella disabilitata non prende messaggi; impostazioni e messaggi restano."],
);
pub const MAILBOX_EMAIL: FieldWords = words(
    ["E-mail", "Where new messages are told of; empty for the extension's address."],
    ["E-mail", "Dove si avvisa di nuovi messaggi; vuoto per l'indirizzo dell'interno."],
);
pub const MAILBOX_NOTIFY: FieldWords = words(
    ["Notify by e-mail", "Each new message is told of by e-mail."],
    ["Notifica via e-mail", "Ogni nuovo messaggio è segnalato via e-mail."],
);
pub const MAILBOX_ATTACH_AUDIO: FieldWords = words(
    ["Attach the audio", "The e-mail carries the message itself. Needs notification."],
    ["Allega l'audio", "L'e-mail contiene il messaggio stesso. Richiede la notifica."],
);
pub const MAILBOX_DELETE_SENT: FieldWords = words(
    ["Delete after sending", "A message whose audio was sent by e-mail is deleted here. Needs the attachment."],
    ["Elimina dopo l'invio", "Un messaggio il cui audio è stato inviato via e-mail viene eliminato qui. Richiede l'allegato."],
);
