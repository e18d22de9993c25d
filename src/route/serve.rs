//! Services: what a code that was dialled asks for, with what was dialled behind it resolved.

use super::dialled::{Column, Meant, meant};
use super::{Refusal, View, internal};
use crate::base::id::ExtensionId;
use crate::settings::codes::Service;
use crate::settings::{Extension, LockMode};

/// A service that a call runs, whole: what is behind the code is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    Echo,
    /// The service PIN is asked where `asks_pin`.
    Unlock {
        asks_pin: bool,
    },
    Lock {
        asks_pin: bool,
    },
    /// All calls go there, as it would be dialled; `None`: no longer.
    Forward(Option<String>),
    DoNotDisturb(bool),
    HideNumber(bool),
    /// The call that came last to a member of a group on which the caller is authorised.
    PickupGroup,
    PickupExtension(ExtensionId),
    /// A call of the caller is parked.
    Park,
    /// A parked call waits in that slot.
    Parked(String),
    /// The call that is parked in that slot comes to the caller.
    Fetch(String),
}

impl Served {
    pub(super) fn new(view: &View<'_>, caller: &Extension, service: Service, argument: &str) -> Result<Served, Refusal> {
        let asks_pin = caller.lock.mode == LockMode::Password;
        Ok(match service {
            Service::Echo => Served::Echo,
            // What is never locked cannot be unlocked.
            Service::Unlock | Service::Lock if caller.lock.mode == LockMode::Open => return Err(Refusal::NoLock),
            Service::Unlock => Served::Unlock { asks_pin },
            Service::Lock => Served::Lock { asks_pin },
            Service::ForwardOn if argument.is_empty() => return Err(Refusal::Incomplete),
            Service::ForwardOn if internal::forwarded(view, caller, argument).is_none() => return Err(Refusal::Forbidden),
            Service::ForwardOn => Served::Forward(Some(argument.to_owned())),
            Service::ForwardOff => Served::Forward(None),
            Service::DoNotDisturbOn => Served::DoNotDisturb(true),
            Service::DoNotDisturbOff => Served::DoNotDisturb(false),
            Service::HideNumber => Served::HideNumber(true),
            Service::ShowNumber => Served::HideNumber(false),
            Service::PickupGroup => Served::PickupGroup,
            Service::PickupExtension => match meant(view.settings, caller.tenant, argument, Column::Internal) {
                _ if argument.is_empty() => return Err(Refusal::Incomplete),
                Meant::Extension(extension) => Served::PickupExtension(extension.id),
                _ => return Err(Refusal::UnknownNumber),
            },
            Service::Park => Served::Park,
            Service::ParkSlot => Served::Fetch(argument.to_owned()),
            _ => return Err(Refusal::NotYet),
        })
    }

    /// What it is one of.
    pub const fn service(&self) -> Service {
        match self {
            Served::Echo => Service::Echo,
            Served::Unlock { .. } => Service::Unlock,
            Served::Lock { .. } => Service::Lock,
            Served::Forward(Some(_)) => Service::ForwardOn,
            Served::Forward(None) => Service::ForwardOff,
            Served::DoNotDisturb(true) => Service::DoNotDisturbOn,
            Served::DoNotDisturb(false) => Service::DoNotDisturbOff,
            Served::HideNumber(true) => Service::HideNumber,
            Served::HideNumber(false) => Service::ShowNumber,
            Served::PickupGroup => Service::PickupGroup,
            Served::PickupExtension(_) => Service::PickupExtension,
            Served::Park | Served::Parked(_) => Service::Park,
            Served::Fetch(_) => Service::ParkSlot,
        }
    }

    pub(super) fn print(&self, view_number: impl Fn(&ExtensionId) -> String) -> String {
        match self {
            Served::Echo => "echo".to_owned(),
            Served::Unlock { asks_pin: false } => "unlock".to_owned(),
            Served::Unlock { asks_pin: true } => "unlock with PIN".to_owned(),
            Served::Lock { asks_pin: false } => "lock".to_owned(),
            Served::Lock { asks_pin: true } => "lock with PIN".to_owned(),
            Served::Forward(Some(number)) => format!("forward all calls to {number}"),
            Served::Forward(None) => "forward no calls".to_owned(),
            Served::DoNotDisturb(true) => "do not disturb".to_owned(),
            Served::DoNotDisturb(false) => "disturb again".to_owned(),
            Served::HideNumber(true) => "hide number".to_owned(),
            Served::HideNumber(false) => "show number".to_owned(),
            Served::PickupGroup => "pick up in groups".to_owned(),
            Served::PickupExtension(extension) => format!("pick up {}", view_number(extension)),
            Served::Park => "park".to_owned(),
            Served::Parked(slot) => format!("parked at {slot}"),
            Served::Fetch(slot) => format!("fetch from {slot}"),
        }
    }
}
