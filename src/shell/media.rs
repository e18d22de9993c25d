//! The media thread: sockets and clock around [`Relay`].
//!
//! Orders come by a channel, reports leave through a closure, packets never leave this thread. It gathers: after a round of packets it
//! sleeps [`GATHER`], so at a hundred calls one wake-up serves twenty packets instead of one. A packet of a quiet box still leaves at once;
//! the most that a packet waits is the gathering time.
//!
//! A relayed packet costs a receive and a send on connected sockets and its share of an epoll round; the relay's own work is lost in
//! that. `docs/bench.md` has the figures and the ways that were tried. A port of the pool costs two descriptors and eight bytes here.

mod pool;
mod sockets;

use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tracing::{debug, warn};

use self::pool::bind_range;
use self::sockets::Sockets;
use crate::base::Instant;
use crate::base::limits::MEDIA_PACKET_BYTES_MAX;
use crate::media::{Order, PACKET_BYTES, Relay, Report, Verdict};

/// Packets are gathered for this long: a tenth of what a packet holds, so a phone's jitter buffer does not notice. Longer saves little more.
const GATHER: Duration = Duration::from_millis(2);
/// The tick while flows are open.
const TICK: Duration = Duration::from_millis(20);
/// The tick of an idle box.
const IDLE_TICK: Duration = Duration::from_millis(500);
/// Passes over the sockets before the thread looks at orders and clock again, whatever still comes in: who floods a port gets eight packets
/// every two milliseconds looked at.
const PASSES_MAX: usize = 8;
const EVENTS_MAX: usize = 256;
/// Orders on their way. More: control waits, for a lost order would be a call that nobody hears.
const ORDERS_MAX: usize = 1024;
/// The token of the wake-up; others are made by `sockets`.
const WAKE: u64 = u64::MAX;

/// Starts the thread over the port pairs of `range` that can be bound. `reports` is called on the media thread and must not wait.
pub fn start(range: RangeInclusive<u16>, reports: impl Fn(Report) + Send + 'static) -> io::Result<MediaHandle> {
    raise_descriptor_limit();
    let (pairs, taken) = bind_range(range.clone())?;
    if !taken.is_empty() {
        warn!(?taken, "media ports that somebody else uses are left out");
    }
    if pairs.is_empty() {
        return Err(io::Error::new(io::ErrorKind::AddrInUse, format!("no media port from {} to {} is free", range.start(), range.end())));
    }
    let ports = pairs.iter().map(|pair| pair.port).collect::<Vec<_>>();
    let shared = Arc::new(Shared {
        began: std::time::Instant::now(),
        beat: AtomicU64::new(0),
        is_woken: AtomicBool::new(false),
        wake: EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?,
    });
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&shared.wake, EpollEvent::new(EpollFlags::EPOLLIN, WAKE))?;
    let (sender, orders) = sync_channel(ORDERS_MAX);
    let worker = Worker {
        shared: Arc::clone(&shared),
        orders,
        reports,
        relay: Relay::new(ports.iter().copied()),
        sockets: Sockets::new(epoll, pairs),
        buffer: Box::new([0; MEDIA_PACKET_BYTES_MAX + 1]),
    };
    let thread = std::thread::Builder::new().name("media".into()).stack_size(256 * 1024).spawn(|| worker.run())?;
    Ok(MediaHandle { ports, shared, orders: Some(sender), thread: Some(thread) })
}

/// The running thread. Dropping it stops the thread and closes the ports.
#[derive(Debug)]
pub struct MediaHandle {
    /// The even ports of the pairs that are bound, ascending.
    pub ports: Vec<u16>,
    shared: Arc<Shared>,
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    began: std::time::Instant,
    /// When the thread last went round, in microseconds since `began`.
    beat: AtomicU64,
    is_woken: AtomicBool,
    wake: EventFd,
}

impl MediaHandle {
    /// Hands an order over. Waits only if the thread is very far behind; once the thread is gone orders are lost, which `age` shows.
    pub fn send(&self, order: Order) {
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
            self.shared.wake();
        }
    }

    /// How long ago the thread last went round: below a second while it lives.
    pub fn age(&self) -> Duration {
        let beat = Instant::from_micros(self.shared.beat.load(Ordering::Relaxed));
        self.shared.now().since(beat)
    }
}

