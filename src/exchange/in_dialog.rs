//! Requests within a dialog: whose they are, whether they are in order, and which file answers them. What we ask a phone in talk is in
//! `reoffer` and `session`.

use super::exchange::Exchange;
use super::leg::State;
use crate::base::Now;
use crate::base::id::LegId;
use crate::sip::dialog::Misfit;
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Method, Response};

impl Exchange {
    pub(super) fn request_within(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>) {
        if incoming.request.method == Method::Subscribe && self.subscribe_within(now, tx, &incoming) {
            return;
        }
        let leg = incoming.envelope.to.tag().and_then(|tag| self.dialogs.get(tag)).copied();
        let Some(leg) = leg.filter(|leg| self.legs.get(*leg).is_some_and(|leg| leg.has_dialog(&incoming.envelope))) else {
            return self.refuse(now, tx, &incoming, 481);
        };
        if !self.is_proved(now, tx, leg, &incoming) {
            return;
        }
        let Some(found) = self.legs.get_mut(leg) else { return };
        match found.dialog_of(&incoming.envelope).map(|dialog| dialog.accept(&incoming.envelope)) {
            Some(Ok(())) => {}
            Some(Err(Misfit::CseqBehind)) => return self.refuse_with(now, tx, &incoming, 500, "Server Internal Error: CSeq behind"),
            Some(Err(Misfit::OtherDialog)) | None => return self.refuse(now, tx, &incoming, 481),
        }
        // Who is called hangs up by refusing the INVITE (RFC 3261 15).
        let rings = matches!(found.state, State::Inviting { .. });
        match incoming.request.method {
            Method::Bye | Method::Invite | Method::Refer if rings => self.refuse(now, tx, &incoming, 403),
            Method::Bye => {
                let response = self.response_with_tag_of(&incoming, 200);
                self.endpoint.respond(now.mono, tx, response);
                self.peer_hung_up(now, leg);
            }
            Method::Invite | Method::Update => self.modify(now, tx, leg, incoming),
            Method::Options => self.options(now, tx, &incoming),
            Method::Prack => self.prack(now, tx, leg, &incoming),
            Method::Refer => self.refer(now, tx, leg, &incoming),
            Method::Info => self.info(now, tx, leg, &incoming),
            _ => self.refuse_method(now, tx, &incoming),
        }
    }

    /// A request from an address or connection that the dialog has not used is challenged; the answer makes it one that it has.
    fn is_proved(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming) -> bool {
        let Some(found) = self.legs.get(leg) else { return false };
        if !found.has_proved(&incoming.flow) && !self.is_of_line(found.party, incoming) {
            let owner = found.party.account();
            let Some(account) = self.authenticate(now, tx, incoming) else { return false };
            if Some(account) != owner {
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
}
