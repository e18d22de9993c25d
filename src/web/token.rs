//! Tokens of the API: what one looks like, what is kept of it, and when each was used last.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::base::Wall;
use crate::base::id::TokenId;
use crate::settings::{Change, Edit, Fault, Kind, Settings};
use crate::text::fault::Reason;

use super::session::hex;

/// Shows that the token is one of ours, to people and to programs that look for secrets in the wrong places.
const PREFIX: &str = "trillo_";

/// A new token, and the hash that is kept of it.
pub fn new_token(random: &[u8; 32]) -> (String, String) {
    let token = format!("{PREFIX}{}", hex(random));
    let hash = hash_of(&token);
    (token, hash)
}

/// SHA-256 in hexadecimal. A token is 256 bits of chance, so it needs no salt and no slowness.
pub fn hash_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What is wrong with the ends that an edit sets: a token that ended before it is there is of no use to anybody, so its end is a mistake.
pub fn faults_of_ends(edit: &Edit, settings: &Settings, now: Wall) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, change) in edit.changes.iter().enumerate() {
        let Change::Put { kind: Kind::Token, id, own } = change else { continue };
        let Some(ends) = own.get("expires").and_then(Value::as_i64).filter(|ends| *ends <= now.as_secs()) else { continue };
        let there = id.and_then(|id| settings.own(Kind::Token, id));
        if there.and_then(|there| there.get("expires")).and_then(Value::as_i64) != Some(ends) {
            let name = id.map(|id| settings.name_of(Kind::Token, id)).unwrap_or_default();
            faults.push(Fault::beside(Some(at), (Kind::Token, *id), &name, "expires", Reason::Passed));
        }
    }
    faults
}

/// When each was used last, since the start.
#[derive(Debug, Default)]
pub struct TokenUses(BTreeMap<TokenId, Wall>);

impl TokenUses {
    pub fn used(&mut self, token: TokenId, at: Wall) {
        self.0.insert(token, at);
    }

    pub fn last(&self, token: TokenId) -> Option<Wall> {
        self.0.get(&token).copied()
    }
}
