//! Calls to the outside: what an extension may dial, over which lines, and as whom.

use std::time::Duration;

use super::View;
use super::plan::{Action, External};
use super::refusal::Refusal;
use crate::base::id::{ClassId, LineId, TenantId};
use crate::settings::{Extension, Line, LineKind, LockMode, UnlockPolicy};

/// An unlock for one call that nobody makes is spent after so long.
const UNLOCKED_FOR_A_CALL: Duration = Duration::from_secs(300);

/// Whether its lock stands between an extension and its standard class.
pub fn is_locked(view: &View<'_>, extension: &Extension) -> bool {
    if extension.lock.mode == LockMode::Open {
        return false;
    }
    let Some(since) = view.switches.get(&extension.id).and_then(|switches| switches.unlocked()) else { return true };
    let Some(opened_for) = opened_for(extension) else { return false };
    // A clock that went back has not opened it again.
    view.at < since || view.at.since(since) >= opened_for
}

/// How long an unlock lasts; `None`: until it is locked again.
pub fn opened_for(extension: &Extension) -> Option<Duration> {
    match extension.lock.policy {
        UnlockPolicy::PerCall => Some(UNLOCKED_FOR_A_CALL),
        UnlockPolicy::After(duration) => Some(duration),
        UnlockPolicy::UntilLocked => None,
    }
}

/// The class of what somebody dials, forwards or transfers to.
fn class_in_force(view: &View<'_>, extension: &Extension) -> Option<ClassId> {
    if is_locked(view, extension) { extension.restricted_class } else { extension.standard_class }
}

/// A number outside that an extension dials, or sends its calls to by itself.
pub(super) fn dialled(view: &View<'_>, caller: &Extension, number: &str) -> Result<External, Refusal> {
    let number = view.settings.numbering.normalised(number);
    let class = class_in_force(view, caller);
    let lines = class.and_then(|class| lines(view, class, &number));
    match lines {
        Some(lines) => {
            let spends_unlock =
                caller.lock.mode != LockMode::Open && caller.lock.policy == UnlockPolicy::PerCall && !is_locked(view, caller);
            Ok(External { class, lines, spends_unlock, ..External::of(view, Some(caller), number) })
        }
        // The same number passes when it is unlocked.
        None if is_locked(view, caller) && caller.standard_class.is_some_and(|class| self::lines(view, class, &number).is_some()) => {
            Err(Refusal::Locked)
        }
        // Who has no class has nobody outside.
        None if class.is_none() => Err(Refusal::UnknownNumber),
        None => Err(Refusal::Forbidden),
    }
}

/// A number outside that an administrator's action names: over the class named there, or the extension's standard class.
pub(super) fn of_action(
    view: &View<'_>,
    on_behalf_of: Option<&Extension>,
    number: &str,
    identity: Option<&str>,
    class: Option<ClassId>,
) -> External {
    let number = view.settings.numbering.normalised(number);
    let class = class.or(on_behalf_of.and_then(|extension| extension.standard_class));
    let lines = class.and_then(|class| lines(view, class, &number)).unwrap_or_default();
    External { class, lines, identity: identity.map(str::to_owned), ..External::of(view, on_behalf_of, number) }
}

/// Any working line will do, and the number is shown. A telephone without extension may call for help as well.
pub(super) fn emergency(view: &View<'_>, tenant: TenantId, caller: Option<&Extension>, number: &str) -> Action {
    let lines = view.settings.lines.values().filter(|line| line.enabled && line.tenant == tenant && line.kind != LineKind::Site);
    let lines = lines.map(|line| line.id).collect();
    Action::External(External { lines, is_emergency: true, hides_number: false, ..External::of(view, caller, number.to_owned()) })
}

/// An extension of another site: it needs no class, and no lock stands before it.
pub(super) fn remote(view: &View<'_>, caller: &Extension, line: &Line, number: &str) -> Action {
    let to = External::of(view, Some(caller), number.to_owned());
    Action::External(External { lines: vec![line.id], hides_number: false, ..to })
}

fn lines(view: &View<'_>, class: ClassId, number: &str) -> Option<Vec<LineId>> {
    let of = |line: &LineId| view.settings.lines.get(line);
    let is_enabled = |line: &&LineId| of(line).is_some_and(|line: &Line| line.enabled);
    Some(view.settings.classes.get(&class)?.lines(number)?.iter().filter(is_enabled).copied().collect())
}

impl External {
    /// Of somebody outside who is in talk already.
    pub(super) fn reached(number: &str) -> External {
        External {
            number: number.to_owned(),
            identity: None,
            class: None,
            lines: Vec::new(),
            on_behalf_of: None,
            hides_number: false,
            is_emergency: false,
            spends_unlock: false,
        }
    }

    fn of(view: &View<'_>, extension: Option<&Extension>, number: String) -> External {
        let switched = |extension: &Extension| view.switches.get(&extension.id).and_then(|switches| switches.hides_number);
        External {
            number,
            identity: None,
            class: None,
            lines: Vec::new(),
            on_behalf_of: extension.map(|extension| extension.id),
            hides_number: extension.is_some_and(|extension| switched(extension).unwrap_or(extension.hide_number)),
            is_emergency: false,
            spends_unlock: false,
        }
    }
}
