//! Requests that we are sent: server transactions from the request to its final answer (RFC 3261 17.2), and CANCEL.

use std::time::Duration;

use super::matching::{Fingerprint, Origin, ServerKey};
use super::return_path::{note_source, response_flow};
use super::{Endpoint, Event, Incoming, ServerTx, TimerKey, Transmit};
use crate::base::limits::{TRANSACTIONS_LINGERING_MAX, TRANSACTIONS_MAX};
use crate::base::{Flow, Instant};
use crate::sip::message::{Envelope, Method, Request, Response};
use crate::sip::transaction::{T1, Timer, Verb, next_interval, server, server_invite};

#[derive(Debug)]
pub(super) struct Server {
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

#[derive(Clone, Copy)]
enum ServerStimulus {
    Invite(server_invite::Stimulus),
    Other(server::Stimulus),
}

impl Endpoint {
    pub(super) fn receive_request(&mut self, now: Instant, flow: Flow, mut request: Request) {
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
        if let Some(response) = self.answered.get(key, &request) {
            let bytes = response.write().unwrap_or_default();
            return self.transmit(Transmit { flow: response_flow(flow, &envelope.via), bytes, tx: None });
        }
        if request.method == Method::Ack {
            return self.events.push_back(Event::Ack(Box::new(Incoming { request, envelope, flow })));
        }
        if self.server_count() >= TRANSACTIONS_MAX {
            return self.answer_stateless(flow, &request, 503, "Service Unavailable: too many transactions".to_owned());
        }
        let origin = Origin::of(&envelope).map(|origin| self.fingerprints.of(&origin));
        if origin.as_ref().is_some_and(|origin| self.by_origin.contains(origin)) {
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
            self.by_origin.insert(origin);
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

    /// Answers a request. What comes too late, or twice, is ignored, but for repeated 2xx to an INVITE.
    pub fn respond(&mut self, now: Instant, tx: ServerTx, response: Response) {
        self.answer(now, tx, &response);
        if self.servers.get(tx).is_some_and(|server| server.machine == ServerMachine::Other(server::State::Completed)) {
            self.set_aside(now, tx, &response);
        }
        // Under a flood nobody waits for the ACK of a refusal: who sends INVITEs that can only be refused must not take all places.
        let is_refused = |server: &Server| server.machine == ServerMachine::Invite(server_invite::State::Completed);
        if self.servers.get(tx).is_some_and(is_refused) && self.server_count() > TRANSACTIONS_LINGERING_MAX {
            self.remove_server(tx);
        }
    }

    /// Challenges a request. A REGISTER is forgotten at once, and under a flood everything is, as RFC 3261 26.3.2.4 advises: whoever never
    /// proves himself costs no memory, a request that comes again is challenged again, and an ACK that finds nobody harms nobody.
    pub fn challenge(&mut self, now: Instant, tx: ServerTx, method: &Method, response: Response) {
        if *method == Method::Register || self.server_count() > TRANSACTIONS_LINGERING_MAX {
            self.answer(now, tx, &response);
            self.remove_server(tx);
        } else {
            self.respond(now, tx, response);
        }
    }

    fn answer(&mut self, now: Instant, tx: ServerTx, response: &Response) {
        let Some(server) = self.servers.get(tx) else { return };
        self.answers.count(response);
        let stimulus = match (server.machine, response.status) {
            (ServerMachine::Invite(_), 100..=199) => ServerStimulus::Invite(server_invite::Stimulus::Provisional),
            (ServerMachine::Invite(_), 200..=299) => ServerStimulus::Invite(server_invite::Stimulus::Success),
            (ServerMachine::Invite(_), _) => ServerStimulus::Invite(server_invite::Stimulus::Failure),
            (ServerMachine::Other(_), 100..=199) => ServerStimulus::Other(server::Stimulus::Provisional),
            (ServerMachine::Other(_), _) => ServerStimulus::Other(server::Stimulus::Final),
        };
        self.step_server(now, tx, stimulus, Some(response));
    }

    /// An answered request waits for its repetitions in less room. Under a flood it is forgotten: one that comes again is handled again,
    /// which is harmless where it is no INVITE (a REGISTER is challenged anew, for its nonce is used), and nobody has to be told 503.
    fn set_aside(&mut self, now: Instant, tx: ServerTx, response: &Response) {
        let is_flood = self.server_count() > TRANSACTIONS_LINGERING_MAX;
        let Some(server) = self.servers.get_mut(tx).filter(|server| !is_flood && !server.last.is_empty()) else {
            return self.remove_server(tx);
        };
        // Its origin stays taken.
        let (key, origin) = (server.key, server.origin.take());
        self.remove_server(tx);
        self.answered.insert(now, key, origin, response);
    }

    /// Forgets the answered whose repetitions can no longer be under way.
    pub(super) fn forget_answered(&mut self, now: Instant) {
        while let Some(end) = self.answered.pop_over(now) {
            if let Some(origin) = end.origin {
                self.by_origin.remove(&origin);
            }
        }
    }

    /// Requests of others that we remember.
    pub(super) fn server_count(&self) -> usize {
        self.servers.len() + self.answered.len()
    }

    pub(super) fn server_alarm(&mut self, now: Instant, tx: ServerTx, timer: Timer) {
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

    fn step_server(&mut self, now: Instant, tx: ServerTx, stimulus: ServerStimulus, response: Option<&Response>) {
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
                    if let Some(bytes) = response.and_then(|response| response.write().ok()) {
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
}
