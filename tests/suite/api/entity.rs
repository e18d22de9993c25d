//! One entity: what is shown, what is taken, and where faults stand.

use serde_json::{Value, json};

use super::Box;

#[test]
fn references_are_names_and_ids_and_either_can_be_sent() {
    let office = Box::new();
    let line = office.make("/lines", json!({"name": "Out", "host": "sip.example.com"}));
    let class = office.make("/classes", json!({"name": "All", "rules": [{"match": "any", "lines": ["out"]}]}));
    let shown = office.get(&format!("/classes/{class}")).body;
    assert_eq!(shown["rules"], json!([{"match": "any", "lines": ["Out"]}]));
    assert_eq!(shown["ids"], json!({"tenant": 1, "rules": [{"match": "any", "lines": [line]}]}));
    let id = office.make("/extensions", json!({"number": "101", "standard_class": class, "restricted_class": "all"}));
    let shown = office.get(&format!("/extensions/{id}")).body;
    assert_eq!((&shown["standard_class"], &shown["restricted_class"]), (&json!("All"), &json!("All")));
    assert_eq!(shown["ids"], json!({"tenant": 1, "standard_class": class, "restricted_class": class}));
}

#[test]
fn what_is_inherited_and_what_is_overridden_is_told() {
    let office = Box::new();
    office.make("/extension-templates", json!({"name": "Desk", "busy_level": 2, "department": "Sales"}));
    let id = office.make("/extensions", json!({"number": "101", "template": "desk", "department": "Sales"}));
    let path = format!("/extensions/{id}");
    let shown = office.get(&path).body;
    assert_eq!((&shown["busy_level"], &shown["template"]), (&json!(2), &json!("Desk")));
    assert_eq!(shown["overridden"], json!(["department"]), "an override that says the same is one");
    let inherited = shown["inherited"].as_array().expect("a list").len();
    assert!(inherited > 20 && shown["inherited"].as_array().unwrap().contains(&json!("busy_level")));
    let patched = office.ask("PATCH", &path, &json!({"busy_level": 5, "department": null})).body;
    assert_eq!((&patched["overridden"], &patched["department"]), (&json!(["busy_level"]), &json!("Sales")));
    let patched = office.ask("PATCH", &path, &json!({"department": ""})).body;
    assert_eq!((&patched["department"], &patched["overridden"]), (&json!(""), &json!(["department", "busy_level"])), "none, of its own");
}

#[test]
fn another_template_resets_what_the_request_does_not_name() {
    let office = Box::new();
    for (name, level) in [("Desk", 2), ("Boss", 3)] {
        office.make("/extension-templates", json!({"name": name, "busy_level": level}));
    }
    let id = office.make("/extensions", json!({"number": "101", "template": "Desk", "busy_level": 9, "department": "A"}));
    let path = format!("/extensions/{id}");
    let same = office.ask("PATCH", &path, &json!({"template": "desk", "first_name": "Anna"})).body;
    assert_eq!(same["overridden"], json!(["department", "busy_level"]), "it has that template already");
    let other = office.ask("PATCH", &path, &json!({"template": "Boss", "department": "B"})).body;
    assert_eq!((&other["overridden"], &other["busy_level"]), (&json!(["department"]), &json!(3)));
    assert_eq!((&other["department"], &other["first_name"]), (&json!("B"), &json!("Anna")));
    let none = office.ask("PATCH", &path, &json!({"template": null})).body;
    assert_eq!((&none["overridden"], &none["busy_level"]), (&json!([]), &json!(0)));
}

#[test]
fn what_was_read_can_be_put_back_and_changes_nothing() {
    let office = Box::new();
    office.make("/extension-templates", json!({"name": "Desk", "busy_level": 2}));
    let id = office.make(
        "/extensions",
        json!({"number": "101", "template": "Desk", "department": "A", "service_pin": "1234",
            "failover_internal_busy": {"do": "external", "number": "0612345"}}),
    );
    let path = format!("/extensions/{id}");
    let before = office.get(&path);
    let revision = office.settings().revision;
    let after = office.ask("PUT", &path, &before.body);
    assert_eq!((after.status, &after.body), (200, &before.body));
    assert_eq!(office.settings().revision, revision, "nothing was saved");
    let mut wanted = before.body;
    wanted["busy_level"] = json!(7);
    wanted.as_object_mut().unwrap().remove("department");
    wanted.as_object_mut().unwrap().remove("service_pin");
    let after = office.ask("PUT", &path, &wanted).body;
    assert_eq!((&after["busy_level"], &after["department"], &after["service_pin"]), (&json!(7), &Value::Null, &json!("1234")));
    assert_eq!(after["overridden"], json!(["busy_level", "failover_internal_busy"]));
    let missing = office.ask("PUT", &path, &json!({"first_name": "Anna"}));
    assert_eq!((missing.status, missing.errors()), (422, vec![("/number".to_owned(), "it is missing".to_owned())]));
}

