//! The field table: one row a setting.

use crate::text::settings::FieldWords;

use super::Kind;

/// One setting of one kind of entity.
#[derive(Debug)]
pub struct Field {
    /// As in the file, the form and the API.
    pub key: &'static str,
    pub shape: Shape,
    pub default: Default,
    pub words: FieldWords,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Bool,
    /// One line of text.
    Text,
    Email,
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
    /// An entity of that kind: its id, or its number or name as text.
    Reference(Kind),
    Network,
    Networks,
    Address,
}

/// What holds when an entity has no value of its own.
#[derive(Clone, Copy, Debug)]
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
