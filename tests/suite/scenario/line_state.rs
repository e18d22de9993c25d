//! Lines that come up, stay up and go down.

use serde_json::{Value, json};
use trillo::base::Instant;

use super::office;
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::office::Office;
use crate::town::phone::{Manner, Provider, Registrar};

pub const PROVIDER: &str = "198.51.100.7";

/// What the account at the provider is called, and its password.
pub const LOGIN: (&str, &str) = ("39061234", "s3cret");

/// The settings of a line to that account.
pub fn account() -> Vec<(&'static str, Value)> {
    vec![("username", json!(LOGIN.0)), ("password", json!(LOGIN.1)), ("number", json!("+39061234"))]
}

pub fn provider(town: &mut Town) -> &mut Provider {
    town.phone("provider").provider.as_mut().expect("a provider")
}

/// The office, with a line "Telco" to a provider.
pub fn town_with(office: Office) -> Town {
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    town
}

pub fn town() -> Town {
    town_with(office().line("Telco", PROVIDER, &account()))
}

fn events(town: &Town) -> Vec<&str> {
    town.pbx.events.iter().map(|event| event.text.as_str()).filter(|text| text.starts_with("Line ")).collect()
}

fn came(town: &mut Town, method: &str) -> Vec<(Instant, Message)> {
    town.phone("provider").inbox.iter().filter(|(_, message)| message.is_request(method)).cloned().collect()
}

#[test]
fn a_line_registers_and_stays_registered() {
    // The box logs in at the provider, and again before the time is over. Its Contact there is a name that nobody can guess.
    let mut town = town();
    town.run_for(seconds(3600));
    let registered = provider(&mut town).registered.clone();
    assert!((6..=8).contains(&registered.len()), "{registered:?}");
    assert!(registered.windows(2).all(|pair| pair[1].0.since(pair[0].0) < seconds(600)), "never unregistered");
    assert_eq!(provider(&mut town).user().len(), 20);
    let first = came(&mut town, "REGISTER")[0].1.clone();
    assert!(first.text("From").contains("<sip:39061234@198.51.100.7>") && first.get("Authorization").is_none(), "{first:?}");
    assert_eq!(events(&town), ["Line Telco is registered."]);
    town.close();
}

#[test]
fn a_line_that_is_switched_off_takes_its_registration_back() {
    let mut town = town();
    town.run_for(seconds(5));
    assert!(provider(&mut town).contact.is_some());
    town.disable_lines();
    town.run_for(seconds(1));
    assert_eq!(provider(&mut town).contact, None);
    assert_eq!(provider(&mut town).registered.last().map(|(_, expires)| *expires), Some(0));
    town.close();
}

#[test]
fn a_new_password_is_used_at_once() {
    let mut town = town();
    provider(&mut town).password = "changed".to_owned();
    town.run_for(seconds(5));
    assert_eq!(events(&town), ["Line Telco is down: registration refused (401 Unauthorized)."]);
    let settings = town.pbx.settings.clone();
    let (id, own) = settings.rows_of(trillo::settings::Kind::Line).next().map(|(id, own)| (id, own.clone())).expect("a line");
    let office = Office::default().put(trillo::settings::Kind::Line, id, own.with("password", "changed"));
    town.apply(office.edited(&settings));
    town.run_for(seconds(1));
    assert_eq!(events(&town).last(), Some(&"Line Telco is registered."));
    town.close();
}

#[test]
fn a_wrong_password_is_not_tried_over_and_over() {
    // The password is wrong: the provider is asked less and less often, and would not lock the account.
    let mut town = town();
    provider(&mut town).password = "other".to_owned();
    town.run_for(seconds(3600));
    let tries = provider(&mut town).proofs;
    assert!((3..=9).contains(&tries), "{tries} tries in an hour");
    assert_eq!(events(&town).len(), 1);
    town.close();
}

#[test]
fn a_registrar_that_wants_longer_times_gets_them() {
    let mut town = town();
    provider(&mut town).expires_min = 1800;
    town.run_for(seconds(5));
    assert_eq!(provider(&mut town).registered.last().map(|(_, expires)| *expires), Some(1800));
    town.close();
}

