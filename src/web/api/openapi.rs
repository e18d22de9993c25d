//! The OpenAPI 3.1 document of this very box, out of the field tables.

use serde_json::{Map, Value, json};

use crate::base::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::settings::{Default as Preset, Field, Kind, Shape};
use crate::store::PASSWORD;

use super::body::{JSON, MERGE_PATCH};
use super::entity::{is_made_by_box, is_naming, is_shown_secret};
use super::entity_edit::TOKEN;
use super::operations;
use super::schema::{Way, of_field};

pub fn document(version: &str) -> Value {
    let mut schemas = operations::schemas();
    for kind in Kind::ALL {
        schemas.insert(name(kind), answer(kind));
        schemas.insert(format!("{}Input", name(kind)), input(kind));
        schemas.insert(format!("{}Patch", name(kind)), patch(kind));
        if !kind.is_single() {
            schemas.insert(format!("{}List", name(kind)), page_of(&reference(&name(kind))));
        }
    }
    let tags: Vec<Value> = tags().map(|(name, about)| json!({ "name": name, "description": about })).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Trillo",
            "version": version,
            "summary": "The telephone system's settings, state and history.",
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }, { "session": [] }],
        "tags": tags,
        "paths": operations::paths(),
        "components": {
            "schemas": schemas,
            "responses": operations::refusals(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token of the API; it acts with the rights of its user, or only reads." },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-trillo-session",
                    "description": "A logged-in browser's. Whatever is no GET needs the header X-CSRF-Token." },
            },
        },
    })
}

const DESCRIPTION: &str = "A text in the place of a reference is a name, a number is an id. A setting that is null is inherited, or the preset. \
    Secrets stand in the answer about one entity, to who may change it, and in no list. Problems (RFC 9457) are in the language of Accept-Language.";

/// What operations are grouped by: each kind of entity, then the rest.
pub fn tags() -> impl Iterator<Item = (String, String)> {
    let kinds = Kind::ALL.into_iter().map(|kind| (tag(kind), String::new()));
    kinds.chain([
        ("Changes".to_owned(), "Several at once, and the history of all.".to_owned()),
        ("State".to_owned(), "What goes on, and what went on.".to_owned()),
        ("Box".to_owned(), String::new()),
    ])
}

pub fn tag(kind: Kind) -> String {
    let mut chars = kind.words().many.english.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `ExtensionTemplate`.
pub fn name(kind: Kind) -> String {
    let words = kind.name().split('_').map(|word| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect::<String>())
    });
    words.collect()
}

pub fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

pub fn page_of(item: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["items", "total", "limit", "offset"],
        "properties": {
            "items": { "type": "array", "items": item },
            "total": { "type": "integer", "description": "Of all pages." },
            "limit": { "type": "integer" },
            "offset": { "type": "integer" },
        },
    })
}

/// Members that the box makes.
fn made(kind: Kind) -> Map<String, Value> {
    let keys = json!({ "type": "array", "items": { "type": "string" }, "readOnly": true });
    let mut made = Map::new();
    made.insert("id".to_owned(), json!({ "type": "integer", "minimum": 1, "readOnly": true }));
    made.insert(
        "revision".to_owned(),
        json!({ "type": "integer", "minimum": 0, "readOnly": true, "description": "The revision that changed it last; in quotes it may stand in If-Match." }),
    );
    made.insert(
        "ids".to_owned(),
        json!({ "type": "object", "readOnly": true, "description": "Settings that refer to others, once more with ids in place of names." }),
    );
    if kind.template().is_some() {
        made.insert("inherited".to_owned(), keys.clone());
        made.insert("overridden".to_owned(), keys);
    }
    made
}

fn answer(kind: Kind) -> Value {
    let mut properties = made(kind);
    for field in kind.fields().iter().filter(|field| !field.is_secret() || is_shown_secret(kind, field)) {
        let mut schema = of_field(field, Way::Shown);
        if field.is_secret() {
            schema["format"] = "password".into();
        }
        properties.insert(field.key.to_owned(), schema);
    }
    if kind == Kind::Token {
        let token = json!({ "type": "string", "readOnly": true, "description": "The token itself, in the answer to the POST that made it and never again." });
        properties.insert(TOKEN.to_owned(), token);
    }
    let required: Vec<&str> =
        ["id", "revision"].into_iter().chain(kind.fields().iter().filter(|field| is_naming(kind, field)).map(|field| field.key)).collect();
    json!({ "type": "object", "title": kind.words().one.english, "properties": properties, "required": required })
}

fn sent(kind: Kind) -> impl Iterator<Item = &'static Field> {
    kind.fields().iter().filter(|field| !is_made_by_box(field))
}

fn password() -> Value {
    json!({ "type": "string", "writeOnly": true, "format": "password", "minLength": PASSWORD_CHARS_MIN, "maxLength": PASSWORD_CHARS_MAX, "description": "The new password, in clear; it is kept as a hash." })
}

fn writable(field: &Field) -> Value {
    let mut schema = of_field(field, Way::Sent);
    if field.is_secret() {
        schema["format"] = "password".into();
    }
    schema
}

/// A new entity, or all of it.
fn input(kind: Kind) -> Value {
    let mut properties = made(kind);
    properties.extend(sent(kind).map(|field| (field.key.to_owned(), writable(field))));
    if kind == Kind::User {
        properties.insert(PASSWORD.to_owned(), password());
    }
    let required: Vec<&str> = sent(kind).filter(|field| field.default == Preset::Required).map(|field| field.key).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// RFC 7396: what is absent stays.
fn patch(kind: Kind) -> Value {
    let parts = |field: &Field| {
        // A record is merged into what is there, so its parts may come alone.
        let is_record = matches!(field.shape, Shape::Action { .. } | Shape::Record(_));
        if is_record { json!({ "type": ["object", "null"], "description": field.words.help.english }) } else { writable(field) }
    };
    let mut properties: Map<String, Value> = sent(kind).map(|field| (field.key.to_owned(), parts(field))).collect();
    if kind == Kind::User {
        properties.insert(PASSWORD.to_owned(), password());
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A body of that schema.
pub fn content(schema: &Value) -> Value {
    json!({ JSON: { "schema": schema } })
}

pub fn patch_content(schema: &Value) -> Value {
    json!({ MERGE_PATCH: { "schema": schema }, JSON: { "schema": schema } })
}
