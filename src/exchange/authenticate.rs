//! Who sends this? Digest per RFC 7616 and 8760; names can be probed neither by bytes nor by time.
//!
//! An unknown or disabled name, one outside its allowed network or on a transport it may not use gets the same fresh challenge as a wrong
//! password, after the same work. Only the log names the true reason.

use std::time::Duration;

use super::exchange::Exchange;
use crate::base::id::AccountId;
use crate::base::limits::{REFUSALS_NOTED_MAX, REFUSALS_NOTED_PER_SOURCE_MAX};
use crate::base::{Flow, Now, Source};
use crate::entry::{Entry, Event, EventKind, quoted};
use crate::guard::{Offence, Verdict};
use crate::secret::ha1_md5;
use crate::settings::Account;
use crate::sip::auth::{Algorithm, Challenge, Credentials, Freshness};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Method, Name};

/// The outcome of a look at the credentials.
enum Proof {
    Proved(AccountId),
    /// Challenge; `stale` where the password was right and only the nonce was not.
    Missing {
        stale: bool,
    },
    /// Challenge, and note why in the log. An offence of who sent it.
    Wrong {
        username: String,
        reason: String,
    },
    /// The proof is for something else than the request asks for: 400, as RFC 7616 3.4.6 says, and a note in the log.
    Misdirected(String),
}

impl Exchange {
    /// The account that a request proves to be from. None: it was challenged.
    pub(super) fn authenticate(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) -> Option<AccountId> {
        match self.prove(now, incoming) {
            Proof::Proved(account) => {
                if let Some(account) = self.settings.accounts.get(&account) {
                    self.guard.proved(now, &incoming.flow, &account.username);
                }
                return Some(account);
            }
            Proof::Missing { stale } => {
                if !stale && incoming.request.method == Method::Invite && !incoming.envelope.is_in_dialog() {
                    self.offended(now, &incoming.flow, Offence::Uninvited);
                }
                self.challenge(now, tx, incoming, stale);
            }
            Proof::Wrong { username, reason } => {
                self.counters.digests_refused += 1;
                self.note_refusal(now, incoming, reason);
                self.offended(now, &incoming.flow, Offence::Login { username: &username });
                self.challenge(now, tx, incoming, false);
            }
            Proof::Misdirected(reason) => {
                self.counters.digests_refused += 1;
                self.note_refusal(now, incoming, reason);
                self.refuse_with(now, tx, incoming, 400, "Bad Request: Authorization: uri names another than the Request-URI");
            }
        }
        None
    }

    /// One event a minute for each source and reason: guessing must neither fill the card nor push out what matters.
    fn note_refusal(&mut self, now: Now, incoming: &Incoming, reason: String) {
        const EVERY: Duration = Duration::from_secs(60);
        let key = (incoming.flow.remote.ip(), reason);
        if self.refusals.get(&key).is_some_and(|noted| now.mono.since(*noted) < EVERY) {
            return;
        }
        self.refusals.retain(|_, noted| now.mono.since(*noted) < EVERY);
        let of_source = self.refusals.range((key.0, String::new())..).take_while(|((ip, _), _)| *ip == key.0).count();
        if self.refusals.len() >= REFUSALS_NOTED_MAX || of_source >= REFUSALS_NOTED_PER_SOURCE_MAX {
            return;
        }
        let text = format!("{} from {}: {}.", incoming.request.method, incoming.flow.remote, key.1);
        self.refusals.insert(key, now.mono);
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Refused, text }));
    }

    fn prove(&mut self, now: Now, incoming: &Incoming) -> Proof {
        let realm = &self.settings.sip.realm;
        let headers = incoming.request.headers.get_all(&Name::Authorization);
        let Some(credentials) = headers.filter_map(|value| Credentials::parse(value).ok()).find(|credentials| credentials.realm == *realm)
        else {
            return Proof::Missing { stale: false };
        };
        // Said before the password is looked at, so it tells nothing about that.
        if !credentials.is_meant_for(&incoming.request.method, &incoming.request.uri) {
            return Proof::Misdirected(format!("a proof of {:?} was used for something else", quoted(&credentials.username)));
        }
        let account = self.settings.account_by_username(&credentials.username);
        let password = account.map_or(&self.dummy, |account| &account.password);
        let ha1 = ha1_md5(&credentials.username, realm, password);
        let is_right = credentials.algorithm == Algorithm::Md5 && credentials.verify(&ha1.hex(), incoming.request.method.as_str());
        // Whoever may choose the nonce could ask for a right password without ever being wrong: what was not asked from here, or too long
        // ago, is asked anew whatever the password is (RFC 7616 3.3, stale), and is no offence.
        let source = Source::from(incoming.flow.remote.ip());
        if !self.nonces.is_good(now, &credentials.nonce, source) {
            return Proof::Missing { stale: true };
        }
        let wrong = |reason| Proof::Wrong { username: credentials.username.clone(), reason };
        if self.guard.login(now, &self.settings.sip, &incoming.flow, &credentials.username) != Verdict::Pass {
            return wrong(format!("too many wrong passwords for account {:?}", quoted(&credentials.username)));
        }
        let Some(account) = account else {
            return wrong(format!("there is no account {:?}", quoted(&credentials.username)));
        };
        if !is_right {
            return wrong(format!("wrong password for account {}", account.username));
        }
        if let Some(reason) = self.inadmissible(account, &incoming.flow) {
            return wrong(reason);
        }
        let account = account.id;
        match self.nonces.check(now, &credentials.nonce, credentials.nc(), source) {
            Freshness::Fresh => Proof::Proved(account),
            Freshness::Stale => Proof::Missing { stale: true },
        }
    }

    /// Why an account may not be used at all, or not from there.
    fn inadmissible(&self, account: &Account, flow: &Flow) -> Option<String> {
        if !account.enabled {
            return Some(format!("account {} is disabled", account.username));
        }
        if account.extension.is_some() && self.settings.extension_of(account).is_none_or(|extension| !extension.enabled) {
            return Some(format!("the extension of account {} is disabled", account.username));
        }
        if !account.transports.contains(&flow.transport) {
            return Some(format!("account {} may not use {}", account.username, flow.transport.via_name()));
        }
        if account.allowed.is_some_and(|network| !network.contains(flow.remote.ip().to_canonical())) {
            return Some(format!("account {} may not be used from this address", account.username));
        }
        None
    }

    fn challenge(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, stale: bool) {
        let nonce = self.nonces.issue(now, &mut self.dice, incoming.flow.remote.ip().into());
        let challenge = Challenge::new(&*self.settings.sip.realm, nonce, Algorithm::Md5, stale);
        let mut response = self.response_to(incoming, 401);
        response.headers.push(Name::WwwAuthenticate, challenge.to_string());
        self.endpoint.challenge(now.mono, tx, &incoming.request.method, response);
    }
}
