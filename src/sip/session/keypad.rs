//! Keys that a phone sends in an INFO: `application/dtmf-relay` as Cisco wrote it first, and the shorter `application/dtmf`.

use crate::sip::message::{Headers, Name};

/// Types that we read, for the Accept of a 415.
pub const TYPES: &str = "application/dtmf-relay, application/dtmf";

/// A key of a telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub symbol: char,
}

/// Why a body tells no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Another type: 415.
    OtherType,
    /// No key that there is: 400.
    NoKey,
}

/// The key that an INFO tells; none where it has no body.
pub fn read(headers: &Headers, body: &[u8]) -> Result<Option<Key>, Unread> {
    if body.is_empty() {
        return Ok(None);
    }
    let media_type = headers.get(&Name::ContentType).unwrap_or("").split(';').next().unwrap_or("").trim();
    let text = std::str::from_utf8(body).map_err(|_| Unread::NoKey);
    let signal = if media_type.eq_ignore_ascii_case("application/dtmf-relay") {
        let lines = text?.lines().filter_map(|line| line.split_once('='));
        lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case("signal")).map(|(_, value)| value.trim()).next().ok_or(Unread::NoKey)?
    } else if media_type.eq_ignore_ascii_case("application/dtmf") {
        text?.trim()
    } else {
        return Err(Unread::OtherType);
    };
    key(signal).map(Some).ok_or(Unread::NoKey)
}

/// The sign itself; some phones write the events of RFC 4733 instead: 10 is the star, 11 the hash.
fn key(signal: &str) -> Option<Key> {
    let symbol = match signal {
        "10" => '*',
        "11" => '#',
        _ => {
            let mut symbols = signal.chars();
            symbols.next().filter(|_| symbols.next().is_none())?.to_ascii_uppercase()
        }
    };
    matches!(symbol, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Key { symbol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_as_phones_write_them() {
        let check = |media_type: &str, body: &str, expected: Result<Option<char>, Unread>| {
            let mut headers = Headers::default();
            headers.push(Name::ContentType, media_type);
            assert_eq!(read(&headers, body.as_bytes()).map(|key| key.map(|key| key.symbol)), expected, "{media_type} {body:?}");
        };
        check("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", Ok(Some('5')));
        check("application/dtmf-relay", "Signal= *\nDuration= 250", Ok(Some('*')));
        check("Application/DTMF-Relay; x=y", "Duration=1\r\nsignal=11", Ok(Some('#')));
        check("application/dtmf", "b\r\n", Ok(Some('B')));
        check("application/dtmf", "", Ok(None));
        check("application/dtmf", "12", Err(Unread::NoKey));
        check("application/dtmf-relay", "Duration=160", Err(Unread::NoKey));
        check("application/media_control+xml", "<x/>", Err(Unread::OtherType));
    }
}
