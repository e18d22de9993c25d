use trillo::base::Transport;
use trillo::entry::{LegEnd, Outcome};

use super::{TALKS, record, refused, talking, town};
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::{End, Manner};

#[test]
fn two_phones_talk() {
    // Anna dials 102, hears it ring, Bruno's phone shows "Anna 101"; they talk and hear each other; Anna hangs up, Bruno's call ends.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(100));
    assert!(town.phone("bruno").is_ringing());
    assert!(town.phone("anna").line().heard_ringing);
    let bruno = town.phone("bruno").line();
    assert_eq!((bruno.number.as_str(), bruno.name.as_str()), ("101", "Anna"));
    town.run_for(seconds(10));
    for name in ["anna", "bruno"] {
        assert!(town.phone(name).is_talking());
        assert!(town.phone(name).line().heard >= 3, "{name} hears");
    }
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::HungUp));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}

#[test]
fn whoever_was_called_hangs_up() {
    // Bruno answers and hangs up after five seconds; Anna's call ends at once, and the record says how long they talked.
    let mut town = town();
    town.phone("bruno").manner = Manner::Answer { ring: seconds(1), talk: Some(seconds(5)) };
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(7));
    assert_eq!(town.phone("bruno").line().end(), Some(End::HungUp));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    let record = town.pbx.records.last().expect("a record");
    assert_eq!(record.talk_time().as_secs(), 5);
    assert_eq!((record.caller_number.as_str(), record.caller_name.as_str(), record.dialled.as_str()), ("101", "Anna", "102"));
    assert!(record.caller_account.is_some(), "the record knows Anna's phone");
    town.close();
}

#[test]
fn the_record_says_what_was_heard_of_each_phone() {
    // Anna and Bruno talk for a while; Bruno's microphone is off. Who only rang is not measured.
    let mut town = town();
    town.phone("bruno").speaks = false;
    town.phone("bruno").manner = Manner::Answer { ring: seconds(1), talk: Some(seconds(10)) };
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(13));
    let record = town.pbx.records.last().expect("a record");
    let mut heard: Vec<_> = record.quality.iter().map(|of| (of.end, of.packets_received > 0, of.packets_sent > 0)).collect();
    heard.sort_by_key(|(_, heard, _)| !heard);
    let account = |name: &str| LegEnd::Account(town.pbx.settings.account_by_username(name).expect("is there").id);
    assert_eq!(heard, [(account("anna"), true, false), (account("bruno"), false, true)]);
    town.phone("bruno").manner = Manner::Refuse(486);
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(2));
    assert_eq!(town.pbx.records.last().expect("a record").quality, []);
    town.close();
}

#[test]
fn the_caller_is_shown_as_the_extension_whatever_the_phone_writes() {
    // Anna's phone claims to be the director at 999; Bruno's phone shows "Anna 101" all the same.
    let mut town = town();
    town.phone("anna").from = "\"The Director\" <sip:999@elsewhere.example>".to_owned();
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let line = town.phone("bruno").line();
    assert_eq!((line.number.as_str(), line.name.as_str()), ("101", "Anna"));
    for header in ["From", "P-Asserted-Identity"] {
        assert!(invite.text(header).contains("Anna") && invite.text(header).contains("sip:101@"), "{header}: {}", invite.text(header));
    }
    assert!(!format!("{invite:?}").contains("999"), "nothing of what the phone claimed comes through");
    town.close();
}

#[test]
fn a_phone_that_says_no_gives_the_busy_tone() {
    // Bruno's phone is busy, or declines: Anna hears busy at once; unavailable is another tone.
    for (status, expected, outcome) in [
        (486, 486, Outcome::Busy),
        (600, 486, Outcome::Busy),
        (603, 486, Outcome::Busy),
        (480, 480, Outcome::Unavailable),
        (488, 480, Outcome::Unavailable),
        (404, 480, Outcome::Unavailable),
        (500, 480, Outcome::Unavailable),
    ] {
        let mut town = town();
        town.phone("bruno").manner = Manner::Refuse(status);
        let (end, took) = refused(&mut town, "102");
        assert_eq!((end, record(&town)), (Some(End::Refused(expected)), (outcome, expected)), "{status}");
        assert!(took < 100, "at once");
        town.close();
    }
}

#[test]
fn a_phone_that_nobody_picks_up_rings_for_half_a_minute() {
    // Nobody is at Bruno's desk: it rings for 30 s, then stops, and Anna hears that nobody answers.
    let mut town = town();
    town.phone("bruno").manner = Manner::Ring;
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::NoAnswer, 480)));
    assert!((30_000..30_200).contains(&took), "{took} ms");
    assert!(town.phone("anna").line().reason.as_deref().is_some_and(|reason| reason.contains("cause=19")));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Cancelled));
    town.close();
}

#[test]
fn a_phone_without_power_is_unavailable_after_four_seconds() {
    // Bruno's phone lost its power: after 4 s Anna hears that he cannot be reached.
    let mut town = town();
    town.phone("bruno").lose_power();
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)));
    assert!((4000..4100).contains(&took), "{took} ms");
    assert!(town.phone("anna").line().reason.as_deref().is_some_and(|reason| reason.contains("cause=20")));
    assert!(!town.phone("anna").line().heard_ringing);
    town.close();
}

