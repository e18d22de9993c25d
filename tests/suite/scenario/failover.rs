use serde_json::{Value, json};
use trillo::entry::{EventKind, Hop, Outcome, Place};

use super::{TALKS, record, refused, talking};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

pub fn to(number: &str) -> Value {
    json!({"do": "extension", "extension": number})
}

/// The office, with something set, and box 200; box 201 is not in service.
pub fn town_with(set: &[(&str, &str, Value)]) -> Town {
    let mut office = super::office().mailbox("200", true).mailbox("201", false);
    for (number, key, value) in set {
        office = office.set(number, key, value.clone());
    }
    let mut town = super::quiet_town(office);
    town.register_all();
    town
}

/// The path of the last call: extension numbers, and how it ended there.
pub fn path(town: &Town) -> Vec<(String, Outcome)> {
    let place = |place: &Place| match place {
        Place::Extension(id) => town.pbx.settings.extensions[id].number.clone(),
        Place::Voicemail(id) => format!("voicemail {}", town.pbx.settings.mailboxes[id].number),
        Place::Outside(number) => format!("outside {number}"),
    };
    let record = town.pbx.records.last().expect("there is a record");
    record.path.iter().map(|Hop { place: at, outcome }| (place(at), *outcome)).collect()
}

fn rings(town: &mut Town, name: &str) -> usize {
    let mut calls: Vec<String> =
        town.phone(name).came(|message| message.is_request("INVITE")).iter().map(|invite| invite.call_id().to_owned()).collect();
    calls.dedup();
    calls.len()
}

#[test]
fn who_is_busy_sends_the_call_to_a_colleague() {
    // Bruno's phone is busy: Carla's phones ring, Anna hears it ring and talks with Carla; the record knows both.
    let mut town = town_with(&[("102", "failover_internal_busy", to("103"))]);
    town.phone("bruno").manner = Manner::Refuse(486);
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Ring;
    let mut town = talking(town, "102");
    assert!(town.phone("anna").line().heard_ringing && town.phone("carla-desk").is_talking());
    assert_eq!(town.phone("carla-lab").line().end(), Some(End::Cancelled));
    let shown = town.phone("carla-desk").line();
    assert_eq!((shown.number.as_str(), shown.name.as_str()), ("101", "Anna"));
    town.run_for(seconds(5));
    assert!(town.phone("anna").line().heard > 0 && town.phone("carla-desk").line().heard > 0);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(path(&town), [("102".to_owned(), Outcome::Busy), ("103".to_owned(), Outcome::Answered)]);
    let record = town.pbx.records.last().expect("a record");
    let number = |id| town.pbx.settings.extensions[&id].number.as_str();
    assert_eq!((record.callee.map(number), record.answering.map(number)), (Some("102"), Some("103")));
    assert_eq!(record.legs.iter().map(|leg| leg.hop).collect::<Vec<_>>(), [0, 1, 1]);
    town.close();
}

#[test]
fn whom_nobody_answers_at_is_left_after_a_while_and_the_next_one_rings() {
    // Nobody is at Bruno's desk. After 7 s his phone stops and Carla's ring; for Anna it goes on ringing, in one and the same call.
    let mut town = town_with(&[("102", "failover_internal_no_answer", to("103")), ("102", "failover_internal_timeout", json!(7))]);
    town.phone("bruno").manner = Manner::Ring;
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(7) + millis(200));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Cancelled));
    assert_eq!(town.phone("bruno").line().reason, None, "it shows a missed call");
    assert!(town.phone("carla-desk").is_ringing() && town.phone("carla-lab").is_ringing());
    let ringing = town.phone("anna").came(|message| message.is_response("INVITE", 180));
    let tags: Vec<_> = ringing.iter().map(|ringing| ringing.answerer_tag().map(str::to_owned)).collect();
    assert!(tags.len() == 2 && tags[0] == tags[1], "{tags:?}");
    town.with("carla-lab", |carla, now| carla.pick_up(now, 0));
    town.run_for(seconds(1));
    assert!(town.phone("anna").is_talking() && town.phone("carla-lab").is_talking());
    town.close();
}

