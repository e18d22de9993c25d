//! One SIP element: matches messages to transactions (RFC 3261 17.1.3, 17.2.3), retransmits, and tells its user what happened.
//!
//! Feed it with [`Endpoint::receive`], [`Endpoint::handle_timeout`] and the user's requests and responses; after each call drain
//! [`Endpoint::poll_transmit`] and [`Endpoint::poll_event`], then ask [`Endpoint::poll_timeout`] when to come back.
//!
//! What it answers itself: malformed requests, CANCEL, merged requests (482), and everything when it is full (503).

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::SocketAddr;
use std::time::Duration;

use super::message::via::MAGIC_COOKIE;
use super::message::{Envelope, Malformed, Message, Method, Name, Request, Response, Scanned, Via, scan, split_list};
use super::transaction::{T1, TIMEOUT, Timer, Verb, client, client_invite, server, server_invite};
use super::uri::Host;
use crate::base::limits::{TRANSACTIONS_LINGERING_MAX, TRANSACTIONS_MAX};
use crate::base::{ConnectionId, Dice, Flow, Instant, Slab, SlabKey, Timers};
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
    Request {
        tx: ServerTx,
        incoming: Box<Incoming>,
    },
    /// The ACK of a 2xx; it belongs to a dialog, not to a transaction.
    Ack(Box<Incoming>),
    /// The caller gave up an INVITE. The CANCEL has its 200; the INVITE awaits its 487.
    Cancelled {
        tx: ServerTx,
        incoming: Box<Incoming>,
    },
    Response {
        tx: ClientTx,
        response: Box<Response>,
        envelope: Box<Envelope>,
        flow: Flow,
    },
    /// No final response came in time.
    Timeout {
        tx: ClientTx,
    },
    /// The request could not be sent.
    Broken {
        tx: ClientTx,
    },
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
    by_origin: HashMap<Fingerprint, ServerTx>,
    timers: Timers<TimerKey>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    counters: Counters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum TimerKey {
    Server(ServerTx, Timer),
    Client(ClientTx, Timer),
}

/// What makes two requests one transaction (RFC 3261 17.2.3).
#[derive(Hash)]
struct ServerKey {
    /// INVITE stands for ACK too.
    method: Method,
    /// The branch with the sent-by, or for RFC 2543 what stood for it.
    text: String,
}

/// What makes two requests with different branches one request that took two ways (RFC 3261 8.2.2.2).
#[derive(Hash)]
struct Origin {
    call_id: String,
    from_tag: String,
    cseq: u32,
    method: Method,
}

/// Stands for a key in 128 bits that nobody outside can predict: a waiting transaction keeps 16 bytes instead of its texts.
type Fingerprint = u128;

/// Makes fingerprints. They differ from run to run and are only looked up, so nothing that is sent depends on them.
#[derive(Debug, Default)]
struct Fingerprints {
    high: RandomState,
    low: RandomState,
}

impl Fingerprints {
    fn of(&self, key: &impl Hash) -> Fingerprint {
        u128::from(self.high.hash_one(key)) << 64 | u128::from(self.low.hash_one(key))
    }
}

#[derive(Debug)]
struct Server {
    machine: ServerMachine,
    key: Fingerprint,
    origin: Option<Fingerprint>,
    /// Where its responses go (RFC 3261 18.2.2).
    back: Flow,
    last: Box<[u8]>,
    interval: Duration,
    interval_max: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ServerMachine {
    Invite(server_invite::State),
    Other(server::State),
}

#[derive(Debug)]
struct Client {
    machine: ClientMachine,
    branch: String,
    request: Request,
    bytes: Vec<u8>,
    flow: Flow,
    interval: Duration,
    interval_max: Option<Duration>,
    cancel: Cancel,
}

/// How far the CANCEL of an INVITE is (RFC 3261 9.1: it waits for a first provisional response).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cancel {
    Unwanted,
    Waiting { reason: Option<String> },
    Sent(ClientTx),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClientMachine {
    Invite(client_invite::State),
    Other(client::State),
}

impl Endpoint {
    /// Takes a datagram, or a frame of a stream.
    pub fn receive(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.counters.received += 1;
        match scan(bytes) {
            Ok(Scanned::Message(Message::Request(request))) => self.receive_request(now, flow, request),
            Ok(Scanned::Message(Message::Response(response))) => self.receive_response(now, flow, response),
            Ok(Scanned::Broken { request, status, fault }) => self.refuse_broken(flow, &request, status, fault),
            Ok(Scanned::KeepAlive) => {}
            Err(_) => self.counters.dropped += 1,
        }
    }

