//! The words of the phonebook: on phones that read it as XML, and beside the rows of an import.

use super::{Language, Phrase};

pub const PHONEBOOK: Phrase = Phrase::new("Phonebook", "Rubrica");
pub const NO_PHONEBOOK: Phrase = Phrase::new("There is no such phonebook.", "Questa rubrica non esiste.");
pub const ONLY_HTTPS: Phrase = Phrase::new(
    "From outside the local networks the phonebook is read over https only.",
    "Da fuori delle reti locali la rubrica si legge solo con https.",
);
pub const NAME_NEEDED: Phrase = Phrase::new(
    "Username and password of the phone's account, or of a user, are needed.",
    "Servono nome utente e password dell'account del telefono o di un utente.",
);
pub const NAME_WRONG: Phrase = Phrase::new("Username or password is wrong.", "Nome utente o password sbagliati.");
pub const WAIT: Phrase = Phrase::new("Too many wrong passwords. Try again later.", "Troppe password sbagliate. Riprova più tardi.");
pub const BUSY: Phrase = Phrase::new(
    "Too many passwords are being checked. Try again in a moment.",
    "Si stanno verificando troppe password. Riprova tra un momento.",
);
pub const CHOOSE: Phrase = Phrase::new("Choose a name", "Scegli un nome");

/// Why a contact was not imported, or a file not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportReason {
    /// The contact has no name, no organization.
    NoName,
    /// The contact has no telephone number.
    NoNumber,
    /// It cannot be dialled.
    NotANumber { given: String },
    /// A text is longer than a setting may be.
    TooLong { chars_max: usize },
    /// The first row names no column that we know.
    NoKnownColumn,
    /// A card that begins and does not end.
    NotEnded,
    /// The file is longer than it may be.
    FileTooLong { bytes_max: usize },
}

impl ImportReason {
    /// A sentence without a full stop.
    pub fn say(&self, language: Language) -> String {
        let (english, italian) = match self {
            ImportReason::NoName => ("there is no name", "manca il nome"),
            ImportReason::NoNumber => ("there is no telephone number", "manca il numero di telefono"),
            ImportReason::NoKnownColumn => (
                "the first row must name the columns, such as \"First name\", \"Last name\", \"Number\"",
                "la prima riga deve dare i nomi delle colonne, per esempio \"Nome\", \"Cognome\", \"Numero\"",
            ),
            ImportReason::NotEnded => ("the card has no end", "la scheda non ha una fine"),
            ImportReason::NotANumber { given } => {
                return match language {
                    Language::English => format!("\"{given}\" is not a telephone number"),
                    Language::Italian => format!("\"{given}\" non è un numero di telefono"),
                };
            }
            ImportReason::TooLong { chars_max } => {
                return match language {
                    Language::English => format!("a text has more than {chars_max} characters"),
                    Language::Italian => format!("un testo supera i {chars_max} caratteri"),
                };
            }
            ImportReason::FileTooLong { bytes_max } => {
                return match language {
                    Language::English => format!("the file has more than {bytes_max} bytes"),
                    Language::Italian => format!("il file supera i {bytes_max} byte"),
                };
            }
        };
        Phrase { english, italian }.in_language(language).to_owned()
    }
}
