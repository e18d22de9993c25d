//! The box's own certificate authority and the certificate of its web page and its SIP, made on first boot.
//!
//! ```text
//! DATA/tls/ca.key      0600   signs; never leaves the box
//!          ca.pem             what a person may install in a browser, valid until 2055
//!          server.key  0600
//!          server.pem         for the names and addresses of the box
//!          server.json        those names and the end of its validity, so that nothing needs to read X.509
//! ```
//! The server's certificate is made anew when the addresses change or its end nears; connections that come then get the new one.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    date_time_ymd,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::base::Wall;

/// What the box is called on the LAN.
const NAMES: &[&str] = &["trillo.local", "trillo", "localhost"];
/// Browsers refuse longer ones, even under an authority that the person installed (825 days).
const VALID: Duration = Duration::from_secs(800 * DAY_SECONDS);
const RENEW_BEFORE: Duration = Duration::from_secs(60 * DAY_SECONDS);
/// Clocks of others may be behind.
const BACKDATED: Duration = Duration::from_secs(2 * DAY_SECONDS);
const DAY_SECONDS: u64 = 24 * 60 * 60;
const ADDRESSES_MAX: usize = 32;

/// The certificates, loaded. Clones share them.
#[derive(Clone)]
pub struct Tls {
    folder: PathBuf,
    authority: String,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
}

/// For what and until when the server's certificate is.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Scope {
    names: BTreeSet<String>,
    expires_seconds: i64,
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Loads the certificates of the data folder, and makes those that are missing, damaged or out of date.
    pub fn open(data: &Path, addresses: &BTreeSet<IpAddr>, now: Wall) -> io::Result<Tls> {
        let folder = data.join("tls");
        fs::create_dir_all(&folder).map_err(|error| said("making the folder of certificates", error))?;
        let scope = scope_of(addresses, now);
        let key = match load(&folder, &scope, now) {
            Some(key) => key,
            None => issue(&folder, &scope, now)?,
        };
        let current = Arc::new(Current(RwLock::new(Arc::new(key))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let authority = fs::read_to_string(folder.join("ca.pem")).map_err(|error| said("reading tls/ca.pem", error))?;
        Ok(Tls { folder, authority, current, config: Arc::new(config) })
    }

    /// The certificate of the authority, as PEM: what a person may install in a browser.
    pub fn authority(&self) -> String {
        self.authority.clone()
    }

    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// For SIP: the same certificate, but a phone that names protocols of its own is not asked for HTTP.
    pub fn sip_config(&self) -> Arc<ServerConfig> {
        let mut config = ServerConfig::clone(&self.config);
        config.alpn_protocols.clear();
        Arc::new(config)
    }

    /// To be called now and then: true if the addresses have changed or the end was near, and there is a new certificate.
    pub fn renew_if_due(&self, addresses: &BTreeSet<IpAddr>, now: Wall) -> io::Result<bool> {
        let scope = scope_of(addresses, now);
        if is_valid(&self.folder, &scope, now) {
            return Ok(false);
        }
        let key = issue(&self.folder, &scope, now)?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(true)
    }
}

/// The box's addresses, without those that need a zone. Loopback too: a person may come through a tunnel.
pub fn addresses() -> BTreeSet<IpAddr> {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else { return BTreeSet::new() };
    interfaces
        .filter_map(|interface| {
            let storage = interface.address?;
            let v4 = storage.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
            v4.or_else(|| storage.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
        })
        .filter(|address| !matches!(address, IpAddr::V6(address) if address.is_unicast_link_local()))
        .take(ADDRESSES_MAX)
        .collect()
}

fn scope_of(addresses: &BTreeSet<IpAddr>, now: Wall) -> Scope {
    let names = NAMES.iter().map(|name| (*name).to_owned()).chain(addresses.iter().map(IpAddr::to_string)).collect();
    Scope { names, expires_seconds: (now + VALID).as_secs() }
}

/// Whether the certificate on disk is for these names and will be for a while.
fn is_valid(folder: &Path, wanted: &Scope, now: Wall) -> bool {
    let Ok(text) = fs::read_to_string(folder.join("server.json")) else { return false };
    let Ok(scope) = serde_json::from_str::<Scope>(&text) else { return false };
    scope.names == wanted.names && scope.expires_seconds > (now + RENEW_BEFORE).as_secs()
}

fn load(folder: &Path, wanted: &Scope, now: Wall) -> Option<CertifiedKey> {
    if !is_valid(folder, wanted, now) {
        return None;
    }
    let chain = fs::read(folder.join("server.pem")).ok()?;
    let key = fs::read(folder.join("server.key")).ok()?;
    let key = certified(&chain, &key).inspect_err(|error| tracing::warn!(%error, "the web's certificate is damaged and is made anew"));
    key.ok()
}

fn certified(chain: &[u8], key: &[u8]) -> io::Result<CertifiedKey> {
    let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(io::Error::other)?;
    let key = ring::sign::any_supported_type(&key).map_err(io::Error::other)?;
    let key = CertifiedKey::new(chain, key);
    key.keys_match().map_err(io::Error::other)?;
    Ok(key)
}

/// A new certificate of the server, under the authority that there is or a new one.
fn issue(folder: &Path, scope: &Scope, now: Wall) -> io::Result<CertifiedKey> {
    let authority = authority(folder)?;
    let names: Vec<String> = scope.names.iter().cloned().collect();
    let mut parameters = CertificateParams::new(names).map_err(io::Error::other)?;
    parameters.distinguished_name.push(DnType::CommonName, NAMES[0]);
    parameters.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(now.as_secs()).unwrap_or(0)) - BACKDATED;
    parameters.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(scope.expires_seconds).unwrap_or(0));
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(io::Error::other)?;
    let certificate = parameters.signed_by(&key, &authority).map_err(io::Error::other)?;
    let chain = format!("{}{}", certificate.pem(), fs::read_to_string(folder.join("ca.pem")).unwrap_or_default());
    // server.json comes last: until it is there, the others do not count.
    let _ = fs::remove_file(folder.join("server.json"));
    write(folder, "server.key", 0o600, key.serialize_pem().as_bytes())?;
    write(folder, "server.pem", 0o644, chain.as_bytes())?;
    write(folder, "server.json", 0o644, serde_json::to_string(scope).map_err(io::Error::other)?.as_bytes())?;
    tracing::info!(names = ?scope.names, "a new certificate for the web page");
    certified(chain.as_bytes(), key.serialize_pem().as_bytes())
}

