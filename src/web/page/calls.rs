//! The calls that have ended: searched, fifty a page, and as a table for a spreadsheet.

use maud::{Markup, html};

use crate::entry::{CallFilter, CallRecord, CallWay, Outcome};
use crate::settings::{Level, Panel, csv};
use crate::text::{Phrase, call as own, page as words};
use crate::web::call_search::{self, NAMES, OUTCOMES, Wrong};
use crate::web::http::{Response, encode};

use super::call::key;
use super::{Frame, part};

const ROWS_PER_PAGE: usize = 50;
/// Rows of an exported table.
const EXPORTED_MAX: usize = 50_000;

pub fn show(frame: &Frame<'_>) -> Response {
    let filter = filter(frame);
    let found = match &filter {
        Ok(filter) => found(frame, filter),
        Err(_) => html! {},
    };
    let content = html! {
        h1 { (frame.say(words::CALLS)) }
        section.card { (form(frame, filter.as_ref().err().map_or(&[], Vec::as_slice))) }
        (found)
    };
    frame.page(if filter.is_ok() { 200 } else { 422 }, frame.say(words::CALLS), content)
}

fn filter(frame: &Frame<'_>) -> Result<CallFilter, Vec<Wrong>> {
    let Some(visitor) = frame.visitor else { return Err(Vec::new()) };
    call_search::filter(&frame.context.settings, &visitor.rights, &frame.request.query)
}

fn found(frame: &Frame<'_>, filter: &CallFilter) -> Markup {
    let number = frame.request.query.text("page").parse::<usize>().unwrap_or(1).max(1);
    let read = frame.context.store.find_calls(filter, (number - 1).saturating_mul(ROWS_PER_PAGE), ROWS_PER_PAGE);
    let is_all = *filter == CallFilter { is_masked: filter.is_masked, ..CallFilter::default() };
    let (calls, total) = match read {
        Err(trouble) => return part::bad(&frame.say_with(words::RECORDS_UNREADABLE, &[&trouble])),
        Ok(found) => found,
    };
    let pages = total.div_ceil(ROWS_PER_PAGE).max(1);
    html! {
        section.card #live data-refresh="" data-topics=[part::live_topics(frame, "calls")] {
            @if calls.is_empty() { p.empty { (frame.say(if is_all { words::NO_CALL_RECORDS } else { words::NOTHING_FOUND })) } }
            @else { (table(frame, &calls, frame.may(Panel::Calls, Level::Read))) }
        }
        @if pages > 1 { (part::pager(frame, (number, pages), ROWS_PER_PAGE, total, &|page| address(frame, "/calls", Some(page)))) }
        @if total > 0 && frame.may(Panel::Calls, Level::Read) {
            p { a.button href=(address(frame, "/calls/export", None)) download="calls.csv" { (frame.say(own::EXPORT)) } }
        }
    }
}

