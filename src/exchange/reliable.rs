//! Reliable provisional responses (RFC 3262), which end at each leg: our own 180 to callers that require it, and PRACK for those of phones.

use super::exchange::{Exchange, TimerKey};
use super::leg::{Agreement, Early, State};
use crate::base::Now;
use crate::base::id::LegId;
use crate::base::limits::EARLY_DIALOGS_MAX;
use crate::sdp::{Description, Direction};
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Envelope, Method, Name, Response};
use crate::sip::session::prack::{self, Due, RAck, Reliable, Sequence};

impl Exchange {
    // --- as who is called ---

    /// Sends a 18x to a caller, reliably if it requires that. Until one is acknowledged there is no second (RFC 3262 3), which would say
    /// nothing new. The reliable answer to an INVITE without offer would have to hold our own (RFC 3262 5), before anybody knows what the
    /// callee talks: such a caller gets none.
    pub(super) fn send_progress(&mut self, now: Now, leg: LegId, tx: ServerTx, mut response: Response, is_reliable: bool) {
        if is_reliable {
            let first = self.dice.u32();
            let Some(found) = self.legs.get_mut(leg) else { return };
            let State::Calling { invite, .. } = &found.state else { return };
            if invite.request.body.is_empty() {
                return;
            }
            let cseq = invite.envelope.cseq.number;
            let reliable = found.session.reliable.get_or_insert_with(|| Box::new(Reliable::new(first, cseq)));
            let Some(at) = reliable.send(now.mono, &mut response) else { return };
            self.timers.set(TimerKey::Reliable(leg), at);
        }
        self.endpoint.respond(now.mono, tx, response);
    }

    pub(super) fn reliable_due(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let State::Calling { tx, .. } = found.state else { return };
        let call = found.call;
        match found.session.reliable.as_mut().map(|reliable| reliable.due(now.mono)) {
            Some(Due::Again(response, at)) => {
                self.timers.set(TimerKey::Reliable(leg), at);
                self.endpoint.respond(now.mono, tx, *response);
            }
            Some(Due::GivenUp) => {
                for leg in self.ringing_legs(call) {
                    self.stop_inviting(now, leg, None);
                }
                self.refuse_caller(now, call, 504, Some("Server Time-out: no PRACK"), None);
            }
            Some(Due::Nothing) | None => {}
        }
    }

    /// Also after the 2xx, which may have crossed it (RFC 3262 3).
    pub(super) fn prack(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming) {
        let Some(rack) = RAck::of(&incoming.request.headers) else {
            return self.refuse_with(now, tx, incoming, 400, "Bad Request: RAck");
        };
        if !incoming.request.body.is_empty() {
            return self.refuse_with(now, tx, incoming, 488, "Not Acceptable Here: an offer while one is unanswered");
        }
        let reliable = self.legs.get_mut(leg).and_then(|leg| leg.session.reliable.as_mut());
        if !reliable.is_some_and(|reliable| reliable.acknowledge(&rack)) {
            return self.refuse(now, tx, incoming, 481);
        }
        self.timers.clear(TimerKey::Reliable(leg));
        self.refuse(now, tx, incoming, 200);
    }

    // --- as who calls ---

    /// Takes a provisional response of a phone. False: it is a reliable one that came before, or out of order, and says nothing.
    pub(super) fn take_progress(&mut self, now: Now, leg: LegId, response: &Response, envelope: &Envelope) -> bool {
        if !prack::is_named(&response.headers, &Name::Require) {
            return true;
        }
        let Some(found) = self.legs.get_mut(leg) else { return false };
        let State::Inviting { invite, .. } = &found.state else { return true };
        let tag = envelope.to.tag();
        let at = match found.session.early.iter().position(|early| early.dialog.remote.tag() == tag) {
            Some(at) => at,
            None => {
                let Ok(dialog) = Dialog::from_response(response, envelope, invite) else { return false };
                if tag.is_none() || found.session.early.len() == EARLY_DIALOGS_MAX {
                    return false;
                }
                found.session.early.push(Early { dialog, sequence: Sequence::default(), agreed: None });
                found.session.early.len() - 1
            }
        };
        let early = &mut found.session.early[at];
        let Some(rack) = early.sequence.take(&response.headers, envelope.cseq.number) else { return false };
        if early.agreed.is_none()
            && let (Some(offer), Ok(answer)) = (&found.media.offer, Description::parse(&response.body))
        {
            // The answer to our offer may come here, and then the 2xx need not repeat it (RFC 3262 5).
            early.agreed = offer.accept(&answer).ok().map(|answered| Agreement {
                codec: answered.codec,
                event: answered.telephone_event,
                remote: answered.remote,
                direction: Direction::SendRecv,
            });
        }
        let mut request = early.dialog.request(Method::Prack);
        request.headers.push(Name::RAck, rack.to_string());
        let Some(found) = self.legs.get(leg) else { return false };
        let flow = self.flow_within(found, &found.session.early[at].dialog);
        self.prove_within(leg, &mut request, flow.remote.ip());
        let sent_by = self.sent_by(&flow);
        // Its answer says nothing that we would act on.
        self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        true
    }
}
