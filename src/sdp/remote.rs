//! What a peer's description means to us: the first audio line that we can use, and every other line, so that an answer can refuse it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::description::{Description, Host, Kind, Media};
use super::direction::Direction;
use crate::base::Codec;
use crate::base::limits::SDP_MEDIA_MAX;

/// A peer's description, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Equal numbers as last time say that nothing changed (RFC 3264 8).
    pub session_id: u64,
    pub version: u64,
    /// The first audio line that is open and usable. None where no audio line is open: all refused, or T.38 and the like alone.
    pub audio: Option<Audio>,
    /// Every media line in order. An answer has as many (RFC 3264 6).
    pub lines: Vec<Line>,
}

/// A media line as an answer must repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    pub port: u16,
    pub protocol: String,
    pub formats: Vec<String>,
}

/// An audio line over RTP/AVP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// Its index in [`Remote::lines`].
    pub line: usize,
    /// Where the peer wants RTP. The address is unspecified where the peer put us on hold in the way of RFC 2543.
    pub rtp: SocketAddr,
    /// From `a=rtcp`, else the next port, else (with rtcp-mux) the same as `rtp`.
    pub rtcp: SocketAddr,
    /// The peer offers rtcp-mux. In an answer: it accepted ours.
    pub rtcp_mux: bool,
    /// As the peer wrote it, from its point of view; it never receives at an unspecified address.
    pub direction: Direction,
    /// The codecs that we know, in the peer's order.
    pub codecs: Vec<OfferedCodec>,
    pub telephone_events: Vec<TelephoneEvent>,
    pub ptime: Option<u32>,
}

/// A codec under the payload type that the writer of the description wants to receive it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedCodec {
    pub codec: Codec,
    pub payload_type: u8,
    pub fmtp: Option<String>,
}

/// Keys as RTP events (RFC 4733).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    pub payload_type: u8,
    pub clock_hz: u32,
}

impl Audio {
    /// The events that go with a codec: those of its clock, else the first, since many phones offer 8000 Hz alone.
    pub fn telephone_event_for(&self, codec: Codec) -> Option<TelephoneEvent> {
        self.telephone_events.iter().find(|event| event.clock_hz == codec.clock_hz()).or(self.telephone_events.first()).copied()
    }

    pub fn has(&self, codec: Codec) -> bool {
        self.codecs.iter().any(|offered| offered.codec == codec)
    }

    /// True where the peer put us on hold: it does not want to hear us.
    pub fn is_hold(&self) -> bool {
        !self.direction.receives()
    }
}

/// Why nothing can come of a description: 488 to an offer, the end of the leg for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// More than `limits::SDP_MEDIA_MAX` media lines.
    TooManyLines,
    /// Audio, but not over plain RTP/AVP.
    Protocol,
    /// No codec that both have.
    NoCommon,
    /// No address, or one that nothing can be sent to.
    Address,
    /// The answer closed the line that we offered.
    Refused,
}

impl Unusable {
    /// The number of a Warning header (RFC 3261 20.43).
    pub const fn warning(self) -> u16 {
        match self {
            Unusable::TooManyLines => 399,
            Unusable::Protocol => 302,
            Unusable::NoCommon => 305,
            Unusable::Address => 301,
            Unusable::Refused => 304,
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unusable::TooManyLines => "too many media lines",
            Unusable::Protocol => "no audio over RTP/AVP",
            Unusable::NoCommon => "no common codec",
            Unusable::Address => "no usable media address",
            Unusable::Refused => "audio refused",
        })
    }
}

impl std::error::Error for Unusable {}

/// Reads a description, as an offer. An answer is read by [`Offer::accept`](super::Offer::accept), which knows what was offered.
pub fn read(description: &Description) -> Result<Remote, Unusable> {
    let lines = lines(description)?;
    let mut trouble = None;
    let mut audio = None;
    for (index, media) in description.media.iter().enumerate() {
        if media.kind != Kind::Audio || media.port == 0 {
            continue;
        }
        match read_audio(description, index, media, Known::default()) {
            Ok(found) => {
                audio = Some(found);
                break;
            }
            Err(unusable) => trouble = trouble.or(Some(unusable)),
        }
    }
    match (audio, trouble) {
        (None, Some(trouble)) => Err(trouble),
        (audio, _) => Ok(Remote { session_id: description.origin.session_id, version: description.origin.version, audio, lines }),
    }
}

pub(super) fn lines(description: &Description) -> Result<Vec<Line>, Unusable> {
    if description.media.len() > SDP_MEDIA_MAX {
        return Err(Unusable::TooManyLines);
    }
    let line = |media: &Media| Line {
        kind: media.kind.clone(),
        port: media.port,
        protocol: media.protocol.clone(),
        formats: media.formats.clone(),
    };
    Ok(description.media.iter().map(line).collect())
}

/// What payload types mean where no rtpmap says so: in an answer they mean what the offer said.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'a> {
    pub codecs: &'a [OfferedCodec],
    pub telephone_events: &'a [TelephoneEvent],
}

