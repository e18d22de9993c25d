use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use trillo::entry::Banned;
use trillo::exchange::{Command, Input};

use super::{TALKS, office, quiet_town, talking};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::digest::Challenge;
use crate::town::message::Message;
use crate::town::office::password_of;

const THIEF: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 66));
/// Behind its router all phones of the branch have one address.
const BRANCH: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

/// Registers, and says what came of it; `None`: nothing came.
fn tries(town: &mut Town, name: &str, password: &str) -> Option<u16> {
    password.clone_into(&mut town.phone(name).password);
    town.with(name, |phone, now| phone.register(now, 3600));
    town.run_for(millis(500));
    town.phone(name).registration.status
}

fn banned(town: &Town) -> Vec<Banned> {
    town.pbx.bans.values().map(|ban| ban.whom.clone()).collect()
}

fn request(method: &str, from: &str, call_id: &str) -> Message {
    let uri = if method == "REGISTER" { "sip:10.0.0.1" } else { "sip:102@10.0.0.1" };
    let message = Message::request(method, uri).with("From", format!("<sip:{from}@10.0.0.1>;tag=x")).with("To", format!("<{uri}>"));
    message.with("Call-ID", call_id).with("CSeq", format!("1 {method}")).with("Max-Forwards", "70").with("Contact", "<sip:x@203.0.113.66>")
}

#[test]
fn who_guesses_passwords_is_banned_before_the_right_one() {
    // Somebody on the Internet tries a list of fifty passwords for Anna's account, the last of which is right: he is banned before, also after
    // a restart. An administrator pardons him, and then the right one is right.
    let mut town = quiet_town(office());
    town.register("bruno");
    town.add_at("thief", "anna", THIEF);
    let right = town.phone("anna").password.clone();
    let answers: Vec<Option<u16>> = (1..=50)
        .map(|word| {
            let word = if word == 50 { right.clone() } else { format!("word {word}") };
            tries(&mut town, "thief", &word)
        })
        .collect();
    assert_eq!(answers.iter().filter(|answer| **answer == Some(401)).count(), 10);
    assert_eq!(&answers[10..], &[None; 40], "then nobody answers any more");
    assert_eq!(banned(&town), [Banned::Source(THIEF.into())]);
    let told =
        town.pbx.events.iter().filter(|event| event.text == "203.0.113.66 is banned for 60 minutes: wrong passwords again and again.");
    assert_eq!(told.count(), 1);
    town.pbx.restart(town.now);
    assert_eq!(tries(&mut town, "thief", &right), None);
    assert_eq!(town.with("bruno", |phone, now| phone.register(now, 3600)), ());
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").registration.status, Some(200));
    let id = *town.pbx.bans.keys().next().expect("a ban");
    town.pbx.handle(town.now, Input::Command(Command::Pardon(id)));
    assert_eq!(banned(&town), []);
    assert_eq!(tries(&mut town, "thief", &right), Some(200));
    town.close();
}

#[test]
fn a_ban_ends_after_its_time() {
    let mut town = quiet_town(office());
    town.add_at("thief", "anna", THIEF);
    let right = town.phone("anna").password.clone();
    for word in 0..12 {
        tries(&mut town, "thief", &format!("word {word}"));
    }
    town.run_for(seconds(3570));
    assert_eq!(tries(&mut town, "thief", &right), None);
    town.run_for(seconds(60));
    assert_eq!(tries(&mut town, "thief", &right), Some(200));
    town.pbx.handle(town.now, Input::Command(Command::Picture));
    assert_eq!(banned(&town), [], "it is forgotten when somebody looks");
    town.close();
}

#[test]
fn one_phone_with_an_old_password_does_not_lock_out_its_office() {
    // In a branch office behind one address one phone has an old password and tries all day: it alone is refused. The other phones register,
    // also one that was switched off and on and has another port now.
    let mut town = quiet_town(office());
    town.register("anna");
    for (name, port) in [("bruno", 5061), ("carla-desk", 5062), ("carla-lab", 5063)] {
        let phone = town.phone(name);
        phone.address = SocketAddr::new(BRANCH, port);
        town.register(name);
    }
    town.add_at("old", "dora", BRANCH).password = "old".to_owned();
    for _ in 0..60 {
        assert_eq!(tries(&mut town, "old", "old"), Some(401), "it is always answered");
        town.run_for(seconds(5));
    }
    assert_eq!(banned(&town), [Banned::Login { source: BRANCH.into(), username: "dora".to_owned() }]);
    town.register("bruno");
    town.phone("carla-lab").address.set_port(6063);
    town.register("carla-lab");
    assert_eq!(tries(&mut town, "old", &password_of("dora")), Some(401), "the right one too, until the ban ends or is lifted");
    let id = *town.pbx.bans.keys().next().expect("a ban");
    town.pbx.handle(town.now, Input::Command(Command::Pardon(id)));
    assert_eq!(tries(&mut town, "old", &password_of("dora")), Some(200));
    town.close();
}

