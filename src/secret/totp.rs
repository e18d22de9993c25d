//! One-time codes by time (RFC 6238, with the HOTP of RFC 4226 below): SHA-1, six digits, thirty seconds, as every authenticator app has it.

use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::{Secret, constant_time_eq};

/// 160 bits, as RFC 4226 4 recommends.
pub const KEY_BYTES: usize = 20;
const STEP_SECONDS: u64 = 30;
const DIGITS: usize = 6;
/// Steps before and after the present one whose codes count too: clocks differ, and people type slowly.
const WINDOW: u64 = 1;

/// The key of somebody's codes.
pub struct Totp(Vec<u8>);

impl Totp {
    pub fn new(key: [u8; KEY_BYTES]) -> Totp {
        Totp(key.to_vec())
    }

    /// From base 32 (RFC 4648 6), as people may have typed it: any case, with spaces. `None` if it is no key.
    pub fn from_base32(text: &str) -> Option<Totp> {
        let mut key = Vec::new();
        let (mut bits, mut count) = (0_u32, 0);
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '=') {
            let value = ALPHABET.iter().position(|letter| char::from(*letter) == c.to_ascii_uppercase())?;
            bits = bits << 5 | u32::try_from(value).ok()?;
            count += 5;
            if count >= 8 {
                count -= 8;
                key.push((bits >> count & 0xff) as u8);
            }
        }
        (key.len() >= KEY_BYTES_MIN).then_some(Totp(key))
    }

    pub fn base32(&self) -> Secret {
        let mut text = String::new();
        let (mut bits, mut count) = (0_u32, 0);
        for byte in &self.0 {
            bits = bits << 8 | u32::from(*byte);
            count += 8;
            while count >= 5 {
                count -= 5;
                text.push(char::from(ALPHABET[(bits >> count & 31) as usize]));
            }
        }
        if count > 0 {
            text.push(char::from(ALPHABET[(bits << (5 - count) & 31) as usize]));
        }
        Secret::new(text)
    }

    /// The step whose code this is: now, or one before or after. Whoever asks remembers it, and takes no code of that step or of one
    /// before again (RFC 6238 5.2).
    pub fn step_of(&self, code: &str, unix_seconds: u64) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).take(2 * DIGITS).collect();
        let now = unix_seconds / STEP_SECONDS;
        let mut found = None;
        for step in now.saturating_sub(WINDOW)..=now + WINDOW {
            if constant_time_eq(code.as_bytes(), self.code(step).as_bytes()) {
                found = Some(step);
            }
        }
        found
    }

    /// What the app shows at that time.
    pub fn code_at(&self, unix_seconds: u64) -> String {
        self.code(unix_seconds / STEP_SECONDS)
    }

    fn code(&self, step: u64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("a key of any length fits");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
        format!("{:0DIGITS$}", number % 10_u32.pow(DIGITS as u32))
    }

    /// What an authenticator app reads out of the picture: `otpauth://totp/Trillo:anna?secret=..`.
    pub fn address(&self, issuer: &str, username: &str) -> Secret {
        Secret::new(format!("otpauth://totp/{issuer}:{username}?secret={}&issuer={issuer}", self.base32().expose()))
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// 80 bits: what some programs hand out. Less is no secret.
const KEY_BYTES_MIN: usize = 10;

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_rfc() -> Totp {
        Totp(b"12345678901234567890".to_vec())
    }

    #[test]
    fn codes_of_rfc_6238_appendix_b() {
        // The RFC shows eight digits; six are their end.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(of_the_rfc().code(seconds / STEP_SECONDS), code);
            assert_eq!(of_the_rfc().step_of(code, seconds), Some(seconds / STEP_SECONDS));
        }
    }

    #[test]
    fn codes_of_rfc_4226_appendix_d() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, code) in codes.into_iter().enumerate() {
            assert_eq!(of_the_rfc().code(step as u64), code);
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late() {
        let code = of_the_rfc().code(1000);
        for (seconds, expected) in [(999, true), (1000, true), (1001, true), (998, false), (1002, false)] {
            assert_eq!(of_the_rfc().step_of(&code, seconds * STEP_SECONDS).is_some(), expected, "{seconds}");
        }
        let typed = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(of_the_rfc().step_of(&typed, 1000 * STEP_SECONDS), Some(1000));
        for wrong in ["", "000000", "12345", &code[..5]] {
            assert_eq!(of_the_rfc().step_of(wrong, 1000 * STEP_SECONDS), None);
        }
    }

    #[test]
    fn keys_in_base_32() {
        // RFC 4648 10, without padding.
        for (bytes, text) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(Totp(bytes.as_bytes().to_vec()).base32().expose(), text);
        }
        let key = of_the_rfc().base32();
        assert_eq!(key.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(Totp::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq").map(|totp| totp.0), Some(of_the_rfc().0));
        assert!(Totp::from_base32("MZXW6YTBOI").is_none(), "too short");
        assert!(Totp::from_base32("GEZDGNBVGY3TQOJ1").is_none(), "1 is no letter of base 32");
    }
}
