//! URIs of SIP (RFC 3261 19.1), with tel: (RFC 3966) and whatever other scheme kept as it is.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::message::{Malformed, Params};
use crate::base::Transport;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    Sip(SipUri),
    /// `tel:` with the number as written, and its parameters.
    Tel {
        number: String,
        params: Params,
    },
    /// Any other scheme; what follows the colon is not looked at.
    Other {
        scheme: String,
        rest: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipUri {
    /// `sips:`.
    pub secure: bool,
    /// As written, with its escapes; see [`SipUri::user_unescaped`].
    pub user: Option<String>,
    pub password: Option<String>,
    pub host: Host,
    pub port: Option<u16>,
    pub params: Params,
    /// What follows `?`, as written.
    pub headers: Option<String>,
}

/// A host: an address, or a name in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    Address(IpAddr),
    Name(String),
}

impl Uri {
    pub fn parse(text: &str) -> Result<Uri, Malformed> {
        let colon = text.find(':').ok_or(Malformed::new(text.len(), "a scheme and `:`"))?;
        let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
        let starts_well = scheme.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        if !starts_well || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
            return Err(Malformed::new(0, "a scheme"));
        }
        if let Some(at) = text.bytes().position(|b| b <= b' ' || matches!(b, b'<' | b'>' | b'"' | 0x7f)) {
            return Err(Malformed::new(at, "a URI without space, quotes or angle brackets"));
        }
        if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") {
            return SipUri::parse(rest, scheme.len() == 4).map(Uri::Sip);
        }
        if scheme.eq_ignore_ascii_case("tel") {
            let (number, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
            if number.is_empty() {
                return Err(Malformed::new(colon + 1, "a number"));
            }
            return Ok(Uri::Tel { number: number.to_owned(), params: Params::parse(params)? });
        }
        Ok(Uri::Other { scheme: scheme.to_owned(), rest: rest.to_owned() })
    }

    pub const fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Uri::Sip(uri) => Some(uri),
            _ => None,
        }
    }

    /// Whom it names: the user part unescaped, or the number of tel: without its visual separators.
    pub fn user(&self) -> Option<String> {
        match self {
            Uri::Sip(uri) => uri.user_unescaped(),
            Uri::Tel { number, .. } => Some(number.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')')).collect()),
            Uri::Other { .. } => None,
        }
    }

    /// Equality of RFC 3261 19.1.4 for sip and sips; for the rest, of the text.
    pub fn is_same_as(&self, other: &Uri) -> bool {
        match (self, other) {
            (Uri::Sip(a), Uri::Sip(b)) => a.is_same_as(b),
            _ => self == other,
        }
    }
}

impl SipUri {
    pub fn new(user: Option<&str>, host: Host, port: Option<u16>) -> SipUri {
        SipUri { secure: false, user: user.map(escape_user), password: None, host, port, params: Params::default(), headers: None }
    }

    fn parse(text: &str, secure: bool) -> Result<SipUri, Malformed> {
        // The user part ends at the first `@`; none may follow unescaped, and `;`, `?` and `/` may stand in a user part.
        let (userinfo, rest) = match text.find('@') {
            Some(at) => (Some(&text[..at]), &text[at + 1..]),
            None => (None, text),
        };
        let (user, password) = match userinfo {
            None => (None, None),
            Some(userinfo) => {
                let (user, password) = match userinfo.split_once(':') {
                    Some((user, password)) => (user, Some(password.to_owned())),
                    None => (userinfo, None),
                };
                if user.is_empty() {
                    return Err(Malformed::new(0, "a user before `@`"));
                }
                check_escapes(user)?;
                (Some(user.to_owned()), password)
            }
        };
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers.to_owned())),
            None => (rest, None),
        };
        let (hostport, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = Host::parse_with_port(hostport)?;
        Ok(SipUri { secure, user, password, host, port, params: Params::parse(params)?, headers })
    }

    /// The user part with its escapes read and cut at the first `;` as it stood, so that `201;phone-context=x` is 201.
    pub fn user_unescaped(&self) -> Option<String> {
        let user = self.user.as_deref()?;
        Some(unescape(user.split(';').next().unwrap_or(user)))
    }

    pub fn transport(&self) -> Option<Transport> {
        Transport::from_name(self.params.get("transport")?)
    }

    /// RFC 3261 19.1.4.
    pub fn is_same_as(&self, other: &SipUri) -> bool {
        let same_user = match (&self.user, &other.user) {
            (Some(a), Some(b)) => unescape(a) == unescape(b),
            (None, None) => true,
            _ => false,
        };
        let same_params = self.params.iter().all(|param| match other.params.get(&param.name) {
            Some(value) => value.eq_ignore_ascii_case(param.value.as_deref().unwrap_or("")),
            None => !matters_when_absent(&param.name),
        }) && other.params.iter().all(|param| self.params.contains(&param.name) || !matters_when_absent(&param.name));
        self.secure == other.secure
            && same_user
            && self.password == other.password
            && self.host == other.host
            && self.port == other.port
            && same_params
            && self.headers == other.headers
    }
}

