use serde::{Deserialize, Serialize};

use crate::base::{Source, Wall};

/// Somebody who is kept out for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Counts from 1; no other ban that stands has it.
    pub id: u64,
    pub whom: Banned,
    pub reason: BanReason,
    #[serde(with = "super::wall")]
    pub since: Wall,
    #[serde(with = "super::wall")]
    pub until: Wall,
}

/// Whom a ban keeps out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Banned {
    /// All that comes from there, but for phones that have proved their password.
    Source(Source),
    /// One account, from there: somebody else there has a password that is right.
    Login { source: Source, username: String },
    /// One account, from wherever its password was not proved before.
    Account { username: String },
}

/// What was done too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BanReason {
    /// One name with wrong passwords.
    WrongPasswords,
    /// Many names, each with a wrong password.
    ManyNames,
    /// Calls without any password.
    Uninvited,
    /// What is no SIP.
    Malformed,
}

impl BanReason {
    pub const fn name(self) -> &'static str {
        match self {
            BanReason::WrongPasswords => "wrong_passwords",
            BanReason::ManyNames => "many_names",
            BanReason::Uninvited => "uninvited",
            BanReason::Malformed => "malformed",
        }
    }
}
