//! A login as a QR code: a SIP URI that a softphone reads instead of typing.

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::base::Transport;

/// White around the code, in modules: a reader needs four (ISO/IEC 18004).
const QUIET: i32 = 4;

/// `sip:anna:secret@box.example:5061;transport=tls`. RFC 3261 19.1.1 has a place for the password, and this is the one way that no maker
/// of softphones owns. Many read it; Linphone, Acrobits and Zoiper each read a format of their own instead.
pub fn login(username: &str, password: &str, server: &str, port: u16, transport: Transport) -> String {
    let scheme = if transport == Transport::Tls { "sips" } else { "sip" };
    let host = if server.contains(':') && !server.starts_with('[') { format!("[{server}]") } else { server.to_owned() };
    format!("{scheme}:{}:{}@{host}:{port};transport={}", escaped(username), escaped(password), transport.name())
}

/// RFC 3261 25.1: what may stand in user and password as it is.
fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    text.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The code as a drawing; nothing if the text is too long for one.
pub fn drawing(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return html! {} };
    let size = code.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    let side = size + 2 * QUIET;
    html! {
        svg.qr role="img" aria-label=(label) viewBox={ "0 0 " (side) " " (side) } width="200" height="200" shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_a_sip_uri() {
        let check = |username, password, server, port, transport, expected| {
            assert_eq!(login(username, password, server, port, transport), expected);
        };
        check("101", "a:b@c/d", "192.0.2.1", 5060, Transport::Udp, "sip:101:a%3Ab%40c%2Fd@192.0.2.1:5060;transport=udp");
        check("anna-soft", "x", "2001:db8::1", 5061, Transport::Tls, "sips:anna-soft:x@[2001:db8::1]:5061;transport=tls");
    }

    #[test]
    fn the_drawing_has_its_corners_and_white_around() {
        let drawn = drawing("sip:101:x@box", "code").into_string();
        assert!(drawn.contains("M4,4h1v1h-1z") && drawn.contains("viewBox=\"0 0 29 29\""), "{drawn}");
        assert!(!drawn.contains("M3,") && !drawn.contains(",3h"), "nothing stands in the white");
        assert_eq!(drawing(&"x".repeat(5_000), "code").into_string(), "");
    }
}
