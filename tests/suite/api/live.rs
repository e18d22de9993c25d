//! What goes on, and what went on.

use std::time::Duration;

use serde_json::{Value, json};
use trillo::base::id::{AccountId, ExtensionId, TenantId};
use trillo::base::{Transport, Wall};
use trillo::entry::{CallRecord, Entry, Hop, Outcome, Place};
use trillo::exchange::status::{LiveCall, Phase, Registration, Status};

use super::Box;

const OUTSIDE: &str = "+390612345678";

fn office() -> Box {
    let mut office = Box::new();
    office.make("/extensions", json!({"number": "101", "first_name": "Anna"}));
    office.make("/accounts", json!({"username": "anna-desk", "extension": "101"}));
    let registration = Registration {
        account: AccountId(1),
        username: "anna-desk".to_owned(),
        extension: Some(ExtensionId(1)),
        contact: "sip:anna@192.0.2.7".to_owned(),
        transport: Transport::Udp,
        remote: "192.0.2.7:5060".parse().unwrap(),
        user_agent: "phone".to_owned(),
        expires_in: Duration::from_secs(60),
        connected: true,
        reachable: true,
        round_trip: Some(Duration::from_micros(1500)),
    };
    let call = LiveCall {
        call: "1".to_owned(),
        caller_number: OUTSIDE.to_owned(),
        caller_name: OUTSIDE.to_owned(),
        callee_number: "101".to_owned(),
        callee_name: "Anna".to_owned(),
        phase: Phase::Talking,
        since: Wall::from_millis(1_800_000_000_000),
    };
    office.status = Status { registrations: vec![registration], calls: vec![call], ..Status::default() };
    office
}

#[test]
fn registrations_and_calls_are_shown_by_the_level_of_the_panel() {
    let office = office();
    let shown = office.get("/registrations").body;
    assert_eq!((&shown["total"], &shown["items"][0]["remote"]), (&json!(1), &json!("192.0.2.7:5060")));
    assert_eq!((&shown["items"][0]["extension"], &shown["items"][0]["round_trip_ms"]), (&json!("101"), &json!(1.5)));
    let call = office.get("/live-calls").body["items"][0].clone();
    assert_eq!((&call["caller_number"], &call["caller_name"]), (&json!("+390612345•••"), &json!("+390612345•••")));
    assert_eq!(
        (&call["callee_number"], &call["phase"], &call["since"]),
        (&json!("101"), &json!("talking"), &json!("2027-01-15T08:00:00.000Z"))
    );
    let call = office.ask_as("privacy", "GET", "/live-calls", &Value::Null).body["items"][0].clone();
    assert_eq!(call["caller_number"], OUTSIDE);
    for path in ["/registrations", "/live-calls", "/calls", "/events"] {
        assert_eq!(office.ask_as("desk", "GET", path, &Value::Null).status, 403, "{path}");
    }
}

#[test]
fn calls_on_record_come_a_page_at_a_time_and_masked() {
    let office = office();
    let call = |number: usize| CallRecord {
        tenant: TenantId(1),
        call_id: format!("c{number}"),
        started: Wall::from_millis(1_800_000_000_000),
        answered: Some(Wall::from_millis(1_800_000_001_000)),
        ended: Wall::from_millis(1_800_000_003_500),
        caller: Some(ExtensionId(1)),
        caller_account: None,
        caller_line: None,
        caller_number: "101".to_owned(),
        caller_name: "Anna".to_owned(),
        dialled: format!("061234567{number}"),
        callee: None,
        answering: None,
        path: vec![Hop { place: Place::Outside(OUTSIDE.to_owned()), outcome: Outcome::Answered }],
        outcome: Outcome::Answered,
        status: 200,
        legs: Vec::new(),
        quality: Vec::new(),
    };
    let entries: Vec<Entry> = (0..5).map(|number| Entry::Call(call(number))).collect();
    office.store.store.lock().unwrap().keep(&entries).expect("kept");
    let page = office.get("/calls?limit=2&offset=1").body;
    assert_eq!(page["total"], 5);
    let item = &page["items"][0];
    assert_eq!((&item["caller"], &item["caller_number"], &item["dialled"]), (&json!("101"), &json!("101"), &json!("0612345•••")));
    assert_eq!(item["path"], json!([{"number": "+390612345•••", "outcome": "answered"}]));
    assert_eq!((&item["talk_seconds"], &item["outcome"]), (&json!(2.5), &json!("answered")));
    let numbers = |query: &str| -> Vec<Value> {
        let page = office.ask_as("privacy", "GET", &format!("/calls{query}"), &Value::Null).body;
        page["items"].as_array().expect("items").iter().map(|item| item["dialled"].clone()).collect()
    };
    assert_eq!(numbers("?limit=2&offset=1"), [json!("0612345673"), json!("0612345672")]);
    assert_eq!(numbers("?offset=4"), [json!("0612345670")]);
    assert!(numbers("?offset=5").is_empty());
}

#[test]
fn a_stream_of_events_is_allowed_topic_by_topic() {
    let office = office();
    let ask = |who: &str, query: &str| office.ask_as(who, "GET", &format!("/events{query}"), &Value::Null);
    let allowed = ask("boss", "");
    assert_eq!((allowed.status, allowed.header("Content-Type")), (200, "text/event-stream"));
    assert_eq!(allowed.header("X-Trillo-Stream"), "registrations,calls,settings");
    assert_eq!(ask("privacy", "?topics=calls").header("X-Trillo-Stream"), "calls;private");
    assert_eq!(ask("boss", "?topics=weather").errors()[0].0, "topics");
    assert_eq!(ask("boss", "?topic=calls").errors()[0].0, "topic");
    assert_eq!(ask("desk", "?topics=settings").status, 403);
    assert_eq!(office.ask_with("boss", "GET", "/events", &Value::Null, &[("accept", "application/json")]).status, 406);
    assert_eq!(office.ask_with("boss", "GET", "/events", &Value::Null, &[("accept", "text/event-stream")]).status, 200);
}

#[test]
fn a_program_can_ask_who_it_is() {
    let office = office();
    let me = office.ask_as("reader", "GET", "/me", &Value::Null).body;
    assert_eq!((&me["username"], &me["read_only"], &me["panels"]["extensions"]), (&json!("boss"), &json!(true), &json!("read")));
    assert_eq!(office.ask_as("desk", "GET", "/me", &Value::Null).body["panels"]["contacts"], "write");
}
