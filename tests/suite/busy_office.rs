//! A busy office: fifty phones do whatever people do with phones, over a net that loses one packet in twenty; phones restart, settings
//! change, the box crashes. What becomes of each call is the scenarios' matter; here these hold whatever happens:
//!
//! - nothing is left when all have hung up: no call, no leg, no port, no transaction;
//! - nobody hangs in a call;
//! - each record tells one call, in the order of time;
//! - no call reaches the provider that its dialler may not make, by whatever way: dialled, forwarded, transferred, from a locked phone;
//! - no phone gets what it cannot read.
//!
//! `TRILLO_SEEDS=10000` runs more seeds, `TRILLO_SEED=7` runs that one and prints its trace.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use serde_json::json;
use trillo::base::{Dice, Transport};
use trillo::entry::Outcome;
use trillo::settings::{Kind, Own};

use crate::simulation::each_seed;
use crate::town::Town;
use crate::town::clock::{millis, seconds};
use crate::town::message::{Start, uri_of, user_of};
use crate::town::net::Faults;
use crate::town::office::Office;
use crate::town::phone::{Manner, State};

const LOSS: Faults = Faults { loss: 50, duplication: 20, reordering: 50 };
const EXTENSIONS: u32 = 40;
/// The first ten have two phones.
const DESKS: u32 = 10;
const DEEDS: usize = 150;
const PROVIDER: &str = "198.51.100.7";
const NUMBER: &str = "39061234";
/// Numbers outside begin so; behind it stands the extension that dials, and so the test knows who wanted a call that comes out.
const OUTSIDE: &str = "06";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Dial,
    DialOut,
    ComeIn,
    Code,
    Pickup,
    Park,
    Fetch,
    Hold,
    Resume,
    Keys,
    SendOn,
    SendOut,
    BringTogether,
    HangUp,
    Restart,
    Register,
    Change,
    Crash,
}

/// How often each is done, in parts of all.
const OFTEN: &[(Deed, u32)] = &[
    (Deed::Dial, 30),
    (Deed::DialOut, 12),
    (Deed::ComeIn, 8),
    (Deed::Code, 8),
    (Deed::Pickup, 6),
    (Deed::Park, 4),
    (Deed::Fetch, 4),
    (Deed::Hold, 6),
    (Deed::Resume, 4),
    (Deed::Keys, 6),
    (Deed::SendOn, 6),
    (Deed::SendOut, 4),
    (Deed::BringTogether, 5),
    (Deed::HangUp, 10),
    (Deed::Restart, 3),
    (Deed::Register, 5),
    (Deed::Change, 2),
    (Deed::Crash, 1),
];

fn extension(at: u32) -> String {
    (101 + at).to_string()
}

fn phones() -> Vec<String> {
    (0..EXTENSIONS).flat_map(|at| [Some(format!("p{}", 101 + at)), (at < DESKS).then(|| format!("q{}", 101 + at))]).flatten().collect()
}

/// Every third may not call outside; every sixth may, but is locked until unlocked.
fn may_never(at: u32) -> bool {
    at.is_multiple_of(3)
}

fn office() -> Office {
    let account = [("username", json!(NUMBER)), ("password", json!("s3cret")), ("number", json!(format!("+{NUMBER}")))];
    let did = json!([{ "number": format!("+{NUMBER}"), "action": { "do": "extension", "extension": "101" } }]);
    let line = [account.to_vec(), vec![("did", did)]].concat();
    let office = Office::default().line("Telco", PROVIDER, &line).class("All", &["Telco"]);
    let mut office = office.with(Kind::PickupGroup, Own::default().with("name", "floor"));
    for at in 0..EXTENSIONS {
        let number = extension(at);
        let limits: &[(&str, i64)] = match at % 8 {
            0 => &[("concurrent_call_limit", 1)],
            1 => &[("busy_level", 2)],
            2 => &[("failover_internal_timeout", 5)],
            _ => &[],
        };
        office = office.extension(&number, &format!("Person {at}"), limits).set(&number, "service_pin", "1234");
        office = office.set(&number, "pickup_groups", json!(["floor"])).set(&number, "pickup_authorized", json!(["floor"]));
        if !may_never(at) {
            office = office.set(&number, "standard_class", "All");
        }
        if at % 6 == 1 {
            office = office.set(&number, "lock_mode", "code");
        }
        if at % 5 == 0 {
            let to = extension((at + 7) % EXTENSIONS);
            let cause = ["busy", "no_answer", "unavailable"][at as usize / 5 % 3];
            office = office.set(&number, &format!("failover_internal_{cause}"), json!({ "do": "extension", "extension": to }));
        }
    }
    for phone in phones() {
        office = office.account(&phone, &phone[1..], &[]);
    }
    office
}

