//! Parking: the other party of a call waits in a slot until somebody dials it.
//!
//! In: a phone that transfers a call to the park code, or dials it while it holds one (`transfer`, `serving`); a slot that is dialled; the alarm
//! of a call that nobody fetched. Out: a call of the party that waits, which hears soft notes; the parker hears the slot's last digit as so many
//! short notes, and its display shows it whole. A call in a slot counts for its caller alone. Who fetches it becomes its callee, as in a pickup;
//! of two the second finds the slot empty. What nobody fetches rings at the phone that parked it, and goes on from there as any call.

use std::time::Duration;

use super::call::{Call, Phase, Waits};
use super::exchange::{Exchange, TimerKey};
use super::leg::Leg;
use super::session::Wish;
use super::step::code::Tone;
use super::step::ring::Ring;
use super::transfer::Target;
use crate::base::Now;
use crate::base::id::{CallId, ExtensionId, LegId, TenantId};
use crate::entry::Outcome;
use crate::route::{self, Parker, Refusal, View, Walk};
use crate::settings::codes::Service;

/// What somebody is told who dials a slot where nobody waits, or the code without a call on hold.
const NOBODY: &str = "Nobody is parked there";
pub(super) const NOTHING_TO_PARK: &str = "No call on hold to park";

/// The parker is told the slot for so long at most.
const ANNOUNCE_MAX: Duration = Duration::from_secs(6);

impl Exchange {
    // --- into a slot ---

    /// A free slot for the other party of a leg, with what follows when nobody fetches it.
    pub(super) fn slot_target(&mut self, now: Now, leg: LegId) -> Target {
        let Some(found) = self.legs.get(leg) else { return Target::Nowhere(481) };
        let (Some(account), Some(extension)) = (found.party.account(), found.party.extension()) else { return Target::Nowhere(403) };
        let Some(tenant) = self.calls.get(found.call).map(|call| call.tenant) else { return Target::Nowhere(481) };
        let Some(slot) = self.free_slot(tenant) else { return Target::Nowhere(Refusal::Busy.status()) };
        let (view, by) = (View { settings: &self.settings, switches: &self.switches, at: now.wall }, Parker { extension, account });
        let plan = route::plan_parked(&view, by, &slot);
        Target::Slot { walk: Box::new(Walk::begin(&view, &mut self.occupancy, plan, by.known())), slot }
    }

    fn free_slot(&self, tenant: TenantId) -> Option<String> {
        let slots = self.settings.numbering.codes.digits(Service::ParkSlot)?;
        slots.each().find(|slot| self.parked_at(tenant, slot).is_none())
    }

    /// The call that waits in a slot.
    pub(super) fn parked_at(&self, tenant: TenantId, slot: &str) -> Option<CallId> {
        let waits_there = |phase: &Phase| matches!(phase, Phase::Waiting { waits: Waits::InSlot(taken), .. } if taken == slot);
        let waits = |call: &Call| call.tenant == tenant && waits_there(&call.phase);
        self.calls.iter().find(|(_, call)| waits(call)).map(|(id, _)| id)
    }

    /// The other party goes into the slot; the phone that parked it is not heard any more, but hears us.
    pub(super) fn park(&mut self, now: Now, leg: LegId, walk: Walk, slot: String) {
        let Some((_, peer, _)) = self.given_away(leg) else { return };
        self.unwatch(leg);
        self.release_asker(now, leg);
        self.release_asker(now, peer);
        self.part(leg);
        self.go_on(now, leg, walk, slot);
    }

    /// A call has come to its slot.
    pub(super) fn begin_parked(&mut self, now: Now, call: CallId, slot: &str) {
        let Some(found) = self.calls.get_mut(call) else { return };
        found.phase = Phase::Waiting { waits: Waits::InSlot(slot.to_owned()), since: now.wall };
        let caller = found.caller;
        self.timers.set(TimerKey::RingTimeout(call), now.mono + self.settings.numbering.park_timeout);
        self.say(caller, Tone::Waiting);
    }

