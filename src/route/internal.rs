//! Calls from one extension to another.

use super::plan::{Action, Called, Way};
use super::{Occupancy, Plan, Refusal, Request};
use crate::settings::Settings;

pub(super) fn plan(settings: &Settings, occupancy: &Occupancy, request: &Request<'_>) -> Plan {
    let Some(caller) = settings.extensions.get(&request.caller).filter(|caller| caller.enabled) else {
        return Plan::refusing(Refusal::Forbidden);
    };
    if !occupancy.may_call(caller) {
        return Plan::refusing(Refusal::CallerAtLimit);
    }
    match settings.extension_by_number(caller.tenant, request.dialled) {
        None => Plan::refusing(Refusal::UnknownNumber),
        Some(callee) if !callee.enabled => Plan::refusing(Refusal::NotInService),
        Some(callee) => Plan::starting(Action::Extension(Called { extension: callee.id, way: Way::Onward })),
    }
}
