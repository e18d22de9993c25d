//! Transfers by REFER (RFC 3515, RFC 5589): the SIP of them. What follows from what is in the tables of [`super::service`].
//!
//! In: a REFER within a call, the answers to its NOTIFYs, the phone's BYE. Out: the other party's call goes on without the phone that sent it.
//! A call that is transferred ends, with its record; another begins with the party that stays, at a number ([`Target::Number`]) or with the
//! party of the second call ([`Target::Call`]), or waits in a park slot ([`Target::Slot`], in `park`). Of Refer-To only the number and Replaces count, so nobody is sent to strange machines, and a
//! phone brings together only calls of its own extension. Rights are the transferor's, and its limits do not count the call that it gives away.

use std::time::Duration;

use super::call::{Call, Phase};
use super::exchange::{Asked, Exchange, TimerKey};
use super::leg::State as LegState;
use super::service::{State, Stimulus, Verb, attended_transfer, blind_transfer, park};
use super::session::Wish;
use super::step::ring::Ring;
use crate::base::Now;
use crate::base::id::{CallId, ExtensionId, LegId, TenantId};
use crate::base::limits::CALL_TRANSFERS_MAX;
use crate::entry::{Outcome, quoted};
use crate::route::{self, Action, Known, Served, Transferor, View, Walk};
use crate::settings::Origin;
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Method, Name};
use crate::sip::session::refer::{Refer, fragment};
use crate::sip::session::replaces::Replaces;

/// A phone that has transferred a call has this long to hang up; then we do.
const BYE_AFTER: Duration = Duration::from_secs(2);

/// A transfer, from the REFER until its phone has hung up.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub(super) state: State,
    kind: Kind,
    /// Of the subscription that the REFER began; the first one in a dialog needs no id (RFC 3515 2.4.6).
    event: String,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Blind,
    Attended,
    Park { slot: String },
}

/// Where the other party goes.
pub(super) enum Target {
    Number {
        walk: Box<Walk>,
        dialled: String,
    },
    Slot {
        walk: Box<Walk>,
        slot: String,
    },
    /// To whom this leg of the same extension talks, or calls.
    Call(LegId),
    /// Nowhere, and this is why.
    Nowhere(u16),
}

/// The REFER and what it leads to, for the verbs that follow from it.
struct Request<'a> {
    tx: ServerTx,
    incoming: &'a Incoming,
    target: Target,
}

/// What a call begins with that a transfer makes.
pub(super) struct Made {
    pub tenant: TenantId,
    pub walk: Walk,
    pub dialled: String,
    pub phase: Phase,
    pub transfers: u32,
    /// Number and name of its caller.
    pub identity: (String, String),
}

impl Transfer {
    /// By keys, into a slot.
    pub(super) fn parking(state: State, slot: String) -> Transfer {
        Transfer { state, kind: Kind::Park { slot }, event: String::new() }
    }
}

impl Exchange {
    pub(super) fn refer(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming) {
        let refer = match Refer::of(&incoming.request.headers) {
            Ok(refer) => refer,
            Err(status) => return self.refuse(now, tx, incoming, status),
        };
        if self.transfers.contains_key(&leg) {
            return self.refuse(now, tx, incoming, 491);
        }
        let Some(found) = self.legs.get_mut(leg) else { return };
        if !found.is_talking() || self.calls.get(found.call).is_none_or(|call| call.peer_of(leg).is_none()) {
            return self.refuse_with(now, tx, incoming, 403, "Forbidden: there is nobody to transfer");
        }
        found.session.refers += 1;
        let event = if found.session.refers == 1 { "refer".to_owned() } else { format!("refer;id={}", incoming.envelope.cseq.number) };
        let target = match &refer.replaces {
            None => self.number_target(now, leg, &refer.number),
            Some(replaces) => self.call_target(leg, replaces),
        };
        let is_subscribed = refer.is_subscribed;
        let stimulus = match target {
            Target::Nowhere(_) => Stimulus::Refused { is_subscribed },
            Target::Number { .. } | Target::Slot { .. } | Target::Call(_) => Stimulus::Granted { is_subscribed },
        };
        let kind = match &target {
            Target::Slot { slot, .. } => Kind::Park { slot: slot.clone() },
            _ if refer.replaces.is_some() => Kind::Attended,
            _ => Kind::Blind,
        };
        self.transfers.insert(leg, Transfer { state: State::Asked, kind, event });
        self.step_transfer(now, leg, stimulus, Some(Request { tx, incoming, target }));
    }

