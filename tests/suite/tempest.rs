//! Seeds with transfers: people call, hold, send each other on, bring each other together, park and fetch over a net that loses, doubles and reorders.
//! What becomes of each call is the scenarios' matter; here nothing may be left, nobody may hang in a call, and each call has one record.

use std::cell::Cell;

use trillo::base::{Dice, Instant};
use trillo::entry::{CallRecord, Outcome};

use crate::simulation::{PEOPLE, STORM, each_seed, phones, town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{Manner, State};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Dial,
    Hold,
    SendOn,
    BringTogether,
    Replace,
    Park,
    Fetch,
    HangUp,
}

const DEEDS: [Deed; 8] = [Deed::Dial, Deed::Hold, Deed::SendOn, Deed::BringTogether, Deed::Replace, Deed::Park, Deed::Fetch, Deed::HangUp];

fn tempest(seed: u64) -> Town {
    let mut town = town(seed, STORM);
    town.model.is_on = false;
    let mut dice = Dice::from_number(seed ^ 0x7e57);
    for phone in phones() {
        town.phone(phone).manner = match dice.below(8) {
            0 => Manner::Refuse(486),
            1 => Manner::Ring,
            _ => {
                Manner::Answer { ring: millis(dice.below(2000).into()), talk: dice.chance(1, 4).then(|| millis(dice.below(20_000).into())) }
            }
        };
        if dice.chance(1, 2) {
            town.phone(phone).more = vec![("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"), ("Supported", "timer"), ("Session-Expires", "90")];
        }
        if dice.chance(1, 3) {
            town.phone(phone).codecs = vec![0, 8];
        }
    }
    for _ in 0..120 {
        town.run_for(millis(dice.below(1500).into()));
        let deed = if dice.chance(1, 3) { Deed::Dial } else { DEEDS[dice.below(DEEDS.len() as u32) as usize] };
        let name = phones()[dice.below(phones().len() as u32) as usize];
        let number = PEOPLE[dice.below(PEOPLE.len() as u32) as usize].0;
        perform(&mut town, name, number, deed);
    }
    town.run_for(seconds(60));
    for _ in 0..3 {
        for name in phones() {
            town.with(name, |phone, now| phone.hang_up(now));
        }
        town.run_for(seconds(40));
    }
    town.close();
    town
}

fn perform(town: &mut Town, name: &'static str, number: &'static str, deed: Deed) {
    let talking: Vec<usize> =
        town.phone(name).lines.iter().enumerate().filter(|(_, line)| line.state == State::Talking).map(|(at, _)| at).collect();
    let (first, last) = (talking.first().copied(), talking.last().copied());
    let refer = |town: &mut Town, line: usize, to: String| {
        town.with(name, |phone, now: Instant| phone.ask(now, line, "REFER", &[("Refer-To", &to)]));
    };
    match (deed, first, last) {
        (Deed::Dial, ..) => {
            town.with(name, |phone, now| phone.call(now, number));
        }
        (Deed::Park, Some(line), _) => refer(town, line, "<sip:888@x>".to_owned()),
        (Deed::Park, None, _) => {
            town.with(name, |phone, now| phone.call(now, "888"));
        }
        // The first slots are taken first.
        (Deed::Fetch, ..) => {
            let slot = if number.ends_with('1') { "891" } else { "890" };
            town.with(name, |phone, now| phone.call(now, slot));
        }
        (Deed::HangUp, ..) => town.with(name, |phone, now| phone.hang_up(now)),
        (Deed::Hold, ..) if town.phone(name).lines.last().is_some() && town.phone(name).may_reinvite() => {
            town.with(name, |phone, now| phone.hold(now));
        }
        (Deed::SendOn, Some(line), _) => refer(town, line, format!("<sip:{number}@x>")),
        (Deed::BringTogether, Some(first), Some(last)) if first != last => {
            let to = town.phone(name).refer_to(last);
            refer(town, first, to);
        }
        (Deed::Replace, Some(line), _) => {
            // Another phone, mostly one that may not.
            let replaces = town.phone(name).replaces(line);
            let other = if name == "emil-desk" { "emil-lab" } else { "fritz-lab" };
            town.with(other, |phone, now| {
                phone.call_replacing(now, number, &replaces);
                phone.replaces = None;
            });
        }
        _ => {}
    }
}

#[test]
fn nothing_is_left_when_people_transfer_each_other() {
    let (transfers, fetched, records) = (Cell::new(0), Cell::new(0), Cell::new(0));
    each_seed(60, "nothing_is_left_when_people_transfer_each_other", |seed| {
        let mut town = tempest(seed);
        for name in phones() {
            let done = town.phone(name).notified().iter().filter(|news| news.contains("200")).count();
            transfers.set(transfers.get() + done);
        }
        let is_fetched = |record: &&CallRecord| record.dialled.starts_with("89") && record.outcome == Outcome::Answered;
        fetched.set(fetched.get() + town.pbx.records.iter().filter(is_fetched).count());
        records.set(records.get() + town.pbx.records.len());
    });
    println!("{} transfers came through, {} parked calls were taken, {} records", transfers.get(), fetched.get(), records.get());
    assert!(transfers.get() > 0 && fetched.get() > 0, "it would prove little if nobody were transferred or fetched");
}
