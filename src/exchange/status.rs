//! What the Exchange shows of itself: a picture swapped in while somebody looks.

use std::net::SocketAddr;
use std::time::Duration;

use super::bindings::Bound;
use super::call::{Call, Phase as CallPhase};
use super::ended::Ended;
pub use super::line::Condition;
use super::line::Standing;
use crate::base::id::{AccountId, ExtensionId, LineId};
use crate::base::{Transport, Wall};
use crate::entry::{Ban, SwitchTable};
use crate::media::report::Quality;
use crate::sip::endpoint::Answers;

/// What is going on now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    pub taken: Wall,
    pub uptime: Duration,
    pub registrations: Vec<Registration>,
    pub lines: Vec<LineStatus>,
    pub calls: Vec<LiveCall>,
    /// Who is kept out, the first banned first.
    pub bans: Vec<Ban>,
    /// What extensions have switched.
    pub switches: SwitchTable,
    pub counters: Counters,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    pub account: AccountId,
    pub username: String,
    pub extension: Option<ExtensionId>,
    pub contact: String,
    pub transport: Transport,
    pub remote: SocketAddr,
    pub user_agent: String,
    pub expires_in: Duration,
    /// False for a stream account whose connection is gone: "not connected".
    pub connected: bool,
    /// False after three keep-alive OPTIONS without an answer.
    pub reachable: bool,
    /// Of the last keep-alive OPTIONS.
    pub round_trip: Option<Duration>,
}

/// A line in service.
#[derive(Clone, Debug, PartialEq)]
pub struct LineStatus {
    pub line: LineId,
    pub name: String,
    pub condition: Condition,
    /// Where requests to it go.
    pub remote: Option<(Transport, SocketAddr)>,
    /// Of the last OPTIONS.
    pub round_trip: Option<Duration>,
    pub calls: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LiveCall {
    pub call: String,
    pub caller_number: String,
    pub caller_name: String,
    pub callee_number: String,
    pub callee_name: String,
    pub phase: Phase,
    pub since: Wall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Ringing,
    Talking,
    Held,
}

/// Since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub messages_received: u64,
    pub messages_sent: u64,
    /// Bytes that were no SIP or could not be answered.
    pub messages_dropped: u64,
    pub calls_started: u64,
    pub calls_answered: u64,
    pub registrations_accepted: u64,
    pub digests_refused: u64,
    /// Packets above the share of their source, and packets of who is banned: nobody looked at them.
    pub packets_slowed: u64,
    pub packets_of_banned: u64,
    pub bans_made: u64,
    pub calls_ended: Ended,
    /// What was answered to requests of others.
    pub answers: Answers,
    /// Of flows that were closed, all together.
    pub media: Quality,
}

impl super::Exchange {
    /// What is going on at this moment.
    pub(super) fn picture(&self, now: crate::base::Now) -> Status {
        let (sip, guard) = (self.endpoint.counters(), self.guard.counters());
        Status {
            taken: now.wall,
            uptime: now.mono.since(self.started.mono),
            registrations: self.registrar.iter().filter_map(|(account, bound)| self.registration(now, account, bound)).collect(),
            lines: self.lines.iter().map(|(line, standing)| self.line_status(now, line, standing)).collect(),
            calls: self.calls.iter().map(|(id, call)| self.live_call(id, call)).collect(),
            bans: self.guard.bans().cloned().collect(),
            switches: self.switches.clone(),
            counters: Counters {
                messages_received: sip.received,
                messages_sent: sip.sent,
                messages_dropped: sip.dropped,
                packets_slowed: guard.slowed,
                packets_of_banned: guard.dropped,
                bans_made: guard.bans,
                answers: self.endpoint.answers(),
                ..self.counters
            },
        }
    }

    fn registration(&self, now: crate::base::Now, account: AccountId, bound: &Bound) -> Option<Registration> {
        let settings = self.settings.accounts.get(&account)?;
        Some(Registration {
            account,
            username: settings.username.clone(),
            extension: settings.extension,
            contact: bound.binding.texts.contact().to_owned(),
            transport: bound.binding.flow.transport,
            remote: bound.binding.flow.remote,
            user_agent: bound.binding.texts.user_agent().to_owned(),
            expires_in: bound.expires().since(now.mono),
            connected: self.flow_to(settings, &bound.binding).is_some(),
            reachable: bound.is_reachable(),
            round_trip: bound.round_trip(),
        })
    }

    fn line_status(&self, now: crate::base::Now, line: LineId, standing: &Standing) -> LineStatus {
        LineStatus {
            line,
            name: standing.line.name.clone(),
            condition: standing.condition(now.mono),
            remote: standing.target().map(|target| (target.transport, target.remote)),
            round_trip: standing.round_trip,
            calls: self.calls_of(line),
        }
    }

    fn live_call(&self, id: crate::base::id::CallId, call: &Call) -> LiveCall {
        let callee = call.callee_extension().and_then(|extension| self.settings.extensions.get(&extension));
        let holds = |leg| self.legs.get(leg).is_some_and(super::leg::Leg::holds);
        let (phase, since) = match call.phase {
            CallPhase::Talking { callee, answered, .. } if holds(call.caller) || holds(callee) => (Phase::Held, answered),
            CallPhase::Waiting { since, .. } => (Phase::Held, since),
            CallPhase::Talking { answered, .. } | CallPhase::Served { answered, .. } => (Phase::Talking, answered),
            CallPhase::Ringing { .. } | CallPhase::Over => (Phase::Ringing, call.started),
        };
        LiveCall {
            call: id.to_string(),
            caller_number: call.caller_number.clone(),
            caller_name: call.caller_name.clone(),
            callee_number: call.dialled.clone(),
            callee_name: callee.map(crate::settings::Extension::display_name).unwrap_or_default(),
            phase,
            since,
        }
    }
}
