//! The OpenAPI document says what is there, and all of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trillo::settings::{Field, Kind, Shape};

use super::Box;

fn document() -> Value {
    Box::new().get("/openapi.json").body
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                found.push(reference.to_owned());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    let found: BTreeSet<String> = found.into_iter().collect();
    for reference in &found {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
        assert!(found.contains(&format!("#/components/schemas/{name}")), "{name} is used by nothing");
    }
}

#[test]
fn every_setting_of_every_kind_is_described() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for kind in Kind::ALL {
        let name: String = kind.name().split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        let is_made = |field: &Field| matches!(field.shape, Shape::PasswordHash | Shape::TokenHash);
        for field in kind.fields() {
            let (input, patch) = (&schemas[format!("{name}Input")], &schemas[format!("{name}Patch")]);
            for schema in [input, patch] {
                assert_eq!(schema["additionalProperties"], false);
                assert_eq!(schema["properties"].get(field.key).is_some(), !is_made(field), "{name} {}", field.key);
            }
            let is_hidden = field.is_secret() && matches!(kind, Kind::User | Kind::Token);
            assert_eq!(schemas[&name]["properties"].get(field.key).is_some(), !is_hidden, "{name} {}", field.key);
        }
    }
}

#[test]
fn every_operation_is_there_with_the_statuses_it_may_have() {
    let office = Box::new();
    let document = document();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let path = path.replace("{id}", "999");
        let methods: BTreeSet<String> = operations.as_object().expect("operations").keys().map(|method| method.to_uppercase()).collect();
        let refused = office.ask("OPTIONS", &path, &Value::Null);
        let allowed: BTreeSet<String> = refused.header("Allow").split(", ").filter(|method| *method != "HEAD").map(str::to_owned).collect();
        assert_eq!((refused.status, &allowed), (405, &methods), "{path}");
        for (method, operation) in operations.as_object().expect("operations") {
            let status = |answer: super::Answer| answer.status.to_string();
            let asked = [
                status(office.ask(&method.to_uppercase(), &path, &json!([]))),
                status(office.ask(&method.to_uppercase(), &format!("{path}?no_such=1"), &Value::Null)),
                status(office.ask_as("nobody", &method.to_uppercase(), &path, &Value::Null)),
                status(office.ask_as("desk", &method.to_uppercase(), &path, &json!({}))),
            ];
            for status in asked {
                assert!(operation["responses"].get(&status).is_some(), "{method} {path} answers {status}");
            }
        }
    }
}

#[test]
fn an_answer_has_no_member_that_is_not_described() {
    let office = Box::new();
    office.make("/extension-templates", json!({"name": "Desk"}));
    office.make("/extensions", json!({"number": "101", "template": "Desk"}));
    let document = document();
    let check = |name: &str, value: &Value| {
        let properties = &document["components"]["schemas"][name]["properties"];
        for key in value.as_object().expect("an object").keys() {
            assert!(properties.get(key).is_some(), "{name} has {key}");
        }
    };
    check("Extension", &office.get("/extensions/1").body);
    check("ExtensionList", &office.get("/extensions").body);
    check("User", &office.get("/users/1").body);
    check("Token", &office.ask("POST", "/tokens", &json!({"name": "x", "user": "boss"})).body);
    check("Sip", &office.get("/sip").body);
    check("Revision", &office.get("/revisions/1").body);
    check("RevisionChange", &office.get("/revisions/1").body["changes"][0]);
    check("Problem", &office.get("/nothing").body);
    check("Version", &office.get("/version").body);
    check("Me", &office.get("/me").body);
}
