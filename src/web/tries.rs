//! How often the setup code may be wrong.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use crate::base::Instant;

const MINUTE: Duration = Duration::from_secs(60);
/// Wrong setup codes of one source in a minute. More: it waits.
const CODE_TRIES_A_MINUTE: usize = 5;
/// Wrong setup codes of all sources in a minute. More: whoever was wrong within the last minute waits.
const CODE_TRIES_OF_ALL_A_MINUTE: usize = 60;
/// Wrong codes remembered. More: the oldest is forgotten.
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
}
