//! Who may ask, and what each sees.

use std::time::Duration;

use serde_json::{Value, json};
use trillo::settings::Kind;

use super::Box;

#[test]
fn without_a_token_nothing_is_told() {
    let office = Box::new();
    for path in ["/api/v1/extensions", "/api/v1/version", "/api/v1/nothing"] {
        let answer = office.send("GET", path, &[], b"");
        assert_eq!((answer.status, answer.header("WWW-Authenticate")), (401, "Bearer realm=\"Trillo\""));
        assert_eq!(answer.header("Content-Type"), "application/problem+json");
    }
    let answer = office.ask_as("nobody", "GET", "/extensions", &Value::Null);
    assert_eq!(answer.status, 401);
    assert!(answer.header("WWW-Authenticate").ends_with("error=\"invalid_token\""));
}

#[test]
fn wrong_tokens_are_slowed_and_right_ones_never() {
    let office = Box::new();
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(office.ask_as("nobody", "GET", "/version", &Value::Null).status);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429]);
    assert_ne!(office.ask_as("nobody", "GET", "/version", &Value::Null).header("Retry-After"), "");
    assert_eq!(office.get("/version").status, 200);
    office.wait(Duration::from_secs(60));
    assert_eq!(office.ask_as("nobody", "GET", "/version", &Value::Null).status, 401);
}

#[test]
fn a_token_is_shown_once_and_ends_when_it_expires() {
    let office = Box::new();
    let expires = super::NOW.as_secs() + 2000;
    let made = office.ask("POST", "/tokens", &json!({"name": "ci", "user": "boss", "read_only": false, "expires": expires}));
    assert_eq!(made.status, 201, "{}", made.body);
    let token = made.body["token"].as_str().expect("it is shown").to_owned();
    let bearer = format!("Bearer {token}");
    let ask = || office.send("GET", "/api/v1/version", &[("authorization", &bearer)], b"").status;
    assert_eq!(ask(), 200);
    let shown = office.get(&format!("/tokens/{}", made.body["id"]));
    assert!(!shown.body.to_string().contains(&token) && shown.body.get("hash").is_none(), "{}", shown.body);
    let refused = office.ask("POST", "/tokens", &json!({"name": "own", "user": "boss", "hash": "a".repeat(64)}));
    assert_eq!(refused.errors()[0].0, "/hash");
    office.wait(Duration::from_secs(1500));
    assert_eq!(ask(), 401);
}

#[test]
fn a_token_that_ends_makes_none_that_ends_later() {
    let office = Box::new();
    let now = super::NOW.as_secs();
    let made = office.ask("POST", "/tokens", &json!({"name": "ci", "user": "boss", "read_only": false, "expires": now + 5000}));
    let bearer = format!("Bearer {}", made.body["token"].as_str().expect("it is shown"));
    let ask = |method: &str, path: &str, body: &Value| {
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        office.send(method, &format!("/api/v1{path}"), &headers, body.to_string().as_bytes())
    };
    let token = |name: &str, expires: Value| json!({"name": name, "user": "desk", "read_only": false, "expires": expires});
    for later in [json!(now + 5001), Value::Null] {
        let refused = ask("POST", "/tokens", &token("later", later.clone()));
        assert_eq!((refused.status, refused.errors()[0].0.as_str()), (403, "/expires"), "{}", refused.body);
        let of_itself = ask("PATCH", &format!("/tokens/{}", made.body["id"]), &json!({"expires": later}));
        assert_eq!(of_itself.status, 403, "{}", of_itself.body);
        let change = json!({"changes": [{"put": {"kind": "token", "values": token("batch", later)}}]});
        assert_eq!(ask("POST", "/changes", &change).status, 403);
    }
    // One that was there and does not end is not made stronger by one that does.
    let reader = office.settings().tokens.values().find(|token| token.name == "reader").expect("there").id.0;
    assert_eq!(ask("PATCH", &format!("/tokens/{reader}"), &json!({"read_only": false})).status, 403);
    assert_eq!(ask("PATCH", &format!("/tokens/{reader}"), &json!({"name": "wall"})).status, 200);
    let until = ask("POST", "/tokens", &token("until", json!(now + 5000)));
    assert_eq!(until.status, 201, "{}", until.body);
    assert_eq!(office.ask("POST", "/tokens", &token("for ever", Value::Null)).status, 201, "one without an end makes any");
}

