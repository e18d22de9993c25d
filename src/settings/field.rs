//! The field table: one row a setting. The file's keys, the forms, the checks and the words come from it.

use serde_json::Value;

use crate::base::limits::TEXT_CHARS_MAX;
use crate::text::Phrase;
use crate::text::fault::Reason;
use crate::text::settings::FieldWords;

use super::{Kind, Network};

/// One setting of one kind of entity.
#[derive(Debug)]
pub struct Field {
    /// As in the file, the form and the API.
    pub key: &'static str,
    pub shape: Shape,
    pub default: Default,
    pub words: FieldWords,
}

/// What a value may be. In JSON a list is an array of texts, all else that is neither truth nor number is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Bool,
    /// One line of text.
    Text,
    Email,
    Phone,
    /// A text that stands in a quoted string of SIP: no quote, no backslash.
    Realm,
    /// [A-Za-z0-9._-]{1,64}
    Username,
    /// So many digits; empty too if `min` is 0.
    Digits {
        min: usize,
        max: usize,
    },
    Number {
        min: i64,
        max: i64,
    },
    /// A text that only who may edit sees.
    Secret,
    /// A secret of digits.
    SecretDigits {
        min: usize,
        max: usize,
    },
    /// An Argon2id hash; not in files.
    PasswordHash,
    Choice(&'static [&'static str]),
    /// Ordered, at least one, none twice.
    Choices(&'static [&'static str]),
    /// An entity of that kind: its id as a number, or its number or name as a text.
    Reference(Kind),
    Network,
    /// May be empty.
    Networks,
    Address,
}

/// What holds when an entity has no value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// A value must be given.
    Required,
    /// Nothing: no text, no reference, no address.
    Empty,
    Bool(bool),
    Number(i64),
    Text(&'static str),
    List(&'static [&'static str]),
    /// A long random password, made once.
    Generated,
    /// The default tenant.
    DefaultTenant,
}

impl Field {
    pub const fn is_secret(&self) -> bool {
        matches!(self.shape, Shape::Secret | Shape::SecretDigits { .. } | Shape::PasswordHash)
    }

    /// An entity cannot be without it.
    pub fn is_vital(&self) -> bool {
        self.default == Default::Required
    }

    /// The value in its canonical form, or what is wrong with it. `Value::Null` is "back to the default". Whether a reference
    /// leads anywhere is for the check of the whole.
    pub fn check(&self, value: &Value) -> Result<Value, Reason> {
        if value.is_null() {
            return Ok(Value::Null);
        }
        match self.shape {
            Shape::Bool => value.as_bool().map(Value::from).ok_or(wrong("true or false", "true o false")),
            Shape::Number { min, max } => {
                let number = value.as_i64().ok_or(wrong("a whole number, without quotes", "un numero intero, senza virgolette"))?;
                if (min..=max).contains(&number) { Ok(number.into()) } else { Err(Reason::OutOfRange { min, max }) }
            }
            Shape::Choices(choices) => {
                let list = list(value)?;
                for (at, given) in list.iter().enumerate() {
                    is_choice(given, choices)?;
                    if list[..at].contains(given) {
                        return Err(Reason::Twice { given: (*given).to_owned() });
                    }
                }
                if list.is_empty() { Err(Reason::EmptyList) } else { Ok(list.into()) }
            }
            Shape::Networks => {
                let networks = list(value)?.into_iter().map(network).collect::<Result<Vec<_>, _>>()?;
                match networks.iter().enumerate().find(|(at, network)| networks[..*at].contains(network)) {
                    Some((_, twice)) => Err(Reason::Twice { given: twice.clone() }),
                    None => Ok(networks.into()),
                }
            }
            Shape::Reference(_) if value.is_i64() => Ok(value.clone()),
            _ => {
                let text = line(value)?;
                match text.as_str() {
                    "" => Ok(Value::Null),
                    text => self.check_text(text),
                }
            }
        }
    }

