//! Requests within a dialog: BYE, re-INVITE, and what is not taken.

use super::call::Phase;
use super::exchange::{Asked, Exchange};
use super::leg::{Asker, Offering, State};
use super::ringing::local_of;
use crate::base::id::LegId;
use crate::base::{Codec, Now};
use crate::sdp::{Description, Direction, Offer};
use crate::sip::dialog::Misfit;
use crate::sip::endpoint::{ClientTx, Incoming, ServerTx};
use crate::sip::message::{Envelope, Method, Name, Response};

impl Exchange {
    pub(super) fn request_within(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>) {
        let leg = incoming.envelope.to.tag().and_then(|tag| self.dialogs.get(tag)).copied();
        let Some(leg) = leg.filter(|leg| {
            let dialog = self.legs.get(*leg).and_then(|leg| leg.dialog.as_ref());
            dialog.is_some_and(|dialog| dialog.holds(&incoming.envelope))
        }) else {
            return self.refuse(now, tx, &incoming, 481);
        };
        if !self.is_proved(now, tx, leg, &incoming) {
            return;
        }
        let Some(found) = self.legs.get_mut(leg) else { return };
        match found.dialog.as_mut().map(|dialog| dialog.accept(&incoming.envelope)) {
            Some(Ok(())) => {}
            Some(Err(Misfit::CseqBehind)) => return self.refuse_with(now, tx, &incoming, 500, "Server Internal Error: CSeq behind"),
            Some(Err(Misfit::OtherDialog)) | None => return self.refuse(now, tx, &incoming, 481),
        }
        match incoming.request.method {
            Method::Bye => {
                let response = self.response_with_tag_of(&incoming, 200);
                self.endpoint.respond(now.mono, tx, response);
                self.peer_hung_up(now, leg);
            }
            Method::Invite => self.reinvite(now, tx, leg, incoming),
            Method::Options => self.options(now, tx, &incoming),
            _ => self.refuse_method(now, tx, &incoming),
        }
    }

    /// A request from an address or connection that the dialog has not used is challenged; the answer makes it one that it has.
    fn is_proved(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming) -> bool {
        let Some(found) = self.legs.get(leg) else { return false };
        if !found.has_proved(&incoming.flow) {
            let owner = found.account;
            let Some(account) = self.authenticate(now, tx, incoming) else { return false };
            if account != owner {
                self.refuse(now, tx, incoming, 403);
                return false;
            }
        }
        if let Some(found) = self.legs.get_mut(leg) {
            found.prove(incoming.flow);
            if found.media.nat || incoming.flow.transport.is_reliable() {
                found.flow = incoming.flow;
            }
        }
        true
    }

    fn response_with_tag_of(&self, incoming: &Incoming, status: u16) -> Response {
        self.response_with(incoming, status, incoming.envelope.to.tag().unwrap_or_default())
    }

