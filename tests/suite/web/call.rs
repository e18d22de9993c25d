//! A call's page: what became of it in words, its ladder, and the file for who may see the numbers.

use trillo::base::id::{AccountId, ExtensionId, MailboxId, TenantId};
use trillo::base::{Flow, Transport, Wall};
use trillo::entry::{CallRecord, Hop, LegEnd, LegQuality, LegRecord, Outcome, Place};
use trillo::settings::{Kind, Own};
use trillo::trace::Direction;

use super::Browser;

const PAGE: &str = "/calls/1800000000000-1800000004000";

fn browser(outcome: Outcome, status: u16) -> Browser {
    let mut browser = Browser::claimed();
    for number in ["101", "102"] {
        browser.put(Kind::Extension, None, Own::default().with("number", number).with("first_name", "Anna"));
    }
    browser.put(Kind::Account, None, Own::default().with("username", "anna-desk").with("extension", "102"));
    browser.store.calls = vec![CallRecord {
        tenant: TenantId(1),
        call_id: "a".to_owned(),
        started: Wall::from_millis(1_800_000_000_000),
        answered: None,
        ended: Wall::from_millis(1_800_000_004_000),
        caller: Some(ExtensionId(1)),
        caller_account: None,
        caller_line: None,
        caller_number: "101".to_owned(),
        caller_name: "Anna".to_owned(),
        dialled: "102".to_owned(),
        callee: Some(ExtensionId(2)),
        answering: None,
        outcome,
        status,
        path: vec![],
        legs: vec![LegRecord { end: LegEnd::Account(AccountId(1)), hop: 0, outcome, status, rang: true }],
        quality: Vec::new(),
    }];
    let flow = |remote: &str| Flow {
        transport: Transport::Udp,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: remote.parse().unwrap(),
        connection: None,
    };
    let note = |millis: i64, direction, remote: &str, start: &str, call_id: &str| {
        let bytes = format!("{start}\r\nCall-ID: {call_id}\r\nCSeq: 1 INVITE\r\n\r\n");
        browser.trace.note(Wall::from_millis(1_800_000_000_000 + millis), direction, &flow(remote), bytes.as_bytes());
    };
    note(0, Direction::In, "192.0.2.7:5060", "INVITE sip:102@box SIP/2.0", "a");
    note(12, Direction::Out, "192.0.2.8:5060", "INVITE sip:anna@phone SIP/2.0", "b");
    note(3400, Direction::In, "192.0.2.8:5060", "SIP/2.0 486 <Busy>", "b");
    browser.trace.kin("a", "b");
    browser
}

#[test]
fn a_call_says_in_words_and_as_a_ladder_what_became_of_it() {
    let mut browser = browser(Outcome::Busy, 486);
    browser.get("/calls");
    browser.shows(PAGE);
    assert_eq!(browser.get(PAGE), 200);
    for text in ["was talking, had reached a limit of calls, or declined", "anna-desk", "<svg role=\"img\" aria-label=\"", "192.0.2.8:5060"]
    {
        browser.shows(text);
    }
    for text in ["486 &lt;Busy&gt;", "+3.400 s", "class=\"arrow refusal\"", "2027-01-15 08:00:03.400 UTC"] {
        browser.shows(text);
    }
    browser.lacks("style=");
    browser.get(&format!("{PAGE}?lang=it"));
    browser.shows("era occupato");
    assert_eq!(browser.get("/calls/1-2"), 404);
}

#[test]
fn each_way_to_end_has_its_words() {
    let cases = [
        (Outcome::NoAnswer, 480, "It rang, and nobody answered in time."),
        (Outcome::Unavailable, 480, "No phone could be reached"),
        (Outcome::Unavailable, 488, "no codec in common"),
        (Outcome::Cancelled, 487, "The caller hung up before"),
        (Outcome::Refused, 404, "Nobody has the number"),
        (Outcome::Refused, 403, "may not call there"),
        (Outcome::Refused, 482, "ten times"),
        (Outcome::Refused, 503, "no room for one more call"),
        (Outcome::Refused, 400, "It ended with the status 400."),
    ];
    for (outcome, status, words) in cases {
        let mut browser = browser(outcome, status);
        browser.get(PAGE);
        browser.shows(words);
    }
}

