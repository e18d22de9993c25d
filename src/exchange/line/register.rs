//! Our registration with a line (RFC 3261 10): refreshed in time, tried again after pauses that grow (RFC 5626 4.5).

use std::time::Duration;

use super::super::exchange::{Asked, Exchange};
use super::goodbye::Goodbye;
use super::lines::Alarm;
use super::login;
use super::standing::{Asking, Standing, State};
use super::watch::host;
use crate::base::id::LineId;
use crate::base::{Dice, Flow, Now};
use crate::sip::endpoint::ClientTx;
use crate::sip::message::{Contacts, Method, Name, NameAddr, Request, Response};
use crate::sip::uri::{SipUri, Uri};

/// The pause after a first failure, which doubles with each.
const PAUSE_MIN: Duration = Duration::from_secs(30);
const PAUSE_MAX: Duration = Duration::from_secs(30 * 60);
/// The longest registration that a registrar may make us propose.
const EXPIRES_MAX: u32 = 86_400;

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Until then it may rest.
    Registered(Duration),
    /// At once, with a longer time.
    Longer(u32),
    /// Somewhere else, or later.
    Elsewhere,
    /// Later; the registrar has said no.
    Refused(u16),
}

impl Exchange {
    pub(in super::super) fn register_line(&mut self, now: Now, id: LineId) {
        let Some(standing) = self.lines.get_mut(id).filter(|standing| standing.line.registers) else { return };
        let Some(flow) = standing.target().filter(|_| standing.registration.asking.is_none()) else { return };
        standing.registration.cseq += 1;
        let Some(standing) = self.lines.get(id) else { return };
        let request = self.register_request(standing, &flow, standing.registration.expires);
        self.send_register(now, id, request, flow, 0);
    }

    /// A REGISTER of this line, complete but for its Via.
    pub(super) fn register_request(&self, standing: &Standing, flow: &Flow, expires: u32) -> Request {
        let (line, registration) = (&standing.line, &standing.registration);
        let address = address_of_record(&line.username, &line.domain);
        let mut request = Request::new(Method::Register, Uri::Sip(SipUri { user: None, ..address.clone() }));
        let address = NameAddr::new(Uri::Sip(address));
        request.headers.push(Name::MaxForwards, "70");
        request.headers.push(Name::From, address.clone().with_tag(&registration.tag).to_string());
        request.headers.push(Name::To, address.to_string());
        request.headers.push(Name::CallId, &*registration.call_id);
        request.headers.push(Name::CSeq, format!("{} REGISTER", registration.cseq));
        request.headers.push(Name::Contact, self.contact(flow, &standing.name).to_string());
        request.headers.push(Name::Expires, expires.to_string());
        request.headers.push(Name::Allow, super::super::admit::ALLOW);
        request.headers.push(Name::UserAgent, &*self.product);
        request
    }

    fn send_register(&mut self, now: Now, id: LineId, request: Request, flow: Flow, proofs: u32) {
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, request.clone(), flow, &sent_by);
        self.asked.insert(tx, Asked::Register { line: id });
        if let Some(standing) = self.lines.get_mut(id) {
            standing.registration.asking = Some(Asking { tx, request: Box::new(request), proofs });
        }
    }

    pub(in super::super) fn register_response(&mut self, now: Now, id: LineId, tx: ClientTx, response: &Response, flow: Flow) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        let Some(Asking { mut request, proofs, .. }) = standing.registration.asking.take_if(|asking| asking.tx == tx) else { return };
        standing.connection = flow.connection;
        let Some(target) = standing.target() else { return };
        let mut client = std::mem::take(&mut standing.registration.client);
        let address = flow.remote.ip();
        let is_proved = login::prove_again(&mut self.dice, standing, &mut client, &mut request, response, address, proofs);
        standing.registration.client = client;
        if is_proved {
            standing.registration.cseq += 1;
            return self.send_register(now, id, *request, target, proofs + 1);
        }
        match next(response, &standing.name, standing.registration.expires) {
            Next::Registered(granted) => {
                let registration = &mut standing.registration;
                registration.state = State::Registered { until: now.mono + granted };
                (registration.failures, registration.tried) = (0, 0);
                standing.missed = 0;
                self.lines.set(id, Alarm::Register, now.mono + refresh_after(&mut self.dice, granted));
            }
            Next::Longer(expires) => {
                standing.registration.expires = expires;
                self.lines.set(id, Alarm::Register, now.mono);
            }
            Next::Elsewhere => self.register_elsewhere(now, id, retry_after(response)),
            Next::Refused(status) => {
                standing.registration.state = State::Refused(status);
                self.register_later(now, id, retry_after(response));
            }
        }
        self.note_condition(now, id);
    }

    pub(in super::super) fn register_unanswered(&mut self, now: Now, id: LineId, tx: ClientTx) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        if standing.registration.asking.take_if(|asking| asking.tx == tx).is_some() {
            self.register_elsewhere(now, id, None);
            self.note_condition(now, id);
        }
    }

    /// At another address at once, or after a pause when all were tried. What was registered holds until it runs out.
    fn register_elsewhere(&mut self, now: Now, id: LineId, retry_after: Option<Duration>) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        standing.registration.tried += 1;
        if standing.registration.tried < standing.targets.len() && standing.next_target() {
            return self.lines.set(id, Alarm::Register, now.mono);
        }
        if !matches!(standing.registration.state, State::Registered { until } if now.mono < until) {
            standing.registration.state = State::Silent;
        }
        standing.next_target();
        self.register_later(now, id, retry_after);
    }

    fn register_later(&mut self, now: Now, id: LineId, retry_after: Option<Duration>) {
        let Some(standing) = self.lines.get_mut(id) else { return };
        let registration = &mut standing.registration;
        registration.failures = registration.failures.saturating_add(1);
        registration.tried = 0;
        let pause = pause_after(&mut self.dice, registration.failures).max(retry_after.unwrap_or_default()).min(PAUSE_MAX);
        self.lines.set(id, Alarm::Register, now.mono + pause);
    }

    /// The line is out of service: its registration, if it stands, is taken back.
    pub(in super::super) fn leave_line(&mut self, now: Now, mut standing: Standing) {
        if let Some(asking) = standing.registration.asking.take() {
            self.asked.remove(&asking.tx);
        }
        let is_registered = matches!(standing.registration.state, State::Registered { until } if now.mono < until);
        if let Some(flow) = standing.target().filter(|_| is_registered) {
            standing.registration.cseq += 1;
            let request = self.register_request(&standing, &flow, 0);
            self.say_goodbye(now, Goodbye { standing: Box::new(standing), request: Box::new(request), proofs: 0 }, flow);
        }
    }
}

