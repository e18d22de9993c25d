use trillo::entry::Outcome;

use super::{TALKS, record, refused, talking, town};
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::{End, Manner};

#[test]
fn the_first_phone_that_answers_has_the_call() {
    // Both phones of Carla ring; she answers at her desk, the one in the lab stops and shows no missed call.
    let mut town = town();
    town.phone("carla-desk").manner = TALKS;
    town.phone("carla-lab").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(1));
    assert!(town.phone("carla-desk").is_ringing() && town.phone("carla-lab").is_ringing());
    town.run_for(seconds(5));
    assert!(town.phone("carla-desk").is_talking() && town.phone("anna").is_talking());
    let lab = town.phone("carla-lab").line();
    assert_eq!(lab.end(), Some(End::Cancelled));
    assert_eq!(lab.reason.as_deref(), Some("SIP;cause=200;text=\"Call completed elsewhere\""));
    assert!(town.phone("carla-desk").line().heard > 0);
    town.close();
}

#[test]
fn two_answers_at_once_make_one_call() {
    // Two people pick up in the same instant: Anna talks with one of them, the other's call ends at once.
    let mut town = town();
    for phone in ["carla-desk", "carla-lab"] {
        town.phone(phone).manner = TALKS;
    }
    let mut town = talking(town, "103");
    let ends: Vec<Option<End>> = ["carla-desk", "carla-lab"].iter().map(|name| town.phone(name).line().end()).collect();
    assert_eq!(ends.iter().filter(|end| end.is_none()).count(), 1, "one talks: {ends:?}");
    assert!(ends.contains(&Some(End::PeerHungUp)), "the other got a BYE: {ends:?}");
    for name in ["carla-desk", "carla-lab"] {
        assert_eq!(town.phone(name).came(|message| message.is_request("ACK")).len(), 1, "{name}'s answer is acknowledged");
    }
    town.close();
}

#[test]
fn one_phone_in_do_not_disturb_does_not_stop_the_other() {
    // The phone at the desk is set to "do not disturb", the one in the lab rings and is answered.
    for dnd in [486, 603] {
        let mut town = town();
        town.phone("carla-desk").manner = Manner::Refuse(dnd);
        town.phone("carla-lab").manner = TALKS;
        let mut town = talking(town, "103");
        assert!(town.phone("carla-lab").is_talking());
        town.close();
    }
}

#[test]
fn what_the_phones_say_is_weighed_when_all_are_done() {
    // One rings to the end and one is busy: nobody answers. One is busy and one is off: busy. None can be reached: unavailable.
    for (desk, lab, expected) in [
        (Manner::Ring, Manner::Refuse(486), (Outcome::NoAnswer, 480)),
        (Manner::Refuse(486), Manner::Silent, (Outcome::Busy, 486)),
        (Manner::Refuse(480), Manner::Refuse(603), (Outcome::Busy, 486)),
        (Manner::Refuse(480), Manner::Silent, (Outcome::Unavailable, 480)),
    ] {
        let mut town = town();
        town.phone("carla-desk").manner = desk;
        town.phone("carla-lab").manner = lab;
        let (end, _) = refused(&mut town, "103");
        assert_eq!((end, record(&town)), (Some(End::Refused(expected.1)), expected), "{desk:?} {lab:?}");
        assert_eq!(town.pbx.records[0].legs.len(), 2, "the record tells of both phones");
        town.close();
    }
}

#[test]
fn all_phones_stop_when_the_caller_gives_up() {
    // Anna hangs up while both phones ring: both stop, and they show a missed call, for nobody answered elsewhere.
    let mut town = town();
    for phone in ["carla-desk", "carla-lab"] {
        town.phone(phone).manner = Manner::Ring;
    }
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(3));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    for phone in ["carla-desk", "carla-lab"] {
        assert_eq!((town.phone(phone).line().end(), town.phone(phone).line().reason.clone()), (Some(End::Cancelled), None), "{phone}");
    }
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    town.close();
}

#[test]
fn a_phone_that_answers_without_end_is_refused_a_few_times_and_then_ignored() {
    // Bruno's phone goes on answering the one call under ever new names that point at somebody else: the call goes on, nobody is flooded.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    for number in 0..200 {
        let answer = Message::response(&invite, 200, &format!("fork{number}")).with("Contact", town.phone("bruno").contact_uri());
        for _ in 0..2 {
            town.with("bruno", |bruno, _| bruno.post(answer.write()));
        }
        town.run_for(millis(5));
    }
    town.run_for(seconds(1));
    let byes = town.phone("bruno").came(|message| message.is_request("BYE")).len();
    assert!((1..200).contains(&byes), "{byes} BYEs with their repetitions");
    let forks: std::collections::BTreeSet<String> =
        town.phone("bruno").came(|message| message.is_request("BYE")).iter().map(|bye| bye.text("To").to_owned()).collect();
    assert_eq!(forks.len(), 16, "as many forks as a phone may have");
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
}
