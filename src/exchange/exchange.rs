//! The switchboard: each arm is a call into the file that owns the matter.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use super::arrivals::Arrivals;
use super::bindings::{Alarm, Bindings};
use super::call::Call;
use super::command::Command;
use super::forwarded::Forwarded;
use super::ledger::Ledger;
use super::leg::Leg;
use super::line::{self, Lines, Located, Question};
use super::measuring::Measured;
use super::pin_tries::PinTries;
use super::presence::{SubscriptionId, Subscriptions};
use super::proxies::Proxies;
use super::status::Status;
use super::step::code::Fact;
use super::step::keys::Keys;
use super::transfer::Transfer;
use crate::base::id::{AccountId, CallId, FlowId, LegId, LineId};
use crate::base::{ConnectionId, Dice, Flow, Instant, Now, Slab, Timers};
use crate::entry::{Entry, State, SwitchTable};
use crate::guard::{Guard, Offence};
use crate::media::order::Order;
use crate::media::report::Report;
use crate::phonebook::Phonebooks;
use crate::route::Occupancy;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::sip::auth::{NonceKey, Nonces};
use crate::sip::endpoint::{ClientTx, Endpoint, Event, ServerTx, Transmit};
use crate::sip::message::Response;
use crate::trace::{Direction, Trace};

/// What the Exchange begins with.
#[derive(Debug)]
pub struct Config {
    pub settings: Arc<Settings>,
    pub dice: Dice,
    /// From the system's randomness, never from dice.
    pub nonce_key: NonceKey,
    /// The even ports that the relay has bound.
    pub ports: Vec<u16>,
    /// What was kept by the last run.
    pub states: Vec<State>,
    /// For the Server and User-Agent headers.
    pub product: String,
    /// Every phone comes through forwarded ports: this is where they reach us, and all are treated as behind NAT.
    pub forwarded: Option<Forwarded>,
    /// Where the messages of calls are kept for who looks at them.
    pub trace: Trace,
}

/// A fact from the world.
#[derive(Debug)]
pub enum Input {
    /// A datagram, or a frame of a stream.
    Sip {
        flow: Flow,
        bytes: Vec<u8>,
    },
    /// What [`Output::Keep`] asked for is written down, or could not be.
    Kept {
        token: u64,
        is_kept: bool,
    },
    /// A transmit could not be sent.
    TransportFailed {
        tx: ClientTx,
    },
    /// The shell opened a connection for a transmit that named none.
    Connected {
        tx: ClientTx,
        connection: ConnectionId,
    },
    ConnectionLost {
        connection: ConnectionId,
    },
    Media(Report),
    /// What [`Output::Locate`] asked for.
    Located(Located),
    Settings(Arc<Settings>),
    Command(Command),
    /// Nothing but the time.
    Tick,
}

/// What the shell is to do.
#[derive(Debug)]
pub enum Output {
    Transmit(Transmit),
    Order(Order),
    /// Write it down; with a token, say so by [`Input::Kept`].
    Keep {
        entry: Entry,
        token: Option<u64>,
    },
    /// Find out where a line is; say so by [`Input::Located`].
    Locate(Question),
    /// Asked for by [`Command::Picture`].
    Picture(Box<Status>),
}

/// Owns every call.
#[derive(Debug)]
pub struct Exchange {
    pub(super) settings: Arc<Settings>,
    pub(super) dice: Dice,
    pub(super) product: String,
    pub(super) forwarded: Option<Forwarded>,
    pub(super) endpoint: Endpoint,
    pub(super) nonces: Nonces,
    /// What is checked in place of the password of an account that does not exist.
    pub(super) dummy: Secret,
    /// When a refused proof was last noted, by source and reason.
    pub(super) refusals: BTreeMap<(IpAddr, String), Instant>,
    pub(super) guard: Guard,
    pub(super) trace: Trace,
    pub(super) arrivals: Arrivals,
    pub(super) registrar: Bindings,
    pub(super) proxies: Proxies,
    /// Names of callers from outside; made of the settings when one calls.
    pub(super) phonebooks: OnceCell<Phonebooks>,
    pub(super) lines: Lines,
    pub(super) ledger: Ledger,
    pub(super) occupancy: Occupancy,
    /// What extensions have switched.
    pub(super) switches: SwitchTable,
    pub(super) pin_tries: PinTries,
    pub(super) subscriptions: Subscriptions,
    pub(super) calls: Slab<CallId, Call>,
    pub(super) legs: Slab<LegId, Leg>,
    /// Whose request it is.
    pub(super) asked: HashMap<ClientTx, Asked>,
    /// The INVITE of a calling leg, for its CANCEL.
    pub(super) calling: HashMap<ServerTx, LegId>,
    /// Our tag in a dialog, which is random, names its leg.
    pub(super) dialogs: HashMap<String, LegId>,
    /// Under the leg of the phone that transfers.
    pub(super) transfers: BTreeMap<LegId, Transfer>,
    /// Flows of calls that are over, or about to be: what is heard of them goes into the record.
    pub(super) measured: BTreeMap<FlowId, Measured>,
    /// Keys in talk that may become a code, under the leg that presses them.
    pub(super) keying: BTreeMap<LegId, Keys>,
    /// The calls in which somebody waits for a leg that talks with another one.
    pub(super) consultations: BTreeMap<LegId, CallId>,
    pub(super) timers: Timers<TimerKey>,
    pub(super) outputs: VecDeque<Output>,
    /// Responses to REGISTER that wait until their binding is written down.
    pub(super) promised: BTreeMap<u64, (ServerTx, Response)>,
    pub(super) next_token: u64,
    pub(super) counters: super::status::Counters,
    pub(super) started: Now,
}

