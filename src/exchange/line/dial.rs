//! A call to a number outside: one line after the other, and of each its addresses, until one takes it.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::call::Phase;
use super::super::exchange::{Asked, Exchange, TimerKey};
use super::super::leg::{Party, State};
use super::super::ringing::Inviting;
use super::super::step::code::Change;
use super::super::step::ring::Ring;
use super::login;
use crate::base::id::{CallId, LegId, LineId};
use crate::base::{Codec, Flow, Now};
use crate::entry::{Entry, Event, EventKind, LegEnd, LegRecord, Outcome};
use crate::route::External;
use crate::settings::Line;
use crate::sip::endpoint::ClientTx;
use crate::sip::message::{CSeq, Name, Request, Response};

/// An address of a line that shows no sign of life for so long is left; the transaction lives on.
const NO_RESPONSE: Duration = Duration::from_secs(5);
/// A number outside rings at most so long (RFC 3261 16.6: timer C).
const RING_MAX: Duration = Duration::from_secs(180);

/// A number outside that is being called.
#[derive(Debug)]
pub struct Dialling {
    to: External,
    /// Lines that were not tried yet.
    lines: VecDeque<LineId>,
    /// Addresses of the one that is tried that were not tried yet.
    targets: VecDeque<(LineId, Flow)>,
}

/// Why an address did not take a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No sign of life.
    Silent,
    /// It could not be sent to.
    Broken,
    Status(u16),
}

/// What is tried next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The line's next address (RFC 3263 4.3), then the next line.
    Target,
    Line,
    /// The call ends so.
    Nothing,
}

/// The rule. Busy is busy on every line. Where our credentials are not taken, nobody was called: as with a line that fails.
fn next(line: &Line, failure: Failure) -> Next {
    match failure {
        Failure::Silent | Failure::Broken | Failure::Status(503) => Next::Target,
        Failure::Status(600 | 603 | 607 | 608) => Next::Nothing,
        Failure::Status(401 | 407 | 500..=699) => Next::Line,
        Failure::Status(status) if line.next_line_on.contains(&status) => Next::Line,
        Failure::Status(_) => Next::Nothing,
    }
}

