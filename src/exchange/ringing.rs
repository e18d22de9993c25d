//! A call that rings: INVITEs to all phones of the callee, and what they answer.

use std::time::Duration;

use super::call::{Phase, outcome_of};
use super::datagram;
use super::exchange::{Asked, Exchange, TimerKey};
use super::leg::{Acknowledged, Agreement, Leg, Media, State};
use super::probe::Probe;
use super::step::ring::{Branch, Fact, Ring, Verb, Why};
use crate::base::id::{AccountId, CallId, LegId};
use crate::base::limits::{EARLY_DIALOGS_MAX, FORK_LEGS_MAX};
use crate::base::{Codec, Flow, Now, SlabKey};
use crate::entry::{LegRecord, Outcome};
use crate::route::{Action, Cause};
use crate::sdp::{Description, Direction, Local, Offer, Remote};
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{ClientTx, ServerTx};
use crate::sip::message::{Envelope, Method, Name, NameAddr, Request, Response};
use crate::sip::uri::{Host, SipUri, Uri};

/// A phone that answers nothing at all for so long is unavailable; the transaction lives on.
const NO_RESPONSE: Duration = Duration::from_secs(4);
/// Behind a proxy (Path) there is more on the way.
const NO_RESPONSE_BEHIND_PROXY: Duration = Duration::from_secs(10);

impl Exchange {
    /// Performs a ring node: invites every phone that can be reached.
    pub(super) fn begin_ring(&mut self, now: Now, call: CallId, accounts: &[AccountId], offer: &Remote) {
        let mut asked = Vec::new();
        let mut mismatched = false;
        for account in accounts.iter().take(FORK_LEGS_MAX) {
            match self.ask(now, call, *account, offer) {
                Ok(leg) => asked.push(leg),
                Err(not_asked) => {
                    mismatched |= not_asked.status == 488;
                    if let Some(call) = self.calls.get_mut(call) {
                        call.legs.push(not_asked);
                    }
                }
            }
        }
        if mismatched && asked.is_empty() {
            return self.refuse_caller(now, call, 488, Some("Not Acceptable Here: no common codec"), None);
        }
        let (ring, verbs) = Ring::new(asked);
        let Some(found) = self.calls.get_mut(call) else { return };
        if let Phase::Ringing { ring: slot, .. } = &mut found.phase {
            *slot = ring;
        }
        if let Action::Ring { timeout, .. } = found.plan.node(found.node).action {
            self.timers.set(TimerKey::RingTimeout(call), now.mono + timeout);
        }
        self.perform(now, call, verbs);
    }