#[test]
fn a_token_that_would_have_ended_is_not_made() {
    let office = Box::new();
    let past = json!({"name": "ci", "user": "boss", "expires": super::NOW.as_secs() - 1});
    let refused = office.ask("POST", "/tokens", &past);
    assert_eq!((refused.status, refused.errors()), (422, vec![("/expires".to_owned(), "it lies in the past".to_owned())]));
    let change = json!({"changes": [{"put": {"kind": "token", "values": past}}]});
    assert_eq!(office.ask("POST", "/changes", &change).errors()[0].0, "/changes/0/put/values/expires");
}

#[test]
fn each_sees_what_the_role_allows() {
    let office = Box::new();
    let id = office.make("/extensions", json!({"number": "101", "first_name": "Anna", "email": "a@example.com", "service_pin": "1234"}));
    let path = format!("/extensions/{id}");
    assert_eq!(office.get(&path).body["service_pin"], "1234");
    assert!(office.get("/extensions").body["items"][0].get("service_pin").is_none(), "a list shows no secrets");
    for who in ["reader", "privacy"] {
        let shown = office.ask_as(who, "GET", &path, &Value::Null);
        assert_eq!((shown.status, shown.body["email"].as_str()), (200, Some("a@example.com")));
        assert!(shown.body.get("service_pin").is_none(), "{who}");
        assert_eq!(office.ask_as(who, "PATCH", &path, &json!({"email": null})).status, 403, "{who}");
        assert_eq!(office.ask_as(who, "DELETE", &path, &Value::Null).status, 403, "{who}");
        assert_eq!(office.ask_as(who, "POST", "/extensions", &json!({"number": "102"})).status, 403, "{who}");
    }
    let listed = office.ask_as("desk", "GET", "/extensions", &Value::Null);
    let shown: Vec<&str> = listed.body["items"][0].as_object().expect("one").keys().map(String::as_str).collect();
    assert_eq!(shown, ["id", "revision", "number", "first_name", "last_name"]);
    assert_eq!(
        office.ask_as("desk", "GET", "/extensions?email=a@example.com", &Value::Null).status,
        400,
        "what is not seen is not searched"
    );
    assert_eq!(office.ask_as("desk", "GET", &path, &Value::Null).status, 403);
    assert_eq!(office.ask_as("desk", "POST", "/contacts", &json!({"last_name": "Rossi"})).status, 201);
    for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Extension | Kind::Contact)) {
        let answer = office.ask_as("desk", "GET", &format!("/{}", kind.path()), &Value::Null);
        assert_eq!((answer.status, answer.body["title"].as_str()), (403, Some("Not allowed")), "{}", kind.name());
    }
}

#[test]
fn what_proves_a_person_is_never_shown() {
    let office = Box::new();
    for path in ["/users/1", "/users", "/tokens/1", "/tokens"] {
        let shown = office.get(path).body.to_string();
        assert!(
            !shown.contains("argon2id") && !shown.contains(&super::hash_of("trillo_boss")) && !shown.contains("totp_secret"),
            "{shown}"
        );
    }
}

#[test]
fn a_password_is_sent_in_clear_and_kept_as_a_hash() {
    let office = Box::new();
    let refused = office.ask("POST", "/users", &json!({"username": "carla", "password": "short"}));
    assert_eq!(refused.errors()[0].0, "/password");
    let refused = office.ask("POST", "/users", &json!({"username": "carla"}));
    assert_eq!(refused.errors(), [("/password".to_owned(), "it is missing".to_owned())]);
    let id = office.make("/users", json!({"username": "carla", "password": "correct horse"}));
    let settings = office.settings();
    let user = settings.users.values().find(|user| user.id.0 == id).expect("she is there");
    assert!(trillo::secret::verify_password(&trillo::secret::Secret::new("correct horse"), &user.password_hash));
}

#[test]
fn another_ones_personal_contact_is_not_there() {
    let office = Box::new();
    let own = office.ask_as("desk", "POST", "/contacts", &json!({"last_name": "Rossi", "owner": "desk"}));
    assert_eq!(own.status, 201, "{}", own.body);
    let path = format!("/contacts/{}", own.body["id"]);
    assert_eq!(office.ask_as("desk", "GET", &path, &Value::Null).status, 200);
    assert_eq!(office.get(&path).status, 404);
    assert_eq!(office.get("/contacts").body["total"], 0);
    let refused = office.ask("POST", "/contacts", &json!({"last_name": "Bo", "owner": "desk"}));
    assert_eq!((refused.status, refused.errors()[0].0.as_str()), (403, "/owner"), "{}", refused.body);
    let history = office.get("/revisions?limit=1").body.to_string();
    assert!(!history.contains("Rossi"), "{history}");
}

