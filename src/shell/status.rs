//! `trillo status --json`: what the box says of itself to programs.

use serde_json::{Value, json};

use super::serve::VERSION;
use crate::exchange::status::{Condition, LineStatus, LiveCall, Phase, Registration, Status};
use crate::settings::Settings;

/// Which of the two system partitions runs; the supervisor of the box says so in our environment.
const SLOT: &str = "TRILLO_SLOT";

pub fn json(status: &Status, settings: &Settings, notices: &[String]) -> Value {
    json!({
        "version": VERSION,
        "slot": std::env::var(SLOT).ok(),
        "claimed": settings.claimed,
        "revision": settings.revision,
        "uptime_seconds": status.uptime.as_secs(),
        "registrations": status.registrations.iter().map(|registration| registration_json(registration, settings)).collect::<Vec<_>>(),
        "lines": status.lines.iter().map(line_json).collect::<Vec<_>>(),
        "calls": status.calls.iter().map(call_json).collect::<Vec<_>>(),
        "bans": status.bans.len(),
        "counters": {
            "messages_received": status.counters.messages_received,
            "messages_sent": status.counters.messages_sent,
            "messages_dropped": status.counters.messages_dropped,
            "calls_started": status.counters.calls_started,
            "calls_answered": status.counters.calls_answered,
            "registrations_accepted": status.counters.registrations_accepted,
            "digests_refused": status.counters.digests_refused,
            "packets_slowed": status.counters.packets_slowed,
            "packets_of_banned": status.counters.packets_of_banned,
            "bans_made": status.counters.bans_made,
        },
        "notices": notices,
    })
}

fn registration_json(registration: &Registration, settings: &Settings) -> Value {
    let number = registration.extension.and_then(|extension| settings.extensions.get(&extension)).map(|extension| extension.number.clone());
    json!({
        "username": registration.username,
        "extension": number,
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

fn line_json(line: &LineStatus) -> Value {
    json!({
        "line": line.name,
        "state": line.condition.name(),
        "is_down": line.condition.is_down(),
        "reason": match &line.condition {
            Condition::Unknown(why) => Some(why.clone()),
            Condition::Refused(status) => Some(status.to_string()),
            _ => None,
        },
        "transport": line.remote.map(|(transport, _)| transport.name()),
        "remote": line.remote.map(|(_, remote)| remote.to_string()),
        "round_trip_ms": line.round_trip.map(|round_trip| round_trip.as_secs_f64() * 1000.0),
        "calls": line.calls,
    })
}

fn call_json(call: &LiveCall) -> Value {
    json!({
        "call": call.call,
        "caller_number": call.caller_number,
        "caller_name": call.caller_name,
        "callee_number": call.callee_number,
        "callee_name": call.callee_name,
        "phase": match call.phase {
            Phase::Ringing => "ringing",
            Phase::Talking => "talking",
            Phase::Held => "held",
        },
        "since_unix_ms": call.since.as_millis(),
    })
}