#[test]
fn a_phone_that_only_tries_never_rang() {
    // Bruno's phone works on it for half a minute and never rings: he cannot be reached, which is not "nobody answers".
    let mut town = town();
    town.phone("bruno").manner = Manner::Try;
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)));
    assert!((30_000..30_200).contains(&took), "{took} ms");
    town.close();
}

#[test]
fn whom_a_call_cannot_reach() {
    // Anna dials an extension whose phone is not registered, a number that is not there, and calls from an account without extension.
    let mut town = super::quiet_town(super::office());
    town.add("dora");
    for name in ["anna", "dora"] {
        town.register(name);
    }
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)));
    assert!(took < 100, "at once");
    assert_eq!(refused(&mut town, "777").0, Some(End::Refused(404)));
    town.with("dora", |dora, now| dora.call(now, "101"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("dora").line().end(), Some(End::Refused(403)));
    assert_eq!(town.pbx.records.len(), 1, "what was not admitted leaves no record");
    town.close();
}

#[test]
fn a_wrong_password_calls_nobody() {
    // Somebody with Anna's name and a guessed password dials 102; Bruno's phone stays silent.
    let mut town = town();
    town.phone("anna").password = "guess".to_owned();
    let (end, _) = refused(&mut town, "102");
    assert_eq!(end, Some(End::Refused(401)));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")), Vec::<&Message>::new());
    town.close();
}

#[test]
fn a_phone_on_tcp_talks_with_one_on_udp() {
    // The phone in the lab is connected by TCP; it calls Anna, they hear each other. When its connection is cut it cannot be called.
    let mut town = super::quiet_town(super::office());
    town.phones.remove("bruno");
    town.add_stream("bruno", Transport::Tcp);
    town.register_all();
    town.phone("anna").manner = TALKS;
    town.with("bruno", |bruno, now| bruno.call(now, "101"));
    town.run_for(seconds(8));
    assert!(town.phone("anna").line().heard >= 2 && town.phone("bruno").line().heard >= 2);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    let town = &mut talking_back(town);
    town.disconnect("bruno");
    // The model sees no connection fail.
    town.model.is_on = false;
    let (end, _) = refused(town, "102");
    assert_eq!((end, record(town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)));
    assert_eq!(town.pbx.records.len(), 3);
    town.close();
}

/// Anna calls Bruno and he hangs up.
fn talking_back(mut town: crate::town::Town) -> crate::town::Town {
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(1));
    town
}

#[test]
fn a_proof_for_one_number_calls_no_other() {
    // Somebody on the way turns Anna's call to 102 into one to 103 and leaves her proof as it is: refused and noted, nobody's phone rings.
    let mut town = town();
    let request = |cseq: u32| {
        let invite =
            Message::request("INVITE", "sip:103@10.0.0.1").with("From", "<sip:anna@10.0.0.1>;tag=x").with("To", "<sip:102@10.0.0.1>");
        let invite = invite.with("Call-ID", "turned").with("CSeq", format!("{cseq} INVITE")).with("Max-Forwards", "70");
        invite.with("Contact", "<sip:anna@10.0.0.11:5060>")
    };
    let first = request(1).with("Via", "SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bKturned;rport");
    town.with("anna", |anna, _| anna.post(first.write()));
    town.run_for(millis(100));
    let challenge = town.phone("anna").came(|message| message.is_response("INVITE", 401))[0].text("WWW-Authenticate").to_owned();
    let challenge = crate::town::digest::Challenge::read(&challenge).expect("a challenge");
    let proof = challenge.answer("anna", &town.phone("anna").password, "INVITE", "sip:102@10.0.0.1", 1, "x");
    town.model.is_on = false;
    let turned = request(2).with("Authorization", proof);
    town.with("anna", |anna, now| anna.probe(now, turned));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 400)).len(), 1);
    for phone in ["carla-desk", "carla-lab"] {
        assert_eq!(town.phone(phone).came(|message| message.is_request("INVITE")), Vec::<&Message>::new());
    }
    assert!(town.pbx.events.iter().any(|event| event.text.contains("was used for something else")));
    town.close();
}

#[test]
fn a_phone_on_tcp_that_had_to_connect_anew_still_hears_of_the_end() {
    // The network of Bruno's phone is gone for a moment in talk; it connects and registers again. Whoever hangs up, both calls are over.
    for who in ["anna", "bruno"] {
        let mut town = super::quiet_town(super::office());
        town.phones.remove("bruno");
        town.add_stream("bruno", Transport::Tcp).manner = TALKS;
        town.register_all();
        let mut town = talking(town, "102");
        // The model takes a BYE for the end of a call; over a new connection it is challenged first.
        town.model.is_on = false;
        town.disconnect("bruno");
        town.reconnect("bruno");
        town.register("bruno");
        town.with(who, |phone, now| phone.hang_up(now));
        town.run_for(seconds(1));
        let other = if who == "anna" { "bruno" } else { "anna" };
        assert_eq!(town.phone(other).line().end(), Some(End::PeerHungUp), "{who} hangs up");
        town.close();
    }
}
