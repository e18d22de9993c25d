//! The signal thread: one task owns the [`Exchange`], its sockets and its alarms.
//!
//! Datagrams are read and written on this thread, streams by tasks of their own that hand over whole messages. The handshakes of TLS and
//! WebSocket are done at the door: only connections that can carry SIP at once come here. What must be written down goes to the store in one
//! batch a round, so a hundred REGISTERs cost one transaction.

mod addresses;
mod locator;
mod peers;
mod streams;
mod udp;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::{debug, warn};

pub use self::addresses::{Addresses, AtWeb, Given};
use self::locator::Locator;
use self::peers::Peers;
pub use self::streams::CONNECT_TIMEOUT;
use self::streams::{StreamEvent, Streams};
use self::udp::Udp;
use super::clock::Clock;
use super::handover::SignalEnd;
use super::media::MediaHandle;
use super::resolver::Resolver;
use super::store::StoreHandle;
use crate::base::Transport;
use crate::entry::Entry;
use crate::exchange::status::Status;
use crate::exchange::{Command, Config, Exchange, Input, Output};
use crate::guard::Verdict;
use crate::sip::endpoint::Transmit;

/// Datagrams of one socket before the others, and the alarms, have their turn.
const ROUND_MAX: usize = 128;
/// The thread shows that it is alive at least this often.
const BEAT: Duration = Duration::from_millis(500);
/// A picture of the status is at most this old.
const PICTURE_AGE: Duration = Duration::from_millis(250);

/// Reaches the signal thread. Clones share it.
#[derive(Clone)]
pub struct SignalHandle {
    inputs: UnboundedSender<Input>,
    shared: Arc<Shared>,
}

struct Shared {
    picture: Mutex<Picture>,
    taken: Condvar,
    beat: AtomicU64,
    clock: Clock,
}

struct Picture {
    status: Arc<Status>,
    at: crate::base::Instant,
}

/// What the thread needs.
pub struct Start {
    pub clock: Clock,
    pub addresses: Addresses,
    pub resolver: Resolver,
    pub config: Config,
    pub media: Arc<MediaHandle>,
    pub inputs: (UnboundedSender<Input>, UnboundedReceiver<Input>),
    pub door: SignalEnd,
}

/// The channel by which all others tell the Exchange what happened. It is made before the threads, which need its sender.
pub fn channel() -> (UnboundedSender<Input>, UnboundedReceiver<Input>) {
    unbounded_channel()
}

/// Binds the sockets and starts the thread. The store is handed over by a function, for it starts after its subscribers exist.
pub fn start(start: Start, store: StoreHandle) -> std::io::Result<SignalHandle> {
    let Start { clock, addresses, resolver, config, media, inputs: (sender, receiver), door } = start;
    let peers = Peers::default();
    let locator = Locator::new(resolver, &addresses, peers.clone(), sender.clone());
    let shared = Arc::new(Shared {
        picture: Mutex::new(Picture { status: Arc::default(), at: crate::base::Instant::ZERO }),
        taken: Condvar::new(),
        beat: AtomicU64::new(0),
        clock,
    });
    let handle = SignalHandle { inputs: sender.clone(), shared: shared.clone() };
    let udp = addresses.udp.iter().map(|address| udp::bind(*address)).collect::<std::io::Result<Vec<_>>>()?;
    let tcp = addresses.tcp.iter().map(|address| streams::listen(*address)).collect::<std::io::Result<Vec<_>>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("signal".to_owned()).spawn(move || {
        let exchange = Exchange::new(clock.now(), config);
        runtime.block_on(async move {
            let worker = Worker {
                clock,
                exchange,
                udp: Vec::new(),
                streams: Streams::new(peers),
                locator,
                media,
                store,
                sender,
                shared,
                to_keep: Vec::new(),
            };
            if let Err(trouble) = worker.run(udp, tcp, door, receiver).await {
                warn!(%trouble, "the signal thread ended");
            }
        });
        // Without signalling the box is no telephone exchange: the supervisor starts it anew.
        std::process::abort();
    })?;
    Ok(handle)
}

impl SignalHandle {
    pub fn send(&self, input: Input) {
        // The receiver is gone only when the process is about to end.
        let _ = self.inputs.send(input);
    }

    /// Has the Exchange do something. Whoever looks afterwards sees what came of it.
    pub fn command(&self, command: Command) {
        self.send(Input::Command(command));
        if let Ok(mut picture) = self.shared.picture.lock() {
            picture.at = crate::base::Instant::ZERO;
        }
    }

    /// What is going on, at most a quarter of a second old.
    pub fn status(&self) -> Arc<Status> {
        let Ok(picture) = self.shared.picture.lock() else { return Arc::default() };
        let now = self.shared.clock.now().mono;
        let is_fresh = picture.status.taken != crate::base::Wall::default() && now.since(picture.at) < PICTURE_AGE;
        if is_fresh {
            return picture.status.clone();
        }
        self.send(Input::Command(Command::Picture));
        let asked = now;
        let waited = self.shared.taken.wait_timeout_while(picture, Duration::from_millis(500), |picture| picture.at < asked);
        waited.map_or_else(|_| Arc::default(), |(picture, _)| picture.status.clone())
    }

    /// How long ago the thread last showed that it is alive.
    pub fn age(&self) -> Duration {
        let beat = crate::base::Instant::from_micros(self.shared.beat.load(Ordering::Relaxed));
        self.shared.clock.now().mono.since(beat)
    }
}

struct Worker {
    clock: Clock,
    exchange: Exchange,
    udp: Vec<Udp>,
    streams: Streams,
    locator: Locator,
    media: Arc<MediaHandle>,
    store: StoreHandle,
    sender: UnboundedSender<Input>,
    shared: Arc<Shared>,
    to_keep: Vec<(Entry, Option<u64>)>,
}

