//! Chance as an argument: tags, branches and Call-IDs come from here, so a seed replays a run byte for byte.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of unpredictable numbers (ChaCha20). Seeded by the operating system in the product and by a fixed seed in tests.
/// Keys never come from here; they come from the operating system through `secret`.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha20Rng);

impl Dice {
    pub fn new(seed: [u8; 32]) -> Self {
        Dice(ChaCha20Rng::from_seed(seed))
    }

    /// For tests and simulations.
    pub fn from_number(seed: u64) -> Self {
        Dice(ChaCha20Rng::seed_from_u64(seed))
    }

    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    pub fn u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`; 0 if `bound` is 0. The bias of the multiplication is below 2^-32 for the bounds used here.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.u32()) * u64::from(bound)) >> 32) as u32
    }

    /// True with a chance of `numerator` in `denominator`.
    pub fn chance(&mut self, numerator: u32, denominator: u32) -> bool {
        self.below(denominator) < numerator
    }

    /// `length` characters out of a-z and 2-7: five bits each, safe in every SIP token.
    pub fn token(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut token = String::with_capacity(length);
        let (mut bits, mut left) = (0u64, 0);
        for _ in 0..length {
            if left == 0 {
                bits = self.u64();
                left = 12;
            }
            token.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
            left -= 1;
        }
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays() {
        let (mut a, mut b) = (Dice::from_number(7), Dice::from_number(7));
        assert_eq!(a.token(40), b.token(40));
        assert_ne!(a.token(40), Dice::from_number(8).token(40));
    }

    #[test]
    fn below_stays_below_and_reaches_all() {
        let mut dice = Dice::from_number(1);
        let mut seen = [false; 5];
        for _ in 0..200 {
            seen[dice.below(5) as usize] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(dice.below(0), 0);
    }
}
