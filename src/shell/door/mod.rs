//! The door: the one thread that owns the web's ports, and those of SIP over TLS and WebSocket.
//!
//! In flow connections of anybody, out flow whole canonical requests to the web's threads behind a private Unix socket, one
//! connection a request, and to the signal thread connections that can carry SIP at once. TLS, framing of HTTP, limits and timeouts end
//! here, so that a slow, broken or hostile peer holds a task of this thread and nothing else. The door has a runtime of its own: no flood
//! of handshakes delays a call.
//!
//! Streams of events do not pass the web's threads: their answer allows one, and the door streams out of its `hub`.

mod backend;
mod connection;
mod dial;
mod hub;
pub(super) mod listen;
pub(super) mod places;
pub mod request;
pub mod response;
mod stream;
#[cfg(test)]
mod tests;
mod upgrade;
mod vouch;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::{TlsAcceptor, TlsStream};

use crate::base::Transport;
use crate::base::limits::{
    AUDIO_UPLOADS_MAX, SIP_HANDSHAKES_MAX, SIP_HANDSHAKES_PER_SOURCE_MAX, TLS_HANDSHAKE_TIMEOUT, WEB_BACKEND_MAX, WEB_CONNECTIONS_MAX,
    WEB_CONNECTIONS_PER_SOURCE_MAX,
};
use crate::shell::carrier::{Carrier, Socket};
use crate::shell::handover::{Arrived, DoorEnd, Handed};
use crate::shell::signal::AtWeb;

pub use backend::{DELAY_HEADER, PEER_HEADER, SECURE_HEADER};
pub use hub::Source;

use backend::Backend;
use connection::Desk;
use hub::Hub;
use places::{Place, Places};

/// Where the door listens and whom it asks.
pub struct Config {
    pub web: Vec<SocketAddr>,
    pub web_tls: Vec<SocketAddr>,
    pub sip: Sip,
    /// The private socket of the web's threads.
    pub backend: PathBuf,
    pub tls: Arc<ServerConfig>,
    /// What streams of events tell.
    pub events: Source,
}

/// What the door does for the signal thread.
pub struct Sip {
    pub tls: Vec<SocketAddr>,
    pub ws: Vec<SocketAddr>,
    pub wss: Vec<SocketAddr>,
    pub at_web: AtWeb,
    /// A port that is taken is an error; else it is only said, and the others are served.
    pub must_bind: bool,
    /// As the web's, but for a peer that has never heard of HTTP.
    pub config: Arc<ServerConfig>,
    pub signal: DoorEnd,
}

impl Sip {
    fn bind(&self, addresses: &[SocketAddr]) -> io::Result<Vec<std::net::TcpListener>> {
        match listen::bind_all(addresses) {
            Err(error) if !self.must_bind => {
                tracing::warn!(%error, "a port of the SIP settings is not served");
                Ok(Vec::new())
            }
            bound => bound,
        }
    }
}

/// The running door.
pub struct Door {
    web: Vec<SocketAddr>,
    web_tls: Vec<SocketAddr>,
    /// SIP over TLS, WS and WSS.
    sip: Vec<SocketAddr>,
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

/// What somebody who connects to a port wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Web { is_secure: bool },
    SipOverTls,
    SipOverWebSocket { is_secure: bool },
}

/// What every connection shares.
struct Hall {
    backend: Backend,
    events: Arc<Hub>,
    places: Arc<Places>,
    tls: TlsAcceptor,
    at_web: AtWeb,
    /// Of those that are to carry SIP, until they are handed over: who floods them takes no place of the web's.
    handshakes: Arc<Places>,
    sip_tls: TlsAcceptor,
    signal: Sender<Handed>,
}

impl Door {
    /// Binds every address before it returns, so that a port in use is told at start.
    pub fn start(config: Config) -> io::Result<Door> {
        let Config { web, web_tls, sip, backend, tls, events } = config;
        let plain = listen::bind_all(&web)?;
        let secure = listen::bind_all(&web_tls)?;
        let (web, web_tls) = (listen::addresses(&plain)?, listen::addresses(&secure)?);
        let mut listeners = of_service(Service::Web { is_secure: false }, plain);
        listeners.extend(of_service(Service::Web { is_secure: true }, secure));
        listeners.extend(of_service(Service::SipOverTls, sip.bind(&sip.tls)?));
        listeners.extend(of_service(Service::SipOverWebSocket { is_secure: false }, sip.bind(&sip.ws)?));
        listeners.extend(of_service(Service::SipOverWebSocket { is_secure: true }, sip.bind(&sip.wss)?));
        let is_sip = |(_, service): &&(std::net::TcpListener, Service)| !matches!(service, Service::Web { .. });
        let sip_ports = listeners.iter().filter(is_sip).map(|(listener, _)| listener.local_addr()).collect::<io::Result<_>>()?;
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let DoorEnd { handed, wishes } = sip.signal;
        let hall = Arc::new(Hall {
            backend: Backend { path: backend, turns: Semaphore::new(WEB_BACKEND_MAX), uploads: Semaphore::new(AUDIO_UPLOADS_MAX) },
            events: Arc::new(Hub::default()),
            places: Arc::new(Places::new(WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX)),
            tls: TlsAcceptor::from(tls),
            at_web: sip.at_web,
            handshakes: Arc::new(Places::new(SIP_HANDSHAKES_MAX, SIP_HANDSHAKES_PER_SOURCE_MAX)),
            sip_tls: TlsAcceptor::from(sip.config),
            signal: handed.clone(),
        });
        let thread = std::thread::Builder::new().name("door".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::spawn(dial::run(wishes, handed));
                tokio::spawn(Arc::clone(&hall.events).feed(events));
                run(listeners, hall, stopped).await;
            });
        })?;
        Ok(Door { web, web_tls, sip: sip_ports, stop, thread })
    }

    /// As bound: a port 0 has become a real one.
    pub fn web(&self) -> &[SocketAddr] {
        &self.web
    }

    /// As bound.
    pub fn web_tls(&self) -> &[SocketAddr] {
        &self.web_tls
    }

    /// As bound: TLS, WS, WSS, where each is served.
    pub fn sip(&self) -> &[SocketAddr] {
        &self.sip
    }

    /// Accepts nothing more, lets running answers end for a moment, closes the rest.
    pub fn stop(self) {
        let _ = self.stop.send(true);
        if self.thread.join().is_err() {
            tracing::error!("the door ended in a panic");
        }
    }
}