    fn receive_request(&mut self, now: Instant, flow: Flow, mut request: Request) {
        let envelope = match Envelope::of_request(&request) {
            Ok(envelope) => envelope,
            Err(refusal) => return self.answer_stateless(flow, &request, refusal.status, refusal.reason),
        };
        let envelope = note_source(&mut request, envelope, flow.remote);
        let server_key = ServerKey::of(&request, &envelope);
        let key = self.fingerprints.of(&server_key);
        if let Some(tx) = self.by_branch.get(&key).copied() {
            return self.repeated(now, tx, flow, request, envelope);
        }
        if request.method == Method::Ack {
            return self.events.push_back(Event::Ack(Box::new(Incoming { request, envelope, flow })));
        }
        if self.servers.len() >= TRANSACTIONS_MAX {
            return self.answer_stateless(flow, &request, 503, "Service Unavailable: too many transactions".to_owned());
        }
        let origin = Origin::of(&envelope).map(|origin| self.fingerprints.of(&origin));
        if origin.as_ref().is_some_and(|origin| self.by_origin.contains_key(origin)) {
            return self.answer_stateless(flow, &request, 482, "Loop Detected: the same request came another way".to_owned());
        }
        let is_cancel = request.method == Method::Cancel;
        let invite_key = is_cancel.then(|| self.fingerprints.of(&ServerKey { method: Method::Invite, ..server_key }));
        let machine = match request.method {
            Method::Invite => ServerMachine::Invite(server_invite::State::Proceeding),
            _ => ServerMachine::Other(server::State::Trying),
        };
        let back = response_flow(flow, &envelope.via);
        let tx = self.servers.insert(Server { machine, key, origin, back, last: Box::default(), interval: T1, interval_max: None });
        self.by_branch.insert(key, tx);
        if let Some(origin) = origin {
            self.by_origin.insert(origin, tx);
        }
        let incoming = Box::new(Incoming { request, envelope, flow });
        match invite_key {
            Some(invite_key) => self.cancelled(now, tx, invite_key, incoming),
            None => self.events.push_back(Event::Request { tx, incoming }),
        }
    }

    /// A CANCEL is answered here; the INVITE it names is the user's to end (RFC 3261 9.2).
    fn cancelled(&mut self, now: Instant, tx: ServerTx, invite_key: Fingerprint, incoming: Box<Incoming>) {
        match self.by_branch.get(&invite_key).copied() {
            Some(invite) => {
                self.respond(now, tx, incoming.request.response(200, None));
                self.events.push_back(Event::Cancelled { tx: invite, incoming });
            }
            None => self.respond(now, tx, incoming.request.response(481, None)),
        }
    }

    fn repeated(&mut self, now: Instant, tx: ServerTx, flow: Flow, request: Request, envelope: Envelope) {
        let Some(server) = self.servers.get(tx) else { return };
        let is_ack = request.method == Method::Ack;
        if is_ack && server.machine == ServerMachine::Invite(server_invite::State::Accepted) {
            // RFC 6026 7.1: the ACK of a 2xx passes to the user. It should have a branch of its own; some phones reuse the INVITE's.
            return self.events.push_back(Event::Ack(Box::new(Incoming { request, envelope, flow })));
        }
        match server.machine {
            ServerMachine::Invite(_) if is_ack => self.step_server(now, tx, ServerStimulus::Invite(server_invite::Stimulus::Ack), None),
            ServerMachine::Invite(_) => self.step_server(now, tx, ServerStimulus::Invite(server_invite::Stimulus::Repeated), None),
            ServerMachine::Other(_) => self.step_server(now, tx, ServerStimulus::Other(server::Stimulus::Repeated), None),
        }
    }

