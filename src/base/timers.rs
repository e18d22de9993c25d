//! Timers of one machine: at most one per key, ordered by time, then by key.

use std::collections::BTreeMap;

use super::Instant;

/// Alarms under keys. A key names its owner, so ending a call removes its timers with [`Timers::clear`].
#[derive(Debug)]
pub struct Timers<K> {
    by_time: BTreeMap<(Instant, K), ()>,
    by_key: BTreeMap<K, Instant>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Timers { by_time: BTreeMap::new(), by_key: BTreeMap::new() }
    }
}

impl<K: Copy + Ord> Timers<K> {
    /// Sets the alarm of `key`, replacing an earlier one.
    pub fn set(&mut self, key: K, at: Instant) {
        if let Some(old) = self.by_key.insert(key, at) {
            self.by_time.remove(&(old, key));
        }
        self.by_time.insert((at, key), ());
    }

    pub fn clear(&mut self, key: K) {
        if let Some(old) = self.by_key.remove(&key) {
            self.by_time.remove(&(old, key));
        }
    }

    /// When the next alarm is due.
    pub fn next(&self) -> Option<Instant> {
        self.by_time.first_key_value().map(|((at, _), ())| *at)
    }

    /// Takes the first alarm that is due at `now`.
    pub fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (at, key) = self.by_time.first_key_value().map(|((at, key), ())| (*at, *key))?;
        if at > now {
            return None;
        }
        self.clear(key);
        Some(key)
    }

    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_ring_in_order_and_once() {
        let mut timers = Timers::default();
        timers.set("b", Instant::from_micros(20));
        timers.set("a", Instant::from_micros(30));
        timers.set("a", Instant::from_micros(10));
        timers.set("c", Instant::from_micros(15));
        timers.clear("c");
        assert_eq!(timers.next(), Some(Instant::from_micros(10)));
        let now = Instant::from_micros(25);
        assert_eq!([timers.pop_due(now), timers.pop_due(now), timers.pop_due(now)], [Some("a"), Some("b"), None]);
        assert!(timers.is_empty());
    }
}
