//! One SIP element: matches messages to transactions (RFC 3261 17.1.3, 17.2.3), retransmits, and tells its user what happened.
//!
//! Feed it with [`Endpoint::receive`], [`Endpoint::handle_timeout`] and the user's requests and responses; after each call drain
//! [`Endpoint::poll_transmit`] and [`Endpoint::poll_event`], then ask [`Endpoint::poll_timeout`] when to come back.
//!
//! What it answers itself: malformed requests, CANCEL, merged requests (482), and everything when it is full (503).

mod answered;
mod answers;
mod clients;
mod follow_up;
mod matching;
mod return_path;
mod servers;

use std::collections::{HashMap, HashSet, VecDeque};

use self::answered::Answered;
pub use self::answers::Answers;
use self::clients::Client;
use self::matching::{Fingerprint, Fingerprints};
use self::return_path::{noted_via, response_flow, top_via};
use self::servers::Server;
use super::message::{Envelope, Malformed, Message, Method, Name, Request, Response, Scanned, scan};
use super::transaction::Timer;
use crate::base::{Flow, Instant, Slab, Timers};
use crate::slab_key;

slab_key!(
    /// A request that somebody sent us.
    ServerTx,
    "server"
);
slab_key!(
    /// A request that we sent.
    ClientTx,
    "client"
);

/// A request with what was read of it and the path it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub request: Request,
    pub envelope: Envelope,
    pub flow: Flow,
}

/// Bytes to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    pub flow: Flow,
    pub bytes: Vec<u8>,
    /// Whom to tell if they cannot be sent: [`Endpoint::transport_failed`].
    pub tx: Option<ClientTx>,
}

/// What the user is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A new request, to be answered with [`Endpoint::respond`].
    Request { tx: ServerTx, incoming: Box<Incoming> },
    /// The ACK of a 2xx; it belongs to a dialog, not to a transaction.
    Ack(Box<Incoming>),
    /// The caller gave up an INVITE. The CANCEL has its 200; the INVITE awaits its 487.
    Cancelled { tx: ServerTx, incoming: Box<Incoming> },
    Response {
        tx: ClientTx,
        response: Box<Response>,
        envelope: Box<Envelope>,
        flow: Flow,
        /// What a 401 or 407 refuses, as it was given to be sent: it may go out again with a proof.
        refused: Option<Box<Request>>,
    },
    /// No final response came in time.
    Timeout { tx: ClientTx },
    /// The request could not be sent.
    Broken { tx: ClientTx },
}

/// Since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub received: u64,
    pub sent: u64,
    pub dropped: u64,
}

#[derive(Debug, Default)]
pub struct Endpoint {
    servers: Slab<ServerTx, Server>,
    clients: Slab<ClientTx, Client>,
    fingerprints: Fingerprints,
    by_branch: HashMap<Fingerprint, ServerTx>,
    answered: Answered,
    by_origin: HashSet<Fingerprint>,
    timers: Timers<TimerKey>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    counters: Counters,
    answers: Answers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum TimerKey {
    Server(ServerTx, Timer),
    Client(ClientTx, Timer),
}

impl Endpoint {
    /// Takes a datagram, or a frame of a stream. False: it is no sound SIP.
    pub fn receive(&mut self, now: Instant, flow: Flow, bytes: &[u8]) -> bool {
        self.counters.received += 1;
        match scan(bytes) {
            Ok(Scanned::Message(Message::Request(request))) => self.receive_request(now, flow, request),
            Ok(Scanned::Message(Message::Response(response))) => self.receive_response(now, flow, response),
            Ok(Scanned::KeepAlive) => {}
            Ok(Scanned::Broken { request, status, fault }) => {
                self.refuse_broken(flow, &request, status, fault);
                return false;
            }
            Err(_) => {
                self.counters.dropped += 1;
                return false;
            }
        }
        true
    }

    /// Sends bytes as they are, such as a repeated ACK.
    pub fn send_bytes(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.transmit(Transmit { flow, bytes, tx: None });
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(key) = self.timers.pop_due(now) {
            match key {
                TimerKey::Server(tx, timer) => self.server_alarm(now, tx, timer),
                TimerKey::Client(tx, timer) => self.client_alarm(now, tx, timer),
            }
        }
        self.forget_answered(now);
    }

    /// RFC 3261 8.2 as far as a response can be routed: without a Via there is nobody to tell.
    fn refuse_broken(&mut self, flow: Flow, request: &Request, status: u16, fault: Malformed) {
        self.answer_stateless(flow, request, status, format!("{}: {fault}", super::message::reason_phrase(status)));
    }

    fn answer_stateless(&mut self, flow: Flow, request: &Request, status: u16, reason: String) {
        let value = request.headers.get(&Name::Via).filter(|_| request.method != Method::Ack);
        let Some(value) = value else {
            self.counters.dropped += 1;
            return;
        };
        let mut request = request.clone();
        let back = match top_via(value) {
            Some(via) => response_flow(flow, &noted_via(&mut request, via, flow.remote)),
            // A Via that cannot be read goes back as it came, to where it came from.
            None => flow,
        };
        let mut response = request.response(status, Some("refused"));
        response.reason = reason;
        self.answers.count(&response);
        match response.write() {
            Ok(bytes) => self.transmit(Transmit { flow: back, bytes, tx: None }),
            Err(_) => self.counters.dropped += 1,
        }
    }

