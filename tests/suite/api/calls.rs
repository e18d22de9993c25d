//! Searching the calls on record, over the API: by time, words, extension, way and outcome, and as each may see the numbers.

use serde_json::json;
use trillo::base::Wall;
use trillo::base::id::{ExtensionId, LineId, TenantId};
use trillo::entry::{CallRecord, Entry, LegEnd, LegRecord, Outcome};

use super::Box;

const DAY: i64 = 86_400_000;
/// 2027-01-15 00:00 UTC.
const FIRST: i64 = 1_799_971_200_000;

fn inside() -> CallRecord {
    CallRecord {
        tenant: TenantId(1),
        call_id: "c".to_owned(),
        started: Wall::from_millis(FIRST),
        answered: None,
        ended: Wall::from_millis(FIRST + 1000),
        caller: Some(ExtensionId(1)),
        caller_account: None,
        caller_line: None,
        caller_number: "101".to_owned(),
        caller_name: "Anna".to_owned(),
        dialled: "102".to_owned(),
        callee: Some(ExtensionId(2)),
        answering: None,
        path: Vec::new(),
        outcome: Outcome::Busy,
        status: 486,
        legs: Vec::new(),
        quality: Vec::new(),
    }
}

/// An inside call on the first day, one in on the second, one out on the third.
fn office() -> Box {
    let office = Box::new();
    office.make("/extensions", json!({ "number": "101", "first_name": "Anna" }));
    office.make("/extensions", json!({ "number": "102", "first_name": "Bruno", "last_name": "100%_Rossi" }));
    let incoming = CallRecord {
        started: Wall::from_millis(FIRST + DAY),
        caller: None,
        caller_line: Some(LineId(1)),
        caller_number: "+390612345678".to_owned(),
        caller_name: "+390612345678".to_owned(),
        outcome: Outcome::NoAnswer,
        ..inside()
    };
    let outgoing = CallRecord {
        started: Wall::from_millis(FIRST + 2 * DAY - 1),
        dialled: "0698765432".to_owned(),
        callee: None,
        outcome: Outcome::Answered,
        legs: vec![LegRecord { end: LegEnd::Line(LineId(1)), hop: 0, outcome: Outcome::Answered, status: 200, rang: true }],
        ..inside()
    };
    let entries = [inside(), incoming, outgoing].map(Entry::Call);
    office.store.store.lock().unwrap().keep(&entries).expect("kept");
    office
}

/// What is found, the newest first, each by the letter of its way.
#[track_caller]
fn found(office: &Box, who: &str, query: &str) -> String {
    let answer = office.ask_as(who, "GET", &format!("/calls?{query}"), &serde_json::Value::Null);
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    let items = answer.body["items"].as_array().expect("items").clone();
    assert_eq!(answer.body["total"], items.len());
    let letter = |item: &serde_json::Value| match item["outcome"].as_str() {
        Some("busy") => 'b',
        Some("no_answer") => 'i',
        _ => 'o',
    };
    items.iter().map(letter).collect()
}

#[test]
fn calls_are_found_by_what_is_known_of_them() {
    let office = office();
    for (query, expected) in [
        ("", "oib"),
        ("q=anna", "ob"),
        ("q=anna+102", "b"),
        ("q=rossi", "ib"),
        // What a pattern would match is nothing but text.
        ("q=100%25_", "ib"),
        ("q=1_2", ""),
        ("q=%27%20OR%201=1", ""),
        ("from=2027-01-16", "oi"),
        ("until=2027-01-15", "b"),
        ("from=2027-01-16&until=2027-01-16", "oi"),
        // Where it is later, the last minute of the day is the next day's.
        ("from=2027-01-17&zone=Europe/Rome", "o"),
        ("from=2027-01-16T00:00:00Z&until=2027-01-16T23:59:59.999Z", "i"),
        ("extension=102", "ib"),
        ("way=in", "i"),
        ("way=out", "o"),
        ("way=inside", "b"),
        ("outcome=answered", "o"),
        ("outcome=cancelled", ""),
        ("outcome=&way=&q=&from=", "oib"),
    ] {
        assert_eq!(found(&office, "boss", query), expected, "{query}");
    }
}

#[test]
fn an_outside_number_is_not_found_by_digits_that_are_not_shown() {
    let office = office();
    for (query, boss, privacy) in [("q=0612345", "i", "i"), ("q=12345678", "", "i"), ("q=%2B390612345678", "", "i"), ("q=5432", "", "o")] {
        assert_eq!((found(&office, "boss", query), found(&office, "privacy", query)), (boss.to_owned(), privacy.to_owned()), "{query}");
    }
}

#[test]
fn what_there_is_not_is_said_beside_its_name() {
    let office = office();
    for query in ["from=tomorrow", "until=2027-02-30", "extension=999", "outcome=lost", "way=up", "colour=red"] {
        let answer = office.get(&format!("/calls?{query}"));
        let name = query.split_once('=').expect("a name").0;
        assert_eq!((answer.status, answer.errors()[0].0.as_str()), (400, name), "{query}");
    }
}
