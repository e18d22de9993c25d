//! Our offer, kept until its answer comes: an answer means nothing without it (RFC 3264 5, 6.1, 7, 8).

use super::Local;
use super::compose::{Ours, describe, own_fmtp};
use super::description::{Description, Kind};
use super::remote::{Audio, Known, Line, OfferedCodec, Remote, TelephoneEvent, Unusable, lines, read_audio, separate_rtcp};
use crate::base::Codec;

/// Payload types that we offer keys with, at 8000 Hz and at the 48000 Hz of Opus (RFC 4733 2.3: the clock of the audio beside them).
const EVENT: TelephoneEvent = TelephoneEvent { payload_type: 101, clock_hz: 8_000 };
const EVENT_OPUS: TelephoneEvent = TelephoneEvent { payload_type: 102, clock_hz: 48_000 };
/// Dynamic payload types (RFC 3551 6).
const DYNAMIC: std::ops::RangeInclusive<u8> = 96..=127;

/// An offer of ours. It may be written again with another version or direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub codecs: Vec<OfferedCodec>,
    pub telephone_events: Vec<TelephoneEvent>,
    lines: Vec<Line>,
    audio_line: usize,
}

/// What an answer made of our offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub remote: Remote,
    /// The answer's audio line; its codecs are only those that we offered, the first is the one in use.
    pub audio: Audio,
    pub codec: Agreed,
    pub telephone_event: Option<AgreedEvent>,
}

/// A codec in use. Payload types may differ by direction: each side names the one it wants to receive (RFC 3264 5.1, 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    pub codec: Codec,
    pub send: u8,
    pub receive: u8,
}

/// Keys in use, as [`Agreed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreedEvent {
    pub clock_hz: u32,
    pub send: u8,
    pub receive: u8,
}

impl From<&OfferedCodec> for Agreed {
    /// An answer of ours takes the offerer's payload type for both directions.
    fn from(offered: &OfferedCodec) -> Agreed {
        Agreed { codec: offered.codec, send: offered.payload_type, receive: offered.payload_type }
    }
}

impl From<TelephoneEvent> for AgreedEvent {
    fn from(event: TelephoneEvent) -> AgreedEvent {
        AgreedEvent { clock_hz: event.clock_hz, send: event.payload_type, receive: event.payload_type }
    }
}

impl Offer {
    /// A first offer: one audio line.
    pub fn new(codecs: &[Codec]) -> Offer {
        let line = Line { kind: Kind::Audio, port: 0, protocol: "RTP/AVP".to_owned(), formats: Vec::new() };
        Offer::within(vec![line], 0, None, codecs)
    }

    /// An offer in a session that the peer has described: its lines stay in their places, and a payload type that once meant a codec never
    /// means another (RFC 3264 8, 8.3.2).
    pub fn again(remote: &Remote, codecs: &[Codec]) -> Offer {
        let mut lines = remote.lines.clone();
        let open = remote.audio.as_ref().map(|audio| audio.line).or(lines.iter().position(|line| line.kind == Kind::Audio));
        let audio_line = open.unwrap_or(lines.len());
        if audio_line == lines.len() {
            lines.push(Line { kind: Kind::Audio, port: 0, protocol: "RTP/AVP".to_owned(), formats: Vec::new() });
        }
        lines[audio_line].protocol = "RTP/AVP".to_owned();
        Offer::within(lines, audio_line, remote.audio.as_ref(), codecs)
    }

