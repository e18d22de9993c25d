//! Calls from the outside: which number leads where, and whom they show.

use serde_json::{Value, json};
use trillo::entry::Outcome;
use trillo::settings::{Kind, Own};

use super::line_state::{LOGIN, PROVIDER, account};
use super::{TALKS, office, record};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::{Message, Start};
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

const STRANGER: &str = "203.0.113.9";

fn to(number: &str) -> Value {
    json!({"do": "extension", "extension": number})
}

/// The office with a line on which +39061234 is for Anna and 39061200 for Carla.
fn with_line(more: &[(&'static str, Value)]) -> Office {
    let did = json!([{"number": "+39061234", "action": to("101")}, {"number": "39061200", "action": to("103")}]);
    office().line("Telco", PROVIDER, &[account(), vec![("did", did)], more.to_vec()].concat())
}

/// All phones are registered, the line is up; whoever calls from outside is Mario.
fn town(office: Office) -> Town {
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    provider.from = "\"Mario\" <sip:0039333111@198.51.100.7>".to_owned();
    for name in ["anna", "bruno", "carla-desk", "carla-lab"] {
        town.register(name);
        town.phone(name).manner = TALKS;
    }
    town.run_for(seconds(1));
    town
}

/// Calls the Contact that we registered.
fn call_account(town: &mut Town) {
    let user = town.phone("provider").provider.as_ref().expect("a provider").user().to_owned();
    town.with("provider", |provider, now| provider.call(now, &user));
}

/// The status that a call from outside gets.
fn refusal(town: &mut Town, number: &str) -> Option<End> {
    town.with("provider", |provider, now| provider.call(now, number));
    town.run_for(seconds(1));
    town.phone("provider").line().end()
}

#[test]
fn a_call_from_outside() {
    // Somebody calls the office's number: Anna's phone shows who, they talk and hear each other, and she hangs up.
    let mut town = town(with_line(&[]));
    call_account(&mut town);
    town.run_for(millis(200));
    let anna = town.phone("anna").line();
    assert_eq!((anna.number.as_str(), anna.name.as_str()), ("0039333111", "Mario"));
    town.run_for(seconds(10));
    assert!(town.phone("anna").line().heard >= 2 && town.phone("provider").line().heard >= 2);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("provider").line().end(), Some(End::PeerHungUp));
    let record = town.pbx.records.last().expect("a record");
    assert_eq!((record.outcome, record.caller_number.as_str(), record.dialled.as_str()), (Outcome::Answered, "0039333111", "+39061234"));
    assert!(record.caller.is_none() && record.caller_line.is_some() && record.callee.is_some());
    town.close();
}

#[test]
fn whom_the_phonebook_knows_is_shown_by_his_name() {
    // The network says "Mario"; people here know him as Mario Rossi of the paint shop. A contact that comes later is known with the next call.
    let mut town = town(with_line(&[]));
    let paint = |name: &str| Own::default().with("first_name", name).with("last_name", "Rossi").with("phone", "+39 333 111");
    let settings = Office::default().with(Kind::Contact, paint("Mario")).edited(&town.pbx.settings);
    call_account(&mut town);
    town.run_for(millis(200));
    assert_eq!(town.phone("anna").line().name, "Mario", "nobody knows him yet");
    town.with("provider", |provider, now| provider.hang_up(now));
    town.apply(settings);
    call_account(&mut town);
    town.run_for(seconds(12));
    let line = town.phone("anna").line();
    assert_eq!((line.number.as_str(), line.name.as_str()), ("0039333111", "Mario Rossi"));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.pbx.records.last().expect("a record").caller_name, "Mario Rossi");
    town.close();
}

#[test]
fn each_number_of_the_line_leads_somewhere_and_others_nowhere() {
    let mut town = town(with_line(&[]));
    town.with("provider", |provider, now| provider.call(now, "39061200"));
    town.run_for(millis(200));
    assert!(town.phone("carla-desk").is_ringing() && town.phone("carla-lab").is_ringing());
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(seconds(1));
    for number in ["39061299", "101", "800", "*9", "0212345", "112"] {
        assert_eq!(refusal(&mut town, number), Some(End::Refused(404)), "{number}");
    }
    town.close();
}

