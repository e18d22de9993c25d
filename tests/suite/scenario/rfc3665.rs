//! The basic call flows of RFC 3665, as far as the box takes part: as the registrar of section 2, and, between the phones of section 3, in
//! the place of the proxies. It is the other end of each call for both phones, so every flow is two: what each phone sees is the flow of its
//! half. Each test asserts all messages between the box and the phones, in their order.
//!
//! 3.5 is about a firewall between the proxies, and has no half of a phone.

use serde_json::json;
use trillo::entry::Outcome;

use super::line_state::{LOGIN, PROVIDER, account};
use super::{TALKS, office, record, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::Message;
use crate::town::phone::{End, Late, Manner};

/// All messages between the box and a phone so far, in order: `> INVITE` by the phone, `< 180 INVITE` by the box. Repeats are told apart by a
/// dot.
fn ladder(town: &mut Town, name: &str) -> Vec<String> {
    let phone = town.phone(name).address.to_string();
    let mut steps = Vec::new();
    let mut seen = Vec::new();
    for line in &town.trace.lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (from, to) = (words[1], words[3]);
        if (from != phone && to != phone) || words[4].parse::<u32>().is_ok() && words.get(5) == Some(&"bytes") {
            continue;
        }
        let mark = if from == phone { '>' } else { '<' };
        // `486 [1 INVITE of ...` of a response, `INVITE sip:... [1 INVITE of ...` of a request.
        let method = line.split('[').nth(1).and_then(|cseq| cseq.split(' ').nth(1)).unwrap_or_default();
        let step = if words[4].parse::<u16>().is_ok() { format!("{mark} {} {method}", words[4]) } else { format!("{mark} {method}") };
        let sum = line.rsplit('#').next().unwrap_or_default().to_owned();
        let again = if seen.contains(&(mark, sum.clone())) { "." } else { "" };
        seen.push((mark, sum));
        steps.push(format!("{step}{again}"));
    }
    steps
}

/// What a phone sees from here on.
fn begin(town: &mut Town) {
    town.trace.lines.clear();
}

fn check(town: &mut Town, name: &str, expected: &[&str]) {
    let steps = ladder(town, name);
    assert_eq!(steps, expected, "{name}");
}

fn registering() -> Town {
    let mut town = super::quiet_town(office());
    begin(&mut town);
    town
}

fn register(town: &mut Town, headers: &[(&str, &str)]) -> Option<u16> {
    town.with("bruno", |bruno, now| bruno.register_with(now, headers));
    town.run_for(millis(200));
    town.phone("bruno").registration.status
}

const REGISTERS: [&str; 4] = ["> REGISTER", "< 401 REGISTER", "> REGISTER", "< 200 REGISTER"];

/// 2.1 Successful New Registration
#[test]
fn flow_2_1_a_new_registration() {
    let mut town = registering();
    let contact = format!("<{}>", town.phone("bruno").contact_uri());
    assert_eq!(register(&mut town, &[("Contact", &contact), ("Expires", "600")]), Some(200));
    check(&mut town, "bruno", &REGISTERS);
    let registration = town.phone("bruno").registration.clone();
    assert!(registration.contact.starts_with(&contact) && registration.granted == Some(600), "{registration:?}");
    let sent = town.phone("bruno").came(|message| message.status() == Some(401))[0].clone();
    assert!(sent.text("WWW-Authenticate").starts_with("Digest ") && sent.answerer_tag().is_some(), "{sent:?}");
    town.close();
}

/// 2.2 Update of Contact List
#[test]
fn flow_2_2_another_contact() {
    let mut town = registering();
    town.register("bruno");
    begin(&mut town);
    // An account has one place: the new Contact takes that of the old one.
    assert_eq!(register(&mut town, &[("Contact", "<sip:bruno-home@10.0.0.77>"), ("Expires", "600")]), Some(200));
    check(&mut town, "bruno", &REGISTERS);
    assert!(town.phone("bruno").registration.contact.starts_with("<sip:bruno-home@10.0.0.77>"));
    town.close();
}

/// 2.3 Request for Current Contact List
#[test]
fn flow_2_3_what_is_registered() {
    let mut town = registering();
    town.register("bruno");
    begin(&mut town);
    assert_eq!(register(&mut town, &[]), Some(200));
    check(&mut town, "bruno", &REGISTERS);
    let contact = town.phone("bruno").contact_uri();
    assert!(town.phone("bruno").registration.contact.starts_with(&format!("<{contact}>")));
    town.close();
}

/// 2.4 Cancellation of Registration
#[test]
fn flow_2_4_a_registration_is_taken_back() {
    let mut town = registering();
    town.register("bruno");
    begin(&mut town);
    assert_eq!(register(&mut town, &[("Contact", "*"), ("Expires", "0")]), Some(200));
    check(&mut town, "bruno", &REGISTERS);
    assert_eq!(town.phone("bruno").registration.contact, "");
    town.close();
}