#[test]
fn giving_up_ends_every_phone_of_the_place_where_the_call_is() {
    // Anna gives up while Carla's phones ring for Bruno: all stop, and the record tells how far the call came.
    let mut town = town_with(&[("102", "failover_internal_busy", to("103"))]);
    town.phone("bruno").manner = Manner::Refuse(486);
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(3));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    for name in ["anna", "carla-desk", "carla-lab"] {
        assert_eq!(town.phone(name).line().end(), Some(End::Cancelled), "{name}");
    }
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    assert_eq!(path(&town), [("102".to_owned(), Outcome::Busy), ("103".to_owned(), Outcome::Cancelled)]);
    town.close();
}

#[test]
fn a_circle_ends_after_ten_places() {
    // Bruno and Carla send their calls to each other, and both are busy: Anna hears at once that this leads nowhere, the box notes it.
    let mut town = town_with(&[("102", "failover_internal_busy", to("103")), ("103", "failover_internal_busy", to("102"))]);
    for name in ["bruno", "carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Refuse(486);
    }
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(482)), (Outcome::Refused, 482)));
    assert!(took < 1000, "{took} ms");
    assert_eq!((rings(&mut town, "bruno"), rings(&mut town, "carla-lab"), path(&town).len()), (5, 5, 10));
    let noted = town.pbx.events.iter().filter(|event| event.kind == EventKind::Call && event.text.contains("10 places")).count();
    assert_eq!(noted, 1);
    town.close();
}

#[test]
fn a_circle_of_extensions_without_a_phone_ends_too() {
    // Nobody is registered in the circle: no phone could ever say no, and Anna hears of it at once all the same.
    let set = [("102", "failover_internal_unavailable", to("103")), ("103", "failover_internal_unavailable", to("102"))];
    let mut office = super::office();
    for (number, key, value) in set {
        office = office.set(number, key, value);
    }
    let mut town = super::quiet_town(office);
    town.register("anna");
    assert_eq!(refused(&mut town, "102").0, Some(End::Refused(482)));
    town.close();
}

#[test]
fn what_is_not_there_ends_the_call() {
    // Bruno is busy and sends calls to a box without a voice yet, one out of service, outside without a line, an extension out of service.
    for (action, expected, place) in [
        (json!({"do": "voicemail", "mailbox": "200"}), (Outcome::Unavailable, 480), Some("voicemail 200")),
        (json!({"do": "external", "number": "0612345"}), (Outcome::Unavailable, 480), Some("outside 0612345")),
        (json!({"do": "voicemail", "mailbox": "201"}), (Outcome::Busy, 486), None),
        (to("104"), (Outcome::Busy, 486), None),
    ] {
        let office = super::office().mailbox("200", true).mailbox("201", false).extension("104", "Ida", &[]).set("104", "enabled", false);
        let mut town = super::quiet_town(office.set("102", "failover_internal_busy", action));
        town.register_all();
        town.phone("bruno").manner = Manner::Refuse(486);
        let (end, _) = refused(&mut town, "102");
        assert_eq!((end, record(&town)), (Some(End::Refused(expected.1)), expected));
        let reason = town.phone("anna").line().reason.clone().unwrap_or_default();
        assert_eq!(reason.contains("cause=20"), expected.1 == 480, "{reason}");
        assert_eq!(path(&town).last().map(|(place, _)| place.clone()), place.map(str::to_owned));
        town.close();
    }
}

#[test]
fn an_extension_out_of_service_says_so() {
    // Anna dials an extension that is switched off: "not in service", whatever its failover says.
    let office = super::office().set("102", "enabled", false).set("102", "failover_internal_unavailable", to("103"));
    let mut town = super::quiet_town(office);
    for name in ["anna", "carla-desk", "carla-lab"] {
        town.register(name);
    }
    assert_eq!(refused(&mut town, "102").0, Some(End::Refused(404)));
    assert!(String::from_utf8_lossy(&town.phone("anna").last_bytes).starts_with("SIP/2.0 404 Not in service"));
    assert_eq!(rings(&mut town, "carla-desk"), 0);
    town.close();
}

