//! Is the phone still there? OPTIONS to every binding, and bytes that keep a NAT's mapping open.

use super::exchange::{Asked, Exchange};
use super::proxies::routes;
use crate::base::id::AccountId;
use crate::base::{Instant, Now};
use crate::sip::message::{Method, Name, NameAddr, Request};
use crate::sip::uri::{Host, SipUri, Uri};

impl Exchange {
    pub(super) fn keep_alive(&mut self, now: Now, account: AccountId) {
        let Some(bound) = self.registrar.get(account) else { return };
        let Some(settings) = self.settings.accounts.get(&account) else { return };
        let (Some(flow), Ok(uri)) = (self.flow_to(settings, &bound.binding), Uri::parse(bound.binding.texts.contact())) else { return };
        let ours = NameAddr::new(Uri::Sip(SipUri::new(Some("trillo"), Host::Address(self.told_address(&flow)), None)));
        let mut request = Request::new(Method::Options, uri.clone());
        for route in routes(settings, &bound.binding) {
            request.headers.push(Name::Route, route);
        }
        request.headers.push(Name::MaxForwards, "70");
        request.headers.push(Name::From, ours.with_tag(&self.dice.token(10)).to_string());
        request.headers.push(Name::To, NameAddr::new(uri).to_string());
        request.headers.push(Name::CallId, self.dice.token(20));
        request.headers.push(Name::CSeq, "1 OPTIONS");
        request.headers.push(Name::UserAgent, &*self.product);
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        self.asked.insert(tx, Asked::Options { account, sent: now.mono });
    }

    pub(super) fn nat_keep_alive(&mut self, account: AccountId) {
        let Some(bound) = self.registrar.get(account) else { return };
        let flow = bound.binding.flow;
        self.endpoint.send_bytes(flow, b"\r\n\r\n".to_vec());
    }

    /// Any response is a sign of life.
    pub(super) fn alive(&mut self, now: Now, account: AccountId, sent: Instant) {
        if let Some(bound) = self.registrar.get_mut(account) {
            bound.alive(now.mono.since(sent));
        }
    }

    pub(super) fn not_alive(&mut self, account: AccountId) {
        if let Some(bound) = self.registrar.get_mut(account) {
            bound.silent();
        }
    }
}
