//! Names of hosts: the messages of DNS (RFC 1035) and how a SIP host is found by them (RFC 3263). Bytes of a reply flow in, records and addresses
//! flow out; who asks which server, and waits for it, is the shell's.
//!
//! Of DNS only what a stub needs that trusts its server: questions, and records of five types. A reply is read as a stranger's.

mod locate;
mod message;

pub use locate::{Found, Lookup, Target, locate};
pub use message::{Data, Kind, Naptr, Record, Reply, Srv, Unreadable, query, read_reply};
