use crate::base::id::UserId;
use crate::text::Language;

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

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("username", &self.username).finish_non_exhaustive()
    }
}
