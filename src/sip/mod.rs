//! SIP (RFC 3261) as values: no socket, no clock. Bytes and time go in, messages and alarms come out.
//!
//! `message` reads and writes, `transaction` and `endpoint` retransmit and match, `dialog` and `session` remember what two
//! parties agreed on. Whoever drives them is in `exchange` and `shell`.

pub mod auth;
pub mod dialog;
pub mod endpoint;
pub mod framing;
pub mod message;
pub mod session;
pub mod transaction;
pub mod uri;
