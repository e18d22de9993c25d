//! Consultation by keys: a phone that can do no transfer lets one party wait, talks with another, and brings both together or goes back.
//!
//! In: what `in_talk` reads from the keys of a leg, and what becomes of the two calls. Out: the party that waits has a call of its own, in which
//! it hears that it waits; the phone is the caller of another one. So a leg is in one call at any time, each call has its record, and both count for the
//! extension that consults. When the phone hangs up, the one that waits gets whom it talked with; when nobody is there, or goes, it has the one that waits again.

use super::call::{Phase, Waits};
use super::exchange::Exchange;
use super::session::Wish;
use super::step::code::Tone;
use super::step::ring::{Fact, Ring};
use super::transfer::{Made, Target};
use crate::base::Now;
use crate::base::id::{CallId, LegId};
use crate::entry::{LegRecord, Outcome};
use crate::route::{Known, Walk};
use crate::settings::Origin;
use crate::settings::talk_codes::InTalk;

/// A consultation is called by the transfer column; what would go back to the transferor ends it.
const KNOWN: Known = Known { origin: Origin::Transfer, transferor: None };

impl Exchange {
    /// Calls a number while the other party waits.
    pub(super) fn consult(&mut self, now: Now, leg: LegId, number: &str) {
        let is_free = !self.consultations.contains_key(&leg) && self.given_away(leg).is_some();
        let target = if is_free { self.target_by_keys(now, leg, number, KNOWN) } else { Target::Nowhere(403) };
        let (walk, dialled) = match target {
            Target::Number { walk, dialled } => (walk, dialled),
            // Whom it would park waits for it already.
            Target::Slot { mut walk, .. } => {
                walk.leave(&mut self.occupancy);
                return self.give_up_number(leg, InTalk::Consult);
            }
            Target::Call(_) | Target::Nowhere(_) if is_free => return self.give_up_number(leg, InTalk::Consult),
            Target::Call(_) | Target::Nowhere(_) => {
                self.say(leg, Tone::Refuse);
                return;
            }
        };
        let Some((tenant, transfers)) =
            self.legs.get(leg).and_then(|found| self.calls.get(found.call)).map(|call| (call.tenant, call.transfers + 1))
        else {
            return;
        };
        let Some(waiting) = self.let_wait(now, leg) else { return };
        self.consultations.insert(leg, waiting);
        let Some(extension) = self.legs.get(leg).and_then(|found| found.party.extension()) else { return };
        let identity = self.settings.extensions.get(&extension).map(|own| (own.number.clone(), own.display_name())).unwrap_or_default();
        self.occupancy.enter(extension);
        let phase = Phase::Ringing { ring: Ring::new([]).0, max_forwards: 70, outside: None };
        if let Some(call) = self.begin_call_of(now, leg, Made { tenant, walk: *walk, dialled, phase, transfers, identity }) {
            self.come_to(now, call, None);
        }
    }

    /// The other party of a leg waits for it from now on, in a call of its own; the one that they had is over.
    fn let_wait(&mut self, now: Now, leg: LegId) -> Option<CallId> {
        let (before, other, other_extension) = self.given_away(leg)?;
        let extension = self.legs.get(leg)?.party.extension()?;
        let number = self.settings.extensions.get(&extension).map(|own| own.number.clone()).unwrap_or_default();
        let identity = self.identity_in(before, other).unwrap_or_default();
        let (tenant, transfers) = self.calls.get(before).map(|call| (call.tenant, call.transfers + 1))?;
        self.part(leg);
        self.release_asker(now, leg);
        self.release_asker(now, other);
        self.count_caller(other_extension);
        let walk = Walk::in_talk(&mut self.occupancy, Some(extension), &number);
        self.write_record(now, before, Outcome::Answered, 200);
        let phase = Phase::Waiting { waits: Waits::For(leg), since: now.wall };
        let waiting = self.begin_call_of(now, other, Made { tenant, walk, dialled: number, phase, transfers, identity })?;
        self.say(other, Tone::Waiting);
        Some(waiting)
    }

