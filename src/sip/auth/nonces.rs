//! The nonces of our challenges: which are ours, how old they are, and which counts were used with them (RFC 7616 3.3, 3.4, 5.4).
//!
//! A nonce proves itself, so a challenge leaves nothing behind and no flood of them displaces anything:
//!
//! ```text
//!   0000012d687f 8f3a19c2 77d0e4b1a90c5512de03f6aa      hexadecimal digits
//!   '- issued -' 'chance' '-------- tag --------'       12, 8 and 24 of them
//! ```
//!
//! `issued` counts milliseconds since the machine began; the tag is the HMAC-SHA-256 of both and of the source that it was given to, cut to
//! 96 bits: who shows a nonce has read what we sent there. Remembered is only which counts were used with nonces whose user has proved the
//! secret: nobody else gets a place there.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::base::limits::NONCES_MAX;
use crate::base::{Dice, Instant, Now, Source};

/// A nonce is good for this long. A phone with an older one is told `stale=true` and tries again without asking its user.
const LIFETIME: Duration = Duration::from_secs(300);
const ISSUED_DIGITS: usize = 12;
const CHANCE_DIGITS: usize = 8;
const TAG_BYTES: usize = 12;

/// What a nonce is worth to someone who has proved the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Freshness {
    Fresh,
    /// Unknown, too old, or used already: challenge again with `stale=true`. No offence.
    Stale,
}

/// What makes nonces ours. New with every start, so that nonces of an earlier run are stale.
#[derive(Clone)]
pub struct NonceKey([u8; 32]);

impl NonceKey {
    pub const fn new(bytes: [u8; 32]) -> NonceKey {
        NonceKey(bytes)
    }
}

impl fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Makes nonces, and knows what was done with the last [`NONCES_MAX`] that were proved.
#[derive(Clone, Debug)]
pub struct Nonces {
    /// Keyed, and fed nothing yet.
    mac: Hmac<Sha256>,
    used: BTreeMap<Id, Counts>,
    /// The newest that had to be forgotten while it was good: what is as old and not in `used` is stale, for it may have been used.
    forgotten: Option<Id>,
}

/// A nonce, in the order of issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    issued_millis: u64,
    chance: u32,
}

/// What was used of a nonce.
#[derive(Clone, Debug, Default)]
struct Counts {
    /// The highest count seen.
    top: u32,
    /// Bit i: the count `top - i` was seen. 0: none yet.
    seen: u64,
    /// An answer without qop was accepted.
    spent: bool,
}

impl Nonces {
    pub fn new(key: &NonceKey) -> Nonces {
        // RFC 2104 2: a key shorter than the hash's block is filled with zeros.
        let mut block = [0; 64];
        block[..key.0.len()].copy_from_slice(&key.0);
        Nonces { mac: Hmac::new(&block.into()), used: BTreeMap::new(), forgotten: None }
    }

    pub fn issue(&self, now: Now, dice: &mut Dice, to: Source) -> String {
        let id = Id { issued_millis: now.mono.as_micros() / 1000, chance: dice.u32() };
        self.write(id, to)
    }

    /// Whether it was given to that source, and not too long ago. Says nothing about what it was used for since.
    pub fn is_good(&self, now: Now, nonce: &str, from: Source) -> bool {
        self.read(nonce, from).is_some_and(|id| is_good(id, now))
    }

    /// Uses a nonce once, with its count or (without qop) for good. Call it only after the digest was verified: who does not know the secret
    /// must neither use up somebody's nonce nor take a place.
    pub fn check(&mut self, now: Now, nonce: &str, nc: Option<u32>, from: Source) -> Freshness {
        let Some(id) = self.read(nonce, from).filter(|id| is_good(*id, now)) else { return Freshness::Stale };
        self.forget_old(now);
        if !self.used.contains_key(&id) && !self.has_place_for(id) {
            return Freshness::Stale;
        }
        self.used.entry(id).or_default().take(nc)
    }

    /// Whether a nonce may be taken up. When all places are taken the oldest gives its own to a newer one.
    fn has_place_for(&mut self, id: Id) -> bool {
        let is_newer = |than: Option<Id>| than.is_none_or(|than| than < id);
        if is_newer(self.forgotten) && self.used.len() == NONCES_MAX && is_newer(self.used.keys().next().copied()) {
            self.forgotten = self.used.pop_first().map(|(oldest, _)| oldest);
        }
        is_newer(self.forgotten) && self.used.len() < NONCES_MAX
    }