impl Drop for MediaHandle {
    fn drop(&mut self) {
        self.orders = None;
        self.shared.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn now(&self) -> Instant {
        Instant::from_micros(self.began.elapsed().as_micros() as u64)
    }

    /// Many orders, one wake-up.
    fn wake(&self) {
        if !self.is_woken.swap(true, Ordering::AcqRel) {
            let _ = self.wake.write(1);
        }
    }
}

/// What happened in one round of the thread.
struct Round {
    now: Instant,
    is_busy: bool,
    is_woken: bool,
}

struct Worker<F> {
    shared: Arc<Shared>,
    orders: Receiver<Order>,
    reports: F,
    relay: Relay,
    sockets: Sockets,
    buffer: Box<[u8; MEDIA_PACKET_BYTES_MAX + 1]>,
}

impl<F: Fn(Report)> Worker<F> {
    fn run(mut self) {
        let mut events = [EpollEvent::empty(); EVENTS_MAX];
        loop {
            let tick = if self.sockets.has_open() { TICK } else { IDLE_TICK };
            let round = self.take_packets(&mut events, tick);
            self.shared.beat.store(round.now.as_micros(), Ordering::Relaxed);
            if round.is_woken && !self.take_orders(round.now) {
                return;
            }
            if self.relay.poll_timeout().is_some_and(|due| due <= round.now) {
                self.relay.handle_timeout(round.now);
                self.speak(round.now);
            }
            while let Some(report) = self.relay.poll_report() {
                (self.reports)(report);
            }
            if round.is_busy {
                std::thread::sleep(GATHER.saturating_sub(self.shared.now().since(round.now)));
            }
        }
    }

    /// Waits for packets and relays all that have come. Sockets are asked again until none has more: a receive that finds nothing
    /// costs more than one wait too many for all of them.
    fn take_packets(&mut self, events: &mut [EpollEvent], tick: Duration) -> Round {
        let mut round = Round { now: self.shared.now(), is_busy: false, is_woken: false };
        for pass in 0..PASSES_MAX {
            let count = self.sockets.wait(events, if pass == 0 { tick } else { Duration::ZERO });
            round.now = self.shared.now();
            for event in &events[..count] {
                match event.data() {
                    WAKE => round.is_woken = true,
                    token => self.receive(round.now, token),
                }
            }
            round.is_busy |= count > 0;
            if count == 0 || round.is_woken {
                break;
            }
        }
        round
    }

    /// Carries out what control ordered; false when control is gone.
    fn take_orders(&mut self, now: Instant) -> bool {
        let _ = self.shared.wake.read();
        self.shared.is_woken.store(false, Ordering::Release);
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.take_order(now, order),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn take_order(&mut self, now: Instant, order: Order) {
        debug!(?order, "order");
        match &order {
            Order::Open(open) => {
                let (flow, port, local) = (open.flow, open.port, open.local);
                self.relay.handle(now, order);
                if self.relay.is_open(flow, port)
                    && let Err(error) = self.sockets.open(flow, port, local)
                {
                    warn!(port, %error, "listening on a media port");
                    self.relay.fail(flow);
                }
            }
            Order::Close { flow } => {
                self.sockets.close(*flow);
                self.relay.handle(now, order);
            }
            _ => self.relay.handle(now, order),
        }
    }

    /// Sends what the box itself has to say now.
    fn speak(&mut self, now: Instant) {
        let mut packet = [0; PACKET_BYTES];
        while let Some(verdict) = self.relay.poll_packet(now, &mut packet) {
            if let Verdict::Send { via, component, to, length } = verdict {
                self.sockets.send(via, component, to, &packet[..length]);
            }
        }
    }

    /// Takes one packet from the socket behind `token` and sends it on.
    fn receive(&mut self, now: Instant, token: u64) {
        let Some((flow, component, source, length)) = self.sockets.receive(token, &mut self.buffer[..]) else { return };
        if length > MEDIA_PACKET_BYTES_MAX {
            self.relay.refuse(flow);
            return;
        }
        match self.relay.receive(now, flow, component, source, &mut self.buffer[..length]) {
            Verdict::Send { via, component, to, length } => self.sockets.send(via, component, to, &self.buffer[..length]),
            Verdict::Drop => {}
        }
    }
}

/// Two descriptors a pair and two more a party: more than the thousand that a process is given at first.
fn raise_descriptor_limit() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, UdpSocket};
    use std::sync::mpsc::{self, Receiver};

    use super::*;
    use crate::base::SlabKey;
    use crate::base::id::FlowId;
    use crate::media::order::{Aim, Join, Open, PayloadKind, PayloadRoute, Remote};

    /// A thread over a small range of loopback traffic, and what it reports.
    fn start_here(range: RangeInclusive<u16>) -> (MediaHandle, Receiver<Report>) {
        let (sender, reports) = mpsc::channel();
        // Another run of these tests at the same time has its own ports.
        let shift = 100 * (std::process::id() % 90) as u16;
        let media = start(range.start() + shift..=range.end() + shift, move |report| sender.send(report).unwrap_or(()))
            .expect("some of these ports are free");
        (media, reports)
    }

    fn open(index: u32, port: u16) -> Order {
        let local = "127.0.0.1".parse().expect("an address");
        Order::Open(Open { flow: FlowId::new(index, 0), port, local, ssrc: 0x700 + index, first_sequence: 1, first_timestamp: 1 })
    }

