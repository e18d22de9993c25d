//! Calls from one extension to another.

use super::plan::RING_EXITS;
use super::{Action, Cause, Node, Occupancy, Plan, Request};
use crate::settings::{Extension, Origin, Settings};

pub(super) fn plan(settings: &Settings, occupancy: &Occupancy, request: &Request<'_>) -> Plan {
    let Some(caller) = settings.extensions.get(&request.caller).filter(|caller| caller.enabled) else {
        return Plan::refusing(Cause::Forbidden);
    };
    if !occupancy.may_call(caller) {
        return Plan::refusing(Cause::CallerAtLimit);
    }
    let Some(callee) = settings.extension_by_number(caller.tenant, request.dialled) else {
        return Plan::refusing(Cause::UnknownNumber);
    };
    if !callee.enabled {
        return Plan::refusing(Cause::NotInService);
    }
    if !occupancy.may_be_called(callee) {
        return Plan::refusing(Cause::Busy);
    }
    ring(settings, callee)
}

fn ring(settings: &Settings, callee: &Extension) -> Plan {
    let accounts = settings.accounts_of(callee.id).iter().filter_map(|id| settings.accounts.get(id)).filter(|account| account.enabled);
    let accounts = accounts.map(|account| (account.id, account.username.clone())).collect();
    let ring = Node {
        action: Action::Ring { accounts, timeout: callee.failover.timeout(Origin::Internal) },
        exits: RING_EXITS.iter().enumerate().map(|(index, cause)| (*cause, index + 1)).collect(),
    };
    let ends = RING_EXITS.iter().map(|cause| Node { action: Action::HangUp(*cause), exits: vec![] });
    Plan::new(std::iter::once(ring).chain(ends).collect())
}
