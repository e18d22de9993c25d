//! Connections of ours over TLS: to lines, and to phones that registered over TLS and whose connection is gone (RFC 3261 26.2).
//!
//! Who is at the far end, `vouch` decides by its certificate.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::{TlsConnector, TlsStream};

use super::vouch;
use crate::base::Transport;
use crate::shell::carrier::{Carrier, Socket};
use crate::shell::handover::{Arrived, Handed, Wish};
use crate::shell::signal::CONNECT_TIMEOUT;

/// Connects to whom the signal thread wishes, until that is gone.
pub async fn run(mut wishes: Receiver<Wish>, handed: Sender<Handed>) {
    while let Some(wish) = wishes.recv().await {
        let handed = handed.clone();
        tokio::spawn(async move {
            let outcome = timeout(CONNECT_TIMEOUT, connect(&wish)).await;
            let outcome = outcome.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
            let told = match outcome {
                Ok(arrived) => Handed::Connected(arrived),
                Err(error) => {
                    tell(&wish, &error);
                    Handed::NotConnected { remote: wish.remote }
                }
            };
            let _ = handed.send(told).await;
        });
    }
}

async fn connect(wish: &Wish) -> std::io::Result<Arrived> {
    let remote = wish.remote;
    let config = vouch::config(wish.peer.as_ref()).map_err(std::io::Error::other)?;
    let name = match &wish.peer {
        Some(peer) => ServerName::try_from(peer.name.clone()).map_err(std::io::Error::other)?,
        None => ServerName::IpAddress(remote.ip().into()),
    };
    let stream = TcpStream::connect(remote).await?;
    let _ = stream.set_nodelay(true);
    let local = stream.local_addr()?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, Socket::new(stream)).await?;
    let moving = Carrier::Tls(Box::new(TlsStream::Client(stream))).unseat()?;
    Ok(Arrived { moving, transport: Transport::Tls, local, remote, early: Vec::new() })
}

/// A phone that is gone is nothing to look at; a line that cannot be trusted is.
fn tell(wish: &Wish, error: &std::io::Error) {
    let remote = wish.remote;
    match &wish.peer {
        Some(peer) => tracing::warn!(%remote, line = peer.name, %error, "connecting to a line over TLS"),
        None => tracing::debug!(%remote, %error, "connecting to a phone over TLS"),
    }
}
