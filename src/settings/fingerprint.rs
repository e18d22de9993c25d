//! The SHA-256 fingerprint of a certificate, as tools print it.

use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// `AB:CD:..` as OpenSSL prints it, or without the colons, in either case. None: it is none.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b':' | b' ')).collect();
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = (value(pair[0])? << 4) | value(pair[1])?;
        }
        Some(Fingerprint(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index > 0 { ":" } else { "" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_tools_print_it() {
        let plain = "00ff".repeat(16);
        let printed = Fingerprint::parse(&plain).expect("a fingerprint").to_string();
        assert!(printed.starts_with("00:FF:00:FF") && printed.len() == 95, "{printed}");
        for same in [printed.as_str(), &plain.to_uppercase(), &printed.replace(':', " ")] {
            assert_eq!(Fingerprint::parse(same), Fingerprint::parse(&plain), "{same}");
        }
        for none in ["", "00ff", &plain[1..], &format!("{plain}00"), &plain.replace('f', "g"), &plain.replace('f', "\u{e8}")] {
            assert_eq!(Fingerprint::parse(none), None, "{none}");
        }
    }
}