    /// The phone answered its NOTIFY, or did not.
    pub(super) fn notified(&mut self, now: Now, leg: LegId) {
        self.step_transfer(now, leg, Stimulus::Notified, None);
    }

    pub(super) fn transferor_expired(&mut self, now: Now, leg: LegId) {
        self.step_transfer(now, leg, Stimulus::Expired, None);
    }

    pub(super) fn transferor_hung_up(&mut self, now: Now, leg: LegId) {
        self.step_transfer(now, leg, Stimulus::HungUp, None);
    }

    /// A tone was played to its end.
    pub(super) fn announced(&mut self, now: Now, leg: LegId) {
        self.step_transfer(now, leg, Stimulus::Announced, None);
    }

    fn step_transfer(&mut self, now: Now, leg: LegId, stimulus: Stimulus, mut request: Option<Request<'_>>) {
        let Some(transfer) = self.transfers.get_mut(&leg) else { return };
        let step = match transfer.kind {
            Kind::Blind => blind_transfer::step,
            Kind::Attended => attended_transfer::step,
            Kind::Park { .. } => park::step,
        };
        let (state, verbs) = step(transfer.state, stimulus);
        transfer.state = state;
        let event = transfer.event.clone();
        if state == State::Over {
            self.transfers.remove(&leg);
            self.timers.clear(TimerKey::Leave(leg));
        }
        for verb in verbs {
            self.perform_transfer(now, leg, *verb, &event, request.as_mut());
        }
    }

    fn perform_transfer(&mut self, now: Now, leg: LegId, verb: Verb, event: &str, request: Option<&mut Request<'_>>) {
        match (verb, request) {
            (Verb::Accept, Some(request)) => self.take_refer(now, leg, request, 202, None),
            (Verb::AcceptQuietly, Some(request)) => self.take_refer(now, leg, request, 200, Some("false")),
            (Verb::Refuse, Some(Request { tx, incoming, target: Target::Nowhere(status) })) => self.refuse(now, *tx, incoming, *status),
            (Verb::NotifyRefusal, Some(Request { target: Target::Nowhere(status), .. })) => self.notify(now, leg, event, *status),
            (Verb::NotifyTrying, _) => self.notify(now, leg, event, 100),
            (Verb::NotifyDone, _) => self.notify(now, leg, event, 200),
            (Verb::SendOn, Some(Request { target, .. })) => {
                if let Target::Number { walk, dialled } = std::mem::replace(target, Target::Nowhere(200)) {
                    self.send_on(now, leg, *walk, dialled);
                }
            }
            (Verb::Park, Some(Request { target, .. })) => {
                if let Target::Slot { walk, slot } = std::mem::replace(target, Target::Nowhere(200)) {
                    self.park(now, leg, *walk, slot);
                }
            }
            (Verb::Announce, _) => self.announce_slot(now, leg),
            (Verb::JoinOthers, Some(Request { target: Target::Call(other), .. })) => self.join_others(now, leg, *other),
            (Verb::DropConsultation, Some(Request { target: Target::Call(other), .. })) => self.hang_up_leg(now, *other, None),
            (Verb::AwaitBye, _) => self.timers.set(TimerKey::Leave(leg), now.mono + BYE_AFTER),
            (Verb::HangUp, _) => self.hang_up_leg(now, leg, None),
            // The table never asks for these without a REFER that leads there.
            _ => {}
        }
    }

    fn take_refer(&mut self, now: Now, leg: LegId, request: &Request<'_>, status: u16, refer_sub: Option<&str>) {
        let Some(found) = self.legs.get(leg) else { return };
        let mut response = self.response_with(request.incoming, status, &found.local_tag);
        let user = request.incoming.envelope.to.uri.user().unwrap_or_default();
        response.headers.push(Name::Contact, self.contact(&found.flow, &user).to_string());
        if let Some(refer_sub) = refer_sub {
            response.headers.push(Name::ReferSub, refer_sub);
        }
        self.endpoint.respond(now.mono, request.tx, response);
    }

