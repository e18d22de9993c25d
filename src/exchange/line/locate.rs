//! Where a line is: its host's addresses (RFC 3263), which somebody else looks up, and asks for again before they are old.

use std::time::Duration;

use super::super::exchange::{Exchange, Output};
use super::lines::Alarm;
use super::register::pause_after;
use crate::base::id::LineId;
use crate::base::{Flow, Now, Transport};
use crate::settings::Fingerprint;

/// A name to look up. [`super::super::Input::Located`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub token: u64,
    /// A name, or an address as text.
    pub host: String,
    /// `None`: what SRV says, or the transport's own.
    pub port: Option<u16>,
    /// `None`: what NAPTR and SRV say.
    pub transport: Option<Transport>,
    /// What its certificate must be, should it be reached over TLS.
    pub certificate: Option<Fingerprint>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    pub token: u64,
    /// Where it is, the best first, each with the address of ours that packets leave from; or why that is not known.
    pub outcome: Result<Vec<Flow>, String>,
    /// How long this holds.
    pub holds: Duration,
}

/// Addresses are asked for again after at least, and at most, so long: names change, and so does the address of ours that leads there.
const HOLDS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(600));

impl Exchange {
    pub(in super::super) fn locate_line(&mut self, id: LineId) {
        let token = self.next_token;
        let Some(standing) = self.lines.get_mut(id).filter(|standing| standing.question.is_none()) else { return };
        self.next_token += 1;
        standing.question = Some(token);
        let line = &standing.line;
        let host = line.outbound_proxy.as_ref().unwrap_or(&line.host).clone();
        let (port, transport, certificate) = (line.port, line.transport, line.certificate);
        self.outputs.push_back(Output::Locate(Question { token, host, port, transport, certificate }));
    }

    pub(in super::super) fn located(&mut self, now: Now, located: Located) {
        let Some(id) = self.lines.asked_by(located.token) else { return self.proxy_located(now, &located) };
        let Some(standing) = self.lines.get_mut(id) else { return };
        standing.question = None;
        let again = match located.outcome {
            Ok(targets) if !targets.is_empty() => {
                standing.unknown = None;
                let before = standing.target();
                let is_first = before.is_none();
                standing.targets = targets;
                // It stays where it is while that is one of its addresses.
                let place = before.and_then(|before| standing.targets.iter().position(|target| *target == before));
                standing.target = place.unwrap_or(0);
                if place.is_none() {
                    let is_registering = standing.registration.asking.is_some();
                    if standing.line.registers && !is_registering {
                        self.lines.set(id, Alarm::Register, now.mono);
                    }
                    if is_first {
                        self.begin_watch(now, id);
                    }
                }
                located.holds.clamp(HOLDS.0, HOLDS.1)
            }
            // What was known of it goes on to count.
            outcome => {
                let why = outcome.err().unwrap_or_else(|| "no address".to_owned());
                let failures = standing.unknown.take().map_or(1, |(_, failures)| failures.saturating_add(1));
                standing.unknown = Some((why, failures));
                pause_after(&mut self.dice, failures)
            }
        };
        self.lines.set(id, Alarm::Locate, now.mono + again);
        self.allow_sources();
        self.note_condition(now, id);
    }
}
