//! Where in the body a fault stands: from a field and a reason to a JSON pointer (RFC 6901).
//!
//! A reason names its part as people count, `2, lines`; a program wants `/rules/1/lines/0`. Which value of a list is wrong the reason does
//! not say, so it is looked for.

use serde_json::Value;

use crate::settings::{Field, Kind, Shape, action};
use crate::text::fault::Reason;

/// The pointer of a fault of `field`, given the value that was sent for it, and the reason without the parts that the pointer names.
pub fn locate(field: &'static Field, value: Option<&Value>, reason: &Reason) -> (String, Reason) {
    let mut pointer = format!("/{}", escaped(field.key));
    let (mut shape, mut value, mut reason) = (field.shape, value, reason);
    while let Reason::Within { part, reason: inner } = reason {
        for part in part.split(", ") {
            let (name, next) = step(shape, part);
            pointer.push_str(&format!("/{}", escaped(&name)));
            value = value.and_then(|value| value.get(name.as_str()).or_else(|| value.get(name.parse::<usize>().ok()?)));
            let Some(next) = next else { return (pointer, innermost(inner)) };
            shape = next;
        }
        reason = inner;
    }
    if let Some(value) = value {
        pointer.push_str(&wrong_part(shape, value, reason));
    }
    (pointer, reason.clone())
}

fn innermost(reason: &Reason) -> Reason {
    match reason {
        Reason::Within { reason, .. } => innermost(reason),
        reason => reason.clone(),
    }
}

/// Into a record by key, into a list by place, counted from 1 in the reason and from 0 in the pointer.
fn step(shape: Shape, part: &str) -> (String, Option<Shape>) {
    match shape {
        Shape::Records(fields) => {
            let place = part.parse::<usize>().map_or(0, |place| place.saturating_sub(1));
            (place.to_string(), Some(Shape::Record(fields)))
        }
        Shape::Record(_) | Shape::Action { .. } => {
            (part.to_owned(), parts(shape).iter().find(|field| field.key == part).map(|field| field.shape))
        }
        _ => (part.to_owned(), None),
    }
}

fn parts(shape: Shape) -> &'static [Field] {
    match shape {
        Shape::Action { .. } => action::FIELDS,
        Shape::Record(fields) | Shape::Records(fields) => fields,
        _ => &[],
    }
}

/// The way on to the value that the reason speaks of; empty if it is the whole.
fn wrong_part(shape: Shape, value: &Value, reason: &Reason) -> String {
    match (shape, value) {
        (Shape::References(_) | Shape::Choices { .. } | Shape::Networks, Value::Array(list)) => {
            let wrong = match reason {
                Reason::Twice { given } => list.iter().rposition(|value| is_said(value, given)),
                Reason::NoSuch { given, .. } => list.iter().position(|value| is_said(value, given)),
                Reason::NotAChoice { given, .. } => list.iter().position(|value| value.as_str() == Some(given)),
                Reason::WrongType { .. } => list.iter().position(|value| !(value.is_string() || value.is_i64() && is_reference(shape))),
                Reason::NotNetwork => list.iter().position(|value| value.as_str().is_some_and(|text| !is_network(text))),
                _ => None,
            };
            wrong.map(|at| format!("/{at}")).unwrap_or_default()
        }
        (Shape::Records(fields), Value::Array(list)) => within(list.iter().enumerate().map(|(at, value)| {
            let inner = wrong_part(Shape::Record(fields), value, reason);
            (!inner.is_empty()).then(|| format!("/{at}{inner}"))
        })),
        // Of a record only a reference can be wrong without the reason saying where.
        (Shape::Record(_) | Shape::Action { .. }, Value::Object(map)) => within(parts(shape).iter().map(|field| {
            let (Reason::NoSuch { given, .. }, Some(value)) = (reason, map.get(field.key)) else { return None };
            match field.shape {
                Shape::Reference(_) => is_said(value, given).then(|| format!("/{}", field.key)),
                shape => {
                    Some(wrong_part(shape, value, reason)).filter(|inner| !inner.is_empty()).map(|inner| format!("/{}{inner}", field.key))
                }
            }
        })),
        _ => String::new(),
    }
}

