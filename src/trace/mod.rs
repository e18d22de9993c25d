//! The SIP messages of the last calls, in memory only: what a ladder and a pcap file are made of.
//!
//! In flow bytes as they came and as they left, out flow the messages of one call, of all its legs. Nothing is parsed before somebody looks:
//! keeping a message costs a copy. What a phone proves its password with is in them, the password never is.

mod brief;
mod ladder;
mod pcap;
mod ring;

pub use ladder::{Arrow, Ladder, Party};
pub use pcap::pcap;
pub use ring::{Direction, Seen, Trace};
