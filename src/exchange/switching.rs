//! What people switch at an extension: forwards, locks, do not disturb. One place for codes, pages and the API; kept at once.

use super::exchange::Exchange;
use super::step::code::Change;
use crate::base::id::ExtensionId;
use crate::base::{Now, Wall};
use crate::entry::{Entry, State, Switches};
use crate::route;

/// The switches after a change.
pub fn switched(mut switches: Switches, change: Change, at: Wall) -> Switches {
    match change {
        Change::Unlock => switches.unlock(at),
        Change::Lock => switches.lock(),
        Change::Forward(to) => switches.forward = to,
        Change::DoNotDisturb(is_on) => switches.do_not_disturb = is_on,
        Change::HideNumber(is_on) => switches.hides_number = Some(is_on),
    }
    switches
}

impl Exchange {
    pub(super) fn switch(&mut self, now: Now, extension: ExtensionId, change: Change) {
        // An extension that has gone since is switched by nobody.
        let Some(settings) = self.settings.extensions.get(&extension) else { return };
        if let (Change::Unlock, Some(time)) = (&change, route::opened_for(settings)) {
            self.subscriptions.turning.set(extension, now.mono + time);
        }
        let switches = self.switches.get(&extension).cloned().unwrap_or_default();
        self.set_switches(extension, switched(switches, change, now.wall));
    }

    fn set_switches(&mut self, extension: ExtensionId, switches: Switches) {
        if self.switches.get(&extension) == Some(&switches) {
            return;
        }
        self.lamps_changed();
        self.keep(Entry::State(State::Switches { extension, switches: switches.clone() }));
        if switches == Switches::default() {
            self.switches.remove(&extension);
        } else {
            self.switches.insert(extension, switches);
        }
    }

    /// Of the last run.
    pub(super) fn restore_switches(&mut self, extension: ExtensionId, switches: Switches) {
        if self.settings.extensions.contains_key(&extension) {
            self.switches.insert(extension, switches);
        }
    }

    /// Extensions that are gone have switched nothing.
    pub(super) fn drop_switches_without_extension(&mut self) {
        let gone: Vec<ExtensionId> = self.switches.keys().filter(|id| !self.settings.extensions.contains_key(id)).copied().collect();
        for extension in gone {
            self.set_switches(extension, Switches::default());
        }
    }
}
