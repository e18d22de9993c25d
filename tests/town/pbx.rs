//! The box in the town: the Exchange and the relay as they are, with a store that remembers and is quick but not at once.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use trillo::base::id::{AccountId, ExtensionId, FlowId};
use trillo::base::{ConnectionId, Dice, Flow, Instant, Transport};
use trillo::entry::{Ban, Binding, CallRecord, Entry, Event, State, Switches};
use trillo::exchange::{Config, Exchange, Forwarded, Input, Located, Output, Question};
use trillo::media::order::Order;
use trillo::media::{Component, PACKET_BYTES, Relay, Verdict};
use trillo::settings::Settings;
use trillo::sip::auth::NonceKey;
use trillo::trace::Trace;

use super::clock;
use super::net::{Kind, Packet};

/// How long the store takes to write a thing down.
const STORE_TIME: Duration = Duration::from_millis(3);

pub struct Pbx {
    pub address: SocketAddr,
    pub settings: Arc<Settings>,
    pub exchange: Exchange,
    pub relay: Relay,
    pub records: Vec<CallRecord>,
    pub events: Vec<Event>,
    pub bindings: BTreeMap<AccountId, Binding>,
    pub switches: BTreeMap<ExtensionId, Switches>,
    /// What the box itself said to whom: "echo", or the name of a tone.
    pub served: Vec<(FlowId, String)>,
    pub bans: BTreeMap<u64, Ban>,
    /// False: the disk is full.
    pub can_keep: bool,
    /// Who is at the other end of a stream.
    pub streams: BTreeMap<ConnectionId, SocketAddr>,
    /// Whom it would have connected to.
    pub dialled: Vec<(Transport, SocketAddr)>,
    /// What the name server says: addresses of hosts, the best first.
    pub names: BTreeMap<String, Vec<SocketAddr>>,
    /// Where phones reach it, if its ports are forwarded.
    forwarded: Option<Forwarded>,
    pub trace: Trace,
    ports: Vec<u16>,
    dice: Dice,
    flows: BTreeMap<u16, FlowId>,
    joined: BTreeMap<FlowId, FlowId>,
    later: BTreeMap<(Instant, u64), Input>,
    kept: u64,
    out: Vec<Packet>,
}

impl Pbx {
    pub fn new(now: Instant, address: SocketAddr, settings: Arc<Settings>, ports: Vec<u16>, mut dice: Dice) -> Pbx {
        let trace = Trace::default();
        let exchange = Pbx::started(now, settings.clone(), &ports, &mut dice, Vec::new(), None, trace.clone());
        Pbx {
            address,
            settings,
            exchange,
            relay: Relay::new(ports.iter().copied()),
            records: Vec::new(),
            events: Vec::new(),
            bindings: BTreeMap::new(),
            switches: BTreeMap::new(),
            served: Vec::new(),
            bans: BTreeMap::new(),
            can_keep: true,
            streams: BTreeMap::new(),
            dialled: Vec::new(),
            names: BTreeMap::new(),
            forwarded: None,
            trace,
            ports,
            dice,
            flows: BTreeMap::new(),
            joined: BTreeMap::new(),
            later: BTreeMap::new(),
            kept: 0,
            out: Vec::new(),
        }
    }

    fn started(
        now: Instant,
        settings: Arc<Settings>,
        ports: &[u16],
        dice: &mut Dice,
        states: Vec<State>,
        forwarded: Option<Forwarded>,
        trace: Trace,
    ) -> Exchange {
        let dice = Dice::from_number(dice.u64());
        Exchange::new(
            clock::now(now),
            Config {
                settings,
                nonce_key: NonceKey::new([7; 32]),
                dice,
                ports: ports.to_vec(),
                states,
                product: "Trillo/test".to_owned(),
                forwarded,
                trace,
            },
        )
    }

    /// As if it had been started with `--forwarded`.
    pub fn forward(&mut self, now: Instant, outside: SocketAddr) {
        self.forwarded = Some(Forwarded { address: outside.ip(), sip_port: Some(outside.port()) });
        self.restart(now);
    }

