//! The list `Digest name=value, name="value", ..` of challenges and credentials (RFC 3261 25.1).

use super::Malformed;
use crate::base::limits::SIP_PARAMETERS_MAX;

/// Parameters by their lower-case names, each at most once: of two nonces nobody can say which was meant.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn of_digest(value: &str) -> Result<Parameters, Malformed> {
        let value = value.trim_start();
        let (scheme, mut rest) = value.split_once(|c: char| c.is_ascii_whitespace()).ok_or(Malformed::Scheme)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(Malformed::Scheme);
        }
        let mut list: Vec<(String, String)> = Vec::with_capacity(10);
        loop {
            rest = rest.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
            if rest.is_empty() {
                return Ok(Parameters(list));
            }
            let (name, after) = rest.split_once('=').ok_or(Malformed::Parameter("name=value"))?;
            let name = name.trim_ascii_end().to_ascii_lowercase();
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b','));
            if !is_name || list.len() == SIP_PARAMETERS_MAX || list.iter().any(|(earlier, _)| *earlier == name) {
                return Err(Malformed::Parameter("every parameter once"));
            }
            let (value, after) = take_value(after.trim_ascii_start())?;
            list.push((name, value));
            rest = after.trim_ascii_start();
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(Malformed::Parameter("a comma between parameters"));
            }
        }
    }

    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// A value and what follows it.
fn take_value(text: &str) -> Result<(String, &str), Malformed> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| c == ',' || c.is_ascii_whitespace()).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &quoted[at + 1..])),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    Err(Malformed::Parameter("a closing quote"))
}
