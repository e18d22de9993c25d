//! A request that asks to become a WebSocket (RFC 6455 4) which carries SIP (RFC 7118 5).
//!
//! The origin of the page that asks is not looked at: a page of another site reaches nothing by it, for no cookie counts here and whoever
//! registers or calls proves an account's password by digest, as over any other transport.

use super::request::Refusal;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The path of SIP at the ports of the web.
pub const SIP_PATH: &str = "/sip";
const VERSION: &str = "13";
const PROTOCOL: &str = "sip";

/// What a head says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// `Connection` names `upgrade`.
    is_connection: bool,
    /// `Upgrade` names `websocket`.
    is_websocket: bool,
    version: Option<String>,
    key: Option<String>,
    protocols: Vec<String>,
}

impl Upgrade {
    /// Takes a header field; its name is in lower case.
    pub fn note(&mut self, name: &str, value: &str) {
        let mut tokens = value.split(',').map(str::trim);
        match name {
            "connection" => self.is_connection |= tokens.any(|token| token.eq_ignore_ascii_case("upgrade")),
            "upgrade" => self.is_websocket |= tokens.any(|token| token.eq_ignore_ascii_case("websocket")),
            "sec-websocket-version" => self.version = Some(value.to_owned()),
            "sec-websocket-key" => self.key = Some(value.to_owned()),
            "sec-websocket-protocol" => self.protocols.extend(tokens.map(str::to_owned)),
            _ => {}
        }
    }

    pub const fn is_asked_for(&self) -> bool {
        self.is_connection && self.is_websocket
    }

    /// The head of the answer, behind which the connection is a WebSocket.
    pub fn accept(&self, method: &str) -> Result<Vec<u8>, Refusal> {
        let refusal = |status, why| Err(Refusal { status, why });
        if method != "GET" || !self.is_asked_for() {
            return refusal(426, "Here is SIP over WebSocket, for telephones in browsers");
        }
        if self.version.as_deref() != Some(VERSION) {
            return refusal(426, "Only version 13 of WebSocket is spoken here");
        }
        let Some(key) = self.key.as_ref().filter(|key| is_key(key)) else { return refusal(400, "a broken Sec-WebSocket-Key") };
        if !self.protocols.iter().any(|protocol| protocol.eq_ignore_ascii_case(PROTOCOL)) {
            return refusal(400, "Only the WebSocket protocol sip is spoken here");
        }
        let accept = derive_accept_key(key.as_bytes());
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\
             Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
        );
        Ok(head.into_bytes())
    }
}

/// What a 426 must say beside its page (RFC 9110 15.5.22, RFC 6455 4.4).
pub fn wanted() -> [(String, String); 2] {
    [("Upgrade", "websocket"), ("Sec-WebSocket-Version", VERSION)].map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// Sixteen bytes in base64.
fn is_key(key: &str) -> bool {
    key.len() == 24 && key.ends_with("==") && key.bytes().take(22).all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &[(&str, &str)] = &[
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "xmpp, sip"),
    ];

    /// The status that the head gets, with one header field replaced.
    fn status(name: &str, value: &str) -> u16 {
        let mut upgrade = Upgrade::default();
        for (known, usual) in ASKED {
            upgrade.note(known, if *known == name { value } else { usual });
        }
        upgrade.accept("GET").map_or_else(|refusal| refusal.status, |_| 101)
    }

    #[test]
    fn the_key_is_answered_as_in_rfc_6455() {
        let mut upgrade = Upgrade::default();
        ASKED.iter().for_each(|(name, value)| upgrade.note(name, value));
        let head = String::from_utf8(upgrade.accept("GET").unwrap()).unwrap();
        assert!(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n"), "{head}");
        assert_eq!(upgrade.accept("POST").unwrap_err().status, 426);
    }

    #[test]
    fn what_is_no_websocket_of_ours_is_refused() {
        for (name, value, expected) in [
            ("", "", 101),
            ("connection", "close", 426),
            ("upgrade", "h2c", 426),
            ("sec-websocket-version", "8", 426),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ", 400),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25j\r\n==", 400),
            ("sec-websocket-protocol", "xmpp", 400),
        ] {
            assert_eq!(status(name, value), expected, "{name}: {value}");
        }
    }
}
