//! Our side of a stream towards one party: one SSRC, sequence numbers and timestamps without a seam, whoever is heard in it.
//!
//! Headers of the party that is heard flow in, headers as we send them flow out (RFC 3550 5.1, 7.1: a relay that forwards sources unmixed).
//! While a source lasts, its numbers are only shifted by an offset, so its gaps, its reordering and its pauses stay what they are. A new
//! source goes on behind the last packet, as much later in RTP time as the clock went on.

use std::time::Duration;

use crate::base::Instant;
use crate::rtp::{Header, Placement};

/// The shortest step in time to the first packet of a new source.
const STEP_MIN: Duration = Duration::from_millis(20);

#[derive(Clone, Debug)]
pub struct Outbound {
    ssrc: u32,
    /// The highest sequence number sent; before the first packet the one in front of it.
    highest: u16,
    /// The RTP time of the sound sent last and when that was; before the first packet, the time that it shall have.
    timestamp: u32,
    stamped: Option<Instant>,
    source: Option<Source>,
    packets: u64,
    octets: u64,
}

/// Who is heard now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub ssrc: u32,
    pub sequence_offset: u16,
    pub timestamp_offset: u32,
    /// How far behind `highest` a late packet may be and still belong to this source.
    span: u16,
}

impl Outbound {
    pub fn new(ssrc: u32, first_sequence: u16, first_timestamp: u32) -> Self {
        let highest = first_sequence.wrapping_sub(1);
        Outbound { ssrc, highest, timestamp: first_timestamp, stamped: None, source: None, packets: 0, octets: 0 }
    }

    /// Forgets who is heard; the next packet, whoever sends it, follows the last without a gap.
    pub fn interrupt(&mut self) {
        self.source = None;
    }

    /// The header under which a packet goes out, payload type aside; nothing if it comes from before the present source began to be heard.
    /// `is_audio` says that its timestamp follows the clock.
    pub fn forward(&mut self, now: Instant, header: Header, placement: Placement, clock_hz: u32, is_audio: bool) -> Option<Header> {
        let known = self.source.filter(|source| source.ssrc == header.ssrc);
        let (source, begins) = match (known, placement) {
            (_, Placement::Stray) => return None,
            (Some(source), Placement::Next | Placement::Late) => (source, false),
            (_, Placement::First) | (None, Placement::Next | Placement::Late) => (self.begin(now, header, clock_hz), true),
        };
        let sequence = header.sequence.wrapping_add(source.sequence_offset);
        let timestamp = header.timestamp.wrapping_add(source.timestamp_offset);
        let ahead = sequence.wrapping_sub(self.highest).cast_signed();
        if ahead > 0 {
            let reach = if begins { 0 } else { source.span.saturating_add(ahead.unsigned_abs()).min(i16::MAX.unsigned_abs()) };
            self.source = Some(Source { span: reach, ..source });
            self.highest = sequence;
            if is_audio || self.stamped.is_none() {
                (self.timestamp, self.stamped) = (timestamp, Some(now));
            }
        } else if ahead.unsigned_abs() > source.span {
            return None;
        }
        self.packets += 1;
        self.octets += (header.payload_end - header.payload_start) as u64;
        // RFC 3551 4.1: the marker tells the jitter buffer where it may begin anew.
        Some(Header { marker: header.marker || begins && is_audio, sequence, timestamp, ssrc: self.ssrc, ..header })
    }

