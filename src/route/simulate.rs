//! What would happen to a call, without calling: the whole plan, on a box where nobody else calls.

use super::failover::{self, Known};
use super::plan::{Action, Called, Plan, Way};
use super::{Occupancy, Request, Transferor, View, inbound, internal};
use crate::base::id::ExtensionId;
use crate::base::limits::PLAN_NODES_SHOWN_MAX;
use crate::settings::{Line, Origin};

/// Where a call that is only thought of comes from.
#[derive(Clone, Copy, Debug)]
pub enum From<'a> {
    /// A phone of this extension dials.
    Extension(ExtensionId),
    /// This extension transfers a call, which came from another one.
    Transferor(ExtensionId),
    /// Somebody outside calls a number of this line.
    Line(&'a Line),
}

/// A call to digits that somebody dials.
pub fn simulate(view: &View<'_>, dialled: &str, from: From<'_>) -> Plan {
    let dials = |caller| internal::plan(view, &Occupancy::default(), &Request { caller, dialled });
    match from {
        From::Extension(caller) => simulated(view, dials(caller), &Known::INTERNAL),
        From::Transferor(by) => simulated(view, dials(by), &Known::transferred_by(by)),
        From::Line(line) => simulated(view, inbound::plan_inbound(view, line, dialled), &Known::EXTERNAL),
    }
}

/// A call that has come to an extension, by whatever way.
pub fn simulate_at(view: &View<'_>, extension: ExtensionId, known: &Known) -> Plan {
    simulated(view, Plan::starting(Action::Extension(Called { extension, way: Way::Onward })), known)
}

/// The same from any plan, of any origin, as far as a person can read it.
pub fn simulated(view: &View<'_>, mut plan: Plan, known: &Known) -> Plan {
    let mut index = 0;
    while index < plan.nodes().len() && plan.nodes().len() <= PLAN_NODES_SHOWN_MAX {
        failover::plan_node(&mut plan, view, known, index);
        index += 1;
    }
    plan
}

impl Known {
    /// Of a call over a line.
    pub const EXTERNAL: Known = Known { origin: Origin::External, transferor: None };

    /// Of a call between extensions that one of them, or a third, transferred.
    pub const fn transferred_by(extension: ExtensionId) -> Known {
        Known { origin: Origin::Transfer, transferor: Some(Transferor { extension, origin: Origin::Internal }) }
    }
}
