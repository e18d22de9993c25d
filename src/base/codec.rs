//! Names of audio codecs with their RTP clock and static payload type (RFC 3551 6).

use serde::{Deserialize, Serialize};

/// An audio codec that an account may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    Pcma,
    G722,
    G726,
    G729,
    Gsm,
    Opus,
    Pcmu,
}

impl Codec {
    pub const ALL: [Codec; 7] = [Codec::Pcma, Codec::G722, Codec::G726, Codec::G729, Codec::Gsm, Codec::Opus, Codec::Pcmu];

    /// The encoding name of `a=rtpmap`.
    pub const fn encoding_name(self) -> &'static str {
        match self {
            Codec::Pcma => "PCMA",
            Codec::G722 => "G722",
            Codec::G726 => "G726-32",
            Codec::G729 => "G729",
            Codec::Gsm => "GSM",
            Codec::Opus => "opus",
            Codec::Pcmu => "PCMU",
        }
    }

    /// The name used in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcma => "pcma",
            Codec::G722 => "g722",
            Codec::G726 => "g726",
            Codec::G729 => "g729",
            Codec::Gsm => "gsm",
            Codec::Opus => "opus",
            Codec::Pcmu => "pcmu",
        }
    }

    pub fn from_name(name: &str) -> Option<Codec> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }

    pub fn from_encoding_name(name: &str) -> Option<Codec> {
        Self::ALL.into_iter().find(|codec| codec.encoding_name().eq_ignore_ascii_case(name))
    }

    /// RTP clock in Hz. G.722 is 8000 for historical reasons (RFC 3551 4.5.2), Opus always 48000 (RFC 7587 4.1).
    pub const fn clock_hz(self) -> u32 {
        match self {
            Codec::Opus => 48_000,
            _ => 8_000,
        }
    }

    /// Channels in `a=rtpmap`; Opus says 2 whatever it sends (RFC 7587 7).
    pub const fn channels(self) -> u8 {
        match self {
            Codec::Opus => 2,
            _ => 1,
        }
    }

    /// The payload type of RFC 3551, for those that have one.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Pcmu => Some(0),
            Codec::Gsm => Some(3),
            Codec::Pcma => Some(8),
            Codec::G722 => Some(9),
            Codec::G729 => Some(18),
            Codec::G726 | Codec::Opus => None,
        }
    }

    pub const fn from_static_payload_type(payload_type: u8) -> Option<Codec> {
        match payload_type {
            0 => Some(Codec::Pcmu),
            3 => Some(Codec::Gsm),
            8 => Some(Codec::Pcma),
            9 => Some(Codec::G722),
            18 => Some(Codec::G729),
            _ => None,
        }
    }

    /// The payload type that we offer: the static one, else one of the dynamic range that never changes.
    pub const fn offered_payload_type(self) -> u8 {
        match self {
            Codec::G726 => 97,
            Codec::Opus => 96,
            Codec::Pcmu => 0,
            Codec::Gsm => 3,
            Codec::Pcma => 8,
            Codec::G722 => 9,
            Codec::G729 => 18,
        }
    }
}