    fn receive_response(&mut self, now: Instant, flow: Flow, response: Response) {
        let Ok(envelope) = Envelope::of_response(&response) else {
            self.counters.dropped += 1;
            return;
        };
        let Some(tx) = self.find_client(&envelope) else {
            self.counters.dropped += 1;
            return;
        };
        let Some(client) = self.clients.get(tx) else { return };
        let stimulus = match client.machine {
            ClientMachine::Invite(_) => ClientStimulus::Invite(match response.status {
                100..=199 => client_invite::Stimulus::Provisional,
                200..=299 => client_invite::Stimulus::Success,
                _ => client_invite::Stimulus::Failure,
            }),
            ClientMachine::Other(_) if response.is_provisional() => ClientStimulus::Other(client::Stimulus::Provisional),
            ClientMachine::Other(_) => ClientStimulus::Other(client::Stimulus::Final),
        };
        let is_provisional = response.is_provisional();
        self.step_client(now, tx, stimulus, Some((response, envelope, flow)));
        if is_provisional {
            self.send_waiting_cancel(now, tx);
        }
    }

    /// RFC 3261 17.1.3: by branch and method. Our branches carry the slot of their transaction, so no table is needed.
    fn find_client(&self, envelope: &Envelope) -> Option<ClientTx> {
        let branch = envelope.via.branch()?;
        let tx = tx_of_branch(branch)?;
        let client = self.clients.get(tx).filter(|client| client.branch == branch)?;
        match envelope.cseq.method {
            Method::Cancel => match client.cancel {
                Cancel::Sent(cancel) => Some(cancel),
                _ => None,
            },
            ref method => (client.request.method == *method).then_some(tx),
        }
    }

    /// Sends a request over `flow`, putting our Via with `sent_by` on top. It should hold everything else.
    pub fn send(&mut self, now: Instant, dice: &mut Dice, mut request: Request, flow: Flow, sent_by: &(Host, u16)) -> ClientTx {
        let machine = match request.method {
            Method::Invite => ClientMachine::Invite(client_invite::State::Calling),
            _ => ClientMachine::Other(client::State::Trying),
        };
        let random = dice.token(12);
        let tx = self.clients.insert_with(|tx| {
            let branch = branch_of(tx, &random);
            request.headers.push_front(Name::Via, via_value(flow, sent_by, &branch));
            let bytes = request.write().unwrap_or_default();
            Client { machine, branch, request, bytes, flow, interval: T1, interval_max: None, cancel: Cancel::Unwanted }
        });
        self.start_client(now, tx);
        tx
    }

    /// Sends a request that no transaction follows: the ACK of a 2xx. Returns its bytes, to be sent again when the 2xx is repeated.
    pub fn send_ack(&mut self, dice: &mut Dice, mut request: Request, flow: Flow, sent_by: &(Host, u16)) -> Vec<u8> {
        let branch = format!("{MAGIC_COOKIE}{}", dice.token(16));
        request.headers.push_front(Name::Via, via_value(flow, sent_by, &branch));
        let bytes = request.write().unwrap_or_default();
        self.send_bytes(flow, bytes.clone());
        bytes
    }

    /// Sends bytes as they are, such as a repeated ACK.
    pub fn send_bytes(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.transmit(Transmit { flow, bytes, tx: None });
    }

    /// Gives up an INVITE of ours: CANCEL goes out as soon as the callee has shown a sign of life. A final response may still come.
    pub fn cancel(&mut self, now: Instant, tx: ClientTx, reason: Option<String>) {
        let Some(client) = self.clients.get_mut(tx) else { return };
        if client.cancel == Cancel::Unwanted && matches!(client.machine, ClientMachine::Invite(_)) {
            client.cancel = Cancel::Waiting { reason };
            self.send_waiting_cancel(now, tx);
        }
    }

    fn send_waiting_cancel(&mut self, now: Instant, tx: ClientTx) {
        let Some(client) = self.clients.get_mut(tx) else { return };
        if client.machine != ClientMachine::Invite(client_invite::State::Proceeding) {
            return;
        }
        let Cancel::Waiting { reason } = &client.cancel else { return };
        let request = cancel_request(&client.request, reason.as_deref());
        let bytes = request.write().unwrap_or_default();
        let (branch, flow) = (client.branch.clone(), client.flow);
        let machine = ClientMachine::Other(client::State::Trying);
        let cancel = self.clients.insert(Client {
            machine,
            branch,
            request,
            bytes,
            flow,
            interval: T1,
            interval_max: None,
            cancel: Cancel::Unwanted,
        });
        if let Some(client) = self.clients.get_mut(tx) {
            client.cancel = Cancel::Sent(cancel);
        }
        // RFC 3261 9.1: without a final response 64*T1 after the CANCEL the INVITE counts as cancelled.
        self.timers.set(TimerKey::Client(tx, Timer::GiveUp), now + TIMEOUT);
        self.start_client(now, cancel);
    }

