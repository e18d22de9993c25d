//! A call's way through its plan: what is done at the place where it is, where it goes when that was of no use, and its refusal at the end.

use super::call::{outcome_of, outcome_of_refusal};
use super::exchange::{Exchange, TimerKey};
use super::leg::State;
use crate::base::Now;
use crate::base::id::CallId;
use crate::base::limits::CALL_HOPS_MAX;
use crate::entry::{Entry, Event, EventKind, Outcome};
use crate::route::{Action, Refusal, View};
use crate::sdp::Remote;
use crate::settings::Cause;
use crate::sip::message::Name;

impl Exchange {
    /// Performs the node of its plan that a call has come to. `offer`: the caller's, if it was read just now.
    pub(super) fn come_to(&mut self, now: Now, call: CallId, offer: Option<Remote>) {
        let Some(found) = self.calls.get_mut(call) else { return };
        match found.walk.action() {
            Action::Ring { timeout, .. } => {
                let timeout = *timeout;
                // It was readable when the call was admitted.
                let Some(offer) = offer.or_else(|| self.caller_offer(call)) else {
                    return self.refuse_caller(now, call, 500, None, None);
                };
                self.begin_ring(now, call, timeout, &offer);
            }
            // There are no voices and no lines yet.
            Action::Voicemail(_) | Action::External(_) => self.place_failed(now, call, Cause::Unavailable),
            Action::HangUp(refusal) => {
                let refusal = *refusal;
                if refusal == Refusal::HopLimit {
                    let (caller, dialled) = (found.caller_number.clone(), found.dialled.clone());
                    self.note_hop_limit(now, &caller, &dialled);
                }
                self.refuse_caller_as(now, call, outcome_of_refusal(refusal), refusal.status(), refusal.phrase(), refusal.reason());
            }
            Action::Service(served) => {
                let served = served.clone();
                self.serve(now, call, &served);
            }
            // A walk plans every extension that it comes to, and passes those that send their calls on.
            Action::Extension(_) | Action::Forward(_) => {}
        }
    }

    pub(super) fn caller_offer(&self, call: CallId) -> Option<Remote> {
        match &self.legs.get(self.calls.get(call)?.caller)?.state {
            State::Calling { invite, .. } => super::admit::read_offer(invite).ok(),
            _ => None,
        }
    }

    /// The place was of no use: on to what follows.
    pub(super) fn place_failed(&mut self, now: Now, call: CallId, cause: Cause) {
        self.timers.clear(TimerKey::RingTimeout(call));
        let Some(found) = self.calls.get_mut(call) else { return };
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        found.walk.fail(&view, &mut self.occupancy, cause);
        self.come_to(now, call, None);
    }

    /// Ends a call that never talked.
    pub(super) fn refuse_caller(&mut self, now: Now, call: CallId, status: u16, phrase: Option<&str>, reason: Option<&str>) {
        self.refuse_caller_as(now, call, outcome_of(status), status, phrase, reason);
    }

    /// The record says `outcome`, for one status may stand for several.
    fn refuse_caller_as(&mut self, now: Now, call: CallId, outcome: Outcome, status: u16, phrase: Option<&str>, reason: Option<&str>) {
        let Some(caller) = self.calls.get(call).map(|call| call.caller) else { return };
        if let Some(leg) = self.legs.get(caller)
            && let State::Calling { tx, invite } = &leg.state
        {
            let mut response = self.response_with(invite, status, &leg.local_tag);
            if let Some(phrase) = phrase {
                response.reason = phrase.to_owned();
            }
            if let Some(reason) = reason {
                response.headers.push(Name::Reason, reason);
            }
            let tx = *tx;
            self.endpoint.respond(now.mono, tx, response);
        }
        // The record names the caller's account, so it is written before the leg goes.
        self.write_record(now, call, outcome, status);
        self.leg_gone(caller);
    }

    pub(super) fn note_hop_limit(&mut self, now: Now, caller: &str, dialled: &str) {
        let text = format!("A call of {caller} to {dialled} was ended: it came to {CALL_HOPS_MAX} places, and none took it.");
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Call, text }));
    }
}