#[test]
fn a_patch_goes_into_a_value_made_of_several() {
    let office = Box::new();
    let id = office
        .make("/extensions", json!({"number": "101", "failover_internal_busy": {"do": "external", "number": "0611", "identity": "0622"}}));
    let path = format!("/extensions/{id}");
    let cell = |patch: Value| office.ask("PATCH", &path, &json!({"failover_internal_busy": patch})).body["failover_internal_busy"].clone();
    assert_eq!(cell(json!({"number": "0633"})), json!({"do": "external", "number": "0633", "identity": "0622"}));
    assert_eq!(cell(json!({"identity": null})), json!({"do": "external", "number": "0633"}));
    assert_eq!(cell(Value::Null), json!({"do": "hang_up"}));
}

#[test]
fn a_single_is_read_and_changed_without_an_id() {
    let office = Box::new();
    assert_eq!(office.get("/sip").body["udp_port"], 5060);
    let changed = office.ask("PATCH", "/sip", &json!({"udp_port": 5070})).body;
    assert_eq!((&changed["id"], &changed["udp_port"], &changed["revision"]), (&json!(1), &json!(5070), &json!(office.settings().revision)));
    assert_eq!(office.ask("PUT", "/sip", &json!({})).body["udp_port"], 5060);
    assert_eq!(office.get("/phonebook").status, 200);
}

#[test]
fn faults_stand_where_the_value_stands() {
    let office = Box::new();
    office.make("/lines", json!({"name": "Out", "host": "sip.example.com"}));
    let check = |path: &str, sent: Value, expected: &[(&str, &str)]| {
        let answer = office.ask("POST", path, &sent);
        let errors = answer.errors();
        assert_eq!((answer.status, errors.len()), (422, expected.len()), "{}", answer.body);
        for ((pointer, said), (expected, part)) in errors.iter().zip(expected) {
            assert!(pointer == expected && said.contains(part), "{pointer}: {said}");
        }
        assert_eq!(answer.body["type"], "/api#invalid");
    };
    check("/extensions", json!({"numbr": "101"}), &[("/numbr", "did you mean \"number\"?"), ("/number", "it is missing")]);
    check("/extensions", json!({"number": 101}), &[("/number", "a text in quotes")]);
    check(
        "/extensions",
        json!({"number": "101", "email": "a", "busy_level": "1"}),
        &[("/email", "e-mail"), ("/busy_level", "whole number")],
    );
    check("/extensions", json!({"number": "101", "id": 5}), &[("/id", "the box makes it")]);
    check("/extensions", json!({"number": "101", "template": "No"}), &[("/template", "there is no extension template No")]);
    check("/accounts", json!({"username": "a", "codecs": ["pcma", "mp3"]}), &[("/codecs/1", "is not one of")]);
    let rule = json!({"match": "any", "lines": ["Out"]});
    check("/classes", json!({"name": "A", "rules": [rule, {"match": "any", "lines": [true]}]}), &[("/rules/1/lines/0", "a list of names")]);
    check(
        "/classes",
        json!({"name": "A", "rules": [rule, {"match": "any", "lines": ["Out", "In"]}]}),
        &[("/rules/1/lines/1", "no line In")],
    );
    check(
        "/classes",
        json!({"name": "A", "rules": [rule, {"match": "prefix", "lines": ["Out"]}]}),
        &[("/rules/1/digits", "it is missing")],
    );
    check(
        "/extensions",
        json!({"number": "101", "failover_internal_busy": {"do": "extension", "extension": "999"}}),
        &[("/failover_internal_busy/extension", "no extension 999")],
    );
}

#[test]
fn a_number_that_is_taken_names_its_owner() {
    let office = Box::new();
    office.make("/extensions", json!({"number": "101", "first_name": "Anna"}));
    let answer = office.ask("POST", "/extensions", &json!({"number": "101"}));
    assert_eq!(answer.errors(), [("/number".to_owned(), "extension 101 (Anna) has it already".to_owned())]);
}

