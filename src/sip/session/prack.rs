//! Reliable provisional responses (RFC 3262), both sides of them.
//!
//! As a server: [`Reliable`] numbers a response, repeats it until its PRACK comes, and says when to give up. As a client: [`Sequence`] takes
//! the responses of a peer in their order and says what their PRACK must name.

use std::fmt;
use std::time::Duration;

use crate::base::Instant;
use crate::sip::message::{Headers, Method, Name, Response};
use crate::sip::transaction::{T1, TIMEOUT};

/// The value of RAck: which response it is that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    pub rseq: u32,
    pub cseq: u32,
    pub method: Method,
}

impl RAck {
    pub fn of(headers: &Headers) -> Option<RAck> {
        let mut words = headers.get(&Name::RAck)?.split_ascii_whitespace();
        let rack = RAck { rseq: words.next()?.parse().ok()?, cseq: words.next()?.parse().ok()?, method: Method::from_token(words.next()?) };
        words.next().is_none().then_some(rack)
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.rseq, self.cseq, self.method)
    }
}

/// Whether a message says that its sender knows, or demands, reliable provisional responses.
pub fn is_named(headers: &Headers, name: &Name) -> bool {
    headers.tokens(name).any(|token| token.eq_ignore_ascii_case("100rel"))
}

/// The reliable responses to one INVITE.
#[derive(Debug)]
pub struct Reliable {
    rseq: u32,
    /// The number of the INVITE.
    cseq: u32,
    awaiting: Option<Awaiting>,
}

#[derive(Debug)]
struct Awaiting {
    response: Response,
    interval: Duration,
    next: Instant,
    deadline: Instant,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub enum Due {
    /// Send it again, and come back then.
    Again(Box<Response>, Instant),
    /// Nobody acknowledged it for 64*T1: the INVITE is refused (RFC 3262 3).
    GivenUp,
    Nothing,
}

impl Reliable {
    /// `first`: a random number; it is brought into the range that RFC 3262 3 wants.
    pub const fn new(first: u32, cseq: u32) -> Reliable {
        Reliable { rseq: first >> 2, cseq, awaiting: None }
    }

    /// Makes a response reliable, and says when to come back. None: an earlier one is not acknowledged yet; no second one may be sent before.
    pub fn send(&mut self, now: Instant, response: &mut Response) -> Option<Instant> {
        if self.awaiting.is_some() {
            return None;
        }
        self.rseq += 1;
        response.headers.push(Name::Require, "100rel");
        response.headers.push(Name::RSeq, self.rseq.to_string());
        let next = now + T1;
        self.awaiting = Some(Awaiting { response: response.clone(), interval: T1, next, deadline: now + TIMEOUT });
        Some(next)
    }

    /// A PRACK came. False: it names nothing that is awaited (481).
    pub fn acknowledge(&mut self, rack: &RAck) -> bool {
        let is_awaited = self.awaiting.is_some() && (rack.rseq, rack.cseq) == (self.rseq, self.cseq) && rack.method == Method::Invite;
        if is_awaited {
            self.awaiting = None;
        }
        is_awaited
    }

    pub fn due(&mut self, now: Instant) -> Due {
        let Some(awaiting) = self.awaiting.as_mut().filter(|awaiting| awaiting.next <= now) else { return Due::Nothing };
        if now >= awaiting.deadline {
            return Due::GivenUp;
        }
        awaiting.interval *= 2;
        awaiting.next = (now + awaiting.interval).min(awaiting.deadline);
        Due::Again(Box::new(awaiting.response.clone()), awaiting.next)
    }
}

/// The order of a peer's reliable responses in one early dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    last: Option<u32>,
}

impl Sequence {
    /// What the PRACK of this response says. None: it came before, or one before it has not come yet, and then neither counts (RFC 3262 4).
    pub fn take(&mut self, headers: &Headers, cseq: u32) -> Option<RAck> {
        let rseq: u32 = headers.get(&Name::RSeq)?.trim().parse().ok()?;
        if self.last.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return None;
        }
        self.last = Some(rseq);
        Some(RAck { rseq, cseq, method: Method::Invite })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_repeated_until_its_prack_comes() {
        let mut reliable = Reliable::new(u32::MAX, 7);
        let mut ringing = Response::new(180);
        let mut at = reliable.send(Instant::ZERO, &mut ringing).unwrap();
        assert_eq!(reliable.send(Instant::ZERO, &mut Response::new(180)), None, "one at a time");
        let rseq: u32 = ringing.headers.get(&Name::RSeq).unwrap().parse().unwrap();
        assert!((1..1 << 31).contains(&rseq));
        let mut waits = Vec::new();
        for _ in 0..3 {
            let Due::Again(again, next) = reliable.due(at) else { panic!("due") };
            assert_eq!(*again, ringing);
            waits.push(next.since(at).as_millis());
            at = next;
        }
        assert_eq!(waits, [1000, 2000, 4000]);
        let rack = RAck { rseq, cseq: 7, method: Method::Invite };
        for wrong in
            [RAck { cseq: 8, ..rack.clone() }, RAck { rseq: rseq + 1, ..rack.clone() }, RAck { method: Method::Update, ..rack.clone() }]
        {
            assert!(!reliable.acknowledge(&wrong), "{wrong}");
        }
        assert!(reliable.acknowledge(&rack));
        assert!(!reliable.acknowledge(&rack), "once");
        assert_eq!(reliable.due(at), Due::Nothing);
        assert!(reliable.send(at, &mut Response::new(180)).is_some());
    }

    #[test]
    fn who_never_acknowledges_is_given_up() {
        let mut reliable = Reliable::new(1, 1);
        let mut at = reliable.send(Instant::ZERO, &mut Response::new(180)).unwrap();
        while let Due::Again(_, next) = reliable.due(at) {
            at = next;
        }
        assert_eq!(at.since(Instant::ZERO), TIMEOUT);
    }

    #[test]
    fn a_peers_responses_are_taken_in_order() {
        let mut sequence = Sequence::default();
        let mut take = |rseq: &str| {
            let mut headers = Headers::default();
            headers.push(Name::RSeq, rseq);
            sequence.take(&headers, 3).map(|rack| rack.to_string())
        };
        assert_eq!(take("x"), None);
        assert_eq!(take("776656"), Some("776656 3 INVITE".to_owned()));
        assert_eq!(take("776656"), None, "it came before");
        assert_eq!(take("776658"), None, "one is missing");
        assert_eq!(take("776657"), Some("776657 3 INVITE".to_owned()));
    }

    #[test]
    fn a_rack_is_three_words() {
        let read = |text: &str| {
            let mut headers = Headers::default();
            headers.push(Name::RAck, text);
            RAck::of(&headers)
        };
        assert_eq!(read("776656 1 INVITE").map(|rack| rack.to_string()).as_deref(), Some("776656 1 INVITE"));
        for wrong in ["", "1", "1 2", "1 2 INVITE x", "a 2 INVITE", "1 -2 INVITE"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