    /// Invites one phone. The record says why if it could not be asked.
    fn ask(&mut self, now: Now, call_id: CallId, account: AccountId, offer: &Remote) -> Result<LegId, LegRecord> {
        let not_asked = |status| LegRecord { account, outcome: Outcome::Unavailable, status, rang: false };
        let call = self.calls.get(call_id).ok_or_else(|| not_asked(500))?;
        let Phase::Ringing { callee, max_forwards, .. } = call.phase else { return Err(not_asked(500)) };
        let settings = self.settings.accounts.get(&account).ok_or_else(|| not_asked(480))?;
        let bound = self.registrar.get(account).filter(|bound| bound.is_reachable()).ok_or_else(|| not_asked(480))?;
        let flow = self.flow_to(settings, &bound.binding).ok_or_else(|| not_asked(480))?;
        let target = Uri::parse(&bound.binding.contact).map_err(|_| not_asked(480))?;
        let codecs = self.passing_codecs(call.caller, offer, &settings.codecs);
        if codecs.is_empty() {
            return Err(not_asked(488));
        }
        let (nat, path) = (self.is_nat(settings), bound.binding.path.clone());
        let (number, name, dialled) = (call.caller_number.clone(), call.caller_name.clone(), call.dialled.clone());

        let local_tag = self.dice.token(12);
        let (host, _) = self.sent_by(&flow);
        let identity = NameAddr { display: name, ..NameAddr::new(Uri::Sip(SipUri::new(Some(&number), host.clone(), None))) };
        let mut request = Request::new(Method::Invite, target);
        for route in &path {
            request.headers.push(Name::Route, &**route);
        }
        request.headers.push(Name::MaxForwards, max_forwards.to_string());
        request.headers.push(Name::From, identity.clone().with_tag(&local_tag).to_string());
        request.headers.push(Name::To, NameAddr::new(Uri::Sip(SipUri::new(Some(&dialled), host, None))).to_string());
        request.headers.push(Name::CallId, self.dice.token(24));
        request.headers.push(Name::CSeq, "1 INVITE");
        request.headers.push(Name::Contact, self.contact(&flow, &number).to_string());
        request.headers.push(Name::PAssertedIdentity, identity.to_string());
        request.headers.push(Name::Allow, super::admit::ALLOW);
        request.headers.push(Name::UserAgent, &*self.product);
        request.headers.push(Name::ContentType, "application/sdp");

        let sent_by = self.sent_by(&flow);
        let make = |media: Media| Leg {
            call: call_id,
            account,
            extension: callee,
            // Replaced below, once the transaction has its id.
            state: State::Inviting { tx: ClientTx::new(u32::MAX, 0), invite: Box::new(request), rang: false },
            dialog: None,
            local_tag: local_tag.clone(),
            flow,
            proved: vec![flow],
            refused: vec![],
            media: Media { nat, ..media },
            probe: Probe::default(),
        };
        let leg = self.open_leg(now, make, flow).ok_or_else(|| not_asked(503))?;
        let offer = Offer::new(&codecs);
        let found = self.legs.get_mut(leg).ok_or_else(|| not_asked(500))?;
        let body = offer.write(&local_of(&found.media, Direction::SendRecv));
        found.media.offer = Some(offer);
        let State::Inviting { invite, .. } = &mut found.state else { return Err(not_asked(500)) };
        invite.body = body.into_bytes();
        if !datagram::fit(invite, &flow) {
            self.leg_gone(leg);
            return Err(not_asked(513));
        }
        let invite = invite.clone();
        let sent = self.endpoint.send(now.mono, &mut self.dice, (*invite).clone(), flow, &sent_by);
        if let Some(found) = self.legs.get_mut(leg) {
            found.state = State::Inviting { tx: sent, invite, rang: false };
        }
        self.asked.insert(sent, Asked::Invite(leg));
        self.dialogs.insert(local_tag, leg);
        let patience = if path.is_empty() { NO_RESPONSE } else { NO_RESPONSE_BEHIND_PROXY };
        self.timers.set(TimerKey::NoResponse(leg), now.mono + patience);
        Ok(leg)
    }

    /// What both sides may talk without anybody converting, in the caller's order.
    fn passing_codecs(&self, caller: LegId, offer: &Remote, callee: &[Codec]) -> Vec<Codec> {
        let allowed = self.legs.get(caller).and_then(|leg| self.settings.accounts.get(&leg.account));
        let Some(audio) = &offer.audio else { return vec![] };
        let passes = |codec: &Codec| callee.contains(codec) && allowed.is_some_and(|account| account.codecs.contains(codec));
        audio.codecs.iter().map(|offered| offered.codec).filter(passes).collect()
    }

    pub(super) fn invite_response(&mut self, now: Now, leg: LegId, tx: ClientTx, response: &Response, envelope: &Envelope, flow: Flow) {
        self.timers.clear(TimerKey::NoResponse(leg));
        let Some(found) = self.legs.get_mut(leg) else { return };
        let call = found.call;
        match response.status {
            100 => {}
            101..=199 => {
                if let State::Inviting { rang, .. } = &mut found.state
                    && !std::mem::replace(rang, true)
                {
                    self.tell_ring(now, call, Fact::Ringing(leg));
                }
            }
            200..=299 => self.invite_accepted(now, leg, tx, response, envelope, flow),
            status => {
                let outcome = leg_outcome(status);
                let is_closing = matches!(found.state, State::Closing);
                self.asked.remove(&tx);
                if !is_closing {
                    self.note_leg(call, leg, outcome, status);
                    self.tell_ring(now, call, Fact::Failed(leg, outcome));
                }
                self.leg_gone(leg);
            }
        }
    }

