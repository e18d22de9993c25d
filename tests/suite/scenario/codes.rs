use serde_json::json;
use trillo::entry::Outcome;
use trillo::settings::{Kind, Own};

use super::{TALKS, office, record, refused, talking};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

fn town_of(office: Office) -> Town {
    let mut town = Town::new(1, office.settings());
    // The model knows calls to extensions alone.
    town.model.is_on = false;
    for name in ["anna", "bruno", "carla-desk", "carla-lab"] {
        town.add(name);
    }
    town.register_all();
    for name in ["bruno", "carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Ring;
    }
    town
}

/// Dials a code and waits until it is over. What the box said.
fn dial(town: &mut Town, who: &str, code: &str) -> Vec<String> {
    town.pbx.served.clear();
    town.with(who, |phone, now| phone.call(now, code));
    town.run_for(seconds(3));
    assert_eq!(town.phone(who).line().end(), Some(End::PeerHungUp), "{code}");
    town.pbx.served.iter().map(|(_, said)| said.clone()).collect()
}

#[test]
fn a_forward_that_is_dialled_and_taken_back() {
    // Bruno dials 811 and Carla's number and hears that it is done. His calls go to her, also after a restart, until he dials 810.
    let mut town = town_of(office());
    assert_eq!(dial(&mut town, "bruno", "811103"), ["Confirm"]);
    assert!(town.phone("bruno").line().heard > 10, "the tone was heard");
    let now = town.now;
    town.pbx.restart(now);
    town.register_all();
    town.phone("carla-desk").manner = TALKS;
    let mut town = talking(town, "102");
    assert!(town.phone("carla-desk").is_talking());
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 0, "his phone did not ring");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    let last = town.pbx.records.last().expect("a record");
    assert_eq!(last.path.iter().map(|hop| hop.outcome).collect::<Vec<_>>(), [Outcome::Forwarded, Outcome::Answered]);
    assert_eq!(dial(&mut town, "bruno", "810"), ["Confirm"]);
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    assert!(town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn everybody_forwards_to_everybody_and_the_call_ends() {
    // Bruno forwards to Carla and she to him: the call comes to ten places and its caller hears that it goes round in circles.
    let mut town = town_of(office());
    dial(&mut town, "bruno", "811103");
    dial(&mut town, "carla-desk", "811102");
    assert_eq!(refused(&mut town, "102").0, Some(End::Refused(482)));
    town.close();
}

#[test]
fn a_lock_is_opened_by_code_and_pin() {
    // Carla's lock asks her PIN. With the wrong one it stays closed, with the right one it is open, and dialling 851 and the PIN closes it.
    let office = office().set("103", "lock_mode", "password").set("103", "unlock_policy", "until_locked").set("103", "service_pin", "4711");
    let mut town = town_of(office);
    let carla = town.pbx.settings.extensions.values().find(|extension| extension.number == "103").expect("Carla").id;
    let is_open = |town: &Town| town.pbx.switches.get(&carla).is_some_and(|switches| switches.unlocked().is_some());
    for (code, digits, said, open) in [
        ("850", "4712", vec!["Prompt", "Refuse"], false),
        ("850", "47#", vec!["Prompt", "Refuse"], false),
        ("850", "4711", vec!["Prompt", "Confirm"], true),
        ("851", "4711", vec!["Prompt", "Confirm"], false),
    ] {
        town.pbx.served.clear();
        town.with("carla-desk", |carla, now| carla.call(now, code));
        town.run_for(seconds(1));
        for digit in digits.chars() {
            town.with("carla-desk", |carla, now| carla.press(now, digit));
            town.run_for(millis(200));
        }
        town.run_for(seconds(3));
        assert_eq!(town.phone("carla-desk").line().end(), Some(End::PeerHungUp));
        assert_eq!(town.pbx.served.iter().map(|(_, said)| said.as_str()).collect::<Vec<_>>(), said, "{code} {digits}");
        assert_eq!(is_open(&town), open, "{code} {digits}");
    }
    town.close();
}

#[test]
fn after_three_wrong_pins_none_is_taken_for_five_minutes() {
    let office = office().set("103", "lock_mode", "password").set("103", "service_pin", "1111");
    let mut town = town_of(office);
    let attempt = |town: &mut Town, pin: &str| {
        town.pbx.served.clear();
        town.with("carla-desk", |carla, now| carla.call(now, "850"));
        town.run_for(seconds(1));
        if !town.phone("carla-desk").line().is_over() {
            for digit in pin.chars() {
                town.with("carla-desk", |carla, now| carla.press(now, digit));
                town.run_for(millis(200));
            }
        }
        town.run_for(seconds(3));
        town.pbx.served.last().map(|(_, said)| said.clone())
    };
    for _ in 0..3 {
        assert_eq!(attempt(&mut town, "2222").as_deref(), Some("Refuse"));
    }
    assert_eq!(attempt(&mut town, "1111").as_deref(), Some("Refuse"), "the right one, too late");
    assert!(town.pbx.events.iter().any(|event| event.text.contains("Three wrong service PINs from 103")));
    town.run_for(seconds(300));
    assert_eq!(attempt(&mut town, "1111").as_deref(), Some("Confirm"));
    town.close();
}

#[test]
fn the_echo_gives_back_what_is_said() {
    // Anna dials 800 and hears herself until she hangs up.
    let mut town = town_of(office());
    town.with("anna", |anna, now| anna.call(now, "800"));
    town.run_for(seconds(9));
    assert!(town.phone("anna").is_talking());
    assert!(town.phone("anna").line().heard >= 3, "{}", town.phone("anna").line().heard);
    town.with("anna", |anna, now| anna.hold(now));
    town.run_for(seconds(1));
    assert!(town.phone("anna").is_talking(), "a hold is answered");
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    assert_eq!(record(&town), (Outcome::Answered, 200));
    town.close();
}

#[test]
fn a_colleague_picks_up_a_call_that_rings() {
    // Bruno's phone rings, Carla dials ** and his number: she talks with Anna, and Bruno's phone shows no missed call.
    let mut town = town_of(office());
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(2));
    assert!(town.phone("bruno").is_ringing());
    town.with("carla-desk", |carla, now| carla.call(now, "**102"));
    town.run_for(seconds(5));
    assert!(town.phone("anna").is_talking() && town.phone("carla-desk").is_talking());
    let bruno = town.phone("bruno").line();
    assert_eq!((bruno.end(), bruno.reason.as_deref()), (Some(End::Cancelled), Some("SIP;cause=200;text=\"Call completed elsewhere\"")));
    assert!(town.phone("anna").line().heard > 0 && town.phone("carla-desk").line().heard > 0);
    town.with("carla-desk", |carla, now| carla.hang_up(now));
    town.run_for(seconds(1));
    assert!(town.phone("anna").line().is_over());
    let number = |id: Option<trillo::base::id::ExtensionId>| id.map(|id| town.pbx.settings.extensions[&id].number.clone());
    let last = town.pbx.records.last().expect("a record").clone();
    assert_eq!((number(last.callee).as_deref(), number(last.answering).as_deref()), (Some("102"), Some("103")));
    assert_eq!(town.pbx.records.len(), 1, "one call, one record");
    town.close();
}