    /// Any status but 100 is the last news.
    fn notify(&mut self, now: Now, leg: LegId, event: &str, status: u16) {
        let state = if status == 100 { "active;expires=60" } else { "terminated;reason=noresource" };
        let sent = self.ask_within(now, leg, Method::Notify, |notify| {
            notify.headers.push(Name::Event, event);
            notify.headers.push(Name::SubscriptionState, state);
            notify.headers.push(Name::ContentType, "message/sipfrag;version=2.0");
            notify.body = fragment(status).into_bytes();
        });
        if let Some(tx) = sent {
            self.asked.insert(tx, Asked::Notify(leg));
        }
    }

    // --- where to ---

    /// A number, planned with the rights of who transfers. He is not in the call any more that he gives away.
    pub(super) fn number_target(&mut self, now: Now, leg: LegId, number: &str) -> Target {
        let Some(found) = self.legs.get(leg) else { return Target::Nowhere(481) };
        // Whoever is behind a line has no rights here.
        let Some(extension) = found.party.extension() else { return Target::Nowhere(403) };
        let Some(call) = self.calls.get(found.call) else { return Target::Nowhere(481) };
        let known = Known { origin: Origin::Transfer, transferor: Some(Transferor { extension, origin: call.walk.origin() }) };
        self.occupancy.leave(extension);
        let target = self.target_by_keys(now, leg, number, known);
        self.occupancy.enter(extension);
        target
    }

    /// A number, planned with the rights of who dials it in talk.
    pub(super) fn target_by_keys(&mut self, now: Now, leg: LegId, number: &str, known: Known) -> Target {
        let Some(found) = self.legs.get(leg) else { return Target::Nowhere(481) };
        let Some(extension) = found.party.extension() else { return Target::Nowhere(403) };
        if self.calls.get(found.call).is_none_or(|call| call.transfers >= CALL_TRANSFERS_MAX) {
            return Target::Nowhere(482);
        }
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        let plan = route::plan(&view, &self.occupancy, &route::Request { caller: extension, dialled: number });
        match plan.node(0).action {
            Action::HangUp(refusal) => Target::Nowhere(refusal.status()),
            Action::Service(Served::Park) => self.slot_target(now, leg),
            // What a code does it does for who dials it.
            Action::Service(_) => Target::Nowhere(403),
            _ => {
                let mut walk = Walk::begin(&view, &mut self.occupancy, plan, known);
                match *walk.action() {
                    // Nobody has been rung, so the call may stay as it is.
                    Action::HangUp(refusal) => {
                        walk.leave(&mut self.occupancy);
                        Target::Nowhere(refusal.status())
                    }
                    _ => Target::Number { walk: Box::new(walk), dialled: number.to_owned() },
                }
            }
        }
    }

    /// The other call of the phone, or of another phone of its extension.
    fn call_target(&self, leg: LegId, replaces: &Replaces) -> Target {
        let Some(other) = self.replaced(replaces).filter(|other| *other != leg) else { return Target::Nowhere(481) };
        let (Some(own), Some(second)) = (self.legs.get(leg), self.legs.get(other)) else { return Target::Nowhere(481) };
        if own.party.extension().is_none() || own.party.extension() != second.party.extension() {
            return Target::Nowhere(403);
        }
        let Some(call) = self.calls.get(second.call).filter(|_| own.call != second.call) else { return Target::Nowhere(481) };
        if self.calls.get(own.call).is_some_and(|call| call.transfers >= CALL_TRANSFERS_MAX) {
            return Target::Nowhere(482);
        }
        match (&second.state, call.peer_of(other)) {
            (LegState::Talking { .. }, Some(_)) if replaces.early_only => Target::Nowhere(486),
            (LegState::Talking { .. }, Some(target)) => {
                let Some(transferee) = self.calls.get(own.call).and_then(|call| call.peer_of(leg)) else { return Target::Nowhere(481) };
                if self.have_common_codec(transferee, target) { Target::Call(other) } else { Target::Nowhere(488) }
            }
            // It still rings there.
            (LegState::Calling { .. }, None) => Target::Call(other),
            _ => Target::Nowhere(481),
        }
    }

