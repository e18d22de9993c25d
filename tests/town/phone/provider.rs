//! What a provider has besides its phone: a registrar with one account, and a proxy that wants a proof before it calls anybody.

use trillo::base::Instant;

use crate::town::digest::{Challenge, parameter as digest_parameter};
use crate::town::message::{Message, Start, uri_of};

/// What comes of a REGISTER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrar {
    Works,
    /// Whatever the proof says.
    Refuses(u16),
    Silent,
}

/// Of its registrar, and of its proxy.
const REALM: &str = "provider";

#[derive(Clone, Debug)]
pub struct Provider {
    pub username: String,
    pub password: String,
    pub registrar: Registrar,
    /// The shortest registration, in seconds.
    pub expires_min: u32,
    /// Whether calls must prove who they are.
    pub wants_proof: bool,
    /// And whatever changes or ends one.
    pub wants_proof_within: bool,
    /// Of the proxies on the way to whom is called: each wants a proof of its own.
    pub realms: Vec<&'static str>,
    /// Where the account is registered.
    pub contact: Option<String>,
    /// Every REGISTER with the right proof: when, and for how many seconds.
    pub registered: Vec<(Instant, u32)>,
    /// Every proof that was given, right or wrong.
    pub proofs: usize,
    nonces: u32,
}

impl Provider {
    pub fn new(username: &str, password: &str) -> Provider {
        Provider {
            username: username.to_owned(),
            password: password.to_owned(),
            registrar: Registrar::Works,
            expires_min: 60,
            wants_proof: true,
            wants_proof_within: false,
            realms: vec![REALM],
            contact: None,
            registered: Vec::new(),
            proofs: 0,
            nonces: 0,
        }
    }

    /// The user part of the Contact that is registered.
    pub fn user(&self) -> &str {
        crate::town::message::user_of(self.contact.as_deref().expect("registered"))
    }

    /// Its answer to a request, if it is not the phone's to give; the inner `None` is no answer at all.
    pub fn answer(&mut self, now: Instant, request: &Message) -> Option<Option<Message>> {
        match request.method() {
            "REGISTER" => Some(self.register(now, request)),
            "INVITE" if request.answerer_tag().is_none() => self.challenged(request, self.wants_proof),
            "INVITE" | "UPDATE" | "BYE" => self.challenged(request, self.wants_proof_within),
            _ => None,
        }
    }

    fn challenged(&mut self, request: &Message, wants_proof: bool) -> Option<Option<Message>> {
        let realms = if wants_proof { self.realms.clone() } else { Vec::new() };
        let lacking = realms.into_iter().find(|realm| !self.is_proved(request, "Proxy-Authorization", realm))?;
        Some(Some(self.challenge(request, 407, "Proxy-Authenticate", lacking)))
    }

    /// What proved something until now proves nothing any more.
    pub fn renew(&mut self) {
        self.nonces += 1;
    }

    fn register(&mut self, now: Instant, request: &Message) -> Option<Message> {
        match self.registrar {
            Registrar::Silent => return None,
            Registrar::Refuses(status) => return Some(Message::response(request, status, "registrar")),
            Registrar::Works => {}
        }
        if !self.is_proved(request, "Authorization", REALM) {
            return Some(self.challenge(request, 401, "WWW-Authenticate", REALM));
        }
        let expires: u32 = request.text("Expires").parse().expect("a number");
        if expires != 0 && expires < self.expires_min {
            return Some(Message::response(request, 423, "registrar").with("Min-Expires", self.expires_min.to_string()));
        }
        let contact = request.text("Contact");
        self.registered.push((now, expires));
        self.contact = (expires > 0).then(|| uri_of(contact).to_owned());
        let response = Message::response(request, 200, "registrar");
        // Somebody else's comes first.
        let response = response.with("Contact", "<sip:other@192.0.2.99>;expires=7");
        Some(if expires > 0 { response.with("Contact", format!("{contact};expires={expires}")) } else { response })
    }

    fn challenge(&mut self, request: &Message, status: u16, name: &str, realm: &str) -> Message {
        // With several realms one nonce must hold until all are proved.
        if self.realms.first() == Some(&realm) {
            self.nonces += 1;
        }
        let challenge = format!("Digest realm=\"{realm}\", nonce=\"n{}\", algorithm=MD5, qop=\"auth\"", self.nonces);
        Message::response(request, status, "proxy").with(name, challenge)
    }

    fn is_proved(&mut self, request: &Message, name: &str, realm: &str) -> bool {
        let proofs = request.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, proof)| proof.as_str());
        let Some(proof) = proofs.into_iter().find(|proof| digest_parameter(proof, "realm").as_deref() == Some(realm)) else { return false };
        self.proofs += 1;
        let get = |name| digest_parameter(proof, name).unwrap_or_default();
        let challenge = Challenge { realm: realm.to_owned(), nonce: format!("n{}", self.nonces), stale: false };
        let nc = u32::from_str_radix(&get("nc"), 16).unwrap_or(0);
        let Start::Request { method, uri } = &request.start else { return false };
        assert_eq!(get("uri"), *uri, "the proof is for this request");
        let right = challenge.answer(&self.username, &self.password, method, uri, nc, &get("cnonce"));
        get("username") == self.username && digest_parameter(&right, "response") == digest_parameter(proof, "response")
    }
}
