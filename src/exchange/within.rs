//! A request of ours within the dialog of a leg in talk, and INFO, which is all about its body.

use super::exchange::Exchange;
use crate::base::Now;
use crate::base::id::LegId;
use crate::sip::endpoint::{ClientTx, Incoming, ServerTx};
use crate::sip::message::{Method, Name, Request};
use crate::sip::session::keypad::{self, Unread};

impl Exchange {
    /// Sends a request with our Contact and what `fill` puts into it. Who wants to hear its answer notes the transaction.
    pub(super) fn ask_within(&mut self, now: Now, leg: LegId, method: Method, fill: impl FnOnce(&mut Request)) -> Option<ClientTx> {
        let found = self.legs.get_mut(leg)?;
        let mut request = found.dialog.as_mut()?.request(method);
        let found = self.legs.get(leg)?;
        let dialog = found.dialog.as_ref()?;
        let flow = self.flow_within(found, dialog);
        let user = dialog.local.uri.user().unwrap_or_default();
        request.headers.push(Name::Contact, self.contact(&flow, &user).to_string());
        request.headers.push(Name::UserAgent, &*self.product);
        fill(&mut request);
        let sent_by = self.sent_by(&flow);
        Some(self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by))
    }

    /// Keys are taken; nothing listens to them yet. What else it may hold nobody here knows (RFC 2976 2.2, RFC 6086 4.2.2).
    pub(super) fn info(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        let headers = &incoming.request.headers;
        if headers.get(&Name::InfoPackage).is_some() {
            let mut response = self.response_to(incoming, 469);
            response.headers.push(Name::RecvInfo, "");
            return self.endpoint.respond(now.mono, tx, response);
        }
        match keypad::read(headers, &incoming.request.body) {
            Ok(_) => self.refuse(now, tx, incoming, 200),
            Err(Unread::NoKey) => self.refuse_with(now, tx, incoming, 400, "Bad Request: no such key"),
            Err(Unread::OtherType) => {
                let mut response = self.response_to(incoming, 415);
                response.headers.push(Name::Accept, keypad::TYPES);
                self.endpoint.respond(now.mono, tx, response);
            }
        }
    }
}
