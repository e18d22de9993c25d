//! Calls that extensions dial to the outside.

use serde_json::json;
use trillo::entry::Outcome;

use super::line_state::PROVIDER;
use super::line_town::{call, hears, invite, number_of, town, with_line};
use super::{TALKS, office, record, refused};
use crate::town::clock::{millis, seconds};
use crate::town::phone::End;

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
