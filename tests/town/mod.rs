//! The simulator: one box, a network that may lose, double and reorder, and phones with a codec of their own. Time is virtual and chance is
//! seeded, so a seed replays byte for byte.
//!
//! [`Town::run_for`] takes one event after another; after each the invariants are checked.

pub mod clock;
pub mod digest;
pub mod message;
pub mod model;
pub mod net;
pub mod office;
pub mod pbx;
pub mod phone;
pub mod trace;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use trillo::base::{ConnectionId, Dice, Instant, Transport};
use trillo::exchange::{Command, Input};
use trillo::settings::{Kind as SettingsKind, Settings};

use self::message::Message;
use self::model::Model;
use self::net::{Forward, Kind, Nat, Net, Packet};
use self::office::{Office, password_of};
use self::pbx::Pbx;
use self::phone::{Phone, Provider};
use self::trace::Trace;

pub struct Town {
    pub now: Instant,
    pub pbx: Pbx,
    pub net: Net,
    pub phones: BTreeMap<String, Phone>,
    pub trace: Trace,
    pub model: Model,
    dice: Dice,
    connections: u64,
    hosts: u8,
}

const BOX: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 5060);
/// More than this many port pairs no scenario needs.
const PORTS: u16 = 100;

impl Town {
    pub fn new(seed: u64, settings: Settings) -> Town {
        Town::with_ports(seed, settings, PORTS)
    }

    pub fn with_ports(seed: u64, settings: Settings, count: u16) -> Town {
        let mut dice = Dice::from_number(seed);
        let net = Net::new(Dice::from_number(dice.u64()));
        let ports = (0..count).map(|index| 16_384 + 2 * index).collect();
        let settings = Arc::new(settings);
        let model = Model::new(settings.clone());
        let pbx = Pbx::new(Instant::ZERO, BOX, settings, ports, Dice::from_number(dice.u64()));
        let trace = Trace::default();
        Town { now: Instant::ZERO, pbx, net, phones: BTreeMap::new(), trace, model, dice, connections: 0, hosts: 0 }
    }

    /// Puts a router before the box, through which alone phones reach it from now on.
    pub fn forward(&mut self, outside: SocketAddr) {
        self.pbx.forward(self.now, outside);
        self.net.forward = Some(Forward { inside: BOX, outside });
    }

