use crate::base::id::UserId;
use crate::text::Language;
use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;
use super::{Kind, Own};

/// Somebody who may use the web page.
#[derive(Clone, PartialEq)]
pub struct User {
    pub id: UserId,
    pub username: String,
    /// Argon2id in the PHC form; see `secret::verify_password`.
    pub password_hash: String,
    pub role: Role,
    /// `None`: what the browser asks for.
    pub language: Option<Language>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Administrator,
}

pub(super) const FIELDS: &[Field] = &[
    Field { key: "username", shape: Shape::Username, default: Default::Required, words: words::USER_USERNAME },
    Field { key: "password_hash", shape: Shape::PasswordHash, default: Default::Required, words: words::USER_PASSWORD_HASH },
    Field { key: "role", shape: Shape::Choice(&["administrator"]), default: Default::Text("administrator"), words: words::USER_ROLE },
    Field { key: "language", shape: Shape::Choice(&["en", "it"]), default: Default::Empty, words: words::USER_LANGUAGE },
];

impl User {
    pub(super) fn new(id: i64, own: &Own) -> User {
        let values = Values { kind: Kind::User, own };
        User {
            id: UserId(id),
            username: values.text("username"),
            password_hash: values.text("password_hash"),
            role: Role::Administrator,
            language: Language::from_code(&values.text("language")),
        }
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("username", &self.username).finish_non_exhaustive()
    }
}
