//! One value as the text of a cell, and back.
//!
//! ```text
//! yes   30   pcma g722   Sales; Support                   truth, number, choices, names
//! hang_up   extension:102   external:+39061;class=Mobile  an action: what, with its target, then its other parts
//! match=prefix;digits=+39;lines=Trunk A,Trunk B | match=any;lines=Trunk A    a list of records
//! ```
//!
//! An empty cell is "inherited, or the default"; `-` is "none" where that is a value of its own. A separator within a part has a backslash
//! before it, at each level.

use serde_json::{Map, Value};

use crate::settings::action;
use crate::settings::field::{Default, Field, Shape, wrong};
use crate::text::fault::Reason;

use super::table::{neutralised, plain};

/// In place of nothing, where nothing is a value of its own.
pub(super) const NONE: &str = "-";

/// The value of a setting as a cell. References are names already.
pub(super) fn to_cell(shape: Shape, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.is_empty() => NONE.to_owned(),
        Value::Array(list) if list.is_empty() => NONE.to_owned(),
        value => neutralised(said(shape, value, ';')),
    }
}

/// What a cell says: `Null` for nothing. Whether the value is right is for the field's check.
pub(super) fn from_cell(field: &Field, cell: &str) -> Result<Value, Reason> {
    let cell = cell.trim_matches(' ');
    if cell.is_empty() {
        return Ok(Value::Null);
    }
    if cell == NONE {
        return Ok(match field.shape {
            Shape::Choices { .. } | Shape::Networks | Shape::References(_) | Shape::Records(_) => Value::Array(Vec::new()),
            // A phone's password is never none: its check says so.
            _ if field.is_inherited || field.default == Default::Generated => "".into(),
            _ => Value::Null,
        });
    }
    let text = plain(cell);
    if text.chars().any(char::is_control) {
        return Err(Reason::ControlCharacters);
    }
    meant(field.shape, text, ';')
}

/// `between` stands between names of a list: `;`, or `,` within a record.
fn said(shape: Shape, value: &Value, between: char) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (shape, value) {
        (Shape::Bool, Value::Bool(truth)) => (if *truth { "yes" } else { "no" }).to_owned(),
        (Shape::Choices { .. } | Shape::Networks, Value::Array(list)) => list.iter().map(text).collect::<Vec<_>>().join(" "),
        (Shape::References(_), Value::Array(list)) => joined(list.iter().map(text), between),
        (Shape::Action { .. }, Value::Object(map)) => joined(action_parts(map).into_iter(), ';'),
        (Shape::Record(fields), Value::Object(map)) => joined(parts(fields, map).into_iter(), ';'),
        (Shape::Records(fields), Value::Array(list)) => {
            let records = list.iter().map(|record| said(Shape::Record(fields), record, between));
            records.map(|record| escaped(&record, '|')).collect::<Vec<_>>().join(" | ")
        }
        (_, value) => text(value),
    }
}

fn meant(shape: Shape, text: &str, between: char) -> Result<Value, Reason> {
    Ok(match shape {
        Shape::Bool => truth(text)?.into(),
        Shape::Number { .. } => text.parse::<i64>().map_err(|_| wrong("a whole number", "un numero intero"))?.into(),
        Shape::Choices { .. } | Shape::Networks => {
            let words = text.split([' ', ';', ',']).filter(|word| !word.is_empty());
            words.map(Value::from).collect::<Vec<_>>().into()
        }
        Shape::References(_) => {
            split(text, between).into_iter().filter(|name| !name.is_empty()).map(Value::from).collect::<Vec<_>>().into()
        }
        Shape::Action { .. } => action_meant(text)?,
        Shape::Record(fields) => record_meant(fields, &split(text, ';'))?.into(),
        Shape::Records(fields) => {
            let records = split(text, '|').into_iter().filter(|record| !record.is_empty());
            records.map(|record| meant(Shape::Record(fields), &record, between)).collect::<Result<Vec<_>, _>>()?.into()
        }
        _ => text.into(),
    })
}

