//! What the settings of one line say of each other. Asked of edits only: what was stored before such a rule
//! was there stays until somebody changes the line.

use serde_json::Value;

use crate::text::fault::Reason;

use super::draft::{Draft, RowKey};
use super::{Own, combined};

pub(super) fn check(draft: &mut Draft, key: RowKey) {
    for name in ["username", "password", "ranges"] {
        combined::belongs(draft, key, name);
    }
    let Some(own) = draft.rows.get(&key).cloned() else { return };
    let has = |name: &str| own.text(name).is_some_and(|text| !text.is_empty());
    for (given, needed) in [("username", "password"), ("password", "username")] {
        if has(given) && !has(needed) && !draft.is_refused(key, needed) && !draft.is_refused(key, given) {
            draft.refuse(key, needed, Reason::Missing);
        }
    }
    if let Some(reason) = backwards(&own) {
        draft.refuse(key, "ranges", reason);
    }
}

/// The first range whose end no number of it can have.
fn backwards(own: &Own) -> Option<Reason> {
    let ranges = own.get("ranges").and_then(Value::as_array)?;
    let is_backwards = |range: &Value| {
        let text = |key: &str| range.get(key).and_then(Value::as_str).unwrap_or_default();
        text("from").len() != text("to").len() || text("from") > text("to")
    };
    let at = ranges.iter().position(is_backwards)?;
    Some(Reason::Within { part: format!("{}, to", at + 1), reason: Box::new(Reason::RangeBackwards) })
}