    /// Answers a request. What comes too late, or twice, is ignored, but for repeated 2xx to an INVITE.
    pub fn respond(&mut self, now: Instant, tx: ServerTx, response: Response) {
        let Some(server) = self.servers.get(tx) else { return };
        let stimulus = match (server.machine, response.status) {
            (ServerMachine::Invite(_), 100..=199) => ServerStimulus::Invite(server_invite::Stimulus::Provisional),
            (ServerMachine::Invite(_), 200..=299) => ServerStimulus::Invite(server_invite::Stimulus::Success),
            (ServerMachine::Invite(_), _) => ServerStimulus::Invite(server_invite::Stimulus::Failure),
            (ServerMachine::Other(_), 100..=199) => ServerStimulus::Other(server::Stimulus::Provisional),
            (ServerMachine::Other(_), _) => ServerStimulus::Other(server::Stimulus::Final),
        };
        self.step_server(now, tx, stimulus, Some(response));
        // Under a flood, answered requests are forgotten early: one that comes again is handled again, which is harmless where it is no
        // INVITE (a REGISTER is challenged anew, for its nonce is used), and nobody has to be told 503.
        let is_answered = self.servers.get(tx).is_some_and(|server| server.machine == ServerMachine::Other(server::State::Completed));
        if is_answered && self.servers.len() > TRANSACTIONS_LINGERING_MAX {
            self.remove_server(tx);
        }
    }

    /// Challenges a request. A REGISTER is forgotten at once, and under a flood everything is, as RFC 3261 26.3.2.4 advises: whoever never
    /// proves himself costs no memory, a request that comes again is challenged again, and an ACK that finds nobody harms nobody.
    pub fn challenge(&mut self, now: Instant, tx: ServerTx, method: &Method, response: Response) {
        self.respond(now, tx, response);
        if *method == Method::Register || self.servers.len() > TRANSACTIONS_LINGERING_MAX {
            self.remove_server(tx);
        }
    }

    /// The shell could not send what a transaction wanted sent.
    pub fn transport_failed(&mut self, now: Instant, tx: ClientTx) {
        let Some(client) = self.clients.get(tx) else { return };
        let stimulus = match client.machine {
            ClientMachine::Invite(_) => ClientStimulus::Invite(client_invite::Stimulus::Broken),
            ClientMachine::Other(_) => ClientStimulus::Other(client::Stimulus::Broken),
        };
        self.step_client(now, tx, stimulus, None);
    }

    /// Stream connections that the shell opened for a transaction get their name here, so that a CANCEL takes the same one.
    pub fn connected(&mut self, tx: ClientTx, connection: ConnectionId) {
        if let Some(client) = self.clients.get_mut(tx) {
            client.flow.connection = Some(connection);
        }
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(key) = self.timers.pop_due(now) {
            match key {
                TimerKey::Server(tx, timer) => self.server_alarm(now, tx, timer),
                TimerKey::Client(tx, timer) => self.client_alarm(now, tx, timer),
            }
        }
    }

    fn server_alarm(&mut self, now: Instant, tx: ServerTx, timer: Timer) {
        let Some(server) = self.servers.get_mut(tx) else { return };
        if timer == Timer::Resend {
            server.interval = next_interval(server.interval, server.interval_max);
            let at = now + server.interval;
            self.timers.set(TimerKey::Server(tx, timer), at);
        }
        let stimulus = match server.machine {
            ServerMachine::Invite(_) => ServerStimulus::Invite(server_invite::Stimulus::Fired(timer)),
            ServerMachine::Other(_) => ServerStimulus::Other(server::Stimulus::Fired(timer)),
        };
        self.step_server(now, tx, stimulus, None);
    }

    fn client_alarm(&mut self, now: Instant, tx: ClientTx, timer: Timer) {
        let Some(client) = self.clients.get_mut(tx) else { return };
        if timer == Timer::Resend {
            client.interval = match client.machine {
                // RFC 3261 17.1.2.2: in Proceeding, timer E is reset to T2.
                ClientMachine::Other(client::State::Proceeding) => super::transaction::T2,
                _ => next_interval(client.interval, client.interval_max),
            };
            let at = now + client.interval;
            self.timers.set(TimerKey::Client(tx, timer), at);
        }
        let stimulus = match client.machine {
            ClientMachine::Invite(_) => ClientStimulus::Invite(client_invite::Stimulus::Fired(timer)),
            ClientMachine::Other(_) => ClientStimulus::Other(client::Stimulus::Fired(timer)),
        };
        self.step_client(now, tx, stimulus, None);
    }

