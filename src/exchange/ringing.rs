//! A call that rings: INVITEs to all phones of the callee, and what they answer.

use std::time::Duration;

use super::call::Phase;
use super::datagram;
use super::exchange::{Asked, Exchange, TimerKey};
use super::leg::{Acknowledged, Agreement, Leg, Media, Party, State};
use super::line::Failure;
use super::probe::Probe;
use super::proxies::routes;
use super::session::Session;
use super::step::code::Tone;
use super::step::ring::{Branch, Fact, Ring, Verb, Why};
use crate::base::id::{AccountId, CallId, ExtensionId, LegId};
use crate::base::limits::{EARLY_DIALOGS_MAX, FORK_LEGS_MAX};
use crate::base::{Codec, Flow, Now, SlabKey};
use crate::entry::{Entry, Event, EventKind, LegEnd, LegRecord, Outcome};
use crate::sdp::{Description, Direction, Local, Offer};
use crate::settings::Cause;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{ClientTx, ServerTx};
use crate::sip::message::{Envelope, Method, Name, NameAddr, Request, Response};
use crate::sip::session::prack;
use crate::sip::session::refresh::{self, Refresh};
use crate::sip::uri::{Host, SipUri, Uri};

/// A phone that answers nothing at all for so long is unavailable; the transaction lives on.
const NO_RESPONSE: Duration = Duration::from_secs(4);
/// Behind a proxy (an outbound proxy, Path) there is more on the way.
const NO_RESPONSE_BEHIND_PROXY: Duration = Duration::from_secs(10);

/// A phone to be invited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    pub account: AccountId,
    pub extension: ExtensionId,
    /// In place of a phone that sent the call on. Once is enough: it is not sent on again.
    pub is_forwarded: bool,
}

/// An INVITE that is about to go out.
pub(super) struct Inviting {
    pub call: CallId,
    pub party: Party,
    /// Complete but for its Via and its body.
    pub request: Request,
    pub local_tag: String,
    pub flow: Flow,
    /// To be offered.
    pub codecs: Vec<Codec>,
    pub nat: bool,
    pub is_forwarded: bool,
    /// Without any sign of life for so long it is given up.
    pub patience: Duration,
}

impl Exchange {
    /// Invites every phone of the called extension that can be reached.
    pub(super) fn begin_ring(&mut self, now: Now, call: CallId, timeout: Duration, codecs: &[Codec]) {
        let mut asked = Vec::new();
        let mut mismatched = false;
        for index in 0..FORK_LEGS_MAX {
            let Some(walk) = self.calls.get(call).map(|call| &call.walk) else { return };
            let (Some(account), Some(extension)) = (walk.phone(index), walk.called()) else { break };
            let to = Asking { account, extension, is_forwarded: walk.is_forwarded() };
            match self.ask_or_note(now, call, to, codecs) {
                Ok(leg) => asked.push(leg),
                Err(status) => mismatched |= status == 488,
            }
        }
        let is_mismatch = mismatched && asked.is_empty();
        let (ring, verbs) = Ring::new(asked);
        let Some(found) = self.calls.get_mut(call) else { return };
        if is_mismatch && found.hop() == 0 && found.walk.refusal_after(Cause::Unavailable).is_some() {
            return self.refuse_caller(now, call, 488, Some("Not Acceptable Here: no common codec"), None);
        }
        if let Phase::Ringing { ring: slot, .. } = &mut found.phase {
            *slot = ring;
        }
        self.timers.set(TimerKey::RingTimeout(call), now.mono + timeout);
        self.perform(now, call, verbs);
    }

