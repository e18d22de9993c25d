use super::{TALKS, talking, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::End;

/// They talk; both phones are set up so.
fn in_talk(anna: &[(&'static str, &'static str)], bruno: &[(&'static str, &'static str)]) -> Town {
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    town.phone("anna").more = anna.to_vec();
    town.phone("bruno").more = bruno.to_vec();
    talking(town, "102")
}

fn refreshes(town: &mut Town, name: &str) -> Vec<Message> {
    let is_one = |came: &Message| came.is_request("UPDATE") || came.is_request("INVITE") && came.answerer_tag().is_some();
    town.phone(name).came(is_one).into_iter().cloned().collect()
}

/// Registrations are refreshed by the way.
fn wait(town: &mut Town, minutes: u64) {
    for _ in 0..minutes {
        town.run_for(seconds(60));
    }
}

#[test]
fn a_caller_that_refreshes_keeps_the_call_and_one_that_forgets_loses_it() {
    // Anna's phone asks for a timer of three minutes and refreshes it for a while; when it stops, both are released a little before the end.
    let mut town = in_talk(&[("Supported", "timer"), ("Session-Expires", "180")], &[]);
    let answered = town.phone("anna").came(|came| came.is_response("INVITE", 200))[0].clone();
    assert_eq!((answered.get("Session-Expires"), answered.get("Require")), (Some("180;refresher=uac"), Some("timer")));
    for _ in 0..4 {
        town.run_for(seconds(90));
        let headers = [("Supported", "timer"), ("Session-Expires", "180;refresher=uac")];
        town.with("anna", |anna, now| anna.ask(now, 0, "UPDATE", &headers));
        town.run_for(millis(100));
        let answer = town.phone("anna").came(|came| came.is_response("UPDATE", 200)).last().copied().cloned().expect("an answer");
        assert_eq!(answer.get("Session-Expires"), Some("180;refresher=uac"));
    }
    assert!(town.phone("anna").is_talking());
    town.model.is_on = false;
    town.run_for(seconds(147));
    assert!(town.phone("anna").is_talking());
    town.run_for(seconds(3));
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
        assert!(town.phone(name).line().reason.is_some());
    }
    town.close();
}

#[test]
fn we_refresh_when_the_caller_leaves_it_to_us() {
    // By UPDATE, for Anna's phone takes it; each refresh counts anew.
    let mut town = in_talk(&[("Supported", "timer"), ("Session-Expires", "600;refresher=uas"), ("Allow", "INVITE, BYE, UPDATE")], &[]);
    wait(&mut town, 21);
    let seen = refreshes(&mut town, "anna");
    assert_eq!(seen.len(), 4, "every five minutes");
    assert!(seen.iter().all(|refresh| refresh.is_request("UPDATE") && refresh.get("Session-Expires") == Some("600;refresher=uac")));
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn a_phone_without_update_is_refreshed_by_reinvite() {
    let mut town = in_talk(&[("Session-Expires", "600")], &[]);
    let answered = town.phone("anna").came(|came| came.is_response("INVITE", 200))[0].clone();
    assert_eq!(
        (answered.get("Session-Expires"), answered.get("Require")),
        (Some("600;refresher=uas"), None),
        "somebody on the way wants it"
    );
    wait(&mut town, 6);
    let seen = refreshes(&mut town, "anna");
    assert!(seen.len() == 1 && seen[0].is_request("INVITE"));
    assert!(town.phone("anna").is_talking());
    town.close();
}

#[test]
fn a_called_phone_that_wants_a_timer_gets_one() {
    // Bruno's phone grants what our INVITE asks for, a shorter one, and leaves it to us.
    let mut town = in_talk(&[], &[("Session-Expires", "300;refresher=uac"), ("Allow", "UPDATE"), ("Require", "timer")]);
    let invite = town.phone("bruno").came(|came| came.is_request("INVITE"))[0].clone();
    assert_eq!(invite.get("Session-Expires"), Some("1800"));
    wait(&mut town, 11);
    assert_eq!(refreshes(&mut town, "bruno").len(), 4);
    assert_eq!(refreshes(&mut town, "anna").len(), 0, "each leg has its own");
    assert!(town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn a_phone_that_does_not_know_the_call_any_more_ends_it() {
    let mut town = in_talk(&[], &[("Session-Expires", "300;refresher=uac"), ("Allow", "UPDATE")]);
    town.model.is_on = false;
    town.phone("bruno").refuses = vec![("UPDATE", 481)];
    wait(&mut town, 3);
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn a_phone_that_says_it_takes_update_and_does_not_is_refreshed_otherwise() {
    let mut town = in_talk(&[], &[("Session-Expires", "300;refresher=uac"), ("Allow", "UPDATE")]);
    town.phone("bruno").refuses = vec![("UPDATE", 405)];
    wait(&mut town, 10);
    let seen = refreshes(&mut town, "bruno");
    assert!(seen.iter().filter(|refresh| refresh.is_request("UPDATE")).count() == 1, "it is tried once");
    assert!(seen.iter().filter(|refresh| refresh.is_request("INVITE")).count() >= 3);
    assert!(town.phone("anna").is_talking() && town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn too_short_a_timer_is_refused_with_the_shortest() {
    let mut town = town();
    town.model.is_on = false;
    town.phone("anna").more = vec![("Supported", "timer"), ("Session-Expires", "60")];
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(200));
    let refused = town.phone("anna").came(|came| came.is_response("INVITE", 422))[0].clone();
    assert_eq!(refused.get("Min-SE"), Some("90"));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(422)));
    town.close();
}

#[test]
fn a_phone_that_wants_a_longer_timer_is_called_again_with_that() {
    // Bruno's phone refuses our half hour; it is invited again in the same call, and Anna notices nothing.
    let mut town = town();
    town.model.is_on = false;
    town.phone("bruno").manner = crate::town::phone::Manner::Refuse(422);
    town.phone("bruno").more_refusing = vec![("Min-SE", "3600")];
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(millis(200));
    let invites: Vec<Message> = town.phone("bruno").came(|came| came.is_request("INVITE")).into_iter().cloned().collect();
    assert_eq!(invites.len(), 2, "once more, and then it is refused");
    assert_eq!((invites[1].get("Session-Expires"), invites[1].get("Min-SE")), (Some("3600"), Some("3600")));
    assert_eq!((invites[1].call_id(), invites[1].cseq()), (invites[0].call_id(), 2));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(480)));
    town.close();
}
