//! The rules: what counts as an offence of whom, and when it is enough.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Verdict;
use super::bans::Bans;
use super::bucket::Bucket;
use super::shares::Shares;
use super::table::Table;
use super::tally::{OFFENCE, Tallies};
use crate::base::limits::{GUARD_ACCOUNTS_MAX, GUARD_KNOWN_MAX, GUARD_LOGINS_MAX, GUARD_SOURCES_MAX};
use crate::base::{Dice, Flow, Now, Source};
use crate::entry::{Ban, BanReason, Banned};
use crate::settings::{Network, SipSettings};

/// What a phone that has proved its password may send: packets a second, and at once. What it is answered for, or proves, counts double.
const KNOWN_RATE: u32 = 200;
const KNOWN_BURST: u32 = 2_000;
const CREDIT: u32 = 16;
/// What cannot be told from a phone's strange keep-alive, or from a first INVITE, weighs less.
const MALFORMED: u32 = OFFENCE / 20;
const UNINVITED: u32 = OFFENCE / 2;
/// An account that many sources guess at is shielded when they have together so many times what one source may.
const SOURCES_OF_ONE_ACCOUNT: u32 = 10;

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence<'a> {
    /// A wrong password, a name that nobody has, an account that may not be used there: these weigh the same, so that a ban tells nothing
    /// about which it was. Only with a nonce that was given to this very source, for anybody can write another's address on a datagram.
    Login {
        username: &'a str,
    },
    /// An INVITE without credentials. A phone's first one is, too.
    Uninvited,
    Malformed,
}

/// Since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets above the share of their source.
    pub slowed: u64,
    /// Packets of who is banned.
    pub dropped: u64,
    pub bans: u64,
}

