//! Where a call goes next: what a failover cell, and later a menu's digit or a line's number, says.

use serde_json::Value;

use crate::base::id::{ClassId, ExtensionId, MailboxId, SelectionId};
use crate::text::fault::Reason;
use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::{Kind, record};

/// A next place of a call, whole: its target is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    HangUp,
    /// Back to who transferred the call; in the transfer column only.
    ReturnToTransferor,
    External {
        number: String,
        /// Shown as the caller; `None`: the failing extension's.
        identity: Option<String>,
        /// Over whose rules it goes out; `None`: the failing extension's standard class.
        class: Option<ClassId>,
    },
    Extension(ExtensionId),
    Voicemail(MailboxId),
    /// An entry of the numbering plan.
    Selection(SelectionId),
}

const DO: &[&str] = &[
    "hang_up",
    "custom_selection",
    "ask_selection",
    "external",
    "extension",
    "group",
    "queue",
    "time_check",
    "ivr",
    "voicemail",
    "meetme",
    "return",
];

/// Actions whose targets are not there yet; they are refused when saved.
const NOT_YET: &[&str] = &["ask_selection", "group", "queue", "time_check", "ivr", "meetme"];

pub const FIELDS: &[Field] = &[
    Field::new("do", Shape::Choice(DO), Default::Required, words::ACTION_DO),
    Field::new("number", Shape::Phone, Default::Required, words::ACTION_NUMBER).only_if("do", &["external"]),
    Field::new("identity", Shape::Phone, Default::Empty, words::ACTION_IDENTITY).only_if("do", &["external"]),
    Field::new("class", Shape::Reference(Kind::Class), Default::Empty, words::ACTION_CLASS).only_if("do", &["external"]),
    Field::new("extension", Shape::Reference(Kind::Extension), Default::Required, words::ACTION_EXTENSION).only_if("do", &["extension"]),
    Field::new("selection", Shape::Reference(Kind::Selection), Default::Required, words::ACTION_SELECTION)
        .only_if("do", &["custom_selection"]),
    Field::new("mailbox", Shape::Reference(Kind::Mailbox), Default::Required, words::ACTION_MAILBOX).only_if("do", &["voicemail"]),
];

/// What can be chosen in a column of the failover table.
pub fn choices(is_transfer: bool) -> impl Iterator<Item = &'static str> {
    DO.iter().copied().filter(move |what| !NOT_YET.contains(what) && (is_transfer || *what != "return"))
}

pub(super) fn check(value: &Value, is_transfer: bool) -> Result<Value, Reason> {
    let refused = |reason| Err(Reason::Within { part: "do".to_owned(), reason: Box::new(reason) });
    match value.get("do").and_then(Value::as_str) {
        Some(what) if NOT_YET.contains(&what) => refused(Reason::NotYet { given: what.to_owned() }),
        Some("return") if !is_transfer => refused(Reason::NotAChoice { given: "return".to_owned(), choices: choices(false).collect() }),
        _ => record::check(FIELDS, value),
    }
}

impl Action {
    /// Of a value that was checked. What can't be done, such as calling an extension that is gone, is hanging up.
    pub(super) fn new(value: &Value) -> Action {
        let id = |key: &str| value.get(key).and_then(Value::as_i64);
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        match value.get("do").and_then(Value::as_str) {
            Some("return") => Action::ReturnToTransferor,
            Some("external") => match text("number") {
                Some(number) => Action::External { number, identity: text("identity"), class: id("class").map(ClassId) },
                None => Action::HangUp,
            },
            Some("extension") => id("extension").map_or(Action::HangUp, |id| Action::Extension(ExtensionId(id))),
            Some("custom_selection") => id("selection").map_or(Action::HangUp, |id| Action::Selection(SelectionId(id))),
            Some("voicemail") => id("mailbox").map_or(Action::HangUp, |id| Action::Voicemail(MailboxId(id))),
            _ => Action::HangUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_there_yet_and_what_has_no_place_is_refused() {
        let said = |value: Value, is_transfer| check(&value, is_transfer).map_err(|reason| reason.say(crate::text::Language::English));
        assert_eq!(said(json!({"do": "ivr"}), false), Err("do: \"ivr\" is not available in this version yet".to_owned()));
        assert!(said(json!({"do": "return"}), false).unwrap_err().contains("is not one of"));
        assert_eq!(said(json!({"do": "return"}), true), Ok(json!({"do": "return"})));
        assert!(NOT_YET.iter().all(|what| DO.contains(what)));
    }
}
