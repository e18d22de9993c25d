//! Plans: what follows when an extension does not take a call, in print and on the way, for every origin, cause and action. And the limits,
//! which hold whatever calls do on their way.

use serde_json::{Value, json};
use trillo::base::Dice;
use trillo::base::id::ExtensionId;
use trillo::base::limits::CALL_HOPS_MAX;
use trillo::route::{self, Action, Called, From, Known, Occupancy, Plan, Transferor, View, Walk, Way};
use trillo::settings::{Cause, Origin, Settings};

use crate::town::office::Office;

/// Anna, Bruno, Carla with two phones; 104 is not in service, nor is box 201.
fn office() -> Office {
    let office = Office::default().extension("101", "Anna", &[]).extension("102", "Bruno", &[]).extension("103", "Carla", &[]);
    let office = office.extension("104", "Dora", &[]).set("104", "enabled", false).mailbox("200", true).mailbox("201", false);
    let office = office.account("anna", "101", &[]).account("bruno", "102", &[]);
    office.account("carla-desk", "103", &[]).account("carla-lab", "103", &[])
}

fn to(number: &str) -> Value {
    json!({"do": "extension", "extension": number})
}

fn id(settings: &Settings, number: &str) -> ExtensionId {
    settings.extension_by_number(settings.default_tenant(), number).unwrap_or_else(|| panic!("there is no {number}")).id
}

/// Anna dials 102.
fn check(office: Office, expected: &str) {
    let settings = office.settings();
    assert_eq!(route::simulate(&View::of(&settings), "102", From::Extension(id(&settings, "101"))).print(&settings), expected);
}

fn calling(settings: &Settings, number: &str) -> Plan {
    Plan::starting(Action::Extension(Called { extension: id(settings, number), way: Way::Onward }))
}

#[test]
fn a_plan_in_print() {
    check(
        office(),
        "0: ring bruno 30s | busy -> 1; no answer -> 2; unavailable -> 3 \
         / 1: hang up busy / 2: hang up no answer / 3: hang up unavailable",
    );
    check(
        office().set("102", "failover_internal_no_answer", to("103")).set("102", "failover_internal_timeout", 10),
        "0: ring bruno 10s | busy -> 1; no answer -> 2; unavailable -> 3 / 1: hang up busy \
         / 2: ring carla-desk+carla-lab 30s | busy -> 1; no answer -> 4; unavailable -> 3 / 3: hang up unavailable / 4: hang up no answer",
    );
    // Nobody is behind 104 and 201, and the call ends as it would without them. There are no lines and voices yet.
    check(
        office()
            .set("102", "failover_internal_busy", to("104"))
            .set("102", "failover_internal_no_answer", json!({"do": "voicemail", "mailbox": "201"}))
            .set("102", "failover_internal_unavailable", json!({"do": "external", "number": "0612345"})),
        "0: ring bruno 30s | busy -> 1; no answer -> 2; unavailable -> 3 / 1: hang up busy / 2: hang up no answer \
         / 3: outside 0612345 as 102 over no class | busy -> 1; no answer -> 2; unavailable -> 4 / 4: hang up unavailable",
    );
    let settings = office().settings();
    for (dialled, expected) in [("104", "0: hang up not in service"), ("777", "0: hang up unknown number")] {
        assert_eq!(route::simulate(&View::of(&settings), dialled, From::Extension(id(&settings, "101"))).print(&settings), expected);
    }
}

#[test]
fn a_circle_is_marked_in_the_plan_and_in_its_picture() {
    let office = office().set("102", "failover_internal_busy", to("103")).set("103", "failover_internal_no_answer", to("102")).set(
        "103",
        "failover_internal_unavailable",
        json!({"do": "voicemail", "mailbox": "200"}),
    );
    let settings = office.settings();
    let simulation = route::simulate(&View::of(&settings), "102", From::Extension(id(&settings, "101")));
    assert_eq!(
        simulation.print(&settings),
        "0: ring bruno 30s | busy -> 1 (loop); no answer -> 2; unavailable -> 3 \
         / 1: ring carla-desk+carla-lab 30s | busy -> 4; no answer -> 0 (loop); unavailable -> 5 \
         / 2: hang up no answer / 3: hang up unavailable / 4: hang up busy / 5: voicemail 200 | unavailable -> 3"
    );
    let loops = |from| simulation.branches(from).into_iter().filter(|branch| branch.is_loop).map(|branch| (branch.to, branch.causes));
    assert_eq!(loops(0).collect::<Vec<_>>(), [(1, vec![Cause::Busy])]);
    assert_eq!(loops(1).collect::<Vec<_>>(), [(0, vec![Cause::NoAnswer])]);
    assert_eq!((2..6).flat_map(loops).count(), 0);
}

