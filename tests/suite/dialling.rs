//! The numbering plan: what happens if somebody dials that. Classes, lock, emergency numbers and service codes, as printed plans, and against
//! a reference model.

use serde_json::json;
use trillo::base::{Dice, Wall};
use trillo::entry::{SwitchTable, Switches};
use trillo::route::{self, Action, From, Occupancy, Plan, Refusal, Request, View};
use trillo::settings::{Change, Edit, Extension, Kind, Own, Settings};

use crate::town::office::Office;

/// Anna at 101 may call the town and mobiles, locked the town alone; Bruno at 102 has no class. There are two lines, and a third that is off.
fn office() -> Office {
    let line = |name: &str| Own::default().with("name", name).with("host", "192.0.2.99").with("kind", "gateway");
    let rule = |digits: &str, lines: &[&str]| json!({"match": "prefix", "digits": digits, "lines": lines});
    Office::default()
        .with(Kind::Line, line("telecom"))
        .with(Kind::Line, line("mobile"))
        .with(Kind::Line, line("old").with("enabled", false))
        .with(Kind::Class, Own::default().with("name", "town").with("rules", json!([rule("06", &["telecom"])])))
        .with(
            Kind::Class,
            Own::default()
                .with("name", "all")
                .with("rules", json!([rule("3", &["mobile", "old", "telecom"]), rule("06", &["telecom"]), rule("00", &["telecom"])])),
        )
        .extension("101", "Anna", &[])
        .extension("102", "Bruno", &[])
        .set("101", "standard_class", "all")
        .set("101", "restricted_class", "town")
        .account("anna", "101", &[])
        .account("bruno", "102", &[])
}

fn extension<'a>(settings: &'a Settings, number: &str) -> &'a Extension {
    settings.extension_by_number(settings.default_tenant(), number).unwrap_or_else(|| panic!("there is no {number}"))
}

fn dial(view: &View<'_>, from: &str, dialled: &str) -> String {
    route::simulate(view, dialled, From::Extension(extension(view.settings, from).id)).print(view.settings)
}

#[track_caller]
fn check(settings: &Settings, from: &str, cases: &[(&str, &str)]) {
    for (dialled, expected) in cases {
        let plan = dial(&View::of(settings), from, dialled);
        let first = plan.split(" / ").next().unwrap_or_default().trim_start_matches("0: ");
        let first = first.split(" | ").next().unwrap_or_default();
        assert_eq!(first, *expected, "{from} dials {dialled}: {plan}");
    }
}

#[test]
fn what_an_extension_gets_for_digits() {
    let settings = office().settings();
    check(
        &settings,
        "101",
        &[
            ("102", "ring bruno 30s"),
            ("0612345", "outside 0612345 as 101 over all: telecom"),
            ("3331234", "outside 3331234 as 101 over all: mobile+telecom"),
            ("+390612345", "outside 0612345 as 101 over all: telecom"),
            ("+44201", "outside 0044201 as 101 over all: telecom"),
            ("*6710612345", "outside 0612345 as 101, hidden, over all: telecom"),
            ("0212345", "hang up forbidden"),
            ("112", "emergency 112 as 101 over telecom+mobile"),
            ("800", "echo"),
            ("811102", "forward all calls to 102"),
            ("8110212345", "hang up forbidden"),
            ("811", "hang up incomplete"),
            ("810", "forward no calls"),
            ("**102", "pick up 102"),
            ("**777", "hang up unknown number"),
            ("888", "park"),
            ("893", "fetch from 893"),
            ("850", "hang up no lock"),
            ("*51*77", "hang up not in this version"),
            ("10", "hang up incomplete"),
            ("85", "hang up incomplete"),
            ("anna", "hang up unknown number"),
            ("1".repeat(40).as_str(), "hang up forbidden"),
        ],
    );
    check(&settings, "102", &[("0612345", "hang up unknown number"), ("118", "emergency 118 as 102 over telecom+mobile")]);
}

