//! Calls for a counter of instructions: `benches/instructions` counts what the Exchange takes for them, plain and with full policy.

use serde_json::json;
use trillo::settings::{Kind, Own};

use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::Manner;

const EXTENSIONS: [&str; 3] = ["101", "102", "103"];

/// Limits, classes, lock, pickup groups and failover, all of which a call asks for.
fn with_policy(mut office: Office) -> Office {
    office = office.line("Telco", "198.51.100.7", &[("enabled", false.into())]).class("All", &["Telco"]);
    office = office.with(Kind::PickupGroup, Own::default().with("name", "floor"));
    for number in EXTENSIONS {
        office = office.set(number, "concurrent_call_limit", 5).set(number, "busy_level", 4);
        office = office.set(number, "standard_class", "All").set(number, "restricted_class", "All");
        office = office.set(number, "lock_mode", "code").set(number, "service_pin", "1234");
        office = office.set(number, "pickup_groups", json!(["floor"])).set(number, "pickup_authorized", json!(["floor"]));
        let to = if number == "103" { "101" } else { "103" };
        for origin in ["internal", "external", "transfer"] {
            office = office.set(number, &format!("failover_{origin}_timeout"), 20);
            for cause in ["busy", "no_answer", "unavailable"] {
                office = office.set(number, &format!("failover_{origin}_{cause}"), json!({ "do": "extension", "extension": to }));
            }
        }
    }
    office
}

/// Anna calls Bruno so often, who answers; she hangs up.
fn calls(office: Office, count: usize) {
    let mut town = Town::new(7, office.settings());
    town.model.is_on = false;
    for name in ["anna", "bruno", "carla"] {
        town.add(name).speaks = false;
    }
    town.register_all();
    town.phone("bruno").manner = Manner::Answer { ring: millis(500), talk: None };
    for _ in 0..count {
        town.with("anna", |anna, now| anna.call(now, "102"));
        town.run_for(seconds(2));
        assert!(town.phone("bruno").is_talking());
        town.with("anna", |anna, now| anna.hang_up(now));
        town.run_for(seconds(2));
        // What the phones remember is not the Exchange's, and must not grow into the count.
        for name in ["anna", "bruno"] {
            town.phone(name).lines.retain(|line| !line.is_over());
            town.phone(name).inbox.clear();
        }
    }
    assert_eq!(town.pbx.records.len(), count);
}

fn office() -> Office {
    let mut office = Office::default();
    for (number, name) in EXTENSIONS.iter().zip(["anna", "bruno", "carla"]) {
        office = office.extension(number, name, &[]).account(name, number, &[]);
    }
    office
}

/// As `TRILLO_CALLS` says.
fn count() -> usize {
    std::env::var("TRILLO_CALLS").map_or(3, |count| count.parse().expect("TRILLO_CALLS is a number"))
}

#[test]
fn plain_calls() {
    calls(office(), count());
}

#[test]
fn calls_with_full_policy() {
    calls(with_policy(office()), count());
}
