//! A phone changes its session: by re-INVITE, with an offer or asking for ours, or by UPDATE (RFC 3311).
//!
//! Hold, resume, a moved address and a refresh are answered here, on the leg; a codec that the other side does not talk is its matter too.
//! There is one offer at a time: ours under way is 491, theirs without an end 500 with Retry-After (RFC 3261 14.2, RFC 3311 5.2).

use super::bridge::codec_of;
use super::exchange::Exchange;
use super::leg::{Asker, State};
use super::ringing::local_of;
use super::step::code::Tone;
use super::talking::Answer;
use crate::base::id::{CallId, LegId};
use crate::base::{Codec, Now};
use crate::sdp::{Direction, Offer, Remote};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Method, Name};
use crate::sip::session::refresh::Refresh;

/// Whether something stands in the way of a new offer.
enum Slot {
    Free,
    /// Ours is under way.
    Ours,
    /// Theirs is not over.
    Theirs,
}

impl Exchange {
    pub(super) fn modify(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: Box<Incoming>) {
        let is_update = incoming.request.method == Method::Update;
        if let Some(status) = super::admit::unacceptable_body(&incoming) {
            return self.refuse_body(now, tx, &incoming, status);
        }
        if Refresh::asked(&incoming.request.headers).is_err() {
            return self.refuse_interval(now, tx, &incoming);
        }
        if is_update && incoming.request.body.is_empty() {
            return self.updated(now, tx, leg, &incoming, None);
        }
        let Some(found) = self.legs.get(leg) else { return };
        let slot = match &found.state {
            State::Talking { offering: Some(_), .. } => Slot::Ours,
            State::Talking { accepting: Some(waiting), .. } if waiting.awaits_answer && is_update => Slot::Ours,
            State::Talking { accepting: Some(_), .. } if !is_update => Slot::Theirs,
            State::Talking { .. } => Slot::Free,
            // Our answer to the INVITE's own offer comes with the 200.
            State::Calling { .. } if is_update => Slot::Theirs,
            State::Inviting { .. } if is_update => return self.update_early(now, tx, leg, &incoming),
            _ => Slot::Ours,
        };
        match slot {
            Slot::Free => {}
            Slot::Ours => return self.refuse(now, tx, &incoming, 491),
            Slot::Theirs => return self.refuse_for_now(now, tx, &incoming),
        }
        let call = found.call;
        let peer = self.calls.get(call).and_then(|call| call.peer_of(leg));
        // Who talks with the box, or was transferred and waits for the next phone to answer, has nobody to ask.
        if peer.is_none() && self.calls.get(call).is_none_or(|call| call.caller != leg) {
            return self.refuse(now, tx, &incoming, 481);
        }
        if incoming.request.body.is_empty() {
            return self.offer_in_answer(now, tx, leg, peer, &incoming);
        }
        let remote = match super::admit::read_offer(&incoming) {
            Ok(remote) => remote,
            Err((status, reason)) => return self.refuse_with(now, tx, &incoming, status, &reason),
        };
        self.refresh_target_of(leg, &incoming);
        if let Some(State::Talking { offering: Some(offering), .. }) = peer.and_then(|peer| self.legs.get(peer)).map(|peer| &peer.state)
            && offering.asker.is_some()
        {
            // Its own earlier offer still waits for the other side.
            return self.refuse_for_now(now, tx, &incoming);
        }
        let talked = self.talked_with(leg, peer);
        if let Some(found) = self.legs.get_mut(leg) {
            found.media.version += 1;
        }
        match (self.agree(leg, remote.clone(), &talked), peer) {
            (Some(body), _) => self.settle(now, call, leg, tx, &incoming, body),
            (None, Some(peer)) => self.ask_other_side(now, tx, leg, peer, incoming, &remote),
            (None, None) => self.refuse_with(now, tx, &incoming, 488, "Not Acceptable Here: no common codec"),
        }
    }

    /// Says yes to an offer of a leg in talk, and lets the media follow.
    pub(super) fn settle(&mut self, now: Now, call: CallId, leg: LegId, tx: ServerTx, incoming: &Incoming, body: String) {
        if incoming.request.method == Method::Update {
            self.updated(now, tx, leg, incoming, Some(body));
        } else {
            self.accept(now, leg, tx, incoming, Answer::of(body));
        }
        self.aim(leg);
        self.join(call);
        if self.is_waiting(call) {
            // By what is agreed now.
            self.say(leg, Tone::Waiting);
        }
    }

    /// The 200 to an UPDATE.
    fn updated(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming, body: Option<String>) {
        self.refresh_target_of(leg, incoming);
        let refresh = Refresh::asked(&incoming.request.headers).ok().flatten();
        let Some(found) = self.legs.get(leg) else { return };
        let mut response = self.response_with(incoming, 200, &found.local_tag);
        let user = incoming.envelope.to.uri.user().unwrap_or_default();
        response.headers.push(Name::Contact, self.contact(&found.flow, &user).to_string());
        response.headers.push(Name::Allow, super::admit::ALLOW);
        if let Some(refresh) = refresh {
            refresh.answer(&mut response.headers);
        }
        if let Some(body) = body {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body = body.into_bytes();
        }
        let is_talking = found.is_talking();
        self.endpoint.respond(now.mono, tx, response);
        if is_talking {
            self.refreshed(now, leg, refresh);
        }
    }