    /// Invites one phone; one that could not be asked is on record, and its status is returned.
    pub(super) fn ask_or_note(&mut self, now: Now, call: CallId, to: Asking, codecs: &[Codec]) -> Result<LegId, u16> {
        self.ask(now, call, to, codecs).inspect_err(|status| {
            if let Some(call) = self.calls.get_mut(call) {
                let hop = call.hop();
                call.legs.push(LegRecord {
                    end: LegEnd::Account(to.account),
                    hop,
                    outcome: Outcome::Unavailable,
                    status: *status,
                    rang: false,
                });
            }
            self.note_mismatch(now, call, to.account, *status);
        })
    }

    /// Invites one phone. The status says why if it could not be asked.
    fn ask(&mut self, now: Now, call_id: CallId, to: Asking, codecs: &[Codec]) -> Result<LegId, u16> {
        let Asking { account, extension, is_forwarded } = to;
        let call = self.calls.get(call_id).ok_or(500u16)?;
        let Phase::Ringing { max_forwards, .. } = call.phase else { return Err(500) };
        let settings = self.settings.accounts.get(&account).filter(|account| account.enabled).ok_or(480u16)?;
        let bound = self.registrar.get(account).filter(|bound| bound.is_reachable()).ok_or(480u16)?;
        let flow = self.flow_to(settings, &bound.binding).ok_or(480u16)?;
        let target = Uri::parse(bound.binding.texts.contact()).map_err(|_| 480u16)?;
        // What both may talk without anybody converting, in the caller's order.
        let codecs: Vec<Codec> = codecs.iter().copied().filter(|codec| settings.codecs.contains(codec)).collect();
        if codecs.is_empty() {
            return Err(488);
        }
        let (nat, routes) = (self.is_nat(settings), routes(settings, &bound.binding).collect::<Vec<_>>());
        let is_behind_proxy = !routes.is_empty();
        // Whoever transferred or parked it sees that it has come back.
        let prefix = match (call.walk.is_return(), call.walk.is_from_park()) {
            (true, true) => "P:",
            (true, false) => "R:",
            (false, _) => "",
        };
        let (number, name, dialled) = (call.caller_number.clone(), format!("{prefix}{}", call.caller_name), call.dialled.clone());

        let local_tag = self.dice.token(12);
        let (host, _) = self.sent_by(&flow);
        let identity = NameAddr { display: name, ..NameAddr::new(Uri::Sip(SipUri::new(Some(&number), host.clone(), None))) };
        let mut request = Request::new(Method::Invite, target);
        for route in &routes {
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
        request.headers.push(Name::Supported, super::admit::SUPPORTED);
        request.headers.push(Name::SessionExpires, refresh::INTERVAL.to_string());
        request.headers.push(Name::UserAgent, &*self.product);
        request.headers.push(Name::ContentType, "application/sdp");

        let party = Party::Phone { account, extension: Some(extension) };
        let patience = if is_behind_proxy { NO_RESPONSE_BEHIND_PROXY } else { NO_RESPONSE };
        self.send_invite(now, Inviting { call: call_id, party, request, local_tag, flow, codecs, nat, is_forwarded, patience })
    }

    /// Sends an INVITE with an offer of ours. The status says why if it could not be sent.
    pub(super) fn send_invite(&mut self, now: Now, inviting: Inviting) -> Result<LegId, u16> {
        let Inviting { call, party, request, local_tag, flow, codecs, nat, is_forwarded, patience } = inviting;
        let make = |media: Media| Leg {
            call,
            party,
            // Replaced below, once the transaction has its id.
            state: State::Inviting { tx: ClientTx::new(u32::MAX, 0), invite: Box::new(request), rang: false, is_forwarded },
            dialog: None,
            local_tag: local_tag.clone(),
            flow,
            proved: vec![flow],
            refused: vec![],
            media: Media { nat, ..media },
            probe: Probe::default(),
            proofs: None,
            session: Session::default(),
        };
        let leg = self.open_leg(now, make, flow).ok_or(503u16)?;
        let offer = Offer::new(&codecs);
        let found = self.legs.get_mut(leg).ok_or(500u16)?;
        let body = offer.write(&local_of(&found.media, Direction::SendRecv));
        found.media.offer = Some(offer);
        let State::Inviting { invite, .. } = &mut found.state else { return Err(500) };
        invite.body = body.into_bytes();
        if !datagram::fit(invite, &flow) {
            self.leg_gone(leg);
            return Err(513);
        }
        let invite = invite.clone();
        if let (Some(call), Some(id)) = (self.calls.get(call), invite.headers.get(&Name::CallId)) {
            self.trace.kin(&call.call_id, id);
        }
        let sent_by = self.sent_by(&flow);
        let sent = self.endpoint.send(now.mono, &mut self.dice, (*invite).clone(), flow, &sent_by);
        if let Some(found) = self.legs.get_mut(leg) {
            found.state = State::Inviting { tx: sent, invite, rang: false, is_forwarded };
        }
        self.asked.insert(sent, Asked::Invite(leg));
        self.dialogs.insert(local_tag, leg);
        self.timers.set(TimerKey::NoResponse(leg), now.mono + patience);
        Ok(leg)
    }

    /// What its account, or line, may talk.
    pub(super) fn codecs_of(&self, leg: LegId) -> &[Codec] {
        let codecs = match self.legs.get(leg).map(|leg| leg.party) {
            Some(Party::Phone { account, .. }) => self.settings.accounts.get(&account).map(|account| &account.codecs),
            Some(Party::Line(line)) => self.settings.lines.get(&line).map(|line| &line.codecs),
            None => None,
        };
        codecs.map_or(&[], Vec::as_slice)
    }

    pub(super) fn invite_response(&mut self, now: Now, leg: LegId, tx: ClientTx, response: &Response, envelope: &Envelope, flow: Flow) {
        self.timers.clear(TimerKey::NoResponse(leg));
        let Some(found) = self.legs.get_mut(leg) else { return };
        let call = found.call;
        match response.status {
            100 => {}
            101..=199 => {
                if !self.take_progress(now, leg, response, envelope) {
                    return;
                }
                self.pass_early_media(now, leg, response);
                let Some(found) = self.legs.get_mut(leg) else { return };
                if let State::Inviting { rang, .. } = &mut found.state
                    && !std::mem::replace(rang, true)
                {
                    self.tell_ring(now, call, Fact::Ringing(leg));
                }
            }
            200..=299 => self.invite_accepted(now, leg, tx, response, envelope, flow),
            422 if self.invite_longer(now, leg, tx, response) => {}
            status => {
                self.asked.remove(&tx);
                if self.prove_to_line(now, leg, response, flow) {
                    return;
                }
                let failed = match self.legs.get(leg).map(|leg| &leg.state) {
                    Some(State::Inviting { is_forwarded: false, .. }) if (300..400).contains(&status) => {
                        self.forward(now, leg, response).err()
                    }
                    Some(State::Inviting { rang, .. }) => Some(leg_outcome(status, *rang)),
                    _ => None,
                };
                if let Some(outcome) = failed
                    && !self.try_next_way(now, leg, outcome, status, Failure::Status(status))
                {
                    self.leg_failed(now, call, leg, outcome, status);
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
        let Ok(mut dialog) = Dialog::from_response(response, envelope, invite) else {
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
        let early = found.session.early.iter().position(|early| early.dialog.remote.tag() == dialog.remote.tag());
        let early = early.map(|at| found.session.early.swap_remove(at));
        if let Some(early) = &early {
            dialog.continue_from(&early.dialog);
        }
        let answered = found.media.offer.take().and_then(|offer| offer.accept(&Description::parse(&response.body).ok()?).ok());
        let answered = answered.map(|answered| Agreement {
            codec: answered.codec,
            event: answered.telephone_event,
            remote: answered.remote,
            direction: Direction::SendRecv,
        });
        // Some networks describe their media in a 183 alone, and not reliably.
        let heard = found.media.agreed.take().filter(|_| response.body.is_empty());
        let agreed = early.and_then(|early| early.agreed).or(answered).or(heard);
        found.session.takes_update = super::session::takes_update(&response.headers);
        found.prove(flow);
        if flow.transport.is_reliable() {
            found.flow.connection = flow.connection.or(found.flow.connection);
        }
        found.dialog = Some(dialog);
        let call = found.call;
        let Some(agreed) = agreed else {
            // Answered, yet with nothing that could be played: acknowledge, end it, and count it as unavailable.
            self.acknowledge(leg, tx, envelope.cseq.number);
            self.leg_failed(now, call, leg, Outcome::Unavailable, 488);
            return self.hang_up_leg(now, leg, Some("SIP;cause=488;text=\"Not Acceptable Here\""));
        };
        if let Some(found) = self.legs.get_mut(leg) {
            found.media.agreed = Some(agreed);
        }
        self.acknowledge(leg, tx, envelope.cseq.number);
        self.refreshed(now, leg, Refresh::granted(&response.headers));
        self.note_leg(call, leg, Outcome::Answered, response.status);
        self.tell_ring(now, call, Fact::Answered(leg));
    }

    /// Acknowledges the 2xx that made the leg's dialog; from here on the leg talks.
    fn acknowledge(&mut self, leg: LegId, tx: ClientTx, cseq: u32) {
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let (mut ack, flow) = (dialog.ack(cseq), self.flow_within(found, dialog));
        if let Some(proofs) = &found.proofs {
            proofs.repeat(&mut ack);
        }
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
        if let Some(early) = found.session.early.iter().find(|early| early.dialog.remote.tag() == dialog.remote.tag()) {
            dialog.continue_from(&early.dialog);
        }
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
                let failure = if status == 408 { Failure::Silent } else { Failure::Broken };
                let outcome = leg_outcome(status, rang);
                if !self.try_next_way(now, leg, outcome, status, failure) {
                    self.leg_failed(now, call, leg, outcome, status);
                }
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
            // First, for the next place may ring this very phone, and the INVITE to it is another one.
            self.note_leg(call, leg, Outcome::Unavailable, 408);
            self.stop_inviting(now, leg, None);
            if !self.try_next_way(now, leg, Outcome::Unavailable, 408, Failure::Silent) {
                self.tell_ring(now, call, Fact::Failed(leg, Outcome::Unavailable));
            }
        }
    }

    fn leg_failed(&mut self, now: Now, call: CallId, leg: LegId, outcome: Outcome, status: u16) {
        self.note_leg(call, leg, outcome, status);
        if let Some(account) = self.legs.get(leg).and_then(|leg| leg.party.account()) {
            self.note_mismatch(now, call, account, status);
        }
        self.tell_ring(now, call, Fact::Failed(leg, outcome));
    }

    pub(super) fn ring_expired(&mut self, now: Now, call: CallId) {
        if self.is_waiting(call) {
            return self.parked_too_long(now, call);
        }
        self.tell_ring(now, call, Fact::Expired);
    }

    /// The caller sent CANCEL.
    pub(super) fn cancelled(&mut self, now: Now, tx: ServerTx) {
        let Some(leg) = self.calling.get(&tx).copied() else { return self.asker_cancelled(now, tx) };
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        self.tell_ring(now, call, Fact::Cancelled);
        self.refuse_caller(now, call, 487, None, None);
    }

    pub(super) fn tell_ring(&mut self, now: Now, call: CallId, fact: Fact) {
        let Some(found) = self.calls.get_mut(call) else { return };
        if let Phase::Ringing { ring, .. } = &mut found.phase {
            let verbs = ring.handle(fact);
            self.count_living(call);
            self.perform(now, call, verbs);
        }
    }

    /// Of several called extensions, those of which no phone rings any more count the call no more.
    pub(super) fn count_living(&mut self, call: CallId) {
        let Some(found) = self.calls.get_mut(call).filter(|call| call.walk.counted().len() > 1) else { return };
        let Phase::Ringing { ring, .. } = &found.phase else { return };
        let legs = &self.legs;
        let lives = |branch| matches!(branch, Branch::Asked | Branch::Ringing | Branch::Ended(Outcome::Answered));
        let is_of = |leg: LegId, extension| legs.get(leg).is_some_and(|leg| leg.party.extension() == Some(extension));
        found.walk.keep(&mut self.occupancy, |extension| ring.branches().any(|(leg, branch)| lives(branch) && is_of(leg, extension)));
    }

    pub(super) fn perform(&mut self, now: Now, call: CallId, verbs: Vec<Verb>) {
        for verb in verbs {
            match verb {
                Verb::Progress => self.progress(now, call),
                Verb::Answer(leg) => self.answer(now, call, leg),
                Verb::Cancel(leg, why) => self.cancel_leg(now, call, leg, why),
                Verb::Done(cause) => self.place_failed(now, call, cause),
            }
        }
    }

    fn progress(&mut self, now: Now, call: CallId) {
        let Some(caller) = self.calls.get(call).map(|call| call.caller).filter(|caller| !self.has_early_media(*caller)) else { return };
        let Some(leg) = self.legs.get(caller) else { return };
        let State::Calling { tx, invite } = &leg.state else {
            // It was transferred here, and hears no ringing of its own phone's.
            self.say(caller, Tone::Ringing);
            return;
        };
        let mut response = self.response_with(invite, 180, &leg.local_tag);
        let user = self.calls.get(call).map_or("", |call| call.dialled.as_str());
        response.headers.push(Name::Contact, self.contact(&leg.flow, user).to_string());
        let (tx, caller) = (*tx, self.calls.get(call).map(|call| call.caller));
        let is_reliable = prack::is_named(&invite.request.headers, &Name::Require);
        if let Some(caller) = caller {
            self.send_progress(now, caller, tx, response, is_reliable);
        }
    }

    pub(super) fn cancel_leg(&mut self, now: Now, call: CallId, leg: LegId, why: Why) {
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

    /// Notes how a phone ended, once. Before the ring step hears of it, for that may end the call and write its record.
    pub(super) fn note_leg(&mut self, call: CallId, leg: LegId, outcome: Outcome, status: u16) {
        let Some(found) = self.legs.get(leg) else { return };
        let end = found.party.end();
        let rang = match found.state {
            State::Inviting { rang, .. } => rang,
            _ => outcome == Outcome::Answered,
        };
        if let Some(call) = self.calls.get_mut(call) {
            let hop = call.hop();
            if !call.legs.iter().any(|record| (record.end, record.hop) == (end, hop)) {
                call.legs.push(LegRecord { end, hop, outcome, status, rang });
            }
        }
    }

    /// Two phones that have no codec in common: who set them up wants to know.
    fn note_mismatch(&mut self, now: Now, call: CallId, account: AccountId, status: u16) {
        if !matches!(status, 488 | 606) {
            return;
        }
        let (Some(call), Some(account)) = (self.calls.get(call), self.settings.accounts.get(&account)) else { return };
        let text = format!("{} could not take a call of {}: no common codec ({status}).", account.username, call.caller_number);
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Call, text }));
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

/// What it means that a phone said no, or nothing more (408), or could not be reached (503). It ends that phone only: a 603 is a plain
/// reject on some.
const fn leg_outcome(status: u16, rang: bool) -> Outcome {
    match status {
        486 | 600 | 603 | 607 => Outcome::Busy,
        408 if rang => Outcome::NoAnswer,
        _ => Outcome::Unavailable,
    }
}

/// Our side of a leg's description.
pub(super) fn local_of(media: &Media, direction: Direction) -> Local {
    Local { address: media.told, port: media.port, session_id: media.session_id, version: media.version, direction }
}