    /// Hold, resume and a moved address are answered here; a codec that the other side does not talk is its matter too.
    fn reinvite(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: Box<Incoming>) {
        let Some(found) = self.legs.get(leg) else { return };
        match &found.state {
            // RFC 3261 14.2: one offer at a time. Ours is under way: 491. Theirs is not acknowledged yet: 500 with Retry-After.
            State::Talking { offering: Some(_), .. } => return self.refuse(now, tx, &incoming, 491),
            State::Talking { accepting: Some(_), .. } => {
                let mut response = self.response_with_tag_of(&incoming, 500);
                response.headers.push(Name::RetryAfter, (1 + self.dice.below(9)).to_string());
                return self.endpoint.respond(now.mono, tx, response);
            }
            State::Talking { .. } => {}
            _ => return self.refuse(now, tx, &incoming, 491),
        }
        let remote = match super::admit::read_offer(&incoming) {
            Ok(remote) => remote,
            Err((status, reason)) => return self.refuse_with(now, tx, &incoming, status, &reason),
        };
        let call = found.call;
        let Some(peer) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else {
            return self.refuse(now, tx, &incoming, 481);
        };
        if let Some(found) = self.legs.get_mut(leg)
            && let Some(dialog) = &mut found.dialog
        {
            dialog.refresh_target(&incoming.request.headers);
        }
        if matches!(self.legs.get(peer).map(|peer| &peer.state), Some(State::Talking { offering: Some(offering), .. }) if offering.asker.is_some())
        {
            // Its own earlier re-INVITE still waits for the other side (RFC 3261 14.2).
            let mut response = self.response_with_tag_of(&incoming, 500);
            response.headers.push(Name::RetryAfter, (1 + self.dice.below(9)).to_string());
            return self.endpoint.respond(now.mono, tx, response);
        }
        let talked = self.legs.get(peer).and_then(|peer| super::bridge::codec_of(&peer.media));
        if let Some(found) = self.legs.get_mut(leg) {
            found.media.version += 1;
        }
        match self.agree(leg, remote.clone(), talked.as_slice()) {
            Some(body) => {
                self.accept(now, leg, tx, &incoming, body);
                self.join(call);
            }
            None => self.ask_other_side(now, tx, leg, peer, incoming, &remote),
        }
    }

    /// The new offer lacks the codec that the other side talks: offer it what both could.
    fn ask_other_side(&mut self, now: Now, tx: ServerTx, leg: LegId, peer: LegId, incoming: Box<Incoming>, remote: &crate::sdp::Remote) {
        let codecs_of = |leg: LegId| {
            let account = self.legs.get(leg).and_then(|leg| self.settings.accounts.get(&leg.account));
            account.map_or(&[][..], |account| account.codecs.as_slice())
        };
        let (ours, theirs) = (codecs_of(leg), codecs_of(peer));
        let offered = remote.audio.iter().flat_map(|audio| audio.codecs.iter().map(|offered| offered.codec));
        let codecs: Vec<Codec> = offered.filter(|codec| ours.contains(codec) && theirs.contains(codec)).collect();
        let is_free = self.legs.get(peer).is_some_and(|peer| matches!(peer.state, State::Talking { accepting: None, offering: None, .. }));
        if codecs.is_empty() {
            return self.refuse_with(now, tx, &incoming, 488, "Not Acceptable Here: no codec that the other side has");
        }
        if !is_free {
            return self.refuse(now, tx, &incoming, 491);
        }
        self.offer(now, peer, &codecs, Some(Asker { tx, invite: incoming }));
    }

