//! Parked calls: in a slot until somebody fetches them or their time is over; then back to the very phone that parked them, and if it does
//! not take them, on as that extension's table says for a transferred call that nobody answered.

use super::View;
use super::failover::{self, Known, Transferor};
use super::plan::{Action, Called, Plan, Way};
use super::serve::Served;
use crate::base::id::{AccountId, ExtensionId};
use crate::settings::{Cause, Origin};

/// Who parks a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parker {
    pub extension: ExtensionId,
    pub account: AccountId,
}

impl Parker {
    /// A parked call is a transferred one, whatever it was before.
    pub const fn known(self) -> Known {
        Known { origin: Origin::Transfer, transferor: Some(Transferor { extension: self.extension, origin: Origin::Transfer }) }
    }
}

pub fn plan_parked(view: &View<'_>, by: Parker, slot: &str) -> Plan {
    let mut plan = Plan::starting(Action::Service(Served::Parked(slot.to_owned())));
    let back = plan.place(Action::Extension(Called { extension: by.extension, way: Way::Return }));
    failover::plan_node(&mut plan, view, &by.known(), back);
    plan.ring_only(back, by.account);
    plan.lead(0, Cause::NoAnswer, back);
    plan
}