#[test]
fn a_service_is_not_in_this_version_where_its_field_says_so() {
    let settings = office().settings();
    for (code, digits) in settings.numbering.codes.all() {
        let dialled = digits.to_string().split('-').next().unwrap_or_default().to_owned();
        let plan = dial(&View::of(&settings), "101", &dialled);
        assert_eq!(plan.contains("not in this version"), !code.service.is_there(), "{}: {plan}", code.key);
    }
}

#[test]
fn a_prefix_for_outside_lines() {
    let settings = office().with(Kind::Numbering, Own::default().with("outside_prefix", "0")).settings();
    check(
        &settings,
        "101",
        &[
            ("00612345", "outside 0612345 as 101 over all: telecom"),
            ("0612345", "hang up forbidden"),
            ("3331234", "hang up unknown number"),
            ("0112", "emergency 112 as 101 over telecom+mobile"),
            ("112", "emergency 112 as 101 over telecom+mobile"),
        ],
    );
}

#[test]
fn the_order_of_the_plan_decides_and_the_longest_match() {
    let selection = |name: &str, how: &str, digits: &str, to: serde_json::Value| {
        Own::default().with("name", name).with("match", how).with("digits", digits).with("action", to)
    };
    let outside = |number: &str| json!({"do": "external", "number": number});
    let office = office()
        .with(Kind::Selection, selection("porter", "exact", "500", outside("3330001")))
        .with(Kind::Selection, selection("short", "prefix", "06", json!({"do": "extension", "extension": "102"})))
        .with(Kind::Selection, selection("long", "prefix", "0699", json!({"do": "hang_up"})))
        .with(Kind::Selection, selection("taxi", "range", "510", outside("0611")).with("to", "519"));
    let settings = office.settings();
    check(
        &settings,
        "101",
        &[
            ("500", "outside 3330001 as 101 over all: mobile+telecom"),
            ("514", "outside 0611 as 101 over all: telecom"),
            ("0612345", "ring bruno 30s"),
            ("06991", "hang up unavailable"),
            ("50", "hang up incomplete"),
        ],
    );
    // With a prefix it may come first; then 612345 outside is meant, which no rule has.
    let outside_first =
        Own::default().with("order", json!(["outside", "services", "selections", "extensions"])).with("outside_prefix", "0");
    let settings = Office::default().put(Kind::Numbering, 1, outside_first).edited(&settings);
    check(&settings, "101", &[("0612345", "hang up forbidden"), ("102", "ring bruno 30s")]);
}

#[test]
fn forwards_and_do_not_disturb() {
    let settings = office().extension("103", "Carla", &[]).account("carla", "103", &[]).settings();
    let id = |number| extension(&settings, number).id;
    let forward = |to: &str| Switches { forward: Some(to.to_owned()), ..Switches::default() };
    let mut switches = SwitchTable::from([(id("102"), forward("103"))]);
    fn view<'a>(settings: &'a Settings, switches: &'a SwitchTable) -> View<'a> {
        View { settings, switches, at: Wall::default() }
    }
    assert_eq!(
        dial(&view(&settings, &switches), "101", "102"),
        "0: forwarded by 102 -> 1 / 1: ring carla 30s | busy -> 2; no answer -> 3; unavailable -> 4 \
         / 2: hang up busy / 3: hang up no answer / 4: hang up unavailable"
    );
    switches.insert(id("103"), forward("102"));
    assert_eq!(dial(&view(&settings, &switches), "101", "102"), "0: forwarded by 102 -> 1 (loop) / 1: forwarded by 103 -> 0 (loop)");
    // Bruno has no class: his calls cannot go outside, so they stay with him.
    switches.insert(id("102"), forward("0612345"));
    assert!(dial(&view(&settings, &switches), "101", "102").starts_with("0: ring bruno"), "nowhere to go");
    switches.insert(id("103"), Switches { do_not_disturb: true, ..Switches::default() });
    let mut occupancy = Occupancy::default();
    let plan = route::plan(&view(&settings, &switches), &occupancy, &Request { caller: id("101"), dialled: "103" });
    let walk = route::Walk::begin(&view(&settings, &switches), &mut occupancy, plan, route::Known::INTERNAL);
    assert_eq!((walk.action(), occupancy.is_empty()), (&Action::HangUp(Refusal::Busy), true));
}

