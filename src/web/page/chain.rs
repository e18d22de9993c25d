//! The way of a call as a picture of boxes and arrows, and the same in words.
//!
//! ```text
//!  +-----------+ no answer    +-----------+
//!  | 102 Bruno |------------->| 103 Carla |      each place right of all that lead to it; an arrow for each branch of the plan.
//!  |   30 s    | busy         |   20 s    |      One that ends the call ends in a dot. What leads back is a loop, below and dashed.
//!  +-----------+------o       +-----------+
//! ```

use maud::{Markup, html};

use crate::base::id::{AccountId, ExtensionId, LineId};
use crate::base::limits::PLAN_NODES_SHOWN_MAX;
use crate::route::{Action, Branch, External, Node, Plan, Refusal};
use crate::settings::Cause;
use crate::text::{Phrase, dial as words};

use super::Frame;

const WIDTH: usize = 190;
const HEIGHT: usize = 56;
/// Between two columns: room for the words at an arrow.
const GAP: usize = 130;
const ROW: usize = 84;
const MARGIN: usize = 14;
/// Branches leave a box one above the other.
const STEP: usize = 17;

pub fn show(frame: &Frame<'_>, plan: &Plan) -> Markup {
    html! {
        // One place alone is said in a line.
        @if plan.nodes().iter().filter(|node| !matches!(node.action, Action::HangUp(_))).count() > 1 { div.chain tabindex="0" role="group" aria-label=(frame.say(words::PICTURE)) { (picture(frame, plan)) } }
        (list(frame, plan))
        @if plan.nodes().len() > PLAN_NODES_SHOWN_MAX { p.muted { (frame.say(words::SHOWN_IN_PART)) } }
        details { summary { (frame.say(words::PRINTED)) } pre.plan { (plan.print(&frame.context.settings).replace(" / ", "\n")) } }
    }
}

/// Where a box stands.
struct Spot {
    column: usize,
    row: usize,
}

impl Spot {
    const fn left(&self) -> usize {
        MARGIN + self.column * (WIDTH + GAP)
    }

    const fn top(&self) -> usize {
        MARGIN + self.row * ROW
    }
}

/// Each right of all that lead to it, loops left aside. What ends the call has no place in the picture.
fn spots(plan: &Plan) -> Vec<Option<Spot>> {
    let count = plan.nodes().len();
    let leads_on = |from: usize, branch: &Branch| !branch.is_loop || branch.to > from;
    let mut columns = vec![0; count];
    // The longest way settles within as many rounds as there are places.
    for _ in 0..count {
        for from in 0..count {
            for branch in plan.branches(from).iter().filter(|branch| leads_on(from, branch)) {
                columns[branch.to] = columns[branch.to].max(columns[from] + 1);
            }
        }
    }
    let mut rows = vec![0; count + 1];
    let mut spot = |(node, column): (&Node, usize)| {
        if matches!(node.action, Action::HangUp(_)) {
            return None;
        }
        let row = rows[column];
        rows[column] += 1;
        Some(Spot { column, row })
    };
    plan.nodes().iter().zip(columns).map(&mut spot).collect()
}

fn picture(frame: &Frame<'_>, plan: &Plan) -> Markup {
    let spots = spots(plan);
    let there = || spots.iter().flatten();
    let columns = there().map(|spot| spot.column).max().unwrap_or(0) + 1;
    let rows = there().map(|spot| spot.row).max().unwrap_or(0) + 1;
    let (width, bottom) = (2 * MARGIN + columns * (WIDTH + GAP), MARGIN + rows * ROW);
    let is_back = |from: usize| plan.branches(from).iter().any(|branch| branch.is_loop && branch.to <= from);
    let height = if (0..spots.len()).any(is_back) { bottom + 20 } else { bottom };
    html! {
        svg role="img" aria-label=(frame.say(words::PICTURE)) viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) xmlns="http://www.w3.org/2000/svg" {
            @for (from, spot) in spots.iter().enumerate() { @if let Some(spot) = spot {
                @for (at, branch) in plan.branches(from).iter().enumerate() {
                    @let start = (spot.left() + WIDTH, spot.top() + HEIGHT / 2 + STEP * at - STEP);
                    g.way.loop[branch.is_loop] {
                        @match &spots[branch.to] {
                            None => { (end_of(start)) },
                            Some(target) if branch.is_loop && branch.to <= from => { (back(start, target, bottom)) },
                            Some(target) => { (arrow(start, target)) },
                        }
                        text.said x=(start.0 + 6) y=(start.1 - 4) { (causes(frame, branch)) }
                    }
                }
            } }
            @for (node, spot) in plan.nodes().iter().zip(&spots) { @if let Some(spot) = spot {
                @let place = Place::of(frame, &node.action);
                g.place {
                    rect x=(spot.left()) y=(spot.top()) width=(WIDTH) height=(HEIGHT) rx="10" {}
                    text.name x=(spot.left() + WIDTH / 2) y=(spot.top() + 24) { (short(&place.name)) }
                    text.more x=(spot.left() + WIDTH / 2) y=(spot.top() + 43) { (short(&place.short)) }
                }
            } }
        }
    }
}