impl Worker {
    async fn run(
        mut self,
        udp: Vec<udp::Bound>,
        tcp: Vec<std::net::TcpListener>,
        door: SignalEnd,
        mut inputs: UnboundedReceiver<Input>,
    ) -> std::io::Result<()> {
        self.udp = udp.into_iter().map(Udp::new).collect::<std::io::Result<_>>()?;
        let mut events = self.streams.start(tcp, door)?;
        let mut buffer = vec![0; 65_536];
        loop {
            self.shared.beat.store(self.clock.now().mono.as_micros(), Ordering::Relaxed);
            let beat = self.clock.now().mono + BEAT;
            let alarm = self.exchange.poll_timeout().map_or(beat, |alarm| alarm.min(beat));
            let sleep = tokio::time::sleep_until(self.clock.sleep_until(alarm).into());
            let mut came = None;
            tokio::select! {
                ready = udp::any_readable(&self.udp) => ready?,
                Some(input) = inputs.recv() => self.exchange.handle(self.clock.now(), input),
                Some(event) = events.recv() => came = Some(event),
                () = sleep => self.exchange.handle(self.clock.now(), Input::Tick),
            }
            // Whatever else is there already is taken in the same round. Settings that somebody was told are in force stand before every
            // message that comes after.
            for _ in 0..ROUND_MAX {
                let Ok(input) = inputs.try_recv() else { break };
                self.exchange.handle(self.clock.now(), input);
            }
            if let Some(event) = came {
                self.stream_event(event);
            }
            for index in 0..self.udp.len() {
                for _ in 0..ROUND_MAX {
                    let Some((flow, length)) = self.udp[index].receive(&mut buffer) else { break };
                    // A flood ends here, before a byte of it is copied.
                    if self.exchange.lets_in(self.clock.now(), &flow) != Verdict::Pass {
                        continue;
                    }
                    self.exchange.handle(self.clock.now(), Input::Sip { flow, bytes: buffer[..length].to_vec() });
                    self.send_transmits();
                }
            }
            for _ in 0..ROUND_MAX {
                let Ok(event) = events.try_recv() else { break };
                self.stream_event(event);
            }
            self.carry_out();
        }
    }

    fn stream_event(&mut self, event: StreamEvent) {
        let now = self.clock.now();
        match event {
            StreamEvent::Frame { flow, .. } if self.exchange.lets_in(now, &flow) != Verdict::Pass => {
                if let Some(connection) = flow.connection {
                    self.streams.close(connection);
                }
            }
            StreamEvent::Frame { flow, bytes, is_last } => {
                self.exchange.handle(now, Input::Sip { flow, bytes });
                self.carry_out();
                if let Some(connection) = flow.connection.filter(|_| is_last) {
                    self.streams.close(connection);
                }
            }
            StreamEvent::Opened { connection, sender } => self.streams.opened(connection, sender),
            StreamEvent::Connected { connection, far_end, sender } => {
                for tx in self.streams.connected(connection, far_end, sender) {
                    self.exchange.handle(now, Input::Connected { tx, connection });
                }
            }
            StreamEvent::NotConnected { far_end } => {
                for tx in self.streams.not_connected(far_end) {
                    self.exchange.handle(now, Input::TransportFailed { tx });
                }
            }
            StreamEvent::Closed { connection } => {
                self.streams.closed(connection);
                self.exchange.handle(now, Input::ConnectionLost { connection });
            }
        }
    }

    /// Does what the Exchange has asked for; what must be written down goes to the store in one batch.
    fn carry_out(&mut self) {
        self.send_transmits();
        let kept = std::mem::take(&mut self.to_keep);
        if !kept.is_empty() {
            self.keep(kept);
        }
    }

    /// Messages leave at once, entries wait for the end of the round.
    fn send_transmits(&mut self) {
        while let Some(output) = self.exchange.poll_output() {
            match output {
                Output::Transmit(transmit) => self.transmit(transmit),
                Output::Order(order) => self.media.send(order),
                Output::Keep { entry, token } => self.to_keep.push((entry, token)),
                Output::Locate(question) => self.locator.locate(question),
                Output::Picture(status) => self.show(*status),
            }
        }
    }

    fn transmit(&mut self, transmit: Transmit) {
        let (tx, flow) = (transmit.tx, transmit.flow);
        let is_sent = match flow.transport {
            Transport::Udp => udp::send(&self.udp, &flow, &transmit.bytes),
            Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => self.streams.send(transmit),
        };
        if !is_sent {
            debug!(?flow, "not sent");
            if let Some(tx) = tx {
                let _ = self.sender.send(Input::TransportFailed { tx });
            }
        }
    }

    fn keep(&mut self, kept: Vec<(Entry, Option<u64>)>) {
        let (entries, tokens): (Vec<Entry>, Vec<Option<u64>>) = kept.into_iter().unzip();
        let sender = self.sender.clone();
        let done = move |outcome: Result<(), crate::store::Trouble>| {
            if let Err(trouble) = &outcome {
                warn!(%trouble, "could not be written down");
            }
            for token in tokens.into_iter().flatten() {
                let _ = sender.send(Input::Kept { token, is_kept: outcome.is_ok() });
            }
        };
        self.store.keep(entries, Box::new(done));
    }

    fn show(&mut self, status: Status) {
        if let Ok(mut picture) = self.shared.picture.lock() {
            *picture = Picture { status: Arc::new(status), at: self.clock.now().mono };
        }
        self.shared.taken.notify_all();
    }
}