    /// What is kept as one line of text, and is not empty.
    fn check_text(&self, text: &str) -> Result<Value, Reason> {
        let digits = |min, max| {
            let fits = text.bytes().all(|b| b.is_ascii_digit()) && (min..=max).contains(&text.len());
            if fits { Ok(()) } else { Err(Reason::NotDigits { min, max }) }
        };
        match self.shape {
            Shape::Digits { min, max } => digits(min, max)?,
            Shape::Secret | Shape::SecretDigits { .. } if text.starts_with("sealed:v1:") => return Err(Reason::SealedElsewhere),
            Shape::SecretDigits { min, max } => digits(min, max)?,
            Shape::Email if !is_email(text) => return Err(Reason::NotEmail),
            Shape::Realm if text.contains(['"', '\\']) => return Err(Reason::NotRealm),
            Shape::Username if !is_username(text) => return Err(Reason::NotUsername),
            Shape::PasswordHash if !text.starts_with("$argon2id$") => return Err(Reason::NotAHash),
            Shape::Choice(choices) => is_choice(text, choices)?,
            Shape::Phone => {
                let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
                let digits = number.strip_prefix('+').unwrap_or(&number);
                let fits = (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                return if fits { Ok(number.into()) } else { Err(Reason::NotPhoneNumber) };
            }
            Shape::Network => return network(text).map(Value::from),
            Shape::Address => {
                let address: std::net::IpAddr = text.parse().map_err(|_| Reason::NotAddress)?;
                return Ok(address.to_string().into());
            }
            _ => {}
        }
        Ok(text.into())
    }
}

const fn wrong(english: &'static str, italian: &'static str) -> Reason {
    Reason::WrongType { expected: Phrase::new(english, italian) }
}

fn list(value: &Value) -> Result<Vec<&str>, Reason> {
    const EXPECTED: Reason = wrong("a list of texts, such as [\"a\", \"b\"]", "un elenco di testi, per esempio [\"a\", \"b\"]");
    value.as_array().ok_or(EXPECTED)?.iter().map(|value| value.as_str().ok_or(EXPECTED)).collect()
}

fn line(value: &Value) -> Result<String, Reason> {
    let text = value.as_str().ok_or(wrong("a text in quotes", "un testo tra virgolette"))?.trim();
    if text.chars().count() > TEXT_CHARS_MAX {
        Err(Reason::TooLong { chars_max: TEXT_CHARS_MAX })
    } else if text.chars().any(char::is_control) {
        Err(Reason::ControlCharacters)
    } else if let Some(character) = text.chars().find(|c| is_invisible_order(*c)) {
        Err(Reason::InvisibleOrder { character })
    } else {
        Ok(text.to_owned())
    }
}

/// Characters that nobody sees and that make text show in another order than it is in (embeddings, overrides, isolates), or on two lines. A
/// name could pass for another one by them. Letters that run from right to left need none of them.
const fn is_invisible_order(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

fn network(text: &str) -> Result<String, Reason> {
    text.parse::<Network>().map(|network| network.to_string()).map_err(|_| Reason::NotNetwork)
}

fn is_choice(given: &str, choices: &'static [&'static str]) -> Result<(), Reason> {
    if choices.contains(&given) {
        Ok(())
    } else {
        Err(Reason::NotAChoice { given: given.chars().take(40).collect(), choices: choices.to_vec() })
    }
}

fn is_username(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !text.contains(|c: char| c.is_whitespace() || "<>,;\"".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(kind: Kind, key: &str, value: Value) -> Result<Value, Reason> {
        kind.field(key).unwrap_or_else(|| panic!("{key} is in the table")).check(&value)
    }

    #[test]
    fn values_in_their_canonical_form() {
        let cases = [
            (Kind::Extension, "number", json!("101"), json!("101")),
            (Kind::Extension, "first_name", json!("  Zoë 🎉 "), json!("Zoë 🎉")),
            (Kind::Extension, "first_name", json!(" "), Value::Null),
            (Kind::Extension, "first_name", json!("\u{5d3}\u{5d5}\u{5d3} Bo"), json!("\u{5d3}\u{5d5}\u{5d3} Bo")),
            (Kind::Extension, "last_name", json!("\u{645}\u{631}\u{64a}\u{645}"), json!("\u{645}\u{631}\u{64a}\u{645}")),
            (Kind::Extension, "mobile", json!("+39 333 12-34"), json!("+393331234")),
            (Kind::Account, "allowed", json!("10.1.2.3/255.0.0.0"), json!("10.0.0.0/8")),
            (Kind::Account, "extension", json!(7), json!(7)),
            (Kind::Sip, "external_address", json!("2001:DB8::0:1"), json!("2001:db8::1")),
            (Kind::Sip, "local_networks", json!([]), json!([])),
        ];
        for (kind, key, given, canonical) in cases {
            assert_eq!(check(kind, key, given), Ok(canonical), "{key}");
        }
    }

    #[test]
    fn bad_values_and_why() {
        use Reason::*;
        let long = "x".repeat(10_000);
        let cases = [
            (Kind::Extension, "number", json!("1"), NotDigits { min: 2, max: 8 }),
            (Kind::Extension, "number", json!("12a"), NotDigits { min: 2, max: 8 }),
            (Kind::Extension, "number", json!("\u{661}\u{662}"), NotDigits { min: 2, max: 8 }),
            (Kind::Extension, "first_name", json!(long), TooLong { chars_max: 200 }),
            (Kind::Extension, "first_name", json!("a\r\nb"), ControlCharacters),
            (Kind::Extension, "first_name", json!("Anna\u{202e}oB"), InvisibleOrder { character: '\u{202e}' }),
            (Kind::Extension, "last_name", json!("\u{2066}Bo\u{2069}"), InvisibleOrder { character: '\u{2066}' }),
            (Kind::Extension, "department", json!("a\u{2028}b"), InvisibleOrder { character: '\u{2028}' }),
            (Kind::Tenant, "name", json!("a\u{2029}b"), InvisibleOrder { character: '\u{2029}' }),
            (Kind::Account, "password", json!("geh\u{202a}eim"), InvisibleOrder { character: '\u{202a}' }),
            (Kind::Extension, "email", json!("anna"), NotEmail),
            (Kind::Extension, "email", json!("a@b@c"), NotEmail),
            (Kind::Extension, "mobile", json!("12+3"), NotPhoneNumber),
            (Kind::Extension, "service_pin", json!("12a4"), NotDigits { min: 1, max: 16 }),
            (Kind::Extension, "busy_level", json!(-1), OutOfRange { min: 0, max: 2000 }),
            (Kind::Account, "username", json!("an na"), NotUsername),
            (Kind::Account, "username", json!("ännа"), NotUsername),
            (Kind::Account, "password", json!("sealed:v1:AAAA"), SealedElsewhere),
            (Kind::Account, "transports", json!([]), EmptyList),
            (Kind::Account, "codecs", json!([]), EmptyList),
            (Kind::Account, "codecs", json!(["pcma", "pcma"]), Twice { given: "pcma".to_owned() }),
            (Kind::Account, "allowed", json!("10.0.0.0/255.0.255.0"), NotNetwork),
            (Kind::Sip, "external_address", json!("example.com"), NotAddress),
        ];
        for (kind, key, given, reason) in cases {
            assert_eq!(check(kind, key, given), Err(reason), "{key}");
        }
        assert!(matches!(check(Kind::Extension, "number", json!(101)), Err(WrongType { .. })));
        assert!(matches!(check(Kind::Account, "nat", json!("yes")), Err(WrongType { .. })));
        assert!(matches!(check(Kind::Account, "codecs", json!("pcma")), Err(WrongType { .. })));
        assert!(matches!(check(Kind::Account, "codecs", json!(["mp3"])), Err(NotAChoice { .. })));
    }
}