#[test]
fn what_is_in_use_stays_and_its_users_are_named() {
    let office = Box::new();
    let template = office.make("/extension-templates", json!({"name": "Desk"}));
    let id = office.make("/extensions", json!({"number": "101", "template": "Desk"}));
    let path = format!("/extension-templates/{template}");
    let answer = office.ask("DELETE", &path, &Value::Null);
    assert_eq!((answer.status, answer.body["type"].as_str()), (409, Some("/api#in-use")));
    assert!(answer.errors()[0].1.contains("used by extension 101"), "{}", answer.body);
    assert_eq!(office.ask("DELETE", &format!("/extensions/{id}"), &Value::Null).status, 204);
    assert_eq!(office.ask("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(office.get(&path).status, 404);
}

#[test]
fn a_fault_of_what_was_not_sent_points_at_the_whole_and_names_the_setting() {
    // Without the code for voicemail 801 is free; all of the numbering plan sent without it brings the code back.
    let office = Box::new();
    assert_eq!(office.ask("PATCH", "/numbering", &json!({"voicemail": ""})).status, 200);
    office.make("/extensions", json!({"number": "801"}));
    let refused = office.ask("PUT", "/numbering", &json!({}));
    assert_eq!((refused.status, refused.body["errors"][0]["field"].as_str()), (422, Some("voicemail")), "{}", refused.body);
    assert_eq!(refused.errors(), [(String::new(), "voicemail: extension 801 has it already".to_owned())]);
}

#[test]
fn a_user_takes_tokens_and_personal_contacts_along() {
    for path in ["/users", "/changes"] {
        let office = Box::new();
        let own = office.ask_as("desk", "POST", "/contacts", &json!({"last_name": "Rossi", "owner": "desk"}));
        assert_eq!(own.status, 201, "{}", own.body);
        let shared = office.make("/contacts", json!({"last_name": "Bo"}));
        let id = office.settings().user_by_username("desk").expect("there").id.0;
        let answer = match path {
            "/users" => office.ask("DELETE", &format!("/users/{id}"), &Value::Null),
            _ => office.ask("POST", path, &json!({"changes": [{"delete": {"kind": "user", "id": id}}]})),
        };
        assert!(matches!(answer.status, 200 | 204), "{}", answer.body);
        let after = office.settings();
        assert!(after.user_by_username("desk").is_none() && after.tokens.values().all(|token| token.name != "desk"));
        assert_eq!(after.contacts.keys().map(|id| id.0).collect::<Vec<_>>(), [shared], "{path}");
        assert_eq!(office.ask_as("desk", "GET", "/me", &Value::Null).status, 401);
    }
}

#[test]
fn an_empty_password_of_a_phone_is_a_mistake_and_null_makes_a_new_one() {
    let office = Box::new();
    let id = office.make("/accounts", json!({"username": "anna-desk", "password": "geheim-geheim"}));
    let path = format!("/accounts/{id}");
    for empty in ["", "  "] {
        let refused = office.ask("PATCH", &path, &json!({"password": empty}));
        assert_eq!((refused.status, refused.errors()[0].0.as_str()), (422, "/password"), "{}", refused.body);
        assert!(refused.errors()[0].1.contains("left out, it stays as it is"), "{}", refused.body);
    }
    assert_eq!(office.ask("PATCH", &path, &json!({"enabled": false})).body["password"], "geheim-geheim");
    let made = office.ask("PATCH", &path, &json!({"password": null}));
    let new = made.body["password"].as_str().expect("the answer tells it");
    assert!(made.status == 200 && new.len() >= 20 && new != "geheim-geheim", "{}", made.body);
}

#[test]
fn a_new_entity_says_where_it_is() {
    let office = Box::new();
    let made = office.ask("POST", "/accounts", &json!({"username": "anna-desk"}));
    assert_eq!(made.header("Location"), format!("/api/v1/accounts/{}", made.body["id"]));
    assert!(made.body["password"].as_str().is_some_and(|password| password.len() >= 20), "the generated password is told");
    let read = office.get(&format!("/accounts/{}", made.body["id"]));
    assert_eq!((read.body, read.response.header("ETag")), (made.body, made.response.header("ETag")));
}
