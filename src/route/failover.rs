//! What follows when an extension does not take a call: from its failover table, the call's origin and the cause, the next nodes of the plan.

use super::plan::{Action, Called, Exits, External, IN_PRINT, Node, Plan, Way};
use super::refusal::Refusal;
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

/// Plans the extension at a node, unless that is done: its phones, and what follows each cause.
pub(super) fn plan_node(plan: &mut Plan, settings: &Settings, known: &Known, index: usize) {
    let Action::Extension(called) = plan.node(index).action else { return };
    let Some(extension) = in_service(settings, called.extension) else {
        // It was in service when the call was sent here.
        return plan.settle(index, Node { action: Action::HangUp(Refusal::NotInService), exits: Exits::default() });
    };
    let mut exits = Exits::default();
    for cause in IN_PRINT {
        let next = next(settings, known, extension, called.way, cause);
        exits[cause as usize] = Some(plan.place(next));
    }
    let accounts = settings.accounts_of(extension.id).iter().filter_map(|id| settings.accounts.get(id));
    let accounts = accounts.filter(|account| account.enabled).map(|account| account.id).collect();
    let timeout = extension.failover.timeout(known.origin);
    plan.settle(index, Node { action: Action::Ring { called, accounts, timeout }, exits });
}

/// What an extension does with a call that it did not take. What cannot be done is hanging up.
fn next(settings: &Settings, known: &Known, failing: &Extension, way: Way, cause: Cause) -> Action {
    let (chosen, way) = match (way, known.transferor) {
        // A return that fails ends as if the transferor had not answered the call in the first place.
        (Way::Return, Some(transferor)) => (failing.failover.action(transferor.origin, Cause::NoAnswer), Way::Returned),
        _ => (failing.failover.action(known.origin, cause), way),
    };
    match chosen {
        settings::Action::Extension(id) if in_service(settings, *id).is_some() => Action::Extension(Called { extension: *id, way }),
        settings::Action::Voicemail(id) if settings.mailboxes.get(id).is_some_and(|mailbox| mailbox.enabled) => Action::Voicemail(*id),
        settings::Action::External { number, identity, class } => Action::External(External {
            number: number.clone(),
            identity: identity.clone(),
            class: class.or(failing.standard_class),
            on_behalf_of: failing.id,
        }),
        settings::Action::ReturnToTransferor => match known.transferor {
            Some(transferor) if way == Way::Onward && in_service(settings, transferor.extension).is_some() => {
                Action::Extension(Called { extension: transferor.extension, way: Way::Return })
            }
            _ => Action::HangUp(Refusal::from(cause)),
        },
        settings::Action::HangUp | settings::Action::Extension(_) | settings::Action::Voicemail(_) => Action::HangUp(Refusal::from(cause)),
    }
}

fn in_service(settings: &Settings, extension: ExtensionId) -> Option<&Extension> {
    settings.extensions.get(&extension).filter(|extension| extension.enabled)
}
