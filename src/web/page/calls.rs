//! The calls that have ended.

use maud::{Markup, html};

use crate::base::id::ExtensionId;
use crate::entry::{CallRecord, Outcome};
use crate::text::page as words;
use crate::web::http::Response;

use super::{Frame, part};

const SHOWN_MAX: usize = 200;
/// Numbers of so many digits belong to outsiders, unless an extension has them.
const OUTSIDE_DIGITS_MIN: usize = 7;
const MASKED_DIGITS: usize = 3;

pub fn show(frame: &Frame<'_>) -> Response {
    let content = html! {
        h1 { (frame.say(words::CALLS)) }
        @match frame.context.store.calls(SHOWN_MAX) {
            Err(trouble) => { (part::bad(&frame.say_with(words::RECORDS_UNREADABLE, &[&trouble]))) }
            Ok(calls) if calls.is_empty() => { section.card { p.empty { (frame.say(words::NO_CALL_RECORDS)) } } }
            Ok(calls) => {
                section.card { (table(frame, &calls)) }
                p.muted { (frame.say_with(words::NEWEST_CALLS, &[&calls.len()])) }
            }
        }
    };
    frame.page(200, frame.say(words::CALLS), content)
}

fn table(frame: &Frame<'_>, calls: &[CallRecord]) -> Markup {
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
                td data-label=(frame.say(words::STARTED)) { (part::time(call.started)) }
                td data-label=(frame.say(words::CALLER)) {
                    (number(&call.caller_number, call.caller))
                    @if !call.caller_name.is_empty() && call.caller_name != call.caller_number { " " span.muted { (call.caller_name) } }
                }
                td data-label=(frame.say(words::DIALLED)) {
                    (number(&call.dialled, call.callee))
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

/// An administrator who is no privacy officer sees outside numbers without their last digits.
fn number(number: &str, extension: Option<ExtensionId>) -> Markup {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if extension.is_some() || digits < OUTSIDE_DIGITS_MIN {
        return html! { strong { (number) } };
    }
    let kept: String = number.chars().take(number.chars().count() - MASKED_DIGITS).collect();
    html! { strong { (kept) "•••" } }
}

fn outcome(frame: &Frame<'_>, outcome: Outcome) -> Markup {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_numbers_lose_their_last_digits() {
        assert_eq!(number("+390612345678", None).into_string(), "<strong>+390612345•••</strong>");
        assert_eq!(number("101", None).into_string(), "<strong>101</strong>");
        assert_eq!(number("12345678", Some(ExtensionId(1))).into_string(), "<strong>12345678</strong>");
    }
}