/// As spreadsheets and people write it, in both languages.
pub(super) fn truth(text: &str) -> Result<bool, Reason> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "1" | "on" | "sì" | "si" | "vero" => Ok(true),
        "no" | "false" | "0" | "off" | "falso" => Ok(false),
        _ => Err(wrong("yes or no", "sì o no")),
    }
}

fn parts(fields: &'static [Field], map: &Map<String, Value>) -> Vec<String> {
    let part = |field: &Field| Some(format!("{}={}", field.key, said(field.shape, map.get(field.key)?, ',')));
    fields.iter().filter_map(part).collect()
}

fn record_meant(fields: &'static [Field], parts: &[String]) -> Result<Map<String, Value>, Reason> {
    const EXPECTED: Reason =
        wrong("parts such as digits=06, with semicolons between them", "parti come digits=06, separate da punto e virgola");
    let mut map = Map::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let (key, text) = part.split_once('=').ok_or(EXPECTED)?;
        let (key, text) = (key.trim(), text.trim());
        let value = match fields.iter().find(|field| field.key == key) {
            Some(field) => meant(field.shape, text, ',')?,
            // The record's check names it.
            None => text.into(),
        };
        map.insert(key.to_owned(), value);
    }
    Ok(map)
}

/// The part that an action cannot be without, if it has one.
fn target_of(what: &str) -> Option<&'static Field> {
    let belongs = |field: &&Field| field.only_if.is_some_and(|only_if| only_if.values.contains(&what));
    action::FIELDS.iter().filter(belongs).find(|field| field.default == Default::Required)
}

fn action_parts(map: &Map<String, Value>) -> Vec<String> {
    let what = map.get("do").and_then(Value::as_str).unwrap_or_default();
    let target = target_of(what);
    let first = match target.and_then(|target| Some(said(target.shape, map.get(target.key)?, ','))) {
        Some(target) => format!("{what}:{target}"),
        None => what.to_owned(),
    };
    let is_other = |field: &&Field| field.key != "do" && target.is_none_or(|target| target.key != field.key);
    let others = action::FIELDS.iter().filter(is_other);
    let others = others.filter_map(|field| Some(format!("{}={}", field.key, said(field.shape, map.get(field.key)?, ','))));
    std::iter::once(first).chain(others).collect()
}

fn action_meant(text: &str) -> Result<Value, Reason> {
    let parts = split(text, ';');
    let (first, others) = parts.split_first().map_or(("", &[][..]), |(first, others)| (first.as_str(), others));
    let (what, target) = first.split_once(':').map_or((first, None), |(what, target)| (what.trim(), Some(target.trim())));
    let mut map = record_meant(action::FIELDS, others)?;
    if let Some(target) = target {
        // What has no target is refused by the record's check, by this name.
        map.insert(target_of(what).map_or("target", |field| field.key).to_owned(), target.into());
    }
    map.insert("do".to_owned(), what.into());
    Ok(map.into())
}

fn joined(parts: impl Iterator<Item = String>, separator: char) -> String {
    let between = if separator == ';' { ";".to_owned() } else { separator.to_string() };
    parts.map(|part| escaped(&part, separator)).collect::<Vec<_>>().join(&between)
}

fn escaped(part: &str, separator: char) -> String {
    part.replace('\\', "\\\\").replace(separator, &format!("\\{separator}"))
}