/// To another place.
fn arrow((x, y): (usize, usize), target: &Spot) -> Markup {
    let (to_x, to_y) = (target.left(), target.top() + HEIGHT / 2);
    let (straight, bend) = (x + GAP * 2 / 3, x + GAP * 5 / 6);
    html! {
        path d={ "M" (x) " " (y) " H" (straight) " C" (bend) " " (y) " " (to_x - GAP / 5) " " (to_y) " " (to_x - 8) " " (to_y) } fill="none" {}
        polygon points={ (to_x) "," (to_y) " " (to_x - 9) "," (to_y - 5) " " (to_x - 9) "," (to_y + 5) } {}
    }
}

/// Down, below all boxes, and up into the box from below.
fn back((x, y): (usize, usize), target: &Spot, bottom: usize) -> Markup {
    let (middle, up, depth) = (target.left() + WIDTH / 2, target.top() + HEIGHT, bottom + 8);
    html! {
        path d={ "M" (x) " " (y) " h" (GAP * 2 / 3) " V" (depth) " H" (middle) " V" (up + 8) } fill="none" {}
        polygon points={ (middle) "," (up) " " (middle - 5) "," (up + 9) " " (middle + 5) "," (up + 9) } {}
    }
}

/// The call ends.
fn end_of((x, y): (usize, usize)) -> Markup {
    let end = x + GAP * 2 / 3;
    html! {
        path d={ "M" (x) " " (y) " H" (end) } fill="none" {}
        circle cx=(end) cy=(y) r="4" {}
    }
}

/// What fits into a box.
fn short(text: &str) -> String {
    const CHARS: usize = 25;
    if text.chars().count() <= CHARS { text.to_owned() } else { text.chars().take(CHARS - 1).chain(['…']).collect() }
}

fn causes(frame: &Frame<'_>, branch: &Branch) -> String {
    if branch.causes.len() == Cause::ALL.len() {
        return frame.say(words::ALWAYS).to_owned();
    }
    branch.causes.iter().map(|cause| frame.say(name_of(*cause))).collect::<Vec<_>>().join(", ")
}

const fn name_of(cause: Cause) -> Phrase {
    match cause {
        Cause::Busy => words::BUSY,
        Cause::NoAnswer => words::NO_ANSWER,
        Cause::Unavailable => words::UNAVAILABLE,
    }
}

/// The same in words, each place with its number; where the call ends is said where it ends.
fn list(frame: &Frame<'_>, plan: &Plan) -> Markup {
    let is_end = |node: &Node| matches!(node.action, Action::HangUp(_));
    let is_refused = is_end(plan.node(0));
    let numbers: Vec<usize> = plan
        .nodes()
        .iter()
        .scan(0, |count, node| {
            *count += usize::from(!is_end(node));
            Some(*count)
        })
        .collect();
    let leads_to = |branch: &Branch| match &plan.node(branch.to).action {
        Action::HangUp(refusal) => frame.say_with(words::ENDS_WITH, &[&frame.say(end(*refusal))]),
        _ => frame.say_with(words::GO_TO, &[&numbers[branch.to]]),
    };
    html! {
        ol.places.alone[numbers.last() <= Some(&1)] {
            @for (from, node) in plan.nodes().iter().enumerate().filter(|(_, node)| is_refused || !is_end(node)) {
                @let place = Place::of(frame, &node.action);
                li {
                    strong dir="auto" { (place.name) } ": " (place.said)
                    @for branch in plan.branches(from) {
                        br;
                        @if branch.causes.len() == Cause::ALL.len() { (frame.say_with(words::IN_ANY_CASE, &[&leads_to(&branch)])) }
                        @else { (frame.say_with(words::IF, &[&causes(frame, &branch), &leads_to(&branch)])) }
                        @if branch.is_loop { " " span.badge.warn { (frame.say(words::LOOP)) } }
                    }
                }
            }
        }
    }
}

/// What a place is called and does: in the box, and in the list.
struct Place {
    name: String,
    short: String,
    said: String,
}

