//! What becomes of a call to one, two or three phones of an extension, whatever each of them does, from each of the three origins: against a
//! model of a few lines. Where the call went tells the cause, for each cause sends it on to somebody else; only the column of the call's own
//! origin may count.

use serde_json::json;

use super::failover::to;
use super::line_state::{LOGIN, PROVIDER, account};
use super::{TALKS, office};
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::office::Office;
use crate::town::phone::{Manner, State};

/// What a phone does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Busy,
    Declines,
    Unavailable,
    /// It is not registered.
    IsOff,
    /// Nothing comes from it.
    IsSilent,
    /// Nothing but 100.
    Tries,
    RingsOut,
    /// 302 to 204.
    SendsOn,
    Answers,
}

const ALL: [Does; 9] =
    [Does::Busy, Does::Declines, Does::Unavailable, Does::IsOff, Does::IsSilent, Does::Tries, Does::RingsOut, Does::SendsOn, Does::Answers];

const LEGS: [&str; 3] = ["one", "two", "three"];
const ORIGINS: [&str; 3] = ["internal", "external", "transfer"];

/// Who takes the call in the end. An answer counts whoever else does what; then a phone that sent it on; then any that rang to the end; any
/// that was busy; and if all were out of reach, that.
fn model(does: &[Does]) -> &'static str {
    let any = |wanted: &[Does]| does.iter().any(|does| wanted.contains(does));
    match () {
        () if any(&[Does::Answers]) => "callee",
        () if any(&[Does::SendsOn]) => "sent-on",
        () if any(&[Does::RingsOut]) => "no-answer",
        () if any(&[Does::Busy, Does::Declines]) => "busy",
        () => "unavailable",
    }
}

fn settings(count: usize, origin: &str) -> Office {
    let did = json!([{ "number": format!("+{}", LOGIN.0), "action": to("200") }]);
    let line = [account(), vec![("did", did)]].concat();
    let mut office = office().line("Telco", PROVIDER, &line).extension("200", "Callee", &[]);
    for (number, name) in [("201", "busy"), ("202", "no-answer"), ("203", "unavailable"), ("204", "sent-on"), ("205", "wrong-column")] {
        office = office.extension(number, name, &[]).account(name, number, &[]);
    }
    for leg in &LEGS[..count] {
        office = office.account(leg, "200", &[]);
    }
    for column in ORIGINS {
        office = office.set("200", &format!("failover_{column}_timeout"), 6);
        for (cause, number) in [("busy", "201"), ("no_answer", "202"), ("unavailable", "203")] {
            let number = if column == origin { number } else { "205" };
            office = office.set("200", &format!("failover_{column}_{cause}"), to(number));
        }
    }
    office
}

fn manner(does: Does) -> Manner {
    match does {
        Does::Busy => Manner::Refuse(486),
        Does::Declines => Manner::Refuse(603),
        Does::Unavailable => Manner::Refuse(480),
        Does::IsOff | Does::IsSilent => Manner::Silent,
        Does::Tries => Manner::Try,
        Does::RingsOut => Manner::Ring,
        Does::SendsOn => Manner::Forward("204"),
        Does::Answers => Manner::Answer { ring: millis(500), talk: None },
    }
}

/// Who talks with the caller when everything has been done.
fn taken(does: &[Does], origin: &str) -> String {
    let mut town = super::quiet_town(settings(does.len(), origin));
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, LOGIN.0, LOGIN.1);
    provider.from = "<sip:0039333111@198.51.100.7>".to_owned();
    for name in ["busy", "no-answer", "unavailable", "sent-on", "wrong-column"] {
        town.add(name);
        town.register(name);
        town.phone(name).manner = Manner::Answer { ring: millis(1500), talk: None };
    }
    for name in ["anna", "bruno"] {
        town.register(name);
    }
    for (name, does) in LEGS.iter().zip(does) {
        town.add(name);
        if *does != Does::IsOff {
            town.register(name);
        }
        town.phone(name).manner = manner(*does);
    }
    town.run_for(seconds(1));
    call(&mut town, origin);
    town.run_for(seconds(15));
    let talks = |(name, phone): (&String, &crate::town::phone::Phone)| {
        let is_called = phone.lines.iter().any(|line| !line.is_caller && line.state == State::Talking);
        (is_called && name != "bruno").then(|| if LEGS.contains(&name.as_str()) { "callee".to_owned() } else { name.clone() })
    };
    let taken: Vec<String> = town.phones.iter().filter_map(talks).collect();
    town.close();
    taken.join(" and ")
}

fn call(town: &mut Town, origin: &str) {
    match origin {
        "internal" => {
            town.with("anna", |anna, now| anna.call(now, "200"));
        }
        "external" => {
            let user = town.phone("provider").provider.as_ref().expect("a provider").user().to_owned();
            town.with("provider", |provider, now| provider.call(now, &user));
        }
        // Bruno talks with Anna and sends her on.
        _ => {
            town.phone("bruno").manner = TALKS;
            town.with("anna", |anna, now| anna.call(now, "102"));
            town.run_for(seconds(4));
            town.with("bruno", |bruno, now| bruno.ask(now, 0, "REFER", &[("Refer-To", "<sip:200@x>")]));
            town.run_for(millis(200));
            town.with("bruno", |bruno, now| bruno.hang_up(now));
        }
    }
}

#[test]
fn whatever_one_two_or_three_phones_do_the_call_goes_where_the_model_says() {
    let mut checked = 0;
    for origin in ORIGINS {
        for (first, does) in ALL.iter().enumerate() {
            check(origin, &[*does], &mut checked);
            for (second, more) in ALL.iter().enumerate().skip(first) {
                check(origin, &[*does, *more], &mut checked);
                for third in ALL.iter().skip(second) {
                    check(origin, &[*does, *more, *third], &mut checked);
                }
            }
        }
    }
    assert_eq!(checked, 3 * (9 + 45 + 165));
}

fn check(origin: &str, does: &[Does], checked: &mut usize) {
    assert_eq!(taken(does, origin), model(does), "{origin}: {does:?}");
    *checked += 1;
}
