//! What would happen to a call, without calling: the whole plan, and its picture as a chain.

use super::failover::{self, Known};
use super::plan::{Action, IN_PRINT, Plan};
use super::{Occupancy, Refusal, Request, internal};
use crate::base::id::{ExtensionId, MailboxId};
use crate::base::limits::PLAN_NODES_SHOWN_MAX;
use crate::settings::{Cause, Settings};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// As [`Plan::print`] writes it.
    pub plan: String,
    pub chain: Chain,
}

/// Places in the order of the plan's nodes, and the ways between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub places: Vec<Place>,
    pub ways: Vec<ChainWay>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Extension(ExtensionId),
    /// Back to who transferred the call.
    Transferor(ExtensionId),
    Voicemail(MailboxId),
    Outside(String),
    HangUp(Refusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainWay {
    /// An index into the places.
    pub from: usize,
    pub to: usize,
    pub cause: Cause,
    /// A call that goes this way may come back here.
    pub is_loop: bool,
}

/// A call from an extension to what it dials, on a box where nobody else calls.
pub fn simulate(settings: &Settings, dialled: &str, from: ExtensionId) -> Simulation {
    let plan = internal::plan(settings, &Occupancy::default(), &Request { caller: from, dialled });
    simulated(settings, plan, &Known::INTERNAL)
}

/// The same from any plan, of any origin.
pub fn simulated(settings: &Settings, mut plan: Plan, known: &Known) -> Simulation {
    let mut index = 0;
    while index < plan.nodes().len() && plan.nodes().len() <= PLAN_NODES_SHOWN_MAX {
        failover::plan_node(&mut plan, settings, known, index);
        index += 1;
    }
    Simulation { plan: plan.print(settings), chain: chain(&plan) }
}

fn chain(plan: &Plan) -> Chain {
    let mut ways = Vec::new();
    for from in 0..plan.nodes().len() {
        for cause in IN_PRINT {
            if let Some(to) = plan.next(from, cause) {
                ways.push(ChainWay { from, to, cause, is_loop: plan.is_loop(from, to) });
            }
        }
    }
    Chain { places: plan.nodes().iter().map(|node| place(&node.action)).collect(), ways }
}

fn place(action: &Action) -> Place {
    match action {
        Action::Extension(called) | Action::Ring { called, .. } if called.is_return() => Place::Transferor(called.extension),
        Action::Extension(called) | Action::Ring { called, .. } => Place::Extension(called.extension),
        Action::Voicemail(mailbox) => Place::Voicemail(*mailbox),
        Action::External(external) => Place::Outside(external.number.clone()),
        Action::HangUp(refusal) => Place::HangUp(*refusal),
    }
}