    fn transmit(&mut self, transmit: Transmit) {
        if transmit.bytes.is_empty() {
            return;
        }
        self.counters.sent += 1;
        self.transmits.push_back(transmit);
    }

    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.timers.next(), self.answered.next()].into_iter().flatten().min()
    }

    pub const fn counters(&self) -> Counters {
        self.counters
    }

    pub const fn answers(&self) -> Answers {
        self.answers
    }

    /// Transactions that are alive, for the status and for the simulation's check that nothing leaks.
    pub fn transaction_count(&self) -> usize {
        self.server_count() + self.clients.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::transaction::TIMEOUT;
    use super::super::uri::{Host, Uri};
    use super::*;
    use crate::base::limits::{TRANSACTIONS_LINGERING_MAX, TRANSACTIONS_MAX};
    use crate::base::{Dice, Transport};

    const FLOW: &str = "192.0.2.1:5060";

    fn flow() -> Flow {
        let address = |text: &str| text.parse().expect("an address");
        Flow { transport: Transport::Udp, local: address("192.0.2.254:5060"), remote: address(FLOW), connection: None }
    }

    fn options(number: usize) -> Vec<u8> {
        format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{number}\r\nFrom: <sip:a@b>;tag=t{number}\r\nTo: <sip:a@b>\r\n\
             Call-ID: {number}\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
        .into_bytes()
    }

    fn answer(endpoint: &mut Endpoint, status: u16) -> Option<Vec<u8>> {
        if let Some(Event::Request { tx, incoming }) = endpoint.poll_event() {
            endpoint.respond(Instant::ZERO, tx, incoming.request.response(status, Some("x")));
        }
        endpoint.poll_transmit().map(|transmit| transmit.bytes)
    }

    #[test]
    fn a_repeated_request_gets_the_same_answer_and_reaches_nobody() {
        let mut endpoint = Endpoint::default();
        endpoint.receive(Instant::ZERO, flow(), &options(1));
        let first = answer(&mut endpoint, 200).expect("an answer");
        endpoint.receive(Instant::ZERO, flow(), &options(1));
        assert_eq!(endpoint.poll_event(), None);
        assert_eq!(endpoint.poll_transmit().map(|transmit| transmit.bytes), Some(first));
        endpoint.handle_timeout(Instant::ZERO + TIMEOUT);
        assert_eq!(endpoint.transaction_count(), 0, "Timer J");
    }

    #[test]
    fn a_flood_is_answered_and_costs_no_more_than_the_limit() {
        let mut endpoint = Endpoint::default();
        for number in 0..3 * TRANSACTIONS_MAX {
            endpoint.receive(Instant::ZERO, flow(), &options(number));
            let bytes = answer(&mut endpoint, 200).expect("an answer");
            assert!(bytes.starts_with(b"SIP/2.0 200 "), "{number}");
        }
        assert!(endpoint.transaction_count() <= TRANSACTIONS_LINGERING_MAX + 1);
    }

    #[test]
    fn a_flood_of_refused_invites_leaves_room_for_others() {
        let mut endpoint = Endpoint::default();
        for number in 0..3 * TRANSACTIONS_MAX {
            let invite = String::from_utf8(options(number)).expect("text").replace("OPTIONS", "INVITE");
            endpoint.receive(Instant::ZERO, flow(), invite.as_bytes());
            let bytes = answer(&mut endpoint, 415).expect("an answer");
            assert!(bytes.starts_with(b"SIP/2.0 415 "), "{number}");
        }
        assert!(endpoint.transaction_count() <= TRANSACTIONS_LINGERING_MAX + 1);
    }

    #[test]
    fn so_many_requests_of_ours_are_under_way_and_no_more() {
        let mut endpoint = Endpoint::default();
        let mut dice = Dice::from_number(1);
        let mut send = |endpoint: &mut Endpoint, now| {
            let request = Request::new(Method::Options, Uri::parse("sip:a@192.0.2.1").expect("a URI"));
            let sent_by = (Host::parse("192.0.2.254").expect("a host"), 5060);
            let tx = endpoint.send(now, &mut dice, request, flow(), &sent_by);
            (tx, endpoint.poll_transmit().is_some(), endpoint.poll_event())
        };
        for number in 0..TRANSACTIONS_MAX {
            let (_, is_sent, event) = send(&mut endpoint, Instant::ZERO);
            assert!(is_sent && event.is_none(), "{number}");
        }
        for _ in 0..3 {
            let (tx, is_sent, event) = send(&mut endpoint, Instant::ZERO);
            assert_eq!((is_sent, event), (false, Some(Event::Broken { tx })));
        }
        assert_eq!(endpoint.transaction_count(), TRANSACTIONS_MAX);
        let later = Instant::ZERO + TIMEOUT;
        endpoint.handle_timeout(later);
        while endpoint.poll_event().is_some() || endpoint.poll_transmit().is_some() {}
        assert!(matches!(send(&mut endpoint, later), (_, true, None)), "when they have ended there is room again");
    }

    #[test]
    fn the_same_request_by_another_way_is_a_loop() {
        let mut endpoint = Endpoint::default();
        endpoint.receive(Instant::ZERO, flow(), &options(1));
        let other = String::from_utf8(options(1)).expect("text").replace("z9hG4bK1", "z9hG4bKother");
        endpoint.receive(Instant::ZERO, flow(), other.as_bytes());
        let transmit = endpoint.poll_transmit().expect("an answer");
        assert!(transmit.bytes.starts_with(b"SIP/2.0 482 "), "{}", String::from_utf8_lossy(&transmit.bytes));
    }
}
