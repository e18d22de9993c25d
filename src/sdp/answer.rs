//! Our answer to an offer (RFC 3264 6): one codec under the offerer's payload type, keys under theirs, every other line refused in its place.

use super::Local;
use super::compose::{Ours, describe, own_fmtp};
use super::direction::Direction;
use super::remote::{Audio, OfferedCodec, Remote, TelephoneEvent};
use crate::base::Codec;

/// Picks the codec to answer with, going by the offerer's order: first among those that are `allowed` and that the other party has too
/// (`passing`, so that nothing needs transcoding), then among those that are allowed. None is 488.
pub fn choose<'a>(offer: &'a Audio, allowed: &[Codec], passing: &[Codec]) -> Option<&'a OfferedCodec> {
    let usable = || offer.codecs.iter().filter(|offered| allowed.contains(&offered.codec));
    usable().find(|offered| passing.contains(&offered.codec)).or_else(|| usable().next())
}

/// Writes the answer. rtcp-mux is agreed to wherever it is offered; without an open audio line every line is refused.
pub fn answer(local: &Local, offer: &Remote, codec: &OfferedCodec, telephone_event: Option<TelephoneEvent>) -> String {
    let codec = OfferedCodec { codec: codec.codec, payload_type: codec.payload_type, fmtp: own_fmtp(codec.codec) };
    let ours = Ours {
        codecs: &[codec],
        telephone_events: telephone_event.as_slice(),
        direction: offer.audio.as_ref().map_or(Direction::Inactive, |audio| Direction::answer_to(audio.direction, local.direction)),
        rtcp_mux: offer.audio.as_ref().is_some_and(|audio| audio.rtcp_mux),
    };
    describe(local, &offer.lines, offer.audio.as_ref().map(|audio| audio.line), &ours)
}
