//! Several changes in one request.

use serde_json::{Value, json};

use super::Box;

#[test]
fn all_are_made_or_none() {
    let office = Box::new();
    let made = office.ask(
        "POST",
        "/changes",
        &json!({"changes": [
            {"put": {"kind": "extension", "values": {"number": "101"}}},
            {"put": {"kind": "extension", "values": {"number": "102"}}},
            {"put": {"kind": "account", "values": {"username": "anna", "extension": "102"}}},
            {"put": {"kind": "sip", "values": {"udp_port": 5070}}},
            {"put": {"kind": "token", "values": {"name": "ci", "user": "boss"}}},
        ]}),
    );
    assert_eq!(made.status, 200, "{}", made.body);
    let revision = office.settings().revision;
    let told: Vec<(Value, Value)> =
        made.body["changes"].as_array().expect("a list").iter().map(|change| (change["kind"].clone(), change["id"].clone())).collect();
    let expected = [("extension", 1), ("extension", 2), ("account", 1), ("sip", 1), ("token", 5)];
    assert_eq!(told, expected.map(|(kind, id)| (json!(kind), json!(id))));
    assert!(made.body["changes"].as_array().unwrap().iter().all(|change| change["revision"] == revision), "{}", made.body);
    assert!(made.body["changes"][4]["token"].as_str().is_some_and(|token| token.starts_with("trillo_")));
    assert_eq!(office.get("/extensions/2").body["number"], "102");
    let refused = office.ask(
        "POST",
        "/changes",
        &json!({"changes": [
            {"put": {"kind": "extension", "id": 1, "values": {"first_name": "Anna"}}},
            {"put": {"kind": "class", "values": {"name": "A", "rules": [{"match": "any", "lines": ["Out"]}]}}},
            {"delete": {"kind": "extension", "id": 2}},
        ]}),
    );
    assert_eq!(refused.status, 422, "{}", refused.body);
    let places: Vec<String> = refused.errors().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["/changes/1/put/values/rules/0/lines/0", "/changes/2/delete"]);
    assert_eq!(office.settings().revision, revision);
    let done = office.ask(
        "POST",
        "/changes",
        &json!({"changes": [{"delete": {"kind": "account", "id": 1}}, {"delete": {"kind": "extension", "id": 2}}]}),
    );
    assert_eq!(done.status, 200, "who refers to it goes along: {}", done.body);
}

#[test]
fn a_body_that_says_nothing_is_refused_where_it_does() {
    let office = Box::new();
    let id = office.make("/extensions", json!({"number": "101"}));
    for (sent, place) in [
        (json!([]), ""),
        (json!({}), "/changes"),
        (json!({"changes": 1}), "/changes"),
        (json!({"changes": [], "base_on": 1}), "/base_on"),
        (json!({"changes": [], "based_on": -1}), "/based_on"),
        (json!({"changes": [1]}), "/changes/0"),
        (json!({"changes": [{}]}), "/changes/0"),
        (json!({"changes": [{"put": {}, "delete": {}}]}), "/changes/0"),
        (json!({"changes": [{"put": {"values": {}}}]}), "/changes/0/put/kind"),
        (json!({"changes": [{"put": {"kind": "extensions", "values": {}}}]}), "/changes/0/put/kind"),
        (json!({"changes": [{"put": {"kind": "extension", "id": "1", "values": {}}}]}), "/changes/0/put/id"),
        (json!({"changes": [{"put": {"kind": "extension", "id": 999, "values": {}}}]}), "/changes/0/put/id"),
        (json!({"changes": [{"put": {"kind": "extension", "id": id}}]}), "/changes/0/put/values"),
        (json!({"changes": [{"put": {"kind": "extension", "id": id, "values": {"numbr": "1"}}}]}), "/changes/0/put/values/numbr"),
        (json!({"changes": [{"delete": {"kind": "extension"}}]}), "/changes/0/delete/id"),
        (json!({"changes": [{"delete": {"kind": "extension", "id": 999}}]}), "/changes/0/delete/id"),
    ] {
        let answer = office.ask("POST", "/changes", &sent);
        assert_eq!(answer.status, 422, "{sent}: {}", answer.body);
        assert_eq!(answer.errors()[0].0, place, "{sent}: {}", answer.body);
    }
}

#[test]
fn what_is_based_on_an_old_revision_is_a_conflict_only_where_it_was_changed() {
    let office = Box::new();
    let (one, two) = (office.make("/extensions", json!({"number": "101"})), office.make("/extensions", json!({"number": "102"})));
    let seen = office.settings().revision;
    office.ask("PATCH", &format!("/extensions/{one}"), &json!({"first_name": "Anna"}));
    let change = |id: i64| {
        let put = json!({"kind": "extension", "id": id, "values": {"first_name": "Bea"}});
        office.ask("POST", "/changes", &json!({"based_on": seen, "changes": [{"put": put}]}))
    };
    assert_eq!(change(two).status, 200);
    let refused = change(one);
    assert_eq!((refused.status, &refused.body["changed"]["fields"][0]["theirs"]), (412, &json!("Anna")), "{}", refused.body);
}

#[test]
fn nobody_goes_past_his_rights_by_a_list_of_changes() {
    let office = Box::new();
    let contact = json!({"put": {"kind": "contact", "values": {"last_name": "Rossi"}}});
    let extension = json!({"put": {"kind": "extension", "values": {"number": "101"}}});
    let ask = |who: &str, changes: Value| office.ask_as(who, "POST", "/changes", &json!({ "changes": changes })).status;
    assert_eq!(ask("desk", json!([contact])), 200);
    assert_eq!(ask("desk", json!([contact, extension])), 403);
    assert_eq!(ask("reader", json!([contact])), 403);
    assert_eq!(office.get("/contacts").body["total"], 1);
    let mighty = json!({"username": "eve", "password": "correct horse", "role": "privacy_officer"});
    assert_eq!(office.ask("POST", "/users", &mighty).status, 403, "there is a privacy officer, who appoints the others");
    assert_eq!(office.ask("POST", "/tokens", &json!({"name": "x", "user": "privacy"})).status, 403);
}
