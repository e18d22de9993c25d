use serde_json::json;
use trillo::entry::Outcome;

use super::failover::{path, to, town_with};
use super::{TALKS, record, refused, talking};
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::{End, Manner};

#[test]
fn a_phone_that_forwards_to_a_colleague() {
    // Bruno's phone is set to forward all calls to Carla: hers ring and she answers. Bruno has no call meanwhile.
    let mut town = town_with(&[("102", "concurrent_call_limit", json!(1))]);
    town.phone("bruno").manner = Manner::Forward("103");
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Ring;
    let mut town = talking(town, "102");
    assert!(town.phone("carla-desk").is_talking());
    town.phone("bruno").manner = TALKS;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(4));
    assert!(town.phone("bruno").is_talking(), "the call counts for him no more");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    town.close();
    let first = town.pbx.records.iter().find(|record| !record.path.is_empty()).cloned().expect("a forwarded call");
    town.pbx.records = vec![first];
    assert_eq!(path(&town), [("102".to_owned(), Outcome::Forwarded), ("103".to_owned(), Outcome::Answered)]);
}

#[test]
fn a_forwarded_call_is_the_colleagues_with_timeout_and_failover() {
    // Bruno's phone forwards to Carla, where nobody answers for her 6 s: her table sends the call to Anna's own second line, not Bruno's.
    let mut town = town_with(&[
        ("103", "failover_internal_timeout", json!(6)),
        ("103", "failover_internal_no_answer", to("101")),
        ("102", "failover_internal_no_answer", json!({"do": "hang_up"})),
    ]);
    town.phone("bruno").manner = Manner::Forward("103");
    for name in ["carla-desk", "carla-lab", "anna"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(6) + millis(200));
    assert_eq!(town.phone("carla-lab").line().end(), Some(End::Cancelled));
    assert!(town.phone("anna").is_ringing());
    town.with("anna", |anna, now| anna.pick_up(now, 1));
    town.run_for(seconds(1));
    town.close();
}

#[test]
fn one_phone_that_forwards_does_not_stop_the_other() {
    // Carla's phone at the desk forwards to Bruno, the one in the lab rings on: both ring, Bruno answers, the lab shows no missed call.
    let mut town = super::town();
    town.phone("carla-desk").manner = Manner::Forward("102");
    town.phone("carla-lab").manner = Manner::Ring;
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "103");
    assert!(town.phone("bruno").is_talking());
    assert_eq!(town.phone("carla-lab").line().end(), Some(End::Cancelled));
    assert!(town.phone("carla-lab").line().reason.as_deref().is_some_and(|reason| reason.contains("completed elsewhere")));
    town.close();
}

#[test]
fn while_both_ring_the_call_counts_for_both() {
    // Bruno may have one call. While Carla's call rings at his desk too he is busy; when it is over he is not.
    let mut town = town_with(&[("102", "busy_level", json!(1))]);
    town.phone("carla-desk").manner = Manner::Forward("102");
    for name in ["carla-lab", "bruno"] {
        town.phone(name).manner = Manner::Ring;
    }
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(1));
    assert!(town.phone("bruno").is_ringing() && town.phone("carla-lab").is_ringing());
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(486)));
    town.with("bruno", |bruno, now| bruno.refuse_line(now, 0, 486));
    town.run_for(millis(100));
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(100));
    assert!(town.phone("bruno").is_ringing());
    town.close();
}

#[test]
fn forwarding_leads_nowhere_but_to_extensions_and_once() {
    // Bruno's phone forwards outside, to itself, to nobody, or to Carla whose phones forward too: he cannot be reached.
    for number in ["0612345", "102", "777"] {
        let mut town = super::town();
        town.phone("bruno").manner = Manner::Forward(number);
        assert_eq!(refused(&mut town, "102").0, Some(End::Refused(480)), "{number}");
        assert_eq!(record(&town), (Outcome::Unavailable, 480));
        town.close();
    }
    let mut town = super::town();
    town.phone("bruno").manner = Manner::Forward("103");
    for name in ["carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Forward("102");
    }
    assert_eq!(refused(&mut town, "102").0, Some(End::Refused(480)));
    town.close();
}

#[test]
fn of_several_contacts_the_one_that_the_phone_prefers_counts() {
    // Bruno's phone names two places and likes Carla better, whatever host it writes; her phones ring.
    let mut town = super::town();
    // The model reads one Contact.
    town.model.is_on = false;
    town.phone("bruno").manner = Manner::Try;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(100));
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let moved =
        Message::response(&invite, 302, "x").with("Contact", "<sip:0612345@elsewhere>;q=0.3, <sip:103;ext=1@elsewhere.example>;q=0.7");
    town.with("bruno", |bruno, _| bruno.post(moved.write()));
    town.run_for(millis(100));
    assert!(town.phone("carla-desk").is_ringing());
    town.phone("bruno").lines.clear();
    town.close();
}
