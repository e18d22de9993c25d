//! The field table: one row a setting. The file's keys, the forms, the checks and the words come from it.

use serde_json::Value;

use crate::base::limits::{DIALLED_CHARS_MAX, LIST_VALUES_MAX, TEXT_CHARS_MAX};
use crate::text::Phrase;
use crate::text::fault::Reason;
use crate::text::settings::FieldWords;

use super::codes::Digits;
use super::{Fingerprint, Kind, Network, action, record};

/// One setting of one kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// As in the file, the form and the API.
    pub key: &'static str,
    pub shape: Shape,
    pub default: Default,
    pub words: FieldWords,
    /// A template may set it for all that use the template.
    pub is_inherited: bool,
    pub only_if: Option<OnlyIf>,
}

/// A setting that means something only while another one, `key`, has one of these `values`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnlyIf {
    pub key: &'static str,
    pub values: &'static [&'static str],
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
    /// A text that only who may edit sees, of so many characters.
    Secret {
        min: usize,
    },
    /// A secret of digits.
    SecretDigits {
        min: usize,
        max: usize,
    },
    /// An Argon2id hash; not in files.
    PasswordHash,
    /// SHA-256 in hexadecimal of a token; a secret.
    TokenHash,
    /// SHA-256 in hexadecimal of a file that was uploaded.
    FileHash,
    /// The SHA-256 fingerprint of a certificate, with or without colons.
    Fingerprint,
    Choice(&'static [&'static str]),
    /// At least `min` of them, none twice; where `is_ordered` the first is preferred.
    Choices {
        of: &'static [&'static str],
        min: usize,
        is_ordered: bool,
    },
    /// An entity of that kind: its id as a number, or its number or name as a text.
    Reference(Kind),
    /// Any number of entities of that kind, none twice, in order.
    References(Kind),
    /// A host name or an address.
    Host,
    /// Digits as people dial them, `*` and `#` too.
    Dialled,
    /// Keys of a code in talk; empty: it is off.
    Keys,
    /// The digits that run a feature, or a range of them, `890-899`; empty: it is off.
    Code,
    /// Refusals of SIP, `480 404`.
    Statuses,
    /// So much of a telephone number as a rule looks at: digits, with + only in front.
    Prefix,
    /// Where a call goes next; back to who transferred it only where `is_transfer`.
    Action {
        is_transfer: bool,
    },
    /// One value made of several, each under its key.
    Record(&'static [Field]),
    /// An ordered list of such values.
    Records(&'static [Field]),
    /// May be empty.
    Networks,
    Address,
    /// Of an address that stands beside it: `255.255.255.0`, or the length of a prefix.
    Mask,
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
    /// An action without a target.
    Do(&'static str),
    /// A long random password, made once.
    Generated,
    /// The default tenant.
    DefaultTenant,
}

impl Field {
    pub const fn new(key: &'static str, shape: Shape, default: Default, words: FieldWords) -> Field {
        Field { key, shape, default, words, is_inherited: false, only_if: None }
    }

    /// The same setting, which a template may set too.
    pub const fn inherited(mut self) -> Field {
        self.is_inherited = true;
        self
    }

    /// The same setting, which means something only while `key` has one of `values`.
    pub const fn only_if(mut self, key: &'static str, values: &'static [&'static str]) -> Field {
        self.only_if = Some(OnlyIf { key, values });
        self
    }

    /// What holds where nobody has set it, as JSON.
    pub fn preset(&self) -> Value {
        match self.default {
            Default::Bool(value) => value.into(),
            Default::Number(value) => value.into(),
            Default::Text(value) => value.into(),
            Default::List(values) => values.to_vec().into(),
            Default::Do(what) => serde_json::json!({ "do": what }),
            _ if matches!(self.shape, Shape::References(_) | Shape::Records(_) | Shape::Choices { .. } | Shape::Networks) => {
                Value::Array(Vec::new())
            }
            _ => Value::Null,
        }
    }

    pub const fn is_secret(&self) -> bool {
        matches!(self.shape, Shape::Secret { .. } | Shape::SecretDigits { .. } | Shape::PasswordHash | Shape::TokenHash)
    }

    /// An entity cannot be without it.
    pub fn is_vital(&self) -> bool {
        self.default == Default::Required
    }

    /// The value in its canonical form, or what is wrong with it. `Value::Null` is "back to the default, or to what the template
    /// says"; of a setting that can be inherited an empty text is a value of its own, "none". Whether a reference leads anywhere
    /// is for the check of the whole.
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
            Shape::Choices { of, min, .. } => {
                let list = list(value)?;
                for (at, given) in list.iter().enumerate() {
                    is_choice(given, of)?;
                    if list[..at].contains(given) {
                        return Err(Reason::Twice { given: (*given).to_owned() });
                    }
                }
                if list.len() < min { Err(Reason::EmptyList) } else { Ok(list.into()) }
            }
            Shape::Networks => {
                let networks = list(value)?.into_iter().map(network).collect::<Result<Vec<_>, _>>()?;
                match networks.iter().enumerate().find(|(at, network)| networks[..*at].contains(network)) {
                    Some((_, twice)) => Err(Reason::Twice { given: twice.clone() }),
                    None => Ok(networks.into()),
                }
            }
            Shape::Reference(_) if value.is_i64() => Ok(value.clone()),
            Shape::References(_) => references(value),
            Shape::Action { is_transfer } => action::check(value, is_transfer),
            Shape::Record(fields) => record::check(fields, value),
            Shape::Records(fields) => record::check_list(fields, value),
            _ => {
                let text = line(value)?;
                match text.as_str() {
                    // Nothing is no choice: it is as if it were not said.
                    "" if matches!(self.shape, Shape::Choice(_)) => Ok(Value::Null),
                    "" if self.is_inherited || matches!(self.shape, Shape::Code | Shape::Keys) => Ok(text.into()),
                    // Who empties it may mean "as it is" as well as "a new one", and a new one cuts the phone off.
                    "" if self.default == Default::Generated => Err(Reason::EmptyNotGenerated),
                    "" => Ok(Value::Null),
                    text => self.check_text(text),
                }
            }
        }
    }

    /// The same for what was stored before a rule was there: a secret that is shorter than today's least was long enough when it was set.
    /// It stays until it is changed.
    pub fn check_kept(&self, value: &Value) -> Result<Value, Reason> {
        let shape = match self.shape {
            Shape::Secret { .. } => Shape::Secret { min: 1 },
            Shape::SecretDigits { max, .. } => Shape::SecretDigits { min: 1, max },
            Shape::Statuses => Shape::Text,
            shape => shape,
        };
        Field { shape, ..*self }.check(value)
    }

    /// What is kept as one line of text, and is not empty.
    fn check_text(&self, text: &str) -> Result<Value, Reason> {
        let digits = |min, max| {
            let fits = text.bytes().all(|b| b.is_ascii_digit()) && (min..=max).contains(&text.len());
            if fits { Ok(()) } else { Err(Reason::NotDigits { min, max }) }
        };
        match self.shape {
            Shape::Digits { min, max } => digits(min, max)?,
            Shape::Secret { .. } | Shape::SecretDigits { .. } | Shape::PasswordHash if text.starts_with("sealed:v1:") => {
                return Err(Reason::SealedElsewhere);
            }
            Shape::SecretDigits { min, max } => digits(min, max)?,
            Shape::Secret { min } if text.chars().count() < min => return Err(Reason::SecretTooShort { chars_min: min }),
            Shape::Email if !is_email(text) => return Err(Reason::NotEmail),
            Shape::Realm if text.contains(['"', '\\']) => return Err(Reason::NotRealm),
            Shape::Username if !is_username(text) => return Err(Reason::NotUsername),
            Shape::Fingerprint if Fingerprint::parse(text).is_none() => return Err(Reason::NotAFingerprint),
            Shape::FileHash if !is_sha256(text) => return Err(Reason::NotAFileHash),
            Shape::TokenHash if !is_sha256(text) => return Err(Reason::NotAHash),
            Shape::PasswordHash if !text.starts_with("$argon2id$") => return Err(Reason::NotAHash),
            Shape::Choice(choices) => is_choice(text, choices)?,
            Shape::Phone => {
                let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
                let digits = number.strip_prefix('+').unwrap_or(&number);
                let fits = (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                return if fits { Ok(number.into()) } else { Err(Reason::NotPhoneNumber) };
            }
            Shape::Dialled if !text.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#') || text.len() > DIALLED_CHARS_MAX => {
                return Err(Reason::NotDialled { chars_max: DIALLED_CHARS_MAX });
            }
            Shape::Statuses if !text.split([' ', ',', ';']).all(is_status) => return Err(Reason::NotStatuses),
            Shape::Code if text.len() > DIALLED_CHARS_MAX || Digits::parse(text).is_none() => return Err(Reason::NotACode),
            Shape::Keys if !super::talk_codes::are_keys(text) => return Err(Reason::NotTalkKeys),
            Shape::Prefix => {
                let digits = text.strip_prefix('+').unwrap_or(text);
                let fits = (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                return if fits { Ok(text.into()) } else { Err(Reason::NotPhoneNumber) };
            }
            Shape::Host if !is_host(text) => return Err(Reason::NotHost),
            Shape::Host => return Ok(text.to_ascii_lowercase().into()),
            Shape::Mask if format!("0.0.0.0/{text}").parse::<Network>().is_err() && format!("::/{text}").parse::<Network>().is_err() => {
                return Err(Reason::NotMask);
            }
            Shape::Address => {
                let address: std::net::IpAddr = text.parse().map_err(|_| Reason::NotAddress)?;
                return Ok(address.to_string().into());
            }
            _ => {}
        }
        Ok(text.into())
    }
}

/// Tables one after the other.
pub(super) const fn joined<const N: usize>(tables: &[&[Field]]) -> [Field; N] {
    let mut all = [tables[0][0]; N];
    let (mut at, mut table) = (0, 0);
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            all[at] = tables[table][row];
            (at, row) = (at + 1, row + 1);
        }
        table += 1;
    }
    assert!(at == N);
    all
}

