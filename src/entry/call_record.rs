use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::Wall;
use crate::base::id::{AccountId, ExtensionId, TenantId};

/// How ringing ended, as the glossary says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Answered,
    NoAnswer,
    Busy,
    Unavailable,
    /// The caller gave up.
    Cancelled,
    /// It was never rung: refused by a rule or unknown.
    Refused,
}

/// One call, written once, when it is over.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    pub tenant: TenantId,
    /// The SIP Call-ID of the caller's leg.
    pub call_id: String,
    pub started: Wall,
    /// When it was answered, if it was.
    pub answered: Option<Wall>,
    pub ended: Wall,
    pub caller: Option<ExtensionId>,
    pub caller_account: Option<AccountId>,
    pub caller_number: String,
    pub caller_name: String,
    /// What was dialled.
    pub dialled: String,
    pub callee: Option<ExtensionId>,
    pub outcome: Outcome,
    /// The status that the caller was given in the end.
    pub status: u16,
    pub legs: Vec<LegRecord>,
}

/// What became of one phone that was rung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegRecord {
    pub account: AccountId,
    pub outcome: Outcome,
    pub status: u16,
    pub rang: bool,
}

impl CallRecord {
    pub fn talk_time(&self) -> Duration {
        self.answered.map_or(Duration::ZERO, |answered| self.ended.since(answered))
    }
}