/// `sip:username@domain`; a username with a domain of its own is whole already.
fn address_of_record(username: &str, domain: &str) -> SipUri {
    let (user, domain) = username.rsplit_once('@').unwrap_or((username, domain));
    SipUri::new(Some(user), host(domain), None)
}

/// The rule, free of everything else. `name` is the user part of our Contact.
fn next(response: &Response, name: &str, proposed: u32) -> Next {
    match response.status {
        200..=299 => Next::Registered(Duration::from_secs(u64::from(granted(response, name).unwrap_or(proposed).max(1)))),
        423 => {
            let min = response.headers.get(&Name::MinExpires).and_then(|min| min.trim().parse().ok());
            match min.filter(|min| (proposed + 1..=EXPIRES_MAX).contains(min)) {
                Some(min) => Next::Longer(min),
                None => Next::Refused(423),
            }
        }
        408 | 430 | 500..=599 => Next::Elsewhere,
        status => Next::Refused(status),
    }
}

/// The seconds that a 200 grants: of our Contact among those that it lists, else of the whole.
fn granted(response: &Response, name: &str) -> Option<u32> {
    let Ok(Contacts::Some(contacts)) = Contacts::of(&response.headers) else { return None };
    let is_ours = |contact: &&NameAddr| contact.uri.user().is_some_and(|user| user == name);
    let ours = contacts.iter().find(is_ours).and_then(|contact| contact.params.get("expires"));
    ours.or(response.headers.get(&Name::Expires)).and_then(|seconds| seconds.trim().parse().ok())
}

/// Seconds, as RFC 3261 20.33 has them before any comment.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers.get(&Name::RetryAfter)?;
    let seconds = text.split(['(', ';']).next()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Between eight and nine tenths of what was granted, so that lines that came up together do not stay together.
fn refresh_after(dice: &mut Dice, granted: Duration) -> Duration {
    granted * (800 + dice.below(100)) / 1000
}

/// RFC 5626 4.5: between half of it and the whole, of a time that doubles.
pub fn pause_after(dice: &mut Dice, failures: u32) -> Duration {
    let longest = PAUSE_MIN.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(PAUSE_MAX);
    longest * (500 + dice.below(501)) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, fields: &[(Name, &str)]) -> Response {
        let mut response = Response::new(status);
        for (name, value) in fields {
            response.headers.push(name.clone(), *value);
        }
        response
    }

    #[test]
    fn what_a_registrar_says() {
        let check = |status, fields: &[(Name, &str)], expected| {
            assert_eq!(next(&response(status, fields), "ours", 600), expected, "{status} {fields:?}");
        };
        let others = "<sip:x@192.0.2.1>;expires=60, <sip:ours@192.0.2.2:5060>;expires=300";
        check(200, &[(Name::Contact, others)], Next::Registered(Duration::from_secs(300)));
        check(200, &[(Name::Expires, "120")], Next::Registered(Duration::from_secs(120)));
        check(200, &[], Next::Registered(Duration::from_secs(600)));
        check(200, &[(Name::Expires, "0")], Next::Registered(Duration::from_secs(1)));
        check(423, &[(Name::MinExpires, "3600")], Next::Longer(3600));
        check(423, &[(Name::MinExpires, "600")], Next::Refused(423));
        check(423, &[(Name::MinExpires, "4294967295")], Next::Refused(423));
        check(423, &[], Next::Refused(423));
        check(503, &[], Next::Elsewhere);
        check(401, &[], Next::Refused(401));
        check(403, &[], Next::Refused(403));
        check(302, &[], Next::Refused(302));
        check(604, &[], Next::Refused(604));
    }

    #[test]
    fn pauses_grow_and_differ() {
        let mut dice = Dice::from_number(1);
        for (failures, longest) in [(1, 30), (2, 60), (3, 120), (6, 960), (7, 1800), (40, 1800), (u32::MAX, 1800)] {
            let longest = Duration::from_secs(longest);
            let pauses: Vec<Duration> = (0..50).map(|_| pause_after(&mut dice, failures)).collect();
            assert!(pauses.iter().all(|pause| (longest / 2..=longest).contains(pause)), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        }
    }

    #[test]
    fn a_comment_behind_retry_after_is_no_number() {
        let after = |text: &str| retry_after(&response(503, &[(Name::RetryAfter, text)]));
        assert_eq!(after("18 (I'm in a meeting);duration=3600"), Some(Duration::from_secs(18)));
        assert_eq!((after("soon"), after("")), (None, None));
    }
}