    /// Puts a phone into the local network. Its name is its account's.
    pub fn add(&mut self, name: &str) -> &mut Phone {
        self.hosts += 1;
        self.add_at(name, name, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 10 + self.hosts)))
    }

    /// Puts a phone of an account somewhere, under a name of its own.
    pub fn add_at(&mut self, name: &str, account: &str, address: IpAddr) -> &mut Phone {
        let dice = Dice::from_number(self.dice.u64());
        let server = self.net.forward.map_or(BOX, |forward| forward.outside);
        let phone = Phone::new(account, &password_of(account), SocketAddr::new(address, 5060), server, dice);
        self.phones.entry(name.to_owned()).or_insert(phone)
    }

    /// Puts a phone behind a router of its own.
    pub fn add_behind_nat(&mut self, name: &str) -> &mut Phone {
        let inside = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 20 + self.net.nats.len() as u8));
        let outside = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5 + self.net.nats.len() as u8));
        self.net.nats.push(Nat { inside, outside });
        self.add_at(name, name, inside)
    }

    /// Puts a phone that speaks over a stream, and connects it.
    pub fn add_stream(&mut self, name: &str, transport: Transport) -> &mut Phone {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let phone = self.add(name);
        (phone.transport, phone.connection) = (transport, Some(connection));
        phone
    }

    /// New settings.
    pub fn apply(&mut self, settings: Settings) {
        self.pbx.apply(self.now, settings);
        self.model.settings = self.pbx.settings.clone();
        self.settle();
    }

    /// Cuts the connection of a phone.
    pub fn disconnect(&mut self, name: &str) {
        if let Some(connection) = self.phone(name).connection {
            self.pbx.streams.remove(&connection);
            self.pbx.handle(self.now, Input::ConnectionLost { connection });
            self.settle();
        }
    }

    /// Connects it again, which the box learns when it says something.
    pub fn reconnect(&mut self, name: &str) {
        self.connections += 1;
        self.phone(name).connection = Some(ConnectionId(self.connections));
    }

    pub fn phone(&mut self, name: &str) -> &mut Phone {
        self.phones.get_mut(name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    /// A person does something with a phone.
    pub fn with<T>(&mut self, name: &str, verb: impl FnOnce(&mut Phone, Instant) -> T) -> T {
        let now = self.now;
        let outcome = verb(self.phone(name), now);
        self.settle();
        outcome
    }

    pub fn register(&mut self, name: &str) {
        self.with(name, |phone, now| phone.register(now, 3600));
        self.run_for(clock::millis(100));
        assert_eq!(self.phone(name).registration.status, Some(200), "{name} registers");
    }

    pub fn register_all(&mut self) {
        let names: Vec<String> = self.phones.keys().cloned().collect();
        for name in names {
            self.register(&name);
        }
    }

    pub fn run_for(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.step(end) {}
        self.now = end;
    }

    /// Runs until it is so; at most five minutes.
    pub fn run_until(&mut self, what: &str, is_so: impl Fn(&mut Town) -> bool) {
        let end = self.now + Duration::from_secs(300);
        while !is_so(self) {
            assert!(self.step(end), "never so: {what}\n{}", self.trace.lines.join("\n"));
        }
    }

    /// Takes the next event, if it is before `end`.
    fn step(&mut self, end: Instant) -> bool {
        let phone = self.phones.values().filter_map(Phone::next).min();
        let next = [self.net.next(), self.pbx.next(), phone].into_iter().flatten().min();
        let Some(at) = next.filter(|at| *at <= end) else { return false };
        self.now = self.now.max(at);
        if let Some(packet) = self.net.next().filter(|next| *next <= self.now).and_then(|_| self.net.arrived(self.now)) {
            self.deliver(packet);
        } else if self.pbx.next().is_some_and(|next| next <= self.now) {
            self.pbx.handle_alarms(self.now);
        } else {
            let now = self.now;
            for phone in self.phones.values_mut() {
                phone.handle_alarms(now);
            }
        }
        self.settle();
        true
    }

    fn deliver(&mut self, packet: Packet) {
        if packet.to.ip() != BOX.ip() {
            // Phones behind one router differ by their ports; media has ports of its own.
            let place = |phone: &&mut Phone| (phone.address.ip() == packet.to.ip()).then_some(phone.address.port() != packet.to.port());
            if let Some(phone) = self.phones.values_mut().filter(|phone| place(phone).is_some()).min_by_key(|phone| place(phone)) {
                phone.receive(self.now, &packet);
            }
            return;
        }
        if packet.kind == Kind::Media {
            return self.pbx.receive(self.now, packet);
        }
        let message = Message::read(&packet.bytes);
        self.pbx.receive(self.now, packet);
        if let Ok(message) = message {
            let sent: Vec<Message> = self.send_out().iter().filter_map(|packet| Message::read(&packet.bytes).ok()).collect();
            self.model.happened(self.now, &message, &sent);
        }
    }

    /// Puts what the box wants sent on the net, and tells it.
    fn send_out(&mut self) -> Vec<Packet> {
        let packets = self.pbx.poll();
        for packet in &packets {
            self.net.send(self.now, packet.clone(), &mut self.trace);
        }
        packets
    }

    fn settle(&mut self) {
        let is_invite = |packet: &&Packet| packet.bytes.starts_with(b"INVITE ");
        let sent = self.send_out();
        let invites: Vec<Message> = sent.iter().filter(is_invite).filter_map(|packet| Message::read(&packet.bytes).ok()).collect();
        self.model.time_passes(self.now, &invites);
        for phone in self.phones.values_mut() {
            while let Some(packet) = phone.poll() {
                self.net.send(self.now, packet, &mut self.trace);
            }
        }
        self.pbx.check();
    }

    /// The end of a town where phones watch others: they are told no more.
    pub fn close_with_subscriptions(&mut self) {
        for phone in self.phones.values_mut() {
            phone.forgets_subscriptions = true;
        }
        self.run_for(clock::seconds(3700));
        self.close();
    }

    /// Puts a provider somewhere, with one account.
    pub fn add_provider(&mut self, name: &str, address: &str, username: &str, password: &str) -> &mut Phone {
        let phone = self.add_at(name, name, address.parse().expect("an address"));
        phone.provider = Some(Provider::new(username, password));
        phone
    }

    /// Takes all lines out of service.
    pub fn disable_lines(&mut self) {
        let settings = self.pbx.settings.clone();
        let lines = settings.rows_of(SettingsKind::Line).map(|(id, own)| (id, own.clone().with("enabled", false)));
        let office = lines.fold(Office::default(), |office, (id, own)| office.put(SettingsKind::Line, id, own));
        self.apply(office.edited(&settings));
    }

    /// The end: after the longest wait of any transaction nothing is left, and the records are those of the model.
    pub fn close(&mut self) {
        for name in self.phones.keys().cloned().collect::<Vec<_>>() {
            self.with(&name, |phone, now| phone.hang_up(now));
        }
        self.run_for(clock::seconds(70));
        let is_of_calls = |(what, _): &(&str, usize)| !["transactions", "requests, dialogs and promises", "accounts noted"].contains(what);
        let left: Vec<_> = self.pbx.leftovers().into_iter().filter(is_of_calls).collect();
        assert_eq!(left, [], "no call is left");
        // Keep-alive requests go on as long as phones are registered and lines are in service.
        self.disable_lines();
        for account in self.pbx.settings.accounts.keys().copied().collect::<Vec<_>>() {
            self.pbx.handle(self.now, Input::Command(Command::Unregister(account)));
        }
        self.settle();
        self.run_for(clock::seconds(66));
        assert_eq!(self.pbx.leftovers(), [], "nothing is left");
        for (name, phone) in &self.phones {
            assert_eq!(phone.faults, Vec::<String>::new(), "{name} could read everything");
            for line in &phone.lines {
                assert!(line.is_over(), "{name} hangs in a call: {line:?}");
            }
        }
        self.model.compare(self.now, &self.pbx.records);
    }
}