/// Why we sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Invite(LegId),
    Reinvite(LegId),
    Bye(LegId),
    /// Whether a phone in talk is still there.
    Probe(LegId),
    Update(LegId),
    /// News of a transfer.
    Notify(LegId),
    /// News of what a phone watches.
    Lamp(SubscriptionId),
    Register {
        line: LineId,
    },
    /// A registration is taken back.
    Goodbye,
    /// Whether a line is there.
    Watch {
        line: LineId,
        sent: Instant,
    },
    /// The keep-alive of a binding.
    Options {
        account: AccountId,
        sent: Instant,
    },
}

/// Alarms of calls. The key names the owner, so that ending it removes its alarms. Bindings have theirs with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimerKey {
    /// The ring timeout of a call's plan node.
    RingTimeout(CallId),
    /// An invited phone has shown no sign of life.
    NoResponse(LegId),
    /// Send the 200 again, or give up.
    Accept(LegId),
    /// Our offer in talk has found no answer.
    Reoffer(LegId),
    /// A silent phone is to be asked.
    Probe(LegId),
    /// The caller of a service code has said nothing for long.
    Code(CallId),
    /// The session timer.
    Refresh(LegId),
    /// A phone had an offer of its own under way; now it may be asked.
    Glare(LegId),
    /// A reliable provisional response has no PRACK yet.
    Reliable(LegId),
    /// A phone that has transferred its call has not hung up.
    Leave(LegId),
    /// Keys in talk were no code, or a number is over.
    Keys(LegId),
    /// A subscription was not refreshed.
    Subscription(SubscriptionId),
}