fn town(seed: u64) -> Town {
    let mut town = Town::new(seed, office().settings());
    town.model.is_on = false;
    let provider = town.add_provider("provider", PROVIDER, NUMBER, "s3cret");
    provider.from = "<sip:0039333111@198.51.100.7>".to_owned();
    provider.manner = Manner::Answer { ring: millis(800), talk: Some(seconds(20)) };
    for (at, name) in phones().iter().enumerate() {
        if at % 7 == 3 {
            town.add_stream(name, Transport::Tcp)
        } else {
            town.add(name)
        };
    }
    for name in phones() {
        town.register(&name);
    }
    town.run_for(seconds(2));
    town.net.faults = LOSS;
    town
}

struct Day {
    town: Town,
    dice: Dice,
    names: Vec<String>,
    deeds: BTreeMap<Deed, usize>,
}

impl Day {
    fn new(seed: u64) -> Day {
        let (mut town, mut dice, names) = (town(seed), Dice::from_number(seed ^ 0x0ff1ce), phones());
        for name in &names {
            town.phone(name).manner = manner(&mut dice);
            if dice.chance(1, 3) {
                town.phone(name).more =
                    vec![("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"), ("Supported", "timer"), ("Session-Expires", "90")];
            }
            if dice.chance(1, 3) {
                town.phone(name).codecs = vec![0, 8];
            }
        }
        Day { town, dice, names, deeds: BTreeMap::new() }
    }

    fn below(&mut self, count: usize) -> usize {
        self.dice.below(count as u32) as usize
    }

    fn anybody(&mut self) -> String {
        let at = self.below(self.names.len());
        self.names[at].clone()
    }

    fn number(&mut self) -> String {
        extension(self.dice.below(EXTENSIONS))
    }

    fn pass(&mut self) {
        for _ in 0..DEEDS {
            let pause = millis(self.dice.below(1200).into());
            self.town.run_for(pause);
            let (deed, name) = (self.deed(), self.anybody());
            if self.perform(deed, &name) {
                *self.deeds.entry(deed).or_default() += 1;
            }
        }
        self.town.run_for(seconds(60));
        // Parked calls come back, and ring again.
        for _ in 0..4 {
            for name in self.names.clone().iter().map(String::as_str).chain(["provider"]) {
                self.town.with(name, |phone, now| phone.hang_up(now));
            }
            self.town.run_for(seconds(40));
        }
        self.town.close();
    }

    fn deed(&mut self) -> Deed {
        let mut at = self.dice.below(OFTEN.iter().map(|(_, share)| share).sum());
        for (deed, share) in OFTEN {
            if at < *share {
                return *deed;
            }
            at -= share;
        }
        Deed::HangUp
    }

