//! What the box itself says to a party: a tone, packet by packet.

use std::time::Duration;

use super::order::Play;
use crate::base::{Codec, Instant};
use crate::codec::g711;
use crate::codec::tone::{RATE_HZ, Tone};
use crate::rtp::Header;
use crate::rtp::packet::HEADER_BYTES_MIN;

/// Of sound in one packet.
const PACKET: Duration = Duration::from_millis(20);
pub const SAMPLES: u32 = RATE_HZ / 50;
/// The bytes of a packet.
pub const PACKET_BYTES: usize = HEADER_BYTES_MIN + SAMPLES as usize;

/// A source like a party: its numbers are its own, and the flow's outbound side makes them ours.
#[derive(Debug)]
pub struct Player {
    tone: Tone,
    codec: Codec,
    payload_type: u8,
    /// The sample that comes next, counted on also where the tone begins again.
    at: u32,
    sequence: u16,
    pub due: Instant,
}

/// Not a source that any party could have: one's own SSRC turned over.
const fn ssrc_of(outbound: u32) -> u32 {
    !outbound
}

impl Player {
    pub fn new(now: Instant, play: &Play) -> Player {
        Player { tone: play.tone, codec: play.codec, payload_type: play.payload_type, at: 0, sequence: 0, due: now }
    }

    /// Whoever is heard next takes its place.
    pub const fn is_endless(&self) -> bool {
        self.tone.is_endless()
    }

    pub fn is_over(&self) -> bool {
        !self.tone.is_endless() && self.at >= self.tone.len()
    }

    /// Writes the next packet; `outbound` is the SSRC of the flow that it is for.
    pub fn write(&mut self, outbound: u32, packet: &mut [u8; PACKET_BYTES]) -> Header {
        packet[0] = 0x80;
        let within = self.at % self.tone.len();
        for (byte, at) in packet[HEADER_BYTES_MIN..].iter_mut().zip(within..) {
            let sample = self.tone.sample(at);
            *byte = if self.codec == Codec::Pcmu { g711::pcmu(sample) } else { g711::pcma(sample) };
        }
        let header = Header {
            marker: self.at == 0,
            payload_type: self.payload_type,
            sequence: self.sequence,
            timestamp: self.at,
            ssrc: ssrc_of(outbound),
            payload_start: HEADER_BYTES_MIN,
            payload_end: PACKET_BYTES,
        };
        self.at = self.at.wrapping_add(SAMPLES);
        self.sequence = self.sequence.wrapping_add(1);
        self.due = self.due + PACKET;
        header
    }
}
