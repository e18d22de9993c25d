//! Settings of one entity that only make sense together.

use crate::text::fault::Reason;

use super::draft::{Draft, RowKey};
use super::field::Field;
use super::{Kind, line_checks, plan_conflicts, relations};

/// `#0` and a digit are personal ones.
const SHARED_SPEED_DIALS: (i64, i64) = (10, 89);

pub(super) fn check(draft: &mut Draft, key: RowKey) {
    match key.0 {
        Kind::Mailbox => {
            needs(draft, key, "attach_audio", "notify");
            needs(draft, key, "delete_sent", "attach_audio");
        }
        Kind::Class => relations::rules(draft, key),
        Kind::Extension | Kind::ExtensionTemplate => {
            chosen_needs(draft, key, "ldap_mode", "number", "ldap_number");
            chosen_needs(draft, key, "ldap_mode", "rule_on_extension", "ldap_extension");
        }
        Kind::Line if draft.is_edited(key) => line_checks::check(draft, key),
        Kind::Numbering if draft.is_edited(key) => {
            emergency(draft, key);
            outside_last(draft, key);
        }
        Kind::Selection => {
            if draft.is_edited(key) {
                belongs(draft, key, "to");
            }
            chosen_needs(draft, key, "match", "range", "to");
            plan_conflicts::selection(draft, key);
        }
        Kind::User => chosen_needs(draft, key, "role", "own", "own_role"),
        Kind::Contact => {
            let is_named = draft.rows.get(&key).is_some_and(|own| {
                ["first_name", "last_name", "organization"].iter().any(|key| own.text(key).is_some_and(|name| !name.is_empty()))
            });
            if !is_named && !draft.is_refused(key, "first_name") {
                draft.refuse(key, "last_name", Reason::Missing);
            }
            if draft.is_edited(key) {
                speed_dial(draft, key);
            }
        }
        _ => {}
    }
}

/// Two digits for what everybody dials, one for what is one's own; and a number to dial.
fn speed_dial(draft: &mut Draft, key: RowKey) {
    let Some(own) = draft.rows.get(&key) else { return };
    let Some(digits) = own.text("speed_dial").filter(|digits| !digits.is_empty()) else { return };
    if draft.is_refused(key, "speed_dial") {
        return;
    }
    let is_shared = own.get("owner").is_none_or(serde_json::Value::is_null);
    let (min, max) = if is_shared { SHARED_SPEED_DIALS } else { (0, 9) };
    let is_within = digits.parse().is_ok_and(|number: i64| (min..=max).contains(&number)) && digits.len() == if is_shared { 2 } else { 1 };
    let has_number = ["phone", "mobile", "home"].iter().any(|key| own.text(key).is_some_and(|number| !number.is_empty()));
    if !is_within {
        draft.refuse(key, "speed_dial", Reason::OutOfRange { min, max });
    } else if !has_number && !["phone", "mobile", "home"].iter().any(|name| draft.is_refused(key, name)) {
        draft.refuse(key, "phone", Reason::Missing);
    }
}

/// The truth `key` is nothing without the truth `other`.
fn needs(draft: &mut Draft, key: RowKey, name: &str, other: &str) {
    let Some(own) = draft.rows.get(&key) else { return };
    let is_on = |name: &str| own.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    if is_on(name) && !is_on(other) && !draft.is_refused(key, other) {
        let Some(field) = key.0.field(other) else { return };
        draft.refuse(key, name, Reason::Needs { label: field.words.label });
    }
}

/// What has a meaning only beside another choice is not set beside this one, where it would look as if it did something.
pub(super) fn belongs(draft: &mut Draft, key: RowKey, name: &str) {
    let (Some(own), Some(field)) = (draft.rows.get(&key), key.0.field(name)) else { return };
    let Some(only_if) = field.only_if else { return };
    let preset = key.0.field(only_if.key).map(Field::preset).unwrap_or_default();
    let chosen = own.get(only_if.key).unwrap_or(&preset).as_str().unwrap_or_default();
    let is_said = own.get(name).is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty()));
    if is_said && !only_if.values.contains(&chosen) && !draft.is_refused(key, name) && !draft.is_refused(key, only_if.key) {
        draft.refuse(key, name, Reason::NotWith { key: only_if.key, values: only_if.values });
    }
}

/// Without a prefix every number is one outside: what stands behind that in the order would never be reached.
fn outside_last(draft: &mut Draft, key: RowKey) {
    let Some(own) = draft.rows.get(&key) else { return };
    let has_prefix = own.text("outside_prefix").is_some_and(|prefix| !prefix.is_empty());
    let last = own.get("order").and_then(serde_json::Value::as_array).and_then(|order| order.last()?.as_str());
    if !has_prefix && last.is_some_and(|last| last != "outside") && !draft.is_refused(key, "order") {
        draft.refuse(key, "order", Reason::OutsideHides);
    }
}

/// An emergency number that stands in the list twice was meant to be two.
fn emergency(draft: &mut Draft, key: RowKey) {
    let list = draft.rows.get(&key).and_then(|own| own.get("emergency")).and_then(serde_json::Value::as_array).cloned();
    let numbers: Vec<String> = list.iter().flatten().filter_map(|record| record.get("number")?.as_str().map(str::to_owned)).collect();
    if let Some(at) = (0..numbers.len()).find(|at| numbers[..*at].contains(&numbers[*at])) {
        let twice = Reason::Twice { given: numbers[at].clone() };
        draft.refuse(key, "emergency", Reason::Within { part: format!("{}, number", at + 1), reason: Box::new(twice) });
    }
}

/// Who chooses `value` must say `other` too: here, or in the template from which it is inherited.
fn chosen_needs(draft: &mut Draft, key: RowKey, name: &str, value: &str, other: &str) {
    let Some(own) = draft.rows.get(&key) else { return };
    let template = || Some((key.0.template()?, own.id("template")?));
    let inherited = template().and_then(|key| draft.rows.get(&key)).and_then(|own| own.get(other));
    let said = own.get(other).or(inherited).filter(|said| said.as_str() != Some(""));
    if own.text(name) == Some(value) && said.is_none() && !draft.is_refused(key, other) {
        draft.refuse(key, other, Reason::Missing);
    }
}
