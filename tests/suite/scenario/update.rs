use super::{TALKS, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::Manner;

fn in_talk() -> Town {
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    talking(town, "102")
}

fn hears(town: &mut Town, name: &str) -> u32 {
    let before = town.phone(name).line().heard;
    town.run_for(seconds(10));
    town.phone(name).line().heard - before
}

#[test]
fn hold_and_resume_by_update() {
    // Anna's phone holds by UPDATE: neither hears the other, and there is nothing to acknowledge. It resumes in the same way.
    let mut town = in_talk();
    for (direction, heard) in [("sendonly", false), ("sendrecv", true)] {
        town.with("anna", |anna, now| {
            anna.lines[0].direction = direction;
            anna.update(now, 0);
        });
        town.run_for(millis(100));
        assert_eq!(town.phone("anna").told_status("UPDATE"), Some(200));
        let answer = town.phone("anna").came(|came| came.is_response("UPDATE", 200)).last().copied().cloned().expect("an answer");
        assert!(answer.body.contains("m=audio"), "{}", answer.body);
        assert_eq!((hears(&mut town, "anna") > 0, hears(&mut town, "bruno") > 0), (heard, heard), "{direction}");
    }
    town.close();
}

#[test]
fn media_that_moves_by_update_is_followed() {
    let mut town = in_talk();
    town.with("anna", |anna, now| {
        anna.lines[0].media.set_port(30_000);
        anna.update(now, 0);
    });
    town.run_for(millis(100));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn a_codec_that_the_other_does_not_talk_crosses_by_update_too() {
    let mut town = in_talk();
    town.with("anna", |anna, now| {
        anna.lines[0].codecs = vec![0];
        anna.update(now, 0);
    });
    town.run_for(seconds(1));
    assert_eq!(town.phone("anna").told_status("UPDATE"), Some(200));
    assert_eq!(town.phone("bruno").came(|came| came.is_request("INVITE")).len(), 2, "Bruno's phone was asked");
    assert_eq!(town.phone("bruno").line().codec(), Some(0));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn an_update_without_offer_moves_where_the_phone_is_called() {
    // Anna's phone says by UPDATE that it is reached at another port from now on: Bruno's hanging up finds it there.
    let mut town = in_talk();
    town.with("anna", |anna, now| {
        anna.address.set_port(5070);
        anna.ask(now, 0, "UPDATE", &[]);
    });
    town.run_for(millis(100));
    // From a port that the call has not used it has to prove itself first.
    assert_eq!(town.phone("anna").told_status("UPDATE"), Some(200));
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(millis(100));
    assert!(town.phone("anna").line().is_over());
    town.close();
}

#[test]
fn an_update_before_the_answer_has_to_wait_with_its_offer() {
    // Bruno's phone rings. Anna's may say where it is, but not make another offer before the first is answered (RFC 3311 5.2).
    let mut town = town();
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    town.with("anna", |anna, now| {
        anna.learn_early(0);
        anna.ask(now, 0, "UPDATE", &[]);
    });
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").told_status("UPDATE"), Some(200));
    town.with("anna", |anna, now| anna.update(now, 0));
    town.run_for(millis(100));
    let refused = town.phone("anna").came(|came| came.is_response("UPDATE", 500))[0].clone();
    assert!(refused.get("Retry-After").is_some());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert!(town.phone("bruno").line().is_over());
    town.close();
}

#[test]
fn a_phone_that_keeps_changing_its_mind_troubles_only_itself() {
    // Anna's phone asks for another codec twenty times in two seconds. Bruno's is asked a few times, hers is told to wait, and both talk on.
    let mut town = in_talk();
    for round in 0..20 {
        town.with("anna", |anna, now| {
            anna.lines[0].codecs = vec![if round % 2 == 0 { 0 } else { 8 }];
            anna.update(now, 0);
        });
        town.run_for(millis(100));
    }
    assert_eq!(town.phone("bruno").came(|came| came.is_request("INVITE")).len(), 1 + 5);
    assert!(town.phone("anna").came(|came| came.is_response("UPDATE", 500)).len() >= 5);
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.with("anna", |anna, now| {
        anna.lines[0].codecs = vec![8, 0];
        anna.update(now, 0);
    });
    town.run_for(seconds(1));
    assert!(hears(&mut town, "anna") >= 4 && hears(&mut town, "bruno") >= 4);
    town.close();
}

#[test]
fn info_is_taken_and_what_nobody_knows_is_refused() {
    let mut town = in_talk();
    let table = [
        (&[("Content-Type", "application/dtmf-relay")][..], "Signal=5\r\nDuration=160\r\n", 200),
        (&[("Content-Type", "application/dtmf")], "#", 200),
        (&[], "", 200),
        (&[("Content-Type", "application/dtmf-relay")], "Signal=55\r\n", 400),
        (&[("Content-Type", "application/media_control+xml")], "<x/>", 415),
        (&[("Info-Package", "foo")], "", 469),
    ];
    for (headers, body, status) in table {
        town.with("anna", |anna, now| anna.ask_with(now, 0, "INFO", headers, body));
        town.run_for(millis(100));
        assert_eq!(town.phone("anna").told_status("INFO"), Some(status), "{headers:?} {body}");
    }
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.close();
}
