//! The sockets of the LDAP server: plain and TLS, with caps, timeouts and the slow part of a bind.
//!
//! ```text
//! phone ==LDAP==> thread "ldap" (tokio) --bytes--> ldap::Connection --Verify--> a blocking thread: Argon2id, two at a time
//! phone ==ldaps=> TLS of the box ----/                  ^ Phonebooks, made once a revision when somebody asks
//! ```
//! A thread and runtime of its own: no flood of binds delays a call or the web page.

mod connection;
mod hall;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::base::limits::{LDAP_CONNECTIONS_MAX, LDAP_CONNECTIONS_PER_SOURCE_MAX, TLS_HANDSHAKE_TIMEOUT};
use crate::settings::Settings;

use super::clock::Clock;
use super::door::listen;
use super::door::places::{Place, Places};

use hall::Hall;

/// Where the phonebook is served, and out of what.
pub struct Config {
    pub plain: Vec<SocketAddr>,
    pub tls: Vec<SocketAddr>,
    pub certificates: Arc<ServerConfig>,
    /// The newest snapshot.
    pub settings: Box<dyn Fn() -> Arc<Settings> + Send + Sync>,
    pub clock: Clock,
}

/// Addresses as bound: a port 0 has become a real one.
#[derive(Debug)]
pub struct Bound {
    pub plain: Vec<SocketAddr>,
    pub tls: Vec<SocketAddr>,
}

/// Binds every address before it returns, so that a port in use is told at start. Without an address there is no thread.
pub fn start(config: Config) -> io::Result<Bound> {
    let (plain, tls) = (listen::bind_all(&config.plain)?, listen::bind_all(&config.tls)?);
    let bound = Bound { plain: listen::addresses(&plain)?, tls: listen::addresses(&tls)? };
    if plain.is_empty() && tls.is_empty() {
        return Ok(bound);
    }
    // The web's protocol is announced there; phones that announce one of theirs would be refused.
    let mut certificates = ServerConfig::clone(&config.certificates);
    certificates.alpn_protocols.clear();
    let acceptor = TlsAcceptor::from(Arc::new(certificates));
    let hall = Arc::new(Hall::new(config.settings, config.clock));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("ldap".to_owned()).spawn(move || runtime.block_on(run(plain, tls, acceptor, hall)))?;
    Ok(bound)
}

/// Until the process ends.
async fn run(plain: Vec<std::net::TcpListener>, tls: Vec<std::net::TcpListener>, acceptor: TlsAcceptor, hall: Arc<Hall>) {
    let places = Arc::new(Places::new(LDAP_CONNECTIONS_MAX, LDAP_CONNECTIONS_PER_SOURCE_MAX));
    let plain = plain.into_iter().map(|listener| (listener, None));
    let tls = tls.into_iter().map(|listener| (listener, Some(acceptor.clone())));
    let mut tasks = Vec::new();
    for (listener, acceptor) in plain.chain(tls) {
        match TcpListener::from_std(listener) {
            Ok(listener) => tasks.push(tokio::spawn(accept(listener, acceptor, Arc::clone(&places), Arc::clone(&hall)))),
            Err(error) => tracing::error!(%error, "a port of the phonebook cannot be served"),
        }
    }
    for task in tasks {
        let _ = task.await;
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, places: Arc<Places>, hall: Arc<Hall>) {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, as a rule: others must end before the next can come.
                tracing::warn!(%error, "accepting an LDAP connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let Some(place) = places.take(peer.ip()) else {
            tracing::debug!(%peer, "too many LDAP connections");
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (acceptor, hall) = (acceptor.clone(), Arc::clone(&hall));
        tokio::spawn(async move {
            tokio::select! {
                () = serve(stream, peer, acceptor, &hall, &place) => {}
                () = place.gives_way() => tracing::debug!(%peer, "gave way to another LDAP connection"),
            }
        });
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, acceptor: Option<TlsAcceptor>, hall: &Hall, place: &Place) {
    let Some(acceptor) = acceptor else { return connection::serve(stream, peer, false, hall, place).await };
    match tokio::time::timeout(TLS_HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => connection::serve(stream, peer, true, hall, place).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake"),
        Err(_) => tracing::debug!(%peer, "TLS handshake timed out"),
    }
}
