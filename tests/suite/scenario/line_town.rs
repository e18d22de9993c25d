//! The town of the scenarios about calls to the outside: the office, and a provider whose telephone talks.

use super::line_state::{LOGIN, PROVIDER, account};
use super::{TALKS, office};
use crate::town::Town;
use crate::town::clock::seconds;
use crate::town::message::{Message, uri_of, user_of};
use crate::town::office::Office;

/// Anna may call everybody outside, Bruno nobody.
pub fn with_line() -> Office {
    office().line("Telco", PROVIDER, &account()).class("All", &["Telco"]).set("101", "standard_class", "All")
}

/// All phones are there and answer, the line is up.
pub fn town(office: Office) -> Town {
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

pub fn call(town: &mut Town, name: &str, number: &str) {
    town.with(name, |phone, now| phone.call(now, number));
    town.run_for(seconds(4));
}

/// The last INVITE that began a call at the provider.
pub fn invite(town: &mut Town) -> Message {
    let invites = town.phone("provider").came(|message| message.is_request("INVITE") && message.answerer_tag().is_none());
    (*invites.last().expect("a call")).clone()
}

pub fn number_of(invite: &Message, name: &str) -> String {
    user_of(uri_of(invite.text(name))).to_owned()
}

pub fn hears(town: &mut Town, name: &str) -> bool {
    let before = town.phone(name).line().heard;
    town.run_for(seconds(6));
    town.phone(name).line().heard > before
}

/// So many calls began at the provider. Those that it wanted a proof for count once.
pub fn calls(town: &mut Town) -> usize {
    let mut calls: Vec<String> = town
        .phone("provider")
        .came(|message| message.is_request("INVITE") && message.answerer_tag().is_none())
        .iter()
        .map(|invite| invite.call_id().to_owned())
        .collect();
    calls.sort();
    calls.dedup();
    calls.len()
}