    /// Pulls the plug and starts again with what the store has.
    pub fn restart(&mut self, now: Instant) {
        let kept = |(account, binding): (&AccountId, &Binding)| {
            let mut binding = binding.clone();
            binding.flow.connection = None;
            State::Binding { account: *account, binding: Some(binding) }
        };
        let switched = self.switches.iter().map(|(id, switches)| State::Switches { extension: *id, switches: switches.clone() });
        let banned = self.bans.iter().map(|(id, ban)| State::Ban { id: *id, ban: Some(ban.clone()) });
        let states = self.bindings.iter().map(kept).chain(switched).chain(banned).collect();
        self.exchange = Pbx::started(now, self.settings.clone(), &self.ports, &mut self.dice, states, self.forwarded, self.trace.clone());
        self.relay = Relay::new(self.ports.iter().copied());
        (self.flows, self.joined, self.later, self.streams) = Default::default();
    }

    pub fn apply(&mut self, now: Instant, settings: Settings) {
        self.settings = Arc::new(settings);
        self.handle(now, Input::Settings(self.settings.clone()));
    }

    pub fn receive(&mut self, now: Instant, mut packet: Packet) {
        let (transport, connection) = match packet.kind {
            Kind::Datagram => (Transport::Udp, None),
            Kind::Stream(transport, connection) => (transport, Some(connection)),
            Kind::Media => return self.relayed(now, &mut packet),
        };
        if let Some(connection) = connection {
            self.streams.insert(connection, packet.from);
        }
        let flow = Flow { transport, local: packet.to, remote: packet.from, connection };
        if self.exchange.lets_in(clock::now(now), &flow) == trillo::guard::Verdict::Pass {
            self.handle(now, Input::Sip { flow, bytes: packet.bytes });
        }
    }

    fn relayed(&mut self, now: Instant, packet: &mut Packet) {
        let Some(flow) = self.flows.get(&packet.to.port()).copied() else { return };
        let verdict = self.relay.receive(now, flow, Component::Rtp, packet.from, &mut packet.bytes);
        self.send_media(verdict, &packet.bytes);
        while let Some(report) = self.relay.poll_report() {
            self.handle(now, Input::Media(report));
        }
    }

    fn send_media(&mut self, verdict: Verdict, bytes: &[u8]) {
        if let Verdict::Send { via, component: Component::Rtp, to, length } = verdict {
            let port = self.flows.iter().find(|(_, flow)| **flow == via).map_or(0, |(port, _)| *port);
            let from = SocketAddr::new(self.address.ip(), port);
            self.out.push(Packet { kind: Kind::Media, from, to, bytes: bytes[..length].to_vec() });
        }
    }

    pub fn handle(&mut self, now: Instant, input: Input) {
        self.exchange.handle(clock::now(now), input);
        while let Some(output) = self.exchange.poll_output() {
            match output {
                Output::Transmit(transmit) => self.transmit(now, transmit),
                Output::Order(order) => self.carry_out(now, order),
                Output::Keep { entry, token } => self.keep(now, entry, token),
                Output::Locate(question) => self.locate(now, &question),
                Output::Picture(_) => {}
            }
        }
        while let Some(report) = self.relay.poll_report() {
            self.handle(now, Input::Media(report));
        }
    }

    fn transmit(&mut self, now: Instant, transmit: trillo::sip::endpoint::Transmit) {
        let flow = transmit.flow;
        let kind = match (flow.transport, flow.connection) {
            (Transport::Udp, _) => Kind::Datagram,
            (transport, Some(connection)) if self.streams.contains_key(&connection) => Kind::Stream(transport, connection),
            // No phone of the town takes connections: whoever is not connected cannot be reached.
            (transport, _) => {
                self.dialled.push((transport, flow.remote));
                if let Some(tx) = transmit.tx {
                    self.later(now, Input::TransportFailed { tx });
                }
                return;
            }
        };
        self.out.push(Packet { kind, from: flow.local, to: flow.remote, bytes: transmit.bytes });
    }

