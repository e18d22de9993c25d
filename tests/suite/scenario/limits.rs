use trillo::entry::Outcome;

use super::{TALKS, refused, talking};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{End, Manner};

/// The office, where Bruno's extension has a limit.
fn limited(key: &str, limit: i64) -> Town {
    let office = Office::default().extension("101", "Anna", &[]).extension("102", "Bruno", &[(key, limit)]).extension("103", "Carla", &[]);
    let office = office.account("anna", "101", &[]).account("bruno", "102", &[]).account("carla", "103", &[]);
    let mut town = Town::new(1, office.settings());
    for name in ["anna", "bruno", "carla"] {
        town.add(name);
    }
    town.register_all();
    town.phone("bruno").manner = TALKS;
    town
}

#[test]
fn at_the_limit_others_hear_busy_and_more_calls_are_refused() {
    // Bruno may have one call. While he talks with Anna, Carla hears busy, and Bruno cannot call her; afterwards both is possible again.
    let mut town = talking(limited("concurrent_call_limit", 1), "102");
    town.with("carla", |carla, now| carla.call(now, "102"));
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("carla").line().end(), Some(End::Refused(486)));
    assert_eq!(town.phone("bruno").line().end(), Some(End::Refused(480)));
    assert_eq!(town.phone("bruno").came(|message| message.is_request("INVITE")).len(), 1);
    town.with("anna", |anna, now| anna.hang_up(now));
    town.run_for(seconds(1));
    town.with("carla", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(4));
    assert!(town.phone("carla").is_talking());
    town.close();
}

#[test]
fn two_calls_in_the_same_moment_never_both_pass_a_limit_of_one() {
    // Anna and Carla dial Bruno in the very same moment: his phone rings once, one of the two hears busy.
    let mut town = limited("concurrent_call_limit", 1);
    town.phone("bruno").manner = Manner::Ring;
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.with("carla", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(1));
    let ends = [town.phone("anna").line().end(), town.phone("carla").line().end()];
    assert_eq!(ends.iter().flatten().collect::<Vec<_>>(), [&End::Refused(486)], "{ends:?}");
    assert_eq!(town.phone("bruno").lines.len(), 1);
    town.close();
}

#[test]
fn a_phone_cannot_call_twice_in_the_same_moment_either() {
    // Bruno's phone sends two calls at once, and he may have one: the other is refused with a reason.
    let mut town = limited("concurrent_call_limit", 1);
    town.with("bruno", |bruno, now| bruno.call(now, "101"));
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(1));
    let refused = town.phone("bruno").lines.iter().filter(|line| line.end() == Some(End::Refused(480))).count();
    assert_eq!(refused, 1);
    town.close();
}

#[test]
fn the_busy_level_counts_all_calls_and_refuses_only_calls_to_it() {
    // From one call on Bruno counts as busy: while he talks others hear busy, but he himself may make a second call.
    let mut town = talking(limited("busy_level", 1), "102");
    town.phone("carla").manner = TALKS;
    town.with("carla", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(1));
    assert_eq!(town.phone("carla").line().end(), Some(End::Refused(486)));
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(4));
    assert_eq!(town.phone("bruno").lines.iter().filter(|line| !line.is_over()).count(), 2);
    assert!(town.phone("carla").is_talking());
    town.close();
}

#[test]
fn without_a_free_port_a_call_is_refused_and_later_calls_come_through() {
    // All media ports are in use: Anna hears that it does not work now. When a call has ended and its ports have rested it works again.
    let office = Office::default().extension("101", "Anna", &[]).extension("102", "Bruno", &[]).extension("103", "Carla", &[]);
    let office = office.account("anna", "101", &[]).account("bruno", "102", &[]).account("carla", "103", &[]);
    let mut town = Town::with_ports(1, office.settings(), 3);
    town.model.is_on = false;
    for name in ["anna", "bruno", "carla"] {
        town.add(name);
    }
    town.register_all();
    for name in ["bruno", "carla"] {
        town.phone(name).manner = TALKS;
    }
    town.with("carla", |carla, now| carla.call(now, "102"));
    town.run_for(seconds(4));
    assert!(town.phone("carla").is_talking());
    // One pair is left, for Anna's side; there is none for Carla's.
    let (end, _) = refused(&mut town, "103");
    assert!(matches!(end, Some(End::Refused(480 | 503))), "{end:?}");
    assert_eq!(town.pbx.records.last().map(|record| record.outcome), Some(Outcome::Unavailable));
    let (end, _) = refused(&mut town, "103");
    assert_eq!(end, Some(End::Refused(503)), "its pair rests");
    assert!(town.phone("carla").is_talking(), "who talks is not troubled");
    town.with("carla", |carla, now| carla.hang_up(now));
    town.run_for(seconds(31));
    town.with("anna", |anna, now| anna.call(now, "103"));
    town.run_for(seconds(4) + millis(100));
    assert!(town.phone("anna").is_talking());
    town.close();
}