impl Place {
    fn of(frame: &Frame<'_>, action: &Action) -> Place {
        let place = |name: String, short: String, said: String| Place { name, short, said };
        match action {
            Action::Extension(called) => {
                let on = frame.say(words::GOES_ON).to_owned();
                place(extension(frame, called.extension), on.clone(), on)
            }
            Action::Ring { called, accounts, timeout } => {
                let name = extension(frame, called.extension);
                let name = if called.is_return() { frame.say_with(words::RETURNS, &[&name]) } else { name };
                let switches = frame.context.status.switches.get(&called.extension);
                if switches.is_some_and(|switches| switches.do_not_disturb) && !called.is_return() {
                    return place(name, frame.say(words::NOT_DISTURBED).to_owned(), frame.say(words::IS_NOT_DISTURBED).to_owned());
                }
                if accounts.is_empty() {
                    return place(name, frame.say(words::NO_PHONE).to_owned(), frame.say(words::HAS_NO_PHONE).to_owned());
                }
                let phones: Vec<String> = accounts.iter().map(|id| phone(frame, *id)).collect();
                let seconds = timeout.as_secs();
                place(name, frame.say_with(words::RINGS, &[&seconds]), frame.say_with(words::RINGS_ON, &[&seconds, &phones.join(", ")]))
            }
            Action::Forward(called) => {
                let on = frame.say(words::SENDS_ON);
                place(extension(frame, called.extension), on.to_owned(), on.to_owned())
            }
            Action::Service(served) => {
                let feature = frame.say(served.service().feature()).to_owned();
                place(frame.say(words::SERVICE).to_owned(), feature.clone(), feature)
            }
            Action::Voicemail(id) => {
                let number = frame.context.settings.mailboxes.get(id).map_or("?", |mailbox| mailbox.number.as_str());
                place(frame.say_with(words::VOICEMAIL, &[&number]), String::new(), String::new())
            }
            Action::External(external) => outside(frame, external),
            Action::HangUp(refusal) => {
                let why = frame.say(end(*refusal)).to_owned();
                place(frame.say(words::ENDS).to_owned(), why.clone(), why)
            }
        }
    }
}

fn extension(frame: &Frame<'_>, id: ExtensionId) -> String {
    let Some(extension) = frame.context.settings.extensions.get(&id) else { return "?".to_owned() };
    let name = extension.display_name();
    if name == extension.number { name } else { format!("{} {name}", extension.number) }
}

fn phone(frame: &Frame<'_>, id: AccountId) -> String {
    let name = frame.context.settings.accounts.get(&id).map_or("?", |account| account.username.as_str());
    let is_registered = frame.context.status.registrations.iter().any(|registration| registration.account == id);
    if is_registered { name.to_owned() } else { frame.say_with(words::NOT_REGISTERED, &[&name]) }
}

fn outside(frame: &Frame<'_>, external: &External) -> Place {
    let settings = &frame.context.settings;
    let phrase = if external.is_emergency { words::EMERGENCY } else { words::OUTSIDE };
    let line = |id: &LineId| settings.lines.get(id).map(|line| line.name.clone());
    let lines: Vec<String> = external.lines.iter().filter_map(line).collect();
    let over = if lines.is_empty() { frame.say(words::OVER_NO_LINE).to_owned() } else { frame.say_with(words::OVER, &[&lines.join(", ")]) };
    let number = |id: ExtensionId| settings.extensions.get(&id).map(|extension| extension.number.clone());
    let identity = external.identity.clone().or_else(|| number(external.on_behalf_of?));
    let shown = match (external.hides_number, identity) {
        (true, _) => frame.say(words::HIDDEN).to_owned(),
        (false, Some(identity)) => frame.say_with(words::SHOWN_AS, &[&identity]),
        (false, None) => String::new(),
    };
    let said = format!("{over}. {shown}");
    Place { name: frame.say_with(phrase, &[&external.number]), short: over, said }
}

const fn end(refusal: Refusal) -> Phrase {
    match refusal {
        Refusal::Busy => words::END_BUSY,
        Refusal::NoAnswer => words::END_NO_ANSWER,
        Refusal::Unavailable => words::END_UNAVAILABLE,
        Refusal::UnknownNumber => words::END_UNKNOWN,
        Refusal::Forbidden => words::END_FORBIDDEN,
        Refusal::NotInService => words::END_NOT_IN_SERVICE,
        Refusal::HopLimit => words::END_HOPS,
        Refusal::Incomplete => words::END_INCOMPLETE,
        Refusal::Locked => words::END_LOCKED,
        Refusal::NoLock => words::END_NO_LOCK,
        Refusal::NotYet => words::END_NOT_YET,
        Refusal::CallerAtLimit => words::END_AT_LIMIT,
        Refusal::NoExtension => words::END_NO_EXTENSION,
    }
}
