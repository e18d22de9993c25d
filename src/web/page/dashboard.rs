//! What is going on: calls and registrations. The live part refreshes itself, by script or, without it, by the whole page.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::exchange::status::{LiveCall, Phase, Registration};
use crate::text::page as words;
use crate::web::http::Response;

use super::{Frame, certificate, line, part};

const REFRESH_SECONDS: u32 = 5;

pub fn show(frame: &Frame<'_>) -> Response {
    // The script refreshes smoothly. Without it the browser loads the page anew.
    let head = html! { noscript { meta http-equiv="refresh" content=(REFRESH_SECONDS * 2); } };
    let settings = &frame.context.settings;
    let content = html! {
        h1 { (frame.say(words::OVERVIEW)) }
        (part::note(frame, frame.take_note().as_ref()))
        @if settings.extensions.len() < 2 {
            section.card.first-steps {
                h2 { (frame.say(words::FIRST_STEPS)) }
                p { (frame.say(words::FIRST_STEPS_TEXT)) }
                p { a.button.primary href="/extensions/new" { (frame.say(words::NEW_EXTENSION)) } }
            }
        }
        div #live data-refresh="/live" data-seconds=(REFRESH_SECONDS) data-topics=[part::live_topics(frame, "registrations,calls")] { (parts(frame)) }
        (certificate::card(frame))
    };
    frame.page_with_head(200, frame.say(words::OVERVIEW), head, content)
}

/// The part that changes, alone.
pub fn live(frame: &Frame<'_>) -> Response {
    Response::page(200, parts(frame))
}

fn parts(frame: &Frame<'_>) -> Markup {
    let (status, settings) = (&frame.context.status, &frame.context.settings);
    let counters = &status.counters;
    let answered = frame.say_with(words::ANSWERED_OF_THEM, &[&counters.calls_answered]);
    html! {
        div.figures {
            (figure(frame.say(words::LIVE_CALLS), &status.calls.len().to_string(), ""))
            (figure(
                frame.say(words::REGISTERED_PHONES),
                &status.registrations.len().to_string(),
                &frame.say_with(words::OF_ACCOUNTS, &[&settings.accounts.len()]),
            ))
            (figure(frame.say(words::CALLS_SINCE_START), &counters.calls_started.to_string(), &answered))
            (figure(frame.say(words::UPTIME), &part::duration(frame, status.uptime), ""))
        }
        section.card {
            h2 { (frame.say(words::LIVE_CALLS)) }
            @if status.calls.is_empty() { p.empty { (frame.say(words::NO_CALLS_NOW)) } } @else { (calls(frame, &status.calls)) }
        }
        (line::card(frame))
        section.card {
            h2 { (frame.say(words::REGISTERED_PHONES)) }
            @if status.registrations.is_empty() {
                p.empty { (frame.say(words::NO_REGISTRATIONS)) }
            } @else {
                (registrations(frame, &status.registrations))
            }
        }
    }
}

fn figure(name: &str, value: &str, more: &str) -> Markup {
    html! { section.card.figure { h2 { (name) } p.value { (value) } @if !more.is_empty() { p.muted { (more) } } } }
}

fn calls(frame: &Frame<'_>, calls: &[LiveCall]) -> Markup {
    let now = frame.context.now.wall;
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::CALLER)) }
                th scope="col" { (frame.say(words::CALLEE)) }
                th scope="col" { (frame.say(words::STATE)) }
                th scope="col" { (frame.say(words::SINCE)) }
            } }
            tbody { @for call in calls { tr {
                td data-label=(frame.say(words::CALLER)) { (live_party(frame, &call.caller_number, &call.caller_name)) }
                td data-label=(frame.say(words::CALLEE)) { (live_party(frame, &call.callee_number, &call.callee_name)) }
                td data-label=(frame.say(words::STATE)) { @match call.phase {
                    Phase::Ringing => { (part::badge(frame, "warn", words::RINGING)) },
                    Phase::Talking => { (part::badge(frame, "on", words::TALKING)) },
                    Phase::Held => { (part::badge(frame, "off", words::HELD)) },
                } }
                td data-label=(frame.say(words::SINCE)) data-runs { (part::duration(frame, now.since(call.since))) }
            } } }
        }
    }
}

/// Somebody without a name is called by the number, which not everybody may see in full.
fn live_party(frame: &Frame<'_>, number: &str, name: &str) -> Markup {
    let is_inside = frame.context.settings.extensions.values().any(|extension| extension.number == number);
    party(&frame.shown_number(number, is_inside), if name == number { "" } else { name })
}

fn party(number: &str, name: &str) -> Markup {
    html! { strong { (number) } @if name != number && !name.is_empty() { " " span.muted { (name) } } }
}

fn registrations(frame: &Frame<'_>, registrations: &[Registration]) -> Markup {
    let settings = &frame.context.settings;
    let extension = |registration: &Registration| registration.extension.and_then(|id| settings.extensions.get(&id));
    let mut sorted = BTreeMap::new();
    for registration in registrations {
        let number = extension(registration).map_or("", |extension| extension.number.as_str());
        sorted.insert((number.to_owned(), registration.username.clone()), registration);
    }
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::EXTENSION)) }
                th scope="col" { (frame.say(words::ACCOUNT)) }
                th scope="col" { (frame.say(words::STATE)) }
                th scope="col" { (frame.say(words::PHONE)) }
                th scope="col" { (frame.say(words::ADDRESS)) }
            } }
            tbody { @for registration in sorted.values() { tr {
                td data-label=(frame.say(words::EXTENSION)) {
                    @if let Some(extension) = extension(registration) {
                        a href={ "/extensions/" (extension.id) } { (party(&extension.number, &extension.display_name())) }
                    } @else { "–" }
                }
                td data-label=(frame.say(words::ACCOUNT)) { a href={ "/accounts/" (registration.account) } { (registration.username) } }
                td data-label=(frame.say(words::STATE)) {
                    (part::registration_state(frame, Some(registration)))
                    @if let Some(round_trip) = registration.round_trip {
                        " " span.muted { (frame.say_with(words::MILLISECONDS, &[&round_trip.as_millis()])) }
                    }
                }
                td data-label=(frame.say(words::PHONE)) { (registration.user_agent) }
                td data-label=(frame.say(words::ADDRESS)) { span.mono { (registration.transport.name().to_uppercase()) " " (registration.remote) } }
            } } }
        }
    }
}
