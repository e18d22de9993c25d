//! The body of a request as JSON, and what it wants of an entity.

use serde_json::{Map, Value};

use crate::settings::{Field, Kind, Own, Settings, Source};
use crate::store::PASSWORD;
use crate::text::api as words;
use crate::text::fault::Reason;
use crate::web::http::Request;

use super::entity::{MADE, View, is_made_by_box, name_references};
use super::pointer;
use super::problem::{Answer, Error, Problem, Said};
use super::strict;

pub const JSON: &str = "application/json";
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// How the members of a body change an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// A new entity: what is absent is inherited or the preset.
    Create,
    /// All of it: what is absent goes back to what it inherits, or to the preset. Secrets stay.
    Replace,
    /// RFC 7396: what is absent stays, null goes back.
    Merge,
}

/// The body, if it is JSON under one of these types.
pub fn json(request: &Request, types: &[&str]) -> Answer<Value> {
    let given = request.header("content-type").unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    if !types.iter().any(|kind| given.eq_ignore_ascii_case(kind)) {
        let problem = Problem::new(415, Said::with(words::WRONG_TYPE, &[&types.join(", ")]));
        return Err(if types.contains(&MERGE_PATCH) { problem.with_header("Accept-Patch", types.join(", ")) } else { problem });
    }
    strict::parse(&request.body).map_err(|said| Problem::new(400, said))
}

/// Turns what was sent for one entity into the settings of an edit.
pub struct Reader<'a> {
    pub view: &'a View<'a>,
    pub kind: Kind,
    /// `None`: it is new.
    pub id: Option<i64>,
    pub manner: Manner,
}

impl Reader<'_> {
    /// `sent` must be an object; values are left to the check of the edit, unless they never get there.
    pub fn own(&self, sent: &Value) -> Result<Own, Vec<Error>> {
        let Value::Object(sent) = sent else { return Err(vec![Error::at("", words::NOT_AN_OBJECT)]) };
        let mut errors = Vec::new();
        let mut own = self.reset(sent);
        for (key, value) in sent {
            match self.kind.field(key) {
                _ if MADE.contains(&key.as_str()) => errors.extend(self.made(key, value)),
                // It is hashed on the way to the store.
                None if self.kind == Kind::User && key == PASSWORD && !value.is_string() => {
                    errors.push(Error::at(format!("/{PASSWORD}"), words::NOT_A_TEXT));
                }
                Some(field) if is_made_by_box(field) => errors.push(Error::at(format!("/{key}"), words::MADE_BY_THE_BOX)),
                Some(field) => {
                    if let Some(value) = self.value(field, value, sent) {
                        own = own.with(key, value);
                    }
                }
                // The check of the edit names the nearest.
                None => own = own.with(key, value.clone()),
            }
        }
        if errors.is_empty() { Ok(own) } else { Err(errors) }
    }

    fn settings(&self) -> &Settings {
        self.view.settings
    }

    fn current(&self) -> Option<&Own> {
        self.view.own(self.kind, self.id?)
    }

    /// What goes back to what it inherits, though nobody says null: overrides when another template is chosen, and in a replacement
    /// whatever is not there.
    fn reset(&self, sent: &Map<String, Value>) -> Own {
        let mut own = Own::default();
        let Some(id) = self.id else { return own };
        if let Some(template) = sent.get("template").filter(|given| self.kind.template().is_some() && self.is_other_template(given)) {
            for field in self.settings().overrides(self.kind, id) {
                own = own.with(field.key, Value::Null);
            }
            own = own.with("template", template.clone());
        }
        if self.manner == Manner::Replace {
            for field in self.kind.fields().iter().filter(|field| !field.is_secret()) {
                own = own.with(field.key, Value::Null);
            }
        }
        own
    }

    fn is_other_template(&self, given: &Value) -> bool {
        let now = self.current().and_then(|own| own.get("template")).and_then(Value::as_i64);
        let kind = self.kind.template().unwrap_or(self.kind);
        match (given, now) {
            (Value::Null, now) => now.is_some(),
            (Value::String(name), Some(now)) => !name.trim().eq_ignore_ascii_case(&self.settings().name_of(kind, now)),
            (Value::Number(id), Some(now)) => id.as_i64() != Some(now),
            _ => true,
        }
    }

    /// What an edit shall say of the setting; `None`: nothing, it stays inherited.
    fn value(&self, field: &'static Field, value: &Value, sent: &Map<String, Value>) -> Option<Value> {
        match self.manner {
            Manner::Create => Some(value.clone()),
            Manner::Merge => Some(self.merged(field, value)),
            // What was read and comes back as it was is still inherited.
            Manner::Replace if self.is_as_inherited(field, value, sent) => Some(Value::Null),
            Manner::Replace => Some(value.clone()),
        }
    }

    fn is_as_inherited(&self, field: &Field, value: &Value, sent: &Map<String, Value>) -> bool {
        let overridden = sent.get("overridden").and_then(Value::as_array);
        if overridden.is_some_and(|keys| keys.iter().any(|key| key == field.key)) {
            return false;
        }
        let effective = self.settings().effective_of(self.kind, self.current(), field);
        let mut shown = effective.value.clone().into_owned();
        name_references(self.settings(), field, &mut shown);
        effective.from != Source::Own && (*value == *effective.value || *value == shown)
    }

    /// RFC 7396: an object is merged into the one that is there, all else takes its place.
    fn merged(&self, field: &Field, value: &Value) -> Value {
        if !value.is_object() {
            return value.clone();
        }
        let mut target = self.settings().effective_of(self.kind, self.current(), field).value.into_owned();
        name_references(self.settings(), field, &mut target);
        merge(&mut target, value);
        target
    }

    /// Members that are made by the box may come back as they were read.
    fn made(&self, key: &str, value: &Value) -> Option<Error> {
        let is_fit = match key {
            "id" => self.id.is_some() && value.as_i64() == self.id,
            "revision" => value.is_u64(),
            "ids" => value.is_object(),
            _ => value.as_array().is_some_and(|keys| keys.iter().all(|key| key.as_str().is_some_and(|key| self.kind.field(key).is_some()))),
        };
        let said = if key == "id" && self.id.is_some() { words::OTHER_ID } else { words::MADE_BY_THE_BOX };
        (!is_fit).then(|| Error::at(format!("/{key}"), said))
    }

    /// The faults of the change at `at` of an edit, as they stand in what was sent. Faults of nothing that was sent say where they are.
    pub fn errors(&self, at: usize, faults: &[crate::settings::Fault], sent: &Value) -> Vec<Error> {
        let own = faults.iter().filter(|fault| fault.change == Some(at));
        own.map(|fault| {
            if fault.kind != self.kind {
                return Error::at("", Said::Elsewhere(fault.place.clone(), fault.reason.clone()));
            }
            let key = if self.kind == Kind::User && fault.field == "password_hash" { PASSWORD } else { fault.field.as_str() };
            // It follows from what was sent, or from what was left out; nothing stands there that could be pointed at.
            if sent.get(key).is_none() && !key.is_empty() && fault.reason != Reason::Missing {
                return Error::of_field(key, Said::Elsewhere(key.to_owned(), fault.reason.clone()));
            }
            let (pointer, reason) = pointer::of_fault(self.kind, key, sent, &fault.reason);
            Error::at(pointer, reason)
        })
        .collect()
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        patch.clone_into(target);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merging_is_as_the_rfc_says() {
        // RFC 7396 appendix A, the cases with objects.
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = target;
            merge(&mut merged, &patch);
            assert_eq!(merged, result);
        }
    }
}
