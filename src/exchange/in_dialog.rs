//! Requests within a dialog: BYE, re-INVITE, and what is not taken. What we ask a phone in talk is in `reoffer`.

use super::exchange::Exchange;
use super::leg::{Asker, State};
use crate::base::id::LegId;
use crate::base::{Codec, Now};
use crate::sip::dialog::Misfit;
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Method, Name, Response};

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
        self.guard.earned(&incoming.flow);
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
        if self.is_served(leg) {
            return self.reinvite_served(now, tx, leg, &incoming);
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
        // It may take longer than a phone waits for a sign of life.
        let trying = incoming.request.response(100, None);
        self.endpoint.respond(now.mono, tx, trying);
        self.offer(now, peer, &codecs, Some(Asker { tx, invite: incoming }));
    }
}