    fn invite_accepted(&mut self, now: Now, leg: LegId, tx: ClientTx, response: &Response, envelope: &Envelope, flow: Flow) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        match &found.state {
            State::Inviting { .. } => {}
            State::Talking { acknowledged: Some(acknowledged), .. } if acknowledged.tx == tx => {
                let same = found.dialog.as_ref().is_some_and(|dialog| dialog.remote.tag() == envelope.to.tag());
                if same {
                    // Our ACK was lost: RFC 3261 13.2.2.4.
                    let (flow, bytes) = (found.flow, acknowledged.bytes.clone());
                    return self.endpoint.send_bytes(flow, bytes);
                }
                return self.refuse_answer(now, leg, tx, response, envelope);
            }
            _ => return self.refuse_answer(now, leg, tx, response, envelope),
        }
        let State::Inviting { invite, .. } = &found.state else { return };
        let Ok(dialog) = Dialog::from_response(response, envelope, invite) else {
            // It cannot be talked to: acknowledged and ended, and unavailable as far as the caller is concerned.
            let call = found.call;
            self.note_leg(call, leg, Outcome::Unavailable, response.status);
            if let Some(found) = self.legs.get_mut(leg) {
                found.state = State::Closing;
            }
            self.close_media(leg);
            self.refuse_answer(now, leg, tx, response, envelope);
            return self.tell_ring(now, call, Fact::Failed(leg, Outcome::Unavailable));
        };
        let answered = found.media.offer.take().and_then(|offer| offer.accept(&Description::parse(&response.body).ok()?).ok());
        found.prove(flow);
        if flow.transport.is_reliable() {
            found.flow.connection = flow.connection.or(found.flow.connection);
        }
        found.dialog = Some(dialog);
        let call = found.call;
        let Some(answered) = answered else {
            // Answered, yet with nothing that could be played: acknowledge, end it, and count it as unavailable.
            self.acknowledge(leg, tx, envelope.cseq.number);
            self.note_leg(call, leg, Outcome::Unavailable, 488);
            self.tell_ring(now, call, Fact::Failed(leg, Outcome::Unavailable));
            return self.hang_up_leg(now, leg, Some("SIP;cause=488;text=\"Not Acceptable Here\""));
        };
        if let Some(found) = self.legs.get_mut(leg) {
            let agreement = Agreement {
                codec: answered.codec,
                event: answered.telephone_event,
                remote: answered.remote,
                direction: Direction::SendRecv,
            };
            found.media.agreed = Some(agreement);
        }
        self.acknowledge(leg, tx, envelope.cseq.number);
        self.note_leg(call, leg, Outcome::Answered, response.status);
        self.tell_ring(now, call, Fact::Answered(leg));
    }

    /// Acknowledges the 2xx that made the leg's dialog; from here on the leg talks.
    fn acknowledge(&mut self, leg: LegId, tx: ClientTx, cseq: u32) {
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let (ack, flow) = (dialog.ack(cseq), self.flow_within(found, dialog));
        let sent_by = self.sent_by(&flow);
        let bytes = self.endpoint.send_ack(&mut self.dice, ack, flow, &sent_by);
        if let Some(found) = self.legs.get_mut(leg) {
            found.flow = flow;
            found.prove(flow);
            found.state = State::Talking { accepting: None, acknowledged: Some(Acknowledged { tx, bytes }), offering: None };
        }
    }

    /// An answer that nobody wants any more: a second fork, or one that crossed our CANCEL. It gets ACK, and once BYE (RFC 3261 13.2.2.4).
    /// More forks than a phone may have are ignored: whoever answers a call must not make us send to others without end.
    fn refuse_answer(&mut self, now: Now, leg: LegId, invite: ClientTx, response: &Response, envelope: &Envelope) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let tag = envelope.to.tag().unwrap_or_default();
        let is_repeated = found.refused.iter().any(|refused| refused == tag);
        if !is_repeated && found.refused.len() == EARLY_DIALOGS_MAX {
            return;
        }
        if !is_repeated {
            found.refused.push(tag.to_owned());
        }
        // Where it is, should its Contact be missing.
        let place = SipUri::new(None, Host::Address(found.flow.remote.ip()), Some(found.flow.remote.port()));
        let target = found.dialog.as_ref().map_or(Uri::Sip(place), |dialog| dialog.target.clone());
        let request = Request::new(Method::Invite, target);
        let dialog = Dialog::from_response(response, envelope, &request).or_else(|_| {
            // A Contact or route that cannot be read: what was invited is still there to be told.
            let mut plain = response.clone();
            plain.headers.remove_all(&Name::Contact);
            plain.headers.remove_all(&Name::RecordRoute);
            Dialog::from_response(&plain, envelope, &request)
        });
        let Ok(mut dialog) = dialog else { return };
        let Some(found) = self.legs.get(leg) else { return };
        let flow = self.flow_within(found, &dialog);
        let sent_by = self.sent_by(&flow);
        let is_closing = matches!(found.state, State::Closing);
        self.endpoint.send_ack(&mut self.dice, dialog.ack(envelope.cseq.number), flow, &sent_by);
        if is_repeated {
            return;
        }
        let bye = dialog.request(Method::Bye);
        let tx = self.endpoint.send(now.mono, &mut self.dice, bye, flow, &sent_by);
        if is_closing {
            // The leg waits for the answer to its BYE alone: what is repeated of the INVITE's counts no more.
            self.asked.remove(&invite);
            self.asked.insert(tx, Asked::Bye(leg));
        }
    }

    /// No final response, or it could not be sent: 408 or 503.
    pub(super) fn invite_unanswered(&mut self, now: Now, leg: LegId, _tx: ClientTx, status: u16) {
        self.timers.clear(TimerKey::NoResponse(leg));
        let Some(found) = self.legs.get(leg) else { return };
        let call = found.call;
        match found.state {
            State::Inviting { rang, .. } => {
                let outcome = if rang { Outcome::NoAnswer } else { Outcome::Unavailable };
                self.note_leg(call, leg, outcome, status);
                self.tell_ring(now, call, Fact::Failed(leg, outcome));
                self.leg_gone(leg);
            }
            State::Closing => self.leg_gone(leg),
            // Timer M of an answered INVITE tells nobody; a talking leg is not touched.
            State::Talking { .. } | State::Calling { .. } => {}
        }
    }

    /// The phone has said nothing at all. It is unavailable; should it wake up, it gets a CANCEL, or ACK and BYE.
    pub(super) fn no_response(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get(leg) else { return };
        if let State::Inviting { .. } = found.state {
            let call = found.call;
            self.note_leg(call, leg, Outcome::Unavailable, 408);
            self.tell_ring(now, call, Fact::Failed(leg, Outcome::Unavailable));
            self.stop_inviting(now, leg, None);
        }
    }

    pub(super) fn ring_expired(&mut self, now: Now, call: CallId) {
        self.tell_ring(now, call, Fact::Expired);
    }

    /// The caller sent CANCEL.
    pub(super) fn cancelled(&mut self, now: Now, tx: ServerTx) {
        let Some(leg) = self.calling.get(&tx).copied() else { return self.asker_cancelled(now, tx) };
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        self.tell_ring(now, call, Fact::Cancelled);
        self.refuse_caller(now, call, 487, None, None);
    }

    fn tell_ring(&mut self, now: Now, call: CallId, fact: Fact) {
        let Some(found) = self.calls.get_mut(call) else { return };
        if let Phase::Ringing { ring, .. } = &mut found.phase {
            let verbs = ring.handle(fact);
            self.perform(now, call, verbs);
        }
    }

    fn perform(&mut self, now: Now, call: CallId, verbs: Vec<Verb>) {
        for verb in verbs {
            match verb {
                Verb::Progress => self.progress(now, call),
                Verb::Answer(leg) => self.answer(now, call, leg),
                Verb::Cancel(leg, why) => self.cancel_leg(now, call, leg, why),
                Verb::Done(cause) => self.ring_done(now, call, cause),
            }
        }
    }

    fn progress(&mut self, now: Now, call: CallId) {
        let Some(leg) = self.calls.get(call).and_then(|call| self.legs.get(call.caller)) else { return };
        let State::Calling { tx, invite } = &leg.state else { return };
        let mut response = self.response_with(invite, 180, &leg.local_tag);
        let user = self.calls.get(call).map_or("", |call| call.dialled.as_str());
        response.headers.push(Name::Contact, self.contact(&leg.flow, user).to_string());
        let tx = *tx;
        self.endpoint.respond(now.mono, tx, response);
    }

    fn cancel_leg(&mut self, now: Now, call: CallId, leg: LegId, why: Why) {
        let rang = self.legs.get(leg).is_some_and(|leg| matches!(leg.state, State::Inviting { rang: true, .. }));
        let outcome = match why {
            Why::AnsweredElsewhere | Why::CallerGaveUp => Outcome::Cancelled,
            Why::NoAnswer if rang => Outcome::NoAnswer,
            Why::NoAnswer => Outcome::Unavailable,
        };
        self.note_leg(call, leg, outcome, 487);
        let reason = match why {
            Why::AnsweredElsewhere => Some("SIP;cause=200;text=\"Call completed elsewhere\""),
            Why::NoAnswer | Why::CallerGaveUp => None,
        };
        self.stop_inviting(now, leg, reason);
    }

    /// The leg rings no longer for its call; its transaction is brought to an end.
    pub(super) fn stop_inviting(&mut self, now: Now, leg: LegId, reason: Option<&str>) {
        self.timers.clear(TimerKey::NoResponse(leg));
        let Some(found) = self.legs.get_mut(leg) else { return };
        if let State::Inviting { tx, .. } = found.state {
            found.state = State::Closing;
            self.close_media(leg);
            self.endpoint.cancel(now.mono, tx, reason.map(str::to_owned));
        }
    }

    /// The node ended without an answer: on to the next one.
    fn ring_done(&mut self, now: Now, call: CallId, cause: Cause) {
        let Some(found) = self.calls.get_mut(call) else { return };
        self.timers.clear(TimerKey::RingTimeout(call));
        let Some(next) = found.plan.next(found.node, cause) else { return };
        found.node = next;
        match found.plan.node(next).action {
            Action::HangUp(cause) => {
                let outcome = match cause {
                    Cause::NoAnswer => Outcome::NoAnswer,
                    cause => outcome_of(cause.status()),
                };
                self.refuse_caller_as(now, call, outcome, cause.status(), cause.phrase(), cause.reason());
            }
            // A second ring in one plan comes with failover.
            Action::Ring { .. } => self.refuse_caller(now, call, 500, None, None),
        }
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

    /// Notes how a phone ended, once. Before the ring step hears of it, for that may end the call and write its record.
    fn note_leg(&mut self, call: CallId, leg: LegId, outcome: Outcome, status: u16) {
        let Some(found) = self.legs.get(leg) else { return };
        let account = found.account;
        let rang = match found.state {
            State::Inviting { rang, .. } => rang,
            _ => outcome == Outcome::Answered,
        };
        if let Some(call) = self.calls.get_mut(call)
            && !call.legs.iter().any(|record| record.account == account)
        {
            call.legs.push(LegRecord { account, outcome, status, rang });
        }
    }

    /// Phones of a call that still ring, for whoever ends it from outside.
    pub(super) fn ringing_legs(&self, call: CallId) -> Vec<LegId> {
        match self.calls.get(call).map(|call| &call.phase) {
            Some(Phase::Ringing { ring, .. }) => {
                ring.branches().filter(|(_, branch)| !matches!(branch, Branch::Ended(_))).map(|(leg, _)| leg).collect()
            }
            _ => vec![],
        }
    }
}

/// What a phone's final response means (SPEC 5). It ends that phone only: a 603 is a plain reject on some.
const fn leg_outcome(status: u16) -> Outcome {
    match status {
        486 | 600 | 603 | 607 => Outcome::Busy,
        408 => Outcome::NoAnswer,
        _ => Outcome::Unavailable,
    }
}

/// Our side of a leg's description.
pub(super) fn local_of(media: &Media, direction: Direction) -> Local {
    Local { address: media.told, port: media.port, session_id: media.session_id, version: media.version, direction }
}
