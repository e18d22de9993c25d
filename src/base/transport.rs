//! Transports as values: what carries SIP, without any socket.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// How SIP travels (RFC 3261 18, RFC 7118).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
}

impl Transport {
    pub const ALL: [Transport; 5] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

    /// As in a Via: `UDP`.
    pub const fn via_name(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// As in settings, and but for WSS in a URI parameter: `udp`.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Ws => "ws",
            Transport::Wss => "wss",
        }
    }

    /// As in a URI parameter: RFC 7118 5.2.2 has `ws` for both, with TLS and without.
    pub const fn uri_name(self) -> &'static str {
        match self {
            Transport::Wss => Transport::Ws.name(),
            other => other.name(),
        }
    }

    pub fn from_name(name: &str) -> Option<Transport> {
        Self::ALL.into_iter().find(|transport| transport.name().eq_ignore_ascii_case(name))
    }

    /// True where a request is delivered without retransmission (RFC 3261 17).
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Transport::Udp)
    }

    pub const fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }
}

/// A stream connection, numbered by the shell in the order of opening; 0 is never given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Where a message came from or goes to: enough to answer on the very path it took (RFC 3261 18.2.2, RFC 3581).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    pub transport: Transport,
    /// The address of ours that the peer used; an unspecified address means "whatever the route gives".
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// The stream connection, where there is one.
    pub connection: Option<ConnectionId>,
}
