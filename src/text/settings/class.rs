//! Words of outbound classes and pickup groups.

use super::{FieldWords, words};

pub const PICKUP_GROUP_NAME: FieldWords = words(
    ["Name", "Whose calls it is about: \"Sales\", \"Second floor\"."],
    ["Nome", "Di quali chiamate si tratta: \"Vendite\", \"Secondo piano\"."],
);
pub const CLASS_NAME: FieldWords = words(
    ["Name", "What it allows: \"Local only\", \"National\", \"Everything\"."],
    ["Nome", "Che cosa permette: \"Solo urbane\", \"Nazionali\", \"Tutto\"."],
);
pub const CLASS_RULES: FieldWords = words(
    ["Rules", "In order: the first that matches the dialled number says over which lines it goes out. No match: not allowed."],
    ["Regole", "In ordine: la prima che corrisponde al numero composto dice su quali linee esce. Nessuna: non permesso."],
);
pub const RULE_MATCH: FieldWords = words(["Numbers", "Which numbers the rule is for."], ["Numeri", "Per quali numeri vale la regola."]);
pub const RULE_DIGITS: FieldWords = words(
    ["Digits", "The number, its beginning, or the first of the range."],
    ["Cifre", "Il numero, il suo inizio o il primo dell'intervallo."],
);
pub const RULE_TO: FieldWords = words(["To", "The last number of the range."], ["Fino a", "L'ultimo numero dell'intervallo."]);
pub const RULE_LINES: FieldWords =
    words(["Lines", "Over which it goes out, tried in this order."], ["Linee", "Su cui esce, provate in quest'ordine."]);
