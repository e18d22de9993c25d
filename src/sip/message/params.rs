//! Parameters (`;name=value`) and lists (`a, b`) of header values, with quoted strings (RFC 3261 25.1).

use super::Malformed;
use crate::base::limits::{SIP_LIST_VALUES_MAX, SIP_PARAMETERS_MAX};

/// One parameter. A quoted value is kept without its quotes and escapes, and `quoted` says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    pub name: String,
    pub value: Option<String>,
    pub quoted: bool,
}

/// Parameters in order. Names are compared without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<Param>);

impl Params {
    /// Reads `;a=b;c` to the end of the text, which is all parameters or nothing.
    pub fn parse(text: &str) -> Result<Params, Malformed> {
        let bytes = text.as_bytes();
        let mut params = Vec::new();
        let mut at = skip_space(bytes, 0);
        while at < bytes.len() {
            if bytes[at] != b';' {
                return Err(Malformed::new(at, "`;`"));
            }
            at = skip_space(bytes, at + 1);
            let start = at;
            while at < bytes.len() && !matches!(bytes[at], b';' | b'=' | b' ' | b'\t') {
                at += 1;
            }
            let name = &text[start..at];
            at = skip_space(bytes, at);
            if name.is_empty() && at == bytes.len() {
                // A trailing `;` says nothing; old phones write it.
                break;
            }
            if name.is_empty() || !name.bytes().all(is_param_char) {
                return Err(Malformed::new(start, "a parameter name"));
            }
            let mut param = Param { name: name.to_owned(), value: None, quoted: false };
            if at < bytes.len() && bytes[at] == b'=' {
                at = skip_space(bytes, at + 1);
                if at < bytes.len() && bytes[at] == b'"' {
                    let (value, end) = read_quoted(text, at)?;
                    (param.value, param.quoted) = (Some(value), true);
                    at = skip_space(bytes, end);
                } else {
                    let start = at;
                    while at < bytes.len() && bytes[at] != b';' {
                        at += 1;
                    }
                    let value = text[start..at].trim_end();
                    if value.bytes().any(|b| b <= b' ' || matches!(b, b'"' | b'<' | b'>' | b',')) {
                        return Err(Malformed::new(start, "a parameter value"));
                    }
                    param.value = Some(value.to_owned());
                }
            }
            if params.len() == SIP_PARAMETERS_MAX {
                return Err(Malformed::new(at, "fewer parameters"));
            }
            params.push(param);
        }
        Ok(Params(params))
    }

    /// The value of a parameter; a flag such as `lr` has the value "".
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|param| param.name.eq_ignore_ascii_case(name)).map(|param| param.value.as_deref().unwrap_or(""))
    }

    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self.0.iter_mut().find(|param| param.name.eq_ignore_ascii_case(name)) {
            Some(param) => (param.value, param.quoted) = (value, false),
            None => self.0.push(Param { name: name.to_owned(), value, quoted: false }),
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    pub fn iter(&self) -> impl Iterator<Item = &Param> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for param in &self.0 {
            write!(f, ";{}", param.name)?;
            match &param.value {
                Some(value) if param.quoted => write!(f, "={}", Quoted(value))?,
                Some(value) => write!(f, "={value}")?,
                None => {}
            }
        }
        Ok(())
    }
}

/// Writes text as a quoted string, with its escapes.
pub struct Quoted<'a>(pub &'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}

/// Reads the quoted string that begins at `start`; returns its text and the offset behind the closing quote.
pub(crate) fn read_quoted(text: &str, start: usize) -> Result<(String, usize), Malformed> {
    let mut value = String::new();
    let mut escaped = false;
    for (offset, c) in text[start + 1..].char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Ok((value, start + 1 + offset + 1)),
            _ => value.push(c),
        }
    }
    Err(Malformed::new(start, "a closing quote"))
}

/// Splits a comma list, leaving commas in quotes and angle brackets alone. Empty values are dropped.
pub(crate) fn split_list(text: &str) -> Result<Vec<&str>, Malformed> {
    let mut values = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angle) = (0, false, false, false);
    for (at, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => angle = true,
            b'>' if !quoted => angle = false,
            b',' if !quoted && !angle => {
                values.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return Err(Malformed::new(text.len(), "a closing quote"));
    }
    values.push(text[start..].trim());
    values.retain(|value| !value.is_empty());
    if values.len() > SIP_LIST_VALUES_MAX {
        return Err(Malformed::new(0, "fewer values"));
    }
    Ok(values)
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && matches!(bytes[at], b' ' | b'\t') {
        at += 1;
    }
    at
}

/// `token` of RFC 3261 25.1, and `[`, `]`, `:`, `/`, `$`, `&` which URI parameters may hold.
fn is_param_char(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(
            b,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~' | b'[' | b']' | b'/' | b':' | b'&' | b'$' | b'(' | b')'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_with_space_quotes_and_flags() {
        let params = Params::parse(" ; newparam = newvalue ;\tlr ; q=\"a \\\"b\\\" ; c\";").unwrap();
        assert_eq!((params.get("NEWPARAM"), params.get("lr"), params.get("q")), (Some("newvalue"), Some(""), Some("a \"b\" ; c")));
        assert_eq!(params.to_string(), ";newparam=newvalue;lr;q=\"a \\\"b\\\" ; c\"");
        assert!(
            Params::parse(";a=\"b").is_err()
                && Params::parse(";a b").is_err()
                && Params::parse("a").is_err()
                && Params::parse(";a;;b").is_err()
        );
    }

    #[test]
    fn lists_leave_quotes_and_brackets_alone() {
        let list = split_list("\"a, b\" <sip:c,d@e>, <sip:f> ,, g").unwrap();
        assert_eq!(list, ["\"a, b\" <sip:c,d@e>", "<sip:f>", "g"]);
        assert!(split_list("\"a").is_err());
    }
}