    fn within(lines: Vec<Line>, audio_line: usize, audio: Option<&Audio>, codecs: &[Codec]) -> Offer {
        let mut numbers = Numbers { taken: 0 };
        for format in &lines[audio_line].formats {
            numbers.take(format.parse().unwrap_or(u8::MAX));
        }
        let mut offered: Vec<OfferedCodec> = Vec::with_capacity(codecs.len());
        for &codec in codecs {
            if offered.iter().any(|earlier| earlier.codec == codec) {
                continue;
            }
            let theirs = audio.and_then(|audio| audio.codecs.iter().find(|theirs| theirs.codec == codec));
            let payload_type = theirs.map(|theirs| theirs.payload_type).or_else(|| numbers.free(codec.offered_payload_type()));
            offered.extend(payload_type.map(|payload_type| OfferedCodec { codec, payload_type, fmtp: own_fmtp(codec) }));
        }
        let mut telephone_events = Vec::with_capacity(2);
        for event in [EVENT, EVENT_OPUS] {
            let is_wanted = event == EVENT || codecs.iter().any(|codec| codec.clock_hz() == event.clock_hz);
            let theirs = audio.and_then(|audio| audio.telephone_events.iter().find(|theirs| theirs.clock_hz == event.clock_hz));
            let payload_type = theirs.map(|theirs| theirs.payload_type).or_else(|| numbers.free(event.payload_type));
            if let Some(payload_type) = payload_type
                && is_wanted
            {
                telephone_events.push(TelephoneEvent { payload_type, ..event });
            }
        }
        Offer { codecs: offered, telephone_events, lines, audio_line }
    }

    pub fn write(&self, local: &Local) -> String {
        let ours = Ours { codecs: &self.codecs, telephone_events: &self.telephone_events, direction: local.direction, rtcp_mux: false };
        describe(local, &self.lines, Some(self.audio_line), &ours)
    }

    /// Reads the answer. A codec is known by its name; by our own payload type where the answer has no rtpmap for it.
    pub fn accept(&self, answer: &Description) -> Result<Answered, Unusable> {
        let lines = lines(answer)?;
        let is_audio = |index: &usize| answer.media.get(*index).is_some_and(|media| media.kind == Kind::Audio);
        let at = Some(self.audio_line).filter(is_audio).or((0..answer.media.len()).find(is_audio)).ok_or(Unusable::Refused)?;
        let media = &answer.media[at];
        if media.port == 0 {
            return Err(Unusable::Refused);
        }
        let known = Known { codecs: &self.codecs, telephone_events: &self.telephone_events };
        let mut audio = read_audio(answer, at, media, known)?;
        audio.codecs.retain(|theirs| self.codecs.iter().any(|ours| ours.codec == theirs.codec));
        if audio.rtcp_mux {
            // We did not offer it, so it is not agreed whatever the answer says (RFC 5761 5.1.1).
            audio.rtcp_mux = false;
            audio.rtcp = separate_rtcp(media, audio.rtp);
        }
        let first = audio.codecs.first().ok_or(Unusable::NoCommon)?;
        let ours = self.codecs.iter().find(|ours| ours.codec == first.codec).ok_or(Unusable::NoCommon)?;
        let codec = Agreed { codec: first.codec, send: first.payload_type, receive: ours.payload_type };
        let telephone_event = audio.telephone_event_for(codec.codec).and_then(|theirs| {
            let ours = self.telephone_events.iter().find(|ours| ours.clock_hz == theirs.clock_hz)?;
            Some(AgreedEvent { clock_hz: theirs.clock_hz, send: theirs.payload_type, receive: ours.payload_type })
        });
        let (session_id, version) = (answer.origin.session_id, answer.origin.version);
        let remote = Remote { session_id, version, audio: Some(audio.clone()), lines };
        Ok(Answered { remote, audio, codec, telephone_event })
    }
}

/// The payload types in use on a line, a bit each.
struct Numbers {
    taken: u128,
}

impl Numbers {
    fn take(&mut self, number: u8) {
        self.taken |= 1u128.checked_shl(u32::from(number)).unwrap_or(0);
    }

    /// The wished number, else the first dynamic one that is free.
    fn free(&mut self, wish: u8) -> Option<u8> {
        let number =
            std::iter::once(wish).chain(DYNAMIC).find(|number| self.taken & 1u128.checked_shl(u32::from(*number)).unwrap_or(0) == 0)?;
        self.take(number);
        Some(number)
    }
}
