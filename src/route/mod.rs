//! Where a call goes: from settings and a request to a printable [`Plan`], and a call's [`Walk`] through it. Pure; nothing is rung here.

mod admission;
mod failover;
mod internal;
mod plan;
mod refusal;
mod simulate;
mod walk;

pub use admission::Occupancy;
pub use failover::{Known, Transferor};
pub use plan::{Action, Called, External, Node, Plan, Way};
pub use refusal::Refusal;
pub use simulate::{Chain, ChainWay, Place, Simulation, simulate, simulated};
pub use walk::{Ended, Passed, Walk};

use crate::base::Wall;
use crate::base::id::ExtensionId;
use crate::settings::Settings;

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub caller: ExtensionId,
    /// What was dialled, unescaped.
    pub dialled: &'a str,
}

/// Plans a call. The wall clock is for time checks.
pub fn plan(settings: &Settings, occupancy: &Occupancy, request: &Request<'_>, _at: Wall) -> Plan {
    internal::plan(settings, occupancy, request)
}
