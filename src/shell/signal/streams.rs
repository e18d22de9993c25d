//! Connections that carry SIP: over TCP, and those over TLS and WebSocket whose handshakes the door has done. Tasks of each read and
//! write, whole messages cross to the signal task.

mod framed;
mod websocket;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener as StdListener};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Receiver, Sender, WeakSender, channel};
use tokio::time::timeout;

use super::peers::Peers;
use crate::base::limits::{SIP_CONNECTIONS_MAX, SIP_CONNECTIONS_PER_SOURCE_MAX, SIP_MESSAGE_TIMEOUT, SIP_QUEUE_MAX};
use crate::base::{ConnectionId, Flow, Transport};
use crate::shell::carrier::{Carrier, Socket};
use crate::shell::handover::{Arrived, Handed, SignalEnd, Wish};
use crate::sip::endpoint::{ClientTx, Transmit};

/// Messages waiting to be written to one connection. More: the phone does not read, the connection is closed.
const WRITES_MAX: usize = 64;
/// A phone that cannot be connected to in this time is unavailable; with TLS its handshake counts.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Where a connection of ours goes: a phone may take TCP and TLS at one port.
type FarEnd = (Transport, SocketAddr);

/// What peers may take of us. Tests make it small.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub connections: usize,
    pub connections_per_source: usize,
    /// A first message, or any that has begun, must be whole after this.
    pub message: Duration,
    /// A write that a phone does not take in this time closes the connection.
    pub write: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            connections: SIP_CONNECTIONS_MAX,
            connections_per_source: SIP_CONNECTIONS_PER_SOURCE_MAX,
            message: SIP_MESSAGE_TIMEOUT,
            write: Duration::from_secs(10),
        }
    }
}

/// What a connection's tasks tell the signal task.
pub enum StreamEvent {
    Opened { connection: ConnectionId, sender: Sender<Vec<u8>> },
    Connected { connection: ConnectionId, far_end: FarEnd, sender: Sender<Vec<u8>> },
    NotConnected { far_end: FarEnd },
    Frame { flow: Flow, bytes: Vec<u8>, is_last: bool },
    Closed { connection: ConnectionId },
}

#[derive(Default)]
pub struct Streams {
    bounds: Bounds,
    writers: HashMap<ConnectionId, Sender<Vec<u8>>>,
    /// Connections that we opened, or are opening, by their far end.
    outgoing: HashMap<FarEnd, Outgoing>,
    /// Where connections over TLS are asked for.
    wishes: Option<Sender<Wish>>,
    peers: Peers,
    shared: Option<Shared>,
}

enum Outgoing {
    Opening(Vec<Transmit>),
    Open(ConnectionId),
}

