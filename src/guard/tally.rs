//! Offences that are forgotten with time, counted by whom they are laid to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::Instant;

/// An offence in the parts that it is counted in.
pub const OFFENCE: u32 = 1000;
/// In this time one is forgotten.
const LEAK: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
struct Tally {
    level: u32,
    /// Whole minutes are counted from here.
    at: Instant,
}

impl Tally {
    fn at(self, now: Instant) -> Tally {
        let minutes = u32::try_from(now.since(self.at).as_secs() / LEAK.as_secs()).unwrap_or(u32::MAX);
        match self.level.saturating_sub(minutes.saturating_mul(OFFENCE)) {
            0 => Tally { level: 0, at: now },
            level => Tally { level, at: self.at + LEAK * minutes },
        }
    }

    fn level(self, now: Instant) -> u32 {
        self.at(now).level
    }
}

/// By key, so many and no more: when all places are taken those that are nearly forgotten go, else the one that is oldest.
#[derive(Debug)]
pub struct Tallies<K> {
    tallies: BTreeMap<K, Tally>,
    max: usize,
}

impl<K: Ord + Clone> Tallies<K> {
    pub const fn new(max: usize) -> Tallies<K> {
        Tallies { tallies: BTreeMap::new(), max }
    }

    /// Returns what it comes to.
    pub fn add(&mut self, now: Instant, key: K, parts: u32) -> u32 {
        if !self.tallies.contains_key(&key) && self.tallies.len() >= self.max {
            self.make_room(now);
        }
        let tally = self.tallies.entry(key).or_insert(Tally { level: 0, at: now });
        let was = tally.at(now);
        *tally = Tally { level: was.level.saturating_add(parts), ..was };
        tally.level
    }

    pub fn level(&self, now: Instant, key: &K) -> u32 {
        self.tallies.get(key).map_or(0, |tally| tally.level(now))
    }

    pub fn remove(&mut self, key: &K) {
        self.tallies.remove(key);
    }

    pub fn retain(&mut self, stays: impl Fn(&K) -> bool) {
        self.tallies.retain(|key, _| stays(key));
    }

    fn make_room(&mut self, now: Instant) {
        self.tallies.retain(|_, tally| tally.level(now) >= OFFENCE);
        if self.tallies.len() >= self.max
            && let Some(oldest) = self.tallies.iter().min_by_key(|(_, tally)| tally.at).map(|(key, _)| key.clone())
        {
            self.tallies.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Instant {
        Instant::from_micros(secs * 1_000_000)
    }

    #[test]
    fn one_is_forgotten_each_minute() {
        let mut tallies = Tallies::new(4);
        assert_eq!((0..3).map(|_| tallies.add(at(0), "a", OFFENCE)).last(), Some(3 * OFFENCE));
        assert_eq!([59, 60, 119, 600].map(|secs| tallies.level(at(secs), &"a") / OFFENCE), [3, 2, 2, 0]);
        assert_eq!(tallies.add(at(90), "a", OFFENCE), 3 * OFFENCE);
        assert_eq!(tallies.level(at(120), &"a"), 2 * OFFENCE, "what comes between does not put it off");
    }

    #[test]
    fn who_is_nearly_forgotten_gives_way_first() {
        let mut tallies = Tallies::new(2);
        tallies.add(at(0), 1, 3 * OFFENCE);
        tallies.add(at(1), 2, OFFENCE / 20);
        tallies.add(at(10), 3, OFFENCE);
        assert_eq!([1, 2, 3].map(|key| tallies.level(at(10), &key) > 0), [true, false, true]);
        tallies.add(at(11), 4, 3 * OFFENCE);
        tallies.add(at(12), 5, 3 * OFFENCE);
        assert_eq!([1, 3, 4, 5].map(|key| tallies.level(at(12), &key) > 0), [false, false, true, true], "else the oldest");
    }
}
