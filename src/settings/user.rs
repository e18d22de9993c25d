use crate::base::id::{ExtensionId, RoleId, UserId};
use crate::base::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::secret::Secret;
use crate::text::Language;
use crate::text::fault::Reason;
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// Somebody who may use the web page, the API or the CTI.
#[derive(Clone, PartialEq)]
pub struct User {
    pub id: UserId,
    pub username: String,
    /// Argon2id in the PHC form; see `secret::verify_password`.
    pub password_hash: String,
    pub role: Role,
    /// Whose phones, calls and contacts are this user's own.
    pub extension: Option<ExtensionId>,
    pub web_access: bool,
    pub cti_access: bool,
    /// The key of the second factor (RFC 6238) in base 32; empty: there is none.
    pub totp_secret: Secret,
    /// Hashes of codes that stand in for the second factor, each once; see `web::proof`.
    pub recovery_codes: Secret,
    /// `None`: what the browser asks for.
    pub language: Option<Language>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything but outside numbers in full and recordings.
    Administrator,
    /// Sees everything, changes users only.
    PrivacyOfficer,
    /// What is their own.
    TenantUser,
    /// What that role says, and what is their own.
    Own(RoleId),
}

/// Why it cannot be the password of a user, if so.
pub fn fault_of_password(password: &Secret) -> Option<Reason> {
    match password.expose().chars().count() {
        count if count < PASSWORD_CHARS_MIN => Some(Reason::TooShort { chars_min: PASSWORD_CHARS_MIN }),
        count if count > PASSWORD_CHARS_MAX => Some(Reason::TooLong { chars_max: PASSWORD_CHARS_MAX }),
        _ => None,
    }
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("username", Shape::Username, Default::Required, words::USER_USERNAME),
    Field::new("password_hash", Shape::PasswordHash, Default::Required, words::USER_PASSWORD_HASH),
    Field::new("role", Shape::Choice(ROLES), Default::Text("tenant_user"), words::USER_ROLE),
    Field::new("own_role", Shape::Reference(Kind::Role), Default::Empty, words::USER_OWN_ROLE).only_if("role", &["own"]),
    Field::new("extension", Shape::Reference(Kind::Extension), Default::Empty, words::USER_EXTENSION),
    Field::new("web_access", Shape::Bool, Default::Bool(true), words::USER_WEB_ACCESS),
    Field::new("cti_access", Shape::Bool, Default::Bool(false), words::USER_CTI_ACCESS),
    Field::new("totp_secret", Shape::Secret { min: 1 }, Default::Empty, words::USER_TOTP_SECRET),
    Field::new("recovery_codes", Shape::Secret { min: 1 }, Default::Empty, words::USER_RECOVERY_CODES),
    Field::new("language", Shape::Choice(&["en", "it"]), Default::Empty, words::USER_LANGUAGE),
];

const ROLES: &[&str] = &["administrator", "privacy_officer", "tenant_user", "own"];

impl User {
    pub(super) fn new(id: i64, values: &Values<'_>) -> User {
        User {
            id: UserId(id),
            username: values.text("username"),
            password_hash: values.text("password_hash"),
            role: match (values.text("role").as_str(), values.id("own_role")) {
                ("administrator", _) => Role::Administrator,
                ("privacy_officer", _) => Role::PrivacyOfficer,
                ("own", Some(role)) => Role::Own(RoleId(role)),
                _ => Role::TenantUser,
            },
            extension: values.id("extension").map(ExtensionId),
            web_access: values.bool("web_access"),
            cti_access: values.bool("cti_access"),
            totp_secret: values.secret("totp_secret"),
            recovery_codes: values.secret("recovery_codes"),
            language: Language::from_code(&values.text("language")),
        }
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("username", &self.username).finish_non_exhaustive()
    }
}