impl Exchange {
    /// Calls a number outside over the first line that takes it.
    pub(in super::super) fn begin_outside(&mut self, now: Now, call: CallId, to: External, codecs: &[Codec]) {
        if to.is_emergency {
            self.note_emergency(now, call, &to.number);
        }
        let dialling = Box::new(self.dialling_of(now, to));
        if let Some(Phase::Ringing { outside, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            *outside = Some(dialling);
        }
        let (ring, verbs) = Ring::new(self.dial_next(now, call, codecs));
        if let Some(Phase::Ringing { ring: slot, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            *slot = ring;
        }
        self.timers.set(TimerKey::RingTimeout(call), now.mono + RING_MAX);
        self.perform(now, call, verbs);
    }

    fn note_emergency(&mut self, now: Now, call: CallId, number: &str) {
        let Some(call) = self.calls.get(call) else { return };
        let text = format!("Emergency call of {} ({}) to {number}.", call.caller_number, call.caller_name);
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Call, text }));
    }

    /// Calls a number outside while phones ring for the call. None: no line takes it, or one rings for it already.
    pub(in super::super) fn dial_beside(&mut self, now: Now, call: CallId, to: External) -> Option<LegId> {
        let dialling = Box::new(self.dialling_of(now, to));
        let codecs = self.caller_codecs(call);
        match self.calls.get_mut(call).map(|call| &mut call.phase) {
            Some(Phase::Ringing { outside: slot @ None, .. }) => *slot = Some(dialling),
            _ => return None,
        }
        self.dial_next(now, call, &codecs)
    }

    fn dialling_of(&self, now: Now, to: External) -> Dialling {
        let (up, down): (Vec<LineId>, Vec<LineId>) = to.lines.iter().partition(|line| self.is_up(now, **line));
        // Who calls for help is not told that a line seems to be down.
        let last = if to.is_emergency { down } else { Vec::new() };
        Dialling { to, lines: up.into_iter().chain(last).collect(), targets: VecDeque::new() }
    }

    fn is_up(&self, now: Now, line: LineId) -> bool {
        self.lines.get(line).is_some_and(|standing| !standing.condition(now.mono).is_down())
    }

    /// Invites by the next address that can be tried. None: there is none.
    fn dial_next(&mut self, now: Now, call: CallId, codecs: &[Codec]) -> Option<LegId> {
        loop {
            let (line, flow) = self.next_way(call)?;
            match self.invite_line(now, call, line, flow, codecs) {
                Ok(leg) => return Some(leg),
                Err(status) => self.note_untried(call, line, status),
            }
        }
    }

    /// The next address, of the next line when those of one are used up.
    fn next_way(&mut self, call: CallId) -> Option<(LineId, Flow)> {
        let dialling = self.dialling(call)?;
        if let Some(way) = dialling.targets.pop_front() {
            return Some(way);
        }
        loop {
            let line = self.dialling(call)?.lines.pop_front()?;
            // How much a line may be used says nothing to who calls for help.
            if self.has_room(line) || self.dialling(call)?.to.is_emergency {
                let ways: VecDeque<_> =
                    self.lines.get(line).into_iter().flat_map(|of| of.targets_in_order().map(|to| (line, to))).collect();
                let dialling = self.dialling(call)?;
                dialling.targets = ways;
                if let Some(way) = dialling.targets.pop_front() {
                    return Some(way);
                }
            }
            self.note_untried(call, line, 503);
        }
    }

    fn dialling(&mut self, call: CallId) -> Option<&mut Dialling> {
        match self.calls.get_mut(call).map(|call| &mut call.phase) {
            Some(Phase::Ringing { outside, .. }) => outside.as_deref_mut(),
            _ => None,
        }
    }

    /// Whether one more call may go over a line: counted from the legs, so that nothing can be counted wrongly for long.
    pub(super) fn has_room(&self, id: LineId) -> bool {
        let Some(limit) = self.settings.lines.get(&id).map(|line| line.concurrent_call_limit) else { return false };
        limit == 0 || self.calls_of(id) < limit as usize
    }

    pub(in super::super) fn calls_of(&self, id: LineId) -> usize {
        self.legs.iter().filter(|(_, leg)| leg.party == Party::Line(id) && !matches!(leg.state, State::Closing)).count()
    }

    fn note_untried(&mut self, call: CallId, line: LineId, status: u16) {
        let Some(call) = self.calls.get_mut(call) else { return };
        let (end, hop) = (LegEnd::Line(line), call.hop());
        if !call.legs.iter().any(|record| (record.end, record.hop) == (end, hop)) {
            call.legs.push(LegRecord { end, hop, outcome: Outcome::Unavailable, status, rang: false });
        }
    }

    /// The status says why if it could not be invited.
    fn invite_line(&mut self, now: Now, call: CallId, line: LineId, flow: Flow, codecs: &[Codec]) -> Result<LegId, u16> {
        let allowed = self.settings.lines.get(&line).map_or(&[][..], |line| &line.codecs);
        let codecs: Vec<Codec> = codecs.iter().copied().filter(|codec| allowed.contains(codec)).collect();
        if codecs.is_empty() {
            return Err(488);
        }
        let to = self.dialling(call).map(|dialling| dialling.to.clone()).ok_or(500u16)?;
        let (local_tag, call_id) = (self.dice.token(12), self.dice.token(24));
        let request = self.line_invite(call, line, &to, &flow, (&local_tag, &call_id)).ok_or(500u16)?;
        let party = Party::Line(line);
        let inviting = Inviting { call, party, request, local_tag, flow, codecs, nat: false, is_forwarded: false, patience: NO_RESPONSE };
        let leg = self.send_invite(now, inviting)?;
        // A call that an unlock was for has reached a line.
        if let Some(extension) = to.on_behalf_of.filter(|_| to.spends_unlock) {
            self.switch(now, extension, Change::Lock);
        }
        Ok(leg)
    }

    /// A line asks for a proof: the INVITE goes out again with it, to where the first one went.
    pub(in super::super) fn prove_to_line(&mut self, now: Now, leg: LegId, response: &Response, from: Flow) -> bool {
        let Some(found) = self.legs.get_mut(leg) else { return false };
        let (Party::Line(line), State::Inviting { invite, .. }) = (found.party, &found.state) else { return false };
        let Some(standing) = self.lines.get(line) else { return false };
        let mut invite = invite.clone();
        let cseq = invite.headers.get(&Name::CSeq).and_then(|cseq| CSeq::parse(cseq).ok()).map_or(1, |cseq| cseq.number);
        let proofs = found.proofs.get_or_insert_default();
        if !login::prove_again(&mut self.dice, standing, &mut proofs.client, &mut invite, response, from.remote.ip(), cseq - 1) {
            return false;
        }
        proofs.note(&invite);
        let flow = found.flow;
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, (*invite).clone(), flow, &sent_by);
        self.invited_again(now, leg, tx, invite);
        true
    }

    fn invited_again(&mut self, now: Now, leg: LegId, sent: ClientTx, request: Box<Request>) {
        if let Some(State::Inviting { tx, invite, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) {
            (*tx, *invite) = (sent, request);
        }
        self.asked.insert(sent, Asked::Invite(leg));
        self.timers.set(TimerKey::NoResponse(leg), now.mono + NO_RESPONSE);
    }

    /// The leg of a line did not take its call: the next way is tried. False: there is none, or this is not to be tried elsewhere.
    pub(in super::super) fn try_next_way(&mut self, now: Now, leg: LegId, outcome: Outcome, status: u16, failure: Failure) -> bool {
        let Some((Party::Line(id), call)) = self.legs.get(leg).map(|leg| (leg.party, leg.call)) else { return false };
        let settings = self.settings.clone();
        let Some(line) = settings.lines.get(&id) else { return false };
        let what = match next(line, failure) {
            // Some line may know where help is, whatever this one says.
            Next::Nothing if self.dialling(call).is_some_and(|dialling| dialling.to.is_emergency) => Next::Line,
            Next::Nothing => return false,
            what => what,
        };
        if what == Next::Line
            && let Some(dialling) = self.dialling(call)
        {
            dialling.targets.clear();
        }
        let codecs = self.caller_codecs(call);
        let Some(next) = self.dial_next(now, call, &codecs) else { return false };
        self.note_leg(call, leg, outcome, status);
        self.silence_early(call);
        if let Some(Phase::Ringing { ring, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            ring.try_again(leg, next);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Kind, Own, Settings};

    #[test]
    fn what_is_tried_after_a_failure() {
        let own = Own::default().with("name", "a").with("host", "192.0.2.1").with("next_line_on", "404, 480 486 603");
        let edit =
            crate::settings::Edit { changes: vec![crate::settings::Change::Put { kind: Kind::Line, id: None, own }], based_on: None };
        let settings = Settings::fresh().edited(&edit, &mut || [0; 24]).expect("a line").settings;
        let line = settings.lines.values().next().expect("a line");
        for (failure, expected) in [
            (Failure::Silent, Next::Target),
            (Failure::Broken, Next::Target),
            (Failure::Status(503), Next::Target),
            (Failure::Status(500), Next::Line),
            (Failure::Status(604), Next::Line),
            (Failure::Status(407), Next::Line),
            (Failure::Status(404), Next::Line),
            (Failure::Status(480), Next::Line),
            (Failure::Status(403), Next::Nothing),
            (Failure::Status(484), Next::Nothing),
            (Failure::Status(486), Next::Nothing),
            (Failure::Status(600), Next::Nothing),
            (Failure::Status(603), Next::Nothing),
            (Failure::Status(607), Next::Nothing),
            (Failure::Status(608), Next::Nothing),
        ] {
            assert_eq!(next(line, failure), expected, "{failure:?}");
        }
    }
}
