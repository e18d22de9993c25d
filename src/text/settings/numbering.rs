//! Words of the numbering plan and its custom selections.

use super::{FieldWords, words};

pub const NUMBERING_ORDER: FieldWords = words(
    ["Order", "Of a number that means several things, the first of these has it."],
    ["Ordine", "Di un numero con più significati vale il primo di questi."],
);
pub const NUMBERING_OUTSIDE_PREFIX: FieldWords = words(
    ["Outside prefix", "Dialled before a number outside, often 0; empty: outside numbers are dialled as they are."],
    ["Prefisso per l'esterno", "Si compone prima di un numero esterno, spesso 0; vuoto: i numeri esterni si compongono come sono."],
);
pub const NUMBERING_COUNTRY_CODE: FieldWords = words(
    ["Country code", "Of the country where the box stands, without +. Its emergency numbers are always allowed."],
    ["Prefisso del paese", "Del paese in cui si trova l'apparecchio, senza +. I suoi numeri di emergenza sono sempre permessi."],
);
pub const NUMBERING_INTERNATIONAL_PREFIX: FieldWords = words(
    ["International prefix", "Dialled before a number abroad; a + in a number becomes this."],
    ["Prefisso internazionale", "Si compone prima di un numero estero; un + nel numero diventa questo."],
);
pub const NUMBERING_NATIONAL_PREFIX: FieldWords = words(
    ["National prefix", "Dialled before a number in the same country: 0 in most countries, empty in Italy."],
    ["Prefisso nazionale", "Si compone prima di un numero dello stesso paese: 0 in molti paesi, vuoto in Italia."],
);
pub const NUMBERING_EMERGENCY: FieldWords = words(
    ["More emergency numbers", "Always allowed, besides those of the country."],
    ["Altri numeri di emergenza", "Sempre permessi, oltre a quelli del paese."],
);
pub const NUMBERING_PARK_SECONDS: FieldWords = words(
    ["Parking time", "Seconds; a call that nobody has fetched by then rings again at the phone that parked it."],
    ["Tempo di parcheggio", "Secondi; una chiamata non ripresa entro questo tempo torna al telefono che l'ha parcheggiata."],
);
pub const EMERGENCY_NUMBER: FieldWords = words(["Number", "As it is dialled."], ["Numero", "Come si compone."]);
pub const SELECTION_NAME: FieldWords = words(["Name", "What is behind the digits."], ["Nome", "Che cosa c'è dietro le cifre."]);
pub const SELECTION_MATCH: FieldWords = words(
    ["Match", "The very digits, whatever begins with them, or a range of equally long ones."],
    ["Confronto", "Proprio queste cifre, ciò che inizia così, o un intervallo di cifre di uguale lunghezza."],
);
pub const SELECTION_DIGITS: FieldWords =
    words(["Digits", "Digits, * and #; of a range the first."], ["Cifre", "Cifre, * e #; di un intervallo la prima."]);
pub const SELECTION_TO: FieldWords = words(["To", "The last of the range."], ["A", "L'ultima dell'intervallo."]);
pub const SELECTION_ACTION: FieldWords = words(["Action", "Where such a call goes."], ["Azione", "Dove va la chiamata."]);
pub const SELECTION_INTERNAL: FieldWords =
    words(["From extensions", "Extensions may dial it."], ["Dagli interni", "Gli interni possono comporla."]);
pub const SELECTION_EXTERNAL: FieldWords =
    words(["From outside", "Callers on lines get there."], ["Dall'esterno", "Chi chiama da una linea vi arriva."]);
