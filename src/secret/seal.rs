//! Sealing at rest: AES-256-GCM under a key that never leaves the box.
//!
//! ```text
//! sealed:v1:base64( nonce[12] | ciphertext[n] | tag[16] )
//! ```

use std::fmt;

use aes_gcm::aead::Aead;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use sha2::{Digest, Sha256};

use super::{Secret, base64};

pub const KEY_BYTES: usize = 32;
pub const NONCE_BYTES: usize = 12;
const PREFIX: &str = "sealed:v1:";

/// The box's sealing key.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Key(bytes)
    }

    /// A nonce made of what is sealed and where it stands, so that sealing an unchanged secret gives an unchanged text and a
    /// nonce never serves two texts (the idea of RFC 5297). Equal secrets at different places look different.
    pub fn nonce_for(&self, place: &str, secret: &Secret) -> [u8; NONCE_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"trillo nonce v1");
        hash.update(self.0);
        hash.update(u64::try_from(place.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(place.as_bytes());
        hash.update(secret.expose().as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        std::array::from_fn(|at| hash[at])
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A secret that only the box with the right [`Key`] can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    pub fn seal(key: &Key, nonce: [u8; NONCE_BYTES], secret: &Secret) -> Sealed {
        let cipher = Aes256Gcm::new(&key.0.into());
        let ciphertext = cipher.encrypt(&Nonce::from(nonce), secret.expose().as_bytes());
        // The only error of AES-GCM is a text of more than 64 GB.
        let ciphertext = ciphertext.expect("a secret is shorter than 64 GB");
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&ciphertext);
        Sealed(format!("{PREFIX}{}", base64::encode(&bytes)))
    }

    /// `None` if the text does not look like a sealed secret. Whether it can be opened is seen by opening it.
    pub fn from_text(text: &str) -> Option<Sealed> {
        text.starts_with(PREFIX).then(|| Sealed(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `None` if it was sealed under another key or changed since.
    pub fn open(&self, key: &Key) -> Option<Secret> {
        let bytes = base64::decode(self.0.strip_prefix(PREFIX)?)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let clear = Aes256Gcm::new(&key.0.into()).decrypt(&Nonce::from(nonce), ciphertext).ok()?;
        Some(Secret::new(String::from_utf8(clear).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_key_opens() {
        let key = Key::new([7; 32]);
        let secret = Secret::new("pässword");
        let sealed = Sealed::seal(&key, key.nonce_for("account 1 password", &secret), &secret);
        assert!(sealed.as_str().starts_with("sealed:v1:"));
        assert_eq!(sealed.open(&key), Some(secret.clone()));
        assert_eq!(sealed.open(&Key::new([8; 32])), None);
        let again = Sealed::seal(&key, key.nonce_for("account 1 password", &secret), &secret);
        assert_eq!(sealed, again);
        let elsewhere = Sealed::seal(&key, key.nonce_for("account 2 password", &secret), &secret);
        assert_ne!(sealed, elsewhere);
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let key = Key::new([7; 32]);
        let sealed = Sealed::seal(&key, [1; 12], &Secret::new("x"));
        for (at, _) in sealed.as_str().char_indices().skip(PREFIX.len()) {
            let mut text = sealed.as_str().to_owned().into_bytes();
            text[at] = if text[at] == b'A' { b'B' } else { b'A' };
            let text = String::from_utf8(text).unwrap();
            if text != sealed.as_str() {
                assert_eq!(Sealed::from_text(&text).unwrap().open(&key), None, "{text}");
            }
        }
        for text in ["sealed:v1:", "sealed:v1:AAAA", "sealed:v1:=", "sealed:v1:AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Sealed::from_text(text).unwrap().open(&key), None);
        }
        assert_eq!(Sealed::from_text("sealed"), None);
    }
}