/// What has proved a password.
#[derive(Hash)]
enum Known<'a> {
    /// A phone at its address and port.
    Flow(&'a Flow),
    /// Anybody at a source.
    Source(Source),
    /// An account at a source.
    Login(Source, &'a str),
}

/// Keeps count of all who send.
#[derive(Debug)]
pub struct Guard {
    /// Makes keys that nobody outside can foresee.
    secret: u64,
    shares: Shares,
    known: Table,
    /// From there everything is let in, as from who has proved a password and never sends too much.
    allowed: Vec<Network>,
    /// Wrong names and passwords by source.
    sources: Tallies<Source>,
    /// What anybody can do in another's name: uninvited calls, what is no SIP.
    loose: Tallies<Source>,
    logins: Tallies<(Source, u64)>,
    accounts: Tallies<u64>,
    bans: Bans,
    displaced: Option<Ban>,
    counters: Counters,
}

impl Guard {
    pub fn new(dice: &mut Dice) -> Guard {
        Guard {
            secret: dice.u64(),
            shares: Shares::new(),
            known: Table::new(GUARD_KNOWN_MAX),
            allowed: Vec::new(),
            sources: Tallies::new(GUARD_SOURCES_MAX),
            loose: Tallies::new(GUARD_SOURCES_MAX),
            logins: Tallies::new(GUARD_LOGINS_MAX),
            accounts: Tallies::new(GUARD_ACCOUNTS_MAX),
            bans: Bans::default(),
            displaced: None,
            counters: Counters::default(),
        }
    }

    /// Who is never in the way: whom the settings name, and lines, which prove no password.
    pub fn allow(&mut self, networks: Vec<Network>) {
        self.allowed = networks;
    }

    /// Before anybody looks at a packet. A message on a stream is never too early: its reader waits its turn.
    pub fn packet(&mut self, now: Now, flow: &Flow) -> Verdict {
        let ip = flow.remote.ip();
        if self.allowed.iter().any(|network| network.contains(ip)) {
            return Verdict::Pass;
        }
        let (at, source) = (millis(now), Source::from(ip));
        let is_banned = self.bans.has_source(now.wall, source);
        let key = self.key(&Known::Flow(flow));
        if let Some(bucket) = self.known.get(key) {
            bucket.refill(at, KNOWN_RATE, KNOWN_BURST);
            if bucket.take() || flow.transport.is_reliable() {
                return Verdict::Pass;
            }
        } else if is_banned {
            self.counters.dropped += 1;
            return Verdict::Drop;
        } else {
            let key = self.key(&source);
            if self.shares.take(at, key) {
                return Verdict::Pass;
            }
        }
        self.counters.slowed += 1;
        Verdict::Slow
    }

    /// Before a password counts. Who is slowed gets the answer to a wrong one.
    pub fn login(&self, now: Now, sip: &SipSettings, flow: &Flow, username: &str) -> Verdict {
        let (ip, username) = (flow.remote.ip(), username.to_ascii_lowercase());
        let source = Source::from(ip);
        if !sip.ban.is_on || sip.ban.allows(ip) {
            return Verdict::Pass;
        }
        let is_barred = if sip.is_local(ip) {
            self.logins.level(now.mono, &(source, self.key(&username))) >= limit(sip)
        } else {
            self.bans.has_logins()
                && (self.bans.has(now.wall, &Banned::Login { source, username: username.clone() })
                    || self.bans.has(now.wall, &Banned::Account { username: username.clone() })
                        && !self.is_known(&Known::Login(source, &username)))
        };
        if is_barred { Verdict::Slow } else { Verdict::Pass }
    }

    /// Somebody has proved the password of an account.
    pub fn proved(&mut self, now: Now, flow: &Flow, username: &str) {
        let at = millis(now);
        let (source, username) = (Source::from(flow.remote.ip()), username.to_ascii_lowercase());
        let keys = [Known::Flow(flow), Known::Source(source), Known::Login(source, &username)].map(|known| self.key(&known));
        for key in keys {
            let bucket = self.known.enter(key, at, Bucket::new(at, KNOWN_BURST));
            bucket.refill(at, KNOWN_RATE, KNOWN_BURST);
            bucket.give(CREDIT, KNOWN_BURST);
        }
        let login = (source, self.key(&username));
        self.logins.remove(&login);
        self.loose.remove(&source);
    }

    /// What came was a part of what goes on: an answer that we wait for, a request within a call.
    pub fn earned(&mut self, flow: &Flow) {
        let key = self.key(&Known::Flow(flow));
        if let Some(bucket) = self.known.get(key) {
            bucket.give(CREDIT, KNOWN_BURST);
        }
    }

    /// Returns the ban that this leads to, if it was one too many.
    pub fn offence(&mut self, now: Now, sip: &SipSettings, flow: &Flow, offence: Offence<'_>) -> Option<Ban> {
        let ip = flow.remote.ip();
        if !sip.ban.is_on || sip.ban.allows(ip) {
            return None;
        }
        let source = Source::from(ip);
        let (whom, reason) = match offence {
            Offence::Login { username } => self.wrong_login(now, sip, flow, &username.to_ascii_lowercase())?,
            // Whom a password was proved from is not framed so easily.
            Offence::Uninvited | Offence::Malformed if sip.is_local(ip) || self.is_known(&Known::Source(source)) => return None,
            Offence::Uninvited => (self.loose(now, sip, source, UNINVITED)?, BanReason::Uninvited),
            Offence::Malformed => (self.loose(now, sip, source, MALFORMED)?, BanReason::Malformed),
        };
        self.ban(now, sip, whom, reason)
    }

    fn loose(&mut self, now: Now, sip: &SipSettings, source: Source, weight: u32) -> Option<Banned> {
        (self.loose.add(now.mono, source, weight) >= limit(sip)).then_some(Banned::Source(source))
    }

    fn wrong_login(&mut self, now: Now, sip: &SipSettings, flow: &Flow, username: &str) -> Option<(Banned, BanReason)> {
        let (ip, name) = (flow.remote.ip(), self.key(&username));
        let (source, limit) = (Source::from(ip), limit(sip));
        let is_first = self.logins.level(now.mono, &(source, name)) == 0;
        if sip.is_local(ip) {
            // Slowed: from the limit on one try a minute is looked at, and those between are not counted.
            if self.logins.level(now.mono, &(source, name)) < limit {
                self.logins.add(now.mono, (source, name), OFFENCE);
            }
            return None;
        }
        if self.bans.has_source(now.wall, source) {
            // Only known phones still come through, and this one is none.
            let key = self.key(&Known::Flow(flow));
            self.known.remove(key);
            return None;
        }
        if self.bans.has(now.wall, &Banned::Login { source, username: username.to_owned() }) {
            return None;
        }
        let of_login = self.logins.add(now.mono, (source, name), OFFENCE);
        let has_standing = self.is_known(&Known::Source(source));
        // Of a source where others have the right password a name counts once: one phone with an old password is one mistake.
        let parts = if is_first || !has_standing { OFFENCE } else { 0 };
        if self.sources.add(now.mono, source, parts) >= limit {
            let key = self.key(&Known::Flow(flow));
            self.known.remove(key);
            let reason = if of_login * 2 >= limit { BanReason::WrongPasswords } else { BanReason::ManyNames };
            return Some((Banned::Source(source), reason));
        }
        if of_login >= limit {
            return Some((Banned::Login { source, username: username.to_owned() }, BanReason::WrongPasswords));
        }
        let of_account = if has_standing { 0 } else { self.accounts.add(now.mono, name, OFFENCE) };
        (of_account >= limit * SOURCES_OF_ONE_ACCOUNT)
            .then(|| (Banned::Account { username: username.to_owned() }, BanReason::WrongPasswords))
    }

    fn ban(&mut self, now: Now, sip: &SipSettings, whom: Banned, reason: BanReason) -> Option<Ban> {
        if self.bans.has(now.wall, &whom) {
            return None;
        }
        let ban = Ban { id: self.bans.next_id(), whom, reason, since: now.wall, until: now.wall + sip.ban.duration };
        self.forget(&ban.whom);
        self.displaced = self.bans.insert(ban.clone());
        self.counters.bans += 1;
        Some(ban)
    }

    /// Who was banned or is pardoned begins anew.
    fn forget(&mut self, whom: &Banned) {
        match whom {
            Banned::Source(source) => {
                self.sources.remove(source);
                self.loose.remove(source);
                self.logins.retain(|(of, _)| of != source);
            }
            Banned::Login { source, username } => {
                let name = self.key(&username.as_str());
                self.logins.remove(&(*source, name));
            }
            Banned::Account { username } => {
                let name = self.key(&username.as_str());
                self.accounts.remove(&name);
            }
        }
    }

    /// A ban of the last run.
    pub fn restore(&mut self, now: Now, ban: Ban) {
        if ban.until > now.wall {
            self.bans.insert(ban);
        }
    }

    pub fn pardon(&mut self, id: u64) -> Option<Ban> {
        let ban = self.bans.remove(id)?;
        self.forget(&ban.whom);
        Some(ban)
    }

    /// Takes a ban that is over, or that gave way to another.
    pub fn pop_over(&mut self, now: Now) -> Option<Ban> {
        self.displaced.take().or_else(|| self.bans.pop_over(now.wall))
    }

    /// The bans that these settings no longer make.
    pub fn lifted_by(&self, sip: &SipSettings) -> Vec<u64> {
        let stands = |ban: &&Ban| match &ban.whom {
            _ if !sip.ban.is_on => false,
            Banned::Source(source) | Banned::Login { source, .. } => {
                let ip = source.address();
                !sip.ban.allows(ip) && !sip.is_local(ip)
            }
            Banned::Account { .. } => true,
        };
        self.bans.iter().filter(|ban| !stands(ban)).map(|ban| ban.id).collect()
    }

    /// In the order in which they were made.
    pub fn bans(&self) -> impl Iterator<Item = &Ban> {
        self.bans.iter()
    }

    pub const fn counters(&self) -> Counters {
        self.counters
    }

    fn is_known(&self, known: &Known<'_>) -> bool {
        self.known.has(self.key(known))
    }

    fn key(&self, value: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.secret.hash(&mut hasher);
        value.hash(&mut hasher);
        hasher.finish()
    }
}

fn millis(now: Now) -> u32 {
    (now.mono.as_micros() / 1000) as u32
}

const fn limit(sip: &SipSettings) -> u32 {
    sip.ban.offences * OFFENCE
}

#[cfg(test)]
mod tests;
