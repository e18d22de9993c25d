use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::LegQuality;
use crate::base::Wall;
use crate::base::id::{AccountId, ExtensionId, LineId, MailboxId, TenantId};

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
    /// A phone sent the call on; no call ends so.
    Forwarded,
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
    /// The line that it came over.
    pub caller_line: Option<LineId>,
    pub caller_number: String,
    pub caller_name: String,
    /// What was dialled.
    pub dialled: String,
    /// The extension that was called.
    pub callee: Option<ExtensionId>,
    /// The extension that took the call, which may be another one.
    pub answering: Option<ExtensionId>,
    pub outcome: Outcome,
    /// The status that the caller was given in the end.
    pub status: u16,
    /// Where it went, the first first; empty for a call that ended where it was dialled.
    pub path: Vec<Hop>,
    pub legs: Vec<LegRecord>,
    /// What was heard of those who talked; it comes a moment after the record.
    pub quality: Vec<LegQuality>,
}

/// One place that a call came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    pub place: Place,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Extension(ExtensionId),
    Voicemail(MailboxId),
    /// A number outside.
    Outside(String),
}

/// What became of one phone that was rung, or one line that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegRecord {
    #[serde(flatten)]
    pub end: LegEnd,
    /// For which place of the path it was rung.
    #[serde(default)]
    pub hop: usize,
    pub outcome: Outcome,
    pub status: u16,
    pub rang: bool,
}

/// Whom a leg called: `"account": 7` or `"line": 7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegEnd {
    Account(AccountId),
    Line(LineId),
}

impl CallRecord {
    pub fn talk_time(&self) -> Duration {
        self.answered.map_or(Duration::ZERO, |answered| self.ended.since(answered))
    }
}
