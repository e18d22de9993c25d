//! The nonces of our challenges: which are ours, how old they are, and which counts were used with them (RFC 7616 3.3, 3.4, 5.4).
//!
//! A nonce is 16 hexadecimal digits of chance and 4 of its place in a ring, so a check is one look-up and no allocation:
//!
//! ```text
//!   8f3a19c2 77d0e4b1 02c4
//!   '---- chance ---' place
//! ```

use std::time::Duration;

use crate::base::limits::NONCES_MAX;
use crate::base::{Dice, Instant, Now};

/// A nonce is good for this long. A phone with an older one is told `stale=true` and tries again without asking its user.
const LIFETIME: Duration = Duration::from_secs(300);
const CHANCE_DIGITS: usize = 16;
const PLACE_DIGITS: usize = 4;

const _: () = assert!(NONCES_MAX <= 1 << (4 * PLACE_DIGITS));

/// What a nonce is worth to someone who has proved the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Freshness {
    Fresh,
    /// Unknown, too old, or used already: challenge again with `stale=true`. No offence.
    Stale,
}

/// The last [`NONCES_MAX`] nonces.
#[derive(Clone, Debug, Default)]
pub struct Nonces {
    ring: Vec<Nonce>,
    /// Where the next nonce goes, over the oldest one when the ring is full.
    next: usize,
}

#[derive(Clone, Debug)]
struct Nonce {
    chance: u64,
    issued: Instant,
    /// The highest count seen.
    nc_top: u32,
    /// Bit i: the count `nc_top - i` was seen. 0: none yet.
    nc_seen: u64,
    /// An answer without qop was accepted.
    spent: bool,
}

impl Nonces {
    pub fn issue(&mut self, now: Now, dice: &mut Dice) -> String {
        let nonce = Nonce { chance: dice.u64(), issued: now.mono, nc_top: 0, nc_seen: 0, spent: false };
        let text = format!("{:0CHANCE_DIGITS$x}{:0PLACE_DIGITS$x}", nonce.chance, self.next);
        match self.ring.get_mut(self.next) {
            Some(oldest) => *oldest = nonce,
            None => self.ring.push(nonce),
        }
        self.next = (self.next + 1) % NONCES_MAX;
        text
    }

    /// Uses a nonce once, with its count or (without qop) for good. Call it only after the digest was verified: who does not know the secret
    /// must not use up somebody's nonce.
    pub fn check(&mut self, now: Now, nonce: &str, nc: Option<u32>) -> Freshness {
        let is_usable = read(nonce).and_then(|(chance, place)| self.ring.get_mut(place).filter(|nonce| nonce.chance == chance));
        match is_usable {
            Some(nonce) if now.mono.since(nonce.issued) <= LIFETIME => nonce.take(nc),
            _ => Freshness::Stale,
        }
    }

    pub fn len(&self) -> usize {
        self.ring.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }
}

impl Nonce {
    fn take(&mut self, nc: Option<u32>) -> Freshness {
        let Some(nc) = nc else {
            let was_spent = std::mem::replace(&mut self.spent, true);
            return if was_spent { Freshness::Stale } else { Freshness::Fresh };
        };
        if self.nc_seen == 0 || nc > self.nc_top {
            let ahead = nc.saturating_sub(self.nc_top);
            self.nc_seen = self.nc_seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.nc_top = nc;
            return Freshness::Fresh;
        }
        // Counts may overtake each other on UDP, so a window of 64 is kept as RFC 4303 3.4.3 keeps one.
        match 1u64.checked_shl(self.nc_top - nc) {
            Some(bit) if self.nc_seen & bit == 0 => {
                self.nc_seen |= bit;
                Freshness::Fresh
            }
            _ => Freshness::Stale,
        }
    }
}