    /// Whoever waits talks with that leg from now on.
    fn end_waiting(&mut self, now: Now, waiting: CallId, with: LegId) {
        let Some((party, extension)) = self.legs.get(with).map(|leg| (leg.party, leg.party.extension())) else { return };
        let Some(found) = self.calls.get_mut(waiting) else { return };
        match extension {
            Some(extension) => found.walk.pick_up(&mut self.occupancy, extension),
            None => found.walk.leave(&mut self.occupancy),
        }
        let hop = found.hop();
        found.legs.push(LegRecord { end: party.end(), hop, outcome: Outcome::Answered, status: 200, rang: false });
        found.phase = Phase::Talking { callee: with, callee_extension: extension, answered: now.wall };
        let caller = found.caller;
        // Whom it talked with may be there still, on the way out.
        self.part(with);
        if let Some(with) = self.legs.get_mut(with) {
            with.call = waiting;
        }
        self.lamps_changed();
        self.join(waiting);
        self.renew(now, caller, Wish::Follow);
        self.renew(now, with, Wish::Show);
    }

    /// The keys that hang up: the phone is back with the party that waits.
    pub(super) fn end_consultation(&mut self, now: Now, leg: LegId) {
        let Some(call) = self.legs.get(leg).map(|found| found.call) else { return };
        let callee = self.calls.get(call).and_then(|call| call.peer_of(leg));
        match callee {
            Some(callee) => {
                self.part(leg);
                self.hang_up_leg(now, callee, None);
                self.write_record(now, call, Outcome::Answered, 200);
            }
            None => {
                self.tell_ring(now, call, Fact::Cancelled);
                self.write_record(now, call, Outcome::Cancelled, 487);
            }
        }
        self.back_to_waiting(now, leg);
    }

    /// Whom a phone consulted is gone, or was not reached; the call's record is written. False: nobody waits for it.
    pub(super) fn back_to_waiting(&mut self, now: Now, leg: LegId) -> bool {
        let Some(waiting) = self.consultations.remove(&leg) else { return false };
        self.end_waiting(now, waiting, leg);
        true
    }

    /// The two change places: who was talked with waits.
    pub(super) fn swap(&mut self, now: Now, leg: LegId) {
        let Some(waiting) = self.let_wait(now, leg) else {
            self.say(leg, Tone::Refuse);
            return;
        };
        if let Some(before) = self.consultations.insert(leg, waiting) {
            self.end_waiting(now, before, leg);
        }
    }

    /// The phone has hung up: whoever waits for it gets whom it consulted, or takes its place while that one still rings. False: it consulted nobody.
    pub(super) fn bring_together(&mut self, now: Now, leg: LegId) -> bool {
        let Some(waiting) = self.consultations.remove(&leg) else { return false };
        let Some((call, caller)) = self.legs.get(leg).map(|found| found.call).zip(self.calls.get(waiting).map(|call| call.caller)) else {
            return false;
        };
        match self.calls.get(call).map(|found| (&found.phase, found.peer_of(leg))) {
            Some((_, Some(with))) => {
                self.part(leg);
                self.write_record(now, call, Outcome::Answered, 200);
                self.end_waiting(now, waiting, with);
            }
            Some((Phase::Ringing { .. }, None)) => self.ring_on_for(now, call, waiting),
            _ => self.end_call_of(now, caller, None),
        }
        self.leg_gone(leg);
        true
    }

    /// A consultation that still rings goes on for the party that waits.
    fn ring_on_for(&mut self, now: Now, ringing: CallId, waiting: CallId) {
        let Some(caller) = self.calls.get(waiting).map(|call| call.caller) else { return };
        let identity = self.identity_in(waiting, caller).unwrap_or_default();
        let extension = self.legs.get(caller).and_then(|caller| caller.party.extension());
        self.count_caller(extension);
        self.write_record(now, waiting, Outcome::Answered, 200);
        self.change_caller(ringing, caller, extension, identity);
        self.say(caller, Tone::Ringing);
    }

    /// A leg is about to be hung up by us: whoever waits for it waits in vain.
    pub(super) fn release_waiting(&mut self, now: Now, leg: LegId) {
        let Some(waiting) = self.consultations.remove(&leg) else { return };
        if let Some(caller) = self.calls.get(waiting).map(|call| call.caller) {
            self.end_call_of(now, caller, None);
        }
    }

    /// Another phone of the extension goes on in its place.
    pub(super) fn consult_from(&mut self, before: LegId, new: LegId) {
        let Some(waiting) = self.consultations.remove(&before) else { return };
        self.consultations.insert(new, waiting);
        if let Some(Phase::Waiting { waits, .. }) = self.calls.get_mut(waiting).map(|call| &mut call.phase) {
            *waits = Waits::For(new);
        }
    }
}