pub(super) const fn wrong(english: &'static str, italian: &'static str) -> Reason {
    Reason::WrongType { expected: Phrase::new(english, italian) }
}

fn list(value: &Value) -> Result<Vec<&str>, Reason> {
    const EXPECTED: Reason = wrong("a list of texts, such as [\"a\", \"b\"]", "un elenco di testi, per esempio [\"a\", \"b\"]");
    value.as_array().ok_or(EXPECTED)?.iter().map(|value| value.as_str().ok_or(EXPECTED)).collect()
}

/// Ids and names; that two of them mean the same is for the check of the whole.
fn references(value: &Value) -> Result<Value, Reason> {
    const EXPECTED: Reason = wrong("a list of names, such as [\"a\", \"b\"]", "un elenco di nomi, per esempio [\"a\", \"b\"]");
    let given = value.as_array().ok_or(EXPECTED)?;
    if given.len() > LIST_VALUES_MAX {
        return Err(Reason::TooMany { max: LIST_VALUES_MAX });
    }
    let list = given.iter().map(|value| if value.is_i64() { Ok(value.clone()) } else { line(value).map(Value::from) });
    let list =
        list.collect::<Result<Vec<_>, _>>().map_err(|reason| if matches!(reason, Reason::WrongType { .. }) { EXPECTED } else { reason })?;
    match list.iter().enumerate().find(|(at, value)| list[..*at].contains(value)) {
        Some((_, twice)) => Err(Reason::Twice { given: twice.as_str().map_or_else(|| twice.to_string(), str::to_owned) }),
        None => Ok(list.into()),
    }
}

