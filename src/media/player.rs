//! What the box itself sends to a party, packet by packet: a tone, or keys (RFC 4733).

use std::time::Duration;

use super::order::{Play, Press};
use crate::base::limits::PRESSED_AHEAD_MAX;
use crate::base::{Codec, Instant};
use crate::codec::g711;
use crate::codec::tone::{RATE_HZ, Tone};
use crate::rtp::packet::HEADER_BYTES_MIN;
use crate::rtp::{Header, TelephoneEvent};

/// Of sound in one packet.
const PACKET: Duration = Duration::from_millis(20);
pub const SAMPLES: u32 = RATE_HZ / 50;
/// The bytes of the longest packet.
pub const PACKET_BYTES: usize = HEADER_BYTES_MIN + SAMPLES as usize;
/// A key is pressed for so many packets, and its end is said in so many more (RFC 4733 2.5.1.4); the time of both passes before the next key.
const PRESSED: u32 = 5;
const RELEASED: u32 = 3;
/// Of a key, in dB below 0 dBm0.
const VOLUME: u8 = 10;

/// A source like a party: its numbers are its own, and the flow's outbound side makes them ours.
#[derive(Debug)]
pub struct Player {
    what: What,
    payload_type: u8,
    /// The packet that comes next, counted on also where a tone begins again.
    at: u32,
    pub due: Instant,
}

#[derive(Debug)]
enum What {
    Tone {
        tone: Tone,
        codec: Codec,
    },
    Keys {
        events: Vec<u8>,
        /// Of RTP time in one packet.
        step: u16,
    },
}

/// Not a source that any party could have: one's own SSRC turned over.
const fn ssrc_of(outbound: u32) -> u32 {
    !outbound
}

impl Player {
    pub fn new(now: Instant, play: &Play) -> Player {
        Player { what: What::Tone { tone: play.tone, codec: play.codec }, payload_type: play.payload_type, at: 0, due: now }
    }

    pub fn pressing(now: Instant, press: &Press) -> Player {
        let events = press.keys.chars().filter_map(TelephoneEvent::of_digit).collect();
        let what = What::Keys { events, step: u16::try_from(press.clock_hz / 50).unwrap_or(SAMPLES as u16) };
        Player { what, payload_type: press.payload_type, at: 0, due: now }
    }

    /// Whoever is heard next takes its place.
    pub const fn is_endless(&self) -> bool {
        matches!(self.what, What::Tone { tone, .. } if tone.is_endless())
    }

    /// Another key behind those that are pressed already. False: it presses none.
    pub fn press_too(&mut self, digit: char) -> bool {
        match &mut self.what {
            What::Tone { .. } => false,
            What::Keys { events, .. } => {
                // Who presses faster than they can be told, for so long, is no person.
                if events.len() < PRESSED_AHEAD_MAX {
                    events.extend(TelephoneEvent::of_digit(digit));
                }
                true
            }
        }
    }

    pub const fn is_tone(&self) -> bool {
        matches!(self.what, What::Tone { .. })
    }

    /// Of RTP time in a second.
    pub fn clock_hz(&self) -> u32 {
        match self.what {
            What::Tone { .. } => RATE_HZ,
            What::Keys { step, .. } => u32::from(step) * 50,
        }
    }

    pub fn is_over(&self) -> bool {
        match &self.what {
            What::Tone { tone, .. } => !tone.is_endless() && self.at.saturating_mul(SAMPLES) >= tone.len(),
            What::Keys { events, .. } => self.at / (PRESSED + RELEASED) >= events.len() as u32,
        }
    }

    /// Writes the next packet; `outbound` is the SSRC of the flow that it is for.
    pub fn write(&mut self, outbound: u32, packet: &mut [u8; PACKET_BYTES]) -> Header {
        packet[0] = 0x80;
        let (payload, timestamp, marker) = match &self.what {
            What::Tone { tone, codec } => (write_tone(*tone, *codec, self.at, packet), self.at.wrapping_mul(SAMPLES), self.at == 0),
            What::Keys { events, step } => {
                let (key, within) = (self.at / (PRESSED + RELEASED), self.at % (PRESSED + RELEASED));
                let passed = (within + 1).min(PRESSED) as u16;
                let event = TelephoneEvent {
                    event: events.get(key as usize).copied().unwrap_or_default(),
                    is_end: within >= PRESSED,
                    volume: VOLUME,
                    duration: passed.saturating_mul(*step),
                };
                packet[HEADER_BYTES_MIN..][..TelephoneEvent::BYTES].copy_from_slice(&event.write());
                (TelephoneEvent::BYTES, key * (PRESSED + RELEASED) * u32::from(*step), within == 0)
            }
        };
        let header = Header {
            marker,
            payload_type: self.payload_type,
            sequence: self.at as u16,
            timestamp,
            ssrc: ssrc_of(outbound),
            payload_start: HEADER_BYTES_MIN,
            payload_end: HEADER_BYTES_MIN + payload,
        };
        self.at = self.at.wrapping_add(1);
        self.due = self.due + PACKET;
        header
    }
}

/// Twenty milliseconds of a tone. The bytes that they are.
fn write_tone(tone: Tone, codec: Codec, packet: u32, into: &mut [u8; PACKET_BYTES]) -> usize {
    let begin = packet % tone.len().div_ceil(SAMPLES).max(1) * SAMPLES;
    for (byte, at) in into[HEADER_BYTES_MIN..].iter_mut().zip(begin..) {
        let sample = tone.sample(at);
        *byte = if codec == Codec::Pcmu { g711::pcmu(sample) } else { g711::pcma(sample) };
    }
    SAMPLES as usize
}
