use trillo::settings::{Kind, Own};

use super::{answered, in_talk_in, office, records, said};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::phone::{End, Manner, State};

fn in_talk() -> Town {
    in_talk_in(office())
}

/// Presses keys one after the other; the last one has just been pressed.
fn press(town: &mut Town, name: &str, keys: &str) {
    for key in keys.chars() {
        town.run_for(millis(300));
        town.with(name, |phone, now| phone.press(now, key));
    }
    town.run_for(millis(100));
}

fn hears(town: &mut Town, name: &str) -> u32 {
    let before = town.phone(name).lines[0].heard;
    town.run_for(seconds(10));
    town.phone(name).lines[0].heard - before
}

/// Anna and somebody hear each other, and nothing else.
#[track_caller]
fn talk(town: &mut Town, one: &str, other: &str) {
    for name in [one, other] {
        let heard = hears(town, name);
        assert!((4..=6).contains(&heard), "{name} heard {heard}");
    }
}

#[test]
fn keys_that_are_no_code_reach_the_other_side() {
    // Bruno is a machine that wants digits: 5 and 0 come at once, * and # with what follows when they turn out to be no code.
    let mut town = in_talk();
    press(&mut town, "anna", "50");
    assert_eq!(town.phone("bruno").line().pressed(), "50");
    press(&mut town, "anna", "#");
    assert_eq!(town.phone("bruno").line().pressed(), "50", "it may be the begin of a code");
    town.run_for(seconds(1));
    assert_eq!(town.phone("bruno").line().pressed(), "50#");
    press(&mut town, "anna", "*77");
    town.run_for(millis(500));
    assert_eq!(town.phone("bruno").line().pressed(), "50#*77");
    talk(&mut town, "anna", "bruno");
    town.close();
}

#[test]
fn keys_in_info_reach_the_other_side() {
    let mut town = in_talk();
    for key in "7#1".chars() {
        let body = format!("Signal={key}\r\nDuration=160\r\n");
        town.with("anna", |anna, now| anna.ask_with(now, 0, "INFO", &[("Content-Type", "application/dtmf-relay")], &body));
        town.run_for(millis(400));
    }
    assert_eq!(town.phone("bruno").line().pressed(), "7#1");
    talk(&mut town, "anna", "bruno");
    town.close();
}

#[test]
fn bruno_sends_anna_to_carla_by_keys() {
    // Bruno's phone has no transfer key: he presses #4 103 #, and is out of it. Anna hears none of that, hears it ring, and talks with Carla.
    let mut town = in_talk();
    press(&mut town, "bruno", "#4103#");
    assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
    assert_eq!(town.phone("anna").line().pressed(), "");
    assert_eq!(said(&town), ["Prompt", "Ringing"]);
    town.run_for(seconds(4));
    let carla = town.phone("carla-desk").line();
    assert_eq!((carla.number.as_str(), carla.name.as_str(), carla.state), ("101", "Anna", State::Talking));
    talk(&mut town, "anna", "carla-desk");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(records(&town), [answered("101", "102"), answered("101", "103")]);
    town.close();
}

#[test]
fn a_number_ends_two_seconds_after_its_last_digit() {
    let mut town = in_talk();
    press(&mut town, "anna", "#4103");
    town.run_for(seconds(1));
    assert!(town.phone("anna").is_talking());
    town.run_for(seconds(1));
    assert_eq!(town.phone("anna").line().end(), Some(End::PeerHungUp));
    town.run_for(seconds(4));
    assert_eq!(town.phone("carla-desk").line().number, "102");
    talk(&mut town, "bruno", "carla-desk");
    town.close();
}

#[test]
fn a_number_that_there_is_not_leaves_the_call_as_it_is() {
    // Bruno mistypes: three low notes, and he still has Anna. So does who presses nothing more, and who thinks better of it.
    let mut town = in_talk();
    for keys in ["#4999#", "#4", "#4#", "#41*0", "#4800#"] {
        town.pbx.served.clear();
        press(&mut town, "bruno", keys);
        town.run_for(seconds(6));
        assert_eq!(said(&town), ["Prompt", "Refuse"], "{keys}");
        assert_eq!(town.phone("anna").line().pressed(), "");
        talk(&mut town, "anna", "bruno");
    }
    assert_eq!(town.pbx.records.len(), 0);
    town.close();
}

