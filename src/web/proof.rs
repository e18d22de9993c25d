//! Proving who one is: name, password and, where there is one, the second factor. The login page and changes of a password ask
//! here. (The LDAP server has `ldap::credentials`; there a password alone is never enough for who has a second factor.)
//!
//! A refusal never says what was wrong, not by its bytes and not by its time: who does not exist costs an Argon2id all the same.
//! Failures slow down the address that they come from and nobody else, so nobody locks an owner out; see `tries`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::base::id::UserId;
use crate::base::{Instant, Now};
use crate::secret::{NOBODYS_HASH, Secret, Totp, constant_time_eq, verify_password};
use crate::settings::{Settings, User};

use super::Site;
use super::session::hex;

/// Recovery codes that a user gets.
pub const RECOVERY_CODES: usize = 8;
pub const RECOVERY_RANDOM_BYTES: usize = 10;
/// Nothing that looks like something else.
const RECOVERY_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Of a recovery code's hash, in hexadecimal: 64 bits, for a code of 50 bits that works once.
const RECOVERY_HASH_CHARS: usize = 16;
/// Wrong codes after the right password, in an hour. More: until it is over only recovery codes count. So whoever knows the password
/// guesses one code in 10,000 hours, and the owner still gets in.
const WRONG_CODES_MAX: u32 = 30;
const WRONG_CODES_FOR: Duration = Duration::from_secs(60 * 60);

/// What somebody typed.
pub struct Credentials<'a> {
    pub username: &'a str,
    pub password: &'a Secret,
    /// Of the authenticator app, or a recovery code; empty if nothing was typed.
    pub code: &'a str,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Proof {
    /// With the hash of the recovery code that was spent for it, which must be taken from the user's before anything else is done.
    Right { user: UserId, spent: Option<String> },
    /// Hold the answer back for so long.
    Wrong(Duration),
    /// It was not looked at: this address was wrong too often.
    Wait(Duration),
}

/// Which codes of second factors were used, and guessed.
#[derive(Debug, Default)]
pub struct Codes {
    /// By user: the step of the newest code that was used, or the hash of a recovery code.
    last_steps: BTreeMap<UserId, u64>,
    spent: BTreeMap<UserId, Vec<String>>,
    wrong: BTreeMap<UserId, (u32, Instant)>,
}

impl Site {
    /// For the web page: password and, where it is set, the second factor.
    pub fn prove(&self, settings: &Settings, now: Now, peer: IpAddr, typed: &Credentials<'_>) -> Proof {
        self.proved(settings, now, peer, typed, |user| {
            if !user.web_access {
                return None;
            }
            match Totp::from_base32(user.totp_secret.expose()) {
                None => Some(None),
                Some(totp) => self.codes().check(now, user, &totp, typed.code),
            }
        })
    }

    /// Of who is logged in already, before a password or a second factor changes.
    pub fn prove_again(&self, settings: &Settings, now: Now, peer: IpAddr, user: &User, password: &Secret) -> Proof {
        let typed = Credentials { username: &user.username, password, code: "" };
        self.proved(settings, now, peer, &typed, |_| Some(None))
    }

    fn proved(
        &self,
        settings: &Settings,
        now: Now,
        peer: IpAddr,
        typed: &Credentials<'_>,
        and: impl FnOnce(&User) -> Option<Option<String>>,
    ) -> Proof {
        let wait = self.login_tries().wait(now.mono, peer);
        if !wait.is_zero() {
            return Proof::Wait(wait);
        }
        let user = settings.user_by_username(typed.username.trim());
        let is_right = verify_password(typed.password, user.map_or(NOBODYS_HASH, |user| user.password_hash.as_str()));
        let spent = user.filter(|_| is_right).and_then(|user| Some((user.id, and(user)?)));
        match spent {
            Some((user, spent)) => {
                self.login_tries().succeeded(peer);
                Proof::Right { user, spent }
            }
            None => Proof::Wrong(self.login_tries().failed(now.mono, peer)),
        }
    }
}