    /// False: just now it makes no sense.
    fn perform(&mut self, deed: Deed, name: &str) -> bool {
        let own = name[1..].to_owned();
        let number = self.number();
        let lines = &self.town.phone(name).lines;
        let talking: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| line.state == State::Talking).map(|(at, _)| at).collect();
        let (first, last) = (talking.first().copied(), talking.last().copied());
        match (deed, first, last) {
            (Deed::Dial, ..) => self.dial(name, &number),
            (Deed::DialOut, ..) => self.dial(name, &format!("{OUTSIDE}{own}")),
            (Deed::ComeIn, ..) => self.dial("provider", NUMBER),
            (Deed::Code, ..) => {
                let code = match self.below(9) {
                    0 | 1 => format!("811{number}"),
                    2 => format!("811{OUTSIDE}{own}"),
                    3 => "810".to_owned(),
                    4 => "850".to_owned(),
                    5 => "851".to_owned(),
                    6 => format!("*671{OUTSIDE}{own}"),
                    7 => "800".to_owned(),
                    _ => "840".to_owned(),
                };
                self.dial(name, &code);
            }
            (Deed::Pickup, ..) => {
                let code = if self.dice.chance(1, 2) { "*9".to_owned() } else { format!("**{number}") };
                self.dial(name, &code);
            }
            (Deed::Fetch, ..) => {
                let slot = 890 + self.below(3);
                self.dial(name, &slot.to_string());
            }
            (Deed::Park, Some(line), _) => self.refer(name, line, "<sip:888@x>"),
            (Deed::SendOn, Some(line), _) => self.refer(name, line, &format!("<sip:{number}@x>")),
            (Deed::SendOut, Some(line), _) => self.refer(name, line, &format!("<sip:{OUTSIDE}{own}@x>")),
            (Deed::BringTogether, Some(first), Some(last)) if first != last => {
                let to = self.town.phone(name).refer_to(last);
                self.refer(name, first, &to);
            }
            (Deed::Hold, ..) if self.town.phone(name).may_reinvite() => self.town.with(name, |phone, now| phone.hold(now)),
            (Deed::Resume, ..) if self.town.phone(name).may_reinvite() => self.town.with(name, |phone, now| phone.resume(now)),
            (Deed::Keys, Some(_), _) => {
                let keys = [format!("#4{number}#"), "#8".to_owned(), "*0".to_owned(), format!("*4{number}#"), "12#".to_owned()];
                let keys = &keys[self.below(5)];
                for key in keys.chars() {
                    self.town.with(name, |phone, now| phone.press(now, key));
                    self.town.run_for(millis(120));
                }
            }
            (Deed::HangUp, ..) => self.town.with(name, |phone, now| phone.hang_up(now)),
            (Deed::Restart, ..) => {
                let manner = manner(&mut self.dice);
                self.town.phone(name).lose_power();
                self.town.phone(name).manner = manner;
                self.reconnect(name);
            }
            (Deed::Register, ..) => self.town.with(name, |phone, now| phone.register(now, 600)),
            (Deed::Change, ..) => {
                let settings = self.town.pbx.settings.clone();
                let id = settings.extension_by_number(settings.default_tenant(), &own).expect("is there").id.0;
                let timeout = 5 + self.dice.below(20);
                let edit = Office::default().put(Kind::Extension, id, Own::default().with("failover_internal_timeout", timeout));
                self.town.apply(edit.edited(&settings));
            }
            (Deed::Crash, ..) => {
                let now = self.town.now;
                self.town.pbx.restart(now);
                for name in self.names.clone() {
                    if self.town.phone(&name).connection.is_some() {
                        self.reconnect(&name);
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn dial(&mut self, name: &str, number: &str) {
        self.town.with(name, |phone, now| phone.call(now, number));
    }

    fn refer(&mut self, name: &str, line: usize, to: &str) {
        self.town.with(name, |phone, now| phone.ask(now, line, "REFER", &[("Refer-To", to)]));
    }

    fn reconnect(&mut self, name: &str) {
        if self.town.phone(name).connection.is_some() {
            self.town.reconnect(name);
        }
        self.town.with(name, |phone, now| phone.register(now, 600));
    }

    /// What must be so after a day, besides what the end of the town asks.
    fn check(&mut self) {
        let came_out = self.town.phone("provider").came(|message| message.is_request("INVITE") && message.answerer_tag().is_none());
        for invite in came_out {
            let Start::Request { uri, .. } = &invite.start else { continue };
            let dialler: u32 = user_of(uri).trim_start_matches(OUTSIDE).parse().expect("the number says who dialled");
            assert!(!may_never(dialler - 101), "{dialler} may not call outside: {invite:?}");
            let shown = invite.get("P-Asserted-Identity").unwrap_or_else(|| invite.text("From"));
            assert_eq!(user_of(uri_of(shown)), NUMBER_SHOWN, "outside sees the line's number: {invite:?}");
        }
        let mut seen = BTreeSet::new();
        for record in &self.town.pbx.records {
            assert!(record.started <= record.answered.unwrap_or(record.ended) && record.answered.unwrap_or(record.started) <= record.ended);
            assert_eq!(record.outcome == Outcome::Answered, record.answered.is_some(), "{record:?}");
            seen.insert((record.call_id.clone(), record.started));
        }
    }
}

const NUMBER_SHOWN: &str = "+39061234";

/// Most people answer.
fn manner(dice: &mut Dice) -> Manner {
    match dice.below(12) {
        0 => Manner::Refuse(486),
        1 => Manner::Refuse(480),
        2 => Manner::Ring,
        3 => Manner::Silent,
        _ => Manner::Answer { ring: millis(dice.below(3000).into()), talk: dice.chance(1, 2).then(|| millis(dice.below(20_000).into())) },
    }
}

fn day(seed: u64) -> Day {
    let mut day = Day::new(seed);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        day.pass();
        day.check();
    }));
    if std::env::var("TRILLO_SEED").is_ok() {
        println!("{}", day.town.trace.lines.join("\n"));
    }
    if let Err(trouble) = outcome {
        resume_unwind(trouble);
    }
    day
}

#[test]
fn whatever_people_do_nothing_is_left_and_nobody_calls_out_who_may_not() {
    let deeds: RefCell<BTreeMap<Deed, usize>> = RefCell::default();
    let outcomes: RefCell<BTreeMap<Outcome, usize>> = RefCell::default();
    let came_out = std::cell::Cell::new(0);
    each_seed(200, "whatever_people_do", |seed| {
        let mut day = day(seed);
        day.deeds.iter().for_each(|(deed, count)| *deeds.borrow_mut().entry(*deed).or_default() += count);
        day.town.pbx.records.iter().for_each(|record| *outcomes.borrow_mut().entry(record.outcome).or_default() += 1);
        came_out.set(came_out.get() + day.town.phone("provider").lines.iter().filter(|line| !line.is_caller && line.has_talked).count());
    });
    println!("{:?}\n{:?}\n{} calls came out to the provider", deeds.borrow(), outcomes.borrow(), came_out.get());
    // It would prove little if some of it never happened.
    if std::env::var("TRILLO_SEED").is_err() {
        assert_eq!(deeds.borrow().len(), OFTEN.len(), "{deeds:?}");
        assert!(outcomes.borrow().len() >= 5 && came_out.get() > 0, "{outcomes:?}");
    }
}

#[test]
fn a_busy_day_is_the_same_day_twice() {
    let (first, second) = (day(11), day(11));
    assert!(first.town.trace.lines.len() > 1000, "much happened");
    assert!(first.town.trace.lines == second.town.trace.lines);
    assert_eq!(first.town.pbx.records, second.town.pbx.records);
    assert!(day(12).town.trace.lines != first.town.trace.lines);
}
