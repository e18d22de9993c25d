//! What a received stream is like: where a packet belongs, what was lost, how it jitters (RFC 3550 A.1, A.3, A.8).
//!
//! Sequence numbers, timestamps and arrival times flow in; a [`Placement`] per packet and the figures flow out. A packet costs a few
//! additions and one division by a constant.

use crate::base::Instant;

/// A jump ahead that is still a gap and not a new beginning (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3000;
/// A step back that is still a late packet.
const MISORDER_MAX: u16 = 100;

/// Where a packet belongs in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The first of a source, or of a source that began anew.
    First,
    /// Ahead of all before; packets may be missing in between.
    Next,
    /// Behind one that came before: late or twice.
    Late,
    /// Far away from all others. If the next one follows it, the source has begun anew; until then nobody should hear it.
    Stray,
}

/// The reception of one party's stream. Sources may follow each other; the figures cover them all.
#[derive(Clone, Debug, Default)]
pub struct Reception {
    source: Option<Source>,
    /// Expected minus received of sources that are over.
    lost_before: u64,
}

#[derive(Clone, Debug)]
struct Source {
    ssrc: u32,
    first: u16,
    highest: u16,
    cycles: u32,
    received: u64,
    /// What would follow the last stray packet.
    after_stray: Option<u16>,
    /// Arrival minus timestamp of the last packet, in clock units, and whether there was one.
    transit: Option<u32>,
    /// Sixteen times the jitter, in clock units.
    jitter_scaled: u32,
    clock_hz: u32,
}

impl Reception {
    /// Takes note of a packet and says where it belongs.
    pub fn receive(&mut self, ssrc: u32, sequence: u16) -> Placement {
        let Some(source) = self.source.as_mut().filter(|source| source.ssrc == ssrc) else {
            self.begin(ssrc, sequence);
            return Placement::First;
        };
        let ahead = sequence.wrapping_sub(source.highest);
        let behind = source.highest.wrapping_sub(sequence);
        if ahead != 0 && ahead < DROPOUT_MAX {
            if sequence < source.highest {
                source.cycles += 1;
            }
            source.highest = sequence;
            source.received += 1;
            source.after_stray = None;
            Placement::Next
        } else if behind < MISORDER_MAX {
            source.received += 1;
            Placement::Late
        } else if source.after_stray == Some(sequence) {
            // RFC 3550 A.1: two packets in a row far away: the other side has restarted without telling.
            self.begin(ssrc, sequence);
            Placement::First
        } else {
            source.after_stray = Some(sequence.wrapping_add(1));
            Placement::Stray
        }
    }

