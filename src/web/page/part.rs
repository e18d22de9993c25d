//! Small parts that several pages show.

use std::time::Duration;

use maud::{Markup, html};

use crate::base::Wall;
use crate::exchange::status::Registration;
use crate::settings::{Level, Panel};
use crate::text::Phrase;
use crate::text::{directory, page as words};
use crate::web::session::Note;

use super::Frame;

pub fn good(text: &str) -> Markup {
    html! { p.note.good role="status" { (text) } }
}

pub fn bad(text: &str) -> Markup {
    html! { p.note.bad role="alert" { (text) } }
}

/// What the page before left to tell.
pub fn note(frame: &Frame<'_>, note: Option<&Note>) -> Markup {
    let phrase = match note {
        None => return html! {},
        Some(Note::Saved | Note::Details(_) | Note::Welcome(_)) => words::SAVED,
        Some(Note::Deleted) => words::DELETED,
        Some(Note::Linked) => words::LINKED,
        Some(Note::Unlinked) => words::UNLINKED,
    };
    good(frame.say(phrase))
}

/// In UTC for a browser without script; the script shows it in the browser's time.
pub fn time(at: Wall) -> Markup {
    let Ok(at) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return html! { "–" } };
    let exact = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    html! { time datetime=(exact) { (at.strftime("%Y-%m-%d %H:%M UTC").to_string()) } }
}

/// To the millisecond.
pub fn exact(at: Wall) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d %H:%M:%S%.3f UTC").to_string())
}

pub fn duration(frame: &Frame<'_>, duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (1.., ..) => frame.say_with(words::DAYS_HOURS, &[&days, &hours]),
        (0, 1.., _) => frame.say_with(words::HOURS_MINUTES, &[&hours, &minutes]),
        (0, 0, 1..) => frame.say_with(words::MINUTES_SECONDS, &[&minutes, &(seconds % 60)]),
        (0, 0, 0) => frame.say_with(words::SECONDS, &[&seconds]),
    }
}

/// How an account stands with its registration.
pub fn registration_state(frame: &Frame<'_>, registration: Option<&Registration>) -> Markup {
    match registration {
        None => badge(frame, "off", words::NOT_REGISTERED),
        Some(registration) if !registration.connected => badge(frame, "warn", words::NOT_CONNECTED),
        Some(registration) if !registration.reachable => badge(frame, "warn", words::NOT_REACHABLE),
        Some(_) => badge(frame, "on", words::REGISTERED),
    }
}

/// Colour never stands alone: the words say the same.
pub fn badge(frame: &Frame<'_>, class: &str, phrase: Phrase) -> Markup {
    html! { span class={ "badge " (class) } { (frame.say(phrase)) } }
}

/// The events that tell when a part of the page is old: for who may hear them.
pub fn live_topics(frame: &Frame<'_>, topics: &'static str) -> Option<&'static str> {
    frame.may(Panel::Live, Level::Read).then_some(topics)
}

/// The search above a list. Works by address, so a result can be kept as a link.
pub fn search(frame: &Frame<'_>, placeholder: Phrase) -> Markup {
    let query = frame.request.query.text("q");
    html! {
        form.search method="get" role="search" {
            label.hidden for="q" { (frame.say(words::SEARCH)) }
            input #q type="search" name="q" value=(query) placeholder=(frame.say(placeholder)) maxlength="100";
            button type="submit" { (frame.say(words::SEARCH)) }
            @if !query.is_empty() { a.button.quiet href="?" { (frame.say(words::CLEAR)) } }
        }
    }
}

/// The pages before and after this one of so many, and which rows it shows; `link` gives a page's address.
pub fn pager(frame: &Frame<'_>, (number, pages): (usize, usize), rows: usize, total: usize, link: &dyn Fn(usize) -> String) -> Markup {
    let (first, last) = ((number - 1) * rows + 1, (number * rows).min(total));
    html! {
        nav.pager aria-label=(frame.say(directory::PAGES)) {
            @if number > 1 { a.button href=(link(number - 1)) rel="prev" { (frame.say(directory::PREVIOUS)) } }
            span.muted { (frame.say_with(directory::ROWS_OF, &[&first, &last, &total])) }
            @if number < pages { a.button href=(link(number + 1)) rel="next" { (frame.say(directory::NEXT)) } }
        }
    }
}

/// True if every word of the search is in one of the texts, ignoring case.
pub fn matches(query: &str, texts: &[impl AsRef<str>]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.as_ref().to_lowercase()).collect();
    query.to_lowercase().split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}