#[derive(Clone)]
struct Shared {
    bounds: Bounds,
    events: Sender<StreamEvent>,
    next: Arc<AtomicU64>,
    open: Arc<AtomicUsize>,
    sources: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Shared {
    /// Counts a connection from a source. False: all places, or all that it may have, are taken.
    fn enter(&self, source: IpAddr) -> bool {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sources.entry(source).or_default();
        if *count >= self.bounds.connections_per_source || self.open.load(Ordering::Relaxed) >= self.bounds.connections {
            if *count == 0 {
                sources.remove(&source);
            }
            return false;
        }
        *count += 1;
        self.open.fetch_add(1, Ordering::Relaxed);
        true
    }

    fn leave(&self, source: IpAddr) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sources.get_mut(&source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                sources.remove(&source);
            }
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Binds a listener. An unspecified IPv6 address takes IPv4 too, with the fallback of the datagram socket.
pub fn listen(address: SocketAddr) -> io::Result<StdListener> {
    let bound = match StdListener::bind(address) {
        Err(_) if address.ip() == IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED) => {
            StdListener::bind(SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), address.port()))
        }
        bound => bound,
    };
    let listener = bound.map_err(|fault| io::Error::new(fault.kind(), format!("SIP on {address} (TCP): {fault}")))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Streams {
    pub fn new(peers: Peers) -> Streams {
        Streams { peers, ..Streams::default() }
    }

    /// Begins to accept, and to take what the door hands over. Must be called within the runtime.
    pub fn start(&mut self, listeners: Vec<StdListener>, door: SignalEnd) -> io::Result<Receiver<StreamEvent>> {
        let (events, receiver) = channel(SIP_QUEUE_MAX);
        let shared =
            Shared { bounds: self.bounds, events, next: Arc::new(AtomicU64::new(1)), open: Arc::default(), sources: Arc::default() };
        for listener in listeners {
            tokio::spawn(accept(TcpListener::from_std(listener)?, shared.clone()));
        }
        tokio::spawn(take_over(door.handed, shared.clone()));
        self.wishes = Some(door.wishes);
        self.shared = Some(shared);
        Ok(receiver)
    }

    pub fn opened(&mut self, connection: ConnectionId, sender: Sender<Vec<u8>>) {
        self.writers.insert(connection, sender);
    }

    /// Queues a message, opening a connection if its flow has none. False: it cannot be sent.
    pub fn send(&mut self, transmit: Transmit) -> bool {
        let far_end = (transmit.flow.transport, transmit.flow.remote);
        let connection = match (transmit.flow.connection, self.outgoing.get_mut(&far_end)) {
            (Some(connection), _) => connection,
            (None, Some(Outgoing::Open(connection))) => *connection,
            (None, Some(Outgoing::Opening(waiting))) => {
                if waiting.len() == WRITES_MAX {
                    return false;
                }
                waiting.push(transmit);
                return true;
            }
            (None, None) => {
                let is_opening = self.open(far_end);
                if is_opening {
                    self.outgoing.insert(far_end, Outgoing::Opening(vec![transmit]));
                }
                return is_opening;
            }
        };
        match self.writers.get(&connection).map(|writer| writer.try_send(transmit.bytes)) {
            Some(Ok(())) => true,
            _ => {
                // It does not read, or is gone: dropping the writer closes it.
                self.writers.remove(&connection);
                false
            }
        }
    }

    /// Begins to connect to a phone, or to a line. False: it cannot be connected to.
    fn open(&self, (transport, remote): FarEnd) -> bool {
        match transport {
            Transport::Tcp => self.shared.clone().is_some_and(|shared| {
                tokio::spawn(connect(remote, shared));
                true
            }),
            Transport::Tls => self.wishes.as_ref().is_some_and(|wishes| {
                let peer = self.peers.at(remote);
                wishes.try_send(Wish { remote, peer }).is_ok()
            }),
            // A browser has no address to connect to.
            Transport::Ws | Transport::Wss | Transport::Udp => false,
        }
    }

    /// A connection of ours stands: what waited for it goes out. Returns whose requests those were.
    pub fn connected(&mut self, connection: ConnectionId, far_end: FarEnd, sender: Sender<Vec<u8>>) -> Vec<ClientTx> {
        let waiting = match self.outgoing.insert(far_end, Outgoing::Open(connection)) {
            Some(Outgoing::Opening(waiting)) => waiting,
            _ => vec![],
        };
        let mut asked = Vec::new();
        for transmit in waiting {
            asked.extend(transmit.tx);
            // The channel is new and has room for all that may wait.
            let _ = sender.try_send(transmit.bytes);
        }
        self.writers.insert(connection, sender);
        asked
    }

    /// Returns whose requests could not be sent.
    pub fn not_connected(&mut self, far_end: FarEnd) -> Vec<ClientTx> {
        match self.outgoing.remove(&far_end) {
            Some(Outgoing::Opening(waiting)) => waiting.into_iter().filter_map(|transmit| transmit.tx).collect(),
            _ => vec![],
        }
    }

    /// Closes a connection once what is queued for it is written.
    pub fn close(&mut self, connection: ConnectionId) {
        self.writers.remove(&connection);
    }

    pub fn closed(&mut self, connection: ConnectionId) {
        self.writers.remove(&connection);
        self.outgoing.retain(|_, outgoing| !matches!(outgoing, Outgoing::Open(open) if *open == connection));
    }
}

async fn accept(listener: TcpListener, shared: Shared) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                if let Some(fresh) = Fresh::tcp(stream, remote, true)
                    && let Some((connection, sender)) = serve(fresh, &shared)
                {
                    let _ = shared.events.send(StreamEvent::Opened { connection, sender }).await;
                }
            }
            // Out of descriptors, or the peer was gone already: give others time to close.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connect(remote: SocketAddr, shared: Shared) {
    let stream = timeout(CONNECT_TIMEOUT, TcpStream::connect(remote)).await.ok().and_then(Result::ok);
    let fresh = stream.and_then(|stream| Fresh::tcp(stream, remote, false));
    let event = connected(fresh, (Transport::Tcp, remote), &shared);
    let _ = shared.events.send(event).await;
}

