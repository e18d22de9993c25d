use std::fmt;
use std::net::SocketAddr;

use super::{Malformed, Params};
use crate::sip::uri::Host;

/// One Via value (RFC 3261 20.42).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `2.0`; a request of another version is refused, yet its answer finds the way back by this Via.
    pub version: String,
    /// `UDP`, in upper case.
    pub transport: String,
    pub host: Host,
    pub port: Option<u16>,
    pub params: Params,
}

/// What a branch of RFC 3261 begins with; without it the transaction is matched as RFC 2543 did (17.2.3).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

impl Via {
    pub fn parse(text: &str) -> Result<Via, Malformed> {
        // `SIP / 2.0 / UDP host : port ; params`, with white space wherever the grammar has SLASH, COLON or SEMI.
        let (protocol, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        let mut parts = protocol.splitn(3, '/');
        let (Some(name), Some(version), Some(tail)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Malformed::new(0, "SIP/2.0/ and a transport"));
        };
        if !name.trim().eq_ignore_ascii_case("SIP") || version.trim().is_empty() {
            return Err(Malformed::new(0, "SIP/2.0"));
        }
        let tail = tail.trim();
        let (transport, sent_by) = tail.split_at(tail.find([' ', '\t']).ok_or(Malformed::new(text.len(), "a host"))?);
        if !transport.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'!' | b'%' | b'*' | b'~')) {
            return Err(Malformed::new(0, "a transport"));
        }
        let sent_by: String = sent_by.chars().filter(|c| !matches!(c, ' ' | '\t')).collect();
        let (host, port) = Host::parse_with_port(&sent_by)?;
        let version = version.trim().to_owned();
        Ok(Via { version, transport: transport.to_ascii_uppercase(), host, port, params: Params::parse(rest)? })
    }

    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// Notes where the request really came from (RFC 3261 18.2.1, RFC 3581 4).
    pub fn note_source(&mut self, source: SocketAddr) {
        let wants_port = self.params.contains("rport");
        if wants_port || self.host.address() != Some(source.ip().to_canonical()) {
            self.params.set("received", Some(&source.ip().to_canonical().to_string()));
        }
        if wants_port {
            self.params.set("rport", Some(&source.port().to_string()));
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/{}/{} {}", self.version, self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_ipv6_are_read() {
        let via = Via::parse("SIP  / 2.0  / TCP     spindle.example.com : 5070  ;  branch  =   z9hG4bK9ikj8").unwrap();
        assert_eq!(via.to_string(), "SIP/2.0/TCP spindle.example.com:5070;branch=z9hG4bK9ikj8");
        let via = Via::parse("SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8:9::255];branch=z9hG4bKas3").unwrap();
        assert_eq!((via.port, via.params.get("received"), via.branch()), (Some(6050), Some("[2001:db8:9::255]"), Some("z9hG4bKas3")));
        assert!(Via::parse("SIP/2.0/UDP").is_err() && Via::parse("HTTP/1.1/TCP a").is_err() && Via::parse("SIP/2.0/UDP a b;c").is_ok());
    }

    #[test]
    fn the_source_is_noted_where_it_differs_or_is_asked_for() {
        let source = "192.0.2.7:4000".parse().unwrap();
        for (text, noted) in [
            ("SIP/2.0/UDP 192.0.2.7:5060;branch=b", "SIP/2.0/UDP 192.0.2.7:5060;branch=b"),
            ("SIP/2.0/UDP 10.0.0.1;branch=b", "SIP/2.0/UDP 10.0.0.1;branch=b;received=192.0.2.7"),
            ("SIP/2.0/UDP phone;rport;branch=b", "SIP/2.0/UDP phone;rport=4000;branch=b;received=192.0.2.7"),
        ] {
            let mut via = Via::parse(text).unwrap();
            via.note_source(source);
            assert_eq!(via.to_string(), noted);
        }
    }
}
