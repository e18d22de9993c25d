use super::{office, quiet_town};
use crate::town::Town;
use crate::town::clock::{millis, seconds};

/// Carla's lock asks for 4711.
fn locked() -> Town {
    let office = office().set("103", "lock_mode", "password").set("103", "unlock_policy", "until_locked").set("103", "service_pin", "4711");
    let mut town = quiet_town(office);
    town.register_all();
    town.model.is_on = false;
    town
}

fn unlock(town: &mut Town, press: impl Fn(&mut Town, char)) -> Vec<String> {
    town.with("carla-desk", |carla, now| carla.call(now, "850"));
    town.run_for(seconds(1));
    for digit in "4711".chars() {
        press(town, digit);
        town.run_for(millis(200));
    }
    town.run_for(seconds(3));
    town.pbx.served.iter().map(|(_, said)| said.clone()).collect()
}

fn by_info(town: &mut Town, digit: char) {
    let body = format!("Signal={digit}\r\nDuration=160\r\n");
    town.with("carla-desk", |carla, now| carla.ask_with(now, 0, "INFO", &[("Content-Type", "application/dtmf-relay")], &body));
}

#[test]
fn a_pin_may_be_pressed_by_info() {
    let mut town = locked();
    assert_eq!(unlock(&mut town, by_info), ["Prompt", "Confirm"]);
    town.close();
}

#[test]
fn a_key_that_comes_both_ways_counts_once() {
    // Carla's phone sends each key as an RTP event and in an INFO: her PIN is 4711, not 44771111.
    let mut town = locked();
    let both = |town: &mut Town, digit: char| {
        town.with("carla-desk", |carla, now| carla.press(now, digit));
        town.run_for(millis(50));
        by_info(town, digit);
    };
    assert_eq!(unlock(&mut town, both), ["Prompt", "Confirm"]);
    town.close();
}
