//! How often somebody may be wrong: the setup code, and logins by where they come from.
//!
//! Nothing here belongs to a user, so nobody can lock an owner out by failing in his name.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use crate::base::Instant;

const MINUTE: Duration = Duration::from_secs(60);
/// Wrong setup codes of one source in a minute. More: it waits.
const CODE_TRIES_A_MINUTE: usize = 5;
/// Wrong setup codes of all sources in a minute. More: whoever was wrong within the last minute waits.
const CODE_TRIES_OF_ALL_A_MINUTE: usize = 60;
/// From this failure on a source has to wait.
const FREE_FAILURES: u32 = 5;
const WAIT_MAX: Duration = Duration::from_secs(60);
/// A source that has been quiet for this long starts anew.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);
const SOURCES_MAX: usize = 4096;

/// Wrong setup codes of the last minute.
///
/// Whoever was not wrong within the last minute may always try: nobody keeps the owner of the box from claiming it by guessing. So a guesser
/// with many addresses has a try of each, and what stands against him is the code itself: 31^8 = 8.5 * 10^11 codes (39.6 bits). With the
/// 254 addresses of a usual LAN that is 254 tries a minute, one chance in 2,300,000 in a day; with addresses without end it is as many as the
/// door and the web bear: at 1,000 tries a second one chance in 10,000 in a day. The code is of use only until the box is claimed.
///
/// A source is one address here, in IPv6 too: hosts on a LAN share their /64, and one of them must not block the others.
#[derive(Debug, Default)]
pub struct CodeTries {
    recent: VecDeque<(Instant, IpAddr)>,
}

impl CodeTries {
    /// False if this source, or all of them with this one among them, were wrong too often within the last minute.
    pub fn may_try(&mut self, now: Instant, peer: IpAddr) -> bool {
        while self.recent.front().is_some_and(|(at, _)| now.since(*at) >= MINUTE) {
            self.recent.pop_front();
        }
        let wrong = self.recent.iter().filter(|(_, source)| *source == peer).count();
        wrong == 0 || wrong < CODE_TRIES_A_MINUTE && self.recent.len() < CODE_TRIES_OF_ALL_A_MINUTE
    }

    pub fn failed(&mut self, now: Instant, peer: IpAddr) {
        if self.recent.len() >= SOURCES_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((now, peer));
    }
}

/// Failed logins by source.
#[derive(Debug, Default)]
pub struct LoginTries {
    sources: BTreeMap<IpAddr, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

impl LoginTries {
    /// How long this source must still wait before its next try is looked at.
    pub fn wait(&self, now: Instant, peer: IpAddr) -> Duration {
        let Some(failures) = self.sources.get(&source_of(peer)) else { return Duration::ZERO };
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
        let failures = self.sources.entry(source_of(peer)).or_insert(Failures { count: 0, last: now });
        *failures = Failures { count: failures.count.saturating_add(1), last: now };
        Duration::from_millis(500 * u64::from(failures.count.min(4)))
    }

    pub fn succeeded(&mut self, peer: IpAddr) {
        self.sources.remove(&source_of(peer));
    }
}

/// An IPv6 host owns its /64.
fn source_of(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_codes_a_minute_of_a_source() {
        let mut tries = CodeTries::default();
        let (guesser, owner) = ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap());
        let start = Instant::ZERO;
        for _ in 0..5 {
            assert!(tries.may_try(start, guesser));
            tries.failed(start, guesser);
        }
        assert!(!tries.may_try(start + Duration::from_secs(59), guesser));
        assert!(tries.may_try(start, owner), "the neighbour on the same LAN");
        assert!(tries.may_try(start + MINUTE, guesser));
    }

    #[test]
    fn many_sources_together_slow_each_other_down_and_nobody_else() {
        let mut tries = CodeTries::default();
        let host = |number: u16| IpAddr::from([10, 0, (number >> 8) as u8, number as u8]);
        let now = Instant::ZERO;
        let guessed: usize = (0..20)
            .flat_map(|_| 1..=100)
            .filter(|number| {
                let may = tries.may_try(now, host(*number));
                if may {
                    tries.failed(now, host(*number));
                }
                may
            })
            .count();
        assert_eq!(guessed, 100, "a try of each, and none more, for sixty are over");
        assert!(tries.may_try(now, host(1000)), "the owner");
        tries.failed(now, host(1000));
        assert!(!tries.may_try(now, host(1000)), "who was wrong too");
        assert!(tries.may_try(now + MINUTE, host(1000)));
    }

    #[test]
    fn tries_without_end_are_not_remembered_without_end() {
        let mut tries = CodeTries::default();
        for number in 0..2 * SOURCES_MAX as u32 {
            tries.failed(Instant::ZERO, IpAddr::from(number.to_be_bytes()));
        }
        assert_eq!(tries.recent.len(), SOURCES_MAX);
    }

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