/// Chance and place of a nonce of ours.
fn read(nonce: &str) -> Option<(u64, usize)> {
    let is_ours = nonce.len() == CHANCE_DIGITS + PLACE_DIGITS && nonce.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_ours {
        return None;
    }
    let (chance, place) = nonce.split_at(CHANCE_DIGITS);
    Some((u64::from_str_radix(chance, 16).ok()?, usize::from_str_radix(place, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::Freshness::{Fresh, Stale};
    use super::*;

    fn at(secs: u64) -> Now {
        Now { mono: Instant::from_micros(secs * 1_000_000), ..Now::default() }
    }

    #[test]
    fn a_count_is_good_once_within_the_window() {
        let mut nonces = Nonces::default();
        let nonce = nonces.issue(at(0), &mut Dice::from_number(1));
        let table = [
            (1, Fresh),
            (1, Stale),
            (2, Fresh),
            (10, Fresh),
            (9, Fresh),
            (9, Stale),
            (3, Fresh),
            (73, Fresh),
            // 73 - 63 is the last of the window; it was seen. 9 is older.
            (10, Stale),
            (9, Stale),
            (11, Fresh),
            (0, Stale),
            (u32::MAX, Fresh),
            (u32::MAX, Stale),
            (73, Stale),
            (u32::MAX - 63, Fresh),
            (u32::MAX - 64, Stale),
        ];
        for (nc, expected) in table {
            assert_eq!(nonces.check(at(1), &nonce, Some(nc)), expected, "nc {nc}");
        }
    }

    #[test]
    fn every_count_is_accepted_at_most_once() {
        let mut dice = Dice::from_number(2);
        let mut nonces = Nonces::default();
        let nonce = nonces.issue(at(0), &mut dice);
        let mut used = std::collections::BTreeSet::new();
        for round in 0..20_000u32 {
            let nc = round / 8 + dice.below(100);
            let top = used.last().copied().unwrap_or(0);
            let is_fresh = nonces.check(at(0), &nonce, Some(nc)) == Fresh;
            assert_eq!(is_fresh, !used.contains(&nc) && nc + 63 >= top, "round {round}, nc {nc}, top {top}");
            if is_fresh {
                used.insert(nc);
            }
        }
    }

    #[test]
    fn an_answer_without_qop_is_good_once() {
        let mut nonces = Nonces::default();
        let nonce = nonces.issue(at(0), &mut Dice::from_number(1));
        assert_eq!(nonces.check(at(0), &nonce, None), Fresh);
        assert_eq!(nonces.check(at(0), &nonce, None), Stale);
    }

    #[test]
    fn old_and_foreign_nonces_are_stale() {
        let mut nonces = Nonces::default();
        let mut dice = Dice::from_number(1);
        assert_eq!(nonces.check(at(0), "00000000000000000000", Some(1)), Stale);
        let nonce = nonces.issue(at(10), &mut dice);
        assert_eq!(nonces.check(at(310), &nonce, Some(1)), Fresh);
        assert_eq!(nonces.check(at(311), &nonce, Some(2)), Stale);
        let foreign = Nonces::default().issue(at(310), &mut dice);
        for nonce in ["", "x", &nonce.to_uppercase(), &nonce[1..], &format!("{nonce}0"), &foreign, "+0000000000000000000", "ääääääääää"]
        {
            assert_eq!(nonces.check(at(310), nonce, Some(9)), Stale, "{nonce:?}");
        }
    }

    #[test]
    fn the_oldest_is_forgotten_when_full() {
        let mut nonces = Nonces::default();
        let mut dice = Dice::from_number(1);
        let issued: Vec<String> = (0..NONCES_MAX + 2).map(|_| nonces.issue(at(0), &mut dice)).collect();
        assert_eq!(nonces.len(), NONCES_MAX);
        assert_eq!(
            [0, 1, 2, NONCES_MAX, NONCES_MAX + 1].map(|i| nonces.check(at(0), &issued[i], Some(1))),
            [Stale, Stale, Fresh, Fresh, Fresh]
        );
    }
}
