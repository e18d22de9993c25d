//! Requests over UDP that have their final answer and wait for their repetitions: the state Completed of `transaction/server.rs`, until its
//! timer J, for all of them.
//!
//! There are many: a thousand phones that register leave a thousand of these for half a minute. So not the bytes of the answer are kept but
//! what the request does not say, and a repeated request lends the rest (RFC 3261 8.2.6.2):
//!
//! ```text
//!   200 OK                      status and reason
//!   q8c7xw2pmd                  the To tag that we gave; empty if the request had one
//!   Server: Trillo/0.1.0        our header fields
//!   Contact: <sip:...>
//!                               an empty line, then the body
//! ```

use std::collections::{HashMap, VecDeque};
use std::fmt::Write;

use super::matching::Fingerprint;
use crate::base::Instant;
use crate::sip::message::{Name, NameAddr, Request, Response};
use crate::sip::transaction::TIMEOUT;

#[derive(Debug, Default)]
pub(super) struct Answered {
    answers: HashMap<Fingerprint, Box<[u8]>>,
    /// In the order of their ends, for all stay equally long.
    ends: VecDeque<(Instant, Fingerprint)>,
    /// Of those that have one: a REGISTER has none.
    origins: HashMap<Fingerprint, Fingerprint>,
}

/// Of what is no longer remembered.
#[derive(Debug)]
pub(super) struct End {
    pub origin: Option<Fingerprint>,
}

/// Room that is not worth giving back.
const ROOM_MIN: usize = 64;

impl Answered {
    /// `response` must have been written: it holds no line breaks where none may be.
    pub fn insert(&mut self, now: Instant, key: Fingerprint, origin: Option<Fingerprint>, response: &Response) {
        self.answers.insert(key, shorten(response));
        self.ends.push_back((now + TIMEOUT, key));
        if let Some(origin) = origin {
            self.origins.insert(key, origin);
        }
    }

    /// The answer again, if the request with that key has one.
    pub fn get(&self, key: Fingerprint, request: &Request) -> Option<Response> {
        restore(self.answers.get(&key)?, request)
    }

    /// Forgets the first whose time is over.
    pub fn pop_over(&mut self, now: Instant) -> Option<End> {
        let (_, key) = self.ends.front().copied().filter(|(at, _)| *at <= now)?;
        self.ends.pop_front();
        self.answers.remove(&key);
        let origin = self.origins.remove(&key);
        if self.ends.capacity() > ROOM_MIN && self.ends.len() < self.ends.capacity() / 4 {
            self.ends.shrink_to(2 * self.ends.len());
            self.answers.shrink_to(2 * self.answers.len());
            self.origins.shrink_to(2 * self.origins.len());
        }
        Some(End { origin })
    }

    pub fn next(&self) -> Option<Instant> {
        self.ends.front().map(|(at, _)| *at)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

/// What [`Request::response`] copies.
const fn is_copied(name: &Name) -> bool {
    matches!(name, Name::Via | Name::From | Name::To | Name::CallId | Name::CSeq)
}

fn shorten(response: &Response) -> Box<[u8]> {
    let to = response.headers.get(&Name::To).and_then(|to| NameAddr::parse(to).ok());
    let tag = to.as_ref().and_then(NameAddr::tag).unwrap_or("");
    let mut text = format!("{} {}\n{tag}\n", response.status, response.reason);
    for field in response.headers.iter().filter(|field| !is_copied(&field.name)) {
        let _ = writeln!(text, "{}: {}", field.name, field.value);
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&response.body);
    bytes.into_boxed_slice()
}

fn restore(mut bytes: &[u8], request: &Request) -> Option<Response> {
    let mut line = || {
        let (line, rest) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n')?);
        bytes = &rest[1..];
        std::str::from_utf8(line).ok()
    };
    let (status, reason) = line()?.split_once(' ')?;
    let tag = line()?;
    let mut response = request.response(status.parse().ok()?, Some(tag).filter(|tag| !tag.is_empty()));
    response.reason = reason.to_owned();
    while let Some((name, value)) = line()?.split_once(": ") {
        response.headers.push(Name::from_token(name), value);
    }
    response.body = bytes.to_vec();
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::message::Method;
    use crate::sip::uri::Uri;

    fn request(to: &str) -> Request {
        let mut request = Request::new(Method::Options, Uri::parse("sip:a@b").expect("a URI"));
        let fields = [
            (Name::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"),
            (Name::Via, "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2"),
            (Name::MaxForwards, "70"),
            (Name::To, to),
            (Name::From, "\"Ännchen\" <sip:a@b>;tag=1"),
            (Name::CallId, "call"),
            (Name::CSeq, "1 OPTIONS"),
        ];
        for (name, value) in fields {
            request.headers.push(name, value);
        }
        request
    }

    fn check(request: &Request, response: &Response) {
        let kept = shorten(response);
        let again = restore(&kept, request).expect("an answer");
        assert_eq!(String::from_utf8(again.write().expect("bytes")), String::from_utf8(response.write().expect("bytes")));
    }

    #[test]
    fn an_answer_comes_back_byte_for_byte() {
        for to in ["<sip:a@b>", "<sip:a@b>;tag=theirs"] {
            let request = request(to);
            let mut response = request.response(200, Some("ours"));
            check(&request, &response);
            response.headers.push(Name::Server, "Trillo/0.1.0");
            response.headers.push(Name::Contact, "<sip:a@192.0.2.1>;expires=3600");
            response.headers.push(Name::from_token("X-Empty"), "");
            check(&request, &response);
            response.body = b"v=0\r\n\r\na: b\n\n".to_vec();
            check(&request, &response);
            response.reason = "Call is over: or so: it seems".to_owned();
            check(&request, &response);
            response.reason = String::new();
            check(&request, &response);
            check(&request, &request.response(481, None));
        }
    }

    #[test]
    fn the_room_of_a_flood_is_given_back() {
        let mut answered = Answered::default();
        let request = request("<sip:a@b>");
        for key in 0..1000 {
            answered.insert(Instant::ZERO, key, None, &request.response(200, None));
        }
        assert_eq!(answered.get(999, &request).map(|response| response.status), Some(200));
        assert!(answered.pop_over(Instant::ZERO).is_none());
        while answered.pop_over(Instant::ZERO + TIMEOUT).is_some() {}
        assert_eq!((answered.len(), answered.next(), answered.get(999, &request)), (0, None, None));
        assert!(answered.ends.capacity() <= ROOM_MIN && answered.answers.capacity() <= 2 * ROOM_MIN);
    }
}