#[test]
fn requests_of_nobody_ring_nowhere_and_end_in_a_ban() {
    // Somebody sends what could begin a dialog, without a password: each is refused, nothing rings, and after twenty INVITEs he is banned.
    let mut town = quiet_town(office());
    town.register("bruno");
    town.model.is_on = false;
    town.add_at("thief", "anna", THIEF);
    for (method, status) in
        [("SUBSCRIBE", 401), ("REFER", 405), ("MESSAGE", 405), ("PUBLISH", 401), ("UPDATE", 405), ("NOTIFY", 405), ("BYE", 481)]
    {
        let message = request(method, "anna", method).with("Via", format!("SIP/2.0/UDP {THIEF}:5060;branch=z9hG4bK{method};rport"));
        town.with("thief", |thief, _| thief.post(message.write()));
        town.run_for(millis(100));
        assert_eq!(town.phone("thief").came(|message| message.call_id() == method)[0].status(), Some(status), "{method}");
    }
    for number in 0..30 {
        let call_id = format!("call{number}");
        let message = request("INVITE", "anna", &call_id).with("Via", format!("SIP/2.0/UDP {THIEF}:5060;branch=z9hG4bK{number};rport"));
        town.with("thief", |thief, _| thief.post(message.write()));
        town.run_for(millis(100));
        let answers = town.phone("thief").came(|message| message.call_id() == call_id).into_iter().map(Message::status).collect::<Vec<_>>();
        assert_eq!(answers.first(), (number < 20).then_some(&Some(401)), "call {number}");
    }
    assert!(town.phone("bruno").lines.is_empty());
    assert_eq!(banned(&town), [Banned::Source(THIEF.into())]);
    town.close();
}

#[test]
fn whose_name_stands_in_from_does_not_matter() {
    // Anna's phone writes Carla's name and number into From: Bruno sees Anna's.
    let mut town = super::town();
    town.phone("bruno").manner = TALKS;
    town.phone("anna").from = "\"Carla\" <sip:103@10.0.0.1>".to_owned();
    let mut town = talking(town, "102");
    let shown = town.phone("bruno").line();
    assert_eq!((shown.number.as_str(), shown.name.as_str()), ("101", "Anna"));
    town.close();
}

#[test]
fn blame_goes_where_the_packet_came_from_and_not_where_it_says() {
    // Somebody writes Anna's address into Via, and received as well: the answers come back to him, and it is he who is banned.
    let mut town = quiet_town(office());
    town.register("anna");
    town.model.is_on = false;
    town.add_at("thief", "anna", THIEF);
    let before = town.phone("anna").inbox.len();
    for number in 0..30 {
        let via = format!("SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bK{number};received=10.0.0.11;rport=5060");
        let message = request("INVITE", "anna", &format!("call{number}")).with("Via", via);
        town.with("thief", |thief, _| thief.post(message.write()));
        town.run_for(millis(100));
    }
    assert_eq!(banned(&town), [Banned::Source(THIEF.into())]);
    assert_eq!(town.phone("anna").inbox.len(), before, "she hears nothing of it");
    let answered: BTreeSet<&str> =
        town.phone("thief").came(|message| message.status() == Some(401)).into_iter().map(Message::call_id).collect();
    assert_eq!(answered.len(), 20);
    town.register("anna");
    town.close();
}

#[test]
fn nobody_can_be_framed_with_a_nonce_that_was_sent_to_another() {
    // Somebody takes a nonce of his own and writes the address of a home office on a hundred wrong passwords: the home office is not banned.
    let mut town = quiet_town(office());
    town.add_at("thief", "bruno", THIEF);
    let home = town.add_at("home", "anna", BRANCH).address;
    town.with("thief", |thief, now| thief.probe(now, request("REGISTER", "bruno", "ask")));
    town.run_for(millis(100));
    let challenge = town.phone("thief").came(|message| message.status() == Some(401))[0].text("WWW-Authenticate").to_owned();
    let challenge = Challenge::read(&challenge).expect("a challenge");
    for number in 0..100 {
        let proof = challenge.answer("anna", "wrong", "REGISTER", "sip:10.0.0.1", 1, "x");
        let via = format!("SIP/2.0/UDP {home};branch=z9hG4bK{number};rport");
        let message = request("REGISTER", "anna", &format!("frame{number}")).with("Authorization", proof).with("Via", via);
        town.with("home", |home, _| home.post(message.write()));
        town.run_for(millis(100));
    }
    assert_eq!(banned(&town), []);
    let answers = town.phone("home").came(|message| message.call_id().starts_with("frame"));
    assert!(
        answers.iter().all(|answer| answer.text("WWW-Authenticate").contains("stale=true")),
        "whoever has no nonce of ours is asked anew"
    );
    assert_eq!(answers.len(), 100);
    town.register("home");
    town.close();
}

#[test]
fn a_right_password_shows_only_to_who_was_asked() {
    // With a nonce of his own making somebody could try passwords without end: right and wrong ones get the same answer.
    let mut town = quiet_town(office());
    town.add_at("thief", "anna", THIEF);
    let right = town.phone("anna").password.clone();
    let challenge = Challenge { realm: "trillo".to_owned(), nonce: "0".repeat(44), stale: false };
    let mut answer = |password: &str, call_id: &str| {
        let proof = challenge.answer("anna", password, "REGISTER", "sip:10.0.0.1", 1, "x");
        let via = format!("SIP/2.0/UDP {THIEF}:5060;branch=z9hG4bK{call_id};rport");
        let message = request("REGISTER", "anna", call_id).with("Authorization", proof).with("Via", via);
        town.with("thief", |thief, _| thief.post(message.write()));
        town.run_for(millis(100));
        let answer = town.phone("thief").came(|message| message.call_id() == call_id)[0];
        (answer.status(), answer.text("WWW-Authenticate").contains("stale=true"))
    };
    assert_eq!(answer("wrong", "one"), (Some(401), true));
    assert_eq!(answer(&right, "two"), (Some(401), true));
    town.close();
}
