//! What the network says before the answer: a single leg outside passes its 183 on with its media, so that the caller hears the announcement
//! or the ringing of the other network.

use super::super::admit::read_offer;
use super::super::bridge::codec_of;
use super::super::call::Phase;
use super::super::exchange::Exchange;
use super::super::leg::{Agreement, Party, State};
use crate::base::Now;
use crate::base::id::{CallId, LegId};
use crate::sdp::{Description, Direction};
use crate::sip::message::{Name, Response};
use crate::sip::session::prack;

impl Exchange {
    /// Takes a provisional answer that describes media.
    pub(in super::super) fn pass_early_media(&mut self, now: Now, leg: LegId, response: &Response) {
        let Some(found) = self.legs.get(leg) else { return };
        let (Party::Line(_), State::Inviting { .. }, false) = (found.party, &found.state, response.body.is_empty()) else { return };
        let call = found.call;
        let is_alone =
            matches!(self.calls.get(call).map(|call| &call.phase), Some(Phase::Ringing { ring, .. }) if ring.living_count() == 1);
        let Some(offer) = found.media.offer.as_ref().filter(|_| is_alone) else { return };
        let Some(answered) = Description::parse(&response.body).ok().and_then(|description| offer.accept(&description).ok()) else {
            return;
        };
        let agreement =
            Agreement { codec: answered.codec, event: answered.telephone_event, remote: answered.remote, direction: Direction::SendRecv };
        if found.media.agreed.as_ref() == Some(&agreement) {
            return;
        }
        let codec = agreement.codec.codec;
        if let Some(found) = self.legs.get_mut(leg) {
            found.media.agreed = Some(agreement);
        }
        let Some(caller) = self.calls.get(call).map(|call| call.caller) else { return };
        let Some(calling) = self.legs.get(caller) else { return };
        let State::Calling { invite, .. } = &calling.state else {
            // He was transferred here and talks already: what the network says is heard in his codec, or not at all.
            if codec_of(&calling.media) == Some(codec) {
                self.join_legs(caller, leg, false);
            }
            return;
        };
        let Ok(remote) = read_offer(invite) else { return };
        let Some(body) = self.agree(caller, remote, &[codec]) else { return };
        self.tell_early_media(now, call, caller, body);
        self.join_legs(caller, leg, false);
    }

    fn tell_early_media(&mut self, now: Now, call: CallId, caller: LegId, body: String) {
        let Some(found) = self.legs.get(caller) else { return };
        let State::Calling { tx, invite } = &found.state else { return };
        let mut response = self.response_with(invite, 183, &found.local_tag);
        let user = self.calls.get(call).map_or("", |call| call.dialled.as_str());
        response.headers.push(Name::Contact, self.contact(&found.flow, user).to_string());
        response.headers.push(Name::ContentType, "application/sdp");
        response.body = body.into_bytes();
        let (tx, is_reliable) = (*tx, prack::is_named(&invite.request.headers, &Name::Require));
        self.send_progress(now, caller, tx, response, is_reliable);
    }

    /// Whoever was heard before the answer is heard no more. A caller who talks already, for he was transferred here, keeps what he agreed to.
    pub(super) fn silence_early(&mut self, call: CallId) {
        let Some(caller) = self.calls.get(call).map(|call| call.caller) else { return };
        if let Some(found) = self.legs.get_mut(caller).filter(|leg| matches!(leg.state, State::Calling { .. })) {
            found.media.agreed = None;
        }
    }

    /// The caller hears the network already.
    pub(in super::super) fn has_early_media(&self, caller: LegId) -> bool {
        self.legs.get(caller).is_some_and(|leg| matches!(leg.state, State::Calling { .. }) && leg.media.agreed.is_some())
    }
}
