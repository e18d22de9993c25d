use crate::base::Wall;
use crate::base::id::{TokenId, UserId};
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// A bearer token of the API: it can do what its user can, or less.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub user: UserId,
    /// SHA-256 of the token in hexadecimal: the token itself is shown once and kept nowhere.
    pub hash: String,
    /// It changes nothing.
    pub is_read_only: bool,
    pub expires: Option<Wall>,
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("name", Shape::Text, Default::Required, words::TOKEN_NAME),
    Field::new("user", Shape::Reference(Kind::User), Default::Required, words::TOKEN_USER),
    Field::new("hash", Shape::TokenHash, Default::Required, words::TOKEN_HASH),
    Field::new("read_only", Shape::Bool, Default::Bool(true), words::TOKEN_READ_ONLY),
    Field::new("expires", Shape::Number { min: 0, max: 253_402_300_799 }, Default::Empty, words::TOKEN_EXPIRES),
];

impl Token {
    pub(super) fn new(id: i64, values: &Values<'_>) -> Token {
        Token {
            id: TokenId(id),
            name: values.text("name"),
            user: UserId(values.id("user").unwrap_or_default()),
            hash: values.text("hash"),
            is_read_only: values.bool("read_only"),
            expires: values.id("expires").map(|seconds| Wall::from_millis(seconds.saturating_mul(1000))),
        }
    }
}
