//! The door: the one thread that owns the web's ports.
//!
//! In flow connections of anybody, out flow whole canonical requests to the web's threads behind a private Unix socket, one
//! connection a request. TLS, framing, limits and timeouts end here, so that a slow, broken or hostile peer holds a task of this
//! thread and nothing else. The door has a runtime of its own: no flood of handshakes delays a call.

mod backend;
mod connection;
pub(super) mod listen;
pub(super) mod places;
pub mod request;
pub mod response;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::base::limits::{TLS_HANDSHAKE_TIMEOUT, WEB_BACKEND_MAX, WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX};

pub use backend::{DELAY_HEADER, PEER_HEADER, SECURE_HEADER};

use backend::Backend;
use places::{Place, Places};

/// Where the door listens and whom it asks.
pub struct Config {
    pub web: Vec<SocketAddr>,
    pub web_tls: Vec<SocketAddr>,
    /// The private socket of the web's threads.
    pub backend: PathBuf,
    pub tls: Arc<ServerConfig>,
}

/// The running door.
pub struct Door {
    web: Vec<SocketAddr>,
    web_tls: Vec<SocketAddr>,
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

/// What every connection shares.
struct Hall {
    backend: Backend,
    places: Arc<Places>,
    tls: TlsAcceptor,
}

impl Door {
    /// Binds every address before it returns, so that a port in use is told at start.
    pub fn start(config: Config) -> io::Result<Door> {
        let plain = listen::bind_all(&config.web)?;
        let secure = listen::bind_all(&config.web_tls)?;
        let web = listen::addresses(&plain)?;
        let web_tls = listen::addresses(&secure)?;
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let hall = Arc::new(Hall {
            backend: Backend { path: config.backend, turns: Semaphore::new(WEB_BACKEND_MAX) },
            places: Arc::new(Places::new(WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX)),
            tls: TlsAcceptor::from(config.tls),
        });
        let thread =
            std::thread::Builder::new().name("door".to_owned()).spawn(move || runtime.block_on(run(plain, secure, hall, stopped)))?;
        Ok(Door { web, web_tls, stop, thread })
    }

    /// As bound: a port 0 has become a real one.
    pub fn web(&self) -> &[SocketAddr] {
        &self.web
    }

    /// As bound.
    pub fn web_tls(&self) -> &[SocketAddr] {
        &self.web_tls
    }

    /// Accepts nothing more, lets running answers end for a moment, closes the rest.
    pub fn stop(self) {
        let _ = self.stop.send(true);
        if self.thread.join().is_err() {
            tracing::error!("the door ended in a panic");
        }
    }
}

async fn run(plain: Vec<std::net::TcpListener>, secure: Vec<std::net::TcpListener>, hall: Arc<Hall>, mut stopped: watch::Receiver<bool>) {
    let plain = plain.into_iter().map(|listener| (listener, false));
    let secure = secure.into_iter().map(|listener| (listener, true));
    for (listener, is_secure) in plain.chain(secure) {
        match TcpListener::from_std(listener) {
            Ok(listener) => drop(tokio::spawn(accept(listener, is_secure, Arc::clone(&hall), stopped.clone()))),
            Err(error) => tracing::error!(%error, "a port of the web cannot be served"),
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

async fn accept(listener: TcpListener, is_secure: bool, hall: Arc<Hall>, mut stopped: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, as a rule: others must end before the next can come.
                tracing::warn!(%error, "accepting a web connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let Some(place) = hall.places.take(peer.ip()) else {
            tracing::debug!(%peer, "too many web connections");
            continue;
        };
        let _ = stream.set_nodelay(true);
        let hall = Arc::clone(&hall);
        tokio::spawn(async move {
            tokio::select! {
                () = serve(stream, peer, is_secure, &hall, &place) => {}
                () = place.gives_way() => tracing::debug!(%peer, "gave way to another web connection"),
            }
        });
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, is_secure: bool, hall: &Hall, place: &Place) {
    if !is_secure {
        return connection::serve(stream, peer, false, &hall.backend, place).await;
    }
    match tokio::time::timeout(TLS_HANDSHAKE_TIMEOUT, hall.tls.accept(stream)).await {
        Ok(Ok(stream)) => connection::serve(stream, peer, true, &hall.backend, place).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake"),
        Err(_) => tracing::debug!(%peer, "TLS handshake timed out"),
    }
}

/// Whom a connection counts for: an IPv6 host owns its /64.
fn source_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}