impl Codes {
    /// `None`: the code is wrong, old, or was used. `Some(Some(hash))`: it was the recovery code of that hash.
    fn check(&mut self, now: Now, user: &User, totp: &Totp, typed: &str) -> Option<Option<String>> {
        if let Some(hash) = recovery_hash(typed, &user.recovery_codes)
            && !self.spent.get(&user.id).is_some_and(|spent| spent.contains(&hash))
        {
            // Two logins at once may both see it among the user's.
            self.spent.entry(user.id).or_default().push(hash.clone());
            return Some(Some(hash));
        }
        let (wrong, since) =
            self.wrong.get(&user.id).copied().filter(|(_, since)| now.mono.since(*since) < WRONG_CODES_FOR).unwrap_or((0, now.mono));
        let step = totp.step_of(typed, now.wall.as_secs().try_into().unwrap_or(0));
        let is_new = |step: &u64| self.last_steps.get(&user.id).is_none_or(|last| step > last);
        match step.filter(is_new).filter(|_| wrong < WRONG_CODES_MAX) {
            Some(step) => {
                self.last_steps.insert(user.id, step);
                self.wrong.remove(&user.id);
                Some(None)
            }
            None => {
                if wrong == WRONG_CODES_MAX {
                    tracing::warn!(user = %user.username, "somebody who knows the password guesses codes of the second factor");
                }
                self.wrong.insert(user.id, (wrong.saturating_add(1), since));
                None
            }
        }
    }

    /// A code that was shown to be right when the factor was set up is used, too.
    pub fn use_up(&mut self, user: UserId, step: u64) {
        self.last_steps.insert(user, step);
        self.spent.remove(&user);
        self.wrong.remove(&user);
    }
}

/// New recovery codes, and their hashes as the user's setting keeps them.
pub fn recovery_codes(random: [[u8; RECOVERY_RANDOM_BYTES]; RECOVERY_CODES]) -> (Vec<String>, String) {
    let letter = |byte: &u8| char::from(RECOVERY_ALPHABET[usize::from(byte & 31)]);
    let code = |bytes: &[u8; RECOVERY_RANDOM_BYTES]| {
        let letters: String = bytes.iter().map(letter).collect();
        format!("{}-{}", &letters[..5], &letters[5..])
    };
    let codes: Vec<String> = random.iter().map(code).collect();
    let hashes: Vec<String> = codes.iter().map(|code| hash_of(code)).collect();
    (codes, hashes.join(" "))
}

/// The hash of a code, if it is one of these.
fn recovery_hash(typed: &str, hashes: &Secret) -> Option<String> {
    let typed = hash_of(typed);
    // All are looked at, for the time tells nothing then.
    let is_it = |hash: &str| constant_time_eq(hash.as_bytes(), typed.as_bytes());
    hashes.expose().split(' ').fold(None, |found, hash| if is_it(hash) { Some(hash.to_owned()) } else { found })
}

fn hash_of(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    hex(&Sha256::digest(plain.as_bytes()))[..RECOVERY_HASH_CHARS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_kept_as_hashes_and_found_as_people_type_them() {
        let (codes, hashes) = recovery_codes(std::array::from_fn(|at| [at as u8; RECOVERY_RANDOM_BYTES]));
        assert_eq!((codes.len(), codes[1].as_str()), (8, "bbbbb-bbbbb"));
        assert!(!hashes.contains("bbbbb") && hashes.len() <= crate::base::limits::TEXT_CHARS_MAX);
        let hashes = Secret::new(hashes);
        assert!(recovery_hash(" BBBBB bbbbb", &hashes).is_some());
        assert!(recovery_hash("bbbbb-bbbb", &hashes).is_none() && recovery_hash("", &hashes).is_none());
    }
}