    fn start_client(&mut self, now: Instant, tx: ClientTx) {
        let Some(client) = self.clients.get(tx) else { return };
        let stimulus = match client.machine {
            ClientMachine::Invite(_) => ClientStimulus::Invite(client_invite::Stimulus::Start),
            ClientMachine::Other(_) => ClientStimulus::Other(client::Stimulus::Start),
        };
        self.step_client(now, tx, stimulus, None);
    }

    fn step_server(&mut self, now: Instant, tx: ServerTx, stimulus: ServerStimulus, response: Option<Response>) {
        let Some(server) = self.servers.get_mut(tx) else { return };
        let reliable = server.back.transport.is_reliable();
        let (machine, verbs) = match (server.machine, stimulus) {
            (ServerMachine::Invite(state), ServerStimulus::Invite(stimulus)) => {
                let (state, verbs) = server_invite::step(state, stimulus, reliable);
                (ServerMachine::Invite(state), verbs)
            }
            (ServerMachine::Other(state), ServerStimulus::Other(stimulus)) => {
                let (state, verbs) = server::step(state, stimulus, reliable);
                (ServerMachine::Other(state), verbs)
            }
            (same, _) => (same, &[][..]),
        };
        server.machine = machine;
        let is_over =
            matches!(machine, ServerMachine::Invite(server_invite::State::Terminated) | ServerMachine::Other(server::State::Terminated));
        for verb in verbs {
            let Some(server) = self.servers.get_mut(tx) else { return };
            match verb {
                Verb::Pass => {
                    if let Some(bytes) = response.as_ref().and_then(|response| response.write().ok()) {
                        server.last = bytes.into_boxed_slice();
                        self.resend(tx);
                    }
                }
                Verb::Send => self.resend(tx),
                Verb::StartResend(interval_max) => {
                    (server.interval, server.interval_max) = (T1, *interval_max);
                    self.timers.set(TimerKey::Server(tx, Timer::Resend), now + T1);
                }
                Verb::StartGiveUp(after) => self.timers.set(TimerKey::Server(tx, Timer::GiveUp), now + *after),
                Verb::StartLinger(after) => self.timers.set(TimerKey::Server(tx, Timer::Linger), now + *after),
                Verb::Stop(timer) => self.timers.clear(TimerKey::Server(tx, *timer)),
                // A caller that never acknowledged a failure is gone; there is nothing left to end.
                Verb::TellTimeout | Verb::TellBroken | Verb::Ack => {}
            }
        }
        if is_over {
            self.remove_server(tx);
        }
    }

    fn resend(&mut self, tx: ServerTx) {
        if let Some(server) = self.servers.get(tx)
            && !server.last.is_empty()
        {
            let transmit = Transmit { flow: server.back, bytes: server.last.to_vec(), tx: None };
            self.transmit(transmit);
        }
    }

    fn remove_server(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.remove(tx) else { return };
        self.by_branch.remove(&server.key);
        if let Some(origin) = server.origin {
            self.by_origin.remove(&origin);
        }
        for timer in [Timer::Resend, Timer::GiveUp, Timer::Linger] {
            self.timers.clear(TimerKey::Server(tx, timer));
        }
    }