    fn begin(&mut self, now: Instant, header: Header, clock_hz: u32) -> Source {
        let timestamp = match self.stamped {
            None => self.timestamp,
            Some(stamped) => {
                let pause = now.since(stamped).max(STEP_MIN).as_micros() as u64;
                self.timestamp.wrapping_add((pause.wrapping_mul(u64::from(clock_hz)) / 1_000_000) as u32)
            }
        };
        Source {
            ssrc: header.ssrc,
            sequence_offset: self.highest.wrapping_add(1).wrapping_sub(header.sequence),
            timestamp_offset: timestamp.wrapping_sub(header.timestamp),
            span: 0,
        }
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    pub fn packets(&self) -> u64 {
        self.packets
    }

    pub fn octets(&self) -> u64 {
        self.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dice;
    use crate::rtp::Reception;

    fn header(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
        Header { marker: false, payload_type: 0, sequence, timestamp, ssrc, payload_start: 12, payload_end: 172 }
    }

    fn at(millis: u64) -> Instant {
        Instant::from_micros(millis * 1000)
    }

    /// Packets as (millis, SSRC, sequence, timestamp) and what comes out as (sequence, timestamp, marker).
    #[track_caller]
    fn check(packets: &[(u64, u32, u16, u32)], expected: &[Option<(u16, u32, bool)>]) {
        let (mut outbound, mut reception) = (Outbound::new(77, 65_534, 1_000), Reception::default());
        for ((millis, ssrc, sequence, timestamp), expected) in packets.iter().zip(expected) {
            let placement = reception.receive(*ssrc, *sequence);
            let sent = outbound.forward(at(*millis), header(*ssrc, *sequence, *timestamp), placement, 8000, true);
            assert_eq!(sent.map(|sent| (sent.sequence, sent.timestamp, sent.marker)), *expected, "{packets:?}");
            assert!(sent.is_none_or(|sent| sent.ssrc == 77));
        }
    }

    #[test]
    fn a_stream_is_shifted_and_wraps() {
        check(
            &[(0, 1, 10, 500), (20, 1, 11, 660), (40, 1, 12, 820)],
            &[Some((65_534, 1000, true)), Some((65_535, 1160, false)), Some((0, 1320, false))],
        );
    }

    #[test]
    fn gaps_and_late_packets_stay() {
        check(
            &[(0, 1, 10, 0), (60, 1, 13, 480), (61, 1, 12, 320), (62, 1, 9, 0)],
            &[Some((65_534, 1000, true)), Some((1, 1480, false)), Some((0, 1320, false)), None],
        );
    }

    #[test]
    fn a_new_source_goes_on_where_the_clock_is() {
        check(
            &[(0, 1, 10, 0), (20, 1, 11, 160), (520, 2, 9000, 77), (540, 2, 9001, 237), (541, 2, 8999, 0)],
            &[Some((65_534, 1000, true)), Some((65_535, 1160, false)), Some((0, 5160, true)), Some((1, 5320, false)), None],
        );
    }

    #[test]
    fn a_source_that_restarts_leaves_no_hole() {
        check(&[(0, 1, 10, 0), (20, 1, 40_000, 7), (40, 1, 40_001, 167)], &[Some((65_534, 1000, true)), None, Some((65_535, 1320, true))]);
    }

    #[test]
    fn events_keep_the_time_of_their_begin_and_sound_goes_on_after_them() {
        let mut outbound = Outbound::new(1, 0, 0);
        outbound.forward(at(0), header(5, 0, 0), Placement::First, 8000, true);
        for packet in 1..=10 {
            let sent = outbound.forward(at(u64::from(packet) * 20), header(5, packet, 160), Placement::Next, 8000, false);
            assert_eq!(sent.map(|sent| (sent.timestamp, sent.marker)), Some((160, false)));
        }
        let next = outbound.forward(at(220), header(6, 1, 99), Placement::First, 8000, true).expect("sent");
        assert_eq!((next.sequence, next.timestamp), (11, 1760));
    }

    #[test]
    fn whatever_comes_in_the_numbers_go_out_without_a_seam() {
        for seed in 0..200 {
            let mut dice = Dice::from_number(seed);
            let (mut outbound, mut reception) = (Outbound::new(1, dice.u32() as u16, dice.u32()), Reception::default());
            let (mut ssrc, mut sequence, mut timestamp, mut highest) = (1, dice.u32() as u16, dice.u32(), None::<u16>);
            for packet in 0..2_000u64 {
                if dice.chance(1, 300) {
                    (ssrc, sequence, timestamp) = (dice.u32(), dice.u32() as u16, dice.u32());
                }
                if dice.chance(1, 300) {
                    outbound.interrupt();
                }
                sequence = sequence.wrapping_add(1);
                timestamp = timestamp.wrapping_add(160);
                if dice.chance(1, 10) {
                    continue;
                }
                let back = if dice.chance(1, 5) { dice.below(4) as u16 } else { 0 };
                let shuffled = sequence.wrapping_sub(back);
                let placement = reception.receive(ssrc, shuffled);
                let Some(sent) = outbound.forward(at(packet * 20), header(ssrc, shuffled, timestamp), placement, 8000, true) else {
                    continue;
                };
                if let Some(highest) = highest {
                    let ahead = sent.sequence.wrapping_sub(highest).cast_signed();
                    assert!((-100..200).contains(&ahead), "seed {seed}: a step of {ahead}");
                }
                let is_ahead = highest.is_none_or(|highest| sent.sequence.wrapping_sub(highest).cast_signed() > 0);
                highest = if is_ahead { Some(sent.sequence) } else { highest };
            }
        }
    }
}
