//! RTP and RTCP as bytes: reading, checking and rewriting in place, and the figures of a received stream (RFC 3550, 3551, 4733, 5761).
//!
//! Bytes of a peer flow in, headers and verdicts flow out. Nothing here allocates, and nothing that a peer may send panics.

pub mod packet;
pub mod reception;
pub mod rtcp;
pub mod telephone_event;

pub use packet::Header;
pub use reception::{Placement, Reception};
pub use telephone_event::TelephoneEvent;
