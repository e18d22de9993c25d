//! Who is logged in. Sessions live in memory: a restart logs everybody out.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::base::Instant;
use crate::base::id::{AccountId, UserId};
use crate::base::limits::WEB_SESSIONS_MAX;

/// Without a page asked for in this time a session is over.
const IDLE_MAX: Duration = Duration::from_secs(60 * 60);
/// However busy, a session is over after this.
const AGE_MAX: Duration = Duration::from_secs(12 * 60 * 60);

pub const TOKEN_BYTES: usize = 32;

#[derive(Clone, Debug)]
pub struct Session {
    pub user: UserId,
    /// What every form must send along.
    pub csrf: String,
    /// Of the password it was made with; another one ends the session.
    password_hash: String,
    made: Instant,
    seen: Instant,
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
}

/// All sessions, under the hash of their token, so that reading memory out does not give a cookie.
#[derive(Debug, Default)]
pub struct Sessions {
    all: BTreeMap<[u8; 32], Session>,
}

impl Sessions {
    /// A new session under a new token, which is what rotation at login means: nothing from before the login is worth anything.
    pub fn open(&mut self, now: Instant, user: UserId, password_hash: &str, token: [u8; TOKEN_BYTES], csrf: [u8; 16]) -> String {
        self.all.retain(|_, session| session.is_alive(now));
        if self.all.len() >= WEB_SESSIONS_MAX {
            let oldest = self.all.iter().min_by_key(|(_, session)| session.seen).map(|(key, _)| *key);
            oldest.map(|key| self.all.remove(&key));
        }
        let token = hex(&token);
        let password_hash = password_hash.to_owned();
        self.all.insert(key_of(&token), Session { user, csrf: hex(&csrf), password_hash, made: now, seen: now, note: None });
        token
    }

    /// `touch`: a person asked, not a page that refreshes itself.
    pub fn find(&mut self, now: Instant, token: &str, touch: bool) -> Option<Session> {
        let session = self.all.get_mut(&key_of(token))?;
        if !session.is_alive(now) {
            self.all.remove(&key_of(token));
            return None;
        }
        if touch {
            session.seen = now;
        }
        Some(session.clone())
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
        now.since(self.seen) < IDLE_MAX && now.since(self.made) < AGE_MAX
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

    const MINUTE: Duration = Duration::from_secs(60);

    fn open(sessions: &mut Sessions, now: Instant, seed: u16) -> String {
        let mut token = [0; 32];
        token[..2].copy_from_slice(&seed.to_be_bytes());
        sessions.open(now, UserId(1), "hash", token, [0; 16])
    }

    #[test]
    fn a_session_ends_idle_or_old() {
        let mut sessions = Sessions::default();
        let start = Instant::ZERO;
        let token = open(&mut sessions, start, 1);
        assert!(sessions.find(start + MINUTE * 59, &token, false).is_some());
        assert!(sessions.find(start + MINUTE * 60, &token, false).is_none(), "a refreshing page does not keep it alive");
        let token = open(&mut sessions, start, 2);
        for minute in 1..12 * 60 {
            assert!(sessions.find(start + MINUTE * minute, &token, true).is_some());
        }
        assert!(sessions.find(start + MINUTE * 12 * 60, &token, true).is_none());
        assert!(sessions.find(start, "other", true).is_none());
    }

    #[test]
    fn with_too_many_the_one_idle_longest_ends() {
        let mut sessions = Sessions::default();
        let tokens: Vec<String> =
            (0..=WEB_SESSIONS_MAX as u16).map(|seed| open(&mut sessions, Instant::from_micros(u64::from(seed)), seed)).collect();
        let now = Instant::from_micros(10_000);
        assert!(sessions.find(now, &tokens[0], true).is_none());
        assert!(tokens[1..].iter().all(|token| sessions.find(now, token, true).is_some()));
    }
}
