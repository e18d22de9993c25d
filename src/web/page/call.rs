//! One call: how it went through the plan, what each phone did, and the messages as long as they are in memory.

use std::time::Duration;

use maud::{Markup, html};

use crate::base::Wall;
use crate::entry::{CallFilter, CallRecord, Heard, LegEnd, LegQuality, LegRecord, Outcome, Place};
use crate::settings::Kind;
use crate::text::{call as words, page as common};
use crate::trace::{Ladder, pcap};
use crate::web::http::Response;

use super::{Frame, calls, error, ladder, part};

/// So many calls begin in one millisecond at most.
const AT_ONCE_MAX: usize = 1000;

/// What names a call in an address: two never begin and end in the same milliseconds, or the first is meant.
pub fn key(call: &CallRecord) -> String {
    format!("{}-{}", call.started.as_millis(), call.ended.as_millis())
}

fn find(frame: &Frame<'_>, wanted: &str) -> Option<CallRecord> {
    let started = Wall::from_millis(wanted.split_once('-')?.0.parse().ok()?);
    let filter = CallFilter { from: Some(started), until: Some(started + Duration::from_millis(1)), ..CallFilter::default() };
    let (calls, _) = frame.context.store.find_calls(&filter, 0, AT_ONCE_MAX).ok()?;
    calls.into_iter().find(|call| key(call) == wanted)
}

pub fn show(frame: &Frame<'_>, wanted: &str) -> Response {
    let Some(call) = find(frame, wanted) else { return error::not_found(frame) };
    let content = html! {
        h1 { (frame.say(words::CALL)) }
        section.card {
            h2 { (frame.say(words::DETAILS)) }
            (calls::table(frame, std::slice::from_ref(&call), false))
            @if let Some(answering) = call.answering.and_then(|id| frame.context.settings.extensions.get(&id)) {
                p { (frame.say(words::ANSWERED_BY)) ": " strong { (answering.number) } " " span.muted { (answering.display_name()) } }
            }
            h2 { (frame.say(words::WHY)) }
            p { (why(frame, &call)) }
        }
        @if !call.path.is_empty() { section.card { h2 { (frame.say(words::PATH)) } (path(frame, &call)) } }
        section.card { h2 { (frame.say(words::PHONES)) } (phones(frame, &call.legs)) }
        @if !call.quality.is_empty() {
            section.card { h2 { (frame.say(words::QUALITY)) } p.muted { (frame.say(words::QUALITY_HELP)) } (quality(frame, &call.quality)) }
        }
        section.card { h2 { (frame.say(words::MESSAGES)) } p.muted { (frame.say(words::MESSAGES_HELP)) } (messages(frame, &call)) }
    };
    frame.page(200, frame.say(words::CALL), content)
}

/// In plain words, for who has never seen a status of SIP.
fn why(frame: &Frame<'_>, call: &CallRecord) -> String {
    let has_phone_with = |status| call.legs.iter().any(|leg| leg.status == status);
    let phrase = match (call.outcome, call.status) {
        (Outcome::Answered, _) => words::WHY_ANSWERED,
        (Outcome::Cancelled, _) => words::WHY_CANCELLED,
        (Outcome::Busy, _) => words::WHY_BUSY,
        (Outcome::NoAnswer, _) => words::WHY_NO_ANSWER,
        (_, 482) => words::WHY_LOOP,
        (_, 404 | 484) => words::WHY_UNKNOWN,
        (_, 403) => words::WHY_FORBIDDEN,
        (_, 488) => words::WHY_CODEC,
        (Outcome::Unavailable, _) if has_phone_with(488) || has_phone_with(606) => words::WHY_CODEC,
        (_, 503) => words::WHY_FULL,
        (Outcome::Unavailable, _) => words::WHY_UNREACHABLE,
        (Outcome::Refused | Outcome::Forwarded, status) => return frame.say_with(words::WHY_OTHER, &[&status]),
    };
    frame.say(phrase).to_owned()
}

fn path(frame: &Frame<'_>, call: &CallRecord) -> Markup {
    let settings = &frame.context.settings;
    html! {
        table {
            thead { tr { th scope="col" { (frame.say(words::PLACE)) } th scope="col" { (frame.say(common::OUTCOME)) } } }
            tbody { @for hop in &call.path { tr {
                td data-label=(frame.say(words::PLACE)) { @match &hop.place {
                    Place::Extension(id) => { (settings.name_of(Kind::Extension, id.0)) },
                    Place::Voicemail(id) => { (frame.say_with(words::VOICEMAIL_OF, &[&settings.name_of(Kind::Mailbox, id.0)])) },
                    Place::Outside(number) => { (frame.shown_number(number, false)) },
                } }
                td data-label=(frame.say(common::OUTCOME)) { (calls::outcome(frame, hop.outcome)) }
            } } }
        }
    }
}

