//! Scenarios: what a person sees and hears, told in the town, and checked on every phone and in the call records.

mod call;

use serde_json::json;

use crate::town::Town;
use crate::town::office::Office;

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
