//! Where a call goes: from settings and a request to a printable [`Plan`]. Pure; nothing is rung here.

mod admission;
mod internal;
mod plan;

pub use admission::Occupancy;
pub use plan::{Action, Cause, Node, Plan};

use crate::base::Wall;
use crate::base::id::ExtensionId;
use crate::base::limits::CALL_HOPS_MAX;
use crate::settings::Settings;

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub caller: ExtensionId,
    /// What was dialled, unescaped.
    pub dialled: &'a str,
    /// Plans that the call has walked already.
    pub hops: u32,
}

/// Plans a call. The wall clock is for time checks.
pub fn plan(settings: &Settings, occupancy: &Occupancy, request: &Request<'_>, _at: Wall) -> Plan {
    if request.hops >= CALL_HOPS_MAX {
        return Plan::refusing(Cause::HopLimit);
    }
    internal::plan(settings, occupancy, request)
}