    fn phone() -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        socket
    }

    #[test]
    fn two_phones_hear_each_other_through_real_sockets() {
        let (media, reports) = start_here(20_100..=20_131);
        let [anna_port, bruno_port] = [media.ports[0], media.ports[1]];
        let (anna, bruno) = (phone(), phone());
        let route = PayloadRoute { from: 0, to: 0, kind: PayloadKind::Audio, clock_hz: 8000 };
        let [a, b] = [0, 1].map(|index| FlowId::new(index, 0));
        let bruno_address = bruno.local_addr().expect("bound");
        for order in [
            open(0, anna_port),
            open(1, bruno_port),
            Order::Aim(Aim { flow: a, remote: Remote::Latch, send: true }),
            Order::Aim(Aim { flow: b, remote: Remote::Fixed { rtp: bruno_address, rtcp: bruno_address }, send: true }),
            Order::Join(Join { a, b, a_to_b: vec![route], b_to_a: vec![route], a_codes: None, b_codes: None }),
        ] {
            media.send(order);
        }
        let mut packet = [0x80, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 9, 1, 2, 3];
        let mut heard = [0; 100];
        // What comes before the ports are listened on is nobody's, so Anna says it again until Bruno hears.
        bruno.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
        let (length, source) = (0..100)
            .find_map(|_| {
                packet[3] += 1;
                anna.send_to(&packet, ("127.0.0.1", anna_port)).expect("sent");
                bruno.recv_from(&mut heard).ok()
            })
            .expect("Bruno hears Anna");
        assert_eq!((source.port(), &heard[8..length]), (bruno_port, &[0, 0, 7, 1, 1, 2, 3][..]));
        for round in 0..3 {
            packet[3] = round;
            bruno.send_to(&packet, source).expect("sent");
            let (length, source) = anna.recv_from(&mut heard).expect("Anna hears Bruno");
            assert_eq!((source.port(), &heard[8..length]), (anna_port, &[0, 0, 7, 0, 1, 2, 3][..]));
        }
        media.send(Order::Close { flow: a });
        let Ok(Report::Closed { flow, port, quality }) = reports.recv_timeout(Duration::from_secs(5)) else { panic!("closed") };
        assert_eq!((flow, port, quality.packets_sent), (a, anna_port, 3));
        assert!(media.age() < Duration::from_secs(5));
    }

    #[test]
    fn reports_travel_through_the_odd_ports_and_over_ipv6() {
        let (media, _) = start_here(20_170..=20_199);
        let Ok(anna) = UdpSocket::bind("[::1]:0") else { return };
        let bruno = phone();
        anna.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        bruno.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
        let [a, b] = [0, 1].map(|index| FlowId::new(index, 0));
        for order in [open(0, media.ports[0]), open(1, media.ports[1])] {
            media.send(order);
        }
        let [rtp, rtcp] = [&anna, &bruno].map(|phone| phone.local_addr().expect("bound"));
        media.send(Order::Aim(Aim { flow: a, remote: Remote::Fixed { rtp: SocketAddr::new(rtp.ip(), 9), rtcp: rtp }, send: true }));
        media.send(Order::Aim(Aim { flow: b, remote: Remote::Fixed { rtp: SocketAddr::new(rtcp.ip(), 9), rtcp }, send: true }));
        media.send(Order::Join(Join { a, b, a_to_b: Vec::new(), b_to_a: Vec::new(), a_codes: None, b_codes: None }));
        let report = [0x80, 201, 0, 1, 0, 0, 0, 7];
        let mut heard = [0; 100];
        let (length, source) = (0..100)
            .find_map(|_| {
                anna.send_to(&report, ("::1", media.ports[0] + 1)).expect("sent");
                bruno.recv_from(&mut heard).ok()
            })
            .expect("Bruno gets Anna's report");
        assert_eq!((source.port(), &heard[..length]), (media.ports[1] + 1, &[0x80, 201, 0, 1, 0, 0, 7, 1][..]));
        bruno.send_to(&report, source).expect("sent");
        let (length, source) = anna.recv_from(&mut heard).expect("Anna gets Bruno's report");
        assert_eq!((source.port(), &heard[..length]), (media.ports[0] + 1, &[0x80, 201, 0, 1, 0, 0, 7, 0][..]));
    }

    #[test]
    fn a_port_that_somebody_has_is_left_out() {
        let (first, _) = start_here(20_140..=20_151);
        let (second, reports) = start_here(20_150..=20_155);
        assert!(second.ports.iter().all(|port| !first.ports.contains(port)), "{:?} {:?}", first.ports, second.ports);
        second.send(open(0, first.ports[0]));
        let report = reports.recv_timeout(Duration::from_secs(5));
        assert_eq!(report, Ok(Report::OpenFailed { flow: FlowId::new(0, 0) }));
    }

    #[test]
    fn the_ports_are_free_again_when_the_handle_is_gone() {
        let (media, _) = start_here(20_160..=20_165);
        let ports = media.ports.clone();
        drop(media);
        assert_eq!(start_here(20_160..=20_165).0.ports, ports);
    }
}
