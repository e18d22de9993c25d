use trillo::entry::Outcome;

use super::{TALKS, record, town};
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Manner};

#[test]
fn the_caller_gives_up() {
    // Anna hangs up while it rings; Bruno's phone stops.
    let mut town = town();
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(3));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::Cancelled));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Cancelled));
    assert_eq!(town.phone("anna").came(|message| message.is_response("CANCEL", 200)).len(), 1);
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 487)).len(), 1);
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    town.close();
}

#[test]
fn giving_up_crosses_the_answer() {
    // Anna gives up in the very moment in which Bruno picks up: whoever comes first, in the end neither of them hangs in a call.
    // The packets take 5 ms each way, so the answer is under way to the box, or to Anna, or has just not left yet.
    let mut crossings = [0, 0];
    for micros in (1_980_000..2_030_000).step_by(1000) {
        let mut town = town();
        town.phone("bruno").manner = TALKS;
        town.with("anna", |anna, now| anna.call(now, "102"));
        town.run_for(std::time::Duration::from_micros(micros));
        town.with("anna", |anna, now| anna.hang_up(now));
        town.run_for(seconds(2));
        assert!(town.phone("anna").line().is_over(), "at {micros}");
        assert!(town.phone("bruno").line().is_over(), "at {micros}");
        match record(&town) {
            (Outcome::Cancelled, 487) => crossings[0] += 1,
            (Outcome::Answered, 200) => crossings[1] += 1,
            other => panic!("{other:?} at {micros}"),
        }
        town.close();
    }
    assert!(crossings[0] > 5 && crossings[1] > 5, "both happened: {crossings:?}");
}

#[test]
fn giving_up_before_the_phone_has_said_anything() {
    // Anna gives up while Bruno's phone, which is slow to wake up, has said nothing; when it does ring it is stopped at once.
    let mut town = town();
    town.phone("bruno").manner = Manner::Silent;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(1000));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::Cancelled));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("CANCEL")).len(), 0, "a CANCEL waits for a sign of life");
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let ringing = crate::town::message::Message::response(&invite, 180, "late");
    town.with("bruno", |bruno, _| bruno.post(ringing.write()));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("CANCEL")).len(), 1);
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    town.close();
}

#[test]
fn a_late_answer_is_ended() {
    // Bruno's phone answers a call that Anna gave up: it gets ACK and BYE, and nobody hangs.
    let mut town = town();
    town.phone("bruno").manner = Manner::Silent;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(6));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(480)));
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    let answer = crate::town::message::Message::response(&invite, 200, "late").with("Contact", "<sip:bruno@10.0.0.12:5060>");
    town.with("bruno", |bruno, _| bruno.post(answer.write()));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("ACK")).len(), 1);
    assert_eq!(town.phone("bruno").came(|message| message.is_request("BYE")).len(), 1);
    assert_eq!(town.pbx.records.len(), 1);
    town.close();
}
