//! A plan: nodes of actions, each with exits that lead on. It prints itself, which is how tests and people read it.

use std::fmt;
use std::time::Duration;

use crate::base::id::AccountId;

/// Why a call ends without having reached anybody, and what the caller's phone is told (SPEC: the status table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Busy,
    NoAnswer,
    Unavailable,
    Forbidden,
    UnknownNumber,
    NotInService,
    HopLimit,
    /// The caller's own extension has as many calls as it may.
    CallerAtLimit,
}

impl Cause {
    pub const ALL: [Cause; 8] = [
        Cause::Busy,
        Cause::NoAnswer,
        Cause::Unavailable,
        Cause::Forbidden,
        Cause::UnknownNumber,
        Cause::NotInService,
        Cause::HopLimit,
        Cause::CallerAtLimit,
    ];

    pub const fn status(self) -> u16 {
        match self {
            Cause::Busy => 486,
            Cause::NoAnswer | Cause::Unavailable | Cause::CallerAtLimit => 480,
            Cause::Forbidden => 403,
            Cause::UnknownNumber | Cause::NotInService => 404,
            Cause::HopLimit => 482,
        }
    }

    /// The Reason header that tells causes of one status apart (RFC 3326).
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Cause::NoAnswer => Some("Q.850;cause=19;text=\"No answer\""),
            Cause::Unavailable => Some("Q.850;cause=20;text=\"Subscriber absent\""),
            _ => None,
        }
    }

    /// The reason phrase, where the status alone says too little.
    pub const fn phrase(self) -> Option<&'static str> {
        match self {
            Cause::NotInService => Some("Not in service"),
            Cause::CallerAtLimit => Some("Too many calls of this extension"),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Cause::Busy => "busy",
            Cause::NoAnswer => "no answer",
            Cause::Unavailable => "unavailable",
            Cause::Forbidden => "forbidden",
            Cause::UnknownNumber => "unknown number",
            Cause::NotInService => "not in service",
            Cause::HopLimit => "hop limit",
            Cause::CallerAtLimit => "caller at limit",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ring all these accounts of one extension at once.
    Ring {
        accounts: Vec<(AccountId, String)>,
        timeout: Duration,
    },
    HangUp(Cause),
}

/// How an action may end without an answer; each has its exit.
pub const RING_EXITS: [Cause; 3] = [Cause::Busy, Cause::NoAnswer, Cause::Unavailable];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub action: Action,
    /// In the order of [`RING_EXITS`] for a ring; empty for what ends the call.
    pub exits: Vec<(Cause, usize)>,
}

/// Checked when built: the first node is where a call enters, every exit leads to a later node, every ring has all its exits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    nodes: Vec<Node>,
}

impl Plan {
    pub fn new(nodes: Vec<Node>) -> Plan {
        assert!(!nodes.is_empty(), "a plan has a node to enter by");
        for (index, node) in nodes.iter().enumerate() {
            assert!(node.exits.iter().all(|(_, target)| *target > index && *target < nodes.len()), "exits lead to later nodes");
            let is_complete = match node.action {
                Action::Ring { .. } => node.exits.iter().map(|(cause, _)| *cause).eq(RING_EXITS),
                Action::HangUp(_) => node.exits.is_empty(),
            };
            assert!(is_complete, "node {index} has all its exits");
        }
        Plan { nodes }
    }

    pub fn refusing(cause: Cause) -> Plan {
        Plan::new(vec![Node { action: Action::HangUp(cause), exits: vec![] }])
    }

    pub fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    /// Where the call goes when the action of `node` ended so.
    pub fn next(&self, node: usize, cause: Cause) -> Option<usize> {
        self.nodes[node].exits.iter().find(|(exit, _)| *exit == cause).map(|(_, target)| *target)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, node) in self.nodes.iter().enumerate() {
            if index > 0 {
                f.write_str(" / ")?;
            }
            match &node.action {
                Action::Ring { accounts, timeout } => {
                    let names: Vec<&str> = accounts.iter().map(|(_, name)| name.as_str()).collect();
                    write!(
                        f,
                        "{index}: ring {} {}s",
                        if names.is_empty() { "nobody".to_owned() } else { names.join("+") },
                        timeout.as_secs()
                    )?;
                }
                Action::HangUp(cause) => write!(f, "{index}: hang up {}", cause.name())?,
            }
            let mut separator = " |";
            let mut exits = node.exits.as_slice();
            while let Some((_, target)) = exits.first() {
                let same = exits.iter().take_while(|(_, other)| other == target).count();
                let names: Vec<&str> = exits[..same].iter().map(|(cause, _)| cause.name()).collect();
                write!(f, "{separator} {} -> {target}", names.join(","))?;
                separator = ";";
                exits = &exits[same..];
            }
        }
        Ok(())
    }
}