#[test]
fn bruno_parks_anna_by_keys() {
    // By #8, or by #4 and the number of the park. He hears the slot, then his phone is free.
    for keys in ["#8", "#4888#"] {
        let mut town = in_talk();
        press(&mut town, "bruno", keys);
        assert!(town.phone("bruno").is_talking() && said(&town).ends_with(&["Waiting", "Count(10)"]), "{:?}", said(&town));
        town.run_for(seconds(5));
        assert_eq!(town.phone("bruno").line().end(), Some(End::PeerHungUp));
        town.with("carla-desk", |carla, now| carla.call(now, "890"));
        town.run_for(seconds(2));
        talk(&mut town, "anna", "carla-desk");
        town.close();
    }
}

#[test]
fn keys_hang_up() {
    let mut town = in_talk();
    press(&mut town, "bruno", "*0");
    for name in ["anna", "bruno"] {
        assert_eq!(town.phone(name).line().end(), Some(End::PeerHungUp), "{name}");
    }
    town.close();
}

#[test]
fn what_is_of_a_later_version_is_refused_with_a_tone() {
    // Joining, recording, the fast transfer; swapping where nobody waits.
    let mut town = in_talk();
    for keys in ["*3", "*1", "**", "*9"] {
        town.pbx.served.clear();
        press(&mut town, "bruno", keys);
        assert_eq!(said(&town), ["Refuse"], "{keys}");
        town.run_for(seconds(2));
    }
    assert_eq!(town.phone("anna").line().pressed(), "");
    talk(&mut town, "anna", "bruno");
    town.close();
}

#[test]
fn codes_can_be_turned_off_and_changed() {
    let keys = Own::default().with("talk_blind_transfer", "").with("talk_park", "#74");
    let mut town = in_talk_in(office().with(Kind::Numbering, keys));
    press(&mut town, "bruno", "#4");
    town.run_for(seconds(1));
    assert_eq!(town.phone("anna").line().pressed(), "#4");
    press(&mut town, "bruno", "#74");
    assert!(said(&town).contains(&"Waiting"));
    town.close();
}

/// Bruno has asked Carla while Anna waits, and talks with her.
fn consulting() -> Town {
    let mut town = in_talk();
    press(&mut town, "bruno", "*4103#");
    assert_eq!(said(&town)[..2], ["Waiting", "Prompt"], "Anna hears that she waits while he presses the number");
    town.run_for(seconds(4));
    talk(&mut town, "bruno", "carla-desk");
    assert!(hears(&mut town, "anna") > 400, "she still waits");
    let carla = town.phone("carla-desk").line();
    assert_eq!((carla.number.as_str(), carla.name.as_str()), ("102", "Bruno"));
    assert_eq!(town.phone("bruno").line().shown, Some(("103".to_owned(), "Carla".to_owned())));
    town
}

#[test]
fn bruno_asks_carla_and_hangs_up() {
    // Anna and Carla talk with each other, and each phone shows the other one.
    let mut town = consulting();
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(millis(500));
    talk(&mut town, "anna", "carla-desk");
    assert_eq!(town.phone("anna").line().shown, Some(("103".to_owned(), "Carla".to_owned())));
    assert_eq!(town.phone("carla-desk").line().shown, Some(("101".to_owned(), "Anna".to_owned())));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::PeerHungUp));
    assert_eq!(records(&town), [answered("101", "102"), answered("102", "103"), answered("101", "103")]);
    town.close();
}

