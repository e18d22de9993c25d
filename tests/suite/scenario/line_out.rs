//! Calls to the outside. Anna dials 102, whose phone is not there, and whose table sends the call to 0212345.

use serde_json::{Value, json};
use trillo::entry::{LegEnd, Outcome};

use super::failover::path;
use super::line_state::{LOGIN, PROVIDER, account};
use super::{TALKS, office, record, refused};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::{Message, uri_of, user_of};
use crate::town::office::Office;
use crate::town::phone::{End, Manner, Registrar};

const SECOND: &str = "198.51.100.8";

fn outside() -> Value {
    json!({"do": "external", "number": "0212345", "class": "All"})
}

/// The office with a line to a provider, and settings of it besides.
fn with_line(more: &[(&'static str, Value)]) -> Office {
    let settings = [account(), more.to_vec()].concat();
    office().line("Telco", PROVIDER, &settings).class("All", &["Telco"]).set("102", "failover_internal_unavailable", outside())
}

/// And a second line, that is tried after the first.
fn with_two(more: &[(&'static str, Value)]) -> Office {
    let settings = [account(), more.to_vec()].concat();
    let office = office().line("Telco", PROVIDER, &settings).line("Other", SECOND, &account()).class("All", &["Telco", "Other"]);
    office.set("102", "failover_internal_unavailable", outside())
}

/// Anna is there, and the providers; the lines are up.
fn town(office: Office) -> Town {
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1).manner = TALKS;
    town.add_provider("other", SECOND, LOGIN.0, LOGIN.1).manner = TALKS;
    town.register("anna");
    town.run_for(seconds(1));
    town
}

fn call(town: &mut Town) {
    town.with("anna", |anna, now| anna.call(now, "102"));
}

/// INVITEs that begin a call and prove who we are.
fn invites(town: &mut Town, name: &str) -> Vec<Message> {
    let is_its = |message: &Message| {
        message.is_request("INVITE") && message.answerer_tag().is_none() && message.get("Proxy-Authorization").is_some()
    };
    town.phone(name).came(is_its).into_iter().cloned().collect()
}

fn number_of(invite: &Message, name: &str) -> String {
    user_of(uri_of(invite.text(name))).to_owned()
}

#[test]
fn a_call_to_the_outside() {
    // The provider wants a proof, gets it, rings and answers. Both hear each other; Anna hangs up.
    let mut town = town(with_line(&[]));
    call(&mut town);
    town.run_for(millis(200));
    assert!(town.phone("anna").line().heard_ringing);
    town.run_for(seconds(10));
    assert!(town.phone("anna").is_talking() && town.phone("provider").is_talking());
    assert!(town.phone("anna").line().heard >= 2 && town.phone("provider").line().heard >= 2);
    let invite = invites(&mut town, "provider")[0].clone();
    assert!(matches!(&invite.start, crate::town::message::Start::Request { uri, .. } if uri == "sip:0212345@198.51.100.7"), "{invite:?}");
    assert_eq!((number_of(&invite, "From"), number_of(&invite, "P-Asserted-Identity")), ("+39061234".to_owned(), "+39061234".to_owned()));
    assert_eq!(invite.text("Diversion"), "<sip:+39061234@198.51.100.7>;reason=unavailable;counter=1");
    assert!(invite.get("Privacy").is_none() && !format!("{:?}", invite.headers).contains("101@"), "nothing of the inside: {invite:?}");
    assert_eq!(number_of(&invite, "Contact").len(), 20);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("provider").line().end(), Some(End::PeerHungUp));
    assert_eq!(record(&town), (Outcome::Answered, 200));
    assert_eq!(path(&town), [("102".to_owned(), Outcome::Unavailable), ("outside 0212345".to_owned(), Outcome::Answered)]);
    let legs = &town.pbx.records[0].legs;
    assert!(matches!(legs.last().map(|leg| leg.end), Some(LegEnd::Line(_))), "{legs:?}");
    town.close();
}

#[test]
fn whoever_is_outside_hangs_up_and_holds() {
    let mut town = town(with_line(&[]));
    call(&mut town);
    town.run_for(seconds(4));
    town.with("provider", |provider, now| provider.hold(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("provider").line().reinvited, Some(200));
    town.with("provider", |provider, now| provider.resume(now));
    town.run_for(seconds(4));
    let heard = town.phone("anna").line().heard;
    town.run_for(seconds(4));
    assert!(town.phone("anna").line().heard > heard);
    town.with("anna", |anna, now| anna.hold(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().reinvited, Some(200));
    town.with("provider", |provider, now| provider.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    town.close();
}

#[test]
fn the_announcement_of_the_network_is_heard_before_the_answer() {
    // "The number you have dialled ...": Anna hears it while her phone still dials. Then somebody answers all the same.
    let mut town = town(with_line(&[]));
    town.phone("provider").manner = Manner::Announce(Some(seconds(9)));
    call(&mut town);
    town.run_for(seconds(8));
    assert!(!town.phone("anna").is_talking() && town.phone("anna").line().heard >= 3, "{}", town.phone("anna").line().heard);
    assert_eq!(town.phone("anna").came(|message| message.is_response("INVITE", 180)).len(), 0, "no ringing tone over it");
    town.run_for(seconds(6));
    assert!(town.phone("anna").is_talking());
    let descriptions: Vec<String> =
        town.phone("anna").came(|message| !message.body.is_empty()).iter().map(|message| message.body.clone()).collect();
    assert!(descriptions.len() == 2 && descriptions[0] == descriptions[1], "183 and 200 say the same: {descriptions:?}");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.close();
}

#[test]
fn an_announcement_that_ends_in_a_refusal() {
    let mut town = town(with_line(&[]));
    town.phone("provider").manner = Manner::Announce(None);
    call(&mut town);
    town.run_for(seconds(4));
    town.with("provider", |provider, now| provider.refuse_line(now, 0, 404));
    town.run_for(millis(100));
    assert_eq!(town.phone("anna").line().end(), Some(End::Refused(480)));
    town.close();
}

#[test]
fn what_is_busy_outside_is_busy() {
    for (status, expected, outcome) in [(486, 486, Outcome::Busy), (603, 486, Outcome::Busy), (404, 480, Outcome::Unavailable)] {
        let mut town = town(with_two(&[]));
        town.phone("provider").manner = Manner::Refuse(status);
        let (end, _) = refused(&mut town, "102");
        assert_eq!((end, record(&town)), (Some(End::Refused(expected)), (outcome, expected)), "{status}");
        assert!(invites(&mut town, "other").is_empty(), "{status} is not tried elsewhere");
        town.close();
    }
}

#[test]
fn a_line_sends_nobody_anywhere() {
    // 302 to a number that costs, or to one of ours: the number that was called is not reached, and that is all.
    for to in ["0900123", "103"] {
        let mut town = town(with_two(&[]));
        town.phone("provider").manner = Manner::Forward(to);
        let (end, _) = refused(&mut town, "102");
        assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)), "{to}");
        assert_eq!((invites(&mut town, "provider").len(), invites(&mut town, "other").len()), (1, 0));
        town.close();
    }
}

#[test]
fn a_line_that_fails_leaves_the_call_to_the_next() {
    for status in [500, 503, 604, 580] {
        let mut town = town(with_two(&[]));
        town.phone("provider").manner = Manner::Refuse(status);
        call(&mut town);
        town.run_for(seconds(5));
        assert!(town.phone("other").is_talking() && town.phone("anna").is_talking(), "{status}");
        assert!(town.phone("anna").line().heard > 0);
        town.with("anna", |anna, now| anna.hang_up(now));
        town.run_for(millis(100));
        let legs: Vec<(Outcome, u16)> = town.pbx.records[0].legs.iter().map(|leg| (leg.outcome, leg.status)).collect();
        assert_eq!(legs[1..], [(Outcome::Unavailable, status), (Outcome::Answered, 200)], "the record tells of both lines");
        town.close();
    }
}

#[test]
fn a_line_may_say_on_what_else_the_next_one_is_tried() {
    let mut town = town(with_two(&[("next_line_on", json!("404 480"))]));
    town.phone("provider").manner = Manner::Refuse(404);
    call(&mut town);
    town.run_for(seconds(5));
    assert!(town.phone("other").is_talking());
    town.close();
}

#[test]
fn a_line_that_says_nothing_is_left_after_five_seconds() {
    // The provider's machine is gone, and nobody knows yet. It wakes up later and answers: that call is ended, the other goes on.
    let mut town = town(with_two(&[("options_check", json!(false))]));
    let mut sleeping = town.phones.remove("provider").expect("a provider");
    call(&mut town);
    town.run_for(millis(4900));
    assert!(invites(&mut town, "other").is_empty());
    sleeping.provider = None;
    town.phones.insert("provider".to_owned(), sleeping);
    town.run_for(seconds(8));
    assert!(town.phone("other").is_talking() && town.phone("anna").is_talking());
    assert!(!town.phone("provider").is_talking());
    town.close();
}

#[test]
fn a_line_that_is_known_to_be_down_is_passed_by() {
    let mut town = super::quiet_town(with_two(&[]));
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    provider.provider.as_mut().expect("a provider").registrar = Registrar::Refuses(403);
    town.add_provider("other", SECOND, LOGIN.0, LOGIN.1).manner = TALKS;
    town.register("anna");
    town.run_for(seconds(1));
    call(&mut town);
    town.run_for(millis(300));
    assert!(town.phone("other").is_ringing(), "at once");
    assert_eq!(town.phone("provider").came(|message| message.is_request("INVITE")).len(), 0);
    town.close();
}

#[test]
fn a_line_with_a_wrong_password_leaves_the_call_to_the_next() {
    let mut town = town(with_two(&[]));
    town.phone("provider").provider.as_mut().expect("a provider").password = "changed".to_owned();
    call(&mut town);
    town.run_for(seconds(5));
    assert!(town.phone("other").is_talking());
    assert_eq!(invites(&mut town, "provider").len(), 1, "one proof is enough");
    town.close();
}

#[test]
fn without_any_line_the_number_cannot_be_reached() {
    let mut town = super::quiet_town(with_line(&[]));
    town.model.is_on = false;
    town.register("anna");
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::Unavailable, 480)));
    assert!(took < 5_100, "{took} ms");
    town.close();
}

