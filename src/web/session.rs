//! Who is logged in. Sessions live in memory: a restart logs everybody out.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::base::id::{AccountId, ExtensionId, UserId};
use crate::base::limits::WEB_SESSIONS_MAX;
use crate::base::{Instant, Now, Wall};
use crate::settings::Rights;

/// Without a page asked for in this time a session is over.
const IDLE_MAX: Duration = Duration::from_secs(60 * 60);
/// However busy, a session is over after this.
const AGE_MAX: Duration = Duration::from_secs(12 * 60 * 60);
/// A token that was replaced is good for so long, for what the browser had asked already.
const REPLACED_FOR: Duration = Duration::from_secs(10);

pub const TOKEN_BYTES: usize = 32;

/// Who opens a session, and from where.
pub struct Opening<'a> {
    pub user: UserId,
    pub password_hash: &'a str,
    pub rights: Rights,
    pub address: IpAddr,
    pub device: String,
}

#[derive(Clone, Debug)]
pub struct Session {
    /// By which its user can end it; it opens nothing.
    pub number: u64,
    pub user: UserId,
    /// What every form must send along.
    pub csrf: String,
    /// That it was given its token with. With others it gets a new one.
    pub rights: Rights,
    /// Where it was opened, and in what.
    pub address: IpAddr,
    pub device: String,
    pub since: Wall,
    pub last_use: Wall,
    /// Of the password it was made with; another one ends the session.
    password_hash: String,
    made: Instant,
    seen: Instant,
    /// Its token was replaced.
    ends: Option<Instant>,
    note: Option<Note>,
}

/// What the next page tells once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Saved,
    Deleted,
    Linked,
    Unlinked,
    /// The password of this account is shown.
    Details(AccountId),
    /// A new person: the passwords of the phones are shown, and what to write.
    Welcome(ExtensionId),
}

/// All sessions, under the hash of their token, so that reading memory out does not give a cookie.
#[derive(Debug, Default)]
pub struct Sessions {
    all: BTreeMap<[u8; 32], Session>,
    opened: u64,
}

impl Sessions {
    /// A new session under a new token, which is what rotation at login means: nothing from before the login is worth anything.
    pub fn open(&mut self, now: Now, opening: Opening<'_>, token: [u8; TOKEN_BYTES], csrf: [u8; 16]) -> String {
        self.all.retain(|_, session| session.is_alive(now.mono));
        if self.all.len() >= WEB_SESSIONS_MAX {
            let oldest = self.all.iter().min_by_key(|(_, session)| session.seen).map(|(key, _)| *key);
            oldest.map(|key| self.all.remove(&key));
        }
        self.opened += 1;
        let token = hex(&token);
        let session = Session {
            number: self.opened,
            user: opening.user,
            csrf: hex(&csrf),
            rights: opening.rights,
            address: opening.address,
            device: opening.device,
            since: now.wall,
            last_use: now.wall,
            password_hash: opening.password_hash.to_owned(),
            made: now.mono,
            seen: now.mono,
            ends: None,
            note: None,
        };
        self.all.insert(key_of(&token), session);
        token
    }

    /// `touch`: a person asked, not a page that refreshes itself.
    pub fn find(&mut self, now: Now, token: &str, touch: bool) -> Option<Session> {
        let session = self.all.get_mut(&key_of(token))?;
        if !session.is_alive(now.mono) {
            self.all.remove(&key_of(token));
            return None;
        }
        if touch {
            session.seen = now.mono;
            session.last_use = now.wall;
        }
        Some(session.clone())
    }

    /// The session goes on under a new token, with these rights and the password of this hash; the old token is good for what is on its
    /// way. `None` if there is no such session, or it has its new token already.
    pub fn rotate(&mut self, now: Instant, token: &str, rights: &Rights, password_hash: &str, new: [u8; TOKEN_BYTES]) -> Option<String> {
        let old = self.all.get_mut(&key_of(token)).filter(|session| session.ends.is_none())?;
        let session = Session { rights: rights.clone(), password_hash: password_hash.to_owned(), ..old.clone() };
        old.ends = Some(now + REPLACED_FOR);
        old.note = None;
        let token = hex(&new);
        self.all.insert(key_of(&token), session);
        Some(token)
    }

    /// Those of a user that are alive, the newest first.
    pub fn of(&self, now: Instant, user: UserId) -> Vec<Session> {
        let is_of = |session: &&Session| session.user == user && session.is_alive(now) && session.ends.is_none();
        let mut sessions: Vec<Session> = self.all.values().filter(is_of).cloned().collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.number));
        sessions
    }

    /// Ends those of the user that `which` holds for.
    pub fn end(&mut self, user: UserId, which: impl Fn(&Session) -> bool) {
        self.all.retain(|_, session| session.user != user || !which(session));
    }

    pub fn close(&mut self, token: &str) {
        self.all.remove(&key_of(token));
    }

    pub fn leave_note(&mut self, token: &str, note: Note) {
        if let Some(session) = self.all.get_mut(&key_of(token)) {
            session.note = Some(note);
        }
    }

    pub fn take_note(&mut self, token: &str) -> Option<Note> {
        self.all.get_mut(&key_of(token))?.note.take()
    }
}