    fn forget_old(&mut self, now: Now) {
        while let Some(oldest) = self.used.first_entry().filter(|oldest| !is_good(*oldest.key(), now)) {
            oldest.remove();
        }
    }

    /// Proved nonces whose counts are remembered.
    pub fn len(&self) -> usize {
        self.used.len()
    }

    pub fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    fn write(&self, id: Id, to: Source) -> String {
        let mut text = format!("{:0ISSUED_DIGITS$x}{:0CHANCE_DIGITS$x}", id.issued_millis, id.chance);
        let tag = self.tag(&text, to).finalize().into_bytes();
        for byte in &tag[..TAG_BYTES] {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }

    fn tag(&self, text: &str, source: Source) -> Hmac<Sha256> {
        let mac = self.mac.clone().chain_update(text);
        match source.address() {
            IpAddr::V4(address) => mac.chain_update(address.octets()),
            IpAddr::V6(address) => mac.chain_update(address.octets()),
        }
    }

    /// What a nonce of ours says. None: it is not ours, or not that source's.
    fn read(&self, nonce: &str, from: Source) -> Option<Id> {
        let is_ours = nonce.len() == ISSUED_DIGITS + CHANCE_DIGITS + 2 * TAG_BYTES;
        if !is_ours || !nonce.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let (text, tag) = nonce.split_at(ISSUED_DIGITS + CHANCE_DIGITS);
        let mut bytes = [0; TAG_BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&tag[2 * at..2 * at + 2], 16).ok()?;
        }
        self.tag(text, from).verify_truncated_left(&bytes).ok()?;
        let (issued, chance) = text.split_at(ISSUED_DIGITS);
        Some(Id { issued_millis: u64::from_str_radix(issued, 16).ok()?, chance: u32::from_str_radix(chance, 16).ok()? })
    }
}

fn is_good(id: Id, now: Now) -> bool {
    now.mono.since(Instant::from_micros(id.issued_millis * 1000)) <= LIFETIME
}

impl Counts {
    fn take(&mut self, nc: Option<u32>) -> Freshness {
        let Some(nc) = nc else {
            let was_spent = std::mem::replace(&mut self.spent, true);
            return if was_spent { Freshness::Stale } else { Freshness::Fresh };
        };
        if self.seen == 0 || nc > self.top {
            let ahead = nc.saturating_sub(self.top);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.top = nc;
            return Freshness::Fresh;
        }
        // Counts may overtake each other on UDP, so a window of 64 is kept as RFC 4303 3.4.3 keeps one.
        match 1u64.checked_shl(self.top - nc) {
            Some(bit) if self.seen & bit == 0 => {
                self.seen |= bit;
                Freshness::Fresh
            }
            _ => Freshness::Stale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Freshness::{Fresh, Stale};
    use super::*;

    fn at(secs: u64) -> Now {
        Now { mono: Instant::from_micros(secs * 1_000_000), ..Now::default() }
    }

    fn office() -> Source {
        IpAddr::from([192, 0, 2, 1]).into()
    }

    fn nonces() -> Nonces {
        Nonces::new(&NonceKey::new([7; 32]))
    }

    #[test]
    fn a_count_is_good_once_within_the_window() {
        let mut nonces = nonces();
        let nonce = nonces.issue(at(0), &mut Dice::from_number(1), office());
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
            assert_eq!(nonces.check(at(1), &nonce, Some(nc), office()), expected, "nc {nc}");
        }
    }

    #[test]
    fn every_count_is_accepted_at_most_once() {
        let mut dice = Dice::from_number(2);
        let mut nonces = nonces();
        let nonce = nonces.issue(at(0), &mut dice, office());
        let mut used = std::collections::BTreeSet::new();
        for round in 0..20_000u32 {
            let nc = round / 8 + dice.below(100);
            let top = used.last().copied().unwrap_or(0);
            let is_fresh = nonces.check(at(0), &nonce, Some(nc), office()) == Fresh;
            assert_eq!(is_fresh, !used.contains(&nc) && nc + 63 >= top, "round {round}, nc {nc}, top {top}");
            if is_fresh {
                used.insert(nc);
            }
        }
    }

    #[test]
    fn an_answer_without_qop_is_good_once() {
        let mut nonces = nonces();
        let nonce = nonces.issue(at(0), &mut Dice::from_number(1), office());
        assert_eq!(nonces.check(at(0), &nonce, None, office()), Fresh);
        assert_eq!(nonces.check(at(0), &nonce, None, office()), Stale);
    }

    #[test]
    fn old_and_foreign_nonces_are_stale() {
        let mut nonces = nonces();
        let mut dice = Dice::from_number(1);
        let nonce = nonces.issue(at(10), &mut dice, office());
        assert_eq!(nonces.check(at(310), &nonce, Some(1), office()), Fresh);
        assert_eq!(nonces.check(at(311), &nonce, Some(2), office()), Stale);
        let foreign = Nonces::new(&NonceKey::new([8; 32])).issue(at(310), &mut dice, office());
        let zeros = "0".repeat(nonce.len());
        for nonce in ["", "x", &nonce.to_uppercase(), &nonce[1..], &format!("{nonce}0"), &foreign, &zeros, &"\u{e4}".repeat(22)] {
            assert_eq!(nonces.check(at(310), nonce, Some(9), office()), Stale, "{nonce:?}");
        }
    }

    #[test]
    fn a_nonce_is_good_only_where_it_was_sent() {
        let mut nonces = nonces();
        let nonce = nonces.issue(at(10), &mut Dice::from_number(1), office());
        let elsewhere = Source::from(IpAddr::from([192, 0, 2, 2]));
        assert!(nonces.is_good(at(310), &nonce, office()) && !nonces.is_good(at(311), &nonce, office()));
        assert!(!nonces.is_good(at(10), &nonce, elsewhere));
        assert_eq!(nonces.check(at(10), &nonce, Some(1), elsewhere), Stale);
    }

    #[test]
    fn a_nonce_with_any_digit_changed_is_not_ours() {
        let mut nonces = nonces();
        let nonce = nonces.issue(at(10), &mut Dice::from_number(1), office());
        for place in 0..nonce.len() {
            let mut changed = nonce.clone().into_bytes();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).expect("digits");
            assert_eq!(nonces.check(at(10), &changed, Some(1), office()), Stale, "{changed}");
        }
        assert_eq!((nonces.len(), nonces.check(at(10), &nonce, Some(1), office())), (0, Fresh));
    }