    /// The display first, for the tone ends the call on most phones.
    pub(super) fn announce_slot(&mut self, now: Now, leg: LegId) {
        let Some(tone) = self.slot_of(leg).map(counted) else { return };
        self.timers.set(TimerKey::Leave(leg), now.mono + ANNOUNCE_MAX);
        if self.legs.get(leg).is_some_and(|leg| leg.session.takes_update) {
            self.update(now, leg);
        }
        // A phone that put the call on hold before hears nothing of it.
        if self.legs.get(leg).is_some_and(Leg::holds) || !self.say(leg, tone) {
            self.announced(now, leg);
        }
    }

    /// The call that a phone holds while it calls the park code.
    pub(super) fn held_by_caller_of(&self, call: CallId) -> Option<LegId> {
        let account = self.legs.get(self.calls.get(call)?.caller)?.party.account()?;
        let holds = |leg: &&(LegId, &Leg)| {
            let (id, leg) = leg;
            leg.party.account() == Some(account) && leg.holds() && self.calls.get(leg.call).is_some_and(|call| call.peer_of(*id).is_some())
        };
        let held: Vec<(LegId, &Leg)> = self.legs.iter().collect();
        held.iter().filter(holds).max_by_key(|(_, leg)| self.calls.get(leg.call).map(|call| call.order)).map(|(id, _)| *id)
    }

    /// Parks what a phone holds. The slot, if there was one.
    pub(super) fn park_held(&mut self, now: Now, leg: LegId) -> Option<String> {
        let Target::Slot { walk, slot } = self.slot_target(now, leg) else { return None };
        self.park(now, leg, *walk, slot.clone());
        self.hang_up_leg(now, leg, None);
        Some(slot)
    }

    // --- out of it ---

    /// Somebody dials a slot: their call becomes the answering leg of the one that waits there.
    pub(super) fn fetch(&mut self, now: Now, fetching: CallId, slot: &str) {
        let Some((tenant, fetcher, Some(extension))) =
            self.calls.get(fetching).map(|call| (call.tenant, call.caller, call.caller_extension))
        else {
            return;
        };
        let Some(parked) = self.parked_at(tenant, slot) else { return self.refuse_caller(now, fetching, 404, Some(NOBODY), None) };
        if self.take_waiting(now, parked, fetching, extension) {
            self.renew(now, fetcher, Wish::Show);
        }
    }

    /// Nobody has fetched it: on to what its plan says.
    pub(super) fn parked_too_long(&mut self, now: Now, call: CallId) {
        if let Some(found) = self.calls.get_mut(call) {
            found.phase = Phase::Ringing { ring: Ring::new([]).0, max_forwards: 70, outside: None };
        }
        self.place_failed(now, call, crate::settings::Cause::NoAnswer);
    }

    /// Whether its caller waits, in a slot or for a phone.
    pub(super) fn is_waiting(&self, call: CallId) -> bool {
        self.calls.get(call).is_some_and(|call| matches!(call.phase, Phase::Waiting { .. }))
    }

    /// Whoever waited does so no more: the record of its call.
    pub(super) fn end_of_waiting(&mut self, now: Now, call: CallId) {
        match self.calls.get(call).map(|call| &call.phase) {
            Some(Phase::Waiting { waits: Waits::InSlot(_), .. }) => self.write_record(now, call, Outcome::Cancelled, 487),
            // It was on hold.
            Some(Phase::Waiting { waits: Waits::For(leg), .. }) => {
                self.consultations.remove(leg);
                self.write_record(now, call, Outcome::Answered, 200);
            }
            _ => {}
        }
    }

    /// Who is parked in a slot, for its lamp: the call, number and name.
    pub(super) fn shown_in_slot(&self, watcher: ExtensionId, slot: &str) -> Option<(CallId, String, String)> {
        let tenant = self.settings.extensions.get(&watcher)?.tenant;
        let call = self.parked_at(tenant, slot)?;
        self.calls.get(call).map(|found| (call, found.caller_number.clone(), found.caller_name.clone()))
    }
}

/// The last digit of a slot as so many notes; ten for 0.
pub(super) fn counted(slot: &str) -> Tone {
    let last = slot.bytes().last().filter(u8::is_ascii_digit).map_or(0, |digit| digit - b'0');
    Tone::Count(if last == 0 { 10 } else { last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_told_by_its_last_digit() {
        assert_eq!([counted("893"), counted("890"), counted("*8*")], [Tone::Count(3), Tone::Count(10), Tone::Count(10)]);
    }
}
