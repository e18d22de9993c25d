//! Requests that we send: client transactions (RFC 3261 17.1), and the CANCEL of an INVITE.

use std::time::Duration;

use super::follow_up::{ack_of_failure, cancel_request};
use super::{ClientTx, Endpoint, Event, TimerKey, Transmit};
use crate::base::limits::TRANSACTIONS_MAX;
use crate::base::{ConnectionId, Dice, Flow, Instant, SlabKey};
use crate::sip::message::via::MAGIC_COOKIE;
use crate::sip::message::{Envelope, Method, Name, Request, Response};
use crate::sip::transaction::{T1, T2, TIMEOUT, Timer, Verb, client, client_invite, next_interval};
use crate::sip::uri::Host;

#[derive(Debug)]
pub(super) struct Client {
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

#[derive(Clone, Copy)]
enum ClientStimulus {
    Invite(client_invite::Stimulus),
    Other(client::Stimulus),
}

impl Endpoint {
    pub(super) fn receive_response(&mut self, now: Instant, flow: Flow, response: Response) {
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

    /// Sends a request over `flow`, putting our Via with `sent_by` on top. It should hold everything else. When [`TRANSACTIONS_MAX`] requests
    /// of ours are under way it is not sent: [`Event::Broken`] says so, as where a network cannot be reached.
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
        if self.clients.len() > TRANSACTIONS_MAX {
            self.clients.remove(tx);
            self.events.push_back(Event::Broken { tx });
        } else {
            self.start_client(now, tx);
        }
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

    pub(super) fn client_alarm(&mut self, now: Instant, tx: ClientTx, timer: Timer) {
        let Some(client) = self.clients.get_mut(tx) else { return };
        if timer == Timer::Resend {
            client.interval = match client.machine {
                // RFC 3261 17.1.2.2: in Proceeding, timer E is reset to T2.
                ClientMachine::Other(client::State::Proceeding) => T2,
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
                        let refused = matches!(response.status, 401 | 407).then(|| {
                            let mut request = client.request.clone();
                            request.headers.remove_all(&Name::Via);
                            Box::new(request)
                        });
                        let (response, envelope) = (Box::new(response), Box::new(envelope));
                        self.events.push_back(Event::Response { tx, response, envelope, flow, refused });
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
