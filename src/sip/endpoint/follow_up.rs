//! The requests that follow from an INVITE of ours: its CANCEL, and the ACK of its failure.

use crate::sip::message::{Method, Name, Request, Response};

/// RFC 3261 9.1.
pub(super) fn cancel_request(invite: &Request, reason: Option<&str>) -> Request {
    let mut cancel = Request::new(Method::Cancel, invite.uri.clone());
    copy_identity(invite, &mut cancel);
    if let Some(to) = invite.headers.get(&Name::To) {
        cancel.headers.push(Name::To, to);
    }
    if let Some(reason) = reason {
        cancel.headers.push(Name::Reason, reason);
    }
    cancel
}

/// RFC 3261 17.1.1.3.
pub(super) fn ack_of_failure(invite: &Request, response: &Response) -> Request {
    let mut ack = Request::new(Method::Ack, invite.uri.clone());
    copy_identity(invite, &mut ack);
    if let Some(to) = response.headers.get(&Name::To) {
        ack.headers.push(Name::To, to);
    }
    ack
}

/// What CANCEL and ACK share with their INVITE: top Via, Route, From, Call-ID, the CSeq number.
fn copy_identity(invite: &Request, request: &mut Request) {
    if let Some(via) = invite.headers.get(&Name::Via) {
        request.headers.push(Name::Via, via);
    }
    for route in invite.headers.get_all(&Name::Route) {
        request.headers.push(Name::Route, route);
    }
    for name in [Name::From, Name::CallId] {
        if let Some(value) = invite.headers.get(&name) {
            request.headers.push(name, value);
        }
    }
    let number = invite.headers.get(&Name::CSeq).and_then(|value| value.split_ascii_whitespace().next()).unwrap_or("1");
    request.headers.push(Name::CSeq, format!("{number} {}", request.method));
    request.headers.push(Name::MaxForwards, "70");
}
