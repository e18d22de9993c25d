//! Scenarios: what a person sees and hears, told in the town, and checked on every phone and in the call records.

mod call;
mod cancel;
mod codes;
mod failover;
mod fork;
mod forward;
mod guard;
mod in_talk;
mod keys;
mod late_offer;
mod legs;
mod limits;
mod line_dialled;
mod line_forward;
mod line_help;
mod line_in;
mod line_out;
mod line_proofs;
mod line_sent_on;
mod line_state;
mod line_town;
mod outcomes;
mod park;
mod presence;
mod register;
mod reinvite;
mod reliable;
mod replaces;
mod rfc3665;
mod session_timer;
mod trace;
mod transactions;
mod transfer;
mod transports;
mod update;

use serde_json::json;
use trillo::entry::Outcome;

use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::Manner;

/// Rings for two seconds and talks until somebody hangs up.
pub const TALKS: Manner = Manner::Answer { ring: seconds(2), talk: None };

/// The outcome and status of the last record.
pub fn record(town: &Town) -> (Outcome, u16) {
    let record = town.pbx.records.last().expect("there is a record");
    (record.outcome, record.status)
}

/// Anna calls a number and talks, with the phones of `town`.
pub fn talking(mut town: Town, number: &str) -> Town {
    town.with("anna", |anna, now| anna.call(now, number));
    town.run_for(seconds(6));
    assert!(town.phone("anna").is_talking());
    town
}

/// Anna calls a number; the status that ends it, and how long that took.
pub fn refused(town: &mut Town, number: &str) -> (Option<crate::town::phone::End>, u64) {
    let before = town.now;
    town.with("anna", |anna, now| anna.call(now, number));
    town.run_until("Anna's call is over", |town| town.phone("anna").line().is_over());
    let took = town.now.since(before).as_millis() as u64;
    town.run_for(millis(100));
    (town.phone("anna").line().end(), took)
}

/// Anna at 101 with one phone, Bruno at 102 with one phone, Carla at 103 with two.
pub fn office() -> Office {
    Office::default()
        .extension("101", "Anna", &[])
        .extension("102", "Bruno", &[])
        .extension("103", "Carla", &[])
        .account("anna", "101", &[])
        .account("bruno", "102", &[])
        .account("carla-desk", "103", &[])
        .account("carla-lab", "103", &[])
        .account("dora", "", &[])
        .account("emil", "", &[("enabled", json!(false))])
}

/// All of them registered, on a net without faults.
pub fn town() -> Town {
    let mut town = quiet_town(office());
    town.register_all();
    town
}

/// Their phones, not yet registered.
pub fn quiet_town(office: Office) -> Town {
    let mut town = Town::new(1, office.settings());
    for name in ["anna", "bruno", "carla-desk", "carla-lab"] {
        town.add(name);
    }
    town
}

/// Anna talks with Bruno; Carla's desk phone answers, too, the other one rings. The model knows no transfers.
pub fn in_talk_in(office: Office) -> Town {
    let mut town = quiet_town(office);
    town.register_all();
    for name in ["bruno", "carla-desk"] {
        town.phone(name).manner = TALKS;
    }
    town.phone("carla-lab").manner = Manner::Ring;
    town.model.is_on = false;
    talking(town, "102")
}

/// What the box said to anybody, in order.
pub fn said(town: &Town) -> Vec<&str> {
    town.pbx.served.iter().map(|(_, said)| said.as_str()).collect()
}

/// Callers, who answered and outcomes of all records, in the order in which the calls ended.
pub fn records(town: &Town) -> Vec<(String, String, Outcome)> {
    let number =
        |id: Option<trillo::base::id::ExtensionId>| id.map(|id| town.pbx.settings.extensions[&id].number.clone()).unwrap_or_default();
    town.pbx.records.iter().map(|record| (number(record.caller), number(record.answering), record.outcome)).collect()
}

/// One of these records.
pub fn answered(caller: &str, callee: &str) -> (String, String, Outcome) {
    (caller.to_owned(), callee.to_owned(), Outcome::Answered)
}