    fn refresh_target_of(&mut self, leg: LegId, incoming: &Incoming) {
        if let Some(dialog) = self.legs.get_mut(leg).and_then(|leg| leg.dialog_of(&incoming.envelope)) {
            dialog.refresh_target(&incoming.request.headers);
        }
    }

    /// A phone that rings, and has answered our offer already, moves its media (RFC 3311 5.2).
    fn update_early(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming) {
        let remote = match super::admit::read_offer(incoming) {
            Ok(remote) => remote,
            Err((status, reason)) => return self.refuse_with(now, tx, incoming, status, &reason),
        };
        let Some(found) = self.legs.get_mut(leg) else { return };
        let early = found.session.early.iter_mut().find(|early| early.dialog.holds(&incoming.envelope));
        let Some(agreed) = early.and_then(|early| early.agreed.as_ref()) else { return self.refuse(now, tx, incoming, 491) };
        let codec = agreed.codec.codec;
        found.media.version += 1;
        // What is agreed belongs to this fork alone until its phone is picked up.
        let before = found.media.agreed.take();
        let body = self.agree(leg, remote, &[codec]);
        let Some(found) = self.legs.get_mut(leg) else { return };
        let now_agreed = std::mem::replace(&mut found.media.agreed, before);
        match (body, now_agreed) {
            (Some(body), Some(agreed)) => {
                if let Some(early) = found.session.early.iter_mut().find(|early| early.dialog.holds(&incoming.envelope)) {
                    early.agreed = Some(agreed);
                }
                self.updated(now, tx, leg, incoming, Some(body));
            }
            _ => self.refuse_with(now, tx, incoming, 488, "Not Acceptable Here: no common codec"),
        }
    }

    /// A re-INVITE that asks for our offer, as phones send it to resume, and whoever controls a call from outside (RFC 3725).
    fn offer_in_answer(&mut self, now: Now, tx: ServerTx, leg: LegId, peer: Option<LegId>, incoming: &Incoming) {
        self.refresh_target_of(leg, incoming);
        let mut codecs = self.talked_with(leg, peer);
        let is_served = self.is_served(leg);
        let allowed = self.codecs_of(leg).iter().filter(|_| !is_served);
        let more = allowed.filter(|codec| peer.is_none_or(|peer| self.codecs_of(peer).contains(codec)));
        let more: Vec<Codec> = more.copied().filter(|codec| !codecs.contains(codec)).collect();
        codecs.extend(more);
        let Some(found) = self.legs.get_mut(leg) else { return };
        let Some(agreed) = &found.media.agreed else { return };
        let offer = Offer::again(&agreed.remote, &codecs);
        found.media.version += 1;
        let body = offer.write(&local_of(&found.media, Direction::SendRecv));
        self.accept(now, leg, tx, incoming, Answer { body, offer: Some(offer) });
    }

    /// What a leg talks with the other side; alone, what it talked last and what its account may; with the box, what it began with.
    fn talked_with(&self, leg: LegId, peer: Option<LegId>) -> Vec<Codec> {
        let codec = |leg: LegId| self.legs.get(leg).and_then(|leg| codec_of(&leg.media));
        let Some(peer) = peer else {
            if self.is_served(leg) {
                return codec(leg).into_iter().collect();
            }
            return codec(leg).into_iter().chain(self.codecs_of(leg).iter().copied()).collect();
        };
        codec(peer).into_iter().collect()
    }

    /// The new offer lacks the codec that the other side talks: offer it what both could.
    fn ask_other_side(&mut self, now: Now, tx: ServerTx, leg: LegId, peer: LegId, incoming: Box<Incoming>, remote: &Remote) {
        let (ours, theirs) = (self.codecs_of(leg), self.codecs_of(peer));
        let offered = remote.audio.iter().flat_map(|audio| audio.codecs.iter().map(|offered| offered.codec));
        let codecs: Vec<Codec> = offered.filter(|codec| ours.contains(codec) && theirs.contains(codec)).collect();
        let is_free = self.legs.get(peer).is_some_and(|peer| matches!(peer.state, State::Talking { accepting: None, offering: None, .. }));
        if codecs.is_empty() {
            return self.refuse_with(now, tx, &incoming, 488, "Not Acceptable Here: no codec that the other side has");
        }
        if !is_free {
            return self.refuse(now, tx, &incoming, 491);
        }
        if !self.may_cross(now, leg) {
            return self.refuse_for_now(now, tx, &incoming);
        }
        if incoming.request.method == Method::Invite {
            // It may take longer than a phone waits for a sign of life.
            let trying = incoming.request.response(100, None);
            self.endpoint.respond(now.mono, tx, trying);
        }
        self.offer(now, peer, &codecs, Some(Asker { tx, invite: incoming }));
    }

    /// Whether a phone may have the other side asked once more. One that keeps changing its mind must not keep the other busy.
    fn may_cross(&mut self, now: Now, leg: LegId) -> bool {
        let Some(found) = self.legs.get_mut(leg) else { return false };
        found.session.crossed(now.mono)
    }

    /// 500 with a time after which the phone may try again.
    pub(super) fn refuse_for_now(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        let mut response = self.response_to(incoming, 500);
        response.headers.push(Name::RetryAfter, (1 + self.dice.below(9)).to_string());
        self.endpoint.respond(now.mono, tx, response);
    }

    /// A body of another type than SDP, or somebody who takes no SDP.
    pub(super) fn refuse_body(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, status: u16) {
        let mut response = self.response_to(incoming, status);
        response.headers.push(Name::Accept, "application/sdp");
        self.endpoint.respond(now.mono, tx, response);
    }
}
