//! As much SIP as a load generator needs: text out, text in, digest with MD5 (RFC 3261, RFC 7616).
//!
//! It is written apart from the product's own codec, so that a mistake there can't hide here.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use md5::{Digest, Md5};

/// Where the generator's phones are: callers on one address, callees on the other.
pub const CALLERS: &str = "127.0.0.2:16060";
pub const CALLEES: &str = "127.0.0.3:16060";

/// Sent again while nothing comes (RFC 3261 17.1: T1), given up after `PATIENCE`.
const RETRANSMIT: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(8);

/// A phone's socket, and the server that it talks to.
pub struct Phone {
    pub socket: UdpSocket,
    pub address: SocketAddr,
    server: SocketAddr,
}

impl Phone {
    pub fn new(address: &str, server: SocketAddr) -> Self {
        let address: SocketAddr = address.parse().expect("an address");
        assert!(address.ip().is_loopback() && server.ip().is_loopback(), "load stays on this machine");
        let socket = UdpSocket::bind(address).expect("the generator's port is free");
        socket.set_nonblocking(true).expect("a socket can be asynchronous");
        let _ = nix::sys::socket::setsockopt(&socket, nix::sys::socket::sockopt::RcvBufForce, &(16 << 20));
        Phone { socket, address, server }
    }

    pub fn send(&self, text: &str) {
        let _ = self.socket.send_to(text.as_bytes(), self.server);
    }

    pub fn receive(&self) -> Option<String> {
        let mut bytes = [0; 8192];
        let length = self.socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }
}

/// Who an account is; the settings file of `server` says the same.
#[derive(Clone, Copy)]
pub struct Account(pub usize);

impl Account {
    pub fn number(self) -> String {
        format!("{}", 10_000 + self.0)
    }

    pub fn username(self) -> String {
        self.number()
    }

    pub fn password(self) -> String {
        format!("Kq7-{:06}-vX2m-9tRz", self.0)
    }
}

/// A request that waits for its answer.
pub struct Pending {
    text: String,
    sent: Instant,
    again: Instant,
}

impl Pending {
    pub fn send(phone: &Phone, text: String) -> Self {
        phone.send(&text);
        let now = Instant::now();
        Pending { text, sent: now, again: now + RETRANSMIT }
    }

    /// Something provisional came: wait on without sending again.
    pub fn be_quiet(&mut self) {
        self.again = self.sent + 2 * PATIENCE;
    }

    /// Sends again if it is time; false when there is no hope. Returns whether it was sent again.
    pub fn keep_trying(&mut self, phone: &Phone, now: Instant) -> Result<bool, ()> {
        if now.duration_since(self.sent) > PATIENCE {
            return Err(());
        }
        let is_due = now >= self.again;
        if is_due {
            phone.send(&self.text);
            self.again = now + RETRANSMIT * 2;
        }
        Ok(is_due)
    }
}

/// The first header field of that name, without surrounding space.
pub fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    headers(message, name).next()
}

pub fn headers<'a>(message: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let head = message.split("\r\n\r\n").next().unwrap_or("");
    head.split("\r\n").skip(1).filter_map(move |line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The status of a response; nothing for a request.
pub fn status(message: &str) -> Option<u16> {
    message.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
}

pub fn method(message: &str) -> &str {
    message.split(' ').next().unwrap_or("")
}

/// The method that a response answers.
pub fn answered_method(message: &str) -> &str {
    header(message, "CSeq").and_then(|value| value.split_whitespace().nth(1)).unwrap_or("")
}

/// What stands between angle brackets.
pub fn uri_of(value: &str) -> &str {
    value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(value, |(uri, _)| uri)
}

/// A response to `request` that repeats what it must (RFC 3261 8.2.6).
pub fn respond(request: &str, status_line: &str, to_tag: &str, more: &str, body: &str) -> String {
    let mut text = format!("SIP/2.0 {status_line}\r\n");
    for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
        for value in headers(request, name) {
            let tag = if name == "To" && !value.contains(";tag=") && !to_tag.is_empty() { format!(";tag={to_tag}") } else { String::new() };
            text.push_str(&format!("{name}: {value}{tag}\r\n"));
        }
    }
    text.push_str(more);
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text
}

/// The header line that answers a 401 or 407; nothing if no challenge is one that we can answer.
pub fn answer_challenge(message: &str, account: Account, method: &str, uri: &str) -> Option<String> {
    let (field, value) = [("Authorization", "WWW-Authenticate"), ("Proxy-Authorization", "Proxy-Authenticate")]
        .iter()
        .flat_map(|(answer, challenge)| headers(message, challenge).map(move |value| (*answer, value)))
        .find(|(_, value)| parameter(value, "algorithm").is_none_or(|name| name.eq_ignore_ascii_case("MD5")))?;
    let (realm, nonce) = (parameter(value, "realm")?, parameter(value, "nonce")?);
    let (username, cnonce) = (account.username(), "0a4f113b");
    let ha1 = md5(&format!("{username}:{realm}:{}", account.password()));
    let ha2 = md5(&format!("{method}:{uri}"));
    let response = md5(&format!("{ha1}:{nonce}:00000001:{cnonce}:auth:{ha2}"));
    let opaque = parameter(value, "opaque").map_or(String::new(), |opaque| format!(", opaque=\"{opaque}\""));
    Some(format!(
        "{field}: Digest username=\"{username}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
         algorithm=MD5, qop=auth, nc=00000001, cnonce=\"{cnonce}\"{opaque}\r\n"
    ))
}

fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.trim_start_matches("Digest").split(',').find_map(|part| {
        let (key, text) = part.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| text.trim_matches('"'))
    })
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
