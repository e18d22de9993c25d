use std::fmt;

use crate::text::Language;
use crate::text::fault::Reason;

use super::Kind;

/// One thing wrong with an edit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which change of the edit, counted from 0; `None` if it is none of them (an entity that a deletion leaves behind).
    pub change: Option<usize>,
    pub kind: Kind,
    /// The key of the setting; empty where it is the whole entity.
    pub field: String,
    /// For machines: `account[2].password`, counted from 0 among the changes of that kind.
    pub path: String,
    /// For people: `account anna-desk, password`.
    pub place: String,
    /// The line of the settings file, where there is one.
    pub line: Option<usize>,
    pub reason: Reason,
}

impl Fault {
    /// Why, in the user's language, with what would be right.
    pub fn say(&self, language: Language) -> String {
        self.reason.say(language)
    }
}

/// As `trillo apply` prints it: `line 7: account anna-desk, password: it is missing`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.place, self.say(Language::English))
    }
}
