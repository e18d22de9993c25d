//! The phone's own transactions (RFC 3261 17), written for the town alone: resend until answered, answer repeats alike.

use std::time::Duration;

use trillo::base::Instant;

use crate::town::message::Message;

pub const T1: Duration = Duration::from_millis(500);
pub const T2: Duration = Duration::from_secs(4);
pub const TIMEOUT: Duration = Duration::from_secs(32);

/// Why a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Register,
    /// By the index of the line.
    Invite(usize),
    Reinvite(usize),
    Cancel(usize),
    Bye(usize),
    /// With an offer.
    Update(usize),
    /// A scenario wants to see what comes.
    Probe,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Client {
    pub request: Message,
    pub bytes: Vec<u8>,
    pub purpose: Purpose,
    pub branch: String,
    /// None: it is not sent again.
    pub resend: Option<(Instant, Duration)>,
    /// When it is given up, or after its final response forgotten.
    pub until: Instant,
    pub has_final: bool,
    pub has_tried_digest: bool,
}

impl Client {
    pub fn is_invite(&self) -> bool {
        matches!(self.purpose, Purpose::Invite(_) | Purpose::Reinvite(_)) || self.request.is_request("INVITE")
    }

    pub fn resent(&mut self, now: Instant) {
        if let Some((_, interval)) = self.resend {
            let doubled = interval * 2;
            let next = if self.is_invite() { doubled } else { doubled.min(T2) };
            self.resend = Some((now + next, next));
        }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Server {
    pub branch: String,
    pub method: String,
    /// The last response.
    pub bytes: Option<Vec<u8>>,
    /// A refused INVITE is refused again until its ACK comes.
    pub resend: Option<(Instant, Duration)>,
    pub until: Instant,
}
