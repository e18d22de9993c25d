//! Values made of several under keys: an action with its target, a rule with its lines. Their parts are fields like any other.

use serde_json::{Map, Value};

use crate::base::limits::LIST_VALUES_MAX;
use crate::text::fault::Reason;

use super::draft::nearest;
use super::field::{Default, Field, Shape, wrong};
use super::{Kind, action};

/// The record in its canonical form: in the order of the table, without what is empty.
pub(super) fn check(fields: &'static [Field], value: &Value) -> Result<Value, Reason> {
    const EXPECTED: Reason = wrong("a table such as { do = \"hang_up\" }", "una tabella, per esempio { do = \"hang_up\" }");
    let given = match value {
        Value::Object(given) => given,
        Value::String(text) if text.trim().is_empty() => return Ok(Value::Null),
        _ => return Err(EXPECTED),
    };
    if let Some(key) = given.keys().find(|key| fields.iter().all(|field| field.key != key.as_str())) {
        let shown: String = key.chars().filter(|c| !c.is_control()).take(40).collect();
        return Err(within(shown, Reason::UnknownKey { nearest: nearest(key, fields.iter().map(|field| field.key)) }));
    }
    let mut checked = Map::new();
    for field in fields {
        let given = given.get(field.key).filter(|given| !given.is_null());
        let value = match given {
            Some(given) => field.check(given).map_err(|reason| within(field.key, reason))?,
            None => Value::Null,
        };
        let belongs = match field.only_if {
            None => None,
            Some(only_if) => {
                // What it hangs on stands before it in the table.
                let decides = checked.get(only_if.key).and_then(Value::as_str).unwrap_or_default();
                Some((only_if, only_if.values.contains(&decides)))
            }
        };
        match (belongs, value) {
            (Some((only_if, false)), value) if !value.is_null() => {
                return Err(within(field.key, Reason::NotWith { key: only_if.key, values: only_if.values }));
            }
            (Some((_, true)) | None, Value::Null) if field.default == Default::Required => {
                return Err(within(field.key, Reason::Missing));
            }
            (_, Value::Null) => {}
            (_, value) => {
                checked.insert(field.key.to_owned(), value);
            }
        }
    }
    Ok(Value::Object(checked))
}

pub(super) fn check_list(fields: &'static [Field], value: &Value) -> Result<Value, Reason> {
    const EXPECTED: Reason = wrong("a list of tables", "un elenco di tabelle");
    let given = value.as_array().ok_or(EXPECTED)?;
    if given.len() > LIST_VALUES_MAX {
        return Err(Reason::TooMany { max: LIST_VALUES_MAX });
    }
    let numbered = |at: usize, reason| match reason {
        Reason::Within { part, reason } => Reason::Within { part: format!("{}, {part}", at + 1), reason },
        reason => within((at + 1).to_string(), reason),
    };
    let list = given.iter().enumerate().map(|(at, value)| check(fields, value).map_err(|reason| numbered(at, reason)));
    Ok(Value::Array(list.collect::<Result<_, _>>()?))
}

fn within(part: impl Into<String>, reason: Reason) -> Reason {
    match reason {
        Reason::Within { part: inner, reason } => Reason::Within { part: format!("{}, {inner}", part.into()), reason },
        reason => Reason::Within { part: part.into(), reason: Box::new(reason) },
    }
}

/// Calls `visit` for each reference in the value, an id or a name, wherever it stands; what `visit` returns takes its place.
pub fn map_references(shape: Shape, value: &mut Value, visit: &mut dyn FnMut(Kind, &Value) -> Option<Value>) {
    match (shape, value) {
        (Shape::Reference(kind), value) => {
            if let Some(new) = visit(kind, value) {
                *value = new;
            }
        }
        (Shape::References(kind), Value::Array(list)) => {
            for value in list {
                if let Some(new) = visit(kind, value) {
                    *value = new;
                }
            }
        }
        (Shape::Action { .. }, value) => map_references(Shape::Record(action::FIELDS), value, visit),
        (Shape::Record(fields), Value::Object(map)) => {
            for field in fields {
                if let Some(value) = map.get_mut(field.key) {
                    map_references(field.shape, value, visit);
                }
            }
        }
        (Shape::Records(fields), Value::Array(list)) => {
            for value in list {
                map_references(Shape::Record(fields), value, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: Value) -> Result<Value, String> {
        let field = Kind::Extension.field("failover_internal_busy").expect("it is in the table");
        field.check(&value).map_err(|reason| reason.say(crate::text::Language::English))
    }

    #[test]
    fn a_record_is_ordered_and_without_what_is_empty() {
        let given = json!({"number": "+39 06 1", "do": "external", "identity": ""});
        assert_eq!(check(given).unwrap().to_string(), r#"{"do":"external","number":"+39061"}"#);
        assert_eq!(check(json!("")), Ok(Value::Null));
    }

    #[test]
    fn what_is_wrong_in_a_record_names_its_part() {
        for (given, said) in [
            (json!({"do": "extension"}), "extension: it is missing"),
            (json!({"extension": 1}), "do: it is missing"),
            (json!({"do": "hang_up", "number": "1"}), "number: it has a meaning only where do is external"),
            (json!({"do": "external", "numbr": "1"}), "numbr: there is no such setting; did you mean \"number\"?"),
            (json!({"do": 3}), "do: it must be a text in quotes"),
            (json!([]), "it must be a table such as { do = \"hang_up\" }"),
        ] {
            assert_eq!(check(given), Err(said.to_owned()));
        }
    }
}
