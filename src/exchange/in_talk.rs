//! Keys that extensions press in talk: codes that transfer, park, hang up.
//!
//! In: keys, from the relay or by INFO, which `step::keys` puts together; the alarm between two of them. Out: what the code says, by the files
//! that do the same when a phone asks for it by SIP (`transfer`, `park`, `consult`), or the keys on their way to the other side. The relay holds back what
//! may be a code by itself and tells us; all other keys pass it unseen.

use super::exchange::{Exchange, TimerKey};
use super::keys::Way;
use super::service::State;
use super::step::code::Tone;
use super::step::keys::{Keys, Verb};
use super::transfer::{Target, Transfer};
use crate::base::Now;
use crate::base::id::LegId;
use crate::media::order::{Order, Press};
use crate::settings::talk_codes::InTalk;

impl Exchange {
    /// A key of a leg that talks with somebody.
    pub(super) fn key_in_talk(&mut self, now: Now, leg: LegId, symbol: char, way: Way) {
        let is_begun = self.keying.contains_key(&leg);
        let may_begin = matches!(symbol, '*' | '#') && self.has_codes(leg);
        if !is_begun && !may_begin {
            // By RTP it is there already.
            if way == Way::Info {
                self.press_to_other(leg, symbol.to_string());
            }
            return self.let_keys_pass(leg);
        }
        let verb = self.keying.entry(leg).or_default().press(&self.settings.numbering.talk_codes, symbol);
        self.follow_keys(now, leg, verb);
    }

    pub(super) fn keys_expired(&mut self, now: Now, leg: LegId) {
        if let Some(verb) = self.keying.get_mut(&leg).map(Keys::expired) {
            self.follow_keys(now, leg, verb);
        }
    }

    /// Whether what the leg presses may be codes: an extension in talk, or one that has somebody waiting.
    fn has_codes(&self, leg: LegId) -> bool {
        let Some(found) = self.legs.get(leg).filter(|found| found.party.extension().is_some()) else { return false };
        let talks = self.calls.get(found.call).is_some_and(|call| call.peer_of(leg).is_some());
        (talks || self.consultations.contains_key(&leg)) && !self.settings.numbering.talk_codes.are_off()
    }

    fn follow_keys(&mut self, now: Now, leg: LegId, verb: Verb) {
        if let Verb::Wait(time) | Verb::Ask(_, time) = verb {
            self.timers.set(TimerKey::Keys(leg), now.mono + time);
            if let Verb::Ask(of, _) = verb {
                self.ask_number(leg, of);
            }
            return;
        }
        self.timers.clear(TimerKey::Keys(leg));
        self.keying.remove(&leg);
        self.let_keys_pass(leg);
        match verb {
            Verb::PassOn(keys) => self.press_to_other(leg, keys),
            Verb::Dial(InTalk::Consult, number) => self.consult(now, leg, &number),
            Verb::Dial(_, number) => self.transfer_by_keys(now, leg, &number),
            Verb::GiveUp(of) => self.give_up_number(leg, of),
            Verb::Run(code) => self.run_in_talk(now, leg, code),
            Verb::Wait(_) | Verb::Ask(..) => {}
        }
    }

    fn run_in_talk(&mut self, now: Now, leg: LegId, code: InTalk) {
        let consults = self.consultations.contains_key(&leg);
        match code {
            InTalk::HangUp if consults => self.end_consultation(now, leg),
            InTalk::HangUp => self.end_call_of(now, leg, None),
            InTalk::Swap if consults => self.swap(now, leg),
            InTalk::Park if !consults => self.park_by_keys(now, leg),
            // Nothing to swap, or of a later version.
            _ => {
                self.say(leg, Tone::Refuse);
            }
        }
    }

    /// The other side of a consultation hears that it waits while the number is pressed; of a transfer it goes on hearing.
    fn ask_number(&mut self, leg: LegId, of: InTalk) {
        let peer = self.legs.get(leg).and_then(|found| self.calls.get(found.call)).and_then(|call| call.peer_of(leg));
        if let (InTalk::Consult, Some(peer), false) = (of, peer, self.consultations.contains_key(&leg)) {
            self.part(leg);
            self.say(peer, Tone::Waiting);
        }
        self.say(leg, Tone::Prompt);
    }

    /// No number came, or none that leads anywhere: the call goes on.
    pub(super) fn give_up_number(&mut self, leg: LegId, of: InTalk) {
        if of == InTalk::Consult
            && let Some(call) = self.legs.get(leg).map(|found| found.call)
        {
            self.join(call);
        }
        self.say(leg, Tone::Refuse);
    }

    fn transfer_by_keys(&mut self, now: Now, leg: LegId, number: &str) {
        // Who has another party waiting has two to give away.
        let may_go = self.has_codes(leg) && !self.consultations.contains_key(&leg);
        match may_go.then(|| self.number_target(now, leg, number)) {
            Some(Target::Number { walk, dialled }) => {
                self.send_on(now, leg, *walk, dialled);
                self.hang_up_leg(now, leg, None);
            }
            Some(Target::Slot { walk, slot }) => {
                self.transfers.insert(leg, Transfer::parking(State::Announcing { is_subscribed: false }, slot.clone()));
                self.park(now, leg, *walk, slot);
                self.announce_slot(now, leg);
            }
            Some(Target::Call(_) | Target::Nowhere(_)) | None => self.give_up_number(leg, InTalk::BlindTransfer),
        }
    }

    fn park_by_keys(&mut self, now: Now, leg: LegId) {
        let Target::Slot { walk, slot } = self.slot_target(now, leg) else { return self.give_up_number(leg, InTalk::Park) };
        self.transfers.insert(leg, Transfer::parking(State::Announcing { is_subscribed: false }, slot.clone()));
        self.park(now, leg, *walk, slot);
        self.announce_slot(now, leg);
    }

    /// The relay holds back no more keys of the leg than those that it must.
    fn let_keys_pass(&mut self, leg: LegId) {
        if let Some(flow) = self.legs.get(leg).filter(|leg| leg.media.is_open).map(|leg| leg.media.flow) {
            self.order(Order::PassKeys { flow });
        }
    }

    /// Keys that the other side is to get as if they were pressed now.
    fn press_to_other(&mut self, leg: LegId, keys: String) {
        let Some(peer) = self.legs.get(leg).and_then(|found| self.calls.get(found.call)).and_then(|call| call.peer_of(leg)) else { return };
        let Some(media) = self.legs.get(peer).map(|peer| &peer.media) else { return };
        let Some(event) = media.agreed.as_ref().and_then(|agreed| agreed.event) else { return };
        let press = Press { flow: media.flow, keys, payload_type: event.send, clock_hz: event.clock_hz };
        self.order(Order::Press(press));
    }
}
