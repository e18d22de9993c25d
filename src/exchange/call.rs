//! A call: a caller's leg walking a plan.

use super::line::Dialling;
use super::step::code::Code;
use super::step::ring::Ring;
use crate::base::Wall;
use crate::base::id::{ExtensionId, LegId, TenantId};
use crate::entry::{Hop, LegRecord, Outcome, Place};
use crate::route::{Action, Ended, Node, Refusal, Walk};
use crate::settings::Cause;

/// A call, from its admission to its record.
#[derive(Debug)]
pub struct Call {
    pub tenant: TenantId,
    pub caller: LegId,
    /// None: it came over a line.
    pub caller_extension: Option<ExtensionId>,
    pub caller_number: String,
    pub caller_name: String,
    /// The Call-ID of the caller's leg.
    pub call_id: String,
    pub dialled: String,
    /// Where it is in its plan, and which called extensions count it.
    pub walk: Walk,
    pub phase: Phase,
    /// How often its caller was transferred.
    pub transfers: u32,
    pub started: Wall,
    /// Calls are counted from the start: of two in one millisecond the later has more.
    pub order: u64,
    pub legs: Vec<LegRecord>,
}

/// How far a call is.
#[derive(Debug)]
pub enum Phase {
    Ringing {
        ring: Ring,
        max_forwards: u32,
        /// The number outside that is being called.
        outside: Option<Box<Dialling>>,
    },
    Talking {
        callee: LegId,
        /// None: whoever took it is behind a line.
        callee_extension: Option<ExtensionId>,
        answered: Wall,
    },
    /// The caller waits to be talked with again.
    Waiting { waits: Waits, since: Wall },
    /// The box itself talks with the caller.
    Served { code: Code, answered: Wall },
    /// Its record is written; only the arms of a `match` see this.
    Over,
}

/// What a caller waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// In a park slot, for whoever dials it.
    InSlot(String),
    /// For the phone that talks with somebody else meanwhile.
    For(LegId),
}

impl Call {
    /// Somebody, or the box, took it.
    pub const fn is_answered(&self) -> bool {
        matches!(self.phase, Phase::Talking { .. } | Phase::Served { .. } | Phase::Waiting { .. })
    }

    /// The other party of a talking call.
    pub fn peer_of(&self, leg: LegId) -> Option<LegId> {
        match self.phase {
            Phase::Talking { callee, .. } if leg == self.caller => Some(callee),
            Phase::Talking { callee, .. } if leg == callee => Some(self.caller),
            _ => None,
        }
    }

    /// The extension that talks, or is called now.
    pub fn callee_extension(&self) -> Option<ExtensionId> {
        match self.phase {
            Phase::Ringing { .. } => self.walk.called(),
            Phase::Talking { callee_extension, .. } => callee_extension,
            Phase::Waiting { .. } | Phase::Served { .. } | Phase::Over => None,
        }
    }

    /// The number outside that it is at, else what was dialled.
    pub fn number_now(&self) -> String {
        match self.walk.action() {
            Action::External(external) => external.number.clone(),
            _ => self.dialled.clone(),
        }
    }

    /// For which place of its path a phone is rung now.
    pub fn hop(&self) -> usize {
        self.walk.passed().len()
    }

    /// Where the call went, for its record, if it did not end where it was dialled.
    pub fn path(&self, outcome: Outcome) -> Vec<Hop> {
        let plan = self.walk.plan();
        let passed = self.walk.passed().iter().map(|passed| {
            let outcome = match passed.ended {
                Ended::Failed(cause) => outcome_after(cause),
                Ended::Forwarded => Outcome::Forwarded,
            };
            (plan.node(passed.node), outcome)
        });
        let hop = |(node, outcome): (&Node, Outcome)| Some(Hop { place: place_of(&node.action)?, outcome });
        let path: Vec<Hop> = passed.chain([(self.walk.node(), outcome)]).filter_map(hop).collect();
        if path.len() > 1 { path } else { Vec::new() }
    }
}

fn place_of(action: &Action) -> Option<Place> {
    match action {
        Action::Extension(called) | Action::Ring { called, .. } => Some(Place::Extension(called.extension)),
        Action::Forward(called) => Some(Place::Extension(called.extension)),
        Action::Voicemail(mailbox) => Some(Place::Voicemail(*mailbox)),
        Action::External(external) => Some(Place::Outside(external.number.clone())),
        Action::Service(_) | Action::HangUp(_) => None,
    }
}

const fn outcome_after(cause: Cause) -> Outcome {
    match cause {
        Cause::NoAnswer => Outcome::NoAnswer,
        Cause::Busy => Outcome::Busy,
        Cause::Unavailable => Outcome::Unavailable,
    }
}

/// The outcome of a call that is hung up so.
pub const fn outcome_of_refusal(refusal: Refusal) -> Outcome {
    match refusal {
        Refusal::NoAnswer => Outcome::NoAnswer,
        refusal => outcome_of(refusal.status()),
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
