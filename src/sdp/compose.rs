//! A description of ours: one audio line, and every other line refused in its place.

use super::Local;
use super::description::{Attribute, Description, Host, Media, Origin};
use super::direction::Direction;
use super::remote::{Line, OfferedCodec, TelephoneEvent};
use crate::base::Codec;

/// Milliseconds of audio in a packet of ours.
const PTIME: u32 = 20;

/// The audio line to write.
pub(super) struct Ours<'a> {
    pub codecs: &'a [OfferedCodec],
    pub telephone_events: &'a [TelephoneEvent],
    pub direction: Direction,
    pub rtcp_mux: bool,
}

/// Writes all `lines`; the one at `open` is ours, the others are refused with port 0 (RFC 3264 6).
pub(super) fn describe(local: &Local, lines: &[Line], open: Option<usize>, ours: &Ours<'_>) -> String {
    let host = Host::Address(local.address);
    let media = lines.iter().enumerate().map(|(index, line)| {
        let refused = Media {
            kind: line.kind.clone(),
            port: 0,
            protocol: line.protocol.clone(),
            formats: line.formats.clone(),
            connection: None,
            bandwidth: Vec::new(),
            attributes: Vec::new(),
        };
        if open == Some(index) { opened(refused, local.port, ours) } else { refused }
    });
    let origin = Origin { session_id: local.session_id, version: local.version, address: host.clone(), ..Origin::default() };
    let description = Description { origin, connection: Some(host), media: media.collect(), ..Description::default() };
    description.write()
}

fn opened(mut media: Media, port: u16, ours: &Ours<'_>) -> Media {
    media.port = port;
    media.formats.clear();
    for OfferedCodec { codec, payload_type, fmtp } in ours.codecs {
        media.formats.push(payload_type.to_string());
        let channels = if codec.channels() > 1 { format!("/{}", codec.channels()) } else { String::new() };
        let map = format!("{payload_type} {}/{}{channels}", codec.encoding_name(), codec.clock_hz());
        media.attributes.push(Attribute::valued("rtpmap", map));
        if let Some(fmtp) = fmtp {
            media.attributes.push(Attribute::valued("fmtp", format!("{payload_type} {fmtp}")));
        }
    }
    for TelephoneEvent { payload_type, clock_hz } in ours.telephone_events {
        media.formats.push(payload_type.to_string());
        media.attributes.push(Attribute::valued("rtpmap", format!("{payload_type} telephone-event/{clock_hz}")));
        media.attributes.push(Attribute::valued("fmtp", format!("{payload_type} 0-15")));
    }
    media.attributes.push(Attribute::valued("ptime", PTIME.to_string()));
    if ours.rtcp_mux {
        media.attributes.push(Attribute::flag("rtcp-mux"));
    }
    media.attributes.push(Attribute::flag(ours.direction.name()));
    media
}

/// The parameters that we write for a codec. Without `annexb=no` G.729 means Annex B (RFC 4856 2.1.9), whose silence frames nothing here knows.
pub(super) fn own_fmtp(codec: Codec) -> Option<String> {
    match codec {
        Codec::G729 => Some("annexb=no".to_owned()),
        Codec::Pcma | Codec::G722 | Codec::G726 | Codec::Gsm | Codec::Opus | Codec::Pcmu => None,
    }
}
