//! Digest authentication (RFC 3261 22, RFC 7616, RFC 8760), both sides of it.
//!
//! As a server: a [`Challenge`] writes itself into WWW-Authenticate with a nonce of [`Nonces::issue`]; [`Credentials::parse`] reads the answer
//! out of Authorization; first [`Credentials::verify`], then [`Nonces::check`]. In this order, because only who knows the secret may use up a
//! nonce, and because `stale=true` is for who has proved the secret alone (RFC 7616 3.3). As a client: [`Client`] remembers who challenged,
//! and proves. Only qop=auth; `auth-int`, the `-sess` algorithms and `username*` are not spoken.

mod client;
mod nonces;
mod parameters;

pub use client::{Client, Hopeless, Login};
pub use nonces::{Freshness, NonceKey, Nonces};

use std::fmt::{self, Write};
use std::hint::black_box;

use md5::Md5;
use sha2::{Digest, Sha256};

use parameters::Parameters;

use super::message::Method;
use super::uri::Uri;

/// The hash of a digest. Several may be offered, each in a header of its own, the best first (RFC 8760 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    Md5,
    Sha256,
}

impl Algorithm {
    pub const ALL: [Algorithm; 2] = [Algorithm::Md5, Algorithm::Sha256];

    /// As in the `algorithm` parameter.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    pub fn from_name(name: &str) -> Option<Algorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The hash of the parts with colons between them: HA1 is the hash of username, realm and password.
    pub fn hash(self, parts: &[&[u8]]) -> Hex {
        match self {
            Algorithm::Md5 => Hex::of(&joined::<Md5>(parts)),
            Algorithm::Sha256 => Hex::of(&joined::<Sha256>(parts)),
        }
    }
}

fn joined<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update(b":");
        }
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// A hash in lower-case hexadecimal digits. It may be a secret (HA1), so `Debug` hides it.
#[derive(Clone, Copy)]
pub struct Hex {
    digits: [u8; 64],
    length: usize,
}

impl Hex {
    fn of(hash: &[u8]) -> Hex {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = Hex { digits: [0; 64], length: hash.len() * 2 };
        for (pair, byte) in hex.digits.chunks_exact_mut(2).zip(hash) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        hex
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.digits[..self.length]
    }

    pub fn as_str(&self) -> &str {
        // Hexadecimal digits are always text.
        std::str::from_utf8(self.as_bytes()).unwrap_or("")
    }

    /// Takes as long wherever the first difference is.
    pub fn is(&self, other: &[u8]) -> bool {
        let differences = self.as_bytes().iter().zip(other).fold(0, |sum, (a, b)| black_box(sum | (a ^ b)));
        black_box(differences) == 0 && other.len() == self.length
    }
}

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hex(..)")
    }
}

/// What proves knowledge of the secret: one formula for both sides (RFC 7616 3.4.1; RFC 2069 without qop).
struct Proof<'a> {
    algorithm: Algorithm,
    nonce: &'a str,
    method: &'a str,
    uri: &'a str,
    /// The nonce count as written and the cnonce.
    qop: Option<(&'a str, &'a str)>,
}

impl Proof<'_> {
    fn response(&self, ha1: &[u8]) -> Hex {
        let ha2 = self.algorithm.hash(&[self.method.as_bytes(), self.uri.as_bytes()]);
        let nonce = self.nonce.as_bytes();
        match self.qop {
            Some((nc, cnonce)) => self.algorithm.hash(&[ha1, nonce, nc.as_bytes(), cnonce.as_bytes(), b"auth", ha2.as_bytes()]),
            None => self.algorithm.hash(&[ha1, nonce, ha2.as_bytes()]),
        }
    }
}

/// The value of a WWW-Authenticate or Proxy-Authenticate header; `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub realm: String,
    pub nonce: String,
    pub algorithm: Algorithm,
    pub stale: bool,
    /// Whether qop=auth is offered. We always do; some lines do not.
    pub qop: bool,
    pub opaque: Option<String>,
}

/// A client's side of an answer.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    pub username: &'a str,
    /// The hash of username, realm and password, in hexadecimal digits.
    pub ha1: &'a [u8],
    pub method: &'a str,
    /// The Request-URI.
    pub uri: &'a str,
    pub cnonce: &'a str,
    /// How often this nonce has been used, this time included.
    pub nc: u32,
}

impl Challenge {
    /// A challenge of ours.
    pub fn new(realm: impl Into<String>, nonce: String, algorithm: Algorithm, stale: bool) -> Challenge {
        Challenge { realm: realm.into(), nonce, algorithm, stale, qop: true, opaque: None }
    }

    pub fn parse(value: &str) -> Result<Challenge, Malformed> {
        let mut parameters = Parameters::of_digest(value)?;
        Ok(Challenge {
            realm: parameters.take("realm").ok_or(Malformed::Parameter("realm"))?,
            nonce: parameters.take("nonce").ok_or(Malformed::Parameter("nonce"))?,
            algorithm: algorithm(&mut parameters)?,
            stale: parameters.take("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            qop: match parameters.take("qop") {
                None => false,
                Some(list) if list.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) => true,
                Some(_) => return Err(Malformed::Parameter("qop=auth")),
            },
            opaque: parameters.take("opaque"),
        })
    }

    /// The value of the Authorization header that answers this challenge.
    pub fn answer(&self, attempt: &Attempt<'_>) -> String {
        let nc = format!("{:08x}", attempt.nc);
        let proof = Proof {
            algorithm: self.algorithm,
            nonce: &self.nonce,
            method: attempt.method,
            uri: attempt.uri,
            qop: self.qop.then_some((nc.as_str(), attempt.cnonce)),
        };
        let mut value = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\", algorithm={}",
            Quoted(attempt.username),
            Quoted(&self.realm),
            Quoted(&self.nonce),
            Quoted(attempt.uri),
            proof.response(attempt.ha1).as_str(),
            self.algorithm.name()
        );
        // Writing to a String cannot fail.
        if self.qop {
            let _ = write!(value, ", qop=auth, nc={nc}, cnonce={}", Quoted(attempt.cnonce));
        }
        if let Some(opaque) = &self.opaque {
            let _ = write!(value, ", opaque={}", Quoted(opaque));
        }
        value
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm={}, nonce={}, algorithm={}", Quoted(&self.realm), Quoted(&self.nonce), self.algorithm.name())?;
        if self.qop {
            f.write_str(", qop=\"auth\"")?;
        }
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", Quoted(opaque))?;
        }
        if self.stale { f.write_str(", stale=true") } else { Ok(()) }
    }
}

