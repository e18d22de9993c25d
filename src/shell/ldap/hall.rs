//! What all LDAP connections share: the phonebooks of the newest settings, and the tries of passwords.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::base::Instant;
use crate::base::limits::LDAP_VERIFICATIONS_MAX;
use crate::ldap::{self, Base, Verdict};
use crate::phonebook::{Credentials, Identity, Phonebooks, Shelf, verify_phone, verify_user};
use crate::secret::LoginTries;
use crate::settings::Settings;
use crate::shell::clock::Clock;

/// The name of the tree.
const BASE: &str = "dc=trillo";

pub struct Hall {
    settings: Box<dyn Fn() -> Arc<Settings> + Send + Sync>,
    clock: Clock,
    base: Base,
    shelf: Shelf,
    tries: Mutex<LoginTries>,
    verifications: Semaphore,
}

impl Hall {
    pub fn new(settings: Box<dyn Fn() -> Arc<Settings> + Send + Sync>, clock: Clock) -> Hall {
        Hall {
            settings,
            clock,
            base: Base::new(BASE).expect("our own name is one"),
            shelf: Shelf::default(),
            tries: Mutex::default(),
            verifications: Semaphore::new(LDAP_VERIFICATIONS_MAX),
        }
    }

    pub fn now(&self) -> Instant {
        self.clock.now().mono
    }

    /// For a connection from there: who is on the local networks needs no login, if the settings say so,
    /// and who is neither there nor on TLS sends no password.
    pub fn config(&self, peer: SocketAddr, is_secure: bool) -> ldap::Config {
        let settings = (self.settings)();
        let is_local = settings.sip.local_networks.iter().any(|network| network.contains(peer.ip().to_canonical()));
        let anonymous = (settings.phonebook.anonymous && is_local).then(|| settings.default_tenant());
        ldap::Config { base: self.base.clone(), anonymous, is_private: is_secure || is_local }
    }

    /// Of the newest settings.
    pub fn books(&self) -> Arc<Phonebooks> {
        self.shelf.books(&(self.settings)())
    }

    /// Wrong credentials are answered late, and from the fifth on not even looked at for a while; counted by source, so that nobody
    /// locks out somebody else.
    pub async fn verify(&self, peer: SocketAddr, credentials: Credentials) -> Verdict {
        if !self.tries().wait(self.now(), peer.ip()).is_zero() {
            tracing::debug!(%peer, "too many wrong passwords, not looked at");
            return Verdict::TooMany;
        }
        let settings = (self.settings)();
        let identity = match verify_phone(&settings, &credentials) {
            Some(identity) => Some(identity),
            None => self.verify_user(settings, credentials).await,
        };
        let Some(identity) = identity else {
            let delay = self.tries().failed(self.now(), peer.ip());
            tracing::info!(%peer, "wrong credentials for the phonebook");
            tokio::time::sleep(delay).await;
            return Verdict::Wrong;
        };
        self.tries().succeeded(peer.ip());
        Verdict::Right(identity)
    }

    async fn verify_user(&self, settings: Arc<Settings>, credentials: Credentials) -> Option<Identity> {
        let _turn = self.verifications.acquire().await.ok()?;
        let verification = tokio::task::spawn_blocking(move || verify_user(&settings, &credentials));
        verification.await.inspect_err(|error| tracing::error!(%error, "verifying a password")).ok().flatten()
    }

    fn tries(&self) -> std::sync::MutexGuard<'_, LoginTries> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
