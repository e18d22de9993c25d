//! Passwords of people, kept as Argon2id hashes in the PHC form, and passwords of phones, generated.

use argon2::{Algorithm, Argon2, Params, Version};

use super::{Secret, base64, constant_time_eq};

pub const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// 19 MiB, two passes, one lane: OWASP's first choice, and what a small board does in half a second.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// What we are ready to spend on a hash that somebody else wrote.
const MEMORY_KIB_MAX: u32 = 64 * 1024;
const PASSES_MAX: u32 = 10;

/// Verified in place of a user that does not exist, so that both take as long.
pub const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Argon2id of a password: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
pub fn hash_password(password: &Secret, salt: [u8; SALT_BYTES]) -> String {
    let hash = argon2id(password, &salt, MEMORY_KIB, PASSES).expect("these parameters are valid");
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${}${}", base64::encode(&salt), base64::encode(&hash))
}

/// False for a wrong password and for a text that is no hash of ours.
pub fn verify_password(password: &Secret, hash: &str) -> bool {
    let Some((memory_kib, passes, salt, expected)) = parse(hash) else { return false };
    argon2id(password, &salt, memory_kib, passes).is_some_and(|actual| constant_time_eq(&actual, &expected))
}

fn parse(hash: &str) -> Option<(u32, u32, Vec<u8>, Vec<u8>)> {
    let mut parts = hash.strip_prefix("$argon2id$v=19$m=")?.split('$');
    let (parameters, salt, expected) = (parts.next()?, parts.next()?, parts.next()?);
    let (memory_kib, rest) = parameters.split_once(",t=")?;
    let passes = rest.strip_suffix(",p=1")?;
    let (memory_kib, passes) = (memory_kib.parse().ok()?, passes.parse().ok()?);
    let (salt, expected) = (base64::decode(salt)?, base64::decode(expected)?);
    let fits = parts.next().is_none() && expected.len() == HASH_BYTES && memory_kib <= MEMORY_KIB_MAX && passes <= PASSES_MAX;
    fits.then_some((memory_kib, passes, salt, expected))
}

fn argon2id(password: &Secret, salt: &[u8], memory_kib: u32, passes: u32) -> Option<[u8; HASH_BYTES]> {
    let parameters = Params::new(memory_kib, passes, 1, Some(HASH_BYTES)).ok()?;
    let mut hash = [0; HASH_BYTES];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    argon2.hash_password_into(password.expose().as_bytes(), salt, &mut hash).ok()?;
    Some(hash)
}

/// A password of 24 characters (120 bits) that can be typed on a phone: no capitals, nothing that looks alike.
pub fn generated_password(random: [u8; 24]) -> Secret {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    Secret::new(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_verifies() {
        let hash = hash_password(&Secret::new("correct horse"), [3; SALT_BYTES]);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password(&Secret::new("correct horse"), &hash));
        assert!(!verify_password(&Secret::new("correct horsf"), &hash));
        for other in ["", "$argon2id$", "$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", &hash[..hash.len() - 1]] {
            assert!(!verify_password(&Secret::new("correct horse"), other), "{other}");
        }
    }

    #[test]
    fn nobody_has_a_hash_that_costs_as_much_as_any() {
        assert!(!verify_password(&Secret::new(""), NOBODYS_HASH));
        let parameters = |hash: &str| hash.rsplitn(3, '$').nth(2).map(str::to_owned);
        let real = hash_password(&Secret::new("x"), [0; SALT_BYTES]);
        assert_eq!(parameters(NOBODYS_HASH), parameters(&real));
        assert_eq!(NOBODYS_HASH.len(), real.len());
    }

    #[test]
    fn generated_passwords_are_long_and_plain() {
        let password = generated_password(std::array::from_fn(|at| at as u8 * 11));
        assert_eq!(password.expose().len(), 24);
        assert!(password.expose().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }
}
