//! The relay as a value: orders and packets flow in, verdicts on packets and reports flow out.
//!
//! Feed it with [`Relay::handle`], [`Relay::receive`] and, when [`Relay::poll_timeout`] says so, [`Relay::handle_timeout`]; then take
//! reports with [`Relay::poll_report`] until there are none. It knows no socket: a verdict names the flow and the address, the shell sends.
//!
//! A relayed packet costs one look-up by port (is it our own?), two by index (its flow and the one that hears it), one by payload type, the
//! checks of the header, about thirty additions and comparisons and twelve bytes written: some 60 ns. It allocates nothing and takes no lock. What the
//! packet costs beside is the kernel's way in and out, twenty times as much.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use super::flow::{Flow, Key, Routes};
use super::order::{Aim, Join, Open, Order, PayloadKind, PayloadRoute, Play, Press};
use super::player::{PACKET_BYTES, Player};
use super::report::Report;
use crate::base::id::FlowId;
use crate::base::limits::MEDIA_SILENCE_MAX;
use crate::base::{Instant, SlabKey, Timers};
use crate::rtp::{Header, Placement, packet, rtcp};

/// One of a flow's two ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    Rtp,
    Rtcp,
}

/// What to do with a packet after [`Relay::receive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send the first `length` bytes through that flow's port.
    Send {
        via: FlowId,
        component: Component,
        to: SocketAddr,
        length: usize,
    },
    Drop,
}

/// Every flow, by the index of its id.
#[derive(Debug)]
pub struct Relay {
    /// The pool's ports, each with the flow that has it.
    ports: BTreeMap<u16, Option<FlowId>>,
    flows: Vec<Option<Box<Flow>>>,
    silence: Timers<FlowId>,
    players: BTreeMap<FlowId, Player>,
    reports: VecDeque<Report>,
}

impl Relay {
    /// A relay over the RTP ports that the pool has bound.
    pub fn new(ports: impl IntoIterator<Item = u16>) -> Self {
        Relay {
            ports: ports.into_iter().map(|port| (port, None)).collect(),
            flows: Vec::new(),
            silence: Timers::default(),
            players: BTreeMap::new(),
            reports: VecDeque::new(),
        }
    }

    /// Carries out an order. Orders about a flow that is not open are ignored: it failed to open, and control knows.
    pub fn handle(&mut self, now: Instant, order: Order) {
        match order {
            Order::Open(open) => self.open(now, &open),
            Order::Aim(aim) => self.aim(now, &aim),
            Order::Join(join) => self.join(now, join),
            Order::Part { flow } => self.part(flow),
            Order::Echo { flow, routes } => self.echo(now, flow, routes),
            Order::Play(play) => self.play(now, &play),
            Order::Listen { flow, payload_type } => {
                if let Some(flow) = self.flow_mut(flow) {
                    (flow.listens, flow.has_codes, flow.holds_keys) = (Some(payload_type), false, false);
                }
            }
            Order::PassKeys { flow } => {
                if let Some(flow) = self.flow_mut(flow) {
                    flow.holds_keys = false;
                }
            }
            Order::Press(press) => self.press(now, &press),
            Order::Close { flow } => self.close(flow),
        }
    }

    /// Judges a packet that came to a flow's port, and rewrites it for whoever hears it.
    pub fn receive(&mut self, now: Instant, flow: FlowId, component: Component, source: SocketAddr, packet: &mut [u8]) -> Verdict {
        // Phones that name ports of ours as theirs would have the relay talk to itself, round and round.
        if self.is_own(source) {
            self.refuse(flow);
            return Verdict::Drop;
        }
        match component {
            Component::Rtp if !packet::is_rtcp(packet) => self.receive_rtp(now, flow, source, packet),
            Component::Rtp | Component::Rtcp => self.receive_rtcp(now, flow, component, source, packet),
        }
    }

