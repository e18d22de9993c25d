//! Where a call goes: from settings and a request to a printable [`Plan`], and a call's [`Walk`] through it. Pure; nothing is rung here.

mod admission;
mod dialled;
mod failover;
mod inbound;
mod internal;
mod outside;
mod park;
mod plan;
mod refusal;
mod serve;
mod simulate;
mod walk;

pub use admission::Occupancy;
pub use dialled::Column;
pub use failover::{Known, Transferor};
pub use inbound::{has_did, is_blocked, plan_inbound};
pub use outside::{is_locked, opened_for};
pub use park::{Parker, plan_parked};
pub use plan::{Action, Branch, Called, External, Node, Plan, Way};
pub use refusal::Refusal;
pub use serve::Served;
pub use simulate::{From, simulate, simulate_at, simulated};
pub use walk::{Ended, Passed, Walk};

use std::collections::BTreeMap;

use crate::base::Wall;
use crate::base::id::{ExtensionId, TenantId};
use crate::entry::SwitchTable;
use crate::settings::{Extension, Settings};

/// What plans are made from.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub settings: &'a Settings,
    /// What extensions have switched: forwards, locks.
    pub switches: &'a SwitchTable,
    pub at: Wall,
}

impl<'a> View<'a> {
    /// Of a box where nobody has switched anything.
    pub fn of(settings: &'a Settings) -> View<'a> {
        static NOTHING: SwitchTable = BTreeMap::new();
        View { settings, switches: &NOTHING, at: Wall::default() }
    }

    /// It is busy to direct calls.
    fn wants_no_calls(&self, extension: ExtensionId) -> bool {
        self.switches.get(&extension).is_some_and(|switches| switches.do_not_disturb)
    }
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub caller: ExtensionId,
    /// What was dialled, unescaped.
    pub dialled: &'a str,
}

/// Plans the pickup of a call that rings at an extension, by somebody who watches it.
pub fn plan_pickup(view: &View<'_>, occupancy: &Occupancy, picker: ExtensionId, callee: ExtensionId) -> Plan {
    match view.settings.extensions.get(&picker) {
        Some(picker) if !occupancy.may_call(picker) => Plan::refusing(Refusal::CallerAtLimit),
        Some(picker) if view.settings.extensions.get(&callee).is_some_and(|callee| callee.tenant == picker.tenant) => {
            Plan::starting(Action::Service(Served::PickupExtension(callee)))
        }
        _ => Plan::refusing(Refusal::Forbidden),
    }
}

/// Whether an extension may have all its calls sent there, by what it may dial now.
pub fn can_forward(view: &View<'_>, extension: &Extension, number: &str) -> bool {
    internal::forwarded(view, extension, number).is_some()
}

/// Plans a call of an account that has no extension.
pub fn plan_without_extension(view: &View<'_>, tenant: TenantId, dialled: &str) -> Plan {
    internal::plan_without_extension(view, tenant, dialled)
}

/// Where a phone of an extension, or the extension itself, may have a call sent on to. `None`: nowhere that a call can go.
pub fn forwarded(view: &View<'_>, extension: &Extension, number: &str) -> Option<Action> {
    internal::forwarded(view, extension, number)
}

/// Plans a call.
pub fn plan(view: &View<'_>, occupancy: &Occupancy, request: &Request<'_>) -> Plan {
    internal::plan(view, occupancy, request)
}
