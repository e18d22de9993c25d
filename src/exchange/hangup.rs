//! The end: BYE, the other side's BYE, and the record.

use super::call::{Phase, Waits};
use super::exchange::{Asked, Exchange, TimerKey};
use super::leg::{Farewell, Party, State};
use super::step::ring::Fact;
use crate::base::Now;
use crate::base::id::{CallId, LegId};
use crate::entry::{CallRecord, Entry, Outcome};
use crate::sip::message::{Method, Name};

impl Exchange {
    /// A phone sent BYE: its leg is gone, the other one is ended.
    pub(super) fn peer_hung_up(&mut self, now: Now, leg: LegId) {
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        self.transferor_hung_up(now, leg);
        // A caller may end an early dialog by BYE (RFC 3261 15.1.1); its INVITE is then refused with 487.
        if self.legs.get(leg).is_some_and(|leg| matches!(leg.state, State::Calling { .. })) {
            let ringing = self.ringing_legs(call);
            for leg in ringing {
                self.stop_inviting(now, leg, None);
            }
            return self.refuse_caller(now, call, 487, None, None);
        }
        // Somebody waits for it.
        if self.consultations.contains_key(&leg) && self.bring_together(now, leg) {
            return;
        }
        if self.is_waiting(call) {
            self.end_of_waiting(now, call);
            return self.leg_gone(leg);
        }
        // Who was transferred may give up while it rings.
        if self.calls.get(call).is_some_and(|call| call.caller == leg && matches!(call.phase, Phase::Ringing { .. })) {
            self.tell_ring(now, call, Fact::Cancelled);
            self.write_record(now, call, Outcome::Cancelled, 487);
        }
        if self.is_served(leg) {
            self.end_served(now, call);
            return self.leg_gone(leg);
        }
        self.drop_offering(now, leg);
        let peer = self.calls.get(call).and_then(|call| call.peer_of(leg));
        if let Some(peer) = peer {
            // The record names the caller's account, so it is written before the leg goes.
            self.write_record(now, call, Outcome::Answered, 200);
            if !self.back_to_waiting(now, peer) {
                self.hang_up_leg(now, peer, None);
            }
        }
        self.leg_gone(leg);
    }

    /// Ends a call from our side: both parties get BYE, or whatever ends the state they are in.
    pub(super) fn end_call_of(&mut self, now: Now, leg: LegId, reason: Option<&str>) {
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        match self.calls.get(call).map(|call| (&call.phase, call.caller)) {
            Some((Phase::Talking { callee, .. }, caller)) => {
                let callee = *callee;
                self.hang_up_leg(now, caller, reason);
                self.hang_up_leg(now, callee, reason);
                self.write_record(now, call, Outcome::Answered, 200);
            }
            Some((Phase::Ringing { .. }, _)) => {
                for leg in self.ringing_legs(call) {
                    self.stop_inviting(now, leg, None);
                }
                self.refuse_caller(now, call, 503, None, None);
            }
            Some((Phase::Served { .. }, caller)) => {
                self.hang_up_leg(now, caller, reason);
                self.end_served(now, call);
            }
            Some((Phase::Waiting { .. }, caller)) => {
                self.hang_up_leg(now, caller, reason);
                self.end_of_waiting(now, call);
            }
            // Its call is over already; what is left of the leg ends by itself.
            Some((Phase::Over, _)) | None => {}
        }
    }

