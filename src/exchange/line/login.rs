//! The answer to a challenge of a line (RFC 3261 22.2, RFC 7616). Whether it may be given at all, the caller decides by the address that asks.

use crate::base::Dice;
use crate::secret::{ha1_md5, ha1_sha256};
use crate::settings::Line;
use crate::sip::auth::{Algorithm, Attempt, Challenge};
use crate::sip::message::{CSeq, Name, Request, Response};

/// More proofs than these for one request, some found stale, lead nowhere.
const PROOFS_MAX: u32 = 3;

/// Puts the proof that a 401 or 407 wants into the request that it refused, which gets its next number. False: there is none, or the one that
/// was given was wrong. `request` is as it was sent but for its Via, `proofs` how many were given so far.
pub fn prove(dice: &mut Dice, line: &Line, request: &mut Request, response: &Response, proofs: u32) -> bool {
    let (asks, answers) = match response.status {
        401 => (Name::WwwAuthenticate, Name::Authorization),
        407 => (Name::ProxyAuthenticate, Name::ProxyAuthorization),
        _ => return false,
    };
    if line.username.is_empty() || line.password.is_empty() {
        return false;
    }
    let challenges = response.headers.get_all(&asks).filter_map(|value| Challenge::parse(value).ok());
    let Some(challenge) = challenges.max_by_key(|challenge| challenge.algorithm) else { return false };
    let Some(Ok(cseq)) = request.headers.get(&Name::CSeq).map(CSeq::parse) else { return false };
    let is_given = request.headers.get(&answers).is_some();
    if proofs > PROOFS_MAX || is_given && !challenge.stale {
        return false;
    }
    let (uri, cnonce) = (request.uri.to_string(), dice.token(12));
    let (md5, sha256);
    let ha1: &[u8] = match challenge.algorithm {
        Algorithm::Md5 => {
            md5 = ha1_md5(&line.username, &challenge.realm, &line.password).hex();
            &md5
        }
        Algorithm::Sha256 => {
            sha256 = ha1_sha256(&line.username, &challenge.realm, &line.password).hex();
            &sha256
        }
    };
    let method = request.method.as_str().to_owned();
    let attempt = Attempt { username: &line.username, ha1, method: &method, uri: &uri, cnonce: &cnonce, nc: 1 };
    let proof = challenge.answer(&attempt);
    request.headers.remove_all(&answers);
    request.headers.push(answers, proof);
    request.headers.set(Name::CSeq, CSeq { number: cseq.number + 1, method: request.method.clone() }.to_string());
    true
}
