//! The calls that have ended.

use maud::{Markup, html};

use crate::entry::{CallRecord, Outcome};
use crate::settings::{Level, Panel};
use crate::text::page as words;
use crate::web::http::Response;

use super::call::key;
use super::{Frame, part};

pub const SHOWN_MAX: usize = 200;

pub fn show(frame: &Frame<'_>) -> Response {
    let content = html! {
        h1 { (frame.say(words::CALLS)) }
        @match frame.context.store.calls(SHOWN_MAX) {
            Err(trouble) => { (part::bad(&frame.say_with(words::RECORDS_UNREADABLE, &[&trouble]))) }
            Ok(calls) if calls.is_empty() => { section.card #live data-refresh="" data-topics=[part::live_topics(frame, "calls")] { p.empty { (frame.say(words::NO_CALL_RECORDS)) } } }
            Ok(calls) => {
                div #live data-refresh="" data-topics=[part::live_topics(frame, "calls")] {
                    section.card { (table(frame, &calls, frame.may(Panel::Calls, Level::Read))) }
                    p.muted { (frame.say_with(words::NEWEST_CALLS, &[&calls.len()])) }
                }
            }
        }
    };
    frame.page(200, frame.say(words::CALLS), content)
}

/// `is_linked`: each leads to its own page.
pub fn table(frame: &Frame<'_>, calls: &[CallRecord], is_linked: bool) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::STARTED)) }
                th scope="col" { (frame.say(words::CALLER)) }
                th scope="col" { (frame.say(words::DIALLED)) }
                th scope="col" { (frame.say(words::OUTCOME)) }
                th scope="col" { (frame.say(words::TALK_TIME)) }
            } }
            tbody { @for call in calls { tr {
                td data-label=(frame.say(words::STARTED)) {
                    @if is_linked { a href={ "/calls/" (key(call)) } { (part::time(call.started)) } } @else { (part::time(call.started)) }
                }
                td data-label=(frame.say(words::CALLER)) {
                    strong { (frame.shown_number(&call.caller_number, call.caller.is_some())) }
                    @if !call.caller_name.is_empty() && call.caller_name != call.caller_number { " " span.muted { (call.caller_name) } }
                }
                td data-label=(frame.say(words::DIALLED)) {
                    strong { (frame.shown_number(&call.dialled, call.callee.is_some())) }
                    @if let Some(callee) = call.callee.and_then(|callee| frame.context.settings.extensions.get(&callee))
                        && callee.display_name() != callee.number
                    { " " span.muted { (callee.display_name()) } }
                }
                td data-label=(frame.say(words::OUTCOME)) { (outcome(frame, call.outcome)) }
                td data-label=(frame.say(words::TALK_TIME)) { @if call.answered.is_some() { (part::duration(frame, call.talk_time())) } @else { "–" } }
            } } }
        }
    }
}

pub fn outcome(frame: &Frame<'_>, outcome: Outcome) -> Markup {
    match outcome {
        Outcome::Answered => part::badge(frame, "on", words::ANSWERED),
        Outcome::NoAnswer => part::badge(frame, "warn", words::NO_ANSWER),
        Outcome::Busy => part::badge(frame, "warn", words::BUSY),
        Outcome::Unavailable => part::badge(frame, "warn", words::UNAVAILABLE),
        Outcome::Cancelled => part::badge(frame, "off", words::CANCELLED),
        Outcome::Forwarded => part::badge(frame, "off", words::FORWARDED),
        Outcome::Refused => part::badge(frame, "off", words::REFUSED),
    }
}