    fn carry_out(&mut self, now: Instant, order: Order) {
        match &order {
            Order::Open(open) => {
                self.flows.insert(open.port, open.flow);
            }
            // A leg is in at most one call: nobody is joined to a second party before the first is gone.
            Order::Join(join) => {
                for (one, other) in [(join.a, join.b), (join.b, join.a)] {
                    let before = self.joined.insert(one, other);
                    assert!(before.is_none_or(|before| before == other), "{one:?} is in two calls");
                }
            }
            Order::Close { flow } | Order::Part { flow } => {
                if let Some(peer) = self.joined.remove(flow) {
                    self.joined.remove(&peer);
                }
                if let Order::Close { flow } = &order {
                    self.flows.retain(|_, open| open != flow);
                }
            }
            Order::Aim(_) | Order::Listen { .. } | Order::PassKeys { .. } | Order::Press(_) => {}
            Order::Echo { flow, .. } => self.served.push((*flow, "echo".to_owned())),
            Order::Play(play) => self.served.push((play.flow, format!("{:?}", play.tone))),
        }
        self.relay.handle(now, order);
    }

    /// An address is where it is; a name where the name server says.
    fn locate(&mut self, now: Instant, question: &Question) {
        let port = question.port.unwrap_or(5060);
        let addresses = match question.host.parse() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.names.get(&question.host).cloned().unwrap_or_default(),
        };
        let transport = question.transport.unwrap_or(Transport::Udp);
        let flow = |remote| Flow { transport, local: self.address, remote, connection: None };
        let flows: Vec<Flow> = addresses.into_iter().map(flow).collect();
        let outcome = if flows.is_empty() { Err(format!("{} has no address", question.host)) } else { Ok(flows) };
        self.later(now, Input::Located(Located { token: question.token, outcome, holds: Duration::from_secs(300) }));
    }

    fn keep(&mut self, now: Instant, entry: Entry, token: Option<u64>) {
        if self.can_keep {
            match entry {
                Entry::Call(record) => self.records.push(record),
                Entry::Event(event) => self.events.push(event),
                Entry::Quality { call_id, started, quality } => {
                    let mut records = self.records.iter_mut().rev();
                    if let Some(record) = records.find(|record| record.call_id == call_id && record.started == started) {
                        record.quality.push(quality);
                    }
                }
                Entry::State(State::Binding { account, binding: Some(binding) }) => {
                    self.bindings.insert(account, binding);
                }
                Entry::State(State::Binding { account, binding: None }) => {
                    self.bindings.remove(&account);
                }
                Entry::State(State::Switches { extension, switches }) => {
                    self.switches.insert(extension, switches);
                }
                Entry::State(State::Ban { id, ban: Some(ban) }) => {
                    self.bans.insert(id, ban);
                }
                Entry::State(State::Ban { id, ban: None }) => {
                    self.bans.remove(&id);
                }
            }
        }
        if let Some(token) = token {
            self.later(now, Input::Kept { token, is_kept: self.can_keep });
        }
    }

    fn later(&mut self, now: Instant, input: Input) {
        self.kept += 1;
        self.later.insert((now + STORE_TIME, self.kept), input);
    }

    pub fn next(&self) -> Option<Instant> {
        let later = self.later.first_key_value().map(|((at, _), _)| *at);
        [later, self.exchange.poll_timeout(), self.relay.poll_timeout()].into_iter().flatten().min()
    }

    pub fn handle_alarms(&mut self, now: Instant) {
        self.relay.handle_timeout(now);
        let mut packet = [0; PACKET_BYTES];
        while let Some(verdict) = self.relay.poll_packet(now, &mut packet) {
            self.send_media(verdict, &packet);
        }
        while let Some(report) = self.relay.poll_report() {
            self.handle(now, Input::Media(report));
        }
        match self.later.first_entry().filter(|entry| entry.key().0 <= now) {
            Some(entry) => {
                let input = entry.remove();
                self.handle(now, input);
            }
            None => self.handle(now, Input::Tick),
        }
    }

    pub fn poll(&mut self) -> Vec<Packet> {
        std::mem::take(&mut self.out)
    }

    /// What must hold after every step.
    pub fn check(&self) {
        let counts = BTreeMap::from(self.exchange.alive_counts());
        assert_eq!(counts["ports"], self.relay.len(), "the ledger and the relay agree about ports: {counts:?}");
        assert!(self.joined.len() <= 2 * counts["calls"], "only calls are joined: {counts:?}");
        assert!(counts["ports"] <= counts["legs"], "no leg has two ports: {counts:?}");
    }

    /// What is still alive, registrations apart.
    pub fn leftovers(&self) -> Vec<(&'static str, usize)> {
        self.exchange.alive_counts().into_iter().filter(|(_, count)| *count > 0).collect()
    }
}
