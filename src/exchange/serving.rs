//! A call that the box itself answers, because a service code was dialled: performs what `step::code` says.

use super::call::Phase;
use super::exchange::{Exchange, TimerKey};
use super::leg::State;
use super::park::{NOTHING_TO_PARK, counted};
use super::step::code::{Code, Fact, Tone, Verb};
use super::talking::Answer;
use crate::base::id::{CallId, FlowId, LegId};
use crate::base::{Codec, Now};
use crate::entry::{Entry, Event, EventKind, Outcome};
use crate::media::order::{self, Order, PayloadKind, PayloadRoute, Play};
use crate::route::Served;

/// What the box can say itself.
const SPOKEN: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

impl Exchange {
    /// Answers the caller and begins with the service.
    pub(super) fn serve(&mut self, now: Now, call: CallId, served: &Served) {
        match served {
            Served::PickupGroup | Served::PickupExtension(_) => return self.pick_up(now, call, served),
            Served::Fetch(slot) => return self.fetch(now, call, slot),
            Served::Parked(slot) => return self.begin_parked(now, call, slot),
            Served::Park if self.held_by_caller_of(call).is_none() => {
                return self.refuse_caller(now, call, 404, Some(NOTHING_TO_PARK), None);
            }
            _ => {}
        }
        let Some(found) = self.calls.get(call) else { return };
        // Callers on lines run no services.
        let (caller, Some(extension)) = (found.caller, found.caller_extension) else { return };
        let Some(State::Calling { tx, invite }) = self.legs.get(caller).map(|leg| &leg.state) else { return };
        let (tx, invite) = (*tx, invite.clone());
        let Ok(remote) = super::admit::read_offer(&invite) else {
            return self.refuse_caller(now, call, 488, Some("Not Acceptable Here: an INVITE needs an SDP offer"), None);
        };
        // An echo needs no voice of ours.
        let codecs: &[Codec] = if *served == Served::Echo { &Codec::ALL } else { &SPOKEN };
        let Some(body) = self.agree(caller, remote, codecs) else {
            return self.refuse_caller(now, call, 488, Some("Not Acceptable Here: this service speaks PCMA and PCMU only"), None);
        };
        self.accept(now, caller, tx, &invite, Answer::of(body));
        self.counters.calls_answered += 1;
        self.lamps_changed();
        let may_try = self.pin_tries.may_try(now.mono, extension);
        let pin = self.settings.extensions.get(&extension).filter(|_| may_try).map(|extension| extension.service_pin.clone());
        let slot = self.held_by_caller_of(call).filter(|_| *served == Served::Park).map(|held| self.park_held(now, held));
        let (code, verbs) = match slot {
            Some(slot) => Code::saying(slot.as_deref().map_or(Tone::Refuse, counted)),
            None => Code::new(served, pin),
        };
        if let Some(found) = self.calls.get_mut(call) {
            found.phase = Phase::Served { code, answered: now.wall };
        }
        self.aim(caller);
        if let Some(leg) = self.legs.get(caller)
            && let Some(event) = leg.media.agreed.as_ref().and_then(|agreed| agreed.event)
        {
            let flow = leg.media.flow;
            self.order(Order::Listen { flow, payload_type: event.receive });
        }
        self.perform_code(now, call, verbs);
    }

    fn perform_code(&mut self, now: Now, call: CallId, verbs: Vec<Verb>) {
        for verb in verbs {
            let Some(found) = self.calls.get(call) else { return };
            let (caller, Some(extension)) = (found.caller, found.caller_extension) else { return };
            match verb {
                Verb::Say(tone) => drop(self.say(caller, tone)),
                Verb::Switch(change) => self.switch(now, extension, change),
                Verb::WrongPin => self.wrong_pin(now, call),
                Verb::Echo => self.echo(caller),
                Verb::Wait(time) => self.timers.set(TimerKey::Code(call), now.mono + time),
                Verb::HangUp => self.end_call_of(now, caller, None),
            }
        }
    }

    /// Something happened to the code that a call runs.
    pub(super) fn tell_code(&mut self, now: Now, call: CallId, fact: Fact) {
        if let Some(Phase::Served { code, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            let verbs = code.handle(fact);
            self.perform_code(now, call, verbs);
        }
    }

    /// What the box said to a party is over.
    pub(super) fn tone_ended(&mut self, now: Now, flow: FlowId) {
        let Some(leg) = self.ledger.leg_of(flow) else { return };
        if let Some(call) = self.legs.get(leg).map(|leg| leg.call) {
            self.tell_code(now, call, Fact::ToneEnded);
        }
        self.announced(now, leg);
    }

    /// False: not to a leg that is not there, or talks what the box does not.
    pub(super) fn say(&mut self, leg: LegId, tone: Tone) -> bool {
        let tone = match tone {
            Tone::Confirm => order::Tone::Confirm,
            Tone::Refuse => order::Tone::Refuse,
            Tone::Prompt => order::Tone::Prompt,
            Tone::Count(count) => order::Tone::Count(count),
            Tone::Waiting => order::Tone::Waiting,
            Tone::Ringing => order::Tone::Ringing,
        };
        let Some(media) = self.legs.get(leg).map(|leg| &leg.media) else { return false };
        let Some(codec) = media.agreed.as_ref().map(|agreed| agreed.codec).filter(|agreed| SPOKEN.contains(&agreed.codec)) else {
            return false;
        };
        let play = Play { flow: media.flow, tone, codec: codec.codec, payload_type: codec.send };
        self.order(Order::Play(play));
        true
    }

    fn echo(&mut self, leg: LegId) {
        let Some(media) = self.legs.get(leg).map(|leg| &leg.media) else { return };
        let Some(agreed) = &media.agreed else { return };
        let (from, to, clock_hz) = (agreed.codec.receive, agreed.codec.send, agreed.codec.codec.clock_hz());
        let routes = vec![PayloadRoute { from, to, kind: PayloadKind::Audio, clock_hz }];
        let flow = media.flow;
        self.order(Order::Echo { flow, routes });
    }

    fn wrong_pin(&mut self, now: Now, call: CallId) {
        let Some((extension, number)) = self.calls.get(call).and_then(|call| Some((call.caller_extension?, call.caller_number.clone())))
        else {
            return;
        };
        if self.pin_tries.failed(now.mono, extension) {
            let text = format!("Three wrong service PINs from {number}: none is taken from there for five minutes.");
            self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Refused, text }));
        }
    }

    /// Whether the leg talks with the box.
    pub(super) fn is_served(&self, leg: LegId) -> bool {
        let call = self.legs.get(leg).and_then(|leg| self.calls.get(leg.call));
        call.is_some_and(|call| call.caller == leg && matches!(call.phase, Phase::Served { .. }))
    }

    /// The caller of a service hung up, or is to be hung up.
    pub(super) fn end_served(&mut self, now: Now, call: CallId) {
        self.timers.clear(TimerKey::Code(call));
        self.write_record(now, call, Outcome::Answered, 200);
    }
}
