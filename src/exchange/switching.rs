//! What people switch at an extension: forwards, locks, do not disturb. One place for codes, pages and the API; kept at once.

use super::exchange::Exchange;
use super::step::code::Change;
use crate::base::Now;
use crate::base::id::ExtensionId;
use crate::entry::{Entry, State, Switches};
use crate::route;

impl Exchange {
    pub(super) fn switch(&mut self, now: Now, extension: ExtensionId, change: Change) {
        let mut switches = self.switches.get(&extension).cloned().unwrap_or_default();
        match change {
            Change::Unlock => {
                switches.unlock(now.wall);
                if let Some(time) = self.settings.extensions.get(&extension).and_then(route::opened_for) {
                    self.subscriptions.turning.set(extension, now.mono + time);
                }
            }
            Change::Lock => switches.lock(),
            Change::Forward(to) => switches.forward = to,
            Change::DoNotDisturb(is_on) => switches.do_not_disturb = is_on,
            Change::HideNumber(is_on) => switches.hides_number = Some(is_on),
        }
        self.set_switches(extension, switches);
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
