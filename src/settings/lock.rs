//! The electronic lock of an extension: how it is opened, and how long it stays open.

use std::time::Duration;

use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    pub mode: LockMode,
    pub policy: UnlockPolicy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockMode {
    /// Never locked: always the standard class.
    Open,
    /// The unlock code opens it.
    Code,
    /// The unlock code and the service PIN open it.
    Password,
}

/// When it locks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlockPolicy {
    PerCall,
    After(Duration),
    UntilLocked,
}

pub(super) const FIELDS: [Field; 3] = [
    Field::new("lock_mode", Shape::Choice(&["open", "code", "password"]), Default::Text("open"), words::LOCK_MODE).inherited(),
    Field::new("unlock_policy", Shape::Choice(&["per_call", "auto_lock", "until_locked"]), Default::Text("per_call"), words::UNLOCK_POLICY)
        .inherited()
        .only_if("lock_mode", &["code", "password"]),
    Field::new("unlock_seconds", Shape::Number { min: 10, max: 86_400 }, Default::Number(300), words::UNLOCK_SECONDS)
        .inherited()
        .only_if("unlock_policy", &["auto_lock"]),
];

impl Lock {
    pub(super) fn new(values: &Values<'_>) -> Lock {
        let mode = match values.text("lock_mode").as_str() {
            "code" => LockMode::Code,
            "password" => LockMode::Password,
            _ => LockMode::Open,
        };
        let policy = match values.text("unlock_policy").as_str() {
            "auto_lock" => UnlockPolicy::After(Duration::from_secs(values.number("unlock_seconds").into())),
            "until_locked" => UnlockPolicy::UntilLocked,
            _ => UnlockPolicy::PerCall,
        };
        Lock { mode, policy }
    }
}
