//! Where requests go and what addresses we tell: the path to a binding, the path within a dialog, our own Contact.

use std::net::{IpAddr, SocketAddr};

use super::exchange::Exchange;
use super::leg::Leg;
use crate::base::{Flow, Transport};
use crate::entry::Binding;
use crate::settings::Account;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::Incoming;
use crate::sip::message::{Name, NameAddr, Response};
use crate::sip::uri::{Host, SipUri, Uri};

impl Exchange {
    /// The path to an account's phone. None: a stream account whose connection is gone and that cannot be connected to.
    pub(super) fn flow_to(&self, account: &Account, binding: &Binding) -> Option<Flow> {
        if let Some(flow) = self.proxy_of(account) {
            return flow;
        }
        let flow = binding.flow;
        if flow.transport.is_reliable() {
            if flow.connection.is_some() {
                return Some(flow);
            }
            // Whoever sits behind NAT, or came as a browser, has no address to connect to.
            if self.is_nat(account) || matches!(flow.transport, Transport::Ws | Transport::Wss) {
                return None;
            }
            return first_hop(binding).map(|remote| Flow { remote, ..flow });
        }
        if self.is_nat(account) {
            return Some(flow);
        }
        // A name cannot be looked up here; the REGISTER shows where it is.
        Some(first_hop(binding).map_or(flow, |remote| Flow { remote, ..flow }))
    }

    /// Whether the addresses that its phone writes count for nothing.
    pub(super) const fn is_nat(&self, account: &Account) -> bool {
        account.nat || self.forwarded.is_some()
    }

    /// The path of a request within a dialog: for NAT accounts the last proved source, else the first route or the target; over a stream its
    /// connection while it lives.
    pub(super) fn flow_within(&self, leg: &Leg, dialog: &Dialog) -> Flow {
        if leg.flow.connection.is_some() {
            return leg.flow;
        }
        if let Some(flow) = self.new_connection(leg) {
            return flow;
        }
        if leg.media.nat {
            return leg.flow;
        }
        let remote = dialog.first_hop().as_sip().and_then(|uri| address_of(uri, leg.flow.transport));
        remote.map_or(leg.flow, |remote| Flow { remote, ..leg.flow })
    }

    /// Whose connection was lost in talk has registered over another one meanwhile. From the same address, for the account may be on
    /// another phone by now.
    fn new_connection(&self, leg: &Leg) -> Option<Flow> {
        let flow = self.registrar.get(leg.party.account()?)?.binding.flow;
        let is_its = flow.transport == leg.flow.transport && flow.remote.ip() == leg.flow.remote.ip();
        (flow.connection.is_some() && is_its).then_some(flow)
    }

    /// Our address as that peer must see it: outside the local networks the external one, if there is one.
    pub(super) fn told_address(&self, flow: &Flow) -> IpAddr {
        if let Some(forwarded) = self.forwarded {
            return forwarded.address;
        }
        let local = flow.local.ip().to_canonical();
        let remote = flow.remote.ip().to_canonical();
        match self.settings.sip.external_address {
            Some(external) if !self.settings.sip.local_networks.iter().any(|network| network.contains(remote)) => external,
            _ => local,
        }
    }

    /// Host and port of our Via.
    pub(super) fn sent_by(&self, flow: &Flow) -> (Host, u16) {
        (Host::Address(self.told_address(flow)), self.told_port(flow))
    }

    fn told_port(&self, flow: &Flow) -> u16 {
        // It is the port of UDP and TCP; those of other transports are forwarded under their own numbers.
        let outer = self.forwarded.and_then(|forwarded| forwarded.sip_port);
        outer.filter(|_| matches!(flow.transport, Transport::Udp | Transport::Tcp)).unwrap_or(flow.local.port())
    }

    /// Our Contact in a dialog over that flow.
    pub(super) fn contact(&self, flow: &Flow, user: &str) -> NameAddr {
        let mut uri = SipUri::new(Some(user), Host::Address(self.told_address(flow)), Some(self.told_port(flow)));
        if flow.transport != Transport::Udp {
            uri.params.set("transport", Some(flow.transport.uri_name()));
        }
        NameAddr::new(Uri::Sip(uri))
    }

    /// A response to a request outside a dialog, with a To tag of its own.
    pub(super) fn response_to(&mut self, incoming: &Incoming, status: u16) -> Response {
        let tag = self.dice.token(10);
        self.response_with(incoming, status, &tag)
    }

    pub(super) fn response_with(&self, incoming: &Incoming, status: u16, to_tag: &str) -> Response {
        let mut response = incoming.request.response(status, Some(to_tag));
        response.headers.push(Name::Server, &*self.product);
        response
    }

    /// Answers with a status alone.
    pub(super) fn refuse(&mut self, now: crate::base::Now, tx: crate::sip::endpoint::ServerTx, incoming: &Incoming, status: u16) {
        let response = self.response_to(incoming, status);
        self.endpoint.respond(now.mono, tx, response);
    }
}

/// Where a request to a binding goes first, if that is an address: to the topmost Path value (RFC 3327 5.3), else to the Contact.
fn first_hop(binding: &Binding) -> Option<SocketAddr> {
    let uri = match binding.texts.path().next() {
        Some(path) => NameAddr::parse(path).ok()?.uri,
        None => Uri::parse(binding.texts.contact()).ok()?,
    };
    address_of(uri.as_sip()?, binding.flow.transport)
}

pub(super) fn address_of(uri: &SipUri, transport: Transport) -> Option<SocketAddr> {
    let port = uri.port.unwrap_or(transport.default_port());
    uri.host.address().map(|address| SocketAddr::new(address, port))
}
