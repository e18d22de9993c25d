//! INVITEs of ours that fit a datagram on every path (RFC 3261 18.1.1).
//!
//! One that is too long loses what its phone can do without, the least missed first, until it fits. What is left of it is the least that makes
//! a call; if that is still too long, because a phone behind many proxies has long addresses, it is not sent and the phone is unavailable.

use crate::base::limits::SIP_OWN_INVITE_BYTES_MAX;
use crate::base::{Flow, Transport};
use crate::sip::message::{Name, NameAddr, Request};

/// Room for the Via that the endpoint puts on top: IPv6 address, port, branch.
const VIA_BYTES_MAX: usize = 128;

/// The product; the session timer, without which a phone that is gone is noticed otherwise; what we understand, which OPTIONS tells too; and
/// the caller a second time, for From names him as well.
const OPTIONAL: [Name; 5] = [Name::UserAgent, Name::SessionExpires, Name::Supported, Name::Allow, Name::PAssertedIdentity];

/// Makes an INVITE fit its way. False: it does not.
pub fn fit(invite: &mut Request, flow: &Flow) -> bool {
    if flow.transport != Transport::Udp {
        return true;
    }
    for name in &OPTIONAL {
        if is_short(invite) {
            return true;
        }
        invite.headers.remove_all(name);
    }
    if !is_short(invite)
        && let Some(Ok(from)) = invite.headers.get(&Name::From).map(NameAddr::parse)
    {
        // The number says who calls.
        let nameless = NameAddr { display: String::new(), ..from };
        invite.headers.set(Name::From, nameless.to_string());
    }
    is_short(invite)
}

fn is_short(invite: &Request) -> bool {
    invite.write().is_ok_and(|bytes| bytes.len() + VIA_BYTES_MAX < SIP_OWN_INVITE_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::message::Method;
    use crate::sip::uri::Uri;

    fn flow(transport: Transport) -> Flow {
        let address = "192.0.2.1:5060".parse().expect("an address");
        Flow { transport, local: address, remote: address, connection: None }
    }

    fn invite(display: usize, body: usize) -> Request {
        let mut invite = Request::new(Method::Invite, Uri::parse("sip:102@192.0.2.7").expect("a URI"));
        invite.headers.push(Name::From, format!("\"{}\" <sip:101@192.0.2.1>;tag=a", "n".repeat(display)));
        invite.headers.push(Name::PAssertedIdentity, "<sip:101@192.0.2.1>");
        invite.headers.push(Name::Allow, "INVITE, ACK");
        invite.headers.push(Name::Supported, "timer");
        invite.headers.push(Name::SessionExpires, "1800");
        invite.headers.push(Name::UserAgent, "Trillo");
        invite.body = vec![b'x'; body];
        invite
    }

    #[test]
    fn what_is_missed_least_goes_first() {
        // The longer the body, the less stays beside it.
        let mut seen: Vec<Option<String>> = Vec::new();
        for body in 0..SIP_OWN_INVITE_BYTES_MAX {
            let mut invite = invite(10, body);
            let fits = fit(&mut invite, &flow(Transport::Udp));
            let left: Vec<&str> = invite.headers.iter().map(|field| field.name.as_str()).collect();
            let left = fits.then(|| left.join(" "));
            assert_eq!(fits, invite.write().expect("written").len() + VIA_BYTES_MAX < SIP_OWN_INVITE_BYTES_MAX);
            if seen.last() != Some(&left) {
                seen.push(left);
            }
        }
        let expected = [
            "From P-Asserted-Identity Allow Supported Session-Expires User-Agent",
            "From P-Asserted-Identity Allow Supported Session-Expires",
            "From P-Asserted-Identity Allow Supported",
            "From P-Asserted-Identity Allow",
            "From P-Asserted-Identity",
            "From",
        ];
        let expected = expected.map(|left| Some(left.to_owned())).into_iter().chain([None]);
        assert_eq!(seen, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_stream_takes_any_length() {
        let mut long = invite(10, 5000);
        assert!(fit(&mut long, &flow(Transport::Tcp)));
        assert_eq!(long, invite(10, 5000));
    }

    #[test]
    fn a_long_name_goes_before_the_call_does() {
        let mut named = invite(2000, 300);
        assert!(fit(&mut named, &flow(Transport::Udp)));
        assert_eq!(named.headers.get(&Name::From), Some("<sip:101@192.0.2.1>;tag=a"));
        assert!(!fit(&mut invite(0, 1300), &flow(Transport::Udp)), "what cannot be made short is not sent");
    }
}