    /// Sends a re-INVITE with an offer of ours.
    fn offer(&mut self, now: Now, leg: LegId, codecs: &[Codec], asker: Option<Asker>) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let (Some(dialog), Some(agreed)) = (&mut found.dialog, &found.media.agreed) else { return };
        let offer = Offer::again(&agreed.remote, codecs);
        let mut request = dialog.request(Method::Invite);
        found.media.version += 1;
        request.body = offer.write(&local_of(&found.media, Direction::SendRecv)).into_bytes();
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let flow = self.flow_within(found, dialog);
        let user = dialog.local.uri.user().unwrap_or_default();
        request.headers.push(Name::Contact, self.contact(&flow, &user).to_string());
        request.headers.push(Name::Allow, super::admit::ALLOW);
        request.headers.push(Name::ContentType, "application/sdp");
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        self.asked.insert(tx, Asked::Reinvite(leg));
        if let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) {
            *offering = Some(Box::new(Offering { tx, offer, asker }));
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
        let answered = response.is_success().then(|| offering.offer.accept(&Description::parse(&response.body).ok()?).ok()).flatten();
        match answered {
            Some(answered) => {
                let codec = answered.codec.codec;
                if let Some(agreed) = self.legs.get_mut(leg).and_then(|leg| leg.media.agreed.as_mut()) {
                    (agreed.codec, agreed.event, agreed.remote) = (answered.codec, answered.telephone_event, answered.remote);
                }
                self.answer_asker(now, leg, offering.asker, Some(codec));
            }
            // RFC 3261 14.1: a dialog that the phone does not know, or never answers in, is over.
            None if matches!(response.status, 408 | 481) => {
                self.answer_asker(now, leg, offering.asker, None);
                self.end_call_of(now, leg, None);
            }
            // The phone has an offer of its own under way: whoever asked waits and asks again (RFC 3261 14.1).
            None if response.status == 491 => {
                if let Some(asker) = offering.asker {
                    self.refuse(now, asker.tx, &asker.invite, 491);
                }
            }
            None => self.answer_asker(now, leg, offering.asker, None),
        }
    }

    /// A re-INVITE that waits for the other side was given up by its phone.
    pub(super) fn asker_cancelled(&mut self, now: Now, tx: ServerTx) {
        let waits = |leg: &crate::exchange::leg::Leg| match &leg.state {
            State::Talking { offering: Some(offering), .. } => offering.asker.as_ref().is_some_and(|asker| asker.tx == tx),
            _ => false,
        };
        let leg = self.legs.iter().find(|(_, leg)| waits(leg)).map(|(leg, _)| leg);
        if let Some(leg) = leg {
            self.drop_offering(now, leg);
        }
    }

    /// Gives up our offer, and answers whoever waited for what would become of it.
    pub(super) fn drop_offering(&mut self, now: Now, leg: LegId) {
        let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) else { return };
        let Some(offering) = offering.take() else { return };
        self.asked.remove(&offering.tx);
        self.endpoint.cancel(now.mono, offering.tx, None);
        if let Some(asker) = offering.asker {
            self.refuse(now, asker.tx, &asker.invite, 487);
        }
    }

    pub(super) fn reinvite_unanswered(&mut self, now: Now, leg: LegId) {
        let Some(State::Talking { offering, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) else { return };
        let asker = offering.take().and_then(|offering| offering.asker);
        self.answer_asker(now, leg, asker, None);
        self.end_call_of(now, leg, None);
    }

    /// The re-INVITE that waited: answered with the codec that the other side took, or refused; then its call stays as it was.
    fn answer_asker(&mut self, now: Now, leg: LegId, asker: Option<Asker>, codec: Option<Codec>) {
        let Some(asker) = asker else { return };
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        let Some(asking) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else { return };
        let body = match (codec, super::admit::read_offer(&asker.invite)) {
            (Some(codec), Ok(remote)) => self.agree(asking, remote, &[codec]),
            _ => None,
        };
        match body {
            Some(body) => {
                self.accept(now, asking, asker.tx, &asker.invite, body);
                self.join(call);
            }
            None => self.refuse_with(now, asker.tx, &asker.invite, 488, "Not Acceptable Here: the other side refused"),
        }
    }

    fn acknowledge_again(&mut self, leg: LegId, tx: ClientTx, cseq: u32) {
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let (ack, flow) = (dialog.ack(cseq), self.flow_within(found, dialog));
        let sent_by = self.sent_by(&flow);
        let bytes = self.endpoint.send_ack(&mut self.dice, ack, flow, &sent_by);
        if let Some(State::Talking { acknowledged, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) {
            let before = acknowledged.replace(super::leg::Acknowledged { tx, bytes });
            // Nobody repeats the answer to an older INVITE any more.
            if let Some(before) = before.filter(|before| before.tx != tx) {
                self.asked.remove(&before.tx);
            }
        }
    }

    /// The offer slot of a leg is free: a re-INVITE of ours that waited for it may go. None waits yet; transfers will.
    pub(super) fn next_offer(&mut self, _now: Now, leg: LegId) {
        debug_assert!(
            self.legs
                .get(leg)
                .is_some_and(|leg| matches!(self.calls.get(leg.call).map(|call| &call.phase), None | Some(Phase::Talking { .. })))
        );
    }
}
