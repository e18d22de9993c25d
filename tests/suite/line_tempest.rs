//! Seeds with lines: people call numbers outside and are called from there, hold, send each other on and bring each other together over a net
//! that loses, doubles and reorders, while a provider wants proofs of everything and forgets its nonces. What becomes of each call is the
//! scenarios' matter; here nothing may be left, nobody may hang in a call, and nothing goes out that nobody here may have sent there.

use std::cell::Cell;
use std::env;

use serde_json::json;
use trillo::base::{Dice, Instant};
use trillo::entry::LegEnd;

use crate::simulation::{STORM, each_seed};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::{uri_of, user_of};
use crate::town::office::Office;
use crate::town::phone::{Manner, State};

/// Anna and Bruno may call everybody outside, Carla is locked, Dora has no class; Bruno's calls go outside when he is busy.
const PEOPLE: [(&str, &str); 4] = [("101", "anna"), ("102", "bruno"), ("103", "carla"), ("104", "dora")];
const PROVIDERS: [(&str, &str); 2] = [("telco", "198.51.100.7"), ("second", "198.51.100.8")];
/// What the providers' accounts are called, and their password.
const LOGIN: (&str, &str) = ("39061234", "s3cret");
/// Inside, outside, and of nobody.
const NUMBERS: [&str; 8] = ["101", "102", "103", "104", "0212345", "0333123", "112", "199"];
/// What Carla and Dora alone ask for.
const FORBIDDEN: &str = "0900123";

fn town(seed: u64) -> Town {
    let mut office = Office::default();
    for (name, host) in PROVIDERS {
        let did = json!([{"number": "06200", "action": {"do": "extension", "extension": "102"}}, {"number": "06201", "action": {"do": "extension", "extension": "103"}}]);
        let settings = [("username", json!(LOGIN.0)), ("password", json!(LOGIN.1)), ("did", did)];
        office = office.line(name, host, &settings);
    }
    office = office.class("All", &["telco", "second"]);
    for (number, name) in PEOPLE {
        office = office.extension(number, name, &[]).account(name, number, &[]);
    }
    for number in ["101", "102", "103"] {
        office = office.set(number, "standard_class", "All");
    }
    let outside = json!({"do": "external", "number": "0212345"});
    office = office.set("103", "lock_mode", "code").set("102", "failover_internal_busy", outside.clone()).set(
        "102",
        "failover_external_busy",
        outside,
    );
    let mut town = Town::new(seed, office.settings());
    town.model.is_on = false;
    for (name, host) in PROVIDERS {
        let provider = town.add_provider(name, host, LOGIN.0, LOGIN.1);
        provider.more = vec![("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"), ("Supported", "timer")];
        let provider = provider.provider.as_mut().expect("a provider");
        provider.wants_proof_within = name == "telco";
    }
    for (_, name) in PEOPLE {
        town.add(name);
        town.register(name);
    }
    town.run_for(seconds(1));
    town.net.faults = STORM;
    town
}

fn tempest(seed: u64) -> Town {
    let mut town = town(seed);
    let mut dice = Dice::from_number(seed ^ 0x11e5);
    let everybody: Vec<&str> = PEOPLE.iter().map(|(_, name)| *name).chain(PROVIDERS.iter().map(|(name, _)| *name)).collect();
    for name in &everybody {
        town.phone(name).manner = match dice.below(8) {
            0 => Manner::Refuse([486, 503, 302, 404][dice.below(4) as usize]),
            1 => Manner::Ring,
            2 => Manner::Forward(NUMBERS[dice.below(NUMBERS.len() as u32) as usize]),
            3 => Manner::Announce(Some(millis(dice.below(3000).into()))),
            _ => Manner::Answer { ring: millis(dice.below(2000).into()), talk: None },
        };
        if dice.chance(1, 3) {
            town.phone(name).codecs = vec![0, 8];
        }
    }
    for _ in 0..100 {
        town.run_for(millis(dice.below(1500).into()));
        let name = everybody[dice.below(everybody.len() as u32) as usize];
        perform(&mut town, &mut dice, name);
    }
    for _ in 0..4 {
        for name in &everybody {
            town.with(name, |phone, now| phone.hang_up(now));
        }
        town.run_for(seconds(40));
    }
    town.close();
    town
}

fn perform(town: &mut Town, dice: &mut Dice, name: &str) {
    let is_provider = PROVIDERS.iter().any(|(provider, _)| *provider == name);
    let number = match name {
        "carla" | "dora" if dice.chance(1, 2) => FORBIDDEN,
        _ if is_provider && dice.chance(2, 3) => ["06200", "06201"][dice.below(2) as usize],
        _ => NUMBERS[dice.below(NUMBERS.len() as u32) as usize],
    };
    let talking: Vec<usize> =
        town.phone(name).lines.iter().enumerate().filter(|(_, line)| line.state == State::Talking).map(|(at, _)| at).collect();
    let refer = |town: &mut Town, line: usize, to: String| {
        town.with(name, |phone, now: Instant| phone.ask(now, line, "REFER", &[("Refer-To", &to)]));
    };
    match (dice.below(8), talking.first().copied(), talking.last().copied()) {
        (0..=2, ..) => {
            town.with(name, |phone, now| phone.call(now, number));
        }
        // Whoever is outside sends nobody anywhere, so what it costs does not matter.
        (3, Some(line), _) => refer(town, line, format!("<sip:{}@x>", if is_provider { FORBIDDEN } else { number })),
        (4, Some(first), Some(last)) if first != last => {
            let to = town.phone(name).refer_to(last);
            refer(town, first, to);
        }
        (5, Some(_), _) if town.phone(name).may_reinvite() => town.with(name, |phone, now| phone.hold(now)),
        (6, ..) if is_provider => town.phone(name).provider.as_mut().expect("a provider").renew(),
        (7, ..) => town.with(name, |phone, now| phone.hang_up(now)),
        _ => {}
    }
}

#[test]
fn nothing_is_left_when_people_call_outside_and_are_called_from_there() {
    let (talks, proved) = (Cell::new(0), Cell::new(0));
    each_seed(60, "nothing_is_left_when_people_call_outside_and_are_called_from_there", |seed| {
        let mut town = tempest(seed);
        for (name, _) in PROVIDERS {
            let came = |method: &str| town.phones[name].came(|message| message.is_request(method)).into_iter().cloned().collect::<Vec<_>>();
            for invite in came("INVITE") {
                assert_ne!(user_of(uri_of(invite.text("To"))), FORBIDDEN, "{name} is asked for what nobody may call: {invite:?}");
            }
            let within = came("BYE").into_iter().chain(came("UPDATE")).filter(|request| request.get("Proxy-Authorization").is_some());
            proved.set(proved.get() + within.count());
        }
        let over_a_line = |end: &LegEnd| matches!(end, LegEnd::Line(_));
        talks.set(
            talks.get()
                + town
                    .pbx
                    .records
                    .iter()
                    .filter(|record| record.answered.is_some() && record.legs.iter().any(|leg| over_a_line(&leg.end)))
                    .count(),
        );
        town.trace.lines.clear();
    });
    println!("{} calls over lines were answered, {} requests within were proved", talks.get(), proved.get());
    if env::var_os("TRILLO_SEED").is_none() {
        assert!(talks.get() > 100 && proved.get() > 100, "it would prove little if nobody talked: {} and {}", talks.get(), proved.get());
    }
}
