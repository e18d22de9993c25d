//! Where phones reach a box whose ports are forwarded to it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// What Via, Contact and SDP say in place of the box's own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forwarded {
    pub address: IpAddr,
    /// The port of SIP, if it is another one outside. Ports of media are the same on both sides.
    pub sip_port: Option<u16>,
}

/// `192.0.2.1`, `192.0.2.1:5062`, `2001:db8::1` or `[2001:db8::1]:5062`.
impl FromStr for Forwarded {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Forwarded, &'static str> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Forwarded { address, sip_port: None });
        }
        match text.parse::<SocketAddr>() {
            Ok(outer) if outer.port() > 0 => Ok(Forwarded { address: outer.ip(), sip_port: Some(outer.port()) }),
            _ => Err("expected an address, or an address and a port, as in 192.0.2.1:5062"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_or_without_a_port() {
        let check = |text: &str, address: &str, sip_port| {
            assert_eq!(text.parse(), Ok(Forwarded { address: address.parse().unwrap(), sip_port }), "{text}");
        };
        check("192.0.2.1", "192.0.2.1", None);
        check("192.0.2.1:5062", "192.0.2.1", Some(5062));
        check("2001:db8::1", "2001:db8::1", None);
        check("[2001:db8::1]:5062", "2001:db8::1", Some(5062));
        for text in ["", "box", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:70000", ":5062"] {
            assert!(text.parse::<Forwarded>().is_err(), "{text}");
        }
    }
}
