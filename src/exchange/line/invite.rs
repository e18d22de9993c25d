//! What a line is told of a call: whom it is for, and as whom it comes (RFC 3323, 3325, 5806, 7044).

use super::super::call::{Call, Phase};
use super::super::exchange::Exchange;
use super::watch::host;
use crate::base::Flow;
use crate::base::id::{CallId, ExtensionId, LineId};
use crate::route::{Ended, External};
use crate::settings::{Cause, DiversionHeader, Line, LineKind, rewritten};
use crate::sip::message::{Method, Name, NameAddr, Request};
use crate::sip::session::refresh;
use crate::sip::uri::{SipUri, Uri};

/// The caller of whom nothing is shown (RFC 3323 4.1.1.3).
const NOBODY: &str = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
/// The number of a caller on a line who does not show it.
pub const HIDDEN: &str = "anonymous";

impl Exchange {
    /// An INVITE for a line, complete but for its Via and its body.
    pub(super) fn line_invite(&self, id: CallId, line: LineId, to: &External, flow: &Flow, names: (&str, &str)) -> Option<Request> {
        let (local_tag, call_id) = names;
        let call = self.calls.get(id)?;
        let Phase::Ringing { max_forwards, .. } = call.phase else { return None };
        let standing = self.lines.get(line)?;
        let line = &standing.line;
        // Numbers for help are the same everywhere.
        let number = if to.is_emergency { to.number.clone() } else { rewritten(&line.rewrite_out, &to.number) };
        let port = line.port.filter(|_| line.outbound_proxy.is_none());
        let target = Uri::Sip(SipUri::new(Some(&number), host(&line.domain), port));
        let asserted = self.asserted(line, to);
        let is_forward = !to.is_emergency && (call.caller_extension != to.on_behalf_of || to.on_behalf_of.is_none());
        let shown = self.shown_caller(call, line).filter(|_| is_forward && line.shows_caller);
        let is_hidden = match &shown {
            Some((number, _)) => number == HIDDEN,
            None => to.hides_number && !to.is_emergency,
        };
        let from = match (is_hidden, shown) {
            (true, _) => NameAddr::parse(NOBODY).ok()?,
            (false, Some((number, name))) => NameAddr { display: name, ..address(&number, line) },
            (false, None) => asserted.clone(),
        };
        let mut request = Request::new(Method::Invite, target.clone());
        request.headers.push(Name::MaxForwards, max_forwards.to_string());
        request.headers.push(Name::From, from.with_tag(local_tag).to_string());
        request.headers.push(Name::To, NameAddr::new(target.clone()).to_string());
        request.headers.push(Name::CallId, call_id);
        request.headers.push(Name::CSeq, "1 INVITE");
        request.headers.push(Name::Contact, self.contact(flow, &standing.name).to_string());
        request.headers.push(Name::PAssertedIdentity, asserted.to_string());
        if is_hidden {
            request.headers.push(Name::Privacy, "id");
        }
        if is_forward {
            push_diversion(&mut request, line, &asserted, &target, call.walk.passed().last().map(|passed| passed.ended));
        }
        request.headers.push(Name::Allow, super::super::admit::ALLOW);
        request.headers.push(Name::Supported, super::super::admit::SUPPORTED);
        request.headers.push(Name::SessionExpires, refresh::INTERVAL.to_string());
        request.headers.push(Name::UserAgent, &*self.product);
        request.headers.push(Name::ContentType, "application/sdp");
        Some(request)
    }

    /// Who answers for the call: the extension that sends it there.
    fn asserted(&self, line: &Line, to: &External) -> NameAddr {
        match &to.identity {
            Some(identity) => address(identity, line),
            None => self.number_on(line, to.on_behalf_of),
        }
    }

    /// An extension as a line shows it: by the number that it has outside, or by the line's own. To another site it is itself.
    fn number_on(&self, line: &Line, extension: Option<ExtensionId>) -> NameAddr {
        let extension = extension.and_then(|extension| self.settings.extensions.get(&extension));
        if let Some(extension) = extension.filter(|_| line.kind == LineKind::Site) {
            return NameAddr { display: extension.display_name(), ..address(&extension.number, line) };
        }
        let account = line.username.split('@').next().unwrap_or_default();
        let known = [extension.map_or("", |extension| extension.outbound_number.as_str()), line.number.as_str(), account];
        address(known.into_iter().find(|number| !number.is_empty()).unwrap_or(HIDDEN), line)
    }

    /// The caller's own number and name, as the line shows them.
    fn shown_caller(&self, call: &Call, line: &Line) -> Option<(String, String)> {
        match call.caller_extension {
            Some(extension) => {
                let shown = self.number_on(line, Some(extension));
                Some((shown.uri.user()?, shown.display))
            }
            None => Some((call.caller_number.clone(), call.caller_name.clone())),
        }
    }
}

fn address(number: &str, line: &Line) -> NameAddr {
    NameAddr::new(Uri::Sip(SipUri::new(Some(number), host(&line.domain), None)))
}

/// Says who sent the call on, and why. `last`: how its last place ended; none where it came to no other.
fn push_diversion(request: &mut Request, line: &Line, by: &NameAddr, target: &Uri, last: Option<Ended>) {
    // RFC 5806 4.3, and the statuses that RFC 4458 2 gives the same reasons.
    let (reason, cause) = match last {
        Some(Ended::Failed(Cause::Busy)) => ("user-busy", 486),
        Some(Ended::Failed(Cause::NoAnswer)) => ("no-answer", 408),
        Some(Ended::Failed(Cause::Unavailable)) => ("unavailable", 503),
        Some(Ended::Forwarded) | None => ("unconditional", 302),
    };
    match line.diversion {
        DiversionHeader::None => {}
        DiversionHeader::Diversion => {
            let value = format!("<{}>;reason={reason};counter=1", by.uri);
            request.headers.push(Name::Other("Diversion".into()), value);
        }
        DiversionHeader::HistoryInfo => {
            let value = format!("<{}?Reason=SIP%3Bcause%3D{cause}>;index=1, <{target};cause={cause}>;index=1.1", by.uri);
            request.headers.push(Name::Other("History-Info".into()), value);
        }
    }
}
