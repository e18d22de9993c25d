//! Transfers and forwards by phones to the outside, and of callers outside: with the rights of who sends the call on, as they are now.

use serde_json::{Value, json};
use trillo::entry::Outcome;

use super::line_state::{LOGIN, PROVIDER, account};
use super::line_town::{call, calls, hears, invite, number_of, town, with_line};
use super::{TALKS, office, record};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

const SECOND: &str = "198.51.100.8";

fn refer(town: &mut Town, name: &str, line: usize, to: &str) {
    town.with(name, |phone, now| phone.ask(now, line, "REFER", &[("Refer-To", to)]));
    town.run_for(seconds(5));
}

/// Whether what one line of a phone hears goes on.
fn line_hears(town: &mut Town, name: &str, line: usize) -> bool {
    let before = town.phone(name).lines[line].heard;
    town.run_for(seconds(6));
    town.phone(name).lines[line].heard > before
}

/// The office whose number 06200 is for Anna.
fn with_number() -> Office {
    let did = json!([{"number": "06200", "action": {"do": "extension", "extension": "101"}}]);
    let settings: Vec<(&'static str, Value)> = [account(), vec![("did", did)]].concat();
    office().line("Telco", PROVIDER, &settings).class("All", &["Telco"]).set("101", "standard_class", "All")
}

#[test]
fn anna_sends_bruno_to_a_number_outside() {
    // With her rights, and as her.
    let mut town = town(with_line().set("101", "outbound_number", "+390612301"));
    call(&mut town, "anna", "102");
    town.with("anna", |anna, now| anna.ask(now, 0, "REFER", &[("Refer-To", "<sip:0212345@10.0.0.1>")]));
    town.run_for(seconds(5));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    assert!(town.phone("provider").is_talking() && hears(&mut town, "bruno") && hears(&mut town, "provider"));
    assert_eq!(number_of(&invite(&mut town), "P-Asserted-Identity"), "+390612301");
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(1));
    assert!(!town.phone("provider").is_talking());
    town.close();
}

