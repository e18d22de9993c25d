use super::{TALKS, town};
use crate::town::clock::seconds;
use trillo::trace::{Direction, Ladder};

#[test]
fn the_messages_of_a_call_are_there_for_all_its_phones() {
    // Bruno calls Carla, whose two phones ring; one answers. Whoever looks at the call sees what went between the box and all three phones,
    // and nothing of other calls and registrations.
    let mut town = town();
    for name in ["bruno", "carla-desk", "carla-lab"] {
        town.phone(name).manner = TALKS;
    }
    town.with("bruno", |bruno, now| bruno.call(now, "103"));
    town.run_for(seconds(6));
    town.with("bruno", |bruno, now| bruno.hang_up(now));
    town.run_for(seconds(2));
    town.with("anna", |anna, now| anna.call(now, "102"));
    town.run_for(seconds(4));
    let record = town.pbx.records.iter().find(|record| record.dialled == "103").expect("a record").clone();
    let seen = town.pbx.trace.call(&record.call_id);
    let ladder = Ladder::new(&seen);
    let address = |town: &mut crate::town::Town, name: &str| town.phone(name).address;
    let parties: Vec<_> = ladder.parties.iter().map(|party| party.address).collect();
    let mut expected = vec![address(&mut town, "bruno"), address(&mut town, "carla-desk"), address(&mut town, "carla-lab")];
    assert_eq!(parties[0], expected[0], "the caller is the first");
    expected.sort();
    let mut sorted = parties.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    let of_caller: Vec<&str> = ladder.arrows.iter().filter(|arrow| arrow.party == 0).map(|arrow| arrow.title.as_str()).collect();
    assert_eq!(of_caller[..5], ["INVITE", "401 Unauthorized", "ACK", "INVITE", "100 Trying"]);
    assert_eq!(of_caller[of_caller.len() - 2..], ["BYE", "200 OK"]);
    assert!(ladder.arrows.iter().any(|arrow| arrow.title == "CANCEL" && arrow.direction == Direction::Out), "the other phone stops");
    assert!(ladder.arrows.iter().all(|arrow| arrow.title != "REGISTER"));
    let password = town.phone("bruno").password.clone();
    assert!(seen.iter().all(|one| !String::from_utf8_lossy(&one.bytes).contains(&password)), "a proof is no password");
    town.close();
}
