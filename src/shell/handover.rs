//! Between the door and the signal thread: connections whose handshakes are done go one way, wishes for connections to phones the other.
//!
//! ```text
//! door   --Handed::Arrived------------------------>  signal   a phone has connected over TLS, WS or WSS
//! door  <--Wish------------------------------------  signal   "connect to this phone, or line, over TLS"
//! door   --Handed::Connected, Handed::NotConnected->  signal   what came of it
//! ```

use std::net::SocketAddr;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::carrier::Moving;
use crate::base::Transport;
use crate::base::limits::SIP_HANDED_MAX;
use crate::settings::Fingerprint;

/// What the door has for the signal thread.
pub enum Handed {
    Arrived(Arrived),
    /// A connection that was wished for.
    Connected(Arrived),
    NotConnected {
        remote: SocketAddr,
    },
}

/// A connection that can carry SIP from its next byte on.
pub struct Arrived {
    pub moving: Moving,
    pub transport: Transport,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// What the peer had sent before it was told that the handshake is over.
    pub early: Vec<u8>,
}

/// A connection over TLS that is wished for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub remote: SocketAddr,
    /// Of a line; none of a phone.
    pub peer: Option<Peer>,
}

/// Who must be at the far end of a connection, which its certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// A host name, or an address as text.
    pub name: String,
    /// This very certificate, whoever made it; `None`: one for that name, from an authority that the system trusts.
    pub certificate: Option<Fingerprint>,
}

/// The signal thread's end.
pub struct SignalEnd {
    pub handed: Receiver<Handed>,
    pub wishes: Sender<Wish>,
}

/// The door's end.
pub struct DoorEnd {
    pub handed: Sender<Handed>,
    pub wishes: Receiver<Wish>,
}

pub fn pair() -> (SignalEnd, DoorEnd) {
    let (handed, arrivals) = channel(SIP_HANDED_MAX);
    let (wishes, wished) = channel(SIP_HANDED_MAX);
    (SignalEnd { handed: arrivals, wishes }, DoorEnd { handed, wishes: wished })
}