#[test]
fn a_plan_without_end_is_shown_as_far_as_it_can_be_read() {
    let mut office = Office::default().extension("1000", "Anna", &[]).account("anna", "1000", &[]);
    for number in 1001..1100 {
        office = office.extension(&number.to_string(), "", &[]);
    }
    for number in 1000..1099 {
        office = office.set(&number.to_string(), "failover_internal_busy", to(&(number + 1).to_string()));
    }
    let settings = office.settings();
    let simulation = route::simulate(&View::of(&settings), "1000", From::Extension(id(&settings, "1000")));
    let places = simulation.nodes().len();
    assert!((60..80).contains(&places), "{places}");
    let print = simulation.print(&settings);
    assert!(print.contains("call 106"), "what follows is named: {print}");
}

#[test]
fn a_transferred_call_goes_back_once() {
    // Anna transferred a call of Carla's to Bruno. Anna's own table says what follows when she does not take it back either.
    let office = office().set("101", "failover_internal_no_answer", to("103"));
    let settings = office.settings();
    let transferor = Transferor { extension: id(&settings, "101"), origin: Origin::Internal };
    let known = Known { origin: Origin::Transfer, transferor: Some(transferor) };
    let simulation = route::simulated(&View::of(&settings), calling(&settings, "102"), &known);
    assert_eq!(
        simulation.print(&settings),
        "0: ring bruno 30s | busy,no answer,unavailable -> 1 / 1: return to anna 30s | busy,no answer,unavailable -> 2 \
         / 2: ring carla-desk+carla-lab 30s | busy -> 3; no answer -> 4; unavailable -> 5 \
         / 3: hang up busy / 4: hang up no answer / 5: hang up unavailable"
    );
}

#[test]
fn a_return_passes_the_busy_level_and_not_the_limit() {
    for (key, expected) in [("busy_level", true), ("concurrent_call_limit", false)] {
        let settings = office().set("101", key, 1).settings();
        let anna = id(&settings, "101");
        let known = Known { origin: Origin::Transfer, transferor: Some(Transferor { extension: anna, origin: Origin::External }) };
        let mut occupancy = Occupancy::default();
        occupancy.enter(anna);
        let mut walk = Walk::begin(&View::of(&settings), &mut occupancy, calling(&settings, "102"), known);
        walk.fail(&View::of(&settings), &mut occupancy, Cause::NoAnswer);
        assert_eq!(walk.called() == Some(anna), expected, "{key}: {:?}", walk.action());
    }
}

/// What the table says, told without plans: how the place that follows begins in print.
fn follows(origin: Origin, action: &str, cause: Cause) -> &'static str {
    match (action, cause) {
        ("extension 103", _) => "ring carla-desk+carla-lab",
        ("voicemail 200", _) => "voicemail 200",
        ("external", _) => "outside 0612345 as 102",
        ("return", _) if origin == Origin::Transfer => "return to anna",
        (_, Cause::Busy) => "hang up busy",
        (_, Cause::NoAnswer) => "hang up no answer",
        (_, Cause::Unavailable) => "hang up unavailable",
    }
}

#[test]
fn every_cell_of_the_table_leads_where_it_says() {
    let actions = [
        ("hang up", json!({"do": "hang_up"})),
        ("extension 103", to("103")),
        ("extension 104", to("104")),
        ("voicemail 200", json!({"do": "voicemail", "mailbox": "200"})),
        ("voicemail 201", json!({"do": "voicemail", "mailbox": "201"})),
        ("external", json!({"do": "external", "number": "0612345"})),
        ("return", json!({"do": "return"})),
    ];
    let mut checked = 0;
    for (origin, column) in Origin::ALL.into_iter().zip(["internal", "external", "transfer"]) {
        for (cause, row) in Cause::ALL.into_iter().zip(["no_answer", "busy", "unavailable"]) {
            for (name, action) in actions.iter().filter(|(name, _)| *name != "return" || origin == Origin::Transfer) {
                let settings = office().set("102", &format!("failover_{column}_{row}"), action.clone()).settings();
                let transferor =
                    (origin == Origin::Transfer).then(|| Transferor { extension: id(&settings, "101"), origin: Origin::External });
                let known = Known { origin, transferor };
                for happens in Cause::ALL {
                    let simulation = route::simulated(&View::of(&settings), calling(&settings, "102"), &known);
                    let to = simulation.next(0, happens).expect("a way");
                    // Cells that were not touched hold what they begin with.
                    let holds = match (happens == cause, origin) {
                        (true, _) => *name,
                        (false, Origin::Transfer) => "return",
                        (false, _) => "hang up",
                    };
                    let (print, expected) = (simulation.print(&settings), format!("{to}: {}", follows(origin, holds, happens)));
                    let is_there = print.split(" / ").any(|node| node.starts_with(&expected));
                    assert!(is_there, "{column}, {row} = {name}, when {happens:?}: {expected} is not in {print}");
                    checked += 1;
                }
            }
        }
    }
    assert_eq!(checked, (6 + 6 + 7) * 3 * 3);
}

