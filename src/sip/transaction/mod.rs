//! The four transaction machines of RFC 3261 17 with RFC 6026, each one pure table `step(state, stimulus) -> (state, verbs)`.
//!
//! The machines know nothing of messages: [`super::endpoint`] tells them what happened and does what they say. The letters of the RFC's
//! timers are given where each is started.

use std::time::Duration;

pub mod client;
pub mod client_invite;
pub mod server;
pub mod server_invite;

/// Round-trip time estimate (RFC 3261 17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);
/// Longest interval between retransmissions of a non-INVITE request or an INVITE response.
pub const T2: Duration = Duration::from_secs(4);
/// How long a message may stay in the network.
pub const T4: Duration = Duration::from_secs(5);
/// Timers B, F, H, J, L and M.
pub const TIMEOUT: Duration = Duration::from_millis(64 * 500);
/// Timer D: over UDP at least 32 s.
pub const TIMER_D: Duration = Duration::from_secs(32);

/// The three alarms that a transaction may have set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Send again: A, E, G.
    Resend,
    /// Give up: B, F, H.
    GiveUp,
    /// Absorb what is still under way, then end: D, I, J, K, L, M.
    Linger,
}

/// What a machine wants done. The order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Send the message that the transaction holds.
    Send,
    /// Hand the response that came to the user, or the response that the user gave to the peer.
    Pass,
    /// Acknowledge the failure that came (RFC 3261 17.1.1.3).
    Ack,
    /// Start the retransmission at T1; each following one doubles, up to the given limit.
    StartResend(Option<Duration>),
    StartGiveUp(Duration),
    StartLinger(Duration),
    Stop(Timer),
    /// Nobody answered.
    TellTimeout,
    /// It could not be sent.
    TellBroken,
}

/// The wait before the retransmission after next: each doubles, up to the limit that was given with [`Verb::StartResend`].
pub fn next_interval(interval: Duration, interval_max: Option<Duration>) -> Duration {
    let doubled = interval * 2;
    interval_max.map_or(doubled, |interval_max| doubled.min(interval_max))
}
