//! Wrong service PINs: three in five minutes, and none is taken from that extension for five minutes.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::Instant;
use crate::base::id::ExtensionId;

const WRONG_MAX: usize = 3;
const PERIOD: Duration = Duration::from_secs(300);

/// When each extension was wrong. One that is wrong no more is forgotten.
#[derive(Debug, Default)]
pub struct PinTries {
    wrong: BTreeMap<ExtensionId, Vec<Instant>>,
}

impl PinTries {
    /// Whether a PIN is taken from the extension now.
    pub fn may_try(&mut self, now: Instant, extension: ExtensionId) -> bool {
        let Some(wrong) = self.wrong.get_mut(&extension) else { return true };
        wrong.retain(|at| now.since(*at) < PERIOD);
        if wrong.is_empty() {
            self.wrong.remove(&extension);
            return true;
        }
        wrong.len() < WRONG_MAX
    }

    /// True if that was one too many.
    pub fn failed(&mut self, now: Instant, extension: ExtensionId) -> bool {
        let wrong = self.wrong.entry(extension).or_default();
        wrong.push(now);
        if wrong.len() < WRONG_MAX {
            return false;
        }
        // The pause begins with the last one.
        wrong.iter_mut().for_each(|at| *at = now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_wrong_pins_pause_for_five_minutes() {
        let (mut tries, anna, bruno) = (PinTries::default(), ExtensionId(1), ExtensionId(2));
        let at = |seconds: u64| Instant::from_micros(seconds * 1_000_000);
        assert!(!tries.failed(at(0), anna) && !tries.failed(at(10), anna));
        assert!(tries.may_try(at(20), anna));
        assert!(tries.failed(at(299), anna));
        assert!(!tries.may_try(at(300), anna) && !tries.may_try(at(598), anna) && tries.may_try(at(20), bruno));
        assert!(tries.may_try(at(599), anna));
        assert!(!tries.failed(at(600), anna), "and counts anew");
    }

    #[test]
    fn mistakes_of_long_ago_do_not_count() {
        let (mut tries, anna) = (PinTries::default(), ExtensionId(1));
        let at = |seconds: u64| Instant::from_micros(seconds * 1_000_000);
        for hour in 0..10 {
            assert!(tries.may_try(at(hour * 3600), anna));
            assert!(!tries.failed(at(hour * 3600), anna));
        }
    }
}
