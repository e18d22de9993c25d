//! A client's memory of who challenged it, and its answers (RFC 3261 22.2, 22.3; RFC 7616 3.4; RFC 8760 2.4).
//!
//! In: each 401 or 407, with the request that it answers ([`Client::challenged`]). Out: the proofs in a request ([`Client::prove`]), at once
//! and in every later one, with a count that grows. For whom a password is good, the caller says: a proof goes into no request that it is
//! not asked to put one into, whatever realm the peer names.

use super::{Attempt, Challenge};
use crate::base::limits::CHALLENGES_MAX;
use crate::sip::message::{Name, Request, Response};

/// Name and password, borrowed for one proof.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    pub username: &'a str,
    pub password: &'a str,
}

impl std::fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({:?}, ..)", self.username)
    }
}

/// Challenges that are to be answered, one for each realm of the peer and of the proxies on the way.
#[derive(Clone, Debug, Default)]
pub struct Client {
    known: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    from: From,
    challenge: Challenge,
    /// How often its nonce was used.
    nc: u32,
}

/// Who challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Peer,
    Proxy,
}

/// Why asking again would be of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hopeless {
    /// No challenge that we could answer: no digest, or an algorithm or qop that we do not have.
    NothingKnown,
    /// The proof was fresh and is refused: the password is wrong.
    Refused,
}

impl From {
    const BOTH: [From; 2] = [From::Peer, From::Proxy];

    const fn challenge(self) -> Name {
        match self {
            From::Peer => Name::WwwAuthenticate,
            From::Proxy => Name::ProxyAuthenticate,
        }
    }

    const fn proof(self) -> Name {
        match self {
            From::Peer => Name::Authorization,
            From::Proxy => Name::ProxyAuthorization,
        }
    }
}

impl Client {
    /// Takes a 401 or 407 to a request of ours. Of several challenges of one realm the strongest that we have counts: a peer that offers both
    /// is to get no MD5 from us.
    pub fn challenged(&mut self, request: &Request, response: &Response) -> Result<(), Hopeless> {
        let mut answerable = false;
        for from in From::BOTH {
            let mut strongest: Vec<Challenge> = Vec::new();
            for challenge in response.headers.get_all(&from.challenge()).filter_map(|value| Challenge::parse(value).ok()) {
                match strongest.iter_mut().find(|other| other.realm == challenge.realm) {
                    Some(other) if other.algorithm < challenge.algorithm => *other = challenge,
                    Some(_) => {}
                    None => strongest.push(challenge),
                }
            }
            for challenge in strongest {
                self.take(request, from, challenge)?;
                answerable = true;
            }
        }
        if answerable { Ok(()) } else { Err(Hopeless::NothingKnown) }
    }

    fn take(&mut self, request: &Request, from: From, challenge: Challenge) -> Result<(), Hopeless> {
        let at = self.known.iter().position(|known| known.from == from && known.challenge.realm == challenge.realm);
        if let Some(at) = at {
            let known = &mut self.known[at];
            // A nonce that was good before may have grown old, whether its peer says so or not; one that is new and refused says the rest.
            let was_proved = request.headers.count(&from.proof()) > 0;
            if was_proved && !challenge.stale && known.nc <= 1 {
                return Err(Hopeless::Refused);
            }
            *known = Known { from, challenge, nc: 0 };
        } else {
            if self.known.len() == CHALLENGES_MAX {
                self.known.remove(0);
            }
            self.known.push(Known { from, challenge, nc: 0 });
        }
        Ok(())
    }

    /// Puts a proof for each known challenge into a request, in place of older ones. Its CSeq must be a new one (RFC 3261 22.2).
    pub fn prove(&mut self, request: &mut Request, login: &Login<'_>, cnonce: &str) {
        let (method, uri) = (request.method.as_str().to_owned(), request.uri.to_string());
        for from in From::BOTH {
            request.headers.remove_all(&from.proof());
        }
        for known in &mut self.known {
            known.nc += 1;
            let challenge = &known.challenge;
            let ha1 = challenge.algorithm.hash(&[login.username.as_bytes(), challenge.realm.as_bytes(), login.password.as_bytes()]);
            let attempt = Attempt { username: login.username, ha1: ha1.as_bytes(), method: &method, uri: &uri, cnonce, nc: known.nc };
            request.headers.push(known.from.proof(), challenge.answer(&attempt));
        }
    }

    pub fn is_challenged(&self) -> bool {
        !self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, Credentials};
    use super::*;
    use crate::sip::message::Method;
    use crate::sip::uri::Uri;

    const LOGIN: Login<'_> = Login { username: "Mufasa", password: "Circle of Life" };
    const NONCE: &str = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";

    fn invite() -> Request {
        Request::new(Method::Invite, Uri::parse("sip:bob@biloxi.example.com").unwrap())
    }

    fn response(status: u16, challenges: &[(Name, &str)]) -> Response {
        let mut response = Response::new(status);
        for (name, value) in challenges {
            response.headers.push(name.clone(), *value);
        }
        response
    }

    fn proofs(request: &Request, name: &Name) -> Vec<Credentials> {
        request.headers.get_all(name).map(|value| Credentials::parse(value).unwrap()).collect()
    }

    fn is_right(credentials: &Credentials, method: &str) -> bool {
        let parts: [&[u8]; 3] = [b"Mufasa", credentials.realm.as_bytes(), b"Circle of Life"];
        credentials.verify(credentials.algorithm.hash(&parts).as_bytes(), method)
    }