impl Exchange {
    pub fn new(now: Now, config: Config) -> Exchange {
        let mut dice = config.dice;
        let dummy = Secret::new(dice.token(24));
        let guard = Guard::new(&mut dice);
        let mut exchange = Exchange {
            settings: config.settings,
            dice,
            product: config.product,
            forwarded: config.forwarded,
            endpoint: Endpoint::default(),
            nonces: Nonces::new(&config.nonce_key),
            dummy,
            refusals: BTreeMap::new(),
            guard,
            trace: config.trace,
            arrivals: Arrivals::default(),
            registrar: Bindings::default(),
            proxies: Proxies::default(),
            phonebooks: OnceCell::new(),
            lines: Lines::default(),
            ledger: Ledger::new(config.ports),
            occupancy: Occupancy::default(),
            switches: SwitchTable::new(),
            pin_tries: PinTries::default(),
            subscriptions: Subscriptions::default(),
            calls: Slab::default(),
            legs: Slab::default(),
            asked: HashMap::new(),
            calling: HashMap::new(),
            dialogs: HashMap::new(),
            transfers: BTreeMap::new(),
            measured: BTreeMap::new(),
            keying: BTreeMap::new(),
            consultations: BTreeMap::new(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
            promised: BTreeMap::new(),
            next_token: 1,
            counters: super::status::Counters::default(),
            started: now,
        };
        exchange.allow_sources();
        for state in config.states {
            exchange.restore(now, state);
        }
        exchange.update_lines(now);
        exchange.update_proxies(now);
        exchange
    }

    pub fn handle(&mut self, now: Now, input: Input) {
        self.handle_alarms(now);
        match input {
            Input::Sip { flow, bytes } => {
                self.trace.note(now.wall, Direction::In, &flow, &bytes);
                if !self.endpoint.receive(now.mono, flow, &bytes) {
                    self.offended(now, &flow, Offence::Malformed);
                }
            }
            Input::Kept { token, is_kept } => self.kept(now, token, is_kept),
            Input::TransportFailed { tx } => self.endpoint.transport_failed(now.mono, tx),
            Input::Connected { tx, connection } => self.endpoint.connected(tx, connection),
            Input::ConnectionLost { connection } => self.connection_lost(now, connection),
            Input::Media(report) => self.media_report(now, report),
            Input::Located(located) => self.located(now, located),
            Input::Settings(settings) => self.new_settings(now, settings),
            Input::Command(command) => self.command(now, command),
            Input::Tick => {}
        }
        self.drain(now);
        if self.subscriptions.is_stale {
            self.refresh_lamps(now);
            self.drain(now);
        }
    }

    fn handle_alarms(&mut self, now: Now) {
        self.endpoint.handle_timeout(now.mono);
        self.drain(now);
        while let Some(key) = self.timers.pop_due(now.mono) {
            match key {
                TimerKey::RingTimeout(call) => self.ring_expired(now, call),
                TimerKey::NoResponse(leg) => self.no_response(now, leg),
                TimerKey::Accept(leg) => self.accept_again(now, leg),
                TimerKey::Reoffer(leg) => self.reoffer_expired(now, leg),
                TimerKey::Probe(leg) => self.probe(now, leg),
                TimerKey::Code(call) => self.tell_code(now, call, Fact::Expired),
                TimerKey::Refresh(leg) => self.refresh_due(now, leg),
                TimerKey::Glare(leg) => self.next_offer(now, leg),
                TimerKey::Reliable(leg) => self.reliable_due(now, leg),
                TimerKey::Leave(leg) => self.transferor_expired(now, leg),
                TimerKey::Keys(leg) => self.keys_expired(now, leg),
                TimerKey::Subscription(id) => self.subscription_expired(now, id),
            }
            self.drain(now);
        }
        while self.subscriptions.turning.pop_due(now.mono).is_some() {
            self.lamps_changed();
        }
        while let Some((account, count)) = self.arrivals.pop_due(now.mono) {
            self.arrived_again(now, account, count);
        }
        while let Some((account, alarm)) = self.registrar.pop_due(now.mono) {
            match alarm {
                Alarm::Expired => self.binding_expired(account),
                Alarm::KeepAlive => self.keep_alive(now, account),
                Alarm::NatKeepAlive => self.nat_keep_alive(account),
            }
            self.drain(now);
        }
        self.handle_line_alarms(now);
        self.look_for_proxies(now);
    }

    fn handle_line_alarms(&mut self, now: Now) {
        while let Some((line, alarm)) = self.lines.pop_due(now.mono) {
            match alarm {
                line::Alarm::Locate => self.locate_line(line),
                line::Alarm::Register => self.register_line(now, line),
                line::Alarm::Watch => self.watch_line(now, line),
                line::Alarm::KeepAlive => self.keep_line_alive(now, line),
            }
            self.drain(now);
        }
    }

    /// Takes what the endpoint has to say, and what it wants sent.
    fn drain(&mut self, now: Now) {
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                Event::Request { tx, incoming } => self.request(now, tx, incoming),
                Event::Ack(incoming) => self.acknowledged(now, &incoming),
                Event::Cancelled { tx, .. } => self.cancelled(now, tx),
                Event::Response { tx, response, envelope, flow, refused } => {
                    if !refused.is_some_and(|refused| self.prove_within_again(now, tx, &response, *refused, flow)) {
                        self.response(now, tx, &response, &envelope, flow);
                    }
                }
                Event::Timeout { tx } => self.unanswered(now, tx, 408),
                Event::Broken { tx } => self.unanswered(now, tx, 503),
            }
        }
        while let Some(transmit) = self.endpoint.poll_transmit() {
            self.trace.note(now.wall, Direction::Out, &transmit.flow, &transmit.bytes);
            self.outputs.push_back(Output::Transmit(transmit));
        }
    }

    fn response(&mut self, now: Now, tx: ClientTx, response: &Response, envelope: &crate::sip::message::Envelope, flow: Flow) {
        let Some(asked) = self.asked.get(&tx).copied() else { return };
        self.guard.earned(&flow);
        // An INVITE may still get other 2xx; `ringing` forgets it when its leg is over.
        if !response.is_provisional() && !matches!(asked, Asked::Invite(_) | Asked::Reinvite(_)) {
            self.asked.remove(&tx);
        }
        match asked {
            Asked::Invite(leg) => self.invite_response(now, leg, tx, response, envelope, flow),
            Asked::Reinvite(leg) => self.reinvite_response(now, leg, tx, response, envelope),
            Asked::Bye(leg) if !response.is_provisional() => self.leg_gone(leg),
            Asked::Bye(_) => {}
            Asked::Probe(leg) => self.probe_answered(now, leg, response),
            Asked::Update(leg) => self.update_response(now, leg, response),
            Asked::Notify(leg) if !response.is_provisional() => self.notified(now, leg),
            Asked::Notify(_) => {}
            Asked::Lamp(_) if response.is_provisional() => {}
            Asked::Lamp(id) => self.notify_answered(now, id, response.status),
            Asked::Options { account, sent } => self.alive(now, account, sent),
            Asked::Register { line } if !response.is_provisional() => self.register_response(now, line, tx, response, flow),
            Asked::Goodbye if !response.is_provisional() => self.goodbye_response(now, tx, response, flow),
            Asked::Register { .. } | Asked::Goodbye => {}
            Asked::Watch { line, sent } => self.line_alive(now, line, sent, flow),
        }
    }

    /// A request of ours found no answer, or could not be sent.
    fn unanswered(&mut self, now: Now, tx: ClientTx, status: u16) {
        match self.asked.remove(&tx) {
            Some(Asked::Invite(leg)) => self.invite_unanswered(now, leg, tx, status),
            Some(Asked::Reinvite(leg)) => self.reinvite_unanswered(now, leg),
            Some(Asked::Bye(leg)) => self.leg_gone(leg),
            Some(Asked::Probe(leg)) => self.probe_unanswered(now, leg),
            Some(Asked::Update(leg)) => self.update_unanswered(now, leg, status),
            Some(Asked::Notify(leg)) => self.notified(now, leg),
            // Nobody is there: the phone subscribes anew when it is back.
            Some(Asked::Lamp(id)) => self.end_subscription(id),
            Some(Asked::Options { account, .. }) => self.not_alive(account),
            Some(Asked::Register { line }) => self.register_unanswered(now, line, tx),
            Some(Asked::Goodbye) => drop(self.lines.goodbyes.remove(&tx)),
            Some(Asked::Watch { line, .. }) => self.line_silent(now, line),
            None => {}
        }
    }

    fn command(&mut self, now: Now, command: Command) {
        match command {
            Command::Picture => {
                self.bans_over(now);
                let picture = self.picture(now);
                self.outputs.push_back(Output::Picture(Box::new(picture)));
            }
            Command::Unregister(account) => self.binding_expired(account),
            Command::Switch { extension, change } => self.switch(now, extension, change),
            Command::Pardon(id) => self.pardon(now, id),
        }
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        let ours = [self.timers.next(), self.arrivals.next(), self.registrar.next(), self.subscriptions.turning.next()];
        ours.into_iter().chain([self.lines.next(), self.proxies.next(), self.endpoint.poll_timeout()]).flatten().min()
    }

    pub(super) fn order(&mut self, order: Order) {
        self.outputs.push_back(Output::Order(order));
    }

    pub(super) fn keep(&mut self, entry: Entry) {
        self.outputs.push_back(Output::Keep { entry, token: None });
    }

    pub(super) fn keep_promise(&mut self, entry: Entry, tx: ServerTx, response: Response) {
        let token = self.next_token;
        self.next_token += 1;
        self.promised.insert(token, (tx, response));
        self.outputs.push_back(Output::Keep { entry, token: Some(token) });
    }

    fn kept(&mut self, now: Now, token: u64, is_kept: bool) {
        let Some((tx, response)) = self.promised.remove(&token) else { return };
        let response = if is_kept {
            self.counters.registrations_accepted += 1;
            response
        } else {
            // What could not be written down is not promised: the phone tries again soon.
            let mut refusal = Response::new(503);
            refusal.headers = response.headers;
            refusal.headers.remove_all(&crate::sip::message::Name::Contact);
            refusal.headers.push(crate::sip::message::Name::RetryAfter, "30");
            refusal
        };
        self.endpoint.respond(now.mono, tx, response);
    }

    fn new_settings(&mut self, now: Now, settings: Arc<Settings>) {
        self.settings = settings;
        self.phonebooks = OnceCell::new();
        self.drop_bindings_without_account();
        self.drop_switches_without_extension();
        self.update_lines(now);
        self.update_proxies(now);
        self.reconsider_bans();
        self.review_subscriptions(now);
    }

    fn update_lines(&mut self, now: Now) {
        for gone in self.lines.update(now.mono, &mut self.dice, &self.settings) {
            self.leave_line(now, gone);
        }
        self.allow_sources();
    }

    /// What is alive, for the simulation's check that nothing leaks: calls, legs, transactions, ports, alarms, promises.
    pub fn alive_counts(&self) -> [(&'static str, usize); 10] {
        [
            ("calls", self.calls.len()),
            ("legs", self.legs.len()),
            ("transactions", self.endpoint.transaction_count()),
            ("ports", self.ledger.used_count()),
            ("alarms", self.timers.len()),
            ("accounts noted", self.arrivals.len()),
            (
                "requests, dialogs and promises",
                self.asked.len() + self.calling.len() + self.dialogs.len() + self.promised.len() + self.transfers.len(),
            ),
            ("subscriptions", self.subscriptions.len()),
            ("flows measured", self.measured.len()),
            ("keys and consultations", self.keying.len() + self.consultations.len()),
        ]
    }
}