fn authority(folder: &Path) -> io::Result<Issuer<'static, KeyPair>> {
    let known = fs::read_to_string(folder.join("ca.key")).ok().and_then(|pem| KeyPair::from_pem(&pem).ok());
    if let Some(key) = known
        && folder.join("ca.pem").exists()
    {
        return Ok(Issuer::new(authority_parameters(&key), key));
    }
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(io::Error::other)?;
    let parameters = authority_parameters(&key);
    let certificate = parameters.self_signed(&key).map_err(io::Error::other)?;
    write(folder, "ca.key", 0o600, key.serialize_pem().as_bytes())?;
    write(folder, "ca.pem", 0o644, certificate.pem().as_bytes())?;
    Ok(Issuer::new(parameters, key))
}

/// They depend on the key alone, so the authority's certificate never has to be read back.
fn authority_parameters(key: &KeyPair) -> CertificateParams {
    let hash = Sha256::digest(key.public_key_raw());
    let name = format!("Trillo box {:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]);
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.not_before = date_time_ymd(2025, 1, 1);
    parameters.not_after = date_time_ymd(2055, 1, 1);
    parameters
}

/// Whole or not at all: a temporary name, then renamed.
fn write(folder: &Path, name: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let context = |error| said(&format!("writing tls/{name}"), error);
    let temporary = folder.join(format!(".{name}"));
    let _ = fs::remove_file(&temporary);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary).map_err(context)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(context)?;
    fs::rename(&temporary, folder.join(name)).map_err(context)
}

fn said(operation: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{operation}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn certificate(tls: &Tls) -> Vec<u8> {
        tls.current.0.read().unwrap().cert[0].to_vec()
    }

    #[test]
    fn the_certificate_follows_addresses_and_time() {
        let data = std::env::temp_dir().join(format!("trillo-tls-{}", std::process::id()));
        let _ = fs::remove_dir_all(&data);
        let now = Wall::from_millis(1_800_000_000_000);
        let one = BTreeSet::from(["192.0.2.1".parse().unwrap()]);
        let two = BTreeSet::from(["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()]);

        let tls = Tls::open(&data, &one, now).unwrap();
        let first = certificate(&tls);
        let authority = fs::read(data.join("tls/ca.pem")).unwrap();
        for name in ["ca.key", "server.key"] {
            assert_eq!(fs::metadata(data.join("tls").join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(tls.authority().as_bytes(), authority);
        assert_eq!(certificate(&Tls::open(&data, &one, now).unwrap()), first, "a restart keeps it");
        assert!(!tls.renew_if_due(&one, now).unwrap());
        assert!(tls.renew_if_due(&two, now).unwrap(), "an address came");
        let second = certificate(&tls);
        assert_ne!(second, first);
        assert!(tls.renew_if_due(&two, now + (VALID - RENEW_BEFORE)).unwrap(), "the end nears");

        fs::write(data.join("tls/server.pem"), "damaged").unwrap();
        let tls = Tls::open(&data, &two, now).unwrap();
        assert_ne!(certificate(&tls), second);
        assert_eq!(fs::read(data.join("tls/ca.pem")).unwrap(), authority, "the authority stays");
        fs::remove_dir_all(&data).unwrap();
    }
}
