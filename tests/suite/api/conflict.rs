//! Two who change the same.

use serde_json::{Value, json};

use super::Box;

#[test]
fn a_change_on_an_old_state_is_refused_with_both_values() {
    let office = Box::new();
    let id = office.make("/extensions", json!({"number": "101", "first_name": "Anna"}));
    let path = format!("/extensions/{id}");
    let seen = office.get(&path);
    let tag = seen.header("ETag").to_owned();
    office.ask("PATCH", &path, &json!({"first_name": "Bea"}));
    office.ask("PATCH", &path, &json!({"last_name": "Bo"}));
    let revision = office.settings().revision;
    for (method, body) in [("PATCH", json!({"first_name": "Carla"})), ("PUT", json!({"number": "101", "first_name": "Carla"}))] {
        let refused = office.ask_with("boss", method, &path, &body, &[("if-match", &tag)]);
        assert_eq!((refused.status, refused.body["type"].as_str()), (412, Some("/api#conflict")), "{}", refused.body);
        assert_eq!(refused.body["changed"]["revision"], revision);
        assert_eq!(refused.body["changed"]["by"], "boss");
        let first = &refused.body["changed"]["fields"][0];
        assert_eq!((&first["field"], &first["theirs"], &first["yours"]), (&json!("first_name"), &json!("Bea"), &json!("Carla")));
        assert!(refused.body["detail"].as_str().unwrap().contains("boss changed it, in revision"), "{}", refused.body);
    }
    assert_eq!(office.ask_with("boss", "DELETE", &path, &Value::Null, &[("if-match", &tag)]).status, 412);
    assert_eq!(office.settings().revision, revision, "nothing was changed");
    let now = office.get(&path);
    assert_eq!(office.ask_with("boss", "PATCH", &path, &json!({"first_name": "C"}), &[("if-match", now.header("ETag"))]).status, 200);
}

#[test]
fn the_revision_alone_is_a_condition_too() {
    let office = Box::new();
    let id = office.make("/extensions", json!({"number": "101"}));
    let path = format!("/extensions/{id}");
    let revision = office.get(&path).body["revision"].clone();
    office.make("/extensions", json!({"number": "102"}));
    let patch = |tag: &str| office.ask_with("boss", "PATCH", &path, &json!({"first_name": "A"}), &[("if-match", tag)]).status;
    assert_eq!(patch("\"999\""), 412);
    assert_eq!(patch("nonsense"), 412);
    assert_eq!(patch(&format!("\"{revision}\"")), 200, "another extension is none of its business");
    assert_eq!(patch("*"), 200);
}

#[test]
fn who_has_it_already_gets_it_not_again() {
    let office = Box::new();
    let template = office.make("/extension-templates", json!({"name": "Desk", "busy_level": 2}));
    let id = office.make("/extensions", json!({"number": "101", "template": "Desk"}));
    let path = format!("/extensions/{id}");
    let tag = office.get(&path).header("ETag").to_owned();
    let again = office.ask_with("boss", "GET", &path, &Value::Null, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.response.body.len(), again.header("ETag")), (304, 0, tag.as_str()));
    office.ask("PATCH", &format!("/extension-templates/{template}"), &json!({"busy_level": 3}));
    let again = office.ask_with("boss", "GET", &path, &Value::Null, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body["busy_level"].as_i64()), (200, Some(3)), "what it inherits has changed");
    let less = office.ask_with("reader", "GET", &path, &Value::Null, &[("if-none-match", again.header("ETag"))]);
    assert_eq!(less.status, 200, "somebody else sees something else");
}