impl Session {
    fn is_alive(&self, now: Instant) -> bool {
        now.since(self.seen) < IDLE_MAX && now.since(self.made) < AGE_MAX && self.ends.is_none_or(|ends| now < ends)
    }

    pub fn is_of_password(&self, password_hash: &str) -> bool {
        self.password_hash == password_hash
    }
}

fn key_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Change, Edit, Kind, Own, Settings};

    const MINUTE: Duration = Duration::from_secs(60);

    fn at(mono: Instant) -> Now {
        Now { mono, wall: Wall::from_millis(0) }
    }

    fn rights(role: &str) -> Rights {
        let own = Own::default().with("username", "anna").with("password_hash", "$argon2id$x").with("role", role);
        let edit = Edit { changes: vec![Change::Put { kind: Kind::User, id: None, own }], based_on: None };
        let settings = Settings::fresh().edited(&edit, &mut || [0; 24]).expect("sound").settings;
        settings.rights(&settings.users[&UserId(1)])
    }

    fn open(sessions: &mut Sessions, now: Instant, seed: u16) -> String {
        let mut token = [0; 32];
        token[..2].copy_from_slice(&seed.to_be_bytes());
        let rights = rights("administrator");
        let opening = Opening { user: UserId(1), password_hash: "hash", rights, address: [127, 0, 0, 1].into(), device: String::new() };
        sessions.open(at(now), opening, token, [0; 16])
    }

    #[test]
    fn a_session_ends_idle_or_old() {
        let mut sessions = Sessions::default();
        let start = Instant::ZERO;
        let token = open(&mut sessions, start, 1);
        assert!(sessions.find(at(start + MINUTE * 59), &token, false).is_some());
        assert!(sessions.find(at(start + MINUTE * 60), &token, false).is_none(), "a refreshing page does not keep it alive");
        let token = open(&mut sessions, start, 2);
        for minute in 1..12 * 60 {
            assert!(sessions.find(at(start + MINUTE * minute), &token, true).is_some());
        }
        assert!(sessions.find(at(start + MINUTE * 12 * 60), &token, true).is_none());
        assert!(sessions.find(at(start), "other", true).is_none());
    }

    #[test]
    fn with_too_many_the_one_idle_longest_ends() {
        let mut sessions = Sessions::default();
        let tokens: Vec<String> =
            (0..=WEB_SESSIONS_MAX as u16).map(|seed| open(&mut sessions, Instant::from_micros(u64::from(seed)), seed)).collect();
        let now = at(Instant::from_micros(10_000));
        assert!(sessions.find(now, &tokens[0], true).is_none());
        assert!(tokens[1..].iter().all(|token| sessions.find(now, token, true).is_some()));
    }

    #[test]
    fn a_replaced_token_is_good_for_what_is_on_its_way() {
        let mut sessions = Sessions::default();
        let start = Instant::ZERO;
        let old = open(&mut sessions, start, 1);
        let new = sessions.rotate(start, &old, &rights("tenant_user"), "hash", [9; 32]).expect("a new token");
        assert!(sessions.rotate(start, &old, &rights("tenant_user"), "hash", [8; 32]).is_none(), "once");
        let find = |sessions: &mut Sessions, seconds, token: &str| sessions.find(at(start + Duration::from_secs(seconds)), token, true);
        assert!(find(&mut sessions, 9, &old).is_some() && find(&mut sessions, 10, &old).is_none());
        let session = find(&mut sessions, 11, &new).expect("it goes on");
        assert_eq!((session.rights, session.number), (rights("tenant_user"), 1));
        assert_eq!(sessions.of(start, UserId(1)).len(), 1);
    }

    #[test]
    fn ones_sessions_are_listed_and_ended() {
        let mut sessions = Sessions::default();
        let tokens = [1, 2, 3].map(|seed| open(&mut sessions, Instant::ZERO, seed));
        let numbers = |sessions: &Sessions| sessions.of(Instant::ZERO, UserId(1)).iter().map(|session| session.number).collect::<Vec<_>>();
        assert_eq!(numbers(&sessions), [3, 2, 1]);
        sessions.end(UserId(2), |_| true);
        sessions.end(UserId(1), |session| session.number == 2);
        assert_eq!(numbers(&sessions), [3, 1]);
        assert!(sessions.find(at(Instant::ZERO), &tokens[1], true).is_none());
        sessions.end(UserId(1), |session| session.number != 3);
        assert_eq!(numbers(&sessions), [3]);
    }
}