/// Parameters that make two URIs differ even if only one of them has it (RFC 3261 19.1.4).
fn matters_when_absent(name: &str) -> bool {
    ["user", "ttl", "method", "maddr", "transport"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

impl Host {
    pub fn parse(text: &str) -> Result<Host, Malformed> {
        match Host::parse_with_port(text)? {
            (host, None) => Ok(host),
            _ => Err(Malformed::new(0, "a host without port")),
        }
    }

    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
    pub fn parse_with_port(text: &str) -> Result<(Host, Option<u16>), Malformed> {
        if let Some(bracketed) = text.strip_prefix('[') {
            let end = bracketed.find(']').ok_or(Malformed::new(text.len(), "`]`"))?;
            let address: Ipv6Addr = bracketed[..end].parse().map_err(|_| Malformed::new(1, "an IPv6 address"))?;
            let port = match bracketed[end + 1..].strip_prefix(':') {
                Some(port) => Some(parse_port(port)?),
                None if end + 1 == bracketed.len() => None,
                None => return Err(Malformed::new(end + 2, "`:` and a port")),
            };
            return Ok((Host::Address(IpAddr::V6(address)), port));
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (text, None),
        };
        if host.is_empty() || !host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')) {
            return Err(Malformed::new(0, "a host"));
        }
        Ok((host.parse().map_or_else(|_| Host::Name(host.to_ascii_lowercase()), Host::Address), port))
    }

    pub const fn address(&self) -> Option<IpAddr> {
        match self {
            Host::Address(address) => Some(*address),
            Host::Name(_) => None,
        }
    }
}

fn parse_port(text: &str) -> Result<u16, Malformed> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).ok_or(Malformed::new(0, "a port of 0 to 65535"))
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Host::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Host::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Uri::Sip(uri) => uri.fmt(f),
            Uri::Tel { number, params } => write!(f, "tel:{number}{params}"),
            Uri::Other { scheme, rest } => write!(f, "{scheme}:{rest}"),
        }
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write!(f, "{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)?;
        if let Some(headers) = &self.headers {
            write!(f, "?{headers}")?;
        }
        Ok(())
    }
}

/// Reads `%` escapes. Bytes that are no UTF-8 become U+FFFD, and %00 stays a NUL: it cuts nothing.
pub fn unescape(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |b: u8| char::from(b).to_digit(16);
        match (bytes[at], bytes.get(at + 1).copied().and_then(hex), bytes.get(at + 2).copied().and_then(hex)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (b, ..) => {
                plain.push(b);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Escapes what may not stand in a user part (RFC 3261 25.1 `user`).
pub fn escape_user(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for b in text.bytes() {
        let stands = b.is_ascii_alphanumeric()
            || matches!(b, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' | b'&' | b'=' | b'+' | b'$' | b',' | b'?' | b'/');
        if stands {
            escaped.push(char::from(b));
        } else {
            escaped.push_str(&format!("%{b:02X}"));
        }
    }
    escaped
}

fn check_escapes(text: &str) -> Result<(), Malformed> {
    for (at, _) in text.match_indices('%') {
        if !text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
            return Err(Malformed::new(at, "two hex digits after `%`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        Uri::parse(text).unwrap_or_else(|malformed| panic!("{text}: {malformed}"))
    }

    #[test]
    fn what_is_read_is_written() {
        for text in [
            "sip:anna@192.0.2.1",
            "sips:anna:secret@example.com:5061;transport=tcp;lr?Subject=hi%20there",
            "sip:[2001:db8::1]:5070",
            "sip:user;par=u%40example.net@example.com",
            "sip:%23101@example.com",
            "tel:+1-212-555-1212;phone-context=a",
            "soap.beep://192.0.2.103:3002",
        ] {
            assert_eq!(uri(text).to_string(), text);
        }
    }

    #[test]
    fn the_user_is_unescaped_and_cut_at_the_semicolon() {
        for (text, user) in [
            ("sip:%23101@h", Some("#101")),
            ("sip:201;phone-context=x@h", Some("201")),
            ("sip:null-%00-null@h", Some("null-\0-null")),
            ("sip:h", None),
            ("tel:+1-(212).555", Some("+1212555")),
        ] {
            assert_eq!(uri(text).user().as_deref(), user, "{text}");
        }
        assert_eq!(escape_user("#10 1"), "%2310%201");
    }

    #[test]
    fn malformed_is_refused() {
        for text in [
            "",
            "sip:",
            "sip:@h",
            "sip:a b@h",
            "sip:a@h:70000",
            "sip:a@h:",
            "sip:a@[::1",
            "sip:a@[::g]",
            "sip:a%4@h",
            "<sip:a@h>",
            "1sip:a",
            "tel:",
        ] {
            assert!(Uri::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn equality_is_that_of_the_rfc() {
        for (a, b, same) in [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp", true),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true),
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false),
            ("sip:bob@biloxi.com", "sips:bob@biloxi.com", false),
        ] {
            assert_eq!(uri(a).is_same_as(&uri(b)), same, "{a} {b}");
            assert_eq!(uri(b).is_same_as(&uri(a)), same, "{b} {a}");
        }
    }
}
