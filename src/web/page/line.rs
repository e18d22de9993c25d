//! How the lines stand, on the overview.

use maud::{Markup, html};

use crate::exchange::status::{Condition, LineStatus};
use crate::text::{directory, page as words};

use super::{Frame, part};

/// Nothing where no line is in service.
pub fn card(frame: &Frame<'_>) -> Markup {
    let lines = &frame.context.status.lines;
    html! {
        @if !lines.is_empty() {
            section.card {
                h2 { (frame.say(directory::LINES)) }
                table {
                    thead { tr {
                        th scope="col" { (frame.say(words::NAME)) }
                        th scope="col" { (frame.say(words::STATE)) }
                        th scope="col" { (frame.say(words::CALL_LIMITS)) }
                        th scope="col" { (frame.say(words::ADDRESS)) }
                    } }
                    tbody { @for line in lines { (row(frame, line)) } }
                }
            }
        }
    }
}

fn row(frame: &Frame<'_>, line: &LineStatus) -> Markup {
    html! { tr {
        td data-label=(frame.say(words::NAME)) { a href={ "/lines/" (line.line) } { strong { (line.name) } } }
        td data-label=(frame.say(words::STATE)) {
            (state(frame, &line.condition))
            @if let Some(round_trip) = line.round_trip {
                " " span.muted { (frame.say_with(words::MILLISECONDS, &[&round_trip.as_millis()])) }
            }
        }
        td data-label=(frame.say(words::CALL_LIMITS)) { (line.calls) }
        td data-label=(frame.say(words::ADDRESS)) {
            @if let Some((transport, remote)) = line.remote { span.mono { (transport.name().to_uppercase()) " " (remote) } } @else { "–" }
        }
    } }
}

fn state(frame: &Frame<'_>, condition: &Condition) -> Markup {
    match condition {
        Condition::Trying => part::badge(frame, "warn", words::LINE_TRYING),
        Condition::Unknown(why) => html! { (part::badge(frame, "warn", words::LINE_UNKNOWN)) " " span.muted { (why) } },
        Condition::Registered => part::badge(frame, "on", words::REGISTERED),
        Condition::Reachable => part::badge(frame, "on", words::REACHABLE),
        Condition::Refused(status) => html! { (part::badge(frame, "warn", words::LINE_REFUSED)) " " span.muted { (status) } },
        Condition::Silent => part::badge(frame, "warn", words::NOT_REACHABLE),
    }
}