fn line(value: &Value) -> Result<String, Reason> {
    let text = value.as_str().ok_or(wrong("a text in quotes", "un testo tra virgolette"))?.trim();
    // What nobody sees is nothing.
    let text = if text.chars().all(is_blank) { "" } else { text };
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

/// Takes no room and shows nothing: spaces of no width, joiners, marks of byte order, soft hyphens. Within words they have their use.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
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

/// A name of letters, digits and hyphens in labels (RFC 1123 2.1), or an address; no port. What ends in a label of digits can only be an
/// address: no top-level domain is a number, so `1.2.3.4.5` or `300.1.1.1` is one mistyped.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    let is_name = text.len() <= 253 && name.split('.').all(is_label) && !name.rsplit('.').next().is_some_and(is_number);
    text.parse::<std::net::IpAddr>().is_ok() || is_name
}

fn is_status(text: &str) -> bool {
    let is_refusal = |status: u16| (400..700).contains(&status);
    text.is_empty() || text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()) && text.parse().is_ok_and(is_refusal)
}

fn is_username(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
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
            (Kind::Extension, "first_name", json!("\u{200b}\u{feff} \u{2060}"), Value::Null),
            (Kind::Extension, "first_name", json!("\u{645}\u{200c}\u{645}"), json!("\u{645}\u{200c}\u{645}")),
            (Kind::Extension, "first_name", json!("\u{5d3}\u{5d5}\u{5d3} Bo"), json!("\u{5d3}\u{5d5}\u{5d3} Bo")),
            (Kind::Extension, "last_name", json!("\u{645}\u{631}\u{64a}\u{645}"), json!("\u{645}\u{631}\u{64a}\u{645}")),
            (Kind::Extension, "mobile", json!("+39 333 12-34"), json!("+393331234")),
            (Kind::Account, "allowed_mask", json!("255.255.255.0"), json!("255.255.255.0")),
            (Kind::Account, "allowed_mask", json!("64"), json!("64")),
            (Kind::Account, "video_codecs", json!([]), json!([])),
            (Kind::Account, "outbound_proxy", json!("Proxy.Example.COM"), json!("proxy.example.com")),
            (Kind::Extension, "organization", json!(" "), json!("")),
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
            (Kind::Extension, "service_pin", json!("12a4"), NotDigits { min: 4, max: 16 }),
            (Kind::Extension, "busy_level", json!(-1), OutOfRange { min: 0, max: 2000 }),
            (Kind::Account, "username", json!("an na"), NotUsername),
            (Kind::Account, "username", json!("ännа"), NotUsername),
            (Kind::Account, "password", json!("sealed:v1:AAAA"), SealedElsewhere),
            (Kind::Account, "transports", json!([]), EmptyList),
            (Kind::Account, "codecs", json!([]), EmptyList),
            (Kind::Account, "codecs", json!(["pcma", "pcma"]), Twice { given: "pcma".to_owned() }),
            (Kind::Account, "allowed_mask", json!("255.0.255.0"), NotMask),
            (Kind::Account, "allowed_mask", json!("129"), NotMask),
            (Kind::Account, "outbound_proxy", json!("proxy:5060"), NotHost),
            (Kind::Line, "host", json!("1.2.3.4.5"), NotHost),
            (Kind::Line, "host", json!("300.1.1.1"), NotHost),
            (Kind::Line, "host", json!("12345"), NotHost),
            (Kind::Line, "next_line_on", json!("480 48a"), NotStatuses),
            (Kind::Line, "next_line_on", json!("399"), NotStatuses),
            (Kind::Line, "next_line_on", json!("404, 700"), NotStatuses),
            (Kind::Account, "password", json!("geheim"), SecretTooShort { chars_min: 8 }),
            (Kind::Account, "password", json!(" "), EmptyNotGenerated),
            (Kind::Extension, "service_pin", json!("123"), NotDigits { min: 4, max: 16 }),
            (Kind::Sip, "local_networks", json!(["10.0.0.0/255.0.255.0"]), NotNetwork),
            (Kind::Sip, "external_address", json!("example.com"), NotAddress),
        ];
        for (kind, key, given, reason) in cases {
            assert_eq!(check(kind, key, given), Err(reason), "{key}");
        }
        for (kind, key, stored) in [(Kind::Account, "password", "x"), (Kind::Extension, "service_pin", "7")] {
            let field = kind.field(key).expect("it is in the table");
            assert_eq!(field.check_kept(&json!(stored)), Ok(json!(stored)), "what was set when less was enough stays");
        }
        assert!(matches!(check(Kind::Extension, "number", json!(101)), Err(WrongType { .. })));
        assert!(matches!(check(Kind::Account, "nat", json!("yes")), Err(WrongType { .. })));
        assert!(matches!(check(Kind::Account, "codecs", json!("pcma")), Err(WrongType { .. })));
        assert!(matches!(check(Kind::Account, "codecs", json!(["mp3"])), Err(NotAChoice { .. })));
    }
}
