//! Why a setting was refused, in words.

use super::{Language, Phrase};

/// What is wrong with a value, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The setting has no default and no value was given.
    Missing,
    /// No setting, or no table of a file, has this name; perhaps `nearest` was meant.
    UnknownKey {
        nearest: Option<&'static str>,
    },
    /// The value is of another type; `expected` says which is right.
    WrongType {
        expected: Phrase,
    },
    TooLong {
        chars_max: usize,
    },
    /// A text with line breaks or other control characters.
    ControlCharacters,
    NotDigits {
        min: usize,
        max: usize,
    },
    OutOfRange {
        min: i64,
        max: i64,
    },
    NotUsername,
    NotEmail,
    NotNetwork,
    NotAddress,
    NotAChoice {
        given: String,
        choices: Vec<&'static str>,
    },
    /// A list names a value twice.
    Twice {
        given: String,
    },
    /// A list needs at least one value.
    EmptyList,
    /// Another entity, `owner`, has this value.
    Taken {
        owner: Owner,
    },
    /// What is referred to does not exist.
    NoSuch {
        kind: Phrase,
        given: String,
    },
    /// It is referred to by `user` and so cannot be deleted; `more` others refer to it too.
    InUse {
        user: Owner,
        more: usize,
    },
    /// A reference between two tenants.
    OtherTenant,
    /// A secret that was sealed on another box.
    SealedElsewhere,
    /// There is always one administrator and one tenant.
    LastOne,
    TooMany {
        max: usize,
    },
    /// It was changed or deleted meanwhile.
    Gone,
    /// The file is no TOML; `said` is what the reader of it says.
    NotToml {
        said: String,
    },
}

/// An entity in words: "account anna-desk".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub kind: Phrase,
    pub name: String,
}

impl Reason {
    /// A sentence without a full stop.
    pub fn say(&self, language: Language) -> String {
        let _ = language;
        format!("{self:?}")
    }
}