#[test]
fn a_call_counts_where_it_is_and_nowhere_else() {
    // Bruno and Carla may have one call each. Anna's call went on from Bruno to Carla: Bruno can be called again, Carla is busy.
    let limit = json!(1);
    let mut town = town_with(&[
        ("102", "failover_internal_busy", to("103")),
        ("102", "concurrent_call_limit", limit.clone()),
        ("103", "concurrent_call_limit", limit),
    ]);
    town.phone("bruno").manner = Manner::Refuse(486);
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Refuse(480);
    let mut town = talking(town, "102");
    town.phone("bruno").manner = TALKS;
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(486)));
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(4));
    assert!(town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn an_extension_that_may_have_no_more_calls_sends_on_what_comes() {
    // Bruno talks and may have one call: his phone does not ring a second time, Carla's does at once.
    let mut town = town_with(&[("102", "failover_internal_busy", to("103")), ("102", "busy_level", json!(1))]);
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(4));
    assert_eq!(rings(&mut town, "bruno"), 1);
    assert!(town.phone("carla-desk").is_talking());
    town.close();
}

#[test]
fn two_calls_that_are_sent_on_in_one_moment_never_both_pass_a_limit_of_one() {
    // The calls for Bruno and for Emil both go on to Carla, who may have one, in the very same moment: one rings, the other caller hears busy.
    let office = Office::default().extension("101", "Anna", &[]).extension("102", "Bruno", &[]).extension("104", "Emil", &[]);
    let office = office.extension("105", "Fritz", &[]).extension("103", "Carla", &[("concurrent_call_limit", 1)]);
    let office = ["anna", "bruno", "carla", "emil", "fritz"]
        .iter()
        .zip(["101", "102", "103", "104", "105"])
        .fold(office, |office, (name, number)| office.account(name, number, &[]));
    let office = office.set("102", "failover_internal_busy", to("103")).set("104", "failover_internal_busy", to("103"));
    let mut town = Town::new(1, office.settings());
    for name in ["anna", "bruno", "carla", "emil", "fritz"] {
        town.add(name);
    }
    town.register_all();
    for name in ["bruno", "emil"] {
        town.phone(name).manner = Manner::Refuse(486);
    }
    town.phone("carla").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.with("fritz", |fritz, now| fritz.call(now, "104"));
    town.run_for(seconds(1));
    let ends = [town.phone("anna").line().end(), town.phone("fritz").line().end()];
    assert_eq!(ends.iter().flatten().collect::<Vec<_>>(), [&End::Refused(486)], "{ends:?}");
    assert_eq!(town.phone("carla").lines.len(), 1);
    town.close();
}

#[test]
fn a_phone_that_wakes_up_too_late_does_not_disturb_the_call_that_went_on() {
    // Bruno's phone said nothing for 4 s and the call went on to Carla, who took it. Now Bruno's answers: its call ends, Carla's goes on.
    let mut town = town_with(&[("102", "failover_internal_unavailable", to("103"))]);
    town.phone("bruno").manner = Manner::Silent;
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(8));
    assert!(town.phone("anna").is_talking() && town.phone("carla-desk").is_talking());
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let answer = Message::response(&invite, 200, "late").with("Contact", "<sip:bruno@10.0.0.12:5060>");
    town.with("bruno", |bruno, _| bruno.post(answer.write()));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("ACK")).len(), 1);
    assert_eq!(town.phone("bruno").came(|message| message.is_request("BYE")).len(), 1);
    assert!(town.phone("anna").is_talking() && town.phone("carla-desk").is_talking());
    town.close();
}

#[test]
fn phones_without_a_common_codec_are_noted() {
    // Bruno's phone says that it can't talk what Anna's offers: he is unavailable, and whoever set the phones up finds the reason.
    let mut town = super::town();
    town.phone("bruno").manner = Manner::Refuse(488);
    assert_eq!(refused(&mut town, "102").0, Some(End::Refused(480)));
    assert!(town.pbx.events.iter().any(|event| event.text == "bruno could not take a call of 101: no common codec (488)."));
    town.close();
}