#[test]
fn the_file_is_for_who_may_see_the_numbers_in_it() {
    let mut browser = browser(Outcome::Busy, 486);
    let file = format!("{PAGE}/pcap");
    let messages: usize = browser.trace.call("a").iter().map(|seen| seen.bytes.len()).sum();
    assert_eq!(browser.ask_bytes(&file), (200, 24 + 3 * (16 + 28) + messages));
    assert_eq!(browser.header("Content-Disposition"), Some("attachment; filename=\"call-1800000000000-1800000004000.pcap\""));
    let outside = Hop { place: Place::Outside("+390612345678".to_owned()), outcome: Outcome::Busy };
    browser.store.calls[0].path = vec![Hop { place: Place::Voicemail(MailboxId(1)), outcome: Outcome::Busy }, outside];
    assert_eq!(browser.ask("GET", &file, ""), 403, "a plain administrator");
    browser.get(PAGE);
    browser.shows("+390612345•••");
    browser.lacks("+390612345678");
    browser.shows("a privacy officer can download it");
    browser.store.calls.clear();
    assert_eq!(browser.ask("GET", &file, ""), 404);
}

#[test]
fn the_calls_are_searched_and_taken_away_as_a_table() {
    let mut browser = browser(Outcome::Busy, 486);
    let mut outside = browser.store.calls[0].clone();
    outside.caller = None;
    outside.caller_number = "+390612345678".to_owned();
    outside.caller_name = "=HYPERLINK(\"x\")".to_owned();
    outside.started = Wall::from_millis(1_800_086_400_000);
    outside.ended = outside.started;
    browser.store.calls.insert(0, outside);
    assert_eq!(browser.get("/calls?from=2027-01-16&q=06"), 200);
    browser.lacks(PAGE);
    browser.shows("+390612345•••");
    browser.shows("href=\"/calls/export?q=06&amp;from=2027-01-16\"");
    assert_eq!(browser.ask("GET", "/calls/export?from=2027-01-15", ""), 200);
    let mut rows = browser.body.trim_start_matches('\u{feff}').lines();
    assert_eq!(rows.next(), Some("started,answered,ended,talk_seconds,caller_number,caller_name,dialled,callee,answering,outcome,status"));
    // A plus sign is a formula to a spreadsheet, too.
    let expected = "2027-01-16T08:00:00Z,,2027-01-16T08:00:00Z,,'+390612345•••,\"'=HYPERLINK(\"\"x\"\")\",102,102,,busy,486";
    assert_eq!(rows.next(), Some(expected));
    assert_eq!(rows.count(), 1);
    assert_eq!(browser.get("/calls?from=soon&outcome=busy"), 422);
    browser.shows("&quot;soon&quot; is no day, such as 2026-11-25");
    browser.shows("<option value=\"busy\" selected>");
}

#[test]
fn a_call_says_what_was_heard_of_whom() {
    let mut browser = browser(Outcome::Answered, 200);
    browser.lacks("What was heard");
    let end = LegEnd::Account(AccountId(1));
    browser.store.calls[0].quality = vec![
        LegQuality { end, packets_received: 975, packets_lost: 25, packets_sent: 0, jitter_micros: 12_345 },
        LegQuality { end: LegEnd::Account(AccountId(9)), packets_received: 0, packets_lost: 0, packets_sent: 9, jitter_micros: 0 },
    ];
    browser.get(PAGE);
    for text in ["What was heard", "with gaps", "2.5% of 1000 packets", "12 ms", "nothing came"] {
        browser.shows(text);
    }
}

#[test]
fn fifty_calls_a_page() {
    let mut browser = browser(Outcome::Busy, 486);
    browser.store.calls = vec![browser.store.calls[0].clone(); 120];
    browser.get("/calls");
    browser.shows("1–50 of 120");
    browser.get("/calls?page=3&outcome=busy");
    browser.shows("101–120 of 120");
    browser.shows("href=\"/calls?outcome=busy&amp;page=2\"");
}
