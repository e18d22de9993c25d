//! The JSON schema of a setting, by its shape (JSON Schema 2020-12, as OpenAPI 3.1 has it).
//!
//! What is sent is described as narrowly as it is checked; what is shown, by type alone, for it was checked before.

use serde_json::{Map, Value, json};

use crate::base::limits::{DIALLED_CHARS_MAX, LIST_VALUES_MAX, TALK_CODE_KEYS_MAX, TEXT_CHARS_MAX};
use crate::settings::{Default as Preset, Field, Kind, Shape, action};

/// Which way the value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Sent,
    Shown,
}

/// No control characters, and none that nobody sees.
const LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029]*$";

/// The setting with its words, and null where it may be nothing or go back to what it inherits.
pub fn of_field(field: &Field, way: Way) -> Value {
    let mut schema = of_shape(field.shape, way);
    let is_nothing = match way {
        Way::Sent => field.default != Preset::Required,
        Way::Shown => field.preset().is_null() && field.default != Preset::Required,
    };
    // Of a setting that a template may set, the empty text is the entity's own "none".
    let is_empty_text =
        field.is_inherited && !matches!(field.shape, Shape::Bool | Shape::Number { .. } | Shape::Choices { .. } | Shape::Networks);
    let is_plain_text = schema["type"] == "string" && schema.get("enum").is_none() && way == Way::Shown;
    let mut choices = vec![schema.clone()];
    if is_empty_text && !is_plain_text {
        choices.push(json!({ "const": "" }));
    }
    if is_nothing {
        choices.push(json!({ "type": "null" }));
    }
    if choices.len() > 1 {
        schema = match (is_empty_text && !is_plain_text, schema.get("type").cloned()) {
            (false, Some(Value::String(kind))) if schema.get("enum").is_none() => {
                schema["type"] = json!([kind, "null"]);
                schema
            }
            _ => json!({ "anyOf": choices }),
        };
    }
    schema["title"] = field.words.label.english.into();
    schema["description"] = description(field).into();
    if !field.preset().is_null() {
        schema["default"] = field.preset();
    }
    if let Some(example) = example(field.shape) {
        schema["examples"] = json!([example]);
    }
    schema
}

fn description(field: &Field) -> String {
    let mut text = field.words.help.english.to_owned();
    if field.is_inherited {
        text.push_str(" A template may set it.");
    }
    if field.default == Preset::Generated {
        text.push_str(" Left out, it stays as it is; null has the box generate a new one. It cannot be empty.");
    }
    if let Some(only_if) = field.only_if {
        text.push_str(&format!(" It means something only where `{}` is {}.", only_if.key, only_if.values.join(" or ")));
    }
    text.trim().to_owned()
}

fn of_shape(shape: Shape, way: Way) -> Value {
    if way == Way::Shown {
        return shown(shape);
    }
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match shape {
        Shape::Bool | Shape::Choice(_) => shown(shape),
        Shape::Text => json!({ "type": "string", "maxLength": TEXT_CHARS_MAX, "pattern": LINE }),
        Shape::Secret { min } => json!({ "type": "string", "minLength": min, "maxLength": TEXT_CHARS_MAX, "pattern": LINE }),
        Shape::Realm => json!({ "type": "string", "maxLength": TEXT_CHARS_MAX, "pattern": LINE.replace("\\u0000", "\"\\\\\\u0000") }),
        Shape::Email => json!({ "type": "string", "format": "email", "maxLength": TEXT_CHARS_MAX }),
        Shape::Phone => text("^[ ./()-]*(\\+[ ./()-]*)?([0-9][ ./()-]*){1,32}$"),
        Shape::Username => text("^[A-Za-z0-9._-]{1,64}$"),
        Shape::Digits { min, max } | Shape::SecretDigits { min, max } => text(&format!("^[0-9]{{{min},{max}}}$")),
        Shape::Number { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Choices { of, min, .. } => json!({ "type": "array", "items": { "enum": of }, "minItems": min, "uniqueItems": true }),
        Shape::Reference(kind) => reference(kind),
        Shape::References(kind) => json!({ "type": "array", "items": reference(kind), "maxItems": LIST_VALUES_MAX, "uniqueItems": true }),
        Shape::Host => text("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,3}$"),
        Shape::Dialled => text(&format!("^[0-9*#]{{1,{DIALLED_CHARS_MAX}}}$")),
        Shape::Statuses => text("^[4-6][0-9]{2}([ ,;]+[4-6][0-9]{2})*$"),
        Shape::Keys => text(&format!("^([*#][0-9*#]{{1,{}}})?$", TALK_CODE_KEYS_MAX - 1)),
        Shape::Code => text(&format!("^([0-9*#]{{1,{DIALLED_CHARS_MAX}}}(-[0-9*#]{{1,{DIALLED_CHARS_MAX}}})?)?$")),
        Shape::Prefix => text("^\\+?[0-9]{1,32}$"),
        Shape::Action { is_transfer } => {
            let mut schema = record(action::FIELDS, way);
            schema["properties"]["do"]["enum"] = action::choices(is_transfer).collect();
            schema
        }
        Shape::Record(fields) => record(fields, way),
        Shape::Records(fields) => json!({ "type": "array", "items": record(fields, way), "maxItems": LIST_VALUES_MAX }),
        Shape::Networks => json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true }),
        Shape::Address => json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] }),
        Shape::Mask => text("^[0-9.]{1,15}$"),
        Shape::FileHash => text("^[0-9A-Fa-f]{64}$"),
        Shape::Fingerprint => text("^[: ]*([0-9A-Fa-f][: ]*){64}$"),
        Shape::PasswordHash | Shape::TokenHash => json!({ "type": "string" }),
    }
}