/// 2.5 Unsuccessful Registration
#[test]
fn flow_2_5_a_wrong_password() {
    let mut town = registering();
    town.phone("bruno").password = "wrong".to_owned();
    let contact = format!("<{}>", town.phone("bruno").contact_uri());
    assert_eq!(register(&mut town, &[("Contact", &contact)]), Some(401));
    check(&mut town, "bruno", &["> REGISTER", "< 401 REGISTER", "> REGISTER", "< 401 REGISTER"]);
    town.close();
}

/// The phones are registered, Bruno's rings for two seconds and talks.
fn calling() -> Town {
    let mut town = town();
    town.phone("bruno").manner = TALKS;
    begin(&mut town);
    town
}

fn call(town: &mut Town, number: &str) {
    town.with("anna", |anna, now| anna.call(now, number));
    town.run_for(millis(2500));
}

/// The box wants to know who calls before it does anything (3.2, F1 to F4).
const CALLS: [&str; 8] = ["> INVITE", "< 401 INVITE", "> ACK", "> INVITE", "< 100 INVITE", "< 180 INVITE", "< 200 INVITE", "> ACK"];
const IS_CALLED: [&str; 4] = ["< INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK"];

fn then<'a>(steps: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [steps, more].concat()
}

/// 3.1 Successful Session Establishment: the half of who is called is that of a call without proxies.
#[test]
fn flow_3_1_a_call() {
    let mut town = calling();
    call(&mut town, "102");
    check(&mut town, "bruno", &IS_CALLED);
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(millis(200));
    check(&mut town, "bruno", &then(&IS_CALLED, &["> BYE", "< 200 BYE"]));
    check(&mut town, "anna", &then(&CALLS, &["< BYE", "> 200 BYE"]));
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}

/// 3.2 Session Establishment Through Two Proxies: the box in the place of both, and the caller hangs up.
#[test]
fn flow_3_2_a_call_through_proxies() {
    let mut town = calling();
    call(&mut town, "102");
    let invite = town.phone("bruno").came(|message| message.is_request("INVITE"))[0].clone();
    assert!(invite.get("Authorization").is_none() && invite.get("Proxy-Authorization").is_none(), "the proof stays here");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(200));
    check(&mut town, "anna", &then(&CALLS, &["> BYE", "< 200 BYE"]));
    check(&mut town, "bruno", &then(&IS_CALLED, &["< BYE", "> 200 BYE"]));
    town.close();
}

/// A line to a provider that is registered, with numbers outside for Anna.
fn with_provider(realms: Vec<&'static str>) -> Town {
    let office = office().line("Telco", PROVIDER, &account()).class("All", &["Telco"]).set("101", "standard_class", "All");
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    provider.manner = TALKS;
    provider.provider.as_mut().expect("a provider").realms = realms;
    town.register("anna");
    town.run_for(seconds(1));
    begin(&mut town);
    town
}

/// 3.3 Session with Multiple Proxy Authentication: both proxies of a provider want a proof, one after the other.
#[test]
fn flow_3_3_two_proxies_want_proofs() {
    let mut town = with_provider(vec!["provider", "second.example"]);
    call(&mut town, "0212345");
    let challenged = ["< INVITE", "> 407 INVITE", "< ACK"];
    let expected = [&challenged[..], &challenged, &IS_CALLED].concat();
    check(&mut town, "provider", &expected);
    let invites: Vec<Message> = town.phone("provider").came(|message| message.is_request("INVITE")).into_iter().cloned().collect();
    let proofs = |invite: &Message| invite.headers.iter().filter(|(name, _)| name == "Proxy-Authorization").count();
    assert_eq!(invites.iter().map(proofs).collect::<Vec<_>>(), [0, 1, 2]);
    let numbers: Vec<u32> = invites.iter().map(Message::cseq).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(millis(200));
    check(&mut town, "provider", &then(&expected, &["> BYE", "< 200 BYE"]));
    check(&mut town, "anna", &then(&CALLS, &["< BYE", "> 200 BYE"]));
    town.close();
}

/// 3.4 Successful Session with Proxy Failure: the provider's first machine says nothing, its second takes the call.
#[test]
fn flow_3_4_a_proxy_that_fails() {
    let login = [account(), vec![("register", json!(false)), ("options_check", json!(false))]].concat();
    let office = office().line("Telco", "sip.telco.example", &login).class("All", &["Telco"]).set("101", "standard_class", "All");
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    town.add_at("first", "first", "198.51.100.6".parse().expect("an address")).manner = Manner::Silent;
    town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1).manner = TALKS;
    let addresses = ["198.51.100.6:5060", "198.51.100.7:5060"].map(|address| address.parse().expect("an address"));
    town.pbx.names.insert("sip.telco.example".to_owned(), addresses.to_vec());
    town.pbx.restart(town.now);
    town.register("anna");
    begin(&mut town);
    call(&mut town, "0212345");
    town.run_for(seconds(5));
    // The INVITE is repeated (timer A) until the call is taken elsewhere.
    let first = ladder(&mut town, "first");
    assert!(first.len() >= 4 && first[0] == "< INVITE" && first[1..].iter().all(|step| step == "< INVITE."), "{first:?}");
    check(&mut town, "provider", &then(&["< INVITE", "> 407 INVITE", "< ACK"], &IS_CALLED));
    check(&mut town, "anna", &CALLS);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.close();
}

