//! What a line is good for at a moment.

use crate::sip::message::reason_phrase;

/// What is known of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Its addresses, or the answer to its first REGISTER, are awaited.
    Trying,
    /// Nobody knows an address of its host.
    Unknown(String),
    /// It is registered.
    Registered,
    /// It answers, or nothing says that it does not.
    Reachable,
    /// Its registrar does not want us.
    Refused(u16),
    /// It does not answer.
    Silent,
}

impl Condition {
    /// Calls pass it by.
    pub const fn is_down(&self) -> bool {
        match self {
            Condition::Unknown(_) | Condition::Refused(_) | Condition::Silent => true,
            Condition::Trying | Condition::Registered | Condition::Reachable => false,
        }
    }

    /// As status and API name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Condition::Trying => "trying",
            Condition::Unknown(_) => "unknown",
            Condition::Registered => "registered",
            Condition::Reachable => "reachable",
            Condition::Refused(_) => "refused",
            Condition::Silent => "silent",
        }
    }

    /// What an event says of a line that has come to be so.
    pub fn describe(&self, line: &str) -> Option<String> {
        match self {
            Condition::Trying => None,
            Condition::Unknown(why) => Some(format!("Line {line} is down: its address is not known ({why}).")),
            Condition::Registered => Some(format!("Line {line} is registered.")),
            Condition::Reachable => Some(format!("Line {line} is up.")),
            Condition::Refused(status) => Some(format!("Line {line} is down: registration refused ({status} {}).", reason_phrase(*status))),
            Condition::Silent => Some(format!("Line {line} is down: it does not answer.")),
        }
    }
}
