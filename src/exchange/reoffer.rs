//! A re-INVITE of ours: the other side of a call wants something that this phone must agree to.
//!
//! In: who asks ([`Asker`]) and the codecs to offer. Out: the re-INVITE, and sooner or later an answer to whoever asked: the phone's, or a
//! refusal when it refuses, says nothing, or hangs up. The offer slot of the leg is taken until the INVITE has a final response, also when
//! nobody waits for it any more (RFC 3261 14.1: one INVITE at a time).

use std::time::Duration;

use super::bridge::codec_of;
use super::datagram;
use super::exchange::{Asked, Exchange, TimerKey};
use super::leg::{Acknowledged, Asker, Leg, Offering, State};
use super::ringing::local_of;
use super::session::Wish;
use crate::base::id::LegId;
use crate::base::{Codec, Now};
use crate::sdp::{Description, Direction, Offer};
use crate::sip::endpoint::{ClientTx, ServerTx};
use crate::sip::message::{Envelope, Method, Name, Response};
use crate::sip::session::refresh::Refresh;

/// A phone in talk has this long to answer an offer: phones do it by themselves. Then whoever asked is refused, and the offer cancelled.
const REOFFER_MAX: Duration = Duration::from_secs(20);

impl Exchange {
    /// Sends a re-INVITE with an offer of ours.
    pub(super) fn offer(&mut self, now: Now, leg: LegId, codecs: &[Codec], asker: Option<Asker>) {
        let found = self.legs.get_mut(leg).map(|leg| (&mut leg.dialog, &mut leg.media));
        let Some((Some(dialog), media)) = found else { return self.refuse_asker(now, asker) };
        let Some(agreed) = &media.agreed else { return self.refuse_asker(now, asker) };
        let offer = Offer::again(&agreed.remote, codecs);
        let mut request = dialog.request(Method::Invite);
        media.version += 1;
        request.body = offer.write(&local_of(media, Direction::SendRecv)).into_bytes();
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let flow = self.flow_within(found, dialog);
        let user = dialog.local.uri.user().unwrap_or_default();
        request.headers.push(Name::Contact, self.contact(&flow, &user).to_string());
        request.headers.push(Name::Allow, super::admit::ALLOW);
        request.headers.push(Name::Supported, super::admit::SUPPORTED);
        if let Some(refresh) = found.session.refresh {
            refresh.ask(&mut request.headers);
        }
        if let Some(shown) = self.shown_to(leg) {
            request.headers.push(Name::PAssertedIdentity, shown.to_string());
        }
        request.headers.push(Name::ContentType, "application/sdp");
        if !datagram::fit(&mut request, &flow) {
            return self.refuse_asker(now, asker);
        }
        self.prove_within(leg, &mut request, flow.remote.ip());
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        self.asked.insert(tx, Asked::Reinvite(leg));
        if let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) {
            *offering = Some(Box::new(Offering { tx, offer, asker }));
            self.timers.set(TimerKey::Reoffer(leg), now.mono + REOFFER_MAX);
        }
    }

    pub(super) fn reinvite_response(&mut self, now: Now, leg: LegId, tx: ClientTx, response: &Response, envelope: &Envelope) {
        if response.is_provisional() {
            return;
        }
        let Some(found) = self.legs.get_mut(leg) else { return };
        if response.is_success() {
            if let Some(dialog) = &mut found.dialog {
                dialog.refresh_target(&response.headers);
            }
            self.acknowledge_again(leg, tx, envelope.cseq.number);
        } else {
            self.asked.remove(&tx);
        }
        let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) else { return };
        let Some(offering) = offering.take_if(|offering| offering.tx == tx) else { return };
        self.timers.clear(TimerKey::Reoffer(leg));
        if response.is_success() {
            self.refreshed(now, leg, Refresh::granted(&response.headers));
        }
        let answered = response.is_success().then(|| offering.offer.accept(&Description::parse(&response.body).ok()?).ok()).flatten();
        match answered {
            Some(answered) => {
                let codec = answered.codec.codec;
                if let Some(found) = self.legs.get_mut(leg) {
                    found.session.has_refused = false;
                }
                if let Some(agreed) = self.legs.get_mut(leg).and_then(|leg| leg.media.agreed.as_mut()) {
                    (agreed.codec, agreed.event, agreed.remote) = (answered.codec, answered.telephone_event, answered.remote);
                }
                match offering.asker {
                    Some(asker) => self.answer_asker(now, leg, asker, codec),
                    None => self.talk_alike(now, leg),
                }
            }
            // RFC 3261 14.1: a dialog that the phone does not know, or never answers in, is over.
            None if matches!(response.status, 408 | 481) => {
                self.refuse_asker(now, offering.asker);
                self.end_call_of(now, leg, None);
            }
            // The phone has an offer of its own under way: whoever asked waits and asks again (RFC 3261 14.1).
            None if response.status == 491 => match offering.asker {
                Some(asker) => self.refuse(now, asker.tx, &asker.invite, 491),
                None => return self.wait_for_glare(now, leg, Wish::Follow),
            },
            None if offering.asker.is_some() => self.refuse_asker(now, offering.asker),
            None => self.ask_other_instead(now, leg),
        }
        self.next_offer(now, leg);
    }

    /// A phone did not take what we offered by ourselves. If it still talks another codec than the other side, that one is asked instead;
    /// when both have refused, the call goes on as it is.
    fn ask_other_instead(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        found.session.has_refused = true;
        let call = found.call;
        let Some(peer) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else { return };
        let codec = |leg: LegId| self.legs.get(leg).and_then(|leg| codec_of(&leg.media));
        if codec(leg) != codec(peer) && self.legs.get(peer).is_some_and(|peer| !peer.session.has_refused) {
            self.renew(now, peer, Wish::Follow);
        }
    }

    /// Nobody asked for this answer, or nobody does any more. The phone talks what it agreed to; if the other side talks something else, it is
    /// offered that.
    pub(super) fn talk_alike(&mut self, now: Now, leg: LegId) {
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        let Some(peer) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else { return };
        let codec = |leg: LegId| self.legs.get(leg).and_then(|leg| codec_of(&leg.media));
        match (codec(leg), codec(peer)) {
            (Some(ours), Some(theirs)) if ours != theirs => self.renew(now, leg, Wish::Follow),
            _ => self.join(call),
        }
    }

    /// The phone took too long. The call goes on as it was; the offer is taken back.
    pub(super) fn reoffer_expired(&mut self, now: Now, leg: LegId) {
        let asker = self.take_back_offer(now, leg);
        self.refuse_asker(now, asker);
    }

    /// Whoever waits for what the other side says to its offer is told that nothing comes of it, for that side goes.
    pub(super) fn release_asker(&mut self, now: Now, leg: LegId) {
        let waits = |leg: &Leg| matches!(&leg.state, State::Talking { offering: Some(offering), .. } if offering.asker.is_some());
        if self.legs.get(leg).is_some_and(waits)
            && let Some(asker) = self.take_back_offer(now, leg)
        {
            self.refuse(now, asker.tx, &asker.invite, 487);
        }
    }

    /// Cancels our offer. It stays in its slot until it has a final response; whoever waited for it is returned.
    fn take_back_offer(&mut self, now: Now, leg: LegId) -> Option<Asker> {
        self.timers.clear(TimerKey::Reoffer(leg));
        let State::Talking { offering: Some(offering), .. } = &mut self.legs.get_mut(leg)?.state else { return None };
        self.endpoint.cancel(now.mono, offering.tx, None);
        offering.asker.take()
    }

    /// A re-INVITE that waits for the other side was given up by its phone.
    pub(super) fn asker_cancelled(&mut self, now: Now, tx: ServerTx) {
        let waits = |leg: &Leg| match &leg.state {
            State::Talking { offering: Some(offering), .. } => offering.asker.as_ref().is_some_and(|asker| asker.tx == tx),
            _ => false,
        };
        let Some(leg) = self.legs.iter().find(|(_, leg)| waits(leg)).map(|(leg, _)| leg) else { return };
        if let Some(asker) = self.take_back_offer(now, leg) {
            self.refuse(now, asker.tx, &asker.invite, 487);
        }
    }

    /// The leg ends: our offer is given up for good, and whoever waited for what would become of it is told.
    pub(super) fn drop_offering(&mut self, now: Now, leg: LegId) {
        let asker = self.take_back_offer(now, leg);
        if let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state)
            && let Some(offering) = offering.take()
        {
            self.asked.remove(&offering.tx);
        }
        if let Some(asker) = asker {
            self.refuse(now, asker.tx, &asker.invite, 487);
        }
    }

    /// No final response at all, not even after a CANCEL (RFC 3261 14.1): the dialog is over.
    pub(super) fn reinvite_unanswered(&mut self, now: Now, leg: LegId) {
        self.timers.clear(TimerKey::Reoffer(leg));
        let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) else { return };
        let asker = offering.take().and_then(|offering| offering.asker);
        self.refuse_asker(now, asker);
        self.end_call_of(now, leg, None);
    }

    /// The re-INVITE that waited: answered with the codec that the other side took, or refused; then its call stays as it was.
    fn answer_asker(&mut self, now: Now, leg: LegId, asker: Asker, codec: Codec) {
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        let Some(asking) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else { return };
        let remote = super::admit::read_offer(&asker.invite).ok();
        let body = remote.and_then(|remote| self.agree(asking, remote, &[codec]));
        match body {
            Some(body) => self.settle(now, call, asking, asker.tx, &asker.invite, body),
            None => self.refuse_asker(now, Some(asker)),
        }
    }

    fn refuse_asker(&mut self, now: Now, asker: Option<Asker>) {
        if let Some(Asker { tx, invite }) = asker {
            self.refuse_with(now, tx, &invite, 488, "Not Acceptable Here: the other side did not agree");
        }
    }

    fn acknowledge_again(&mut self, leg: LegId, tx: ClientTx, cseq: u32) {
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let (mut ack, flow) = (dialog.ack(cseq), self.flow_within(found, dialog));
        if let Some(proofs) = &found.proofs {
            proofs.repeat(&mut ack);
        }
        let sent_by = self.sent_by(&flow);
        let bytes = self.endpoint.send_ack(&mut self.dice, ack, flow, &sent_by);
        if let Some(State::Talking { acknowledged, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) {
            let before = acknowledged.replace(Acknowledged { tx, bytes });
            // Nobody repeats the answer to an older INVITE any more.
            if let Some(before) = before.filter(|before| before.tx != tx) {
                self.asked.remove(&before.tx);
            }
        }
    }
}
