//! A call: a caller's leg walking a plan.

use super::step::ring::Ring;
use crate::base::Wall;
use crate::base::id::{ExtensionId, LegId, TenantId};
use crate::entry::{LegRecord, Outcome};
use crate::route::Plan;

/// A call, from its admission to its record.
#[derive(Debug)]
pub struct Call {
    pub tenant: TenantId,
    pub caller: LegId,
    pub caller_extension: ExtensionId,
    pub caller_number: String,
    pub caller_name: String,
    /// The Call-ID of the caller's leg.
    pub call_id: String,
    pub dialled: String,
    pub plan: Plan,
    pub node: usize,
    pub phase: Phase,
    pub started: Wall,
    /// Extensions that count this call as theirs: each leaves the occupancy once, when the call ends or has left it.
    pub occupied: Vec<ExtensionId>,
    pub legs: Vec<LegRecord>,
}

/// How far a call is.
#[derive(Debug)]
pub enum Phase {
    Ringing {
        ring: Ring,
        callee: ExtensionId,
        max_forwards: u32,
    },
    Talking {
        callee: LegId,
        callee_extension: ExtensionId,
        answered: Wall,
    },
    /// Its record is written; only the arms of a `match` see this.
    Over,
}

impl Call {
    /// The other party of a talking call.
    pub fn peer_of(&self, leg: LegId) -> Option<LegId> {
        match self.phase {
            Phase::Talking { callee, .. } if leg == self.caller => Some(callee),
            Phase::Talking { callee, .. } if leg == callee => Some(self.caller),
            _ => None,
        }
    }

    pub const fn callee_extension(&self) -> Option<ExtensionId> {
        match self.phase {
            Phase::Ringing { callee, .. } => Some(callee),
            Phase::Talking { callee_extension, .. } => Some(callee_extension),
            Phase::Over => None,
        }
    }
}

/// The outcome that a record gives a status with which a call was refused.
pub const fn outcome_of(status: u16) -> Outcome {
    match status {
        486 | 600 | 603 | 607 => Outcome::Busy,
        480 | 408 => Outcome::Unavailable,
        487 => Outcome::Cancelled,
        _ => Outcome::Refused,
    }
}
