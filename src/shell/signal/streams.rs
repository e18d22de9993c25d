//! TCP connections that carry SIP: a task reads, a task writes, whole messages cross to the signal task.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener as StdListener};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Receiver, Sender, WeakSender, channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use crate::base::limits::{SIP_CONNECTIONS_MAX, SIP_CONNECTIONS_PER_SOURCE_MAX, SIP_MESSAGE_TIMEOUT, SIP_QUEUE_MAX};
use crate::base::{ConnectionId, Flow, Transport};
use crate::sip::endpoint::{ClientTx, Transmit};
use crate::sip::framing::{Frame, Framer};

/// Messages waiting to be written to one connection. More: the phone does not read, the connection is closed.
const WRITES_MAX: usize = 64;
/// A phone that cannot be connected to in this time is unavailable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

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
    Connected { connection: ConnectionId, remote: SocketAddr, sender: Sender<Vec<u8>> },
    NotConnected { remote: SocketAddr },
    Frame { flow: Flow, bytes: Vec<u8>, is_last: bool },
    Closed { connection: ConnectionId },
}

#[derive(Default)]
pub struct Streams {
    bounds: Bounds,
    writers: HashMap<ConnectionId, Sender<Vec<u8>>>,
    /// Connections that we opened, or are opening, by their far end.
    outgoing: HashMap<SocketAddr, Outgoing>,
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
    /// Begins to accept. Must be called within the runtime.
    pub fn start(&mut self, listeners: Vec<StdListener>) -> io::Result<Receiver<StreamEvent>> {
        let (events, receiver) = channel(SIP_QUEUE_MAX);
        let shared =
            Shared { bounds: self.bounds, events, next: Arc::new(AtomicU64::new(1)), open: Arc::default(), sources: Arc::default() };
        for listener in listeners {
            tokio::spawn(accept(TcpListener::from_std(listener)?, shared.clone()));
        }
        self.shared = Some(shared);
        Ok(receiver)
    }

    pub fn opened(&mut self, connection: ConnectionId, sender: Sender<Vec<u8>>) {
        self.writers.insert(connection, sender);
    }

    /// Queues a message, opening a connection if its flow has none. False: it cannot be sent.
    pub fn send(&mut self, transmit: Transmit) -> bool {
        let remote = transmit.flow.remote;
        let connection = match (transmit.flow.connection, self.outgoing.get_mut(&remote)) {
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
                let Some(shared) = self.shared.clone() else { return false };
                self.outgoing.insert(remote, Outgoing::Opening(vec![transmit]));
                tokio::spawn(connect(remote, shared));
                return true;
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

    /// A connection of ours stands: what waited for it goes out. Returns whose requests those were.
    pub fn connected(&mut self, connection: ConnectionId, remote: SocketAddr, sender: Sender<Vec<u8>>) -> Vec<ClientTx> {
        let waiting = match self.outgoing.insert(remote, Outgoing::Open(connection)) {
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
    pub fn not_connected(&mut self, remote: SocketAddr) -> Vec<ClientTx> {
        match self.outgoing.remove(&remote) {
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
                if let Some((connection, sender)) = serve(stream, remote, &shared, true) {
                    let _ = shared.events.send(StreamEvent::Opened { connection, sender }).await;
                }
            }
            // Out of descriptors, or the peer was gone already: give others time to close.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connect(remote: SocketAddr, shared: Shared) {
    let event = match timeout(CONNECT_TIMEOUT, TcpStream::connect(remote)).await {
        Ok(Ok(stream)) => match serve(stream, remote, &shared, false) {
            Some((connection, sender)) => StreamEvent::Connected { connection, remote, sender },
            None => StreamEvent::NotConnected { remote },
        },
        _ => StreamEvent::NotConnected { remote },
    };
    let _ = shared.events.send(event).await;
}

/// Starts the two tasks of a connection.
fn serve(stream: TcpStream, remote: SocketAddr, shared: &Shared, is_incoming: bool) -> Option<(ConnectionId, Sender<Vec<u8>>)> {
    let local = stream.local_addr().ok()?;
    let _ = stream.set_nodelay(true);
    let connection = ConnectionId(shared.next.fetch_add(1, Ordering::Relaxed));
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let flow = Flow { transport: Transport::Tcp, local: plain(local), remote: plain(remote), connection: Some(connection) };
    let (reader, writer) = stream.into_split();
    let (sender, messages) = channel(WRITES_MAX);
    if !shared.enter(flow.remote.ip()) {
        return None;
    }
    // The two end together: a phone that takes nothing from us any more must not keep its place by sending.
    let (alive, written) = oneshot::channel();
    tokio::spawn(write(writer, messages, shared.bounds.write, alive));
    let mut reader = Reader { stream: reader, flow, shared: shared.clone(), answers: sender.downgrade(), is_incoming };
    let shared = shared.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = reader.read() => {}
            _ = written => {}
        }
        shared.leave(flow.remote.ip());
        let _ = shared.events.send(StreamEvent::Closed { connection }).await;
    });
    Some((connection, sender))
}

/// Writes what is queued, until nobody can queue any more or the phone takes nothing. That it ended is seen by `_alive`, which is dropped.
async fn write(mut writer: OwnedWriteHalf, mut messages: Receiver<Vec<u8>>, patience: Duration, _alive: oneshot::Sender<()>) {
    while let Some(bytes) = messages.recv().await {
        match timeout(patience, writer.write_all(&bytes)).await {
            Ok(Ok(())) => {}
            _ => break,
        }
    }
    let _ = writer.shutdown().await;
}

/// The reading half of a connection.
struct Reader {
    stream: OwnedReadHalf,
    flow: Flow,
    shared: Shared,
    /// For answers to keep-alives.
    answers: WeakSender<Vec<u8>>,
    is_incoming: bool,
}

impl Reader {
    /// Hands over whole messages until the stream ends, or is too slow.
    async fn read(&mut self) {
        let mut framer = Framer::default();
        let mut buffer = vec![0; 8192];
        let patience = self.shared.bounds.message;
        // A first message, and every one that has begun, must be whole in time; between messages a phone may be silent.
        let mut has_spoken = false;
        let mut deadline = self.is_incoming.then(|| Instant::now() + patience);
        loop {
            let length = match deadline {
                Some(deadline) => timeout_at(deadline, self.stream.read(&mut buffer)).await.unwrap_or(Ok(0)),
                None => self.stream.read(&mut buffer).await,
            };
            let Ok(length @ 1..) = length else { return };
            framer.push(&buffer[..length]);
            while let Some(frame) = framer.next() {
                match frame {
                    Frame::Message { bytes, lost } => {
                        (deadline, has_spoken) = (None, true);
                        let event = StreamEvent::Frame { flow: self.flow, bytes, is_last: lost.is_some() };
                        if self.shared.events.send(event).await.is_err() || lost.is_some() {
                            return;
                        }
                    }
                    Frame::KeepAlive => {
                        if let Some(answers) = self.answers.upgrade() {
                            let _ = answers.try_send(b"\r\n".to_vec());
                        }
                    }
                    Frame::Broken(_) => return,
                }
            }
            match (framer.is_within_message(), deadline) {
                (true, None) => deadline = Some(Instant::now() + patience),
                (false, Some(_)) if !self.is_incoming || has_spoken => deadline = None,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