    /// Sends BYE to a talking leg, as soon as it may have one; it is gone when the BYE has an answer.
    pub(super) fn hang_up_leg(&mut self, now: Now, leg: LegId, reason: Option<&str>) {
        self.release_waiting(now, leg);
        self.close_media(leg);
        let Some(found) = self.legs.get_mut(leg) else { return };
        // RFC 3261 15: no BYE before the ACK of the 200 that made the dialog. A caller who has not seen that 200 would go on ringing.
        if let State::Talking { accepting: Some(waiting), .. } = &mut found.state
            && waiting.makes_dialog
            && now.mono < waiting.deadline
        {
            waiting.farewell = Some(Farewell { reason: reason.map(str::to_owned) });
            return;
        }
        self.timers.clear(TimerKey::Accept(leg));
        if !found.is_talking() {
            return;
        }
        self.drop_offering(now, leg);
        self.unwatch(leg);
        self.forget_session(leg);
        let Some(found) = self.legs.get_mut(leg) else { return };
        if let State::Talking { acknowledged: Some(acknowledged), .. } = std::mem::replace(&mut found.state, State::Closing) {
            // Its answers count no more: should our ACK have been lost, the BYE ends the call all the same.
            self.asked.remove(&acknowledged.tx);
        }
        let Some(found) = self.legs.get_mut(leg) else { return };
        let Some(dialog) = &mut found.dialog else { return self.leg_gone(leg) };
        let mut bye = dialog.request(Method::Bye);
        if let Some(reason) = reason {
            bye.headers.push(Name::Reason, reason);
        }
        bye.headers.push(Name::UserAgent, &*self.product);
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let flow = self.flow_within(found, dialog);
        self.prove_within(leg, &mut bye, flow.remote.ip());
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, bye, flow, &sent_by);
        self.asked.insert(tx, Asked::Bye(leg));
    }

    /// Nothing of the leg is under way any more.
    pub(super) fn leg_gone(&mut self, leg: LegId) {
        self.close_media(leg);
        self.unwatch(leg);
        self.forget_session(leg);
        for key in [TimerKey::NoResponse(leg), TimerKey::Accept(leg), TimerKey::Reoffer(leg)] {
            self.timers.clear(key);
        }
        if self.keying.remove(&leg).is_some() {
            self.timers.clear(TimerKey::Keys(leg));
        }
        if self.transfers.remove(&leg).is_some() {
            self.timers.clear(TimerKey::Leave(leg));
        }
        let Some(gone) = self.legs.remove(leg) else { return };
        self.dialogs.remove(&gone.local_tag);
        match gone.state {
            State::Calling { tx, .. } => {
                self.calling.remove(&tx);
            }
            State::Talking { acknowledged, offering, .. } => {
                if let Some(acknowledged) = acknowledged {
                    self.asked.remove(&acknowledged.tx);
                }
                if let Some(offering) = offering {
                    self.asked.remove(&offering.tx);
                }
            }
            State::Inviting { tx, .. } => {
                self.asked.remove(&tx);
            }
            State::Closing => {}
        }
    }

    /// Writes the one record of a call and forgets it.
    pub(super) fn write_record(&mut self, now: Now, call: CallId, outcome: Outcome, status: u16) {
        self.timers.clear(TimerKey::RingTimeout(call));
        self.counters.calls_ended.count(outcome);
        self.measure_all(call);
        let Some(mut over) = self.calls.remove(call) else { return };
        self.lamps_changed();
        if let Some(extension) = over.caller_extension {
            self.occupancy.leave(extension);
        }
        over.walk.leave(&mut self.occupancy);
        let path = over.path(outcome);
        let (answering, answered) = match std::mem::replace(&mut over.phase, Phase::Over) {
            Phase::Talking { callee_extension, answered, .. } => (callee_extension, Some(answered)),
            Phase::Served { answered, .. } => (None, Some(answered)),
            Phase::Waiting { waits: Waits::For(leg), since } => (self.legs.get(leg).and_then(|leg| leg.party.extension()), Some(since)),
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Over => (None, None),
        };
        let caller = self.legs.get(over.caller).map(|leg| leg.party);
        self.keep(Entry::Call(CallRecord {
            tenant: over.tenant,
            call_id: over.call_id,
            started: over.started,
            answered,
            ended: now.wall,
            caller: over.caller_extension,
            caller_account: caller.and_then(Party::account),
            caller_line: caller.and_then(Party::line),
            caller_number: over.caller_number,
            caller_name: over.caller_name,
            dialled: over.dialled,
            callee: over.walk.dialled(),
            answering,
            outcome,
            status,
            path,
            legs: over.legs,
            quality: Vec::new(),
        }));
    }
}
