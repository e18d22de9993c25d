//! A session description as a value (RFC 8866 5): what [`Description::parse`] makes and [`Description::write`] writes.

use std::fmt;
use std::net::IpAddr;

/// A session description. Times, time zones, keys and the session's name are not kept: nothing reads them (RFC 3264 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    pub origin: Origin,
    pub connection: Option<Host>,
    pub bandwidth: Vec<Bandwidth>,
    /// The attributes before the first media line.
    pub attributes: Vec<Attribute>,
    pub media: Vec<Media>,
}

/// The `o=` line. A new `version` under the same `session_id` says that something changed (RFC 3264 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub username: String,
    pub session_id: u64,
    pub version: u64,
    pub address: Host,
}

impl Default for Origin {
    fn default() -> Self {
        Origin { username: "-".to_owned(), session_id: 0, version: 0, address: Host::Name("unknown.invalid".to_owned()) }
    }
}

/// An address of `o=`, `c=` or `a=rtcp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Address(IpAddr),
    Name(String),
}

impl Host {
    /// Reads what stands behind `IP4` or `IP6`: a time to live, a scope and brackets (both seen in the field) are cut. An IPv4-mapped IPv6
    /// address becomes the IPv4 address that it means.
    pub fn read(text: &str) -> Host {
        let text = text.split('/').next().unwrap_or("");
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        match bare.split('%').next().unwrap_or("").parse::<IpAddr>() {
            Ok(address) => Host::Address(address.to_canonical()),
            Err(_) => Host::Name(text.to_owned()),
        }
    }

    /// True where nothing may be sent: an unspecified address (RFC 3264 8.4) or a name under `.invalid`, its IPv6 form (RFC 6157 5).
    pub fn is_nowhere(&self) -> bool {
        match self {
            Host::Address(address) => address.is_unspecified(),
            Host::Name(name) => name.rsplit('.').next().is_some_and(|top| top.eq_ignore_ascii_case("invalid")),
        }
    }
}

/// As in `c=`: `IP4 192.0.2.1`. The type of a name is a guess that nobody checks.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Address(IpAddr::V4(address)) => write!(f, "IP4 {address}"),
            Host::Address(IpAddr::V6(address)) => write!(f, "IP6 {address}"),
            Host::Name(name) => write!(f, "IP4 {name}"),
        }
    }
}

/// A `b=` line: `AS:64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bandwidth {
    pub kind: String,
    pub value: u64,
}

/// An `a=` line: `a=ptime:20` has a value, `a=sendrecv` has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    pub value: Option<String>,
}

impl Attribute {
    pub fn flag(name: impl Into<String>) -> Attribute {
        Attribute { name: name.into(), value: None }
    }

    pub fn valued(name: impl Into<String>, value: impl Into<String>) -> Attribute {
        Attribute { name: name.into(), value: Some(value.into()) }
    }
}

/// The first word of a media line. RFC 8866 8.2.2 compares it as it stands; we are lenient about its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
    Image,
    Other(String),
}

impl Kind {
    pub fn read(text: &str) -> Kind {
        match text.to_ascii_lowercase().as_str() {
            "audio" => Kind::Audio,
            "video" => Kind::Video,
            "image" => Kind::Image,
            _ => Kind::Other(text.to_owned()),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Audio => "audio",
            Kind::Video => "video",
            Kind::Image => "image",
            Kind::Other(name) => name,
        })
    }
}

/// A media line with what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    pub kind: Kind,
    /// 0 refuses the stream (RFC 3264 6).
    pub port: u16,
    pub protocol: String,
    pub formats: Vec<String>,
    pub connection: Option<Host>,
    pub bandwidth: Vec<Bandwidth>,
    pub attributes: Vec<Attribute>,
}

impl Media {
    /// The values of every attribute of that name; a flag counts as an empty value.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        values(&self.attributes, name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }
}

impl Description {
    /// As [`Media::values`], for the attributes of the whole session.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        values(&self.attributes, name)
    }

    /// Where a media line's packets go: its own `c=`, else the session's.
    pub fn connection_of<'a>(&'a self, media: &'a Media) -> Option<&'a Host> {
        media.connection.as_ref().or(self.connection.as_ref())
    }
}

fn values<'a>(attributes: &'a [Attribute], name: &'a str) -> impl Iterator<Item = &'a str> {
    attributes.iter().filter(move |attribute| attribute.name == name).map(|attribute| attribute.value.as_deref().unwrap_or(""))
}

/// The peer's bytes are not a session description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Counted from 1.
    pub line: usize,
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SDP line {}: expected {}", self.line, self.expected)
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_the_field_writes_them() {
        let address = |text: &str| Host::Address(text.parse().unwrap());
        assert_eq!(Host::read("224.2.17.12/127/3"), address("224.2.17.12"));
        assert_eq!(Host::read("2001:db8::1"), address("2001:db8::1"));
        assert_eq!(Host::read("[2001:db8::1]"), address("2001:db8::1"));
        assert_eq!(Host::read("fe80::1%eth0"), address("fe80::1"));
        assert_eq!(Host::read("::ffff:192.0.2.2"), address("192.0.2.2"));
        assert_eq!(Host::read("host.example.com"), Host::Name("host.example.com".to_owned()));
    }

    #[test]
    fn nowhere_has_three_forms() {
        for text in ["0.0.0.0", "::", "hold.invalid"] {
            assert!(Host::read(text).is_nowhere(), "{text}");
        }
        assert!(!Host::read("invalid.example.com").is_nowhere());
    }
}