/// Says of a call outside what the guide says, without plans.
fn model(settings: &Settings, caller: &Extension, switches: &Switches, at: Wall, number: &str) -> Result<Vec<String>, Refusal> {
    if ["112", "113", "118"].contains(&number) {
        return Ok(vec!["telecom".to_owned(), "mobile".to_owned()]);
    }
    let mode = settings.own(Kind::Extension, caller.id.0).and_then(|own| own.get("lock_mode")).and_then(|mode| mode.as_str());
    let policy = settings.own(Kind::Extension, caller.id.0).and_then(|own| own.get("unlock_policy")).and_then(|policy| policy.as_str());
    let open_for = match policy.unwrap_or("per_call") {
        "auto_lock" => 60_000,
        _ => 300_000,
    };
    let is_locked = mode.unwrap_or("open") != "open"
        && !switches
            .unlocked()
            .is_some_and(|since| policy == Some("until_locked") || at >= since && at.as_millis() - since.as_millis() < open_for);
    let may = |class: Option<trillo::base::id::ClassId>| {
        let name = settings.classes.get(&class?)?.name.as_str();
        let lines: &[&str] = match (name, number) {
            ("all", number) if number.starts_with('3') => &["mobile", "telecom"],
            ("all", number) if number.starts_with("06") || number.starts_with("00") => &["telecom"],
            ("town", number) if number.starts_with("06") => &["telecom"],
            _ => return None,
        };
        Some(lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
    };
    let class = if is_locked { caller.restricted_class } else { caller.standard_class };
    match may(class) {
        Some(lines) => Ok(lines),
        None if is_locked && may(caller.standard_class).is_some() => Err(Refusal::Locked),
        None if class.is_none() => Err(Refusal::UnknownNumber),
        None => Err(Refusal::Forbidden),
    }
}

#[test]
fn classes_and_locks_against_a_model() {
    let (mut allowed, mut locked) = (0, 0);
    for seed in 0..400 {
        let mut dice = Dice::from_number(seed);
        let any = |dice: &mut Dice, of: &[&str]| of[dice.below(of.len() as u32) as usize].to_owned();
        let mut office = office();
        for class in ["standard_class", "restricted_class"] {
            office = office.set("101", class, any(&mut dice, &["all", "town", ""]));
        }
        office = office
            .set("101", "lock_mode", any(&mut dice, &["open", "code", "password"]))
            .set("101", "unlock_policy", any(&mut dice, &["per_call", "auto_lock", "until_locked"]))
            .set("101", "unlock_seconds", 60);
        let settings = office.settings();
        let caller = extension(&settings, "101");
        let at = Wall::from_millis(1_000_000_000);
        let mut switches = Switches::default();
        if dice.chance(2, 3) {
            switches.unlock(Wall::from_millis(1_000_000_000 - i64::from(dice.below(600_000)) + 100_000));
        }
        let table = SwitchTable::from([(caller.id, switches.clone())]);
        let view = View { settings: &settings, switches: &table, at };
        for number in ["0612345", "3331234", "0044201", "0212345", "112"] {
            let plan = route::plan(&view, &Occupancy::default(), &Request { caller: caller.id, dialled: number });
            let got = outside(&settings, &plan);
            assert_eq!(got, model(&settings, caller, &switches, at, number), "seed {seed}: {number}");
            allowed += usize::from(got.is_ok());
            locked += usize::from(got == Err(Refusal::Locked));
        }
    }
    assert!(allowed > 300 && locked > 100, "both happen: {allowed} {locked}");
}

fn outside(settings: &Settings, plan: &Plan) -> Result<Vec<String>, Refusal> {
    match &plan.node(0).action {
        Action::External(external) => Ok(external.lines.iter().map(|line| settings.lines[line].name.clone()).collect()),
        Action::HangUp(refusal) => Err(*refusal),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_is_at_the_limit_may_still_call_for_help() {
    let settings = office().set("101", "concurrent_call_limit", 1).settings();
    let anna = extension(&settings, "101").id;
    let mut occupancy = Occupancy::default();
    occupancy.enter(anna);
    let plan = |dialled| route::plan(&View::of(&settings), &occupancy, &Request { caller: anna, dialled }).node(0).action.clone();
    assert_eq!(plan("0612345"), Action::HangUp(Refusal::CallerAtLimit));
    assert!(matches!(plan("113"), Action::External(external) if external.is_emergency));
}

#[test]
fn speed_dials_are_contacts_of_everybody_or_ones_own() {
    let contact = |name: &str, digits: &str| Own::default().with("last_name", name).with("speed_dial", digits);
    let user = |name: &str, extension: &str| {
        Own::default().with("username", name).with("password_hash", "$argon2id$x").with("extension", extension)
    };
    let settings = office()
        .with(Kind::Contact, contact("Supplier", "10").with("phone", "+39061234"))
        .with(Kind::Contact, contact("Mobile only", "11").with("mobile", "3331234"))
        .with(Kind::Contact, contact("Inside", "12").with("phone", "102"))
        .with(Kind::Contact, contact("Abroad", "13").with("phone", "+4420123"))
        .with(Kind::Contact, contact("Help", "14").with("phone", "118"))
        .with(Kind::User, user("anna", "101"))
        .with(Kind::User, user("bruno", "102"))
        .with(Kind::Contact, contact("Mother", "3").with("phone", "06777").with("owner", "anna"))
        .with(Kind::Contact, contact("Brother", "3").with("phone", "06888").with("owner", "bruno"))
        .settings();
    check(
        &settings,
        "101",
        &[
            ("#10", "outside 061234 as 101 over all: telecom"),
            ("#11", "outside 3331234 as 101 over all: mobile+telecom"),
            ("#12", "ring bruno 30s"),
            ("#13", "outside 004420123 as 101 over all: telecom"),
            ("#14", "emergency 118 as 101 over telecom+mobile"),
            ("#15", "hang up unknown number"),
            ("#03", "outside 06777 as 101 over all: telecom"),
            ("#04", "hang up unknown number"),
        ],
    );
    // Bruno has his own, and no class.
    check(&settings, "102", &[("#10", "hang up unknown number"), ("#12", "ring bruno 30s"), ("#03", "hang up unknown number")]);
}

#[test]
fn a_speed_dial_is_one_contacts_and_dials_something() {
    let contact = |name: &str, digits: &str| Own::default().with("last_name", name).with("speed_dial", digits).with("phone", "06");
    let own = |name: &str, digits: &str| contact(name, digits).with("owner", "anna");
    let anna = Own::default().with("username", "anna").with("password_hash", "$argon2id$x");
    for (contacts, expected) in [
        (vec![contact("A", "10"), contact("B", "11"), own("C", "1"), own("D", "2")], ""),
        (vec![contact("A", "5")], "speed_dial"),
        (vec![contact("A", "90")], "speed_dial"),
        (vec![contact("A", "1x")], "speed_dial"),
        (vec![own("A", "10")], "speed_dial"),
        (vec![contact("A", "10"), contact("B", "10")], "speed_dial"),
        (vec![own("A", "1"), own("B", "1")], "speed_dial"),
        (vec![contact("A", "10").with("phone", "")], "phone"),
    ] {
        let put = |kind, own| Change::Put { kind, id: None, own };
        let shown = format!("{contacts:?}");
        let contacts = contacts.into_iter().map(|own| put(Kind::Contact, own));
        let changes = std::iter::once(put(Kind::User, anna.clone())).chain(contacts).collect();
        let faults = Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [0; 24]).err().unwrap_or_default();
        assert_eq!(faults.first().map_or("", |fault| fault.field.as_str()), expected, "{shown}: {faults:?}");
    }
}
