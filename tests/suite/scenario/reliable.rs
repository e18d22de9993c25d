use super::{TALKS, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Late, Manner};

/// Anna's phone requires reliable responses.
fn requiring() -> Town {
    let mut town = town();
    town.phone("anna").more = vec![("Require", "100rel")];
    town
}

fn ringing(town: &mut Town) -> Vec<crate::town::message::Message> {
    town.phone("anna").came(|came| came.is_response("INVITE", 180)).into_iter().cloned().collect()
}

#[test]
fn a_reliable_180_is_repeated_until_its_prack() {
    let mut town = requiring();
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(4000));
    let heard = ringing(&mut town);
    assert_eq!(heard.len(), 4, "at 0, 0.5, 1.5 and 3.5 s");
    assert_eq!(heard[0].get("Require"), Some("100rel"));
    let rseq = heard[0].text("RSeq").to_owned();
    let cseq = town.phone("anna").line().cseq;
    town.phone("anna").learn_early(0);
    for (rack, status) in [
        ("1 1 INVITE".to_owned(), 481),
        ("x".to_owned(), 400),
        (format!("{rseq} {cseq} INVITE"), 200),
        (format!("{rseq} {cseq} INVITE"), 481),
    ] {
        town.with("anna", |anna, now| anna.ask(now, 0, "PRACK", &[("RAck", &rack)]));
        town.run_for(millis(100));
        assert_eq!(town.phone("anna").told_status("PRACK"), Some(status), "{rack}");
    }
    town.run_for(seconds(10));
    assert_eq!(ringing(&mut town).len(), 4, "it is not repeated any more");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert!(town.phone("bruno").line().is_over());
    town.close();
}

#[test]
fn an_answer_does_not_wait_for_the_prack() {
    // Bruno picks up before Anna's phone has acknowledged the ringing; its PRACK comes late and is answered all the same.
    let mut town = requiring();
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    let heard = ringing(&mut town);
    let rack = format!("{} {} INVITE", heard[0].text("RSeq"), heard[0].cseq());
    town.with("anna", |anna, now| anna.ask(now, 0, "PRACK", &[("RAck", &rack)]));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").told_status("PRACK"), Some(200));
    let before = ringing(&mut town).len();
    town.run_for(seconds(10));
    assert_eq!(ringing(&mut town).len(), before, "nothing is repeated in talk");
    town.close();
}

#[test]
fn who_never_acknowledges_the_ringing_is_refused() {
    // RFC 3262 3: after 64*T1 the INVITE is refused, and Bruno's phone stops ringing.
    let mut town = requiring();
    town.model.is_on = false;
    let office =
        super::office().put(trillo::settings::Kind::Extension, 2, trillo::settings::Own::default().with("failover_internal_timeout", 90));
    town.apply(office.settings());
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(40));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(504)));
    assert!(town.phone("bruno").line().is_over());
    town.close();
}

#[test]
fn a_caller_without_offer_that_requires_reliability_hears_no_ringing_but_the_answer() {
    let mut town = requiring();
    town.phone("anna").late = Some(Late::Answer);
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    assert_eq!(ringing(&mut town).len(), 0);
    town.close();
}

/// Bruno's phone rings reliably.
fn reliable_bruno() -> Town {
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.phone("bruno").more_ringing = vec![("Require", "100rel".to_owned()), ("RSeq", "776656".to_owned())];
    town
}

#[test]
fn a_reliable_ringing_of_a_phone_is_acknowledged_once() {
    let mut town = reliable_bruno();
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    let invite = town.phone("bruno").came(|came| came.is_request("INVITE"))[0].clone();
    assert!(invite.text("Supported").contains("100rel"));
    // It comes again, as if our PRACK had been lost; the PRACK's own transaction sees to that.
    town.with("bruno", |bruno, now| bruno.ring_again(now, 0));
    town.run_for(seconds(5));
    let pracks: Vec<String> =
        town.phone("bruno").came(|came| came.is_request("PRACK")).iter().map(|prack| prack.text("RAck").to_owned()).collect();
    assert_eq!(pracks, [format!("776656 {} INVITE", invite.cseq())]);
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    // What follows counts on from the PRACK.
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    let bye = town.phone("bruno").came(|came| came.is_request("BYE"))[0].clone();
    assert_eq!(bye.cseq(), invite.cseq() + 2);
    town.close();
}

#[test]
fn an_answer_to_our_offer_may_come_with_the_ringing() {
    // Bruno's phone says in its reliable 180 what it talks, moves its sound while it still rings, and says nothing more when it is picked up.
    let mut town = reliable_bruno();
    town.phone("bruno").answers_early = true;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    town.with("bruno", |bruno, now| {
        bruno.lines[0].media.set_port(31_000);
        bruno.update(now, 0);
    });
    town.run_for(seconds(4));
    assert_eq!(town.phone("bruno").told_status("UPDATE"), Some(200));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    let before = town.phone("bruno").line().heard;
    town.run_for(seconds(10));
    assert!(town.phone("bruno").line().heard >= before + 4 && town.phone("anna").line().heard >= 4);
    town.close();
}

#[test]
fn a_ringing_phone_may_not_hang_up_or_transfer() {
    let mut town = reliable_bruno();
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    for method in ["BYE", "REFER"] {
        town.with("bruno", |bruno, now| bruno.ask(now, 0, method, &[("Refer-To", "<sip:103@x>")]));
        town.run_for(millis(100));
        assert_eq!(town.phone("bruno").told_status(method), Some(403), "{method}");
    }
    assert!(town.phone("anna").line().heard_ringing && !town.phone("anna").line().is_over());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    town.close();
}

#[test]
fn giving_up_crosses_the_answer_of_a_phone_that_rang_reliably() {
    // Anna gives up in the moment in which Bruno picks up: his phone gets ACK and BYE, and the BYE counts on from the PRACK.
    let mut town = reliable_bruno();
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(2));
    town.with("bruno", |bruno, now| bruno.pick_up(now, 0));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(2));
    let (invite, bye) =
        (town.phone("bruno").came(|came| came.is_request("INVITE"))[0].cseq(), town.phone("bruno").came(|came| came.is_request("BYE")));
    assert_eq!(bye.iter().map(|bye| bye.cseq()).collect::<Vec<_>>(), [invite + 2]);
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    town.close();
}