#[test]
fn a_stranger_who_claims_to_be_the_provider_is_a_stranger() {
    // The From of the provider, the number of the office, every header that a provider could write: asked for a password like anybody, and
    // told nothing about what numbers there are.
    let mut town = town(with_line(&[]));
    let stranger = town.add_at("stranger", "stranger", STRANGER.parse().expect("an address"));
    stranger.from = "<sip:39061234@198.51.100.7>".to_owned();
    stranger.more = vec![
        ("P-Asserted-Identity", "<sip:39061234@198.51.100.7>"),
        ("P-Called-Party-ID", "<sip:+39061234@10.0.0.1>"),
        ("Record-Route", "<sip:198.51.100.7;lr>"),
    ];
    let mut answers = Vec::new();
    for number in ["+39061234", "39061200", "no-such-number"] {
        town.with("stranger", |stranger, now| stranger.call(now, number));
        town.run_for(seconds(1));
        let answer = town.phone("stranger").came(|message| message.is_response("INVITE", 401)).last().map(|answer| (*answer).clone());
        let answer = answer.expect("a challenge");
        let names: Vec<String> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
        answers.push((names, answer.body.clone()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    for phone in ["anna", "carla-desk"] {
        assert!(town.phone(phone).came(|message| message.is_request("INVITE")).is_empty());
    }
    assert!(town.pbx.records.is_empty());
    town.close();
}

#[test]
fn our_contact_is_known_by_its_random_name_from_wherever_it_is_called() {
    // The provider's calls come from another machine than its registrar.
    let mut town = town(with_line(&[]));
    let user = town.phone("provider").provider.as_ref().expect("a provider").user().to_owned();
    town.add_at("border", "border", STRANGER.parse().expect("an address"));
    town.with("border", |border, now| border.call(now, &user));
    town.run_for(seconds(4));
    assert!(town.phone("anna").is_talking());
    town.with("border", |border, now| border.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn calls_may_come_from_networks_that_the_line_names() {
    let mut town = town(with_line(&[("allowed", json!(["203.0.113.0/24"]))]));
    town.add_at("border", "border", STRANGER.parse().expect("an address"));
    town.with("border", |border, now| border.call(now, "39061200"));
    town.run_for(millis(200));
    assert!(town.phone("carla-desk").is_ringing());
    town.close();
}

#[test]
fn the_called_number_may_stand_elsewhere() {
    let mut town = town(with_line(&[("called_number", json!("p_called_party_id"))]));
    town.phone("provider").more = vec![("P-Called-Party-ID", "<sip:39061200@198.51.100.7>")];
    call_account(&mut town);
    town.run_for(millis(200));
    assert!(town.phone("carla-desk").is_ringing() && !town.phone("anna").is_ringing());
    town.close();
}

#[test]
fn a_called_number_is_found_as_it_came_as_rewritten_and_as_dialled_here() {
    // The table has 39061200 for Carla; the rule writes 39 for 77; +39061234 is 061234 to those in this country.
    let mut town = town(with_line(&[("rewrite_in", json!([{"prefix": "77", "strip": 2, "add": "39"}]))]));
    for (number, is_there) in [("39061200", true), ("77061200", true), ("061234", true), ("061200", false), ("77061299", false)] {
        let end = refusal(&mut town, number);
        assert_eq!(end, (!is_there).then_some(End::Refused(404)), "{number}");
        town.with("provider", |provider, now| provider.hang_up(now));
        town.run_for(seconds(1));
    }
    town.close();
}

#[test]
fn whom_the_provider_vouches_for_is_shown_and_who_hides_is_not() {
    let mut town = town(with_line(&[("rewrite_in", json!([{"prefix": "0039", "strip": 4, "add": "0"}]))]));
    town.phone("provider").more = vec![("P-Asserted-Identity", "\"Luigi\" <sip:0039444@198.51.100.7>")];
    call_account(&mut town);
    town.run_for(millis(200));
    let line = town.phone("anna").line();
    assert_eq!((line.number.as_str(), line.name.as_str()), ("0444", "Luigi"));
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(seconds(1));
    town.phone("provider").more.push(("Privacy", "id;critical"));
    call_account(&mut town);
    town.run_for(millis(200));
    assert_eq!(town.phone("anna").line().number, "anonymous");
    let invite = town.phone("anna").came(|message| message.is_request("INVITE")).last().map(|invite| format!("{invite:?}"));
    assert!(invite.is_some_and(|invite| !invite.contains("0444") && !invite.contains("Luigi")));
    town.close();
}

#[test]
fn calls_from_outside_follow_the_outer_column_of_the_table() {
    // Anna's phone is busy: calls from inside get the busy tone, calls from outside Carla.
    let mut town = town(with_line(&[]).set("101", "failover_external_busy", to("103")));
    town.phone("anna").manner = Manner::Refuse(486);
    call_account(&mut town);
    town.run_for(millis(300));
    assert!(town.phone("carla-desk").is_ringing());
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(seconds(1));
    town.with("bruno", |bruno, now| bruno.call(now, "101"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(486)));
    town.close();
}

#[test]
fn blocked_callers_are_not_let_in() {
    // +39 0333 ... is written in three ways; who hides the number, but not from the provider, is known all the same.
    let blocked = json!([{"prefix": "+390333"}, {"prefix": "0899"}]);
    let mut town = town(with_line(&[("blocked", blocked), ("rewrite_in", json!([{"prefix": "0039", "strip": 4, "add": ""}]))]));
    for (number, more, is_in) in [
        ("+390333111", None, false),
        ("0333111", None, false),
        ("00390333111", None, false),
        ("0899", None, false),
        ("08", None, true),
        ("0334111", None, true),
        ("anonymous", None, true),
        ("anonymous", Some(("P-Asserted-Identity", "<sip:+390333111@198.51.100.7>")), false),
    ] {
        town.phone("provider").from = format!("<sip:{number}@198.51.100.7>");
        town.phone("provider").more = more.into_iter().chain(more.map(|_| ("Privacy", "id"))).collect();
        let end = refusal(&mut town, "39061200");
        assert_eq!(end, (!is_in).then_some(End::Refused(603)), "{number} {more:?}");
        town.with("provider", |provider, now| provider.hang_up(now));
        town.run_for(seconds(1));
    }
    town.close();
}

#[test]
fn a_full_line_is_busy() {
    let mut town = town(with_line(&[("concurrent_call_limit", json!(1))]));
    call_account(&mut town);
    town.run_for(seconds(4));
    assert_eq!(refusal(&mut town, "39061200"), Some(End::Refused(486)));
    town.close();
}

#[test]
fn a_line_that_is_off_takes_no_calls() {
    let mut town = town(with_line(&[]));
    town.disable_lines();
    let end = refusal(&mut town, "39061200");
    assert_eq!(end, Some(End::Refused(401)), "a stranger like any");
    town.close();
}

#[test]
fn a_caller_outside_who_gives_up() {
    let mut town = town(with_line(&[]));
    town.phone("anna").manner = Manner::Ring;
    call_account(&mut town);
    town.run_for(seconds(2));
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::Cancelled));
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    town.close();
}

#[test]
fn a_request_within_a_call_counts_only_from_the_line_or_where_the_call_came_from() {
    // Somebody who has seen the call on the way sends BYE from elsewhere: asked for a password, and the call goes on.
    let mut town = town(with_line(&[]));
    call_account(&mut town);
    town.run_for(seconds(4));
    let answer = town.phone("provider").came(|message| message.is_response("INVITE", 200))[0].clone();
    let bye = Message::request("BYE", "sip:x@10.0.0.1").with("From", answer.text("From")).with("To", answer.text("To"));
    let bye = bye.with("Call-ID", answer.call_id()).with("CSeq", "99 BYE").with("Max-Forwards", "70");
    town.add_at("stranger", "stranger", STRANGER.parse().expect("an address"));
    town.with("stranger", |stranger, now| stranger.probe(now, bye));
    town.run_for(millis(100));
    assert!(town.phone("stranger").came(|message| message.status().is_some()).iter().all(|message| message.is_response("BYE", 401)));
    assert!(!town.phone("stranger").inbox.is_empty());
    assert!(town.phone("anna").is_talking());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.close();
}

#[test]
fn another_site_dials_extensions_and_its_own_count_as_inside() {
    // The other office's extensions are 200 to 299: 250 calls Anna as a colleague would, by her extension, and in the inner column.
    let site = [("kind", json!("site")), ("ranges", json!([{"from": "200", "to": "299"}]))];
    let office = office().line("Branch", PROVIDER, &site).set("101", "failover_internal_busy", to("103")).set(
        "101",
        "failover_external_busy",
        to("102"),
    );
    let mut town = town(office);
    town.phone("anna").manner = Manner::Refuse(486);
    for (from, rings) in [("250", "carla-desk"), ("0039333", "bruno")] {
        town.phone("provider").from = format!("\"Sede\" <sip:{from}@198.51.100.7>");
        town.with("provider", |provider, now| provider.call(now, "101"));
        town.run_for(millis(300));
        assert!(town.phone(rings).is_ringing(), "{from}");
        assert_eq!(town.phone(rings).line().number, from);
        town.with("provider", |provider, now| provider.hang_up(now));
        town.run_for(seconds(1));
    }
    assert_eq!(refusal(&mut town, "777"), Some(End::Refused(404)));
    town.close();
}

#[test]
fn two_thousand_tries_of_strangers_reach_no_line() {
    // Every trick of the machines that look for open exchanges, from twenty addresses: nothing goes out, nobody's phone rings.
    let outside = json!({"do": "external", "number": "0212345", "class": "All"});
    let office = with_line(&[]).class("All", &["Telco"]).set("102", "failover_internal_unavailable", outside.clone());
    let mut town = town(office.set("102", "failover_external_unavailable", outside));
    town.phone("bruno").lose_power();
    let targets =
        ["0212345", "00442012345", "900442012345", "+442012345", "102", "112", "0112", "*9", "800", "39061200", "+39061234", "011972595"];
    let froms =
        ["<sip:101@10.0.0.1>", "<sip:39061234@198.51.100.7>", "<sip:anna@10.0.0.1>", "\"x\" <sip:100@1.1.1.1>", "<sip:102@127.0.0.1>"];
    let challenge =
        crate::town::digest::Challenge { realm: town.pbx.settings.sip.realm.clone(), nonce: "guessed".to_owned(), stale: false };
    for stranger in 0..20u8 {
        let address = std::net::IpAddr::from([203, 0, 113, 100 + stranger]);
        town.add_at(&format!("stranger{stranger}"), "stranger", address);
    }
    for attempt in 0..2000usize {
        let (target, from) = (targets[attempt % targets.len()], froms[attempt % froms.len()]);
        let uri = format!("sip:{target}@10.0.0.1");
        let address = format!("203.0.113.{}", 100 + attempt % 20);
        let mut invite = Message::request("INVITE", &uri)
            .with("Via", format!("SIP/2.0/UDP {address}:5060;branch=z9hG4bKfraud{attempt}"))
            .with("From", format!("{from};tag=t{attempt}"))
            .with("To", format!("<{uri}>"))
            .with("Call-ID", format!("fraud{attempt}"))
            .with("CSeq", format!("{} INVITE", 1 + attempt % 3))
            .with("Max-Forwards", "70")
            .with("Contact", format!("<sip:x@{address}>"));
        if attempt % 4 == 1 {
            invite = invite.with("Route", "<sip:198.51.100.7;lr>").with("P-Asserted-Identity", "<sip:39061234@198.51.100.7>");
        }
        if attempt % 4 == 2 {
            let (username, password) =
                [("anna", "1234"), ("bruno", "bruno"), ("101", "101"), ("39061234", "s3cret"), ("dora", "")][attempt % 5];
            invite = invite.with("Authorization", challenge.answer(username, password, "INVITE", &uri, 1, "c"));
        }
        if attempt % 4 == 3 {
            invite = invite.with("Via", "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKtelco");
        }
        let invite =
            invite.with_sdp(format!("v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"));
        let name = format!("stranger{}", attempt % 20);
        town.with(&name, |stranger, _| stranger.post(invite.write()));
        if attempt % 50 == 0 {
            town.run_for(seconds(1));
        }
    }
    town.run_for(seconds(40));
    let outside =
        town.phone("provider").came(|message| matches!(&message.start, Start::Request { method, .. } if method == "INVITE")).len();
    assert_eq!(outside, 0, "calls that went out");
    for phone in ["anna", "bruno", "carla-desk", "carla-lab"] {
        assert!(town.phone(phone).came(|message| message.is_request("INVITE")).is_empty(), "{phone} rang");
    }
    assert!(town.pbx.records.is_empty());
    let let_in = (0..20).flat_map(|stranger| town.phones[&format!("stranger{stranger}")].inbox.iter());
    assert!(let_in.filter_map(|(_, message)| message.status()).all(|status| status >= 400), "nobody was let in");
    town.close();
}
