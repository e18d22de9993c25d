//! Calls on record, as each may see them.

use serde_json::{Value, json};

use crate::base::id::ExtensionId;
use crate::entry::{CallRecord, Hop, LegEnd, LegQuality, Place};
use crate::settings::Kind;
use crate::text::api as words;
use crate::web::{call_search, permit};

use super::Asked;
use super::list::Page;
use super::problem::{Answer, Error, Problem, Said};
use super::revisions::time;

pub fn list(asked: &Asked<'_>) -> Answer {
    let page = Page::read(&asked.request.query, &call_search::NAMES)?;
    let filter = call_search::filter(&asked.context.settings, &asked.caller.rights, &asked.request.query).map_err(|wrong| {
        let error = |wrong: &call_search::Wrong| Error::of_parameter(wrong.name, Said::with(wrong.phrase, &[&wrong.value]));
        super::list::wrong(wrong.iter().map(error).collect())
    })?;
    let read = asked.context.store.find_calls(&filter, page.offset, page.limit);
    let (calls, total) = read.map_err(|trouble| Problem::new(503, Said::with(words::TROUBLE, &[&trouble])))?;
    Ok(page.response(asked, calls.iter().map(|call| shown(asked, call)).collect(), total))
}

fn shown(asked: &Asked<'_>, call: &CallRecord) -> Value {
    let number =
        |id: Option<ExtensionId>| id.and_then(|id| asked.context.settings.extensions.get(&id)).map(|extension| extension.number.as_str());
    let rights = &asked.caller.rights;
    let caller_number = permit::shown_number(rights, &call.caller_number, call.caller.is_some());
    let caller_name = if call.caller_name == call.caller_number { caller_number.clone() } else { call.caller_name.as_str().into() };
    let hop = |hop: &Hop| match &hop.place {
        Place::Extension(id) => json!({ "extension": number(Some(*id)), "outcome": hop.outcome }),
        Place::Voicemail(id) => json!({ "mailbox": asked.context.settings.name_of(Kind::Mailbox, id.0), "outcome": hop.outcome }),
        Place::Outside(outside) => json!({ "number": permit::shown_number(rights, outside, false), "outcome": hop.outcome }),
    };
    json!({
        "started": time(call.started),
        "answered": call.answered.map(time),
        "ended": time(call.ended),
        "talk_seconds": call.talk_time().as_secs_f64(),
        "caller": number(call.caller),
        "caller_number": caller_number,
        "caller_name": caller_name,
        "dialled": permit::shown_number(rights, &call.dialled, call.callee.is_some()),
        "callee": number(call.callee),
        "answering": number(call.answering),
        "path": call.path.iter().map(hop).collect::<Vec<_>>(),
        "outcome": call.outcome,
        "status": call.status,
        "quality": call.quality.iter().map(|of| quality(asked, of)).collect::<Vec<_>>(),
    })
}

fn quality(asked: &Asked<'_>, of: &LegQuality) -> Value {
    let settings = &asked.context.settings;
    let (kind, id) = match of.end {
        LegEnd::Account(id) => (Kind::Account, id.0),
        LegEnd::Line(id) => (Kind::Line, id.0),
    };
    json!({
        kind.name(): settings.name_of(kind, id),
        "packets_received": of.packets_received,
        "packets_lost": of.packets_lost,
        "packets_sent": of.packets_sent,
        "jitter_ms": f64::from(of.jitter_micros) / 1000.0,
    })
}