fn of_service(service: Service, listeners: Vec<std::net::TcpListener>) -> Vec<(std::net::TcpListener, Service)> {
    listeners.into_iter().map(|listener| (listener, service)).collect()
}

async fn run(listeners: Vec<(std::net::TcpListener, Service)>, hall: Arc<Hall>, mut stopped: watch::Receiver<bool>) {
    for (listener, service) in listeners {
        match TcpListener::from_std(listener) {
            Ok(listener) => drop(tokio::spawn(accept(listener, service, Arc::clone(&hall), stopped.clone()))),
            Err(error) => tracing::error!(%error, ?service, "a port cannot be served"),
        }
    }
    let _ = stopped.wait_for(|stopped| *stopped).await;
    for _ in 0..20 {
        if hall.backend.is_idle() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn accept(listener: TcpListener, service: Service, hall: Arc<Hall>, mut stopped: watch::Receiver<bool>) {
    let places = match service {
        Service::Web { .. } => &hall.places,
        Service::SipOverTls | Service::SipOverWebSocket { .. } => &hall.handshakes,
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, as a rule: others must end before the next can come.
                tracing::warn!(%error, "accepting a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let Some(place) = places.take(peer.ip()) else {
            tracing::debug!(%peer, ?service, "too many connections");
            continue;
        };
        let _ = stream.set_nodelay(true);
        let hall = Arc::clone(&hall);
        tokio::spawn(async move {
            tokio::select! {
                () = serve(stream, peer, service, &hall, &place) => {}
                () = place.gives_way() => tracing::debug!(%peer, "gave way to another connection"),
            }
        });
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, service: Service, hall: &Hall, place: &Place) {
    let Ok(local) = stream.local_addr() else { return };
    let acceptor = match service {
        Service::Web { is_secure: false } | Service::SipOverWebSocket { is_secure: false } => None,
        Service::Web { is_secure: true } | Service::SipOverWebSocket { is_secure: true } => Some(&hall.tls),
        Service::SipOverTls => Some(&hall.sip_tls),
    };
    let socket = Socket::new(stream);
    let carrier = match acceptor {
        None => Carrier::Plain(socket),
        Some(acceptor) => match tokio::time::timeout(TLS_HANDSHAKE_TIMEOUT, acceptor.accept(socket)).await {
            Ok(Ok(stream)) => Carrier::Tls(Box::new(TlsStream::Server(stream))),
            Ok(Err(error)) => return tracing::debug!(%peer, %error, "TLS handshake"),
            Err(_) => return tracing::debug!(%peer, "TLS handshake timed out"),
        },
    };
    let (is_secure, desk) = match service {
        Service::SipOverTls => return hall.hand_over(carrier, Transport::Tls, (local, peer), Vec::new()),
        Service::SipOverWebSocket { is_secure } => (is_secure, Desk { web: None, events: &hall.events, takes_sip: true }),
        Service::Web { is_secure } => {
            let takes_sip = if is_secure { hall.at_web.wss } else { hall.at_web.ws };
            (is_secure, Desk { web: Some(&hall.backend), events: &hall.events, takes_sip })
        }
    };
    if let Some(upgraded) = connection::serve(carrier, peer, is_secure, desk, place).await {
        let transport = if is_secure { Transport::Wss } else { Transport::Ws };
        hall.hand_over(upgraded.stream, transport, (local, peer), upgraded.early);
    }
}

impl Hall {
    /// To the signal thread; a connection that it has no room for is closed.
    fn hand_over(&self, carrier: Carrier, transport: Transport, (local, remote): (SocketAddr, SocketAddr), early: Vec<u8>) {
        let moving = match carrier.unseat() {
            Ok(moving) => moving,
            Err(error) => return tracing::debug!(%remote, %error, "a connection could not be handed over"),
        };
        if self.signal.try_send(Handed::Arrived(Arrived { moving, transport, local, remote, early })).is_err() {
            tracing::debug!(%remote, "too many connections wait for the signal thread");
        }
    }
}

/// Whom a connection counts for: an IPv6 host owns its /64.
fn source_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}
