//! Calls that extensions dial to the outside, and what people do with them in talk.

use serde_json::json;
use trillo::entry::Outcome;

use super::line_state::{LOGIN, PROVIDER, account};
use super::{TALKS, office, record, refused};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::{Message, uri_of, user_of};
use crate::town::office::Office;
use crate::town::phone::{End, Registrar};

/// Anna may call everybody outside, Bruno nobody.
fn with_line() -> Office {
    office().line("Telco", PROVIDER, &account()).class("All", &["Telco"]).set("101", "standard_class", "All")
}

/// All phones are there and answer, the line is up.
fn town(office: Office) -> Town {
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1).manner = TALKS;
    for name in ["anna", "bruno", "carla-desk", "carla-lab"] {
        town.register(name);
        town.phone(name).manner = TALKS;
    }
    town.run_for(seconds(1));
    town
}

fn call(town: &mut Town, name: &str, number: &str) {
    town.with(name, |phone, now| phone.call(now, number));
    town.run_for(seconds(4));
}

/// The last INVITE that began a call at the provider.
fn invite(town: &mut Town) -> Message {
    let invites = town.phone("provider").came(|message| message.is_request("INVITE") && message.answerer_tag().is_none());
    (*invites.last().expect("a call")).clone()
}

fn number_of(invite: &Message, name: &str) -> String {
    user_of(uri_of(invite.text(name))).to_owned()
}

fn hears(town: &mut Town, name: &str) -> bool {
    let before = town.phone(name).line().heard;
    town.run_for(seconds(6));
    town.phone(name).line().heard > before
}

#[test]
fn anna_dials_a_number_outside() {
    let mut town = town(with_line());
    call(&mut town, "anna", "0212345");
    assert!(town.phone("provider").is_talking() && hears(&mut town, "anna"));
    let invite = invite(&mut town);
    assert_eq!((number_of(&invite, "To"), number_of(&invite, "From")), ("0212345".to_owned(), "+39061234".to_owned()));
    assert_eq!(invite.get("Diversion"), None, "nobody forwarded it");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    let bye = town.phone("provider").came(|message| message.is_request("BYE"))[0].clone();
    assert!(bye.text("Proxy-Authorization").contains("nc=00000002"), "proved in advance: {bye:?}");
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}

#[test]
fn a_code_hides_the_number_of_one_call() {
    let mut town = town(with_line());
    call(&mut town, "anna", "*6710212345");
    let hidden = invite(&mut town);
    assert_eq!((hidden.text("Privacy"), number_of(&hidden, "To")), ("id", "0212345".to_owned()));
    assert!(hidden.text("From").contains("anonymous.invalid"));
    town.close();
}

#[test]
fn who_has_no_class_calls_nobody_outside() {
    let mut town = town(with_line());
    call(&mut town, "bruno", "0212345");
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(404)));
    assert!(town.phone("provider").came(|message| message.is_request("INVITE")).is_empty());
    town.close();
}

#[test]
fn an_unlock_for_one_call_is_spent_when_the_call_reaches_a_line() {
    // The first call is refused, for Anna's telephone is locked. She dials 850, and one call goes out; the next is refused again.
    let mut town = town(with_line().set("101", "lock_mode", "code"));
    assert!(matches!(refused(&mut town, "0212345").0, Some(End::Refused(_))));
    call(&mut town, "anna", "850");
    call(&mut town, "anna", "0212345");
    assert!(town.phone("provider").is_talking());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    assert!(matches!(refused(&mut town, "0212345").0, Some(End::Refused(_))));
    assert_eq!(town.phone("provider").lines.len(), 1);
    town.close();
}

#[test]
fn a_call_for_help_goes_out_whatever_else_is_so() {
    // Bruno may call nobody, his telephone hides its number, and the line seems to be down: 112 is tried all the same, and noted.
    let mut town = super::quiet_town(with_line().set("102", "hide_number", true));
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    provider.manner = TALKS;
    provider.provider.as_mut().expect("a provider").registrar = Registrar::Refuses(403);
    town.register("bruno");
    town.run_for(seconds(1));
    call(&mut town, "bruno", "112");
    assert!(town.phone("provider").is_talking());
    let invite = invite(&mut town);
    assert_eq!(
        (number_of(&invite, "To"), number_of(&invite, "From"), invite.get("Privacy")),
        ("112".to_owned(), "+39061234".to_owned(), None)
    );
    assert!(town.pbx.events.iter().any(|event| event.text == "Emergency call of 102 (Bruno) to 112."));
    town.close();
}

#[test]
fn a_colleague_at_the_other_site_is_dialled_like_one_here() {
    // 200 to 299 are there. Bruno needs no class and no unlocking, and the other site sees who he is.
    let site = [("kind", json!("site")), ("ranges", json!([{"from": "200", "to": "299"}]))];
    let mut town = super::quiet_town(office().line("Branch", PROVIDER, &site).set("102", "lock_mode", "code"));
    town.model.is_on = false;
    let branch = town.add_provider("provider", PROVIDER, "", "");
    branch.manner = TALKS;
    branch.provider.as_mut().expect("a provider").wants_proof = false;
    town.register("bruno");
    town.run_for(seconds(1));
    call(&mut town, "bruno", "250");
    assert!(town.phone("provider").is_talking());
    let there = town.phone("provider").line();
    assert_eq!((there.number.as_str(), there.name.as_str()), ("102", "Bruno"));
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(1));
    // The other site does not call on over us.
    town.with("provider", |provider, now| provider.call(now, "250"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("provider").line().end(), Some(End::Refused(404)));
    town.close();
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
