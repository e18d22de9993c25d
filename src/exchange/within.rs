//! A request of ours within the dialog of a leg in talk.

use super::exchange::Exchange;
use crate::base::Now;
use crate::base::id::LegId;
use crate::sip::endpoint::ClientTx;
use crate::sip::message::{Method, Name, Request};

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
        self.prove_within(leg, &mut request, flow.remote.ip());
        let sent_by = self.sent_by(&flow);
        Some(self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by))
    }
}
