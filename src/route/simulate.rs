//! What would happen to a call, without calling: the whole plan, and its picture as a chain.

use super::failover::{self, Known};
use super::plan::{Action, IN_PRINT, Plan};
use super::{Occupancy, Refusal, Request, Served, View, internal};
use crate::base::id::{ExtensionId, MailboxId};
use crate::base::limits::PLAN_NODES_SHOWN_MAX;
use crate::settings::Cause;

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
    /// All its calls go elsewhere.
    Forwarding(ExtensionId),
    Service(Served),
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
pub fn simulate(view: &View<'_>, dialled: &str, from: ExtensionId) -> Simulation {
    let plan = internal::plan(view, &Occupancy::default(), &Request { caller: from, dialled });
    simulated(view, plan, &Known::INTERNAL)
}

/// The same from any plan, of any origin.
pub fn simulated(view: &View<'_>, mut plan: Plan, known: &Known) -> Simulation {
    let mut index = 0;
    while index < plan.nodes().len() && plan.nodes().len() <= PLAN_NODES_SHOWN_MAX {
        failover::plan_node(&mut plan, view, known, index);
        index += 1;
    }
    Simulation { plan: plan.print(view.settings), chain: chain(&plan) }
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
        Action::Forward(called) => Place::Forwarding(called.extension),
        Action::Service(served) => Place::Service(served.clone()),
        Action::Voicemail(mailbox) => Place::Voicemail(*mailbox),
        Action::External(external) => Place::Outside(external.number.clone()),
        Action::HangUp(refusal) => Place::HangUp(*refusal),
    }
}
