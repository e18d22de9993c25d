use crate::settings::Cause;

/// Why a call ends without having reached anybody, and what the caller's phone is told (SPEC: the status table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    Busy,
    NoAnswer,
    Unavailable,
    UnknownNumber,
    Forbidden,
    NotInService,
    HopLimit,
    /// What was dialled is the beginning of something.
    Incomplete,
    /// The caller's lock is closed; unlocked, the number may be called.
    Locked,
    /// There is no lock to open or close.
    NoLock,
    /// A service of a later version.
    NotYet,
    /// The caller's own extension has as many calls as it may.
    CallerAtLimit,
    /// The telephone that calls has no extension.
    NoExtension,
}

/// What a call that nothing follows ends with.
impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Refusal {
        match cause {
            Cause::NoAnswer => Refusal::NoAnswer,
            Cause::Busy => Refusal::Busy,
            Cause::Unavailable => Refusal::Unavailable,
        }
    }
}

impl Refusal {
    pub const fn status(self) -> u16 {
        match self {
            Refusal::Busy => 486,
            Refusal::NoAnswer | Refusal::Unavailable | Refusal::CallerAtLimit => 480,
            Refusal::Forbidden | Refusal::Locked | Refusal::NoLock | Refusal::NoExtension => 403,
            Refusal::Incomplete => 484,
            Refusal::NotYet => 501,
            Refusal::UnknownNumber | Refusal::NotInService => 404,
            Refusal::HopLimit => 482,
        }
    }

    /// The Reason header that tells refusals of one status apart (RFC 3326).
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Refusal::NoAnswer => Some("Q.850;cause=19;text=\"No answer\""),
            Refusal::Unavailable => Some("Q.850;cause=20;text=\"Subscriber absent\""),
            _ => None,
        }
    }

    /// The reason phrase, where the status alone says too little.
    pub const fn phrase(self) -> Option<&'static str> {
        match self {
            Refusal::NotInService => Some("Not in service"),
            Refusal::Locked => Some("Forbidden: this extension is locked"),
            Refusal::NoLock => Some("Forbidden: this extension has no lock"),
            Refusal::NotYet => Some("Not in this version"),
            Refusal::CallerAtLimit => Some("Too many calls of this extension"),
            Refusal::NoExtension => Some("Forbidden: this account has no extension"),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Refusal::Busy => "busy",
            Refusal::NoAnswer => "no answer",
            Refusal::Unavailable => "unavailable",
            Refusal::Forbidden => "forbidden",
            Refusal::UnknownNumber => "unknown number",
            Refusal::NotInService => "not in service",
            Refusal::HopLimit => "hop limit",
            Refusal::Incomplete => "incomplete",
            Refusal::Locked => "locked",
            Refusal::NoLock => "no lock",
            Refusal::NotYet => "not in this version",
            Refusal::CallerAtLimit => "caller at limit",
            Refusal::NoExtension => "no extension",
        }
    }
}
