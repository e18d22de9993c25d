//! How calls ended, counted since the start.

use crate::entry::Outcome;

/// By outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended([u64; NAMES.len()]);

const NAMES: [(Outcome, &str); 7] = [
    (Outcome::Answered, "answered"),
    (Outcome::NoAnswer, "no_answer"),
    (Outcome::Busy, "busy"),
    (Outcome::Unavailable, "unavailable"),
    (Outcome::Cancelled, "cancelled"),
    (Outcome::Forwarded, "forwarded"),
    (Outcome::Refused, "refused"),
];

impl Ended {
    pub fn count(&mut self, outcome: Outcome) {
        if let Some(index) = NAMES.iter().position(|(known, _)| *known == outcome) {
            self.0[index] += 1;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        NAMES.iter().zip(self.0).map(|((_, name), count)| (*name, count))
    }
}
