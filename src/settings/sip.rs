use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use crate::base::{Codec, Transport};
use crate::text::settings as words;

use super::account::{CODECS, PORT, TRANSPORTS, set_of};
use super::field::{Default, Field, Shape};
use super::own::Values;
use super::{Kind, Network, Own};

/// What holds for SIP as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct SipSettings {
    /// Those that phones may use at all.
    pub transports: Vec<Transport>,
    /// Where each transport is served, in the order of [`Transport::ALL`]; in force from the next start.
    pub ports: [u16; 5],
    /// Of digest authentication.
    pub realm: String,
    /// The registration in seconds of a phone that proposes none.
    pub expires_default: u32,
    /// The longest registration in seconds; a phone that asks for more gets this.
    pub expires_max: u32,
    /// The shortest registration in seconds; a phone that asks for less gets 423.
    pub expires_min: u32,
    /// What phones outside the local networks reach the box by. (A later version also takes a name.)
    pub external_address: Option<IpAddr>,
    pub local_networks: Vec<Network>,
    /// The codecs that accounts may choose from.
    pub codecs: Vec<Codec>,
    pub ban: BanSettings,
}

/// Who is kept out after how much.
#[derive(Clone, Debug, PartialEq)]
pub struct BanSettings {
    pub is_on: bool,
    /// So many offences in a short time are too many.
    pub offences: u32,
    pub duration: Duration,
    /// Never banned, whatever comes from there; the local networks are not either, but slowed.
    pub allowed: Vec<Network>,
}

impl BanSettings {
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(address))
    }
}

/// RFC 1918, loopback, link-local (RFC 3927, RFC 4291), unique local (RFC 4193).
const LOCAL_NETWORKS: &[&str] =
    &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "::1", "fe80::/10", "fc00::/7"];

pub(super) const FIELDS: &[Field] = &[
    Field::new("transports", set_of(TRANSPORTS, 1), Default::List(TRANSPORTS), words::SIP_TRANSPORTS),
    Field::new("udp_port", PORT, Default::Number(5060), words::SIP_UDP_PORT),
    Field::new("tcp_port", PORT, Default::Number(5060), words::SIP_TCP_PORT),
    Field::new("tls_port", PORT, Default::Number(5061), words::SIP_TLS_PORT),
    Field::new("ws_port", PORT, Default::Number(8088), words::SIP_WS_PORT),
    Field::new("wss_port", PORT, Default::Number(8089), words::SIP_WSS_PORT),
    Field::new("realm", Shape::Realm, Default::Text("trillo"), words::SIP_REALM),
    Field::new("expires_default", Shape::Number { min: 60, max: 86_400 }, Default::Number(3600), words::SIP_EXPIRES_DEFAULT),
    Field::new("expires_max", Shape::Number { min: 60, max: 86_400 }, Default::Number(3600), words::SIP_EXPIRES_MAX),
    Field::new("expires_min", Shape::Number { min: 10, max: 3600 }, Default::Number(60), words::SIP_EXPIRES_MIN),
    Field::new("external_address", Shape::Address, Default::Empty, words::SIP_EXTERNAL_ADDRESS),
    Field::new("local_networks", Shape::Networks, Default::List(LOCAL_NETWORKS), words::SIP_LOCAL_NETWORKS),
    Field::new("codecs", set_of(CODECS, 1), Default::List(CODECS), words::SIP_CODECS),
    Field::new("ban", Shape::Bool, Default::Bool(true), words::SIP_BAN),
    Field::new("ban_offences", Shape::Number { min: 3, max: 1000 }, Default::Number(10), words::SIP_BAN_OFFENCES),
    Field::new("ban_minutes", Shape::Number { min: 1, max: 10_080 }, Default::Number(60), words::SIP_BAN_MINUTES),
    Field::new("ban_allowed", Shape::Networks, Default::List(&[]), words::SIP_BAN_ALLOWED),
];

/// The settings of [`SipSettings::ports`], in their order.
const PORTS: [&str; 5] = ["udp_port", "tcp_port", "tls_port", "ws_port", "wss_port"];

impl SipSettings {
    /// In one of the local networks.
    pub fn is_local(&self, address: IpAddr) -> bool {
        self.local_networks.iter().any(|network| network.contains(address))
    }

    /// Of the enabled transports over streams, the first whose port another has already: the key of its port.
    pub(super) fn port_twice(&self) -> Option<&'static str> {
        let streams = Transport::ALL.into_iter().zip(self.ports).zip(PORTS);
        let mut streams = streams.filter(|((transport, _), _)| transport.is_reliable() && self.transports.contains(transport));
        let mut taken = BTreeSet::new();
        streams.find(|((_, port), _)| !taken.insert(*port)).map(|(_, key)| key)
    }

    pub(super) fn new(own: &Own) -> SipSettings {
        let values = Values::new(Kind::Sip, own);
        let port = |key| u16::try_from(values.number(key)).unwrap_or(0);
        SipSettings {
            transports: values.list("transports", Transport::from_name),
            ports: PORTS.map(port),
            expires_default: values.number("expires_default"),
            realm: values.text("realm"),
            expires_max: values.number("expires_max"),
            expires_min: values.number("expires_min"),
            external_address: values.address("external_address"),
            local_networks: values.list("local_networks", |text| text.parse().ok()),
            codecs: values.list("codecs", Codec::from_name),
            ban: BanSettings {
                is_on: values.bool("ban"),
                offences: values.number("ban_offences"),
                duration: Duration::from_secs(60 * u64::from(values.number("ban_minutes"))),
                allowed: values.list("ban_allowed", |text| text.parse().ok()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_streams_cannot_have_one_port() {
        let mut sip = SipSettings::new(&Own::default());
        assert_eq!((sip.transports.len(), sip.port_twice()), (5, None), "a datagram's port is another's");
        sip.ports[4] = sip.ports[1];
        assert_eq!(sip.port_twice(), Some("wss_port"));
        sip.transports.retain(|transport| *transport != Transport::Wss);
        assert_eq!(sip.port_twice(), None, "it is not served");
    }

    #[test]
    fn the_default_networks_are_networks() {
        let sip = SipSettings::new(&Own::default());
        assert_eq!(sip.local_networks.len(), LOCAL_NETWORKS.len());
        let is_local = |address: &str| sip.local_networks.iter().any(|network| network.contains(address.parse().unwrap()));
        assert!(is_local("192.168.1.9") && is_local("fe80::1") && is_local("fd00::1") && is_local("127.0.0.1"));
        assert!(!is_local("203.0.113.1") && !is_local("2001:db8::1"));
    }
}