fn phones(frame: &Frame<'_>, legs: &[LegRecord]) -> Markup {
    if legs.is_empty() {
        return html! { p.empty { (frame.say(words::NO_PHONES)) } };
    }
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::PHONE)) }
                th scope="col" { (frame.say(common::OUTCOME)) }
                th scope="col" { (frame.say(words::RANG)) }
                th scope="col" { (frame.say(words::STATUS)) }
            } }
            tbody { @for leg in legs { tr {
                td data-label=(frame.say(words::PHONE)) { (name_of(frame, leg.end)) }
                td data-label=(frame.say(common::OUTCOME)) { (calls::outcome(frame, leg.outcome)) }
                td data-label=(frame.say(words::RANG)) { (frame.say(if leg.rang { common::YES } else { common::NO })) }
                td data-label=(frame.say(words::STATUS)) { (leg.status) }
            } } }
        }
    }
}

fn quality(frame: &Frame<'_>, parties: &[LegQuality]) -> Markup {
    let heard = |of: &LegQuality| match of.heard() {
        Heard::Well => part::badge(frame, "on", words::HEARD_WELL),
        Heard::Fairly => part::badge(frame, "warn", words::HEARD_FAIRLY),
        Heard::Badly => part::badge(frame, "bad", words::HEARD_BADLY),
        Heard::Nothing => part::badge(frame, "off", words::HEARD_NOTHING),
    };
    let lost = |of: &LegQuality| {
        let tenths = of.lost_per_thousand();
        let percent = format!("{}.{}", tenths / 10, tenths % 10);
        frame.say_with(words::LOST_OF, &[&percent, &(of.packets_received + of.packets_lost)])
    };
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::PHONE)) }
                th scope="col" { (frame.say(words::HEARD)) }
                th scope="col" { (frame.say(words::LOST)) }
                th scope="col" { (frame.say(words::JITTER)) }
            } }
            tbody { @for of in parties { tr {
                td data-label=(frame.say(words::PHONE)) { (name_of(frame, of.end)) }
                td data-label=(frame.say(words::HEARD)) { (heard(of)) }
                td data-label=(frame.say(words::LOST)) { (lost(of)) }
                td data-label=(frame.say(words::JITTER)) { (frame.say_with(words::MILLIS, &[&(of.jitter_micros / 1000)])) }
            } } }
        }
    }
}

fn messages(frame: &Frame<'_>, call: &CallRecord) -> Markup {
    let seen = frame.context.trace.call(&call.call_id);
    if seen.is_empty() {
        return html! { p.empty { (frame.say(words::NO_MESSAGES)) } };
    }
    html! {
        (ladder::show(frame, &Ladder::new(&seen)))
        @if may_download(frame, call) {
            p { a.button href={ "/calls/" (key(call)) "/pcap" } { (frame.say(words::DOWNLOAD)) } }
        } @else {
            p.muted { (frame.say(words::NOT_PRIVATE)) }
        }
    }
}

/// Messages name numbers in full, in From and To and wherever a phone likes: who may not see outside numbers gets those of inside calls.
fn may_download(frame: &Frame<'_>, call: &CallRecord) -> bool {
    let is_inside = call.caller.is_some() && call.callee.is_some() && !call.path.iter().any(|hop| matches!(hop.place, Place::Outside(_)));
    is_inside || frame.visitor.is_some_and(|visitor| visitor.rights.is_private)
}

pub fn download(frame: &Frame<'_>, wanted: &str) -> Response {
    let Some(call) = find(frame, wanted) else { return error::not_found(frame) };
    if !may_download(frame, &call) {
        return error::forbidden(frame);
    }
    let seen = frame.context.trace.call(&call.call_id);
    if seen.is_empty() {
        return error::not_found(frame);
    }
    let name = format!("call-{}.pcap", key(&call));
    Response { body: pcap(&seen), ..Response::file("application/vnd.tcpdump.pcap", &name, "") }
}

/// The account that was rung, or the line that was tried.
fn name_of(frame: &Frame<'_>, end: LegEnd) -> String {
    match end {
        LegEnd::Account(account) => frame.context.settings.name_of(Kind::Account, account.0),
        LegEnd::Line(line) => frame.context.settings.name_of(Kind::Line, line.0),
    }
}
