//! A POST that is sent twice.

use std::time::Duration;

use serde_json::json;

use super::Box;

#[test]
fn the_same_key_makes_one_entity() {
    let office = Box::new();
    let post =
        |key: &str, number: &str| office.ask_with("boss", "POST", "/extensions", &json!({"number": number}), &[("idempotency-key", key)]);
    let first = post("a", "101");
    let again = post("a", "101");
    assert_eq!((first.status, &first.body), (201, &again.body));
    assert_eq!((again.status, again.header("Location"), again.header("ETag")), (201, first.header("Location"), first.header("ETag")));
    assert_eq!(office.get("/extensions").body["total"], 1);
    assert_eq!(post("a", "102").status, 422, "the key is of another request");
    assert_eq!(post("b", "101").status, 422, "the number is taken");
    assert_eq!(post("b", "102").status, 201, "a refusal is not kept");
    office.wait(Duration::from_secs(24 * 3600));
    assert_eq!(post("a", "103").status, 201, "a day later it is a new key");
}

#[test]
fn a_key_is_a_users_own() {
    let office = Box::new();
    let contact = json!({"last_name": "Rossi"});
    let post = |who: &str| office.ask_with(who, "POST", "/contacts", &contact, &[("idempotency-key", "a")]);
    assert_ne!(post("boss").body["id"], post("desk").body["id"]);
    let long = "x".repeat(256);
    for key in ["", long.as_str()] {
        assert_eq!(office.ask_with("boss", "POST", "/contacts", &contact, &[("idempotency-key", key)]).status, 400);
    }
}