/// Reads an open audio line.
pub(super) fn read_audio(description: &Description, line: usize, media: &Media, known: Known<'_>) -> Result<Audio, Unusable> {
    if !media.protocol.eq_ignore_ascii_case("RTP/AVP") {
        return Err(Unusable::Protocol);
    }
    let host = description.connection_of(media).ok_or(Unusable::Address)?;
    let address = match host {
        Host::Address(address) if is_deliverable(*address) => *address,
        host if host.is_nowhere() => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        _ => return Err(Unusable::Address),
    };
    let (codecs, telephone_events) = read_formats(media, known);
    if codecs.is_empty() {
        return Err(Unusable::NoCommon);
    }
    let rtp = SocketAddr::new(address, media.port);
    let rtcp_mux = media.has("rtcp-mux");
    let written = direction_of(media.attributes.iter()).or(direction_of(description.attributes.iter())).unwrap_or_default();
    Ok(Audio {
        line,
        rtp,
        rtcp: if rtcp_mux { rtp } else { separate_rtcp(media, rtp) },
        rtcp_mux,
        direction: Direction::new(written.sends(), written.receives() && !host.is_nowhere()),
        codecs,
        telephone_events,
        ptime: media.values("ptime").find_map(|value| value.parse().ok()),
    })
}

/// Multicast and broadcast would make us a megaphone; RFC 3264 5.2 leaves them to whoever wants them.
fn is_deliverable(address: IpAddr) -> bool {
    let is_broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !address.is_multicast() && !is_broadcast && !address.is_unspecified()
}

/// `a=rtcp:53020 IN IP4 126.16.64.4` (RFC 3605 2.1), else the port after RTP's.
pub(super) fn separate_rtcp(media: &Media, rtp: SocketAddr) -> SocketAddr {
    let named = media.values("rtcp").find_map(|value| {
        let mut words = value.split_ascii_whitespace();
        let port = words.next()?.parse().ok().filter(|port| *port != 0)?;
        let address = match words.nth(2).map(Host::read) {
            Some(Host::Address(address)) if is_deliverable(address) => address,
            _ => rtp.ip(),
        };
        Some(SocketAddr::new(address, port))
    });
    named.unwrap_or(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1).unwrap_or(rtp.port())))
}

fn direction_of<'a>(mut attributes: impl Iterator<Item = &'a super::Attribute>) -> Option<Direction> {
    attributes.find_map(|attribute| Direction::from_name(&attribute.name))
}

fn read_formats(media: &Media, known: Known<'_>) -> (Vec<OfferedCodec>, Vec<TelephoneEvent>) {
    let (mut codecs, mut events): (Vec<OfferedCodec>, Vec<TelephoneEvent>) = (Vec::new(), Vec::new());
    for format in &media.formats {
        let Some(payload_type) = format.parse::<u8>().ok().filter(|payload_type| *payload_type < 128) else { continue };
        if codecs.iter().any(|codec| codec.payload_type == payload_type) || events.iter().any(|event| event.payload_type == payload_type) {
            continue;
        }
        match meaning(media, payload_type, known) {
            Some(Meaning::Codec(codec)) => {
                codecs.push(OfferedCodec { codec, payload_type, fmtp: of_payload_type(media, "fmtp", payload_type).map(str::to_owned) });
            }
            Some(Meaning::TelephoneEvent { clock_hz }) => events.push(TelephoneEvent { payload_type, clock_hz }),
            None => {}
        }
    }
    (codecs, events)
}

enum Meaning {
    Codec(Codec),
    TelephoneEvent { clock_hz: u32 },
}

fn meaning(media: &Media, payload_type: u8, known: Known<'_>) -> Option<Meaning> {
    if let Some(rtpmap) = of_payload_type(media, "rtpmap", payload_type) {
        let mut parts = rtpmap.split('/').map(str::trim);
        let (name, clock_hz) = (parts.next()?, parts.next()?.parse::<u32>().ok()?);
        let channels = parts.next().map_or(Some(1), |channels| channels.parse::<u8>().ok())?;
        if name.eq_ignore_ascii_case("telephone-event") {
            return (clock_hz > 0).then_some(Meaning::TelephoneEvent { clock_hz });
        }
        let codec = Codec::from_encoding_name(name)?;
        return (clock_hz == codec.clock_hz() && channels == codec.channels()).then_some(Meaning::Codec(codec));
    }
    if let Some(offered) = known.codecs.iter().find(|offered| offered.payload_type == payload_type) {
        return Some(Meaning::Codec(offered.codec));
    }
    if let Some(event) = known.telephone_events.iter().find(|event| event.payload_type == payload_type) {
        return Some(Meaning::TelephoneEvent { clock_hz: event.clock_hz });
    }
    Codec::from_static_payload_type(payload_type).map(Meaning::Codec)
}

/// The rest of `a=NAME:PAYLOAD_TYPE rest`.
fn of_payload_type<'a>(media: &'a Media, name: &'a str, payload_type: u8) -> Option<&'a str> {
    media.values(name).find_map(|value| {
        let (number, rest) = value.split_once(char::is_whitespace)?;
        (number.parse() == Ok(payload_type)).then_some(rest.trim())
    })
}