    fn have_common_codec(&self, one: LegId, other: LegId) -> bool {
        self.codecs_of(one).iter().any(|codec| self.codecs_of(other).contains(codec))
    }

    /// The leg whose dialog that is, whichever of the tags is taken for whose: phones differ.
    pub(super) fn replaced(&self, replaces: &Replaces) -> Option<LegId> {
        let tags = [(&replaces.to_tag, &replaces.from_tag), (&replaces.from_tag, &replaces.to_tag)];
        tags.into_iter().find_map(|(ours, theirs)| {
            let leg = self.dialogs.get(ours.as_str()).copied()?;
            let found = self.legs.get(leg)?;
            let is_it = match (&found.dialog, &found.state) {
                (Some(dialog), _) => dialog.call_id == replaces.call_id && dialog.remote.tag() == Some(theirs.as_str()),
                // The tag of a phone that rings is its own matter until it answers; ours is random, and only it was told.
                (None, LegState::Inviting { invite, .. }) => invite.headers.get(&Name::CallId) == Some(replaces.call_id.as_str()),
                (None, _) => false,
            };
            is_it.then_some(leg)
        })
    }

    // --- the calls ---

    /// The other party is called on at a number, as a call of its own.
    pub(super) fn send_on(&mut self, now: Now, leg: LegId, walk: Walk, dialled: String) {
        let Some((_, peer, _)) = self.given_away(leg) else { return };
        self.part_from(now, leg, peer);
        self.go_on(now, leg, walk, dialled);
    }

    /// The other party of a leg, which hears it no more, begins a call of its own.
    pub(super) fn go_on(&mut self, now: Now, leg: LegId, walk: Walk, dialled: String) {
        let Some((before, peer, extension)) = self.given_away(leg) else { return };
        let identity = self.identity_in(before, peer).unwrap_or_default();
        let Some((tenant, transfers)) = self.calls.get(before).map(|call| (call.tenant, call.transfers + 1)) else { return };
        self.count_caller(extension);
        self.write_record(now, before, Outcome::Answered, 200);
        // Refer-To is a fresh call's, so its way is, too (RFC 3261 8.1.1.6).
        let phase = Phase::Ringing { ring: Ring::new([]).0, max_forwards: 70, outside: None };
        let Some(call) = self.begin_call_of(now, peer, Made { tenant, walk, dialled, phase, transfers, identity }) else { return };
        self.come_to(now, call, None);
    }

    /// Brings together whom a phone talks with and whom another call of its extension is with.
    fn join_others(&mut self, now: Now, leg: LegId, other: LegId) {
        let Some(second) = self.legs.get(other) else { return };
        if matches!(second.state, LegState::Calling { .. }) {
            return self.hand_over_ringing(now, leg, other);
        }
        let Some((before, transferee, extension)) = self.given_away(leg) else { return };
        let Some((consultation, target, target_extension)) = self.given_away(other) else { return };
        let identity = self.identity_in(before, transferee).unwrap_or_default();
        let (dialled, _) = self.identity_in(consultation, target).unwrap_or_default();
        let Some((tenant, transfers)) = self.calls.get(before).map(|call| (call.tenant, call.transfers + 1)) else { return };
        self.count_caller(extension);
        let walk = Walk::in_talk(&mut self.occupancy, target_extension, &dialled);
        self.part_from(now, leg, transferee);
        self.part_from(now, other, target);
        self.write_record(now, before, Outcome::Answered, 200);
        self.write_record(now, consultation, Outcome::Answered, 200);
        let phase = Phase::Talking { callee: target, callee_extension: target_extension, answered: now.wall };
        let Some(call) = self.begin_call_of(now, transferee, Made { tenant, walk, dialled, phase, transfers, identity }) else { return };
        if let Some(target) = self.legs.get_mut(target) {
            target.call = call;
        }
        self.join(call);
        self.renew(now, transferee, Wish::Follow);
        self.renew(now, target, Wish::Show);
    }

