use std::net::IpAddr;
use std::time::Duration;

use super::condition::Condition;
use crate::base::{ConnectionId, Flow, Instant};
use crate::settings::Line;
use crate::sip::auth::Client;
use crate::sip::endpoint::ClientTx;
use crate::sip::message::Request;

/// OPTIONS without an answer, in a row, that make a line silent.
const MISSED_MAX: u8 = 2;

/// What is known of a line in service.
#[derive(Debug)]
pub struct Standing {
    pub line: Line,
    /// The user part of our Contact. It is random, so who calls it has it from the registrar.
    pub name: String,
    /// The question for its addresses that has no answer yet.
    pub question: Option<u64>,
    /// Where it is, the best first.
    pub targets: Vec<Flow>,
    /// The one of them in use.
    pub target: usize,
    /// Why the last question found no address, and how many in a row did not.
    pub unknown: Option<(String, u32)>,
    pub registration: Registration,
    /// OPTIONS without an answer, in a row.
    pub missed: u8,
    pub round_trip: Option<Duration>,
    /// Over which it last answered.
    pub connection: Option<ConnectionId>,
    /// What the last event said.
    pub told: Option<Condition>,
}

/// Our registration there.
#[derive(Debug)]
pub struct Registration {
    pub state: State,
    pub call_id: String,
    pub tag: String,
    pub cseq: u32,
    /// Seconds that are proposed: those of the settings, or more if the registrar wants more.
    pub expires: u32,
    /// The challenges that its REGISTERs answer.
    pub client: Client,
    /// The REGISTER that has no answer yet.
    pub asking: Option<Asking>,
    /// Failures in a row.
    pub failures: u32,
    /// Addresses that were tried without success since the last pause.
    pub tried: usize,
}

#[derive(Debug)]
pub struct Asking {
    pub tx: ClientTx,
    /// As it was sent but for its Via.
    pub request: Box<Request>,
    /// How many challenges were answered.
    pub proofs: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is known yet; also of a line that does not register.
    New,
    Registered {
        until: Instant,
    },
    Refused(u16),
    Silent,
}

impl Standing {
    pub fn target(&self) -> Option<Flow> {
        self.targets.get(self.target).copied()
    }

    /// On to the next address; false where there is but one.
    pub fn next_target(&mut self) -> bool {
        if self.targets.len() < 2 {
            return false;
        }
        self.target = (self.target + 1) % self.targets.len();
        true
    }

    /// The addresses from the one in use on.
    pub fn targets_in_order(&self) -> impl Iterator<Item = Flow> {
        let (before, from) = self.targets.split_at(self.target.min(self.targets.len()));
        from.iter().chain(before).copied()
    }

    /// Its name was found to stand for this address: credentials may go there.
    pub fn is_at(&self, address: IpAddr) -> bool {
        self.targets.iter().any(|target| target.remote.ip().to_canonical() == address.to_canonical())
    }

    /// Calls from this address are the line's.
    pub fn is_source(&self, address: IpAddr) -> bool {
        self.is_at(address) || self.line.allowed.iter().any(|network| network.contains(address.to_canonical()))
    }

    pub fn condition(&self, now: Instant) -> Condition {
        if self.targets.is_empty() {
            return match &self.unknown {
                Some((why, _)) => Condition::Unknown(why.clone()),
                None => Condition::Trying,
            };
        }
        let is_missing = self.missed >= MISSED_MAX;
        match self.registration.state {
            State::New if !self.line.registers => {
                if is_missing {
                    Condition::Silent
                } else {
                    Condition::Reachable
                }
            }
            State::New => Condition::Trying,
            State::Registered { until } if now < until && !is_missing => Condition::Registered,
            State::Registered { .. } | State::Silent => Condition::Silent,
            State::Refused(status) => Condition::Refused(status),
        }
    }
}
