//! The phone's side of digest authentication (RFC 2617 with qop=auth), written for the town alone.

use md5::{Digest, Md5};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub realm: String,
    pub nonce: String,
    pub stale: bool,
}

impl Challenge {
    pub fn read(value: &str) -> Option<Challenge> {
        let rest = value.trim().strip_prefix("Digest ")?;
        Some(Challenge {
            realm: parameter(rest, "realm")?,
            nonce: parameter(rest, "nonce")?,
            stale: parameter(rest, "stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    pub fn answer(&self, username: &str, password: &str, method: &str, uri: &str, nc: u32, cnonce: &str) -> String {
        let Challenge { realm, nonce, .. } = self;
        let ha1 = hash(&format!("{username}:{realm}:{password}"));
        let ha2 = hash(&format!("{method}:{uri}"));
        let response = hash(&format!("{ha1}:{nonce}:{nc:08x}:{cnonce}:auth:{ha2}"));
        format!(
            "Digest username=\"{username}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
             algorithm=MD5, qop=auth, nc={nc:08x}, cnonce=\"{cnonce}\""
        )
    }
}

/// A parameter of a challenge or of credentials. No value of ours holds a comma or an escape.
pub fn parameter(text: &str, name: &str) -> Option<String> {
    text.trim_start_matches("Digest ").split(',').find_map(|parameter| {
        let (own, value) = parameter.split_once('=')?;
        own.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn hash(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
