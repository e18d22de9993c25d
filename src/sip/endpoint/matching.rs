//! What makes two requests one (RFC 3261 17.2.3, 8.2.2.2), as numbers that are looked up.

use std::hash::{BuildHasher, Hash, RandomState};

use crate::sip::message::via::MAGIC_COOKIE;
use crate::sip::message::{Envelope, Method, Request};

/// Stands for a key in 64 bits that nobody outside can predict: a waiting transaction keeps 8 bytes instead of its texts. With all
/// transactions alive that may be, one request in 2^49 meets the number of another.
pub(super) type Fingerprint = u64;

/// Makes fingerprints. They differ from run to run and are only looked up, so nothing that is sent depends on them.
#[derive(Debug, Default)]
pub(super) struct Fingerprints(RandomState);

impl Fingerprints {
    pub fn of(&self, key: &impl Hash) -> Fingerprint {
        self.0.hash_one(key)
    }
}

/// What makes two requests one transaction (RFC 3261 17.2.3).
#[derive(Hash)]
pub(super) struct ServerKey {
    /// INVITE stands for ACK too.
    pub method: Method,
    /// The branch with the sent-by, or for RFC 2543 what stood for it.
    pub text: String,
}

impl ServerKey {
    pub fn of(request: &Request, envelope: &Envelope) -> ServerKey {
        let method = if request.method == Method::Ack { Method::Invite } else { request.method.clone() };
        let via = &envelope.via;
        let text = match via.branch() {
            Some(branch) if branch.starts_with(MAGIC_COOKIE) => format!("{branch} {}:{}", via.host, via.port.unwrap_or(0)),
            // RFC 3261 17.2.3: without the cookie, Request-URI, From tag, Call-ID, CSeq number and top Via together are the key. The
            // To tag is left out: the ACK of a failure carries one that the INVITE did not have. The CANCEL of an INVITE has the same.
            _ => format!("{} {} {} {} {via}", request.uri, envelope.from.tag().unwrap_or(""), envelope.call_id, envelope.cseq.number),
        };
        ServerKey { method, text }
    }
}

/// What makes two requests with different branches one request that took two ways (RFC 3261 8.2.2.2).
#[derive(Hash)]
pub(super) struct Origin {
    call_id: String,
    from_tag: String,
    cseq: u32,
    method: Method,
}

impl Origin {
    /// None for requests within a dialog, for CANCEL, which shares everything with its INVITE, and for REGISTER, whose CSeq tells a second one.
    pub fn of(envelope: &Envelope) -> Option<Origin> {
        if envelope.is_in_dialog() || envelope.is(&Method::Cancel) || envelope.is(&Method::Register) {
            return None;
        }
        Some(Origin {
            call_id: envelope.call_id.clone(),
            from_tag: envelope.from.tag()?.to_owned(),
            cseq: envelope.cseq.number,
            method: envelope.cseq.method.clone(),
        })
    }
}
