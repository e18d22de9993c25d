//! What is going on now: phones that are registered, and calls.

use serde_json::{Value, json};

use crate::exchange::status::{LiveCall, Phase, Registration};
use crate::settings::{Level, Panel, Settings};
use crate::web::permit;

use super::Asked;
use super::list::Page;
use super::problem::Answer;
use super::revisions::time;

pub fn registrations(asked: &Asked<'_>) -> Answer {
    let page = Page::read(&asked.request.query, &[])?;
    let all = &asked.context.status.registrations;
    let is_all_seen = asked.caller.rights.may(Panel::Live, Level::Read);
    let shown = |registration: &Registration| {
        let mut shown = registration_json(registration, &asked.context.settings);
        if let (false, Some(shown)) = (is_all_seen, shown.as_object_mut()) {
            shown.retain(|key, _| matches!(key.as_str(), "account" | "username" | "extension" | "connected" | "reachable"));
        }
        shown
    };
    let items = all.iter().skip(page.offset).take(page.limit).map(shown).collect();
    Ok(page.response(asked, items, all.len()))
}

pub fn calls(asked: &Asked<'_>) -> Answer {
    let page = Page::read(&asked.request.query, &[])?;
    let all = &asked.context.status.calls;
    let shown = |call: &LiveCall| call_json(call, &asked.context.settings, asked.caller.rights.is_private);
    let items = all.iter().skip(page.offset).take(page.limit).map(shown).collect();
    Ok(page.response(asked, items, all.len()))
}

pub fn registration_json(registration: &Registration, settings: &Settings) -> Value {
    let extension = registration.extension.and_then(|id| settings.extensions.get(&id));
    json!({
        "account": registration.account.0,
        "username": registration.username,
        "extension": extension.map(|extension| extension.number.as_str()),
        "contact": registration.contact,
        "transport": registration.transport.name(),
        "remote": registration.remote.to_string(),
        "user_agent": registration.user_agent,
        "expires_in_seconds": registration.expires_in.as_secs(),
        "connected": registration.connected,
        "reachable": registration.reachable,
        "round_trip_ms": registration.round_trip.map(|round_trip| round_trip.as_secs_f64() * 1000.0),
    })
}

/// `is_private`: outside numbers are shown in full.
pub fn call_json(call: &LiveCall, settings: &Settings, is_private: bool) -> Value {
    let shown = |number: &str| {
        let is_inside = is_private || settings.extensions.values().any(|extension| extension.number == number);
        if is_inside { number.to_owned() } else { permit::masked_number(number).into_owned() }
    };
    // Who has no name is called by the number, which not everybody may see in full.
    let name = |name: &str, number: &str| if name == number { shown(number) } else { name.to_owned() };
    json!({
        "call": call.call,
        "caller_number": shown(&call.caller_number),
        "caller_name": name(&call.caller_name, &call.caller_number),
        "callee_number": shown(&call.callee_number),
        "callee_name": name(&call.callee_name, &call.callee_number),
        "phase": match call.phase {
            Phase::Ringing => "ringing",
            Phase::Talking => "talking",
            Phase::Held => "held",
        },
        "since": time(call.since),
    })
}