#[test]
fn anna_sends_somebody_outside_to_bruno() {
    let mut town = town(with_line());
    call(&mut town, "anna", "0212345");
    town.with("anna", |anna, now| anna.ask(now, 0, "REFER", &[("Refer-To", "<sip:102@10.0.0.1>")]));
    town.run_for(seconds(5));
    assert!(town.phone("bruno").is_talking() && hears(&mut town, "bruno") && hears(&mut town, "provider"));
    assert_eq!(town.phone("bruno").line().number, "0212345");
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn whoever_is_outside_transfers_nobody() {
    // A REFER from the line, to a number that costs: refused, and the call goes on.
    let mut town = town(with_line());
    call(&mut town, "anna", "0212345");
    for to in ["<sip:0900123@10.0.0.1>", "<sip:102@10.0.0.1>"] {
        town.with("provider", |provider, now| provider.ask(now, 0, "REFER", &[("Refer-To", to)]));
        town.run_for(seconds(1));
        let statuses: Vec<_> =
            town.phone("provider").came(|message| message.method() == "REFER").iter().map(|came| came.status()).collect();
        assert!(statuses.contains(&Some(403)) || town.phone("provider").notified().iter().any(|news| news.contains("403")));
    }
    assert!(town.phone("anna").is_talking() && !town.phone("bruno").is_ringing());
    assert_eq!(
        town.phone("provider").came(|message| message.is_request("INVITE") && message.answerer_tag().is_none()).len(),
        2,
        "one call, proved"
    );
    town.close();
}

#[test]
fn a_caller_from_outside_is_sent_outside() {
    // Somebody calls Anna, who sends them to a number outside: two calls over the line, her number answers for the second one.
    let mut town = town(with_number());
    call(&mut town, "provider", "06200");
    refer(&mut town, "anna", 0, "<sip:0212345@10.0.0.1>");
    assert!(town.phone("anna").line().is_over());
    assert!(line_hears(&mut town, "provider", 0) && line_hears(&mut town, "provider", 1));
    let invite = invite(&mut town);
    assert_eq!((number_of(&invite, "To"), number_of(&invite, "From")), ("0212345".to_owned(), "+39061234".to_owned()));
    assert!(invite.text("Diversion").contains("+39061234"), "it says who sent the call on: {invite:?}");
    town.with("provider", |provider, now| provider.hang_up_line(now, 1));
    town.run_for(millis(200));
    assert_eq!(town.phone("provider").lines[0].end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn two_people_outside_are_brought_together() {
    // Anna talks with one, calls the other, and leaves both to each other (RFC 5589 7.1). Nobody here counts the call any more.
    let mut town = town(with_line().set("101", "concurrent_call_limit", 2));
    call(&mut town, "anna", "0212345");
    town.with("anna", |anna, now| anna.hold(now));
    call(&mut town, "anna", "0298765");
    let to = town.phone("anna").refer_to(1);
    refer(&mut town, "anna", 0, &to);
    assert!(town.phone("anna").lines.iter().all(|line| line.is_over()));
    assert!(line_hears(&mut town, "provider", 0) && line_hears(&mut town, "provider", 1));
    for number in ["0212345", "0298765"] {
        call(&mut town, "anna", number);
        assert!(town.phone("anna").is_talking(), "she has no call");
        town.with("anna", |anna, now| anna.hang_up(now));
        town.run_for(millis(200));
    }
    town.with("provider", |provider, now| provider.hang_up_line(now, 0));
    town.run_for(millis(200));
    assert_eq!(town.phone("provider").lines[1].end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn bruno_and_somebody_outside_are_brought_together() {
    // Anna talks with Bruno, asks somebody outside, and leaves; and the other way round.
    for (first, second) in [("102", "0212345"), ("0212345", "102")] {
        let mut town = town(with_line());
        call(&mut town, "anna", first);
        town.with("anna", |anna, now| anna.hold(now));
        call(&mut town, "anna", second);
        let to = town.phone("anna").refer_to(1);
        refer(&mut town, "anna", 0, &to);
        assert!(town.phone("anna").lines.iter().all(|line| line.is_over()));
        assert!(hears(&mut town, "bruno") && hears(&mut town, "provider"), "{first} and {second}");
        town.with("bruno", |bruno, now| bruno.hang_up(now));
        town.run_for(millis(200));
        assert_eq!(town.phone("provider").line().end(), Some(End::PeerHungUp));
        town.close();
    }
}

#[test]
fn bruno_is_left_to_a_number_that_still_rings() {
    // Anna does not wait until somebody outside answers (RFC 5589 7.3, semi-attended).
    let mut town = town(with_line());
    town.phone("provider").manner = Manner::Answer { ring: seconds(9), talk: None };
    call(&mut town, "anna", "102");
    town.with("anna", |anna, now| anna.hold(now));
    call(&mut town, "anna", "0212345");
    town.phone("anna").learn_early(1);
    let to = town.phone("anna").refer_to(1);
    refer(&mut town, "anna", 0, &to);
    town.run_for(seconds(6));
    assert!(town.phone("anna").lines.iter().all(|line| line.is_over()));
    assert!(hears(&mut town, "bruno") && hears(&mut town, "provider"));
    town.close();
}

#[test]
fn bruno_is_sent_outside_over_the_second_line() {
    // The first line is down and nobody knows yet, or fails: Bruno, who talks already, hears whoever answers over the second one. And when the
    // other side wants another codec, he follows.
    for manner in [Manner::Refuse(503), Manner::Announce(None)] {
        let office = with_line().line("Other", SECOND, &account());
        let mut town = town(office.class("Both", &["Telco", "Other"]).set("101", "standard_class", "Both"));
        town.add_provider("other", SECOND, LOGIN.0, LOGIN.1).manner = TALKS;
        town.run_for(seconds(60));
        town.phone("provider").manner = manner;
        call(&mut town, "anna", "102");
        refer(&mut town, "anna", 0, "<sip:0212345@10.0.0.1>");
        if town.phone("provider").is_ringing() {
            assert!(hears(&mut town, "bruno"), "what the network says of it");
            town.with("provider", |provider, now| provider.refuse_line(now, 0, 500));
            town.run_for(seconds(5));
        }
        assert!(hears(&mut town, "bruno") && hears(&mut town, "other"), "{manner:?}");
        town.with("other", |other, now| other.reinvite(now, |line| line.codecs = vec![0]));
        town.run_for(seconds(1));
        assert_eq!((town.phone("other").line().reinvited, town.phone("bruno").line().codec()), (Some(200), Some(0)), "{manner:?}");
        assert!(hears(&mut town, "bruno") && hears(&mut town, "other"), "{manner:?}");
        town.close();
    }
}

#[test]
fn who_may_not_call_a_number_sends_nobody_there() {
    // Locked: Bruno may call 0212345 only when he has unlocked his telephone. His REFER is taken and told 403, the call with Anna stays; where
    // the phone wants no news, the REFER itself is refused. Who has no class hears that there is no such number.
    let locked = || with_line().set("102", "standard_class", "All").set("102", "lock_mode", "code");
    for (office, status) in [(locked(), 403), (with_line(), 404)] {
        let mut town = town(office);
        call(&mut town, "anna", "102");
        refer(&mut town, "bruno", 0, "<sip:0212345@198.51.100.7>");
        assert_eq!(town.phone("bruno").told_status("REFER"), Some(202));
        let news = town.phone("bruno").notified();
        assert!(news.len() == 1 && news[0].starts_with(&format!("SIP/2.0 {status} ")), "{news:?}");
        let quiet = [("Refer-To", "<sip:0212345@198.51.100.7>"), ("Refer-Sub", "false")];
        town.with("bruno", |bruno, now| bruno.ask(now, 0, "REFER", &quiet));
        town.run_for(seconds(1));
        assert_eq!(town.phone("bruno").told_status("REFER"), Some(status));
        assert!(hears(&mut town, "anna") && hears(&mut town, "bruno"));
        assert_eq!(calls(&mut town), 0, "nothing went out");
        town.with("anna", |anna, now| anna.hang_up(now));
        town.run_for(millis(200));
        assert_eq!(record(&town), (Outcome::Answered, 200));
        town.close();
    }
}

#[test]
fn an_unlock_for_one_call_is_spent_by_a_transfer() {
    let mut town = town(with_line().set("102", "standard_class", "All").set("102", "lock_mode", "code"));
    call(&mut town, "bruno", "850");
    call(&mut town, "anna", "102");
    refer(&mut town, "bruno", 1, "<sip:0212345@10.0.0.1>");
    assert!(town.phone("provider").is_talking() && hears(&mut town, "anna"));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    call(&mut town, "bruno", "0212345");
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(403)));
    assert_eq!(calls(&mut town), 1);
    town.close();
}

#[test]
fn a_phone_that_forwards_to_the_outside() {
    // Bruno's phone sends all calls to 0212345 (302), with his rights: as him, and only while he may.
    for (lock, goes_out) in [("open", true), ("code", false)] {
        let mut town =
            town(with_line().set("102", "standard_class", "All").set("102", "lock_mode", lock).set("102", "outbound_number", "+390612302"));
        town.phone("bruno").manner = Manner::Forward("0212345");
        call(&mut town, "anna", "102");
        if goes_out {
            assert!(hears(&mut town, "anna") && hears(&mut town, "provider"));
            let invite = invite(&mut town);
            assert_eq!(
                (number_of(&invite, "P-Asserted-Identity"), number_of(&invite, "Diversion")),
                ("+390612302".into(), "+390612302".into())
            );
            assert!(invite.text("Diversion").contains("reason=unconditional"));
        } else {
            assert_eq!((town.phone("anna").line().end(), calls(&mut town)), (Some(End::Refused(480)), 0));
        }
        town.with("anna", |anna, now| anna.hang_up(now));
        town.close();
    }
}

#[test]
fn one_phone_forwards_to_the_outside_while_the_other_rings() {
    // Carla's phone at the desk sends calls to her mobile; the one in the lab rings all the same. Whoever answers has the call.
    for at_mobile in [true, false] {
        let mut town = town(with_line().set("103", "standard_class", "All"));
        town.phone("carla-desk").manner = Manner::Forward("0333123");
        town.phone("carla-lab").manner = if at_mobile { Manner::Ring } else { Manner::Answer { ring: seconds(3), talk: None } };
        town.phone("provider").manner = if at_mobile { TALKS } else { Manner::Ring };
        call(&mut town, "anna", "103");
        assert!(town.phone("anna").line().heard_ringing && town.phone("anna").is_talking());
        let (takes, stops) = if at_mobile { ("provider", "carla-lab") } else { ("carla-lab", "provider") };
        assert!(hears(&mut town, "anna") && hears(&mut town, takes));
        assert_eq!(town.phone(stops).line().end(), Some(End::Cancelled));
        town.with(takes, |phone, now| phone.hang_up(now));
        town.run_for(millis(200));
        assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
        town.close();
    }
}

#[test]
fn a_number_outside_that_is_busy_leaves_the_other_phone_ringing() {
    let mut town = town(with_line().set("103", "standard_class", "All"));
    town.phone("carla-desk").manner = Manner::Forward("0333123");
    town.phone("carla-lab").manner = Manner::Answer { ring: seconds(3), talk: None };
    town.phone("provider").manner = Manner::Refuse(486);
    call(&mut town, "anna", "103");
    assert!(town.phone("carla-lab").is_talking() && hears(&mut town, "anna"));
    town.close();
}
