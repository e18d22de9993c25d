//! Session timers (RFC 4028): who has to show within which time that a session is still wanted.
//!
//! In: the headers of a request that comes ([`Refresh::asked`]), or of the 2xx to one of ours ([`Refresh::granted`]). Out: the headers of our
//! 2xx or request, and how long to wait: whoever refreshes does so at half of the interval; the other gives up a little before its end.

use std::fmt;
use std::time::Duration;

use crate::sip::message::{Headers, Name, Params};

/// The shortest interval that we take, and the shortest that anybody may ask for (RFC 4028 4).
pub const INTERVAL_MIN: u32 = 90;
/// What we ask for (RFC 4028 4 recommends half an hour).
pub const INTERVAL: u32 = 1800;
/// Longer ones are no promise that anybody relies on.
const INTERVAL_MAX: u32 = 86_400;

/// Who refreshes, seen from one request: its sender or who answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    Uac,
    Uas,
}

/// The value of Session-Expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    pub seconds: u32,
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    pub fn of(headers: &Headers) -> Option<SessionExpires> {
        let value = headers.get(&Name::SessionExpires)?;
        let (seconds, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let refresher = match Params::parse(params).ok()?.get("refresher") {
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            _ => None,
        };
        Some(SessionExpires { seconds: number(seconds)?, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seconds)?;
        match self.refresher {
            Some(Refresher::Uac) => f.write_str(";refresher=uac"),
            Some(Refresher::Uas) => f.write_str(";refresher=uas"),
            None => Ok(()),
        }
    }
}

/// The timer of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    pub seconds: u32,
    /// We refresh, not the peer.
    pub is_ours: bool,
}

/// An interval below [`INTERVAL_MIN`]: 422, which names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooShort;

impl Refresh {
    /// What a request of the peer asks for. None: the session has no timer (any more).
    pub fn asked(headers: &Headers) -> Result<Option<Refresh>, TooShort> {
        let Some(asked) = SessionExpires::of(headers) else { return Ok(None) };
        let knows_timers = headers.tokens(&Name::Supported).any(|token| token.eq_ignore_ascii_case("timer"));
        if asked.seconds < INTERVAL_MIN {
            // A proxy put it there for someone who could do nothing with a 422.
            return if knows_timers { Err(TooShort) } else { Ok(None) };
        }
        let is_ours = !knows_timers || asked.refresher == Some(Refresher::Uas);
        Ok(Some(Refresh { seconds: asked.seconds.min(INTERVAL_MAX), is_ours }))
    }

    /// What the 2xx to a request of ours says (RFC 4028 7.2). None: the peer wants no timer.
    pub fn granted(headers: &Headers) -> Option<Refresh> {
        let granted = SessionExpires::of(headers)?;
        let is_ours = granted.refresher != Some(Refresher::Uas);
        Some(Refresh { seconds: granted.seconds.clamp(INTERVAL_MIN, INTERVAL_MAX), is_ours })
    }

    /// What our 2xx to the peer's request says (RFC 4028 9).
    pub fn answer(&self, headers: &mut Headers) {
        let refresher = if self.is_ours { Refresher::Uas } else { Refresher::Uac };
        headers.push(Name::SessionExpires, SessionExpires { seconds: self.seconds, refresher: Some(refresher) }.to_string());
        if !self.is_ours {
            headers.push(Name::Require, "timer");
        }
    }

    /// What a request of ours within the session says: whoever refreshes goes on doing so.
    pub fn ask(&self, headers: &mut Headers) {
        let refresher = if self.is_ours { Refresher::Uac } else { Refresher::Uas };
        headers.push(Name::SessionExpires, SessionExpires { seconds: self.seconds, refresher: Some(refresher) }.to_string());
    }

    /// The interval that a 422 demands, if it is longer.
    pub fn raised(&self, headers: &Headers) -> Option<Refresh> {
        let seconds = min_se(headers)?;
        (seconds > self.seconds && seconds <= INTERVAL_MAX).then_some(Refresh { seconds, ..*self })
    }

    pub fn interval(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// How long to wait from the last refresh: until it is our turn, or until the peer has missed its own (RFC 4028 10).
    pub fn patience(&self) -> Duration {
        let seconds = if self.is_ours { self.seconds / 2 } else { self.seconds - (self.seconds / 3).min(32) };
        Duration::from_secs(seconds.into())
    }
}

/// The least interval that a 422 names.
pub fn min_se(headers: &Headers) -> Option<u32> {
    let value = headers.get(&Name::MinSe)?;
    number(value.split(';').next().unwrap_or(value))
}

fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(session_expires: &str, supported: &str) -> Headers {
        let mut headers = Headers::default();
        headers.push(Name::SessionExpires, session_expires);
        headers.push(Name::Supported, supported);
        headers
    }

    #[test]
    fn who_refreshes_is_as_rfc_4028_table_2_says() {
        let check = |value: &str, supported: &str, expected: Result<Option<(u32, bool)>, TooShort>| {
            let asked = Refresh::asked(&headers(value, supported));
            assert_eq!(asked.map(|asked| asked.map(|asked| (asked.seconds, asked.is_ours))), expected, "{value} {supported}");
        };
        check("1800", "timer", Ok(Some((1800, false))));
        check("1800;refresher=uac", "100rel, TIMER", Ok(Some((1800, false))));
        check("1800 ; refresher=UAS", "timer", Ok(Some((1800, true))));
        check("1800", "100rel", Ok(Some((1800, true))));
        check("1800;refresher=uac", "", Ok(Some((1800, true))));
        check("89", "timer", Err(TooShort));
        check("89", "", Ok(None));
        check("4000000000", "timer", Ok(Some((86_400, false))));
        for unreadable in ["", "x", "-1", "99999999999"] {
            check(unreadable, "timer", Ok(None));
        }
        assert_eq!(Refresh::asked(&Headers::default()), Ok(None));
    }

    #[test]
    fn an_answer_names_who_refreshes_and_a_request_goes_on_with_it() {
        for (is_ours, answer, request) in
            [(true, "600;refresher=uas", "600;refresher=uac"), (false, "600;refresher=uac", "600;refresher=uas")]
        {
            let refresh = Refresh { seconds: 600, is_ours };
            let mut headers = Headers::default();
            refresh.answer(&mut headers);
            assert_eq!(headers.get(&Name::SessionExpires), Some(answer));
            assert_eq!(headers.get(&Name::Require).is_some(), !is_ours, "who must refresh must know how");
            let mut headers = Headers::default();
            refresh.ask(&mut headers);
            assert_eq!(headers.get(&Name::SessionExpires), Some(request));
            assert_eq!(Refresh::granted(&headers), Some(refresh), "a peer that grants what was asked");
        }
    }

    #[test]
    fn waiting_leaves_room_before_the_end() {
        let patience = |seconds, is_ours| Refresh { seconds, is_ours }.patience().as_secs();
        assert_eq!((patience(1800, true), patience(1800, false)), (900, 1768));
        assert_eq!((patience(90, true), patience(90, false)), (45, 60));
    }

    #[test]
    fn a_demand_for_more_time_is_followed_upwards_only() {
        let mut headers = Headers::default();
        headers.push(Name::MinSe, "3600;x=y");
        let refresh = Refresh { seconds: 1800, is_ours: true };
        assert_eq!(refresh.raised(&headers), Some(Refresh { seconds: 3600, is_ours: true }));
        headers.set(Name::MinSe, "90");
        assert_eq!(refresh.raised(&headers), None);
    }
}
