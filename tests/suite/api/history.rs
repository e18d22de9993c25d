//! The history of changes, and the way back.

use serde_json::{Value, json};

use super::Box;

#[test]
fn every_change_is_a_revision_that_can_be_undone() {
    let office = Box::new();
    let id = office.make("/extensions", json!({"number": "101", "first_name": "Anna", "service_pin": "1234"}));
    let path = format!("/extensions/{id}");
    office.ask("PATCH", &path, &json!({"first_name": "Bea", "service_pin": "9999"}));
    let revision = office.settings().revision;
    let list = office.get("/revisions?limit=2").body;
    assert_eq!((&list["total"], &list["items"][0]["revision"]), (&json!(revision), &json!(revision)));
    let shown = office.get(&format!("/revisions/{revision}")).body;
    assert_eq!((&shown["by"], &shown["from"]), (&json!("boss"), &json!("192.0.2.1, token boss")));
    assert_eq!(
        shown["changes"],
        json!([{"kind": "extension", "id": id, "happening": "changed", "name": "101", "fields": [
            {"field": "first_name", "before": "Anna", "after": "Bea"}, {"field": "service_pin", "before": "***", "after": "***"}]}])
    );
    let reverted = office.ask("POST", &format!("/revisions/{revision}/revert"), &Value::Null);
    assert_eq!((reverted.status, &reverted.body["revision"]), (200, &json!(revision + 1)), "{}", reverted.body);
    let now = office.get(&path).body;
    assert_eq!((&now["first_name"], &now["service_pin"], &now["revision"]), (&json!("Anna"), &json!("1234"), &json!(revision + 1)));
    assert_eq!(office.get("/revisions/999").status, 404);
    assert_eq!(office.ask("POST", "/revisions/999/revert", &Value::Null).status, 404);
    assert_eq!(office.ask_as("reader", "POST", &format!("/revisions/{revision}/revert"), &Value::Null).status, 403);
    assert_eq!(office.ask_as("desk", "GET", "/revisions", &Value::Null).status, 403);
}

#[test]
fn what_cannot_be_undone_says_why() {
    let office = Box::new();
    let id = office.make("/extensions", json!({"number": "101"}));
    let made = office.settings().revision;
    office.make("/accounts", json!({"username": "anna", "extension": "101"}));
    let refused = office.ask("POST", &format!("/revisions/{made}/revert"), &Value::Null);
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(!refused.errors().is_empty());
    assert_eq!(office.get(&format!("/extensions/{id}")).status, 200);
}
