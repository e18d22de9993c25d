//! Is the line there? OPTIONS, and bytes that keep a router's mapping open.

use std::time::Duration;

use super::super::exchange::{Asked, Exchange};
use super::lines::Alarm;
use crate::base::id::LineId;
use crate::base::{Flow, Instant, Now, Transport};
use crate::entry::{Entry, Event, EventKind};
use crate::sip::message::{Method, Name, NameAddr, Request};
use crate::sip::transaction::T1;
use crate::sip::uri::{Host, SipUri, Uri};

/// A line is asked this often, one that is silent as well.
const OPTIONS_EVERY: Duration = Duration::from_secs(60);
/// And again so soon after one that had no answer.
const OPTIONS_AGAIN: Duration = Duration::from_secs(5);
/// As for phones behind NAT.
const CRLF_EVERY: Duration = Duration::from_secs(25);

impl Exchange {
    /// The line's addresses are known for the first time.
    pub(super) fn begin_watch(&mut self, now: Now, id: LineId) {
        let Some(line) = self.lines.get(id).map(|standing| &standing.line) else { return };
        let (is_watched, registers) = (line.is_watched, line.registers);
        if is_watched {
            self.lines.set(id, Alarm::Watch, now.mono);
        }
        if registers {
            self.lines.set(id, Alarm::KeepAlive, now.mono + CRLF_EVERY);
        }
    }

    pub(in super::super) fn watch_line(&mut self, now: Now, id: LineId) {
        let Some(standing) = self.lines.get(id).filter(|standing| standing.line.is_watched) else { return };
        let Some(flow) = standing.target() else { return };
        let target = Uri::Sip(SipUri::new(None, host(&standing.line.domain), standing.line.port));
        let ours = NameAddr::new(Uri::Sip(SipUri::new(Some("trillo"), Host::Address(self.told_address(&flow)), None)));
        let mut request = Request::new(Method::Options, target.clone());
        request.headers.push(Name::MaxForwards, "70");
        request.headers.push(Name::From, ours.with_tag(&self.dice.token(10)).to_string());
        request.headers.push(Name::To, NameAddr::new(target).to_string());
        request.headers.push(Name::CallId, self.dice.token(20));
        request.headers.push(Name::CSeq, "1 OPTIONS");
        request.headers.push(Name::Accept, "application/sdp");
        request.headers.push(Name::UserAgent, &*self.product);
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        self.asked.insert(tx, Asked::Watch { line: id, sent: now.mono });
        let spread = Duration::from_millis(u64::from(self.dice.below(5_000)));
        self.lines.set(id, Alarm::Watch, now.mono + (OPTIONS_EVERY - spread));
    }

    pub(in super::super) fn keep_line_alive(&mut self, now: Now, id: LineId) {
        let Some(standing) = self.lines.get(id) else { return };
        if let Some(flow) = standing.target().filter(|flow| flow.transport == Transport::Udp) {
            self.endpoint.send_bytes(flow, b"\r\n\r\n".to_vec());
        }
        self.lines.set(id, Alarm::KeepAlive, now.mono + CRLF_EVERY);
    }

    /// Any answer is a sign of life.
    pub(in super::super) fn line_alive(&mut self, now: Now, id: LineId, sent: Instant, flow: Flow) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        standing.missed = 0;
        standing.round_trip = round_trip(flow.transport, now.mono.since(sent));
        standing.connection = flow.connection;
        self.note_condition(now, id);
    }

    pub(in super::super) fn line_silent(&mut self, now: Now, id: LineId) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        standing.missed = standing.missed.saturating_add(1);
        standing.round_trip = None;
        // Whom we are registered with is asked where we are registered.
        if !standing.line.registers {
            standing.next_target();
        }
        self.lines.set(id, Alarm::Watch, now.mono + OPTIONS_AGAIN);
        self.note_condition(now, id);
    }

    /// Says so when a line has gone down or come up.
    pub(super) fn note_condition(&mut self, now: Now, id: LineId) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        let condition = standing.condition(now.mono);
        if standing.told.as_ref() == Some(&condition) {
            return;
        }
        if let Some(text) = condition.describe(&standing.line.name) {
            standing.told = Some(condition);
            self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Registration, text }));
        }
    }
}

/// A host of the settings, which were checked.
pub(super) fn host(text: &str) -> Host {
    text.parse().map_or_else(|_| Host::Name(text.to_owned()), Host::Address)
}

/// How long it takes there and back, as an answer after that time shows. Over UDP a question that waits for long is sent again, and nobody knows
/// which of both was answered.
fn round_trip(transport: Transport, took: Duration) -> Option<Duration> {
    (transport.is_reliable() || took < T1).then_some(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_after_a_repetition_measures_nothing() {
        let millis = Duration::from_millis;
        for (transport, took, expected) in [
            (Transport::Udp, millis(499), Some(millis(499))),
            (Transport::Udp, millis(500), None),
            (Transport::Udp, millis(7_500), None),
            (Transport::Tls, millis(700), Some(millis(700))),
        ] {
            assert_eq!(round_trip(transport, took), expected, "{transport:?} {took:?}");
        }
    }
}
