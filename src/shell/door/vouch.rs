//! Who is at the far end of a connection of ours over TLS, by its certificate.
//!
//! A line must show one for its name, from an authority that the system trusts (RFC 5922 7.2), or the very one whose fingerprint its settings
//! name: a gateway that made its own, another site. Else nothing is said to it, least of all a password.
//!
//! A phone's certificate is its maker's or its own: there is nobody who could vouch for it and no name to check it against, so any is taken.
//! It keeps listeners out, not a liar between us and the phone; whoever wants that registers over a connection that the phone keeps open,
//! where the phone checks our certificate.

use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::settings::Fingerprint;
use crate::shell::handover::Peer;

/// Where systems keep the certificates of the authorities that they trust: Debian and most others, Fedora, Alpine.
const BUNDLES: [&str; 3] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
/// As OpenSSL's programs have it: another file in their place.
const BUNDLE_VARIABLE: &str = "SSL_CERT_FILE";

/// How a handshake is to be done. None: with a phone.
pub fn config(peer: Option<&Peer>) -> Result<ClientConfig, Error> {
    let named = std::env::var_os(BUNDLE_VARIABLE).map(PathBuf::from);
    config_with(peer, named.into_iter().chain(BUNDLES.iter().map(PathBuf::from)).collect())
}

fn config_with(peer: Option<&Peer>, bundles: Vec<PathBuf>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match peer {
        None => Arc::new(AnyPhone(Arc::clone(&provider))),
        Some(peer) => Arc::new(Line { certificate: peer.certificate, bundles, provider: Arc::clone(&provider) }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

/// What a line must show.
#[derive(Debug)]
struct Line {
    certificate: Option<Fingerprint>,
    /// Where the authorities may stand that the system trusts; the first file that is there counts.
    bundles: Vec<PathBuf>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Line {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = fingerprint(certificate);
        let outcome = match self.certificate {
            Some(wanted) if wanted == found => Ok(ServerCertVerified::assertion()),
            Some(_) => Err(Error::General("it is not the certificate that the line's settings name".to_owned())),
            None => WebPkiServerVerifier::builder_with_provider(Arc::new(roots(&self.bundles)), Arc::clone(&self.provider))
                .build()
                .map_err(|error| Error::General(format!("this system trusts no authority ({error})")))
                .and_then(|verifier| verifier.verify_server_cert(certificate, chain, name, ocsp, now)),
        };
        outcome.map_err(|error| Error::General(format!("{error}; the fingerprint of its certificate is {found}")))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The file is read each time: it changes with updates.
fn roots(bundles: &[PathBuf]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = bundles.iter().find_map(|bundle| std::fs::read(bundle).ok());
    for certificate in CertificateDer::pem_slice_iter(&found.unwrap_or_default()).flatten() {
        // One that is damaged or too old to be understood vouches for nobody.
        let _ = roots.add(certificate);
    }
    roots
}

fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    Fingerprint(Sha256::digest(certificate).into())
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

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::{ClientConnection, ServerConfig, ServerConnection};

    use super::*;
    use crate::base::Wall;
    use crate::shell::tls::Tls;

    /// Shakes hands in memory; what the client says of it.
    fn shake(config: ClientConfig, name: &str, server: Arc<ServerConfig>) -> Result<(), Error> {
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name)?;
        let mut server = ServerConnection::new(server)?;
        while client.is_handshaking() {
            let (mut there, mut back) = (Vec::new(), Vec::new());
            client.write_tls(&mut there).expect("memory");
            server.read_tls(&mut there.as_slice()).expect("memory");
            let _ = server.process_new_packets();
            server.write_tls(&mut back).expect("memory");
            client.read_tls(&mut back.as_slice()).expect("memory");
            client.process_new_packets()?;
        }
        Ok(())
    }

    #[test]
    fn a_line_must_show_that_it_is_the_one() {
        let folder = std::env::temp_dir().join(format!("trillo-vouch-{}", std::process::id()));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        let now = Wall::from_millis(i64::try_from(now.as_millis()).expect("a time"));
        let tls = Tls::open(&folder, &Default::default(), now).expect("certificates");
        let server = std::fs::read(folder.join("tls/server.pem")).expect("a certificate");
        let found = fingerprint(&CertificateDer::pem_slice_iter(&server).next().expect("one").expect("sound"));
        let (trusted, none) = (vec![folder.join("tls/missing.pem"), folder.join("tls/ca.pem")], vec![folder.join("tls/missing.pem")]);
        let other = Fingerprint([7; 32]);
        for (name, certificate, bundles, expected) in [
            ("trillo.local", None, &trusted, Ok(())),
            ("sip.telco.example", None, &trusted, Err("for another name")),
            ("192.0.2.7", None, &trusted, Err("for another address")),
            ("trillo.local", None, &none, Err("from an unknown authority")),
            ("sip.telco.example", Some(found), &none, Ok(())),
            ("192.0.2.7", Some(found), &none, Ok(())),
            ("trillo.local", Some(other), &trusted, Err("another certificate")),
        ] {
            let peer = Peer { name: name.to_owned(), certificate };
            let config = config_with(Some(&peer), bundles.clone()).expect("a configuration");
            let outcome = shake(config, name, tls.sip_config());
            assert_eq!(outcome.is_ok(), expected.is_ok(), "{name}: {expected:?}: {outcome:?}");
            let says_which = outcome.as_ref().err().is_none_or(|error| error.to_string().contains(&found.to_string()));
            assert!(says_which, "who sets up the line can read the fingerprint: {outcome:?}");
        }
        let phone = config_with(None, none).expect("a configuration");
        assert_eq!(shake(phone, "10.0.0.11", tls.sip_config()), Ok(()), "a phone's is nobody's business");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
