use std::net::IpAddr;

use crate::base::Codec;
use crate::text::settings as words;

use super::account::CODECS;
use super::field::{Default, Field, Shape};
use super::own::Values;
use super::{Kind, Network, Own};

/// What holds for SIP as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct SipSettings {
    /// Of digest authentication.
    pub realm: String,
    /// The longest registration in seconds; a phone that asks for more gets this.
    pub expires_max: u32,
    /// The shortest registration in seconds; a phone that asks for less gets 423.
    pub expires_min: u32,
    /// What phones outside the local networks reach the box by. (A later version also takes a name.)
    pub external_address: Option<IpAddr>,
    pub local_networks: Vec<Network>,
    /// The codecs that accounts may choose from.
    pub codecs: Vec<Codec>,
}

/// RFC 1918, loopback, link-local (RFC 3927, RFC 4291), unique local (RFC 4193).
const LOCAL_NETWORKS: &[&str] =
    &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "::1", "fe80::/10", "fc00::/7"];

pub(super) const FIELDS: &[Field] = &[
    Field { key: "realm", shape: Shape::Realm, default: Default::Text("trillo"), words: words::SIP_REALM },
    Field {
        key: "expires_max",
        shape: Shape::Number { min: 60, max: 86_400 },
        default: Default::Number(3600),
        words: words::SIP_EXPIRES_MAX,
    },
    Field { key: "expires_min", shape: Shape::Number { min: 10, max: 3600 }, default: Default::Number(60), words: words::SIP_EXPIRES_MIN },
    Field { key: "external_address", shape: Shape::Address, default: Default::Empty, words: words::SIP_EXTERNAL_ADDRESS },
    Field { key: "local_networks", shape: Shape::Networks, default: Default::List(LOCAL_NETWORKS), words: words::SIP_LOCAL_NETWORKS },
    Field { key: "codecs", shape: Shape::Choices(CODECS), default: Default::List(CODECS), words: words::SIP_CODECS },
];

impl SipSettings {
    pub(super) fn new(own: &Own) -> SipSettings {
        let values = Values { kind: Kind::Sip, own };
        SipSettings {
            realm: values.text("realm"),
            expires_max: values.number("expires_max"),
            expires_min: values.number("expires_min"),
            external_address: values.address("external_address"),
            local_networks: values.list("local_networks", |text| text.parse().ok()),
            codecs: values.list("codecs", Codec::from_name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_networks_are_networks() {
        let sip = SipSettings::new(&Own::default());
        assert_eq!(sip.local_networks.len(), LOCAL_NETWORKS.len());
        let is_local = |address: &str| sip.local_networks.iter().any(|network| network.contains(address.parse().unwrap()));
        assert!(is_local("192.168.1.9") && is_local("fe80::1") && is_local("fd00::1") && is_local("127.0.0.1"));
        assert!(!is_local("203.0.113.1") && !is_local("2001:db8::1"));
    }
}
