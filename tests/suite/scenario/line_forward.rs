//! The action "external number": in the columns of the failover tables, and as the forward of all calls (811).

use serde_json::{Value, json};
use trillo::entry::Outcome;

use super::failover::path;
use super::line_state::{PROVIDER, account};
use super::line_town::{call, calls, hears, invite, number_of, town};
use super::{TALKS, office};
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

const SECOND: &str = "198.51.100.8";

/// Bruno's class is "All", over the provider; class "Other" is over a line to another one. 06200 is Bruno's number.
fn with_lines() -> Office {
    let did = json!([{"number": "06200", "action": {"do": "extension", "extension": "102"}}]);
    let office = office().line("Telco", PROVIDER, &[account(), vec![("did", did)]].concat()).line("Second", SECOND, &account());
    office.class("All", &["Telco"]).class("Other", &["Second"]).set("102", "standard_class", "All")
}

fn outside(more: &[(&str, &str)]) -> Value {
    let mut action = json!({"do": "external", "number": "0212345"});
    for (key, value) in more {
        action[*key] = json!(value);
    }
    action
}

#[test]
fn every_column_and_cause_may_lead_outside() {
    // Anna calls Bruno; somebody outside calls him; Carla sends Anna to him. His phone is busy, rings on, or is not there.
    for (column, cause, manner, reason) in [
        ("internal", "busy", Some(Manner::Refuse(486)), "user-busy"),
        ("internal", "no_answer", Some(Manner::Ring), "no-answer"),
        ("internal", "unavailable", None, "unavailable"),
        ("external", "busy", Some(Manner::Refuse(486)), "user-busy"),
        ("external", "no_answer", Some(Manner::Ring), "no-answer"),
        ("external", "unavailable", None, "unavailable"),
        ("transfer", "busy", Some(Manner::Refuse(486)), "user-busy"),
        ("transfer", "no_answer", Some(Manner::Ring), "no-answer"),
        ("transfer", "unavailable", None, "unavailable"),
    ] {
        let key = format!("failover_{column}_{cause}");
        let office = with_lines().set("102", &key, outside(&[])).set("102", &format!("failover_{column}_timeout"), 6);
        let mut town = town(office);
        match manner {
            Some(manner) => town.phone("bruno").manner = manner,
            None => town.with("bruno", |bruno, now| bruno.register(now, 0)),
        }
        town.run_for(millis(200));
        let caller = match column {
            "external" => {
                call(&mut town, "provider", "06200");
                "provider"
            }
            "transfer" => {
                call(&mut town, "anna", "103");
                let carla = ["carla-desk", "carla-lab"].into_iter().find(|name| town.phone(name).is_talking()).expect("Carla answers");
                town.with(carla, |carla, now| carla.ask(now, 0, "REFER", &[("Refer-To", "<sip:102@10.0.0.1>")]));
                "anna"
            }
            _ => {
                call(&mut town, "anna", "102");
                "anna"
            }
        };
        town.run_for(seconds(10));
        assert!(hears(&mut town, caller) && hears(&mut town, "provider"), "{key}");
        let invite = invite(&mut town);
        assert_eq!((number_of(&invite, "To"), number_of(&invite, "P-Asserted-Identity")), ("0212345".into(), "+39061234".into()), "{key}");
        assert_eq!(invite.text("Diversion"), format!("<sip:+39061234@{PROVIDER}>;reason={reason};counter=1"), "{key}");
        town.with("provider", |provider, now| provider.hang_up(now));
        town.run_for(millis(300));
        assert_eq!(path(&town).last(), Some(&("outside 0212345".to_owned(), Outcome::Answered)), "{key}");
        town.close();
    }
}

#[test]
fn an_action_may_name_the_number_that_is_shown_and_the_class() {
    let action = outside(&[("identity", "+390699"), ("class", "Other")]);
    let mut town = town(with_lines().set("102", "failover_internal_busy", action));
    town.phone("bruno").manner = Manner::Refuse(486);
    town.add_provider("second", SECOND, super::line_state::LOGIN.0, super::line_state::LOGIN.1).manner = TALKS;
    town.run_for(seconds(60));
    call(&mut town, "anna", "102");
    assert!(town.phone("second").is_talking() && hears(&mut town, "anna"));
    let invite = town.phone("second").came(|message| message.is_request("INVITE"))[0].clone();
    for name in ["From", "P-Asserted-Identity", "Diversion"] {
        assert_eq!(number_of(&invite, name), "+390699", "{name}");
    }
    assert_eq!(calls(&mut town), 0);
    town.close();
}

#[test]
fn an_action_without_class_goes_by_that_of_the_extension() {
    // An administrator has made it, so no lock stands before it. Carla has no class: her calls go nowhere outside.
    let office = with_lines().set("102", "lock_mode", "code").set("102", "failover_internal_busy", outside(&[]));
    let mut town = town(office.set("103", "failover_internal_busy", outside(&[])));
    for name in ["bruno", "carla-desk", "carla-lab"] {
        town.phone(name).manner = Manner::Refuse(486);
    }
    call(&mut town, "anna", "102");
    assert!(town.phone("provider").is_talking());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    call(&mut town, "anna", "103");
    assert_eq!((town.phone("anna").line().end(), calls(&mut town)), (Some(End::Refused(480)), 1));
    town.close();
}

#[test]
fn all_calls_are_forwarded_to_a_number_outside() {
    // Bruno dials 811 and the number. His phone stays silent, the mobile rings, the line is told who forwards. 810 ends it.
    let mut town = town(with_lines());
    call(&mut town, "bruno", "8110333123");
    call(&mut town, "anna", "102");
    assert!(town.phone("provider").is_talking() && hears(&mut town, "anna"));
    let invite = invite(&mut town);
    assert_eq!(number_of(&invite, "To"), "0333123");
    assert_eq!(invite.text("Diversion"), format!("<sip:+39061234@{PROVIDER}>;reason=unconditional;counter=1"));
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(millis(200));
    assert_eq!(path(&town), [("102".to_owned(), Outcome::Forwarded), ("outside 0333123".to_owned(), Outcome::Answered)]);
    // Somebody outside is forwarded as well: in over the line, and out again.
    call(&mut town, "provider", "06200");
    assert!(hears(&mut town, "provider"));
    assert_eq!(calls(&mut town), 2);
    town.with("provider", |provider, now| provider.hang_up(now));
    call(&mut town, "bruno", "810");
    call(&mut town, "anna", "102");
    assert!(town.phone("bruno").is_talking());
    town.close();
}

#[test]
fn who_may_not_call_a_number_does_not_forward_there() {
    // Carla has no class: 811 is refused. Bruno locks his telephone after he has forwarded: his own phone rings again.
    let mut town = town(with_lines().set("102", "lock_mode", "code").set("102", "unlock_policy", "until_locked"));
    call(&mut town, "carla-desk", "8110333123");
    assert_eq!(town.phone("carla-desk").line().end(), Some(End::Refused(403)));
    for code in ["850", "8110333123"] {
        call(&mut town, "bruno", code);
    }
    call(&mut town, "anna", "102");
    assert!(town.phone("provider").is_talking());
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    call(&mut town, "bruno", "851");
    call(&mut town, "anna", "102");
    assert!(town.phone("bruno").is_talking());
    assert_eq!(calls(&mut town), 1);
    town.close();
}
