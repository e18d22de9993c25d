//! What control tells the relay.

use std::net::{IpAddr, SocketAddr};

use crate::base::Codec;
use crate::base::id::FlowId;

pub use crate::codec::tone::Tone;

/// An order to the relay. Orders of one flow are carried out in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Begin to use a port pair that the Exchange's ledger gave out.
    Open(Open),
    /// From now on, send there and accept from there.
    Aim(Aim),
    /// Two flows hear each other. Replaces an earlier join of either.
    Join(Join),
    /// The flow hears nobody until the next join.
    Part { flow: FlowId },
    /// The flow hears itself, until the next join or part.
    Echo { flow: FlowId, routes: Vec<PayloadRoute> },
    /// The box itself speaks to the flow, in place of what it says already and of who is joined with it. Answered by
    /// [`super::Report::PlayEnded`]; what is endless lasts until the next join.
    Play(Play),
    /// Keys that the party presses are reported, wherever its packets go.
    Listen { flow: FlowId, payload_type: u8 },
    /// Keys held back from a flow were no code: those that come now pass again.
    PassKeys { flow: FlowId },
    /// The party gets keys as if they were pressed now; whom it is joined with it does not hear meanwhile.
    Press(Press),
    /// Stop using the ports. Answered by [`super::Report::Closed`].
    Close { flow: FlowId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Play {
    pub flow: FlowId,
    pub tone: Tone,
    /// PCMA or PCMU.
    pub codec: Codec,
    /// As the party wants to get it.
    pub payload_type: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    pub flow: FlowId,
    pub keys: String,
    /// Of keys, as the party wants to get them.
    pub payload_type: u8,
    pub clock_hz: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub flow: FlowId,
    /// The even RTP port; RTCP is the next one.
    pub port: u16,
    /// The address of ours that the peer sees; packets leave from it.
    pub local: IpAddr,
    /// Our side of the stream towards this party. It never changes while the flow lives.
    pub ssrc: u32,
    pub first_sequence: u16,
    pub first_timestamp: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    pub flow: FlowId,
    pub remote: Remote,
    /// Whether this party wants to hear: false while it put us on hold.
    pub send: bool,
}

/// Where a party's media is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// NAT: send to the first valid source that shows up (and keep to it), whatever the SDP said.
    Latch,
    /// Send to the SDP's addresses and accept only from that IP. Equal addresses mean rtcp-mux (RFC 5761).
    Fixed { rtp: SocketAddr, rtcp: SocketAddr },
}

/// Who hears whom, and what each payload type becomes on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    pub a: FlowId,
    pub b: FlowId,
    /// For packets that came from `a` and leave through `b`.
    pub a_to_b: Vec<PayloadRoute>,
    pub b_to_a: Vec<PayloadRoute>,
    /// The payload type of keys of `a` that may be codes: from a `*` or `#` on they are reported and held back, until they pass again.
    pub a_codes: Option<u8>,
    pub b_codes: Option<u8>,
}

/// A payload type that comes in and the one that goes out. What no route names is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadRoute {
    pub from: u8,
    pub to: u8,
    pub kind: PayloadKind,
    pub clock_hz: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadKind {
    Audio,
    /// RFC 4733.
    TelephoneEvent,
}
