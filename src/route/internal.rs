//! Calls that an extension makes: what it dialled, by the numbering plan.

use super::dialled::{Column, Meant, is_begun, meant};
use super::plan::{Action, Called, Way};
use super::serve::Served;
use super::{Occupancy, Plan, Refusal, Request, View, failover, outside};
use crate::base::id::TenantId;
use crate::settings::codes::Service;
use crate::settings::{Contact, Extension};

pub(super) fn plan(view: &View<'_>, occupancy: &Occupancy, request: &Request<'_>) -> Plan {
    let settings = view.settings;
    let Some(caller) = settings.extensions.get(&request.caller).filter(|caller| caller.enabled) else {
        return Plan::refusing(Refusal::Forbidden);
    };
    let meant = meant(settings, caller.tenant, request.dialled, Column::Internal);
    // Whoever is at the limit may still call for help.
    if !matches!(meant, Meant::Emergency(_)) && !occupancy.may_call(caller) {
        return Plan::refusing(Refusal::CallerAtLimit);
    }
    match action(view, caller, &meant) {
        Ok(action) => Plan::starting(action),
        Err(Refusal::UnknownNumber | Refusal::Forbidden) if is_begun(settings, caller.tenant, request.dialled) => {
            Plan::refusing(Refusal::Incomplete)
        }
        Err(refusal) => Plan::refusing(refusal),
    }
}

/// What a telephone without extension may call: help.
pub(super) fn plan_without_extension(view: &View<'_>, tenant: TenantId, dialled: &str) -> Plan {
    match meant(view.settings, tenant, dialled, Column::Internal) {
        Meant::Emergency(number) => Plan::starting(outside::emergency(view, tenant, None, number)),
        _ => Plan::refusing(Refusal::NoExtension),
    }
}

fn action(view: &View<'_>, caller: &Extension, meant: &Meant<'_>) -> Result<Action, Refusal> {
    match *meant {
        Meant::Emergency(number) => Ok(outside::emergency(view, caller.tenant, Some(caller), number)),
        Meant::Service(Service::HideNumber, number) if !number.is_empty() => with_number(view, caller, number, true),
        Meant::Service(Service::ShowNumber, number) if !number.is_empty() => with_number(view, caller, number, false),
        Meant::Service(service @ (Service::SpeedDial | Service::SpeedDialOwn), dialled) => speed_dialled(view, caller, service, dialled),
        Meant::Service(service, argument) => Served::new(view, caller, service, argument).map(Action::Service),
        Meant::Selection(selection) => {
            Ok(failover::of_setting(view, Some(caller), &selection.action).unwrap_or(Action::HangUp(Refusal::Unavailable)))
        }
        Meant::Extension(callee) if !callee.enabled => Err(Refusal::NotInService),
        Meant::Extension(callee) => Ok(Action::Extension(Called { extension: callee.id, way: Way::Onward })),
        Meant::Remote(line, number) => Ok(outside::remote(view, caller, line, number)),
        Meant::Outside(number) => outside::dialled(view, caller, number).map(Action::External),
        Meant::Nothing => Err(Refusal::UnknownNumber),
    }
}

/// A number of a contact that has these last digits: of everybody's two, of one's own one. It is stored without the prefix for outside lines.
fn speed_dialled(view: &View<'_>, caller: &Extension, service: Service, dialled: &str) -> Result<Action, Refusal> {
    let settings = view.settings;
    let count = if service == Service::SpeedDial { 2 } else { 1 };
    let digits = dialled.len().checked_sub(count).and_then(|at| dialled.get(at..)).unwrap_or_default();
    let is_own = |owner| settings.users.get(&owner).is_some_and(|user| user.extension == Some(caller.id));
    let is_meant = |contact: &&Contact| {
        let is_whose = match contact.owner {
            None => count == 2 && contact.tenant == caller.tenant,
            Some(owner) => count == 1 && is_own(owner),
        };
        is_whose && contact.speed_dial == digits
    };
    let number = settings.contacts.values().find(is_meant).and_then(Contact::first_number).ok_or(Refusal::UnknownNumber)?;
    let number = settings.numbering.normalised(number);
    match settings.extension_by_number(caller.tenant, &number) {
        Some(callee) => action(view, caller, &Meant::Extension(callee)),
        None if settings.numbering.is_emergency(&number) => Ok(outside::emergency(view, caller.tenant, Some(caller), &number)),
        None => outside::dialled(view, caller, &number).map(Action::External),
    }
}

/// One call with the number hidden or shown.
fn with_number(view: &View<'_>, caller: &Extension, number: &str, hides_number: bool) -> Result<Action, Refusal> {
    match meant(view.settings, caller.tenant, number, Column::Internal) {
        // A code behind a code is nobody's number.
        Meant::Service(..) => Err(Refusal::UnknownNumber),
        meant => Ok(match action(view, caller, &meant)? {
            Action::External(mut external) => {
                external.hides_number = hides_number && !external.is_emergency;
                Action::External(external)
            }
            action => action,
        }),
    }
}

/// Where an extension has all its calls sent: what it would get by dialling that. `None`: nowhere that a call can go.
pub(super) fn forwarded(view: &View<'_>, extension: &Extension, number: &str) -> Option<Action> {
    match meant(view.settings, extension.tenant, number, Column::Internal) {
        Meant::Extension(to) if to.enabled && to.id != extension.id => {
            Some(Action::Extension(Called { extension: to.id, way: Way::Onward }))
        }
        Meant::Selection(selection) => failover::of_setting(view, Some(extension), &selection.action),
        Meant::Remote(line, number) => Some(outside::remote(view, extension, line, number)),
        Meant::Outside(number) => outside::dialled(view, extension, number).ok().map(Action::External),
        Meant::Extension(_) | Meant::Service(..) | Meant::Emergency(_) | Meant::Nothing => None,
    }
}
