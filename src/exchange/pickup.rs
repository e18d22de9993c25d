//! Pickup: somebody takes a call that rings elsewhere. Their own call to the service code becomes the answering leg of the other one.

use super::call::Phase;
use super::exchange::{Exchange, TimerKey};
use super::leg::State;
use super::step::ring::Fact;
use super::talking::Answer;
use crate::base::id::{CallId, ExtensionId, LegId};
use crate::base::{Codec, Now};
use crate::entry::{LegRecord, Outcome};
use crate::route::Served;
use crate::sdp::Remote;
use crate::settings::Extension;

/// What somebody hears who has nothing to pick up.
const NOTHING: &str = "No call to pick up";

impl Exchange {
    /// `picking` is the call to the service code.
    pub(super) fn pick_up(&mut self, now: Now, picking: CallId, served: &Served) {
        let Some(picker) = self.calls.get(picking).and_then(|call| call.caller_extension) else { return };
        let Some(ringing) = self.call_to_pick(picking, picker, served) else {
            return self.refuse_caller(now, picking, 404, Some(NOTHING), None);
        };
        self.take_waiting(now, ringing, picking, picker);
    }

    /// The caller of `waiting` talks with the caller of `picking` from now on. False: they have no codec in common, and `picking` is refused.
    pub(super) fn take_waiting(&mut self, now: Now, waiting: CallId, picking: CallId, picker: ExtensionId) -> bool {
        let Some(taker) = self.calls.get(picking).map(|call| call.caller) else { return false };
        let taken = self.offer_of(taker);
        let codec = taken.as_ref().and_then(|taken| self.common_codec(&self.caller_codecs(waiting), taker, taken));
        let (Some(taken), Some(codec)) = (taken, codec) else {
            self.refuse_caller(now, picking, 488, Some("Not Acceptable Here: no codec in common with the caller"), None);
            return false;
        };
        self.take_over(now, waiting, picking, picker);
        self.answer_with(now, taker, taken, codec);
        self.answer_caller(now, waiting, taker);
        true
    }

    /// The call that came last of those that may be picked up.
    fn call_to_pick(&self, picking: CallId, picker: ExtensionId, served: &Served) -> Option<CallId> {
        let own = self.settings.extensions.get(&picker)?;
        let may_pick = |callee: ExtensionId| match served {
            Served::PickupExtension(wanted) => callee == *wanted,
            _ => self.settings.extensions.get(&callee).is_some_and(|callee| is_authorised(own, callee)),
        };
        let rings_at = |call: &super::call::Call| match &call.phase {
            Phase::Ringing { .. } => call.walk.called().filter(|callee| *callee != picker && may_pick(*callee)),
            _ => None,
        };
        let ringing =
            self.calls.iter().filter(|(id, call)| *id != picking && rings_at(call).is_some() && call.caller_extension != Some(picker));
        ringing.max_by_key(|(_, call)| (call.started, call.order)).map(|(id, _)| id)
    }

    fn offer_of(&self, leg: LegId) -> Option<Remote> {
        match &self.legs.get(leg)?.state {
            State::Calling { invite, .. } => super::admit::read_offer(invite).ok(),
            _ => None,
        }
    }

    /// The first of the caller's codecs that the other one offers, and that its account may talk.
    fn common_codec(&self, codecs: &[Codec], taker: LegId, taken: &Remote) -> Option<Codec> {
        let (allowed, audio) = (self.codecs_of(taker), taken.audio.as_ref()?);
        codecs.iter().copied().find(|codec| audio.has(*codec) && allowed.contains(codec))
    }

    /// The phones that ring stop, and the picking call goes into the other one.
    fn take_over(&mut self, now: Now, ringing: CallId, picking: CallId, picker: ExtensionId) {
        self.tell_ring(now, ringing, Fact::PickedUp);
        self.timers.clear(TimerKey::RingTimeout(ringing));
        self.timers.clear(TimerKey::RingTimeout(picking));
        let Some(over) = self.calls.remove(picking) else { return };
        self.occupancy.leave(picker);
        let taker = over.caller;
        let end = self.legs.get(taker).map(|leg| leg.party.end());
        let Some(call) = self.calls.get_mut(ringing) else { return };
        call.walk.pick_up(&mut self.occupancy, picker);
        if let Some(end) = end {
            let hop = call.hop();
            call.legs.push(LegRecord { end, hop, outcome: Outcome::Answered, status: 200, rang: false });
        }
        call.phase = Phase::Talking { callee: taker, callee_extension: Some(picker), answered: now.wall };
        self.counters.calls_answered += 1;
        self.lamps_changed();
        if let Some(leg) = self.legs.get_mut(taker) {
            leg.call = ringing;
        }
    }

    fn answer_with(&mut self, now: Now, leg: LegId, remote: Remote, codec: Codec) {
        let Some(State::Calling { tx, invite }) = self.legs.get(leg).map(|leg| &leg.state) else { return };
        let (tx, invite) = (*tx, invite.clone());
        let Some(body) = self.agree(leg, remote, &[codec]) else { return };
        self.accept(now, leg, tx, &invite, Answer::of(body));
    }
}

/// Whether the one may pick up calls to the other: authorised on a group that the other is a member of.
fn is_authorised(picker: &Extension, callee: &Extension) -> bool {
    picker.tenant == callee.tenant && picker.pickup_authorized.iter().any(|group| callee.pickup_groups.contains(group))
}
