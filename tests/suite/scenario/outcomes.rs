//! The table of outcomes: one to three phones in every manner, and every action of the failover table behind them. Each call must end as the
//! reference model says, for the caller, on every phone and in the record.

use serde_json::{Value, json};
use trillo::entry::Outcome;
use trillo::exchange::{Command, Input};
use trillo::settings::{Kind, Own};

use super::failover::to;
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

const PHONES: [&str; 3] = ["one", "two", "three"];

/// `None`: it is not registered.
const MANNERS: [Option<Manner>; 10] = [
    Some(Manner::Refuse(486)),
    Some(Manner::Refuse(603)),
    Some(Manner::Refuse(480)),
    Some(Manner::Refuse(408)),
    None,
    Some(Manner::Silent),
    Some(Manner::Try),
    Some(Manner::Ring),
    Some(Manner::Forward("103")),
    Some(Manner::Answer { ring: std::time::Duration::from_secs(1), talk: None }),
];

fn town(phones: usize) -> Town {
    let office = Office::default().extension("101", "Anna", &[]).extension("102", "Bruno", &[("failover_internal_timeout", 5)]);
    let office = office.extension("103", "Carla", &[("failover_internal_timeout", 5)]).mailbox("200", true).mailbox("201", false);
    let office = office.extension("104", "Ida", &[]).set("104", "enabled", false).account("anna", "101", &[]).account("carla", "103", &[]);
    let office = PHONES[..phones].iter().fold(office, |office, phone| office.account(phone, "102", &[]));
    let mut town = Town::with_ports(1, office.settings(), 2000);
    for name in ["anna", "carla"].iter().chain(&PHONES[..phones]) {
        town.add(name);
    }
    town.register_all();
    town
}

/// Every way to choose so many manners, their order apart.
fn choices(phones: usize) -> Vec<Vec<usize>> {
    let mut choices = vec![vec![]];
    for _ in 0..phones {
        let more = |choice: &Vec<usize>| {
            let from = choice.last().copied().unwrap_or(0);
            (from..MANNERS.len()).map(|manner| [&choice[..], &[manner]].concat()).collect::<Vec<_>>()
        };
        choices = choices.iter().flat_map(more).collect();
    }
    choices
}

/// Anna calls 102, whose phones are in these manners.
fn call(town: &mut Town, manners: &[usize]) {
    for (phone, manner) in PHONES.iter().zip(manners) {
        match MANNERS[*manner] {
            Some(manner) => town.phone(phone).manner = manner,
            None => {
                let account = town.pbx.settings.account_by_username(phone).expect("an account").id;
                town.pbx.handle(town.now, Input::Command(Command::Unregister(account)));
            }
        }
    }
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_until("Anna talks or hears that she cannot", |town| town.phone("anna").is_talking() || town.phone("anna").line().is_over());
    let line = town.phone("anna").line().clone();
    let call = town.model.calls.last().expect("the model knows it");
    let (outcome, status) = call.verdict.unwrap_or_else(|| panic!("{manners:?}: the model waits, and {line:?}"));
    let expected = (outcome != Outcome::Answered).then_some(End::Refused(status));
    assert_eq!(line.end(), expected, "{manners:?}: {call:#?}");
    let cause = match outcome {
        Outcome::NoAnswer => Some("cause=19"),
        Outcome::Unavailable => Some("cause=20"),
        _ => None,
    };
    assert_eq!(line.reason.as_deref().and_then(|reason| reason.split(';').nth(1)), cause, "{manners:?}");
    for name in ["anna", "carla"].iter().chain(&PHONES[..manners.len()]) {
        town.with(name, |phone, now| phone.hang_up(now));
    }
    town.run_for(seconds(1));
    for (phone, manner) in PHONES.iter().zip(manners) {
        if MANNERS[*manner].is_none() {
            town.with(phone, |phone, now| phone.register(now, 3600));
            town.run_for(millis(50));
        }
    }
}

/// The table with one action behind all three causes.
fn check(action: &Value) {
    let mut seen = std::collections::BTreeSet::new();
    for phones in 1..=PHONES.len() {
        let mut town = town(phones);
        let bruno = town.pbx.settings.extension_by_number(town.pbx.settings.default_tenant(), "102").expect("an extension").id;
        let causes = ["no_answer", "busy", "unavailable"];
        let own = causes.iter().fold(Own::default(), |own, cause| own.with(&format!("failover_internal_{cause}"), action.clone()));
        let settings = Office::default().put(Kind::Extension, bruno.0, own).edited(&town.pbx.settings);
        town.apply(settings);
        for (index, manners) in choices(phones).iter().enumerate() {
            town.phone("carla").manner = [Manner::Answer { ring: millis(500), talk: None }, Manner::Refuse(486), Manner::Ring][index % 3];
            call(&mut town, manners);
        }
        seen.extend(town.model.calls.iter().filter_map(|call| call.verdict));
        town.close();
    }
    assert!(seen.len() >= 3, "it would prove little if all ended alike: {seen:?}");
}

#[test]
fn every_outcome_when_nothing_follows() {
    // Whatever Bruno's phones do, Anna hears the tone that the table of outcomes says.
    check(&json!({"do": "hang_up"}));
}

#[test]
fn every_outcome_when_a_colleague_follows() {
    // Whatever Bruno's phones do, Carla's rings after them, and Anna hears what becomes of it there.
    check(&to("103"));
}

#[test]
fn every_outcome_when_something_follows_that_is_not_there() {
    // Whatever Bruno's phones do, nobody takes the call after them: a box without a voice, one out of service, outside, a dead number.
    check(&json!({"do": "voicemail", "mailbox": "200"}));
    check(&json!({"do": "voicemail", "mailbox": "201"}));
    check(&json!({"do": "external", "number": "0612345"}));
    check(&to("104"));
}
