//! My calls: those of my extension that have ended. Only who takes part in a call sees it here, so the other's number stands in full,
//! but for administrators: what they may not see in the records of all they shall not see by linking an extension to themselves.

use maud::{Markup, html};

use crate::base::id::ExtensionId;
use crate::entry::CallRecord;
use crate::text::me as words;
use crate::text::page as common;
use crate::web::access::Visitor;
use crate::web::http::Response;
use crate::web::page::{Frame, calls, part};

const SHOWN_MAX: usize = 200;

pub fn show(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let Some(extension) = visitor.user.extension else { return Response::redirect("/me") };
    let content = match frame.context.store.calls_of(extension, SHOWN_MAX) {
        Err(trouble) => part::bad(&frame.say_with(common::RECORDS_UNREADABLE, &[&trouble])),
        Ok(calls) if calls.is_empty() => html! { section.card { p.empty { (frame.say(words::NO_CALLS)) } } },
        Ok(calls) => html! { section.card { (table(frame, extension, &calls)) } },
    };
    super::page(frame, visitor, 200, words::MY_CALLS, content)
}

fn table(frame: &Frame<'_>, own: ExtensionId, calls: &[CallRecord]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(common::STARTED)) }
                th scope="col" { (frame.say(words::DIRECTION)) }
                th scope="col" { (frame.say(words::WITH_WHOM)) }
                th scope="col" { (frame.say(common::OUTCOME)) }
                th scope="col" { (frame.say(common::TALK_TIME)) }
            } }
            tbody { @for call in calls {
                @let is_outgoing = call.caller == Some(own);
                tr {
                    td data-label=(frame.say(common::STARTED)) { (part::time(call.started)) }
                    td data-label=(frame.say(words::DIRECTION)) { (frame.say(if is_outgoing { words::OUTGOING } else { words::INCOMING })) }
                    td data-label=(frame.say(words::WITH_WHOM)) { (other(frame, call, is_outgoing)) }
                    td data-label=(frame.say(common::OUTCOME)) { (calls::outcome(frame, call.outcome)) }
                    td data-label=(frame.say(common::TALK_TIME)) { @if call.answered.is_some() { (part::duration(frame, call.talk_time())) } @else { "–" } }
                }
            } }
        }
    }
}

/// Who was at the other end.
fn other(frame: &Frame<'_>, call: &CallRecord, is_outgoing: bool) -> Markup {
    let (number, extension) = if is_outgoing { (&call.dialled, call.callee) } else { (&call.caller_number, call.caller) };
    let is_of_own = frame.visitor.is_some_and(|visitor| !visitor.rights.is_administrator);
    let name = match extension.and_then(|id| frame.context.settings.extensions.get(&id)) {
        Some(extension) => extension.display_name(),
        None if is_outgoing => String::new(),
        None => call.caller_name.clone(),
    };
    html! {
        strong { (frame.shown_number(number, extension.is_some() || is_of_own)) }
        @if !name.is_empty() && name != *number { " " span.muted dir="auto" { (name) } }
    }
}
