//! Two legs that hear each other: which payload type of one becomes which of the other.

use super::leg::{Agreement, Media};
use crate::base::Codec;
use crate::media::order::{Join, PayloadKind, PayloadRoute};

/// The order that joins two legs. Empty routes where their codecs differ: nothing is passed that the other could not play.
/// `a_codes` says whether keys of `a` may be codes.
pub fn join(a: &Media, b: &Media, (a_codes, b_codes): (bool, bool)) -> Option<Join> {
    let (agreed_a, agreed_b) = (a.agreed.as_ref()?, b.agreed.as_ref()?);
    Some(Join {
        a: a.flow,
        b: b.flow,
        a_to_b: routes(agreed_a, agreed_b),
        b_to_a: routes(agreed_b, agreed_a),
        a_codes: keys_of(agreed_a).filter(|_| a_codes),
        b_codes: keys_of(agreed_b).filter(|_| b_codes),
    })
}

fn keys_of(agreed: &Agreement) -> Option<u8> {
    agreed.event.map(|event| event.receive)
}

/// The codec that a leg talks now.
pub fn codec_of(media: &Media) -> Option<Codec> {
    media.agreed.as_ref().map(|agreed| agreed.codec.codec)
}

fn routes(from: &Agreement, to: &Agreement) -> Vec<PayloadRoute> {
    let mut routes = Vec::with_capacity(2);
    if from.codec.codec == to.codec.codec {
        let clock_hz = from.codec.codec.clock_hz();
        routes.push(PayloadRoute { from: from.codec.receive, to: to.codec.send, kind: PayloadKind::Audio, clock_hz });
    }
    if let (Some(source), Some(target)) = (from.event, to.event) {
        let kind = PayloadKind::TelephoneEvent;
        routes.push(PayloadRoute { from: source.receive, to: target.send, kind, clock_hz: source.clock_hz });
    }
    routes
}