/// The parts between separators, without what escapes them, each trimmed.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        let part = parts.last_mut().expect("there is one from the start");
        match c {
            '\\' => part.extend(characters.next()),
            c if c == separator => parts.push(String::new()),
            c => part.push(c),
        }
    }
    for part in &mut parts {
        *part = part.trim().to_owned();
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Kind;

    #[test]
    fn every_shape_comes_back_from_its_cell() {
        let cases = [
            (Kind::Extension, "first_name", json!("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0"),
            (Kind::Extension, "first_name", json!("-"), "'-"),
            (Kind::Extension, "first_name", json!("a; \"b\" | c\\"), "a; \"b\" | c\\"),
            (Kind::Extension, "enabled", json!(false), "no"),
            (Kind::Extension, "busy_level", json!(3), "3"),
            (Kind::Extension, "mobile", json!("+39061"), "'+39061"),
            (Kind::Extension, "organization", json!(""), "-"),
            (Kind::Extension, "standard_class", json!(""), "-"),
            (Kind::Extension, "template", json!("Desk; \\ phones"), "Desk; \\ phones"),
            (Kind::Extension, "pickup_groups", json!(["Sales, EU", "a;b", "c\\d", "-"]), "Sales, EU;a\\;b;c\\\\d;-"),
            (Kind::Extension, "pickup_groups", json!(["=1"]), "'=1"),
            (Kind::Extension, "pickup_groups", json!([]), "-"),
            (Kind::Account, "codecs", json!(["pcma", "g722"]), "pcma g722"),
            (Kind::Sip, "local_networks", json!(["10.0.0.0/8", "2001:db8::/32"]), "10.0.0.0/8 2001:db8::/32"),
            (Kind::Extension, "failover_internal_busy", json!({"do": "hang_up"}), "hang_up"),
            (Kind::Extension, "failover_internal_busy", json!({"do": "extension", "extension": "102"}), "extension:102"),
            (
                Kind::Extension,
                "failover_internal_busy",
                json!({"do": "external", "number": "+39061", "class": "Mobile; \\ a=b"}),
                "external:+39061;class=Mobile\\; \\\\ a=b",
            ),
            (
                Kind::Class,
                "rules",
                json!([{"match": "prefix", "digits": "+39", "lines": ["A | B", "C,D"]}, {"match": "any", "lines": ["E;F"]}]),
                "match=prefix;digits=+39;lines=A \\| B,C\\\\\\\\,D | match=any;lines=E\\\\;F",
            ),
            (
                Kind::Line,
                "did",
                json!([{"number": "+3906", "action": {"do": "external", "number": "06", "class": "M"}}]),
                "number=+3906;action=external:06\\\\;class=M",
            ),
        ];
        for (kind, key, value, cell) in cases {
            let field = kind.field(key).expect("it is in the table");
            assert_eq!(to_cell(field.shape, &value), cell, "{key}");
            assert_eq!(from_cell(field, cell), Ok(value), "{key}");
        }
    }

    #[test]
    fn people_write_cells_in_several_ways() {
        let meant = |kind: Kind, key: &str, cell: &str| from_cell(kind.field(key).expect("it is in the table"), cell);
        assert_eq!(meant(Kind::Extension, "enabled", "Sì"), Ok(json!(true)));
        assert_eq!(meant(Kind::Account, "codecs", "pcma; g722,opus"), Ok(json!(["pcma", "g722", "opus"])));
        assert_eq!(meant(Kind::Extension, "pickup_groups", "Sales; Support"), Ok(json!(["Sales", "Support"])));
        assert_eq!(meant(Kind::Extension, "mobile", "+39 06 1"), Ok(json!("+39 06 1")));
        assert_eq!(meant(Kind::Extension, "mobile", " "), Ok(Value::Null));
        assert_eq!(meant(Kind::Extension, "mobile", "-"), Ok(Value::Null), "it can't be inherited, so none is nothing");
        assert_eq!(meant(Kind::Account, "codecs", "-"), Ok(json!([])));
        assert!(meant(Kind::Extension, "enabled", "maybe").is_err());
        assert!(meant(Kind::Extension, "busy_level", "3.5").is_err());
        assert_eq!(meant(Kind::Account, "codecs", "pcma\npcmu"), Err(Reason::ControlCharacters));
        let refused = |cell: &str| {
            let field = Kind::Extension.field("failover_internal_busy").expect("it is in the table");
            let reason = from_cell(field, cell).and_then(|value| field.check(&value)).expect_err("refused");
            reason.say(crate::text::Language::English)
        };
        assert_eq!(refused("extension"), "extension: it is missing");
        assert_eq!(refused("hang_up:7"), "target: there is no such setting");
        assert!(refused("fly:7").starts_with("target") || refused("fly:7").starts_with("do"));
        assert!(refused("external:1;colour").starts_with("it must be parts such as"));
    }
}
