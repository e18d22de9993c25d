//! The setup code: what proves that somebody stands before the box.

use crate::secret::constant_time_eq;

/// Nothing that looks like something else: no I, L, O, 0, 1.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const CHARS: usize = 8;
pub const RANDOM_BYTES: usize = 16;

/// Eight characters, grouped 4-4: `K7QM-X2RD`. 39 bits; `tries` says how fast they can be guessed.
pub fn setup_code(random: [u8; RANDOM_BYTES]) -> String {
    let mut code = String::new();
    for pair in random.chunks_exact(2).take(CHARS) {
        // 16 bits into 31 letters: the bias is below one in two thousand.
        let letter = usize::from(u16::from_be_bytes([pair[0], pair[1]])) % ALPHABET.len();
        if code.len() == CHARS / 2 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[letter]));
    }
    code
}

/// Any case, with or without the dash and spaces.
pub fn is_setup_code(typed: &str, code: &str) -> bool {
    constant_time_eq(plain(typed).as_bytes(), plain(code).as_bytes())
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(2 * CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_accepted_as_people_type_it() {
        let code = setup_code(std::array::from_fn(|at| (at * 37) as u8));
        assert_eq!(code.len(), 9);
        assert_eq!(code.as_bytes()[4], b'-');
        assert!(is_setup_code(&code, &code));
        assert!(is_setup_code(&code.to_lowercase().replace('-', " "), &code));
        assert!(is_setup_code(&format!("  {} ", code.replace('-', "")), &code));
        assert!(!is_setup_code("", &code));
        assert!(!is_setup_code(&code[..8], &code));
    }
}
