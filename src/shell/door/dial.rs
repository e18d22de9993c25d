//! Connections of ours over TLS to phones that registered over TLS and whose connection is gone (RFC 3261 26.2).
//!
//! A phone's certificate is its maker's or its own: there is nobody who could vouch for it and no name to check it against, so any is taken.
//! It keeps listeners out, not a liar between us and the phone; whoever wants that registers over a connection that the phone keeps open,
//! where the phone checks our certificate.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::timeout;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio_rustls::{TlsConnector, TlsStream};

use crate::base::Transport;
use crate::shell::carrier::{Carrier, Socket};
use crate::shell::handover::{Arrived, Handed};
use crate::shell::signal::CONNECT_TIMEOUT;

/// Connects to whom the signal thread wishes, until that is gone.
pub async fn run(mut wishes: Receiver<SocketAddr>, handed: Sender<Handed>) {
    let config = match config() {
        Ok(config) => Arc::new(config),
        Err(error) => return tracing::error!(%error, "phones cannot be connected to over TLS"),
    };
    while let Some(remote) = wishes.recv().await {
        let (connector, handed) = (TlsConnector::from(Arc::clone(&config)), handed.clone());
        tokio::spawn(async move {
            let outcome = timeout(CONNECT_TIMEOUT, connect(remote, &connector)).await;
            let outcome = outcome.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
            let told = match outcome {
                Ok(arrived) => Handed::Connected(arrived),
                Err(error) => {
                    tracing::debug!(%remote, %error, "connecting to a phone over TLS");
                    Handed::NotConnected { remote }
                }
            };
            let _ = handed.send(told).await;
        });
    }
}

async fn connect(remote: SocketAddr, connector: &TlsConnector) -> std::io::Result<Arrived> {
    let stream = TcpStream::connect(remote).await?;
    let _ = stream.set_nodelay(true);
    let local = stream.local_addr()?;
    let stream = connector.connect(ServerName::IpAddress(remote.ip().into()), Socket::new(stream)).await?;
    let moving = Carrier::Tls(Box::new(TlsStream::Client(stream))).unseat()?;
    Ok(Arrived { moving, transport: Transport::Tls, local, remote, early: Vec::new() })
}

fn config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyPhone(provider)))
        .with_no_client_auth();
    Ok(config)
}

/// Takes any certificate, and with it any signature: who may name his own key may sign with it.
#[derive(Debug)]
struct AnyPhone(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyPhone {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