/// With what is searched for now.
fn address(frame: &Frame<'_>, path: &str, page: Option<usize>) -> String {
    let query = &frame.request.query;
    let mut parts: Vec<String> =
        NAMES.iter().filter(|name| !query.text(name).is_empty()).map(|name| format!("{name}={}", encode(query.text(name)))).collect();
    parts.extend(page.map(|page| format!("page={page}")));
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

fn form(frame: &Frame<'_>, wrong: &[Wrong]) -> Markup {
    let query = &frame.request.query;
    let fault = |name: &str| wrong.iter().find(|wrong| wrong.name == name).map(|wrong| frame.say_with(wrong.phrase, &[&wrong.value]));
    let field = |name: &'static str, label: Phrase, input: Markup| {
        html! {
            div.field.has-fault[fault(name).is_some()] {
                label for=(name) { (frame.say(label)) }
                (input)
                @if let Some(fault) = fault(name) { p.fault id={ (name) "-fault" } role="alert" { (fault) } }
            }
        }
    };
    let day = |name: &'static str| html! { input id=(name) type="date" name=(name) value=(query.text(name)) aria-describedby={ (name) "-fault" }; };
    let choice = |name: &'static str, all: Vec<(&'static str, Phrase)>| {
        html! {
            select id=(name) name=(name) aria-describedby={ (name) "-fault" } {
                option value="" { (frame.say(own::ANY)) }
                @for (value, phrase) in all { option value=(value) selected[query.text(name) == value] { (frame.say(phrase)) } }
            }
        }
    };
    let words_input =
        html! { input #q type="search" name="q" value=(query.text("q")) placeholder=(frame.say(own::SEARCH_HINT)) maxlength="100"; };
    let extension = html! { input #extension name="extension" value=(query.text("extension")) inputmode="tel" maxlength="8" autocomplete="off" aria-describedby="extension-fault"; };
    html! {
        form role="search" method="get" action="/calls" {
            input type="hidden" name="zone" value=(query.text("zone")) data-zone;
            div.fields.narrow-fields {
                (field("q", words::SEARCH, words_input))
                (field("from", own::SINCE_DAY, day("from")))
                (field("until", own::UNTIL_DAY, day("until")))
                (field("extension", own::EXTENSION, extension))
                (field("way", own::WAY, choice("way", CallWay::ALL.into_iter().map(|way| (way.name(), name_of(way))).collect())))
                (field("outcome", words::OUTCOME, choice("outcome", OUTCOMES.iter().map(|(name, outcome)| (*name, phrase(*outcome))).collect())))
            }
            div.actions {
                button.primary type="submit" { (frame.say(words::SEARCH)) }
                @if NAMES.iter().any(|name| *name != "zone" && !query.text(name).is_empty()) { a.button.quiet href="/calls" { (frame.say(words::CLEAR)) } }
            }
        }
    }
}

const fn name_of(way: CallWay) -> Phrase {
    match way {
        CallWay::In => own::WAY_IN,
        CallWay::Out => own::WAY_OUT,
        CallWay::Inside => own::WAY_INSIDE,
    }
}

/// What is searched for, as a table; outside numbers as the visitor may see them.
pub fn export(frame: &Frame<'_>) -> Response {
    let Ok(filter) = filter(frame) else { return show(frame) };
    let calls = match frame.context.store.find_calls(&filter, 0, EXPORTED_MAX) {
        Ok((calls, _)) => calls,
        Err(trouble) => {
            return frame.page(503, frame.say(words::CALLS), part::bad(&frame.say_with(words::RECORDS_UNREADABLE, &[&trouble])));
        }
    };
    let heads = [
        "started",
        "answered",
        "ended",
        "talk_seconds",
        "caller_number",
        "caller_name",
        "dialled",
        "callee",
        "answering",
        "outcome",
        "status",
    ];
    let mut text = csv::BYTE_ORDER_MARK.to_owned();
    csv::write_texts(&mut text, heads.map(str::to_owned));
    for call in &calls {
        csv::write_texts(&mut text, row(frame, call));
    }
    Response::file("text/csv; charset=utf-8", "calls.csv", &text)
}

fn row(frame: &Frame<'_>, call: &CallRecord) -> [String; 11] {
    let extension = |id: Option<crate::base::id::ExtensionId>| {
        id.and_then(|id| frame.context.settings.extensions.get(&id)).map(|extension| extension.number.clone()).unwrap_or_default()
    };
    let time = |at: crate::base::Wall| jiff::Timestamp::from_millisecond(at.as_millis()).map(|at| at.to_string()).unwrap_or_default();
    let number = frame.shown_number(&call.caller_number, call.caller.is_some()).into_owned();
    let name = if call.caller_name == call.caller_number { String::new() } else { call.caller_name.clone() };
    [
        time(call.started),
        call.answered.map(time).unwrap_or_default(),
        time(call.ended),
        if call.answered.is_some() { call.talk_time().as_secs().to_string() } else { String::new() },
        number,
        name,
        frame.shown_number(&call.dialled, call.callee.is_some()).into_owned(),
        extension(call.callee),
        extension(call.answering),
        OUTCOMES.iter().find(|(_, outcome)| *outcome == call.outcome).map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
        call.status.to_string(),
    ]
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
    let class = match outcome {
        Outcome::Answered => "on",
        Outcome::NoAnswer | Outcome::Busy | Outcome::Unavailable => "warn",
        Outcome::Cancelled | Outcome::Forwarded | Outcome::Refused => "off",
    };
    part::badge(frame, class, phrase(outcome))
}

const fn phrase(outcome: Outcome) -> Phrase {
    match outcome {
        Outcome::Answered => words::ANSWERED,
        Outcome::NoAnswer => words::NO_ANSWER,
        Outcome::Busy => words::BUSY,
        Outcome::Unavailable => words::UNAVAILABLE,
        Outcome::Cancelled => words::CANCELLED,
        Outcome::Forwarded => words::FORWARDED,
        Outcome::Refused => words::REFUSED,
    }
}
