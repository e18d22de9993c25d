//! What the Exchange shows of itself: a picture swapped in while somebody looks.

use std::net::SocketAddr;
use std::time::Duration;

use crate::base::id::{AccountId, ExtensionId};
use crate::base::{Transport, Wall};

/// What is going on now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    pub taken: Wall,
    pub uptime: Duration,
    pub registrations: Vec<Registration>,
    pub calls: Vec<LiveCall>,
    pub counters: Counters,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    pub account: AccountId,
    pub username: String,
    pub extension: Option<ExtensionId>,
    pub contact: String,
    pub transport: Transport,
    pub remote: SocketAddr,
    pub user_agent: String,
    pub expires_in: Duration,
    /// False for a stream account whose connection is gone: "not connected".
    pub connected: bool,
    /// False after three keep-alive OPTIONS without an answer.
    pub reachable: bool,
    /// Of the last keep-alive OPTIONS.
    pub round_trip: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LiveCall {
    pub call: String,
    pub caller_number: String,
    pub caller_name: String,
    pub callee_number: String,
    pub callee_name: String,
    pub phase: Phase,
    pub since: Wall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Ringing,
    Talking,
    Held,
}

/// Since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub messages_received: u64,
    pub messages_sent: u64,
    /// Bytes that were no SIP or could not be answered.
    pub messages_dropped: u64,
    pub calls_started: u64,
    pub calls_answered: u64,
    pub registrations_accepted: u64,
    pub digests_refused: u64,
}
