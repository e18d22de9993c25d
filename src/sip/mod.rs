//! SIP on the wire (RFC 3261).

pub mod auth;
pub mod framing;