#[test]
fn problems_are_in_the_language_that_is_asked_for() {
    let office = Box::new();
    let ask = |language: &str| office.ask_with("boss", "POST", "/extensions", &json!({}), &[("accept-language", language)]);
    assert_eq!(ask("it-IT,it;q=0.9").errors(), [("/number".to_owned(), "manca".to_owned())]);
    assert_eq!(ask("it").header("Content-Language"), "it");
    assert_eq!(ask("de").errors(), [("/number".to_owned(), "it is missing".to_owned())]);
}

#[test]
fn what_does_not_fit_has_its_status() {
    let office = Box::new();
    let token = ("authorization", "Bearer trillo_boss");
    let json = ("content-type", "application/json");
    for (status, method, path, headers, body) in [
        (404, "GET", "/api/v1/nothing", vec![], ""),
        (404, "GET", "/api/v1/extensions/0", vec![], ""),
        (404, "GET", "/api/v1/extensions/999", vec![], ""),
        (404, "PATCH", "/api/v1/extensions/999", vec![json], "{}"),
        (404, "DELETE", "/api/v1/extensions/999", vec![], ""),
        (405, "DELETE", "/api/v1/extensions", vec![], ""),
        (405, "POST", "/api/v1/sip", vec![json], "{}"),
        (405, "OPTIONS", "/api/v1/version", vec![], ""),
        (406, "GET", "/api/v1/extensions", vec![("accept", "text/html")], ""),
        (406, "GET", "/api/v1/extensions", vec![("accept", "application/json;q=0")], ""),
        (200, "GET", "/api/v1/extensions", vec![("accept", "text/html, */*;q=0.1")], ""),
        (415, "POST", "/api/v1/extensions", vec![("content-type", "text/plain")], "{}"),
        (415, "POST", "/api/v1/extensions", vec![], "{}"),
        (400, "POST", "/api/v1/extensions", vec![json], "{"),
        (400, "POST", "/api/v1/extensions", vec![json], ""),
        (400, "POST", "/api/v1/extensions", vec![json], "{\"number\": \"101\", \"number\": \"102\"}"),
        (400, "POST", "/api/v1/extensions", vec![json], &"[".repeat(500)),
        (422, "POST", "/api/v1/extensions", vec![json], "[]"),
        (201, "POST", "/api/v1/extensions", vec![("content-type", "Application/JSON; charset=utf-8")], "{\"number\": \"101\"}"),
    ] {
        let headers: Vec<(&str, &str)> = headers.into_iter().chain([token]).collect();
        let answer = office.send(method, path, &headers, body.as_bytes());
        assert_eq!(answer.status, status, "{method} {path} {headers:?} {body}: {}", answer.body);
    }
    let answer = office.ask("DELETE", "/extensions", &Value::Null);
    assert_eq!(answer.header("Allow"), "GET, HEAD, POST");
}

#[test]
fn a_token_loses_at_once_what_its_user_loses() {
    // Somebody who may read everything makes a token; then the role is taken away, and then the user.
    let office = Box::new();
    let id = office.make("/users", json!({"username": "nina", "role": "administrator", "password": "eine lange Leine"}));
    let made = office.ask("POST", "/tokens", &json!({"name": "nina-ci", "user": "nina"}));
    let bearer = format!("Bearer {}", made.body["token"].as_str().expect("it is shown"));
    let ask = || office.send("GET", "/api/v1/users", &[("authorization", &bearer)], b"").status;
    assert_eq!(ask(), 200);
    let lowered = office.ask("PATCH", &format!("/users/{id}"), &json!({"role": "tenant_user"}));
    assert_eq!(lowered.status, 200, "{}", lowered.body);
    assert_eq!(ask(), 403);
    let token = office.get("/tokens").body["items"].as_array().and_then(|all| all.iter().find(|token| token["name"] == "nina-ci").cloned());
    let token = token.expect("the token")["id"].clone();
    assert_eq!(office.ask("DELETE", &format!("/tokens/{token}"), &Value::Null).status, 204);
    assert_eq!(ask(), 401);
}