/// 3.6 Session via Redirect and Proxy Servers with SDP in ACK: Bruno's phone sends the call on to Carla's, Anna's answers in its ACK.
#[test]
fn flow_3_6_a_call_sent_on_and_sdp_in_the_ack() {
    let mut town = calling();
    town.model.is_on = false;
    town.phone("anna").late = Some(Late::Answer);
    town.phone("bruno").manner = Manner::Forward("103");
    town.phone("carla-lab").manner = Manner::Refuse(486);
    town.phone("carla-desk").manner = TALKS;
    call(&mut town, "102");
    check(&mut town, "bruno", &["< INVITE", "> 302 INVITE", "< ACK"]);
    check(&mut town, "carla-desk", &IS_CALLED);
    check(&mut town, "anna", &CALLS);
    let accepted = town.phone("anna").came(|message| message.is_response("INVITE", 200))[0].clone();
    assert!(accepted.body.contains("m=audio"), "the offer is in the 200");
    town.run_for(seconds(5));
    assert!(town.phone("anna").line().heard > 1 && town.phone("carla-desk").line().heard > 1);
    town.with("carla-desk", |carla, now| carla.hang_up(now));
    town.run_for(millis(200));
    check(&mut town, "anna", &then(&CALLS, &["< BYE", "> 200 BYE"]));
    town.close();
}

/// 3.7 Session with re-INVITE (IP Address Change): the media of Bruno's phone moves. The box answers for Anna, whose media comes to it.
#[test]
fn flow_3_7_a_phone_moves() {
    let mut town = calling();
    call(&mut town, "102");
    town.with("bruno", |bruno, now| bruno.reinvite(now, |line| line.media.set_port(line.media.port() + 100)));
    town.run_for(millis(200));
    check(&mut town, "bruno", &then(&IS_CALLED, &["> INVITE", "< 200 INVITE", "> ACK"]));
    let heard = town.phone("bruno").line().heard;
    town.run_for(seconds(6));
    assert!(town.phone("bruno").line().heard > heard, "at the new place");
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(millis(200));
    check(&mut town, "bruno", &then(&IS_CALLED, &["> INVITE", "< 200 INVITE", "> ACK", "> BYE", "< 200 BYE"]));
    check(&mut town, "anna", &then(&CALLS, &["< BYE", "> 200 BYE"]));
    town.close();
}

/// 3.8 Unsuccessful No Answer
#[test]
fn flow_3_8_the_caller_gives_up() {
    let mut town = calling();
    town.phone("bruno").manner = Manner::Ring;
    call(&mut town, "102");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(200));
    check(&mut town, "anna", &then(&CALLS[..6], &["> CANCEL", "< 200 CANCEL", "< 487 INVITE", "> ACK"]));
    check(&mut town, "bruno", &["< INVITE", "> 180 INVITE", "< CANCEL", "> 200 CANCEL", "> 487 INVITE", "< ACK"]);
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    town.close();
}

/// 3.9 Unsuccessful Busy
#[test]
fn flow_3_9_busy() {
    let mut town = calling();
    town.phone("bruno").manner = Manner::Refuse(486);
    call(&mut town, "102");
    check(&mut town, "bruno", &["< INVITE", "> 486 INVITE", "< ACK"]);
    check(&mut town, "anna", &then(&CALLS[..5], &["< 486 INVITE", "> ACK"]));
    town.close();
}

/// 3.10 Unsuccessful No Response from User Agent: after four seconds nobody is there (the RFC's proxy waits for timer B); ours says 480.
#[test]
fn flow_3_10_no_response() {
    let mut town = calling();
    town.phone("bruno").manner = Manner::Silent;
    call(&mut town, "102");
    town.run_for(seconds(3));
    let bruno = ladder(&mut town, "bruno");
    assert!(bruno.len() >= 4 && bruno[0] == "< INVITE" && bruno[1..].iter().all(|step| step == "< INVITE."), "{bruno:?}");
    check(&mut town, "anna", &then(&CALLS[..5], &["< 480 INVITE", "> ACK"]));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(480)));
    town.close();
}

/// 3.11 Unsuccessful Temporarily Unavailable
#[test]
fn flow_3_11_temporarily_unavailable() {
    let mut town = calling();
    town.phone("bruno").manner = Manner::Refuse(480);
    call(&mut town, "102");
    check(&mut town, "bruno", &["< INVITE", "> 480 INVITE", "< ACK"]);
    check(&mut town, "anna", &then(&CALLS[..5], &["< 480 INVITE", "> ACK"]));
    assert_eq!(record(&town), (Outcome::Unavailable, 480));
    town.close();
}
