//! The network between phones and the box: latency for all, and for datagrams loss, duplication and reordering by seeded dice.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use trillo::base::{ConnectionId, Dice, Instant, Transport};

use super::trace::Trace;

/// Chances in a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub loss: u32,
    pub duplication: u32,
    pub reordering: u32,
}

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SIP in a datagram: the faults are for these.
    Datagram,
    /// SIP over a stream: whole messages, all of them, in order.
    Stream(Transport, ConnectionId),
    /// RTP.
    Media,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub kind: Kind,
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

/// A router that hides a network behind one address, each port under a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nat {
    pub inside: IpAddr,
    pub outside: IpAddr,
}

/// A router that forwards one port of SIP, under another number, and the ports of media to the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    pub inside: SocketAddr,
    pub outside: SocketAddr,
}

impl Forward {
    /// As the box's packets leave it.
    fn outward(&self, from: SocketAddr) -> SocketAddr {
        let port = if from.port() == self.inside.port() { self.outside.port() } else { from.port() };
        SocketAddr::new(self.outside.ip(), port)
    }

    /// Where a packet to the router goes; nobody listens behind other ports.
    fn inward(&self, to: SocketAddr) -> Option<SocketAddr> {
        match to.port() {
            port if port == self.outside.port() => Some(self.inside),
            port if port == self.inside.port() => None,
            port => Some(SocketAddr::new(self.inside.ip(), port)),
        }
    }
}

/// How far a NAT moves a port.
const PORT_SHIFT: u16 = 30_000;
const LATENCY: Duration = Duration::from_millis(5);
/// A datagram that is overtaken, or comes twice, is late by at most this.
const LATE_MICROS: u32 = 60_000;

#[derive(Debug)]
pub struct Net {
    dice: Dice,
    pub faults: Faults,
    pub nats: Vec<Nat>,
    pub forward: Option<Forward>,
    under_way: BTreeMap<(Instant, u64), Packet>,
    sent: u64,
}

impl Net {
    pub fn new(dice: Dice) -> Net {
        Net { dice, faults: Faults::default(), nats: Vec::new(), forward: None, under_way: BTreeMap::new(), sent: 0 }
    }

    pub fn send(&mut self, now: Instant, mut packet: Packet, trace: &mut Trace) {
        if let Some(nat) = self.nats.iter().find(|nat| nat.inside == packet.from.ip()) {
            packet.from = SocketAddr::new(nat.outside, packet.from.port() + PORT_SHIFT);
        }
        if let Some(forward) = self.forward.filter(|forward| forward.inside.ip() == packet.from.ip()) {
            packet.from = forward.outward(packet.from);
        }
        if packet.kind != Kind::Datagram {
            return self.carry(now + LATENCY, packet);
        }
        let Faults { loss, duplication, reordering } = self.faults;
        let is_lost = self.dice.chance(loss, 1000);
        let is_doubled = self.dice.chance(duplication, 1000);
        let is_late = self.dice.chance(reordering, 1000);
        trace.sent(now, &packet, is_lost, is_doubled, is_late);
        if is_doubled {
            let late = self.late();
            self.carry(now + LATENCY + late, packet.clone());
        }
        if !is_lost {
            let late = if is_late { self.late() } else { Duration::ZERO };
            self.carry(now + LATENCY + late, packet);
        }
    }

    fn late(&mut self) -> Duration {
        Duration::from_micros(1 + u64::from(self.dice.below(LATE_MICROS)))
    }

    fn carry(&mut self, at: Instant, packet: Packet) {
        self.sent += 1;
        self.under_way.insert((at, self.sent), packet);
    }

    pub fn next(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((at, _), _)| *at)
    }

    /// The first packet that has arrived.
    pub fn arrived(&mut self, now: Instant) -> Option<Packet> {
        let mut packet = self.under_way.first_entry().filter(|entry| entry.key().0 <= now)?.remove();
        if let Some(nat) = self.nats.iter().find(|nat| nat.outside == packet.to.ip()) {
            packet.to = SocketAddr::new(nat.inside, packet.to.port().checked_sub(PORT_SHIFT)?);
        }
        if let Some(forward) = self.forward.filter(|forward| forward.outside.ip() == packet.to.ip()) {
            packet.to = forward.inward(packet.to)?;
        }
        Some(packet)
    }
}