    /// Takes note of when a packet of sound came. Only for payloads whose timestamps follow the clock, so not for events.
    pub fn time(&mut self, timestamp: u32, clock_hz: u32, now: Instant) {
        let Some(source) = &mut self.source else { return };
        let arrival = (now.as_micros().wrapping_mul(u64::from(clock_hz)) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(last) = source.transit.filter(|_| source.clock_hz == clock_hz) {
            let difference = transit.wrapping_sub(last).cast_signed().unsigned_abs();
            // A pause moves the timestamp by seconds; that is no jitter of the network.
            if difference < clock_hz {
                source.jitter_scaled = source.jitter_scaled.saturating_add(difference) - ((source.jitter_scaled + 8) >> 4);
            }
        }
        source.transit = Some(transit);
        source.clock_hz = clock_hz;
    }

    /// Packets that were sent and did not come (RFC 3550 A.3). Packets that came twice count for it, never below zero.
    pub fn lost(&self) -> u64 {
        self.lost_before + self.source.as_ref().map_or(0, Source::lost)
    }

    /// Interarrival jitter of the present source (RFC 3550 6.4.1).
    pub fn jitter_micros(&self) -> u32 {
        let Some(source) = self.source.as_ref().filter(|source| source.clock_hz > 0) else { return 0 };
        (u64::from(source.jitter_scaled) * 1_000_000 / 16 / u64::from(source.clock_hz)) as u32
    }

    /// The present source.
    pub fn ssrc(&self) -> Option<u32> {
        self.source.as_ref().map(|source| source.ssrc)
    }

    fn begin(&mut self, ssrc: u32, sequence: u16) {
        self.lost_before = self.lost();
        self.source = Some(Source {
            ssrc,
            first: sequence,
            highest: sequence,
            cycles: 0,
            received: 1,
            after_stray: None,
            transit: None,
            jitter_scaled: 0,
            clock_hz: 0,
        });
    }
}

impl Source {
    fn lost(&self) -> u64 {
        let highest = u64::from(self.cycles) << 16 | u64::from(self.highest);
        (highest + 1).saturating_sub(u64::from(self.first)).saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dice;
    use Placement::{First, Late, Next, Stray};

    fn check(sequences: &[u16], placements: &[Placement], lost: u64) {
        let mut reception = Reception::default();
        let got: Vec<_> = sequences.iter().map(|sequence| reception.receive(1, *sequence)).collect();
        assert_eq!(got, placements, "{sequences:?}");
        assert_eq!(reception.lost(), lost, "{sequences:?}");
    }

    #[test]
    fn packets_find_their_place() {
        check(&[10, 11, 12], &[First, Next, Next], 0);
        check(&[10, 12, 11], &[First, Next, Late], 0);
        check(&[10, 14], &[First, Next], 3);
        check(&[65_534, 65_535, 0, 1], &[First, Next, Next, Next], 0);
        check(&[10, 10, 11], &[First, Late, Next], 0);
        check(&[10, 20_000, 11], &[First, Stray, Next], 0);
        check(&[10, 20_000, 20_001, 20_002], &[First, Stray, First, Next], 0);
        check(&[5, 4, 6], &[First, Late, Next], 0);
    }

    #[test]
    fn a_new_source_keeps_what_was_lost_before() {
        let mut reception = Reception::default();
        for (ssrc, sequence) in [(1, 1), (1, 5), (2, 100), (2, 102)] {
            reception.receive(ssrc, sequence);
        }
        assert_eq!((reception.lost(), reception.ssrc()), (4, Some(2)));
    }

    #[test]
    fn jitter_settles_at_the_spread_of_arrivals() {
        let mut reception = Reception::default();
        reception.receive(1, 0);
        for packet in 0..1000u32 {
            // Every other packet comes 8 ms late, so neighbours differ by 8 ms.
            let late = u64::from(packet % 2) * 8_000;
            reception.time(packet * 160, 8000, Instant::from_micros(u64::from(packet) * 20_000 + late));
        }
        assert!((7_500..=8_500).contains(&reception.jitter_micros()), "{}", reception.jitter_micros());
    }

    #[test]
    fn a_steady_stream_has_no_jitter_and_a_pause_makes_none() {
        let mut reception = Reception::default();
        reception.receive(1, 0);
        for packet in 0..100u32 {
            let pause = if packet >= 50 { 3_000_000 } else { 0 };
            reception.time(packet * 160, 8000, Instant::from_micros(u64::from(packet) * 20_000 + pause));
        }
        assert_eq!(reception.jitter_micros(), 0);
    }

    #[test]
    fn random_streams_never_panic_and_loss_is_never_more_than_was_sent() {
        let mut dice = Dice::from_number(11);
        for _ in 0..200 {
            let (mut reception, mut sequence, mut sent) = (Reception::default(), dice.u32() as u16, 0u64);
            for _ in 0..2_000 {
                let jump = if dice.chance(1, 500) { dice.u32() as u16 } else { 1 };
                sequence = sequence.wrapping_add(jump);
                sent += u64::from(jump);
                if dice.chance(9, 10) {
                    let shuffled = sequence.wrapping_sub(dice.below(3) as u16);
                    reception.receive(dice.below(50) / 49, shuffled);
                    reception.time(dice.u32(), [0, 8000, 48_000][dice.below(3) as usize], Instant::from_micros(dice.u64() >> 20));
                }
            }
            // Each change of source may count the packets around it once more.
            assert!(reception.lost() <= sent + 4_000, "{} of {sent}", reception.lost());
        }
    }
}