#[test]
fn bruno_goes_back_to_anna() {
    // By *0, or because Carla hangs up.
    for by_keys in [true, false] {
        let mut town = consulting();
        if by_keys {
            press(&mut town, "bruno", "*0");
            assert_eq!(town.phone("carla-desk").line().end(), Some(End::PeerHungUp));
        } else {
            town.with("carla-desk", |carla, now| carla.hang_up(now));
        }
        town.run_for(millis(500));
        talk(&mut town, "anna", "bruno");
        assert_eq!(town.phone("bruno").line().shown, Some(("101".to_owned(), "Anna".to_owned())));
        press(&mut town, "bruno", "*0");
        assert!(town.phone("anna").line().is_over() && town.phone("bruno").line().is_over());
        assert_eq!(records(&town), [answered("101", "102"), answered("102", "103"), answered("101", "102")]);
        town.close();
    }
}

#[test]
fn bruno_talks_with_the_one_and_the_other_in_turn() {
    let mut town = consulting();
    press(&mut town, "bruno", "*9");
    town.run_for(millis(500));
    talk(&mut town, "anna", "bruno");
    assert!(hears(&mut town, "carla-desk") > 400, "now she waits");
    press(&mut town, "bruno", "*9");
    town.run_for(millis(500));
    talk(&mut town, "bruno", "carla-desk");
    assert!(hears(&mut town, "anna") > 400);
    press(&mut town, "bruno", "*3");
    assert_eq!(said(&town).last(), Some(&"Refuse"), "three at once is of a later version");
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(millis(500));
    talk(&mut town, "anna", "carla-desk");
    town.close();
}

#[test]
fn whoever_waits_may_hang_up() {
    // Anna has waited enough. Bruno has Carla, and his next *0 ends that call.
    let mut town = consulting();
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(100));
    talk(&mut town, "bruno", "carla-desk");
    press(&mut town, "bruno", "*0");
    assert!(town.phone("bruno").line().is_over() && town.phone("carla-desk").line().is_over());
    town.close();
}

#[test]
fn whom_nobody_answers_is_no_loss() {
    // Carla is not there; her table would send the call back to who transferred it, so Bruno has Anna again. He may also give up before.
    for patient in [true, false] {
        let mut town = in_talk();
        town.phone("carla-desk").manner = Manner::Ring;
        press(&mut town, "bruno", "*4103#");
        town.run_for(seconds(5));
        assert!(town.phone("carla-desk").is_ringing() && said(&town).contains(&"Ringing"), "Bruno hears that it rings");
        if patient {
            town.run_for(seconds(30));
        } else {
            press(&mut town, "bruno", "*0");
        }
        assert!(!town.phone("carla-desk").is_ringing());
        town.run_for(seconds(2));
        talk(&mut town, "anna", "bruno");
        town.close();
    }
}

#[test]
fn bruno_hangs_up_while_it_rings() {
    // Anna waits for Carla in his place, and Carla's phone, once she has answered, shows Anna.
    let mut town = in_talk();
    town.phone("carla-desk").manner = Manner::Answer { ring: seconds(6), talk: None };
    press(&mut town, "bruno", "*4103#");
    town.run_for(seconds(2));
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(6));
    talk(&mut town, "anna", "carla-desk");
    assert_eq!(town.phone("carla-desk").line().shown, Some(("101".to_owned(), "Anna".to_owned())));
    town.close();
}

#[test]
fn a_consultation_is_a_second_call() {
    // Bruno may have one call: three low notes, and he still has Anna.
    let mut town = in_talk_in(office().set("102", "concurrent_call_limit", 1));
    press(&mut town, "bruno", "*4103#");
    town.run_for(seconds(2));
    assert_eq!(said(&town).last(), Some(&"Refuse"));
    talk(&mut town, "anna", "bruno");
    town.close();
}

#[test]
fn a_phone_that_vanishes_while_it_consults_leaves_nobody_waiting() {
    // Bruno's cable is pulled: Carla's phone and Anna's are released.
    let mut town = consulting();
    town.phone("bruno").lose_power();
    town.phone("carla-desk").speaks = false;
    town.run_for(seconds(300));
    assert!(town.phone("anna").line().is_over() && town.phone("carla-desk").line().is_over());
    town.close();
}
