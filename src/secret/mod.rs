//! Secrets as types: what may be shown to nobody, how it is compared, hashed and sealed.
//!
//! Nothing here makes randomness: keys, nonces and salts come in as bytes.

pub mod base64;
mod ha1;
mod password;
mod seal;
mod totp;
mod tries;
mod value;

pub use ha1::{Ha1, Ha1Sha256, ha1_md5, ha1_sha256};
pub use password::{NOBODYS_HASH, SALT_BYTES, generated_password, hash_password, verify_password};
pub use seal::{KEY_BYTES, Key, NONCE_BYTES, Sealed};
pub use totp::{KEY_BYTES as TOTP_KEY_BYTES, Totp};
pub use tries::LoginTries;
pub use value::{Secret, constant_time_eq};
