//! HA1 of digest authentication (RFC 2617 3.2.2.2, RFC 7616 3.4.2): the hash of username, realm and password.

use std::fmt;

use md5::{Digest, Md5};
use sha2::Sha256;

use super::{Secret, constant_time_eq};

/// HA1 by MD5. Who has it can log in, so it shows itself no more than a [`Secret`].
#[derive(Clone, Copy)]
pub struct Ha1([u8; 16]);

/// HA1 by SHA-256 (RFC 8760).
#[derive(Clone, Copy)]
pub struct Ha1Sha256([u8; 32]);

pub fn ha1_md5(username: &str, realm: &str, password: &Secret) -> Ha1 {
    Ha1(digest::<Md5>(username, realm, password).into())
}

pub fn ha1_sha256(username: &str, realm: &str, password: &Secret) -> Ha1Sha256 {
    Ha1Sha256(digest::<Sha256>(username, realm, password).into())
}

fn digest<D: Digest>(username: &str, realm: &str, password: &Secret) -> md5::digest::Output<D> {
    let mut hash = D::new();
    for part in [username, ":", realm, ":", password.expose()] {
        hash.update(part.as_bytes());
    }
    hash.finalize()
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Ha1 {
    /// In ASCII, lower case, as it goes into the response's hash.
    pub fn hex(&self) -> [u8; 32] {
        std::array::from_fn(|at| HEX[usize::from(self.0[at / 2] >> (4 * (1 - at % 2)) & 15)])
    }
}

impl Ha1Sha256 {
    /// In ASCII, lower case, as it goes into the response's hash.
    pub fn hex(&self) -> [u8; 64] {
        std::array::from_fn(|at| HEX[usize::from(self.0[at / 2] >> (4 * (1 - at % 2)) & 15)])
    }
}

impl PartialEq for Ha1 {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(&self.0, &other.0)
    }
}

impl Eq for Ha1 {}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Ha1Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ha1_of_the_examples() {
        // RFC 2617 3.5: HA1 of Mufasa.
        let ha1 = ha1_md5("Mufasa", "testrealm@host.com", &Secret::new("Circle Of Life"));
        assert_eq!(&ha1.hex(), b"939e7578ed9e3c518a452acee763bce9");
        // RFC 7616 3.9.1: the same by SHA-256.
        let ha1 = ha1_sha256("Mufasa", "http-auth@example.org", &Secret::new("Circle of Life"));
        assert_eq!(&ha1.hex(), b"7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232");
    }
}