    #[test]
    fn the_proofs_of_rfc_7616_are_made() {
        // 3.9.1: the same request under both algorithms.
        for (algorithm, response) in [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let text = format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={}, nonce=\"{NONCE}\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
                algorithm.name()
            );
            let challenge = Challenge::parse(&text).unwrap();
            let ha1 = algorithm.hash(&[b"Mufasa", b"http-auth@example.org", b"Circle of Life"]);
            let proof = challenge.answer(&Attempt {
                username: "Mufasa",
                ha1: ha1.as_bytes(),
                method: "GET",
                uri: "/dir/index.html",
                cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                nc: 1,
            });
            assert!(proof.contains(&format!("response=\"{response}\"")), "{proof}");
            assert!(proof.contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""), "{proof}");
        }
    }

    #[test]
    fn the_strongest_of_several_challenges_is_answered_whatever_their_order() {
        // RFC 8760 2.4 leaves the order to the server; an old proxy that turns it round must not weaken the proof.
        let md5 = "Digest realm=\"r\", nonce=\"m\", qop=\"auth\"";
        let sha256 = "Digest realm=\"r\", nonce=\"s\", qop=\"auth\", algorithm=SHA-256";
        let unknown = "Digest realm=\"r\", nonce=\"u\", qop=\"auth\", algorithm=SHA-512-256";
        for order in [[md5, sha256, unknown], [unknown, sha256, md5], [sha256, md5, unknown]] {
            let mut client = Client::default();
            let challenges = order.map(|value| (Name::WwwAuthenticate, value));
            client.challenged(&invite(), &response(401, &challenges)).unwrap();
            let mut request = invite();
            client.prove(&mut request, &LOGIN, "c");
            let proofs = proofs(&request, &Name::Authorization);
            assert_eq!(proofs.len(), 1);
            assert_eq!((proofs[0].algorithm, proofs[0].nonce.as_str()), (Algorithm::Sha256, "s"));
            assert!(is_right(&proofs[0], "INVITE"));
        }
    }

    #[test]
    fn the_count_grows_and_an_old_nonce_is_renewed() {
        let mut client = Client::default();
        let challenge = |nonce: &str, more: &str| {
            response(401, &[(Name::WwwAuthenticate, format!("Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\"{more}").as_str())])
        };
        client.challenged(&invite(), &challenge("a", "")).unwrap();
        let prove = |client: &mut Client| {
            let mut request = invite();
            client.prove(&mut request, &LOGIN, "c");
            let proof = proofs(&request, &Name::Authorization).remove(0);
            assert!(is_right(&proof, "INVITE"));
            (request, proof.nonce.clone(), proof.nc())
        };
        for nc in 1..=3 {
            assert_eq!(prove(&mut client).2, Some(nc));
        }
        // One that forgets to say `stale`.
        let (request, ..) = prove(&mut client);
        client.challenged(&request, &challenge("b", "")).unwrap();
        let (request, nonce, nc) = prove(&mut client);
        assert_eq!((nonce.as_str(), nc), ("b", Some(1)));
        assert_eq!(client.challenged(&request, &challenge("c", "")), Err(Hopeless::Refused), "a fresh proof that is refused");
        client.challenged(&request, &challenge("d", ", stale=true")).unwrap();
        assert_eq!(prove(&mut client).1, "d");
    }

    #[test]
    fn a_peer_and_a_proxy_each_get_their_own() {
        let mut client = Client::default();
        let proxy = response(407, &[(Name::ProxyAuthenticate, "Digest realm=\"p\", nonce=\"1\", opaque=\"o\"")]);
        client.challenged(&invite(), &proxy).unwrap();
        let mut request = invite();
        client.prove(&mut request, &LOGIN, "c");
        let peer = response(401, &[(Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"2\", qop=\"auth\"")]);
        client.challenged(&request, &peer).unwrap();
        client.prove(&mut request, &LOGIN, "c");
        let (to_peer, to_proxy) = (proofs(&request, &Name::Authorization), proofs(&request, &Name::ProxyAuthorization));
        assert_eq!((to_peer.len(), to_proxy.len()), (1, 1));
        assert!(is_right(&to_peer[0], "INVITE") && is_right(&to_proxy[0], "INVITE"));
        assert!(request.headers.get(&Name::ProxyAuthorization).is_some_and(|proof| proof.ends_with("opaque=\"o\"")));
    }

    #[test]
    fn what_cannot_be_answered_is_said() {
        for unknown in [
            "Basic realm=\"r\"",
            "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess",
            "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
        ] {
            let mut client = Client::default();
            let response = response(401, &[(Name::WwwAuthenticate, unknown)]);
            assert_eq!(client.challenged(&invite(), &response), Err(Hopeless::NothingKnown), "{unknown}");
            assert!(!client.is_challenged());
        }
        let mut client = Client::default();
        for realm in 0..3 * CHALLENGES_MAX {
            let challenge = format!("Digest realm=\"{realm}\", nonce=\"n\"");
            client.challenged(&invite(), &response(401, &[(Name::WwwAuthenticate, &challenge)])).unwrap();
        }
        let mut request = invite();
        client.prove(&mut request, &LOGIN, "c");
        assert_eq!(request.headers.count(&Name::Authorization), CHALLENGES_MAX, "so many realms and no more");
        assert_eq!(format!("{LOGIN:?}"), "Login(\"Mufasa\", ..)");
    }
}
