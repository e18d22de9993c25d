//! Whether one more call may be: the limits of an extension, decided at one place and at once.

use std::collections::BTreeMap;

use crate::base::id::ExtensionId;
use crate::settings::Extension;

/// The calls of each extension, in and out, ringing, talking and held. A forked call is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    calls: BTreeMap<ExtensionId, u32>,
}

impl Occupancy {
    pub fn enter(&mut self, extension: ExtensionId) {
        *self.calls.entry(extension).or_default() += 1;
    }

    pub fn leave(&mut self, extension: ExtensionId) {
        if let Some(calls) = self.calls.get_mut(&extension) {
            *calls = calls.saturating_sub(1);
            if *calls == 0 {
                self.calls.remove(&extension);
            }
        }
    }

    pub fn calls(&self, extension: ExtensionId) -> u32 {
        self.calls.get(&extension).copied().unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// May it make one more call? The busy level does not count here.
    pub fn may_call(&self, extension: &Extension) -> bool {
        is_below(self.calls(extension.id), extension.concurrent_call_limit)
    }

    /// May one more call be presented to it?
    pub fn may_be_called(&self, extension: &Extension) -> bool {
        let calls = self.calls(extension.id);
        is_below(calls, extension.concurrent_call_limit) && is_below(calls, extension.busy_level)
    }
}

/// 0 is no limit.
const fn is_below(calls: u32, limit: u32) -> bool {
    limit == 0 || calls < limit
}