fn shown(shape: Shape) -> Value {
    match shape {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Number { .. } => json!({ "type": "integer" }),
        Shape::Choice(choices) => json!({ "type": "string", "enum": choices }),
        Shape::Choices { of, .. } => json!({ "type": "array", "items": { "enum": of } }),
        Shape::References(_) | Shape::Networks => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Action { .. } => record(action::FIELDS, Way::Shown),
        Shape::Record(fields) => record(fields, Way::Shown),
        Shape::Records(fields) => json!({ "type": "array", "items": record(fields, Way::Shown) }),
        _ => json!({ "type": "string" }),
    }
}

fn reference(kind: Kind) -> Value {
    json!({ "anyOf": [{ "type": "string", "minLength": 1, "title": format!("{} of the {}", kind.name_key().unwrap_or("name"), kind.words().one.english) },
        { "type": "integer", "minimum": 1, "title": "its id" }] })
}

/// A value of several parts; those that hang on another are there, or not, by its value.
fn record(fields: &'static [Field], way: Way) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|part| (part.key.to_owned(), of_field(part, way))).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let is_vital = |part: &&Field| part.default == Preset::Required;
    schema["required"] = fields.iter().filter(|part| is_vital(part) && part.only_if.is_none()).map(|part| part.key).collect();
    let conditions = fields.iter().filter_map(|part| Some((part, part.only_if?))).map(|(part, only_if)| {
        let then = if is_vital(&part) { json!({ "required": [part.key] }) } else { json!({}) };
        json!({
            "if": { "properties": { only_if.key: { "enum": only_if.values } }, "required": [only_if.key] },
            "then": then,
            "else": { "properties": { part.key: { "type": "null" } } },
        })
    });
    let conditions: Vec<Value> = conditions.collect();
    if way == Way::Sent && !conditions.is_empty() {
        schema["allOf"] = conditions.into();
    }
    schema
}

fn example(shape: Shape) -> Option<Value> {
    Some(match shape {
        Shape::Email => json!("anna@example.com"),
        Shape::Phone => json!("+39061234567"),
        Shape::Username => json!("anna-desk"),
        Shape::Digits { max, .. } if max >= 3 => json!("101"),
        Shape::Host => json!("sip.example.com"),
        Shape::Dialled | Shape::Code | Shape::Keys => json!("*9"),
        Shape::Prefix => json!("+39"),
        Shape::Action { .. } => json!({ "do": "external", "number": "+39061234567" }),
        Shape::Networks => json!(["192.168.1.0/24"]),
        Shape::Address => json!("192.0.2.1"),
        Shape::Mask => json!("24"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: Kind, key: &str, way: Way) -> Value {
        of_field(kind.field(key).expect("it is in the table"), way)
    }

    #[test]
    fn a_setting_is_described_as_it_is_checked() {
        let number = field(Kind::Extension, "number", Way::Sent);
        assert_eq!((&number["type"], &number["pattern"]), (&json!("string"), &json!("^[0-9]{2,8}$")));
        let level = field(Kind::Extension, "busy_level", Way::Sent);
        assert_eq!((&level["type"], &level["minimum"], &level["default"]), (&json!(["integer", "null"]), &json!(0), &json!(0)));
        assert_eq!(field(Kind::Extension, "busy_level", Way::Shown)["type"], "integer");
        assert_eq!(field(Kind::Extension, "email", Way::Shown)["type"], json!(["string", "null"]));
        let rules = field(Kind::Class, "rules", Way::Sent);
        assert_eq!(rules["items"]["required"], json!(["match", "lines"]));
        assert_eq!(rules["items"]["allOf"][0]["then"], json!({ "required": ["digits"] }));
    }

    #[test]
    fn an_action_offers_what_can_be_done() {
        let of = |key| field(Kind::Extension, key, Way::Sent)["anyOf"][0]["properties"]["do"]["enum"].to_string();
        assert!(of("failover_transfer_busy").contains("return") && !of("failover_internal_busy").contains("return"));
        assert!(!of("failover_internal_busy").contains("ivr"));
    }
}
