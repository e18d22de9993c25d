//! Tokens of the API: what one looks like, what is kept of it, and when each was used last.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::base::Wall;
use crate::base::id::TokenId;

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
