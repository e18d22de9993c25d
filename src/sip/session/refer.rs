//! REFER (RFC 3515) and what its sender is told of it: whom the other party is to be connected with, and how far that is.
//!
//! Of Refer-To only the user part and Replaces are looked at, never the host: it is a number of ours that is dialled for somebody, or a call
//! of ours that is taken over. So nobody can be sent to a machine that we do not know.

use super::replaces::Replaces;
use crate::sip::message::{Headers, Name, NameAddr, reason_phrase};
use crate::sip::uri::unescape;

/// What a REFER wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refer {
    /// Whom Refer-To names, unescaped; empty where it names nobody.
    pub number: String,
    pub replaces: Option<Replaces>,
    /// The sender wants to hear what becomes of it (not so with norefersub, RFC 4488).
    pub is_subscribed: bool,
}

impl Refer {
    /// The status says why a REFER cannot be followed.
    pub fn of(headers: &Headers) -> Result<Refer, u16> {
        let mut targets = headers.get_all(&Name::ReferTo);
        // RFC 3515 2.4.2: exactly one.
        let (Some(target), None) = (targets.next(), targets.next()) else { return Err(400) };
        let target = NameAddr::parse(target).map_err(|_| 400u16)?;
        let asks_invite = |method: &str| method.eq_ignore_ascii_case("INVITE");
        let sip = target.uri.as_sip();
        if sip.and_then(|uri| uri.params.get("method")).is_some_and(|method| !asks_invite(method)) {
            return Err(403);
        }
        let number = target.uri.user().unwrap_or_default();
        let replaces = match sip.and_then(|uri| uri.headers.as_deref()).and_then(|headers| header(headers, "Replaces")) {
            Some(value) => Some(Replaces::parse(&value).ok_or(400u16)?),
            None => None,
        };
        if number.is_empty() && replaces.is_none() {
            return Err(404);
        }
        let wants_silence =
            headers.get(&Name::ReferSub).is_some_and(|value| value.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("false"));
        Ok(Refer { number, replaces, is_subscribed: !wants_silence })
    }
}

/// One of the headers of a URI (RFC 3261 19.1.1), unescaped.
fn header(headers: &str, name: &str) -> Option<String> {
    let value = headers.split('&').find_map(|pair| pair.split_once('=').filter(|(own, _)| own.eq_ignore_ascii_case(name)))?.1;
    Some(unescape(value))
}

/// The body of a NOTIFY: the first line of the response that the referred call got (RFC 3515 2.4.5).
pub fn fragment(status: u16) -> String {
    format!("SIP/2.0 {status} {}\r\n", reason_phrase(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(refer_to: &str) -> Result<Refer, u16> {
        let mut headers = Headers::default();
        headers.push(Name::ReferTo, refer_to);
        Refer::of(&headers)
    }

    #[test]
    fn only_number_and_replaces_count() {
        for text in [
            "sip:103@10.0.0.1",
            "<sip:103@evil.example;transport=tcp>",
            "\"C\" <sip:%3103@x;method=INVITE>",
            "<tel:1-03>",
            "<sips:103;x=y@h>",
        ] {
            assert_eq!(read(text), Ok(Refer { number: "103".to_owned(), replaces: None, is_subscribed: true }), "{text}");
        }
        let attended = read("<sip:103@h?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>").unwrap();
        let replaces = Replaces { call_id: "a@b".to_owned(), to_tag: "1".to_owned(), from_tag: "2".to_owned(), early_only: false };
        assert_eq!((attended.number.as_str(), attended.replaces), ("103", Some(replaces)));
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        for (text, status) in [("", 400), ("103", 400), ("<sip:103@h;method=BYE>", 403), ("<sip:h>", 404), ("<sip:103@h?Replaces=x>", 400)]
        {
            assert_eq!(read(text), Err(status), "{text}");
        }
        let mut two = Headers::default();
        two.push(Name::ReferTo, "<sip:1@h>");
        two.push(Name::ReferTo, "<sip:2@h>");
        assert_eq!(Refer::of(&two), Err(400));
        assert_eq!(Refer::of(&Headers::default()), Err(400));
    }

    #[test]
    fn who_wants_no_news_says_so() {
        let mut headers = Headers::default();
        headers.push(Name::ReferTo, "<sip:1@h>");
        headers.push(Name::ReferSub, "false");
        assert_eq!(Refer::of(&headers).map(|refer| refer.is_subscribed), Ok(false));
        assert_eq!(fragment(404), "SIP/2.0 404 Not Found\r\n");
    }
}
