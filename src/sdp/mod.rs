//! Session descriptions (RFC 8866) and the offer/answer model (RFC 3264), for audio over RTP/AVP.
//!
//! Bytes of a SIP body flow in through [`Description::parse`]; [`read`] makes a [`Remote`] of it, what a peer can take and where. Out flows
//! text: an [`Offer`] writes itself and understands its answer, [`answer`] replies to a [`Remote`]. Everything is a value; addresses, ports and
//! version numbers come from the caller.
//!
//! Also: telephone-event (RFC 4733), `a=rtcp` (RFC 3605), `a=rtcp-mux` (RFC 5761), hold as RFC 2543, RFC 3264 and RFC 6157 write it. Attributes
//! that nobody reads yet, `a=crypto` on RTP/AVP among them (RFC 8643), are kept in the [`Description`].

mod answer;
mod compose;
mod description;
mod direction;
mod offer;
mod parse;
mod remote;
mod write;

pub use answer::{answer, choose};
pub use description::{Attribute, Bandwidth, Description, Host, Kind, Malformed, Media, Origin};
pub use direction::Direction;
pub use offer::{Agreed, AgreedEvent, Answered, Offer};
pub use remote::{Audio, Line, OfferedCodec, Remote, TelephoneEvent, Unusable, read};

use std::net::IpAddr;

/// Our side of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    pub address: IpAddr,
    /// The RTP port; RTCP is the next one, or the same where rtcp-mux is agreed.
    pub port: u16,
    pub session_id: u64,
    /// One more than in our last description if anything in it differs (RFC 3264 8). The caller counts.
    pub version: u64,
    /// What we want. An answer narrows it to what the offer permits.
    pub direction: Direction,
}
