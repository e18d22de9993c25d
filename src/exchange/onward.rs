//! A call's way through its plan: what is done at the place where it is, where it goes when that was of no use, and its refusal at the end.

use super::call::{outcome_of, outcome_of_refusal};
use super::exchange::{Exchange, TimerKey};
use super::leg::{Leg, State};
use super::step::code::Tone;
use crate::base::id::{CallId, LegId};
use crate::base::limits::CALL_HOPS_MAX;
use crate::base::{Codec, Now};
use crate::entry::{Entry, Event, EventKind, Outcome};
use crate::route::{Action, Refusal, View};
use crate::sdp::Remote;
use crate::settings::Cause;
use crate::sip::message::Name;

impl Exchange {
    /// Performs the node of its plan that a call has come to. `codecs`: what the caller may talk, if that was read just now.
    pub(super) fn come_to(&mut self, now: Now, call: CallId, codecs: Option<Vec<Codec>>) {
        let Some(found) = self.calls.get_mut(call) else { return };
        match found.walk.action() {
            Action::Ring { timeout, .. } => {
                let timeout = *timeout;
                let codecs = codecs.unwrap_or_else(|| self.caller_codecs(call));
                self.begin_ring(now, call, timeout, &codecs);
            }
            Action::External(to) => {
                let to = to.clone();
                let codecs = codecs.unwrap_or_else(|| self.caller_codecs(call));
                self.begin_outside(now, call, to, &codecs);
            }
            // There are no voices yet.
            Action::Voicemail(_) => self.place_failed(now, call, Cause::Unavailable),
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

    /// What a caller may talk, in its own order: of what it offered, what its account allows. Who made no offer, or talks already and was
    /// transferred, can be offered all that.
    pub(super) fn caller_codecs(&self, call: CallId) -> Vec<Codec> {
        let Some(caller) = self.calls.get(call).map(|call| call.caller) else { return vec![] };
        let Some(leg) = self.legs.get(caller) else { return vec![] };
        if let State::Calling { invite, .. } = &leg.state
            && let Ok(offer) = super::admit::read_offer(invite)
        {
            return self.codecs_offered(caller, &offer);
        }
        let talked = super::bridge::codec_of(&leg.media);
        let allowed = self.codecs_of(caller);
        talked.into_iter().chain(allowed.iter().copied().filter(|codec| Some(*codec) != talked)).collect()
    }

    pub(super) fn codecs_offered(&self, leg: LegId, offer: &Remote) -> Vec<Codec> {
        let allowed = self.codecs_of(leg);
        let offered = offer.audio.iter().flat_map(|audio| audio.codecs.iter().map(|offered| offered.codec));
        offered.filter(|codec| allowed.contains(codec)).collect()
    }

    /// The place was of no use: on to what follows.
    pub(super) fn place_failed(&mut self, now: Now, call: CallId, cause: Cause) {
        self.timers.clear(TimerKey::RingTimeout(call));
        let Some(found) = self.calls.get_mut(call) else { return };
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        found.walk.fail(&view, &mut self.occupancy, cause);
        self.lamps_changed();
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
        if self.legs.get(caller).is_some_and(Leg::is_talking) {
            if self.back_to_waiting(now, caller) {
                self.say(caller, Tone::Refuse);
                return;
            }
            // It was transferred, and waits in talk.
            return self.hang_up_leg(now, caller, Some(&format!("SIP;cause={status}")));
        }
        self.leg_gone(caller);
    }

    pub(super) fn note_hop_limit(&mut self, now: Now, caller: &str, dialled: &str) {
        let text = format!("A call of {caller} to {dialled} was ended: it came to {CALL_HOPS_MAX} places, and none took it.");
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Call, text }));
    }
}
