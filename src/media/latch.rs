//! Which source a party's packets may come from, and where its own go (RFC 4961; behind NAT: the first valid source).

use std::net::SocketAddr;
use std::time::Duration;

use crate::base::Instant;

/// When control aims at a party anew, another source may take over within this,
const WINDOW: Duration = Duration::from_secs(5);
/// if the one before has been silent for this long: longer than the longest packets are apart.
const SILENCE_MIN: Duration = Duration::from_millis(200);

/// One component (RTP or RTCP) of one party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Latch {
    /// Control has not said yet: nothing is accepted, nothing is sent.
    #[default]
    Shut,
    /// The first valid source wins.
    Waiting,
    /// A source has won and is kept. Only when control aims again may another take over: within the window, and when this one fell silent.
    Kept { source: SocketAddr, heard: Instant, until: Instant },
    /// The SDP's address: any port of that IP may send, and packets go to that port.
    Fixed(SocketAddr),
}

impl Latch {
    /// Aimed at whoever comes first. A phone that moved comes from a new source; a stranger can't push a live one aside.
    pub fn aim_at_first(&mut self, now: Instant) {
        *self = match *self {
            Latch::Kept { source, heard, .. } => Latch::Kept { source, heard, until: now + WINDOW },
            Latch::Shut | Latch::Waiting | Latch::Fixed(_) => Latch::Waiting,
        };
    }

    /// The other component has moved: whoever is kept may be gone.
    pub fn follow(&mut self) {
        if matches!(self, Latch::Kept { .. }) {
            *self = Latch::Waiting;
        }
    }

    /// Whether a valid packet from `source` is this party's.
    pub fn accept(&mut self, now: Instant, source: SocketAddr) -> bool {
        match self {
            Latch::Shut => false,
            Latch::Fixed(target) => target.ip() == source.ip(),
            Latch::Kept { source: kept, heard, .. } if *kept == source => {
                *heard = now;
                true
            }
            Latch::Kept { heard, until, .. } if now >= *until || now.since(*heard) < SILENCE_MIN => false,
            Latch::Waiting | Latch::Kept { .. } => {
                *self = Latch::Kept { source, heard: now, until: now };
                true
            }
        }
    }

    /// Where this party's packets go.
    pub fn target(&self) -> Option<SocketAddr> {
        match *self {
            Latch::Shut | Latch::Waiting => None,
            Latch::Kept { source, .. } => Some(source),
            Latch::Fixed(target) => Some(target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::from_micros(millis * 1000)
    }

    fn source(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_first_source_wins_and_keeps() {
        let (phone, stranger) = (source("192.0.2.1:4000"), source("192.0.2.9:4000"));
        let mut latch = Latch::default();
        assert!(!latch.accept(at(0), phone), "not aimed yet");
        latch.aim_at_first(at(0));
        assert_eq!(latch.target(), None);
        assert!(latch.accept(at(0), phone));
        assert!(!latch.accept(at(1), stranger));
        assert!(!latch.accept(at(3_600_000), stranger), "however long the phone is silent");
        assert_eq!(latch.target(), Some(phone));
    }

    #[test]
    fn after_a_new_aim_a_silent_source_may_be_replaced_and_a_live_one_may_not() {
        let (phone, moved) = (source("192.0.2.1:4000"), source("192.0.2.2:5000"));
        let mut latch = Latch::default();
        latch.aim_at_first(at(0));
        assert!(latch.accept(at(0), phone));
        latch.aim_at_first(at(1000));
        assert!(latch.accept(at(1010), phone));
        assert!(!latch.accept(at(1020), moved), "the old source is alive");
        assert!(latch.accept(at(1300), moved));
        assert!(!latch.accept(at(1310), phone));
        assert_eq!(latch.target(), Some(moved));
    }

    #[test]
    fn a_fixed_party_may_use_another_port_and_no_other_address() {
        let mut latch = Latch::Fixed(source("[2001:db8::1]:4000"));
        assert!(latch.accept(at(0), source("[2001:db8::1]:4002")));
        assert!(!latch.accept(at(0), source("[2001:db8::2]:4000")));
        assert_eq!(latch.target(), Some(source("[2001:db8::1]:4000")));
    }
}