    /// The second call still rings: whom the phone gives away takes its place in it, and waits for the answer.
    fn hand_over_ringing(&mut self, now: Now, leg: LegId, other: LegId) {
        let Some((before, transferee, extension)) = self.given_away(leg) else { return };
        let Some(ringing) = self.legs.get(other).map(|other| other.call) else { return };
        let identity = self.identity_in(before, transferee).unwrap_or_default();
        self.count_caller(extension);
        self.part_from(now, leg, transferee);
        self.write_record(now, before, Outcome::Answered, 200);
        if let Some(found) = self.legs.get(other)
            && let LegState::Calling { tx, invite } = &found.state
        {
            let (tx, response) = (*tx, self.response_with(invite, 487, &found.local_tag));
            self.endpoint.respond(now.mono, tx, response);
        }
        self.change_caller(ringing, transferee, extension, identity);
        self.leg_gone(other);
    }

    /// A call that rings goes on for somebody else, who counts already.
    pub(super) fn change_caller(&mut self, ringing: CallId, caller: LegId, extension: Option<ExtensionId>, identity: (String, String)) {
        let waiting = self.ringing_legs(ringing);
        let Some(call) = self.calls.get_mut(ringing) else { return };
        if let Some(before) = std::mem::replace(&mut call.caller_extension, extension) {
            self.occupancy.leave(before);
        }
        (call.caller, call.caller_number, call.caller_name) = (caller, identity.0, identity.1);
        call.transfers += 1;
        if let Some(caller) = self.legs.get_mut(caller) {
            caller.call = ringing;
        }
        // Who rings has been shown somebody else.
        for leg in waiting {
            if let Some(found) = self.legs.get_mut(leg) {
                found.session.wish = Wish::Show;
            }
        }
    }

    /// The call of a leg, the other party of it, and that one's extension, if it has one.
    pub(super) fn given_away(&self, leg: LegId) -> Option<(CallId, LegId, Option<ExtensionId>)> {
        let call = self.legs.get(leg)?.call;
        let peer = self.calls.get(call)?.peer_of(leg)?;
        Some((call, peer, self.legs.get(peer)?.party.extension()))
    }

    /// The two hear each other no more, and what one had asked the other is over.
    pub(super) fn part_from(&mut self, now: Now, leaving: LegId, staying: LegId) {
        self.close_media(leaving);
        self.unwatch(leaving);
        self.release_asker(now, leaving);
        self.release_asker(now, staying);
    }

    pub(super) fn count_caller(&mut self, extension: Option<ExtensionId>) {
        if let Some(extension) = extension {
            self.occupancy.enter(extension);
        }
    }

    /// The slot that a phone has just parked a call in.
    pub(super) fn slot_of(&self, leg: LegId) -> Option<&str> {
        match &self.transfers.get(&leg)?.kind {
            Kind::Park { slot } => Some(slot),
            Kind::Blind | Kind::Attended => None,
        }
    }

    /// Number and name of a party: of its extension, or of whoever is behind a line as its call knows them.
    pub(super) fn identity_in(&self, call: CallId, leg: LegId) -> Option<(String, String)> {
        match self.legs.get(leg)?.party.extension() {
            Some(extension) => self.settings.extensions.get(&extension).map(|found| (found.number.clone(), found.display_name())),
            None => {
                let call = self.calls.get(call)?;
                let is_caller = call.caller == leg;
                Some(if is_caller { (call.caller_number.clone(), call.caller_name.clone()) } else { (call.number_now(), String::new()) })
            }
        }
    }

    /// A call whose caller talks already.
    pub(super) fn begin_call_of(&mut self, now: Now, caller: LegId, made: Made) -> Option<CallId> {
        let found = self.legs.get(caller)?;
        let (caller_extension, call_id) =
            (found.party.extension(), found.dialog.as_ref().map(|dialog| quoted(&dialog.call_id)).unwrap_or_default());
        let Made { tenant, walk, dialled, phase, transfers, identity: (caller_number, caller_name) } = made;
        self.counters.calls_started += 1;
        self.lamps_changed();
        let call = self.calls.insert(Call {
            tenant,
            caller,
            caller_extension,
            caller_number,
            caller_name,
            call_id,
            dialled,
            walk,
            phase,
            transfers,
            started: now.wall,
            order: self.counters.calls_started,
            legs: Vec::new(),
        });
        if let Some(caller) = self.legs.get_mut(caller) {
            caller.call = call;
        }
        Some(call)
    }
}
