//! How often a source may be wrong about a password.
//!
//! Nothing here belongs to a user, so nobody can lock an owner out by failing in his name.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::base::{Instant, Source};

/// From this failure on a source has to wait.
const FREE_FAILURES: u32 = 5;
const WAIT_MAX: Duration = Duration::from_secs(60);
/// A source that has been quiet for this long starts anew.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);
const SOURCES_MAX: usize = 4096;

/// Failed logins by source.
#[derive(Debug, Default)]
pub struct LoginTries {
    sources: BTreeMap<Source, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

impl LoginTries {
    /// How long this source must still wait before its next try is looked at.
    pub fn wait(&self, now: Instant, peer: IpAddr) -> Duration {
        let Some(failures) = self.sources.get(&peer.into()) else { return Duration::ZERO };
        let Some(excess) = failures.count.checked_sub(FREE_FAILURES) else { return Duration::ZERO };
        let wait = Duration::from_secs(1 << excess.min(6)).min(WAIT_MAX);
        wait.saturating_sub(now.since(failures.last))
    }

    /// Returns how long the answer is to be held back.
    pub fn failed(&mut self, now: Instant, peer: IpAddr) -> Duration {
        self.sources.retain(|_, failures| now.since(failures.last) < FORGOTTEN_AFTER);
        if self.sources.len() >= SOURCES_MAX {
            let oldest = self.sources.iter().min_by_key(|(_, failures)| failures.last).map(|(source, _)| *source);
            oldest.map(|source| self.sources.remove(&source));
        }
        let failures = self.sources.entry(peer.into()).or_insert(Failures { count: 0, last: now });
        *failures = Failures { count: failures.count.saturating_add(1), last: now };
        Duration::from_millis(500 * u64::from(failures.count.min(4)))
    }

    pub fn succeeded(&mut self, peer: IpAddr) {
        self.sources.remove(&peer.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_fails_waits_longer_and_others_do_not() {
        let mut tries = LoginTries::default();
        let (thief, owner) = ("2001:db8::1".parse().unwrap(), "192.0.2.1".parse().unwrap());
        let now = Instant::ZERO;
        for _ in 0..4 {
            tries.failed(now, thief);
        }
        assert_eq!(tries.wait(now, thief), Duration::ZERO);
        assert_eq!(tries.failed(now, thief), Duration::from_secs(2));
        assert_eq!(tries.wait(now, "2001:db8::2".parse().unwrap()), Duration::from_secs(1), "the same network");
        for _ in 0..100 {
            tries.failed(now, thief);
        }
        assert_eq!(tries.wait(now, thief), WAIT_MAX);
        assert_eq!(tries.wait(now, owner), Duration::ZERO);
        tries.succeeded(thief);
        assert_eq!(tries.wait(now, thief), Duration::ZERO);
    }
}