/// Extensions with limits, each of which sends what it does not take to others.
fn limited(dice: &mut Dice) -> Settings {
    let mut office = Office::default();
    for number in 101..=106 {
        let limits = [("concurrent_call_limit", i64::from(dice.below(4))), ("busy_level", i64::from(dice.below(4)))];
        office = office.extension(&number.to_string(), "", &limits).account(&format!("phone-{number}"), &number.to_string(), &[]);
    }
    for number in 101..=106 {
        for cause in ["no_answer", "busy", "unavailable"] {
            if dice.chance(2, 3) {
                let next = (101 + dice.below(6)).to_string();
                office = office.set(&number.to_string(), &format!("failover_internal_{cause}"), to(&next));
            }
        }
    }
    office.settings()
}

#[test]
fn whatever_calls_do_no_extension_has_more_than_it_may() {
    let (mut refused, mut moved) = (0, 0);
    for seed in 1..=60 {
        let mut dice = Dice::from_number(seed);
        let settings = limited(&mut dice);
        let extensions: Vec<ExtensionId> = settings.extensions.keys().copied().collect();
        let mut occupancy = Occupancy::default();
        let mut walks: Vec<Walk> = Vec::new();
        for _ in 0..300 {
            let any = extensions[dice.below(6) as usize];
            let at = dice.below(walks.len().max(1) as u32) as usize;
            match (dice.below(7), walks.get_mut(at)) {
                (0..=1, _) | (_, None) => {
                    let plan = Plan::starting(Action::Extension(Called { extension: any, way: Way::Onward }));
                    walks.push(Walk::begin(&View::of(&settings), &mut occupancy, plan, Known::INTERNAL));
                }
                (2..=3, Some(walk)) => walk.fail(&View::of(&settings), &mut occupancy, Cause::ALL[dice.below(3) as usize]),
                (4, Some(walk)) => {
                    let to = Action::Extension(Called { extension: any, way: Way::Onward });
                    walk.forward(&View::of(&settings), &mut occupancy, to);
                }
                (5, Some(walk)) => {
                    let before = occupancy.clone();
                    if walk.join(&View::of(&settings), &mut occupancy, any).is_err() {
                        assert_eq!(occupancy, before, "who is not let in is not counted");
                    }
                    if dice.chance(1, 2) {
                        walk.keep(&mut occupancy, |extension| extension == any);
                    }
                }
                (_, Some(_)) => walks.swap_remove(at).leave(&mut occupancy),
            }
            // A call that is hung up is over.
            for index in (0..walks.len()).rev() {
                if matches!(walks[index].action(), Action::HangUp(_)) {
                    assert_eq!(walks[index].counted(), [], "nobody counts it any more");
                    refused += 1;
                    walks.swap_remove(index);
                }
            }
            moved += walks.iter().filter(|walk| !walk.passed().is_empty()).count();
            for extension in settings.extensions.values() {
                let counted = walks.iter().flat_map(Walk::counted).filter(|counted| **counted == extension.id).count() as u32;
                assert_eq!(occupancy.calls(extension.id), counted, "seed {seed}: each call counts where it is");
                for limit in [extension.concurrent_call_limit, extension.busy_level] {
                    assert!(limit == 0 || counted <= limit, "seed {seed}: {counted} calls of {limit}");
                }
            }
            assert!(walks.iter().all(|walk| walk.passed().len() < CALL_HOPS_MAX), "seed {seed}: ten places are enough");
        }
        for mut walk in walks {
            walk.leave(&mut occupancy);
        }
        assert!(occupancy.is_empty(), "seed {seed}");
    }
    assert!(refused > 100 && moved > 100, "much happened: {refused} {moved}");
}