/// Takes what the door hands over, until the door is gone.
async fn take_over(mut handed: Receiver<Handed>, shared: Shared) {
    while let Some(handed) = handed.recv().await {
        let event = match handed {
            Handed::Arrived(arrived) => match Fresh::seated(arrived, true).and_then(|fresh| serve(fresh, &shared)) {
                Some((connection, sender)) => StreamEvent::Opened { connection, sender },
                None => continue,
            },
            Handed::Connected(arrived) => {
                let far_end = (arrived.transport, arrived.remote);
                connected(Fresh::seated(arrived, false), far_end, &shared)
            }
            Handed::NotConnected { remote } => StreamEvent::NotConnected { far_end: (Transport::Tls, remote) },
        };
        let _ = shared.events.send(event).await;
    }
}

/// What came of a connection of ours.
fn connected(fresh: Option<Fresh>, far_end: FarEnd, shared: &Shared) -> StreamEvent {
    match fresh.and_then(|fresh| serve(fresh, shared)) {
        Some((connection, sender)) => StreamEvent::Connected { connection, far_end, sender },
        None => StreamEvent::NotConnected { far_end },
    }
}

/// A connection that has no number yet.
struct Fresh {
    carrier: Carrier,
    transport: Transport,
    local: SocketAddr,
    remote: SocketAddr,
    early: Vec<u8>,
    is_incoming: bool,
}

impl Fresh {
    fn tcp(stream: TcpStream, remote: SocketAddr, is_incoming: bool) -> Option<Fresh> {
        let local = stream.local_addr().ok()?;
        let _ = stream.set_nodelay(true);
        let carrier = Carrier::Plain(Socket::new(stream));
        Some(Fresh { carrier, transport: Transport::Tcp, local, remote, early: Vec::new(), is_incoming })
    }

    fn seated(arrived: Arrived, is_incoming: bool) -> Option<Fresh> {
        let Arrived { moving, transport, local, remote, early } = arrived;
        Some(Fresh { carrier: moving.seat().ok()?, transport, local, remote, early, is_incoming })
    }
}

/// What the tasks of a connection know of it.
struct Line {
    flow: Flow,
    shared: Shared,
    /// For answers to keep-alives.
    answers: WeakSender<Vec<u8>>,
    /// Ours need not speak first.
    is_incoming: bool,
}

impl Line {
    /// Hands a message to the signal task. False: that is gone.
    async fn hand_in(&self, bytes: Vec<u8>, is_last: bool) -> bool {
        self.shared.events.send(StreamEvent::Frame { flow: self.flow, bytes, is_last }).await.is_ok()
    }

    /// RFC 5626 4.4.1: two line ends are answered with one.
    fn answer_keep_alive(&self) {
        if let Some(answers) = self.answers.upgrade() {
            let _ = answers.try_send(b"\r\n".to_vec());
        }
    }
}

/// Gives a connection its place and its number, and starts its tasks.
fn serve(fresh: Fresh, shared: &Shared) -> Option<(ConnectionId, Sender<Vec<u8>>)> {
    let Fresh { carrier, transport, local, remote, early, is_incoming } = fresh;
    let connection = ConnectionId(shared.next.fetch_add(1, Ordering::Relaxed));
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let flow = Flow { transport, local: plain(local), remote: plain(remote), connection: Some(connection) };
    if !shared.enter(flow.remote.ip()) {
        return None;
    }
    let (sender, messages) = channel(WRITES_MAX);
    let line = Line { flow, shared: shared.clone(), answers: sender.downgrade(), is_incoming };
    let shared = shared.clone();
    tokio::spawn(async move {
        match transport {
            Transport::Ws | Transport::Wss => websocket::carry(carrier, early, &line, messages).await,
            Transport::Tcp | Transport::Tls | Transport::Udp => framed::carry(carrier, &line, messages).await,
        }
        shared.leave(flow.remote.ip());
        let _ = shared.events.send(StreamEvent::Closed { connection }).await;
    });
    Some((connection, sender))
}

#[cfg(test)]
mod tests;