#[test]
fn a_registrar_that_is_down_is_tried_at_growing_intervals_and_found_again() {
    let mut town = town();
    provider(&mut town).registrar = Registrar::Silent;
    town.run_for(seconds(600));
    let mut starts: Vec<Instant> = Vec::new();
    let mut seen = Vec::new();
    for (at, message) in came(&mut town, "REGISTER") {
        if !seen.contains(&message.cseq()) {
            seen.push(message.cseq());
            starts.push(at);
        }
    }
    let gaps: Vec<u64> = starts.windows(2).map(|pair| pair[1].since(pair[0]).as_secs()).collect();
    assert!((3..=6).contains(&gaps.len()) && gaps[0] < 64 && gaps.last() > gaps.first(), "{gaps:?}");
    assert_eq!(events(&town), ["Line Telco is down: it does not answer."]);
    provider(&mut town).registrar = Registrar::Works;
    town.run_until("it is registered again", |town| provider(town).contact.is_some());
    town.run_for(millis(100));
    assert_eq!(events(&town).last(), Some(&"Line Telco is registered."));
    town.close();
}

#[test]
fn a_registrar_that_refuses_is_named_with_its_reason() {
    let mut town = town();
    provider(&mut town).registrar = Registrar::Refuses(403);
    town.run_for(seconds(10));
    assert_eq!(events(&town), ["Line Telco is down: registration refused (403 Forbidden)."]);
    town.close();
}

#[test]
fn a_gateway_that_stops_answering_is_down_and_comes_back() {
    // A gateway without login: OPTIONS say whether it is there.
    let mut town = town_with(office().line("Gateway", PROVIDER, &[("kind", json!("gateway"))]));
    town.run_for(seconds(10));
    assert_eq!(events(&town), ["Line Gateway is up."]);
    assert!(came(&mut town, "REGISTER").is_empty());
    let away = town.phones.remove("provider").expect("a provider");
    town.run_for(seconds(200));
    assert_eq!(events(&town).last(), Some(&"Line Gateway is down: it does not answer."));
    town.phones.insert("provider".to_owned(), away);
    town.run_for(seconds(100));
    assert_eq!(events(&town), ["Line Gateway is up.", "Line Gateway is down: it does not answer.", "Line Gateway is up."]);
    town.close();
}

#[test]
fn a_line_whose_name_nobody_knows_is_down_until_somebody_does() {
    let mut town = town_with(office().line("Telco", "sip.telco.example", &account()));
    town.run_for(seconds(5));
    assert_eq!(events(&town), ["Line Telco is down: its address is not known (sip.telco.example has no address)."]);
    town.pbx.names.insert("sip.telco.example".to_owned(), vec![format!("{PROVIDER}:5060").parse().expect("an address")]);
    town.run_for(seconds(61));
    assert_eq!(events(&town).last(), Some(&"Line Telco is registered."));
    let register = came(&mut town, "REGISTER")[0].1.clone();
    assert!(register.text("To").contains("sip.telco.example"), "{register:?}");
    town.close();
}

#[test]
fn the_second_registrar_takes_over_from_the_first() {
    // The name has two addresses, the first is dead: the box registers at the second within a minute.
    let mut town = town_with(office().line("Telco", "sip.telco.example", &account()));
    let addresses = ["198.51.100.6:5060", "198.51.100.7:5060"].map(|address| address.parse().expect("an address"));
    town.pbx.names.insert("sip.telco.example".to_owned(), addresses.to_vec());
    town.run_for(seconds(60));
    assert_eq!(events(&town).last(), Some(&"Line Telco is registered."));
    town.close();
}

#[test]
fn a_password_goes_only_to_an_address_of_the_line() {
    // Somebody in the middle answers in the provider's place from another address and asks for a proof: gets none.
    let mut town = town();
    provider(&mut town).registrar = Registrar::Silent;
    town.phone("provider").manner = Manner::Silent;
    town.run_for(millis(100));
    let register = came(&mut town, "REGISTER")[0].1.clone();
    let challenge = Message::response(&register, 401, "x").with("WWW-Authenticate", "Digest realm=\"provider\", nonce=\"n\", qop=\"auth\"");
    town.add_at("liar", "liar", "203.0.113.66".parse().expect("an address"));
    town.with("liar", |liar, _| liar.post(challenge.write()));
    town.run_for(seconds(60));
    assert!(town.phone("liar").inbox.is_empty());
    assert!(came(&mut town, "REGISTER").iter().all(|(_, message)| message.get("Authorization").is_none()));
    town.close();
}