#[test]
fn a_full_line_leaves_the_call_to_the_next() {
    let mut town = town(with_two(&[("concurrent_call_limit", json!(1))]));
    town.phone("provider").manner = Manner::Ring;
    call(&mut town);
    town.run_for(seconds(1));
    call(&mut town);
    town.run_for(seconds(5));
    assert!(town.phone("provider").is_ringing() && town.phone("other").is_talking());
    assert_eq!(invites(&mut town, "provider").len(), 1);
    town.close();
}

#[test]
fn a_name_with_two_addresses_and_one_that_is_dead() {
    let office = office().line(
        "Telco",
        "sip.telco.example",
        &[account(), vec![("register", json!(false)), ("options_check", json!(false))]].concat(),
    );
    let office = office.class("All", &["Telco"]).set("102", "failover_internal_unavailable", outside());
    let mut town = super::quiet_town(office);
    town.model.is_on = false;
    town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1).manner = TALKS;
    let addresses = ["198.51.100.6:5060", "198.51.100.7:5060"].map(|address| address.parse().expect("an address"));
    town.pbx.names.insert("sip.telco.example".to_owned(), addresses.to_vec());
    town.pbx.restart(town.now);
    town.register("anna");
    call(&mut town);
    town.run_for(millis(5300));
    assert!(town.phone("provider").is_ringing());
    town.run_for(seconds(3));
    town.close();
}

