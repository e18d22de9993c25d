//! The way back of a response: what the top Via of its request says, and what we note in it (RFC 3261 18.2, RFC 3581).

use std::net::SocketAddr;

use crate::base::Flow;
use crate::sip::message::{Envelope, Name, Request, Via, split_list};

/// Puts `received` and `rport` into the top Via, where the response will carry them back.
pub(super) fn note_source(request: &mut Request, mut envelope: Envelope, source: SocketAddr) -> Envelope {
    envelope.via = noted_via(request, envelope.via, source);
    envelope
}

pub(super) fn noted_via(request: &mut Request, mut via: Via, source: SocketAddr) -> Via {
    let before = via.clone();
    via.note_source(source);
    if via != before {
        let value = request.headers.get(&Name::Via).unwrap_or_default();
        let rest: Vec<&str> = split_list(value).unwrap_or_default().into_iter().skip(1).collect();
        let mut value = via.to_string();
        for other in rest {
            value.push_str(", ");
            value.push_str(other);
        }
        request.headers.set(Name::Via, value);
    }
    via
}

/// Where a response goes (RFC 3261 18.2.2, RFC 3581 4): over a stream the way the request came; over UDP to its source address, at the
/// source port if asked for, else at the port of the Via. `maddr` is ignored: it would let anyone aim our answers at anybody.
pub(super) fn response_flow(flow: Flow, via: &Via) -> Flow {
    if flow.transport.is_reliable() || via.params.contains("rport") {
        return flow;
    }
    let port = via.port.unwrap_or(flow.transport.default_port());
    Flow { remote: SocketAddr::new(flow.remote.ip(), port), ..flow }
}

pub(super) fn top_via(value: &str) -> Option<Via> {
    split_list(value).ok()?.first().and_then(|via| Via::parse(via).ok())
}
