//! What strangers may send, shared fairly: those who have proved no password yet, a phone that has just been plugged in among them.
//!
//! All strangers together have [`BUDGET`] packets a second, of which four fifths are dealt out: each source that has sent lately may have
//! an equal part, and while only one sends it may have all of it. What is left over is for who comes newly, with a few packets in hand.

use super::bucket::Bucket;
use super::table::Table;
use crate::base::limits::GUARD_STRANGERS_MAX;

/// Packets a second of all strangers. What they cost is a small part of the slowest box that we run on, and a thousand phones that lost
/// their power register within two seconds.
const BUDGET: u32 = 2_000;
/// What is dealt out of it.
const DEALT: u32 = BUDGET / 5 * 4;
/// What a source may send at once, at least: a phone's REGISTERs, SUBSCRIBEs and their second tries.
const BURST_MIN: u32 = 16;
/// Sources are counted for so long.
const WINDOW_MILLIS: u32 = 500;

#[derive(Debug)]
pub struct Shares {
    table: Table,
    common: Bucket,
    window: Window,
}

/// How many sources send.
#[derive(Debug, Default)]
struct Window {
    began: u32,
    seen: u32,
    /// Of the window before.
    last_seen: u32,
}

impl Shares {
    pub fn new() -> Shares {
        Shares { table: Table::new(GUARD_STRANGERS_MAX), common: Bucket::new(0, BUDGET), window: Window::default() }
    }

    /// Takes a packet of a source. False: not now.
    pub fn take(&mut self, at: u32, key: u64) -> bool {
        self.window.turn(at);
        let bucket = self.table.enter(key, at, Bucket::new(at.wrapping_sub(u32::MAX / 2), BURST_MIN));
        if bucket.age(at) > at.wrapping_sub(self.window.began) || self.window.seen == 0 {
            self.window.seen += 1;
        }
        let share = (DEALT / self.window.sources()).max(1);
        bucket.refill(at, share, BURST_MIN.max(share / 4));
        if !bucket.take() {
            return false;
        }
        // What finds the common one empty has had its chance: else all that is in hand when a flood begins would keep it empty for long.
        self.common.refill(at, BUDGET, BUDGET);
        self.common.take()
    }
}

impl Window {
    fn turn(&mut self, at: u32) {
        let age = at.wrapping_sub(self.began);
        if age >= WINDOW_MILLIS {
            let last_seen = if age < 2 * WINDOW_MILLIS { self.seen } else { 0 };
            *self = Window { began: at, seen: 0, last_seen };
        }
    }

    fn sources(&self) -> u32 {
        self.seen.max(self.last_seen).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends for ten seconds, so many packets a second from so many sources, and beside them one a second from an honest one. Says how many
    /// of each passed in the last eight.
    fn flood(rate: u32, sources: u64) -> (u32, u32) {
        let mut shares = Shares::new();
        let (mut passed, mut honest, mut sent) = (0, 0, 0u64);
        for at in 0..10_000 {
            for _ in 0..rate / 1000 {
                sent += 1;
                let passes = shares.take(at, 1 + (sent.wrapping_mul(0x9e37_79b9_7f4a_7c15) % sources).wrapping_mul(7919));
                passed += u32::from(passes && at >= 2000);
            }
            if at % 1000 == 999 {
                let passes = shares.take(at, u64::MAX);
                honest += u32::from(passes && at >= 2000);
            }
        }
        (passed, honest)
    }

    #[test]
    fn a_flood_gets_its_part_and_leaves_the_honest_theirs() {
        for sources in [1, 2, 50, 500] {
            let (passed, honest) = flood(20_000, sources);
            assert!(passed <= 8 * BUDGET, "{sources} sources: {passed} passed");
            assert!(passed >= 8 * DEALT * 45 / 100, "{sources} sources: {passed} passed, what is dealt out is used");
            assert_eq!(honest, 8, "{sources} sources: who sends little is always heard");
        }
    }

    #[test]
    fn sources_without_end_use_no_more_than_the_budget() {
        let (passed, _) = flood(20_000, u64::MAX);
        assert!(passed <= 8 * BUDGET, "{passed} passed");
    }

    #[test]
    fn whoever_is_alone_is_not_held_up() {
        let mut shares = Shares::new();
        let passed = (0..5_000).filter(|at| shares.take(*at, 7)).count();
        assert_eq!(passed, 5_000, "a packet every millisecond");
    }

    #[test]
    fn a_thousand_phones_that_come_at_once_are_heard() {
        let mut shares = Shares::new();
        let passed = (0..4).map(|round| (1..=1000).filter(|phone| shares.take(round * 600, *phone * 31)).count()).sum::<usize>();
        assert_eq!(passed, 4_000, "each four times in two seconds");
    }
}
