use std::fmt;

use crate::text::Language;
use crate::text::fault::Reason;

use super::Kind;

/// One thing wrong with an edit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which change of the edit, counted from 0; `None` if none of them is to blame.
    pub change: Option<usize>,
    pub kind: Kind,
    /// The entity; one that the edit would have made has the id that it would have got.
    pub id: Option<i64>,
    /// The key of the setting; empty where it is the whole entity.
    pub field: String,
    /// For machines: `account[2].password`, counted from 0 among the edit's puts of that kind.
    pub path: String,
    /// For people: `account anna-desk, password`.
    pub place: String,
    /// The line of the settings file, where there is one.
    pub line: Option<usize>,
    pub reason: Reason,
}

impl Fault {
    /// The first administrator is there already.
    pub fn claimed() -> Fault {
        Fault::of_user("username", Reason::Claimed)
    }

    /// No such save is on record.
    pub fn no_revision(id: u64) -> Fault {
        let empty = String::new;
        let reason = Reason::NoRevision { id };
        Fault { change: None, kind: Kind::Sip, id: None, field: empty(), path: empty(), place: empty(), line: None, reason }
    }

    /// What a save changed is not there any more, so that the change cannot be undone.
    pub fn gone(kind: Kind, id: i64, name: &str) -> Fault {
        let (path, place) = (format!("{}#{id}", kind.name()), format!("{} {name}", kind.words().one.english));
        Fault { change: None, kind, id: Some(id), field: String::new(), path, place, line: None, reason: Reason::Gone }
    }

    /// One that is found beside the check of the settings: about who edits, about a password. `name`: as the entity is known.
    pub fn beside(change: Option<usize>, (kind, id): (Kind, Option<i64>), name: &str, field: &str, reason: Reason) -> Fault {
        let mut path = id.map_or_else(|| kind.name().to_owned(), |id| format!("{}#{id}", kind.name()));
        let mut place = format!("{} {name}", kind.words().one.english).trim_end().to_owned();
        if !field.is_empty() {
            path = format!("{path}.{field}");
            place = format!("{place}, {field}");
        }
        Fault { change, kind, id, field: field.to_owned(), path, place, line: None, reason }
    }

    /// The file that an audio file names is not on this box.
    pub fn recording_missing(change: Option<usize>, id: i64, name: &str) -> Fault {
        Fault::beside(change, (Kind::Audio, Some(id)), name, "file", Reason::RecordingMissing)
    }

    /// It was refused because of who asked, and would be fine from somebody else.
    pub fn is_about_rights(&self) -> bool {
        use Reason::{AboveOwnRights, NotPermitted, OnlyByOwner, OnlyByPrivacyOfficer, OnlyInPerson, OutlivesToken};
        matches!(self.reason, NotPermitted | AboveOwnRights | OnlyByPrivacyOfficer | OnlyInPerson | OnlyByOwner | OutlivesToken)
    }

    fn of_user(field: &str, reason: Reason) -> Fault {
        let (path, place) = (format!("user[0].{field}"), format!("user, {field}"));
        Fault { change: Some(0), kind: Kind::User, id: None, field: field.to_owned(), path, place, line: None, reason }
    }

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
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.say(Language::English))
    }
}
