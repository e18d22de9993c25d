//! A ladder drawn as SVG, with a table beside it that says the same for who does not see it.
//!
//! ```text
//!   +---------+     +-----+     +---------+
//!   |  anna   |     | Box |     |  carl   |      a column each; the box is the second
//!   +---------+     +-----+     +---------+
//!        |--- INVITE -->|             |
//!        |              |-- INVITE -->|          a row each message, in the order of time
//! ```
//! Colours and letters come from the style sheet, so it is light or dark as the page; the picture is as wide as its place allows.

use maud::{Markup, html};

use crate::text::call as words;
use crate::trace::{Arrow, Direction, Ladder, Party};

use super::{Frame, part};

const COLUMN: usize = 220;
const ROW: usize = 34;
const TOP: usize = 64;
/// So many messages are drawn; the rest is in the file.
const ARROWS_MAX: usize = 120;
/// So many phones are drawn; a call that rings more has its table.
const PARTIES_MAX: usize = 6;

pub fn show(frame: &Frame<'_>, ladder: &Ladder) -> Markup {
    let arrows = &ladder.arrows[..ladder.arrows.len().min(ARROWS_MAX)];
    html! {
        @if ladder.parties.len() <= PARTIES_MAX { div.ladder tabindex="0" role="group" aria-label=(frame.say(words::LADDER)) { (picture(frame, ladder, arrows)) } }
        (table(frame, ladder, arrows))
        @if ladder.arrows.len() > arrows.len() { p.muted { (frame.say_with(words::MORE_MESSAGES, &[&(ladder.arrows.len() - arrows.len())])) } }
    }
}

/// The caller, the box, then the phones in the order in which they came.
const fn column(party: usize) -> usize {
    if party == 0 { 0 } else { party + 1 }
}

const fn middle(column: usize) -> usize {
    column * COLUMN + COLUMN / 2
}

fn picture(frame: &Frame<'_>, ladder: &Ladder, arrows: &[Arrow]) -> Markup {
    let (columns, height) = (ladder.parties.len() + 1, TOP + ROW * arrows.len() + ROW / 2);
    let mut heads: Vec<(usize, String)> = ladder.parties.iter().enumerate().map(|(at, party)| (column(at), name(frame, party))).collect();
    heads.push((1, frame.say(words::BOX).to_owned()));
    html! {
        svg role="img" aria-label=(frame.say(words::LADDER)) viewBox={ "0 0 " (columns * COLUMN) " " (height) } width=(columns * COLUMN) height=(height) xmlns="http://www.w3.org/2000/svg" {
            @for (column, name) in &heads {
                line.life x1=(middle(*column)) x2=(middle(*column)) y1="40" y2=(height) {}
                rect.head x=(column * COLUMN + 10) y="6" width=(COLUMN - 20) height="34" rx="8" {}
                text.name x=(middle(*column)) y="28" { (name) }
            }
            @for (row, arrow) in arrows.iter().enumerate() { (draw(arrow, TOP + ROW * row + ROW / 2)) }
        }
    }
}

fn draw(arrow: &Arrow, y: usize) -> Markup {
    let (phone, ours) = (middle(column(arrow.party)), middle(1));
    let (from, to) = if arrow.direction == Direction::In { (phone, ours) } else { (ours, phone) };
    // The head of the arrow, a triangle that ends at the line.
    let back = if to > from { to - 9 } else { to + 9 };
    let class = if arrow.is_refusal { "arrow refusal" } else { "arrow" };
    html! {
        g class=(class) {
            line.shaft.again[arrow.is_repeated] x1=(from) y1=(y) x2=(back) y2=(y) {}
            polygon points={ (to) "," (y) " " (back) "," (y - 5) " " (back) "," (y + 5) } {}
            text.said x=((from + to) / 2) y=(y - 6) { (short(&arrow.title)) }
            text.time x=((if from < to { from } else { to }) + 6) y=(y + 12) { (seconds(arrow)) }
        }
    }
}

/// What fits between two columns.
fn short(title: &str) -> String {
    const CHARS: usize = 26;
    if title.chars().count() <= CHARS { title.to_owned() } else { title.chars().take(CHARS - 1).chain(['…']).collect() }
}

fn seconds(arrow: &Arrow) -> String {
    format!("+{:.3} s", arrow.after.as_secs_f64())
}

/// The account that is registered there now, else the address.
fn name(frame: &Frame<'_>, party: &Party) -> String {
    let registrations = &frame.context.status.registrations;
    let found = registrations.iter().find(|one| one.remote == party.address && one.transport == party.transport);
    found.map_or_else(|| party.address.to_string(), |registration| registration.username.clone())
}

fn table(frame: &Frame<'_>, ladder: &Ladder, arrows: &[Arrow]) -> Markup {
    let names: Vec<String> = ladder.parties.iter().map(|party| name(frame, party)).collect();
    let the_box = frame.say(words::BOX);
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::AFTER)) }
                th scope="col" { (frame.say(words::FROM)) }
                th scope="col" { (frame.say(words::TO)) }
                th scope="col" { (frame.say(words::MESSAGE)) }
            } }
            tbody { @for arrow in arrows {
                @let party = names[arrow.party].as_str();
                @let (from, to) = if arrow.direction == Direction::In { (party, the_box) } else { (the_box, party) };
                tr {
                    td data-label=(frame.say(words::AFTER)) { span.mono title=(part::exact(arrow.at)) { (seconds(arrow)) } }
                    td data-label=(frame.say(words::FROM)) { (from) }
                    td data-label=(frame.say(words::TO)) { (to) }
                    td data-label=(frame.say(words::MESSAGE)) {
                        strong { (arrow.title) } " " span.muted { (arrow.cseq) }
                        @if arrow.has_sdp { " · " (frame.say(words::WITH_SDP)) }
                        @if arrow.is_repeated { " · " (frame.say(words::REPEATED)) }
                        @if let Some(reason) = &arrow.reason { " · " span.mono { (reason) } }
                    }
                }
            } }
        }
    }
}
