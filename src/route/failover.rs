//! What follows when an extension does not take a call: from its failover table, the call's origin and the cause, the next nodes of the plan.

use super::plan::{Action, Called, Exits, IN_PRINT, Node, Plan, Way};
use super::refusal::Refusal;
use super::{View, internal, outside};
use crate::base::id::ExtensionId;
use crate::settings::{self, Cause, Extension, Origin, Settings};

/// What a plan must know of a call besides whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The column of every failover table on its way.
    pub origin: Origin,
    pub transferor: Option<Transferor>,
}

impl Known {
    /// Of a call between extensions.
    pub const INTERNAL: Known = Known { origin: Origin::Internal, transferor: None };
}

/// Who transferred a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferor {
    pub extension: ExtensionId,
    /// Of the call before it was transferred.
    pub origin: Origin,
}

/// Plans the extension at a node, unless that is done: its phones, and what follows each cause; or where it sends all its calls.
pub(super) fn plan_node(plan: &mut Plan, view: &View<'_>, known: &Known, index: usize) {
    let settings = view.settings;
    let Action::Extension(called) = plan.node(index).action else { return };
    let Some(extension) = in_service(settings, called.extension) else {
        // It was in service when the call was sent here.
        return plan.settle(index, Node { action: Action::HangUp(Refusal::NotInService), exits: Exits::default() });
    };
    let forward = view.switches.get(&extension.id).and_then(|switches| switches.forward.as_deref());
    // A call that comes back to who transferred it is for them.
    if let Some(to) = forward.filter(|_| called.way != Way::Return).and_then(|number| internal::forwarded(view, extension, number)) {
        let next = plan.place(to);
        return plan.settle(index, Node { action: Action::Forward(called), exits: [Some(next); Cause::ALL.len()] });
    }
    let mut exits = Exits::default();
    for cause in IN_PRINT {
        let next = next(view, known, extension, called.way, cause);
        exits[cause as usize] = Some(plan.place(next));
    }
    let accounts = settings.accounts_of(extension.id).iter().filter_map(|id| settings.accounts.get(id));
    let accounts = accounts.filter(|account| account.enabled).map(|account| account.id).collect();
    let timeout = extension.failover.timeout(known.origin);
    plan.settle(index, Node { action: Action::Ring { called, accounts, timeout }, exits });
}

/// What an extension does with a call that it did not take. What cannot be done is hanging up.
fn next(view: &View<'_>, known: &Known, failing: &Extension, way: Way, cause: Cause) -> Action {
    let (chosen, way) = match (way, known.transferor) {
        // A return that fails ends as if the transferor had not answered the call in the first place.
        (Way::Return, Some(transferor)) => (failing.failover.action(transferor.origin, Cause::NoAnswer), Way::Returned),
        _ => (failing.failover.action(known.origin, cause), way),
    };
    match chosen {
        settings::Action::ReturnToTransferor => match known.transferor {
            Some(transferor) if way == Way::Onward && in_service(view.settings, transferor.extension).is_some() => {
                Action::Extension(Called { extension: transferor.extension, way: Way::Return })
            }
            _ => Action::HangUp(Refusal::from(cause)),
        },
        chosen => match of_setting(view, Some(failing), chosen) {
            Some(Action::Extension(called)) => Action::Extension(Called { way, ..called }),
            Some(action) => action,
            None => Action::HangUp(Refusal::from(cause)),
        },
    }
}

/// What an action in the settings comes to. `None`: it is hanging up, or leads to what is not in service.
pub(super) fn of_setting(view: &View<'_>, on_behalf_of: Option<&Extension>, action: &settings::Action) -> Option<Action> {
    let settings = view.settings;
    match action {
        settings::Action::Extension(id) => {
            in_service(settings, *id).map(|_| Action::Extension(Called { extension: *id, way: Way::Onward }))
        }
        settings::Action::Voicemail(id) => settings.mailboxes.get(id).filter(|mailbox| mailbox.enabled).map(|_| Action::Voicemail(*id)),
        settings::Action::External { number, identity, class } => {
            Some(Action::External(outside::of_action(view, on_behalf_of, number, identity.as_deref(), *class)))
        }
        // The form refuses a selection that leads to another one, so this ends.
        settings::Action::Selection(id) => match &settings.selections.get(id)?.action {
            settings::Action::Selection(_) => None,
            action => of_setting(view, on_behalf_of, action),
        },
        settings::Action::HangUp | settings::Action::ReturnToTransferor => None,
    }
}

fn in_service(settings: &Settings, extension: ExtensionId) -> Option<&Extension> {
    settings.extensions.get(&extension).filter(|extension| extension.enabled)
}
