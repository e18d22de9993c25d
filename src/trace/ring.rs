//! A ring of messages: the newest are kept, the oldest give way.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::brief;
use crate::base::limits::{TRACE_BYTES_MAX, TRACE_MESSAGE_BYTES_MAX};
use crate::base::{Flow, Transport, Wall};
use crate::entry::quoted;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It came to us.
    In,
    Out,
}

/// A message as it came or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub at: Wall,
    pub direction: Direction,
    pub transport: Transport,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// Cut where the message was longer than the limit.
    pub bytes: Box<[u8]>,
}

#[derive(Debug)]
enum Note {
    Seen(Seen),
    /// The first Call-ID's call rings a phone with the second.
    Kin(Box<str>, Box<str>),
}

/// What a note costs beside its bytes.
const NOTE_BYTES: usize = size_of::<Note>();

#[derive(Debug, Default)]
struct Ring {
    notes: VecDeque<Note>,
    bytes: usize,
}

/// Shared by who writes and who looks; both hold it for a moment only.
#[derive(Clone, Debug, Default)]
pub struct Trace(Arc<Mutex<Ring>>);

impl Trace {
    /// Keeps a message, unless it is none of a call: registrations and keep-alives would push the calls out.
    pub fn note(&self, at: Wall, direction: Direction, flow: &Flow, bytes: &[u8]) {
        if !is_of_a_call(bytes) {
            return;
        }
        let bytes = bytes[..bytes.len().min(TRACE_MESSAGE_BYTES_MAX)].into();
        let seen = Seen { at, direction, transport: flow.transport, local: flow.local, remote: flow.remote, bytes };
        self.ring().push(Note::Seen(seen));
    }

    /// A call rings a phone: from now on what is said with that Call-ID is a part of it.
    pub fn kin(&self, call: &str, leg: &str) {
        self.ring().push(Note::Kin(call.into(), leg.into()));
    }

    /// What was said in the call whose caller's Call-ID that is, with all phones that it rang, the oldest first. Empty: it was too long ago.
    pub fn call(&self, call_id: &str) -> Vec<Seen> {
        let ring = self.ring();
        let legs: BTreeSet<&str> = ring
            .notes
            .iter()
            .filter_map(|note| match note {
                Note::Kin(call, leg) if **call == *call_id => Some(&**leg),
                _ => None,
            })
            .collect();
        // A record has the Call-ID as it is quoted.
        let is_of_it = |seen: &&Seen| brief::call_id(&seen.bytes).is_some_and(|id| legs.contains(id) || quoted(id) == call_id);
        let seen = ring.notes.iter().filter_map(|note| match note {
            Note::Seen(seen) => Some(seen),
            Note::Kin(..) => None,
        });
        seen.filter(is_of_it).cloned().collect()
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn push(&mut self, note: Note) {
        self.bytes += note.cost();
        self.notes.push_back(note);
        while self.bytes > TRACE_BYTES_MAX {
            let Some(oldest) = self.notes.pop_front() else { return };
            self.bytes -= oldest.cost();
        }
    }
}

impl Note {
    fn cost(&self) -> usize {
        NOTE_BYTES
            + match self {
                Note::Seen(seen) => seen.bytes.len(),
                Note::Kin(call, leg) => call.len() + leg.len(),
            }
    }
}

/// By the method alone: a request's first word, a response's CSeq.
fn is_of_a_call(bytes: &[u8]) -> bool {
    const OTHERS: [&[u8]; 5] = [b"REGISTER", b"OPTIONS", b"SUBSCRIBE", b"NOTIFY", b"PUBLISH"];
    let is_other = |method: &[u8]| OTHERS.iter().any(|other| method.starts_with(other));
    if !bytes.starts_with(b"SIP/2.0 ") {
        return bytes.first().is_some_and(u8::is_ascii_uppercase) && !is_other(bytes);
    }
    brief::cseq(bytes).and_then(|cseq| cseq.split(' ').next_back()).is_some_and(|method| !is_other(method.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Flow {
        let address = |text: &str| text.parse().expect("an address");
        Flow { transport: Transport::Udp, local: address("192.0.2.1:5060"), remote: address("192.0.2.7:5060"), connection: None }
    }

    fn message(start: &str, call_id: &str, cseq: &str) -> Vec<u8> {
        format!("{start}\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\n\r\n").into_bytes()
    }

    #[test]
    fn a_call_is_found_with_all_phones_that_it_rang() {
        let trace = Trace::default();
        let note = |direction, bytes: &[u8]| trace.note(Wall::default(), direction, &flow(), bytes);
        note(Direction::In, &message("INVITE sip:102@box SIP/2.0", "a", "1 INVITE"));
        note(Direction::In, &message("INVITE sip:103@box SIP/2.0", "other", "1 INVITE"));
        trace.kin("a", "b");
        note(Direction::Out, &message("INVITE sip:102@phone SIP/2.0", "b", "1 INVITE"));
        note(Direction::In, &message("SIP/2.0 200 OK", "b", "1 INVITE"));
        note(Direction::Out, &message("SIP/2.0 200 OK", "a", "1 INVITE"));
        let titles: Vec<_> = trace.call("a").iter().map(|seen| (seen.direction, brief::title(&seen.bytes).expect("a title"))).collect();
        let (invite, ok) = ("INVITE".to_owned(), "200 OK".to_owned());
        assert_eq!(titles, [(Direction::In, invite.clone()), (Direction::Out, invite), (Direction::In, ok.clone()), (Direction::Out, ok)]);
        assert_eq!((trace.call("other").len(), trace.call("nobody").len()), (1, 0));
    }

    #[test]
    fn registrations_and_keep_alives_are_not_kept() {
        let trace = Trace::default();
        for (start, cseq) in
            [("REGISTER sip:box SIP/2.0", "1 REGISTER"), ("SIP/2.0 200 OK", "1 REGISTER"), ("OPTIONS sip:a SIP/2.0", "1 OPTIONS")]
        {
            trace.note(Wall::default(), Direction::In, &flow(), &message(start, "a", cseq));
        }
        trace.note(Wall::default(), Direction::In, &flow(), b"\r\n\r\n");
        assert_eq!(trace.call("a"), []);
    }

    #[test]
    fn so_many_bytes_are_kept_and_the_oldest_give_way() {
        let trace = Trace::default();
        for number in 0..20_000 {
            let mut long = message("INVITE sip:a SIP/2.0", &format!("call{number}"), "1 INVITE");
            long.resize(1000, b'x');
            trace.note(Wall::default(), Direction::In, &flow(), &long);
        }
        let ring = trace.ring();
        assert!(ring.bytes <= TRACE_BYTES_MAX && ring.bytes > TRACE_BYTES_MAX - 2000);
        assert_eq!(ring.notes.iter().map(Note::cost).sum::<usize>(), ring.bytes);
        drop(ring);
        assert_eq!((trace.call("call0").len(), trace.call("call19999").len()), (0, 1));
    }
}