#[test]
fn who_hides_the_number_is_known_to_the_provider_alone() {
    let mut town = town(with_line(&[]).set("102", "hide_number", true));
    call(&mut town);
    town.run_for(seconds(1));
    let invite = invites(&mut town, "provider")[0].clone();
    assert!(invite.text("From").starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>"), "{}", invite.text("From"));
    assert_eq!((invite.text("Privacy"), number_of(&invite, "P-Asserted-Identity")), ("id", "+39061234".to_owned()));
    town.close();
}

#[test]
fn an_extension_with_a_number_of_its_own_outside() {
    let mut town = town(with_line(&[("diversion", json!("history_info"))]).set("102", "outbound_number", "+390612399"));
    call(&mut town);
    town.run_for(seconds(1));
    let invite = invites(&mut town, "provider")[0].clone();
    assert_eq!((number_of(&invite, "From"), number_of(&invite, "P-Asserted-Identity")), ("+390612399".to_owned(), "+390612399".to_owned()));
    let history = "<sip:+390612399@198.51.100.7?Reason=SIP%3Bcause%3D503>;index=1, <sip:0212345@198.51.100.7;cause=503>;index=1.1";
    assert_eq!((invite.text("History-Info"), invite.get("Diversion")), (history, None));
    town.close();
}

#[test]
fn a_line_may_show_the_caller_of_a_forwarded_call() {
    let mut town = town(with_line(&[("show_caller", json!(true))]).set("101", "outbound_number", "+390612301"));
    call(&mut town);
    town.run_for(seconds(1));
    let invite = invites(&mut town, "provider")[0].clone();
    assert_eq!((number_of(&invite, "From"), number_of(&invite, "P-Asserted-Identity")), ("+390612301".to_owned(), "+39061234".to_owned()));
    town.close();
}

#[test]
fn numbers_are_written_as_the_provider_wants_them() {
    let rewrite = json!([{"prefix": "0", "strip": 0, "add": "+39"}]);
    let mut town = town(with_line(&[("rewrite_out", rewrite), ("from_domain", json!("telco.example"))]));
    call(&mut town);
    town.run_for(seconds(1));
    let invite = invites(&mut town, "provider")[0].clone();
    assert_eq!(uri_of(invite.text("To")), "sip:+390212345@telco.example");
    assert_eq!(uri_of(invite.text("From")), "sip:+39061234@telco.example");
    town.close();
}

#[test]
fn a_caller_who_gives_up_stops_the_ringing_outside() {
    let mut town = town(with_line(&[]));
    town.phone("provider").manner = Manner::Ring;
    call(&mut town);
    town.run_for(seconds(2));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("provider").line().end(), Some(End::Cancelled));
    assert_eq!(record(&town), (Outcome::Cancelled, 487));
    town.close();
}

#[test]
fn a_number_outside_rings_for_three_minutes() {
    let mut town = town(with_line(&[]));
    town.phone("provider").manner = Manner::Ring;
    let (end, took) = refused(&mut town, "102");
    assert_eq!((end, record(&town)), (Some(End::Refused(480)), (Outcome::NoAnswer, 480)));
    assert!((180_000..181_000).contains(&took), "{took} ms");
    town.close();
}