    /// When [`Relay::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.silence.next(), self.players.values().map(|player| player.due).min()].into_iter().flatten().min()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(id) = self.silence.pop_due(now) {
            let Some(flow) = self.flow_mut(id) else { continue };
            // A packet only notes when it came; the alarm moves on here, so that none is set per packet.
            let due = flow.heard + MEDIA_SILENCE_MAX;
            if due > now {
                self.silence.set(id, due);
            } else {
                flow.is_silent = true;
                self.reports.push_back(Report::Silent { flow: id });
            }
        }
    }

    /// The next packet that the box itself has to say, written to `packet`. After [`Relay::handle_timeout`], until there is none.
    pub fn poll_packet(&mut self, now: Instant, packet: &mut [u8; PACKET_BYTES]) -> Option<Verdict> {
        loop {
            let (id, player) = self.players.iter_mut().find(|(_, player)| player.due <= now)?;
            let id = *id;
            if player.is_over() {
                if player.is_tone() {
                    self.reports.push_back(Report::PlayEnded { flow: id });
                }
                self.stop_player(id);
                continue;
            }
            let Some(flow) = self.flows.get_mut(id.index() as usize).and_then(Option::as_deref_mut).filter(|flow| flow.id == id) else {
                self.players.remove(&id);
                continue;
            };
            let header = player.write(flow.outbound.ssrc(), packet);
            let placement = if header.sequence == 0 && header.marker { Placement::First } else { Placement::Next };
            // Where nobody can be sent to yet, the tone goes by unheard.
            let Some(to) = flow.spoken_target() else { continue };
            let ours = flow.outbound.forward(now, header, placement, player.clock_hz(), player.is_tone());
            let Some(ours) = ours else { continue };
            ours.write(packet);
            return Some(Verdict::Send { via: id, component: Component::Rtp, to, length: header.payload_end });
        }
    }

    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    /// Counts a datagram that was no packet at all, too long for one.
    pub fn refuse(&mut self, flow: FlowId) {
        if let Some(flow) = self.flow_mut(flow) {
            flow.count_refused();
        }
    }

    /// Whether the flow has that port.
    pub fn is_open(&self, flow: FlowId, port: u16) -> bool {
        self.flow(flow).is_some_and(|flow| flow.port == port)
    }

    /// Takes a flow back whose port can't be listened on.
    pub fn fail(&mut self, id: FlowId) {
        if self.remove(id).is_some() {
            self.reports.push_back(Report::OpenFailed { flow: id });
        }
    }

    /// Flows that are open.
    pub fn len(&self) -> usize {
        self.ports.values().flatten().count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a packet came out of one of our own open ports.
    fn is_own(&self, source: SocketAddr) -> bool {
        let holder = self.ports.get(&(source.port() & !1)).copied().flatten();
        holder.and_then(|holder| self.flow(holder)).is_some_and(|flow| flow.local == source.ip())
    }

    fn open(&mut self, now: Instant, open: &Open) {
        let index = open.flow.index() as usize;
        if self.flows.len() <= index {
            self.flows.resize_with(index + 1, || None);
        }
        let is_new = self.flows[index].is_none();
        match self.ports.get_mut(&open.port) {
            Some(holder @ None) if is_new => {
                *holder = Some(open.flow);
                self.flows[index] = Some(Box::new(Flow::new(now, open)));
                self.silence.set(open.flow, now + MEDIA_SILENCE_MAX);
            }
            _ => self.reports.push_back(Report::OpenFailed { flow: open.flow }),
        }
    }

    fn aim(&mut self, now: Instant, aim: &Aim) {
        let Some(flow) = self.flow_mut(aim.flow) else { return };
        let is_resumed = !flow.wants && aim.send;
        let peer = flow.peer;
        flow.aim(now, aim);
        if is_resumed {
            for flow in [Some(aim.flow), peer].into_iter().flatten() {
                self.begin_silence(now, flow);
            }
        }
    }

    fn join(&mut self, now: Instant, join: Join) {
        let Some(peer) = self.flow(join.a).map(|flow| flow.peer) else { return };
        if join.a == join.b || self.flow(join.b).is_none() {
            return;
        }
        if peer != Some(join.b) {
            // Talk begins. Each may have rung or waited for long, and had nobody to speak to.
            self.begin_silence(now, join.a);
            self.begin_silence(now, join.b);
        }
        self.part(join.a);
        self.part(join.b);
        for id in [join.a, join.b] {
            if self.players.get(&id).is_some_and(Player::is_endless) {
                self.stop_player(id);
            }
        }
        for (id, peer, routes, codes) in [(join.a, join.b, join.a_to_b, join.a_codes), (join.b, join.a, join.b_to_a, join.b_codes)] {
            if let Some(flow) = self.flow_mut(id) {
                flow.peer = Some(peer);
                flow.routes = Routes::new(routes);
                flow.holds_keys &= codes.is_some();
                (flow.listens, flow.has_codes) = (codes, codes.is_some());
            }
        }
    }

    fn echo(&mut self, now: Instant, id: FlowId, routes: Vec<PayloadRoute>) {
        self.part(id);
        self.begin_silence(now, id);
        if let Some(flow) = self.flow_mut(id) {
            flow.peer = Some(id);
            flow.routes = Routes::new(routes);
        }
    }

    fn play(&mut self, now: Instant, play: &Play) {
        self.start_player(play.flow, Player::new(now, play));
    }

    /// Keys are no reason to end a tone that somebody waits by: who waits hears nobody press any.
    fn press(&mut self, now: Instant, press: &Press) {
        if !self.players.get(&press.flow).is_some_and(Player::is_endless) {
            self.start_player(press.flow, Player::pressing(now, press));
        }
    }

    fn start_player(&mut self, id: FlowId, player: Player) {
        if let Some(flow) = self.flow_mut(id) {
            flow.is_spoken_to = true;
            flow.outbound.interrupt();
            self.players.insert(id, player);
        }
    }

    fn stop_player(&mut self, id: FlowId) {
        self.players.remove(&id);
        if let Some(flow) = self.flow_mut(id) {
            flow.is_spoken_to = false;
            flow.outbound.interrupt();
        }
    }

    fn part(&mut self, id: FlowId) {
        let peer = self.flow(id).and_then(|flow| flow.peer);
        for flow in [Some(id), peer].into_iter().flatten() {
            if let Some(flow) = self.flow_mut(flow) {
                flow.peer = None;
                flow.routes = Routes::default();
                flow.outbound.interrupt();
            }
        }
    }

    fn close(&mut self, id: FlowId) {
        if let Some(flow) = self.remove(id) {
            self.reports.push_back(Report::Closed { flow: id, port: flow.port, quality: flow.quality() });
        }
    }

    fn remove(&mut self, id: FlowId) -> Option<Box<Flow>> {
        self.part(id);
        self.players.remove(&id);
        self.silence.clear(id);
        let flow = self.flows.get_mut(id.index() as usize)?.take_if(|flow| flow.id == id)?;
        self.ports.insert(flow.port, None);
        Some(flow)
    }

    fn receive_rtp(&mut self, now: Instant, id: FlowId, source: SocketAddr, packet: &mut [u8]) -> Verdict {
        let Some(flow) = self.flow_mut(id) else { return Verdict::Drop };
        let Some(header) = Header::read(packet).filter(|_| flow.accept(now, Component::Rtp, false, source)) else {
            flow.count_refused();
            return Verdict::Drop;
        };
        flow.heard = now;
        let was_silent = flow.is_silent;
        let placement = flow.reception.receive(header.ssrc, header.sequence);
        flow.count_received();
        let key = flow.key(&header, packet, placement);
        let route = flow.routes.find(header.payload_type).copied();
        if flow.peer.is_some() && route.is_none() {
            flow.count_refused();
        }
        let (hearer, heard_by) = (flow.peer, flow.peer.zip(route));
        if let Some(route) = route.filter(|route| route.kind == PayloadKind::Audio && placement != Placement::Stray) {
            flow.reception.time(header.timestamp, route.clock_hz, now);
        }
        if was_silent {
            self.begin_silence(now, id);
        }
        match key {
            Key::Passes(None) => {}
            // The other side is being told earlier ones: this one comes behind them.
            Key::Passes(Some(digit)) => {
                let player = hearer.and_then(|peer| self.players.get_mut(&peer));
                if player.is_some_and(|player| player.press_too(digit)) {
                    if let Some(flow) = self.flow_mut(id) {
                        flow.hold_this_key();
                    }
                    return Verdict::Drop;
                }
            }
            Key::Reported(digit) => self.reports.push_back(Report::Digit { flow: id, digit }),
            Key::Held(digit) => {
                self.reports.extend(digit.map(|digit| Report::Digit { flow: id, digit }));
                // What is held back leaves no hole in the numbers.
                if let Some(peer) = hearer.and_then(|peer| self.flow_mut(peer)).filter(|peer| !peer.is_spoken_to) {
                    peer.outbound.interrupt();
                }
                return Verdict::Drop;
            }
        }
        let Some((peer, route)) = heard_by else { return Verdict::Drop };
        let Some(peer) = self.flow_mut(peer) else { return Verdict::Drop };
        let Some(to) = peer.target() else {
            // Where nobody can be sent to yet, the numbers begin with the first packet that is sent.
            if !peer.is_spoken_to {
                peer.outbound.interrupt();
            }
            return Verdict::Drop;
        };
        let is_audio = route.kind == PayloadKind::Audio;
        match peer.outbound.forward(now, header, placement, route.clock_hz, is_audio) {
            Some(ours) => Header { payload_type: route.to, ..ours }.write(packet),
            None => return Verdict::Drop,
        }
        Verdict::Send { via: peer.id, component: Component::Rtp, to, length: packet.len() }
    }

    fn receive_rtcp(&mut self, now: Instant, id: FlowId, component: Component, source: SocketAddr, packet: &mut [u8]) -> Verdict {
        let Some(flow) = self.flow_mut(id) else { return Verdict::Drop };
        if !rtcp::is_valid(packet) || !flow.accept(now, component, true, source) {
            flow.count_refused();
            return Verdict::Drop;
        }
        flow.heard = now;
        let (was_silent, peer, heard) = (flow.is_silent, flow.peer, flow.outbound.ssrc());
        let heard_as = flow.outbound.source().map(|source| rtcp::Heard { ssrc: source.ssrc, sequence_offset: source.sequence_offset });
        if was_silent {
            self.begin_silence(now, id);
        }
        let Some(peer) = peer.and_then(|peer| self.flow(peer)) else { return Verdict::Drop };
        let Some((component, to)) = peer.rtcp_target() else { return Verdict::Drop };
        let source = peer.outbound.source().filter(|source| Some(source.ssrc) == rtcp::sender(packet));
        if source.is_none() && rtcp::has_sender_report(packet) {
            // Nothing of that stream was sent on yet, so its RTP time means nothing over there.
            return Verdict::Drop;
        }
        let with = rtcp::Rewrite {
            sender: peer.outbound.ssrc(),
            timestamp_offset: source.map_or(0, |source| source.timestamp_offset),
            packets: peer.outbound.packets() as u32,
            octets: peer.outbound.octets() as u32,
            heard,
            heard_as,
        };
        match rtcp::rewrite(packet, &with) {
            0 => Verdict::Drop,
            length => Verdict::Send { via: peer.id, component, to, length },
        }
    }

    /// From now on its silence counts anew.
    fn begin_silence(&mut self, now: Instant, id: FlowId) {
        let Some(flow) = self.flow_mut(id) else { return };
        flow.heard = now;
        if std::mem::take(&mut flow.is_silent) {
            self.reports.push_back(Report::Heard { flow: id });
        }
        self.silence.set(id, now + MEDIA_SILENCE_MAX);
    }

    fn flow(&self, id: FlowId) -> Option<&Flow> {
        self.flows.get(id.index() as usize)?.as_deref().filter(|flow| flow.id == id)
    }

    fn flow_mut(&mut self, id: FlowId) -> Option<&mut Flow> {
        self.flows.get_mut(id.index() as usize)?.as_deref_mut().filter(|flow| flow.id == id)
    }
}