    #[test]
    fn a_flood_of_challenges_displaces_nobody() {
        let mut nonces = nonces();
        let mut dice = Dice::from_number(1);
        let honest = nonces.issue(at(0), &mut dice, office());
        assert_eq!(nonces.check(at(0), &honest, Some(1), office()), Fresh);
        let waiting = nonces.issue(at(0), &mut dice, office());
        for _ in 0..3 * NONCES_MAX {
            let _ = nonces.issue(at(1), &mut dice, office());
        }
        assert_eq!(nonces.len(), 1, "who proves nothing takes no place");
        let counts = [(&honest, 1, Stale), (&honest, 2, Fresh), (&waiting, 1, Fresh)];
        for (nonce, nc, expected) in counts {
            assert_eq!(nonces.check(at(2), nonce, Some(nc), office()), expected, "{nonce} {nc}");
        }
    }

    #[test]
    fn what_is_forgotten_when_full_can_not_be_used_again() {
        let mut nonces = nonces();
        let mut dice = Dice::from_number(1);
        let issued: Vec<String> = (0..NONCES_MAX as u64 + 2).map(|i| nonces.issue(at(i / 100), &mut dice, office())).collect();
        for nonce in &issued {
            assert_eq!(nonces.check(at(165), nonce, Some(1), office()), Fresh);
        }
        assert_eq!(nonces.len(), NONCES_MAX);
        for nonce in &issued {
            assert_eq!(nonces.check(at(165), nonce, Some(1), office()), Stale, "it was used");
        }
        assert_eq!(nonces.check(at(165), &issued[NONCES_MAX], Some(2), office()), Fresh);
        let next = nonces.issue(at(165), &mut dice, office());
        assert_eq!(nonces.check(at(166), &next, Some(1), office()), Fresh, "who comes now finds a place");
        assert_eq!(nonces.check(at(1000), &next, Some(2), office()), Stale);
        let late = nonces.issue(at(1000), &mut dice, office());
        assert_eq!((nonces.check(at(1000), &late, Some(1), office()), nonces.len()), (Fresh, 1), "what is too old to be good is forgotten");
    }
}