#[test]
fn who_is_authorised_on_a_group_picks_up_in_it() {
    // Bruno is a member of the group, Carla is authorised on it, Anna is not. Only Carla gets his call by *9, and never her own.
    let office = office().with(Kind::PickupGroup, Own::default().with("name", "sales")).set("102", "pickup_groups", json!(["sales"])).set(
        "103",
        "pickup_authorized",
        json!(["sales"]),
    );
    let mut town = town_of(office);
    town.with("carla-lab", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(1));
    assert!(town.phone("bruno").is_ringing());
    assert_eq!(refused(&mut town, "*9").0, Some(End::Refused(404)), "Anna may not");
    town.with("carla-desk", |carla, now| carla.call(now, "*9"));
    town.run_for(seconds(2));
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::Refused(404)), "it is Carla's own call");
    town.with("carla-lab", |carla, now| carla.hang_up(now));
    town.run_for(seconds(1));
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(1));
    town.with("carla-desk", |carla, now| carla.call(now, "*9"));
    town.run_for(seconds(3));
    assert!(town.phone("carla-desk").is_talking() && town.phone("anna").is_talking());
    town.close();
}

#[test]
fn do_not_disturb_where_it_has_a_code() {
    let office = office().with(Kind::Numbering, Own::default().with("do_not_disturb_on", "*78").with("do_not_disturb_off", "*79"));
    let mut town = town_of(office);
    dial(&mut town, "bruno", "*78");
    assert_eq!(refused(&mut town, "102").0, Some(End::Refused(486)));
    dial(&mut town, "bruno", "*79");
    town.phone("bruno").manner = TALKS;
    let mut town = talking(town, "102");
    town.close();
}

#[test]
fn digits_that_are_only_begun_and_services_that_are_not_there() {
    let mut town = town_of(office());
    for (dialled, status) in [("85", 484), ("1", 484), ("802", 501), ("850", 403), ("777", 404), ("**777", 404)] {
        assert_eq!(refused(&mut town, dialled).0, Some(End::Refused(status)), "{dialled}");
    }
    town.close();
}