    fn step_client(&mut self, now: Instant, tx: ClientTx, stimulus: ClientStimulus, came: Option<(Response, Envelope, Flow)>) {
        let Some(client) = self.clients.get_mut(tx) else { return };
        let reliable = client.flow.transport.is_reliable();
        let (machine, verbs) = match (client.machine, stimulus) {
            (ClientMachine::Invite(state), ClientStimulus::Invite(stimulus)) => {
                let (state, verbs) = client_invite::step(state, stimulus, reliable);
                (ClientMachine::Invite(state), verbs)
            }
            (ClientMachine::Other(state), ClientStimulus::Other(stimulus)) => {
                let (state, verbs) = client::step(state, stimulus, reliable);
                (ClientMachine::Other(state), verbs)
            }
            (same, _) => (same, &[][..]),
        };
        client.machine = machine;
        let is_over =
            matches!(machine, ClientMachine::Invite(client_invite::State::Terminated) | ClientMachine::Other(client::State::Terminated));
        let mut came = came;
        for verb in verbs {
            let Some(client) = self.clients.get_mut(tx) else { return };
            match verb {
                Verb::Send => {
                    let transmit = Transmit { flow: client.flow, bytes: client.bytes.clone(), tx: Some(tx) };
                    self.transmit(transmit);
                }
                Verb::Ack => {
                    if let Some((response, ..)) = &came {
                        let bytes = ack_of_failure(&client.request, response).write().unwrap_or_default();
                        let transmit = Transmit { flow: client.flow, bytes, tx: None };
                        self.transmit(transmit);
                    }
                }
                Verb::Pass => {
                    if let Some((response, envelope, flow)) = came.take() {
                        self.events.push_back(Event::Response { tx, response: Box::new(response), envelope: Box::new(envelope), flow });
                    }
                }
                Verb::StartResend(interval_max) => {
                    (client.interval, client.interval_max) = (T1, *interval_max);
                    self.timers.set(TimerKey::Client(tx, Timer::Resend), now + T1);
                }
                Verb::StartGiveUp(after) => self.timers.set(TimerKey::Client(tx, Timer::GiveUp), now + *after),
                Verb::StartLinger(after) => self.timers.set(TimerKey::Client(tx, Timer::Linger), now + *after),
                Verb::Stop(timer) => self.timers.clear(TimerKey::Client(tx, *timer)),
                Verb::TellTimeout => self.events.push_back(Event::Timeout { tx }),
                Verb::TellBroken => self.events.push_back(Event::Broken { tx }),
            }
        }
        if is_over {
            self.clients.remove(tx);
            for timer in [Timer::Resend, Timer::GiveUp, Timer::Linger] {
                self.timers.clear(TimerKey::Client(tx, timer));
            }
        }
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
        self.timers.next()
    }

    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// Transactions that are alive, for the status and for the simulation's check that nothing leaks.
    pub fn transaction_count(&self) -> usize {
        self.servers.len() + self.clients.len()
    }
}

#[derive(Clone, Copy)]
enum ServerStimulus {
    Invite(server_invite::Stimulus),
    Other(server::Stimulus),
}

#[derive(Clone, Copy)]
enum ClientStimulus {
    Invite(client_invite::Stimulus),
    Other(client::Stimulus),
}

impl ServerKey {
    fn of(request: &Request, envelope: &Envelope) -> ServerKey {
        let method = if request.method == Method::Ack { Method::Invite } else { request.method.clone() };
        let via = &envelope.via;
        let text = match via.branch() {
            Some(branch) if branch.starts_with(MAGIC_COOKIE) => format!("{branch} {}:{}", via.host, via.port.unwrap_or(0)),
            // RFC 3261 17.2.3: without the cookie, Request-URI, From tag, Call-ID, CSeq number and top Via together are the key. The
            // To tag is left out: the ACK of a failure carries one that the INVITE did not have. The CANCEL of an INVITE has the same.
            _ => format!("{} {} {} {} {via}", request.uri, envelope.from.tag().unwrap_or(""), envelope.call_id, envelope.cseq.number),
        };
        ServerKey { method, text }
    }
}

impl Origin {
    /// None for requests within a dialog, for CANCEL, which shares everything with its INVITE, and for REGISTER, whose CSeq tells a second one.
    fn of(envelope: &Envelope) -> Option<Origin> {
        if envelope.is_in_dialog() || envelope.is(&Method::Cancel) || envelope.is(&Method::Register) {
            return None;
        }
        Some(Origin {
            call_id: envelope.call_id.clone(),
            from_tag: envelope.from.tag()?.to_owned(),
            cseq: envelope.cseq.number,
            method: envelope.cseq.method.clone(),
        })
    }
}

fn next_interval(interval: Duration, interval_max: Option<Duration>) -> Duration {
    let doubled = interval * 2;
    interval_max.map_or(doubled, |interval_max| doubled.min(interval_max))
}

fn top_via(value: &str) -> Option<Via> {
    split_list(value).ok()?.first().and_then(|via| Via::parse(via).ok())
}

/// Puts `received` and `rport` into the top Via, where the response will carry them back.
fn note_source(request: &mut Request, mut envelope: Envelope, source: SocketAddr) -> Envelope {
    envelope.via = noted_via(request, envelope.via, source);
    envelope
}

fn noted_via(request: &mut Request, mut via: Via, source: SocketAddr) -> Via {
    let before = via.clone();
    via.note_source(source);
    if via != before {
        let value = request.headers.get(&Name::Via).unwrap_or_default();
        let rest: Vec<&str> = split_list(value).unwrap_or_default().into_iter().skip(1).collect();
        let mut value = via.to_string();
        for other in rest {
            value.push_str(", ");
            value.push_str(other);
        }
        request.headers.set(Name::Via, value);
    }
    via
}

/// Where a response goes (RFC 3261 18.2.2, RFC 3581 4): over a stream the way the request came; over UDP to its source address, at the
/// source port if asked for, else at the port of the Via. `maddr` is ignored: it would let anyone aim our answers at anybody.
fn response_flow(flow: Flow, via: &Via) -> Flow {
    if flow.transport.is_reliable() || via.params.contains("rport") {
        return flow;
    }
    let port = via.port.unwrap_or(flow.transport.default_port());
    Flow { remote: SocketAddr::new(flow.remote.ip(), port), ..flow }
}

fn via_value(flow: Flow, sent_by: &(Host, u16), branch: &str) -> String {
    let (host, port) = sent_by;
    format!("SIP/2.0/{} {host}:{port};branch={branch};rport", flow.transport.via_name())
}

fn branch_of(tx: ClientTx, random: &str) -> String {
    format!("{MAGIC_COOKIE}{:x}.{:x}.{random}", tx.index(), tx.generation())
}

fn tx_of_branch(branch: &str) -> Option<ClientTx> {
    let mut parts = branch.strip_prefix(MAGIC_COOKIE)?.split('.');
    let index = u32::from_str_radix(parts.next()?, 16).ok()?;
    let generation = u32::from_str_radix(parts.next()?, 16).ok()?;
    Some(ClientTx::new(index, generation))
}

/// RFC 3261 9.1.
fn cancel_request(invite: &Request, reason: Option<&str>) -> Request {
    let mut cancel = Request::new(Method::Cancel, invite.uri.clone());
    copy_identity(invite, &mut cancel);
    if let Some(to) = invite.headers.get(&Name::To) {
        cancel.headers.push(Name::To, to);
    }
    if let Some(reason) = reason {
        cancel.headers.push(Name::Reason, reason);
    }
    cancel
}

/// RFC 3261 17.1.1.3.
fn ack_of_failure(invite: &Request, response: &Response) -> Request {
    let mut ack = Request::new(Method::Ack, invite.uri.clone());
    copy_identity(invite, &mut ack);
    if let Some(to) = response.headers.get(&Name::To) {
        ack.headers.push(Name::To, to);
    }
    ack
}

/// What CANCEL and ACK share with their INVITE: top Via, Route, From, Call-ID, the CSeq number.
fn copy_identity(invite: &Request, request: &mut Request) {
    if let Some(via) = invite.headers.get(&Name::Via) {
        request.headers.push(Name::Via, via);
    }
    for route in invite.headers.get_all(&Name::Route) {
        request.headers.push(Name::Route, route);
    }
    for name in [Name::From, Name::CallId] {
        if let Some(value) = invite.headers.get(&name) {
            request.headers.push(name, value);
        }
    }
    let number = invite.headers.get(&Name::CSeq).and_then(|value| value.split_ascii_whitespace().next()).unwrap_or("1");
    request.headers.push(Name::CSeq, format!("{number} {}", request.method));
    request.headers.push(Name::MaxForwards, "70");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Transport;

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
    fn the_same_request_by_another_way_is_a_loop() {
        let mut endpoint = Endpoint::default();
        endpoint.receive(Instant::ZERO, flow(), &options(1));
        let other = String::from_utf8(options(1)).expect("text").replace("z9hG4bK1", "z9hG4bKother");
        endpoint.receive(Instant::ZERO, flow(), other.as_bytes());
        let transmit = endpoint.poll_transmit().expect("an answer");
        assert!(transmit.bytes.starts_with(b"SIP/2.0 482 "), "{}", String::from_utf8_lossy(&transmit.bytes));
    }
}
