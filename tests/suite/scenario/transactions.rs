use trillo::entry::Outcome;

use super::{TALKS, record, talking, town};
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::{End, Manner};

/// The request that Anna's phone sent last, as it went out: rebuilt from what Bruno or the box echoed is not possible, so it is sent anew.
fn invite_of(call_id: &str, cseq: u32, branch: &str) -> Message {
    Message::request("INVITE", "sip:102@10.0.0.1")
        .with("Via", format!("SIP/2.0/UDP 10.0.0.11:5060;branch={branch};rport"))
        .with("From", "<sip:anna@10.0.0.1>;tag=probe")
        .with("To", "<sip:102@10.0.0.1>")
        .with("Call-ID", call_id)
        .with("CSeq", format!("{cseq} INVITE"))
        .with("Contact", "<sip:anna@10.0.0.11:5060>")
        .with("Max-Forwards", "70")
}

#[test]
fn the_same_invite_again_gets_the_same_answer() {
    // A phone that is not sure whether it was heard sends its INVITE three times: it is one call, and each gets the same answer.
    let mut town = town();
    let invite = invite_of("again", 1, "z9hG4bKagain");
    for _ in 0..3 {
        town.with("anna", |anna, _| anna.post(invite.write()));
    }
    town.run_for(millis(100));
    let answers: Vec<Message> = town.phone("anna").came(|message| message.call_id() == "again").into_iter().cloned().collect();
    assert_eq!(answers.len(), 3);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "also the nonce and the tag: {answers:?}");
    town.close();
}

#[test]
fn a_request_that_came_two_ways_is_refused_once() {
    // A proxy sends one INVITE along two ways: the second is refused, so that a phone does not ring twice.
    let mut town = town();
    for branch in ["z9hG4bKone", "z9hG4bKother"] {
        let invite = invite_of("merged", 1, branch);
        town.with("anna", |anna, _| anna.post(invite.write()));
    }
    town.run_for(millis(100));
    let statuses: Vec<_> =
        town.phone("anna").came(|message| message.call_id() == "merged").iter().map(|message| message.status()).collect();
    assert_eq!(statuses, [Some(401), Some(482)]);
    town.close();
}

#[test]
fn a_lost_ack_makes_the_answer_come_again() {
    // Three ACKs of Anna's phone are lost: the answer is repeated until one arrives, and nobody hears anything of it.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.phone("anna").swallowed_acks = 3;
    let mut town = talking(town, "102");
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 200)).len(), 4);
    town.run_for(seconds(40));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn without_any_ack_the_call_ends_after_half_a_minute() {
    // No ACK of Anna's phone ever arrives: after 32 s the box hangs up on both sides.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.phone("anna").swallowed_acks = 100;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(33));
    assert!(town.phone("anna").is_talking(), "until 34 s");
    town.run_for(millis(1500));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
    }
    assert!(town.phone("anna").line().reason.as_deref().is_some_and(|reason| reason.contains("408")));
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}

#[test]
fn an_answer_that_is_repeated_is_acknowledged_again() {
    // Our ACK to Bruno's phone is lost: it repeats its answer and gets the very same ACK again.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let tag = town.phone("bruno").line().local_tag.clone();
    let sdp = {
        let line = town.phone("bruno").line();
        line.sdp(&[8])
    };
    let again = Message::response(&invite, 200, &tag).with("Contact", "<sip:bruno@10.0.0.12:5060>").with_sdp(sdp);
    town.with("bruno", |bruno, _| bruno.post(again.write()));
    town.run_for(millis(100));
    let acks = town.phone("bruno").came(|message| message.is_request("ACK"));
    assert_eq!(acks.len(), 2);
    assert_eq!(acks[0], acks[1]);
    assert!(town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn a_second_answer_to_one_invite_is_ended() {
    // A proxy before Bruno's phone forked our INVITE, and a second device answers too: it gets ACK and BYE, the call goes on.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let sdp = {
        let line = town.phone("bruno").line();
        line.sdp(&[8])
    };
    let other = Message::response(&invite, 200, "otherdevice").with("Contact", "<sip:bruno@10.0.0.12:5060>").with_sdp(sdp);
    town.with("bruno", |bruno, _| bruno.post(other.write()));
    town.run_for(millis(100));
    let is_for_it = |message: &Message| message.answerer_tag() == Some("otherdevice");
    assert_eq!(town.phone("bruno").came(|message| message.is_request("ACK") && is_for_it(message)).len(), 1);
    assert_eq!(town.phone("bruno").came(|message| message.is_request("BYE") && is_for_it(message)).len(), 1);
    assert!(town.phone("bruno").is_talking() && town.phone("anna").is_talking());
    town.close();
}

#[test]
fn a_bye_that_is_repeated_ends_one_call_once() {
    // The answer to Anna's BYE is lost, so it comes again: answered alike, and Bruno's phone is told once.
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.net.faults.duplication = 1000;
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(2));
    town.net.faults.duplication = 0;
    let answers: Vec<_> = town.phone("anna").came(|message| message.method() == "BYE").iter().map(|message| message.status()).collect();
    assert!(answers.len() >= 2 && answers.iter().all(|status| *status == Some(200)), "{answers:?}");
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}

#[test]
fn a_call_that_nobody_knows() {
    // A phone that slept through the end of its call says BYE: 481, and it can let go.
    let mut town = town();
    let bye = Message::request("BYE", "sip:102@10.0.0.1").with("From", "<sip:anna@10.0.0.1>;tag=a").with("To", "<sip:102@10.0.0.1>;tag=b");
    let bye = bye.with("Call-ID", "forgotten").with("CSeq", "7 BYE").with("Max-Forwards", "70");
    town.with("anna", |anna, now| anna.probe(now, bye));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").came(|message| message.call_id() == "forgotten")[0].status(), Some(481));
    town.close();
}

#[test]
fn a_phone_that_dies_in_talk() {
    // Anna hangs up, but Bruno's phone has lost its power: the box asks for half a minute, then lets go.
    let mut town = town();
    town.phone("bruno").manner = Manner::Answer { ring: seconds(1), talk: None };
    let mut town = talking(town, "102");
    town.phones.remove("bruno");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(20));
    assert!(!town.pbx.leftovers().is_empty(), "its BYE is still repeated");
    town.close();
}