/// A quoted-string (RFC 3261 25.1). Control characters become spaces, so that no value can begin a header of its own.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_ascii_control() => f.write_char(' ')?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Why an Authorization header, or a challenge, cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Basic, Bearer and the like: not ours to judge; another header may hold a digest.
    Scheme,
    /// A digest with an algorithm that we never offer.
    Algorithm,
    /// What was expected.
    Parameter(&'static str),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Scheme => f.write_str("not a digest"),
            Malformed::Algorithm => f.write_str("digest with an algorithm that was not offered"),
            Malformed::Parameter(expected) => write!(f, "digest: expected {expected}"),
        }
    }
}

impl std::error::Error for Malformed {}

/// The value of an Authorization header: a claim until [`Credentials::verify`] says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub realm: String,
    pub nonce: String,
    pub uri: String,
    pub algorithm: Algorithm,
    /// None: the answer of an RFC 2069 client.
    pub qop: Option<Qop>,
    response: String,
}

/// What comes with qop=auth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qop {
    pub nc: u32,
    pub cnonce: String,
    /// The proof covers the count as it was written, `0000000A` or `0000000a`.
    nc_text: String,
}

impl Credentials {
    pub fn parse(value: &str) -> Result<Credentials, Malformed> {
        let mut parameters = Parameters::of_digest(value)?;
        let algorithm = algorithm(&mut parameters)?;
        let qop = match parameters.take("qop") {
            None => None,
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let nc_text = parameters.take("nc").filter(|nc| nc.len() == 8 && nc.bytes().all(|digit| digit.is_ascii_hexdigit()));
                let nc_text = nc_text.ok_or(Malformed::Parameter("nc of 8 hexadecimal digits"))?;
                let nc = u32::from_str_radix(&nc_text, 16).map_err(|_| Malformed::Parameter("nc of 8 hexadecimal digits"))?;
                Some(Qop { nc, cnonce: parameters.take("cnonce").ok_or(Malformed::Parameter("cnonce"))?, nc_text })
            }
            Some(_) => return Err(Malformed::Parameter("qop=auth")),
        };
        let mut required = |name| parameters.take(name).ok_or(Malformed::Parameter(name));
        Ok(Credentials {
            username: required("username")?,
            realm: required("realm")?,
            nonce: required("nonce")?,
            uri: required("uri")?,
            response: required("response")?.to_ascii_lowercase(),
            algorithm,
            qop,
        })
    }

    /// Whether the proof is meant for what the request asks for (RFC 7616 3.4.6), so that nobody turns a call of one to somebody else.
    ///
    /// What counts is whom the URIs name, for we look at nothing else of a Request-URI. Scheme, host, port and parameters may differ: phones
    /// write the domain in one and the address in the other, leave the port or `transport` out, and routers rewrite the request line. A
    /// proof without user is one for us, whatever is asked; a few phones make only such. A REGISTER names its user in To; some phones write
    /// him into one of the two URIs as well.
    pub fn is_meant_for(&self, method: &Method, uri: &Uri) -> bool {
        let (Ok(proved), Uri::Sip(_) | Uri::Tel { .. }) = (Uri::parse(&self.uri), uri) else { return false };
        match (proved.user(), uri.user()) {
            _ if matches!(proved, Uri::Other { .. }) => false,
            (None, _) => true,
            (Some(_), None) => *method == Method::Register,
            (proved, asked) => proved == asked,
        }
    }

    /// The nonce count, for [`Nonces::check`].
    pub fn nc(&self) -> Option<u32> {
        self.qop.as_ref().map(|qop| qop.nc)
    }

    /// The response that whoever knows the secret gives. `ha1` is the hash of username, realm and password in hexadecimal digits.
    pub fn expected(&self, ha1: &[u8], method: &str) -> Hex {
        let qop = self.qop.as_ref().map(|qop| (qop.nc_text.as_str(), qop.cnonce.as_str()));
        Proof { algorithm: self.algorithm, nonce: &self.nonce, method, uri: &self.uri, qop }.response(ha1)
    }

    /// Whether the response proves knowledge of the secret. Says nothing about the nonce: [`Nonces::check`] comes next.
    #[must_use]
    pub fn verify(&self, ha1: &[u8], method: &str) -> bool {
        self.expected(ha1, method).is(self.response.as_bytes())
    }
}

/// An absent algorithm is MD5 (RFC 7616 3.3).
fn algorithm(parameters: &mut Parameters) -> Result<Algorithm, Malformed> {
    match parameters.take("algorithm") {
        None => Ok(Algorithm::Md5),
        Some(name) => Algorithm::from_name(&name).ok_or(Malformed::Algorithm),
    }
}

#[cfg(test)]
mod tests;
