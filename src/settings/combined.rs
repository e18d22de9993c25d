//! Settings of one entity that only make sense together.

use crate::text::fault::Reason;

use super::draft::{Draft, RowKey};
use super::{Kind, plan_conflicts, relations};

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
        Kind::Selection => {
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
        }
        _ => {}
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