fn within(mut found: impl Iterator<Item = Option<String>>) -> String {
    found.find_map(|found| found).unwrap_or_default()
}

const fn is_reference(shape: Shape) -> bool {
    matches!(shape, Shape::References(_))
}

/// As a reason quotes it: the name, or `#7` for the id 7.
fn is_said(value: &Value, given: &str) -> bool {
    match value {
        Value::String(text) => text.trim().eq_ignore_ascii_case(given),
        value => {
            let id = value.to_string();
            given.strip_prefix('#').unwrap_or(given) == id
        }
    }
}

fn is_network(text: &str) -> bool {
    text.parse::<crate::settings::Network>().is_ok()
}

/// The field of that key, also if there is none.
pub fn unknown(key: &str) -> String {
    format!("/{}", escaped(&key.chars().take(100).collect::<String>()))
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// For the faults of an edit: the key as the fault names it.
pub fn of_fault(kind: Kind, key: &str, body: &Value, reason: &Reason) -> (String, Reason) {
    match kind.field(key) {
        Some(field) => locate(field, body.get(key), reason),
        None if key.is_empty() => (String::new(), reason.clone()),
        None => (unknown(key), reason.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Kind;
    use crate::text::Language;

    #[track_caller]
    fn check(kind: Kind, key: &str, sent: Value, pointer: &str, said: &str) {
        let field = kind.field(key).expect("it is in the table");
        let reason = field.check(&sent).expect_err("it is wrong");
        let (found, reason) = locate(field, Some(&sent), &reason);
        assert_eq!(found, pointer);
        assert!(reason.say(Language::English).contains(said), "{reason:?}");
    }

    #[test]
    fn a_wrong_value_is_found_where_it_stands() {
        let rule = json!({"match": "any", "lines": ["a"]});
        check(Kind::Class, "rules", json!({}), "/rules", "a list of tables");
        check(Kind::Class, "rules", json!([rule, 3]), "/rules/1", "a table");
        check(Kind::Class, "rules", json!([rule, {"match": "any", "lines": [7, true]}]), "/rules/1/lines/1", "a list of names");
        check(Kind::Class, "rules", json!([rule, {"match": "any", "lines": ["a", "a"]}]), "/rules/1/lines/1", "twice");
        check(Kind::Class, "rules", json!([{"match": "any", "liness": []}]), "/rules/0/liness", "did you mean \"lines\"");
        check(Kind::Class, "rules", json!([{"match": "no", "lines": []}]), "/rules/0/match", "is not one of");
        check(Kind::Account, "codecs", json!(["pcma", "mp3"]), "/codecs/1", "mp3");
        check(Kind::Account, "codecs", json!(["pcma", 8]), "/codecs/1", "a list of texts");
        check(Kind::Sip, "local_networks", json!(["::1", "x"]), "/local_networks/1", "an address");
        check(Kind::Extension, "failover_internal_busy", json!({"do": "external"}), "/failover_internal_busy/number", "it is missing");
        check(Kind::Extension, "busy_level", json!("1"), "/busy_level", "a whole number");
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_found_by_its_name() {
        let reason = |given: &str| Reason::NoSuch { kind: Kind::Line.words().one, given: given.to_owned() };
        let rules = json!([{"match": "any", "lines": ["a", 9]}, {"match": "any", "lines": ["A", "b/c"]}]);
        let field = Kind::Class.field("rules").expect("there");
        for (given, pointer) in [("b/c", "/rules/1/lines/1"), ("#9", "/rules/0/lines/1"), ("z", "/rules")] {
            assert_eq!(locate(field, Some(&rules), &reason(given)).0, pointer);
        }
        let field = Kind::Extension.field("failover_internal_busy").expect("there");
        let action = json!({"do": "extension", "extension": "999"});
        assert_eq!(locate(field, Some(&action), &reason("999")).0, "/failover_internal_busy/extension");
        assert_eq!(unknown("a/b~c"), "/a~1b~0c");
    }
}
