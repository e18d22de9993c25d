//! A plan: nodes of actions, each with exits that lead on. It prints itself, which is how tests and people read it.
//!
//! It grows as a call walks it: an extension that nobody has come to yet is named, not planned (see [`super::failover`]).

use std::time::Duration;

use super::refusal::Refusal;
use super::serve::Served;
use crate::base::id::{AccountId, ClassId, ExtensionId, LineId, MailboxId};
use crate::settings::{Cause, Settings};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Calls an extension that is not planned yet.
    Extension(Called),
    /// Rings all these accounts of one extension at once.
    Ring {
        called: Called,
        accounts: Vec<AccountId>,
        timeout: Duration,
    },
    /// All calls to this extension go elsewhere: every exit leads there.
    Forward(Called),
    /// Runs a service code.
    Service(Served),
    /// Takes a message.
    Voicemail(MailboxId),
    /// Calls outside.
    External(External),
    HangUp(Refusal),
}

/// An extension that a plan calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    pub extension: ExtensionId,
    pub way: Way,
}

impl Called {
    pub fn is_return(&self) -> bool {
        self.way == Way::Return
    }
}

/// How a call comes to an extension, as far as going back to a transferor is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It may still go back.
    Onward,
    /// Back to who transferred it.
    Return,
    /// It was back already and goes back no more.
    Returned,
}

/// A call to a number outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    pub number: String,
    /// Shown as the caller; `None`: the identity of `on_behalf_of`.
    pub identity: Option<String>,
    /// Over whose rules it goes out; `None`: nothing outside is allowed.
    pub class: Option<ClassId>,
    /// Of the class's first rule that the number falls under, in the order in which they are tried.
    pub lines: Vec<LineId>,
    /// The extension that sends it there; `None`: the table of a line.
    pub on_behalf_of: Option<ExtensionId>,
    /// The lines do not show its number.
    pub hides_number: bool,
    /// Over any line, whatever else forbids it.
    pub is_emergency: bool,
    /// `on_behalf_of` has unlocked itself for one call, which is this one.
    pub spends_unlock: bool,
}

/// The node that follows each cause; none for what ends the call.
pub type Exits = [Option<usize>; Cause::ALL.len()];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub action: Action,
    pub(super) exits: Exits,
}

/// The first node is where a call enters; every exit leads to a node of the plan; every ring has all its exits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    nodes: Vec<Node>,
}

/// Where a node leads for some causes, which follow each other in print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    pub to: usize,
    pub causes: Vec<Cause>,
    /// A call that goes there may come back here.
    pub is_loop: bool,
}

/// Exits as they are numbered and printed.
pub(super) const IN_PRINT: [Cause; 3] = [Cause::Busy, Cause::NoAnswer, Cause::Unavailable];

impl Plan {
    pub fn refusing(refusal: Refusal) -> Plan {
        Plan::starting(Action::HangUp(refusal))
    }

    pub fn starting(action: Action) -> Plan {
        // A ring that hangs up whatever happens: most calls.
        let mut plan = Plan { nodes: Vec::with_capacity(1 + Cause::ALL.len()) };
        plan.place(action);
        plan
    }

    pub fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Where the call goes when the action of `node` ended so.
    pub fn next(&self, node: usize, cause: Cause) -> Option<usize> {
        self.nodes[node].exits[cause as usize]
    }

    /// The node of an action: one that is there, or a new one.
    pub(super) fn place(&mut self, action: Action) -> usize {
        let called = |action: &Action| match action {
            Action::Extension(called) | Action::Ring { called, .. } | Action::Forward(called) => Some(*called),
            _ => None,
        };
        let is_same = |node: &Node| match called(&action) {
            Some(to) => called(&node.action) == Some(to),
            None => node.action == action,
        };
        if let Some(index) = self.nodes.iter().position(is_same) {
            return index;
        }
        let index = self.nodes.len();
        let failing: &[Cause] = match action {
            Action::Voicemail(_) => &[Cause::Unavailable],
            Action::External(_) => &IN_PRINT,
            Action::Extension(_) | Action::Ring { .. } | Action::Forward(_) | Action::Service(_) | Action::HangUp(_) => &[],
        };
        self.nodes.push(Node { action, exits: Exits::default() });
        for cause in failing {
            let hang_up = self.place(Action::HangUp(Refusal::from(*cause)));
            self.nodes[index].exits[*cause as usize] = Some(hang_up);
        }
        index
    }

    /// Says what is at an extension that was only named so far.
    pub(super) fn settle(&mut self, index: usize, node: Node) {
        assert!(matches!(self.nodes[index].action, Action::Extension(_)), "node {index} is not planned yet");
        let is_complete = match node.action {
            Action::Ring { .. } | Action::Forward(_) => node.exits.iter().all(|exit| exit.is_some_and(|to| to < self.nodes.len())),
            Action::HangUp(_) => node.exits == Exits::default(),
            Action::Extension(_) | Action::Service(_) | Action::Voicemail(_) | Action::External(_) => false,
        };
        assert!(is_complete, "node {index} is planned, with all its exits");
        self.nodes[index] = node;
    }

    /// Leads from a node on to another one.
    pub(super) fn lead(&mut self, from: usize, cause: Cause, to: usize) {
        assert!(to < self.nodes.len(), "node {to} is there");
        self.nodes[from].exits[cause as usize] = Some(to);
    }

    /// Of an extension that is planned already only this phone is to ring.
    pub(super) fn ring_only(&mut self, index: usize, account: AccountId) {
        if let Action::Ring { accounts, .. } = &mut self.nodes[index].action {
            accounts.retain(|known| *known == account);
        }
    }

    /// Whether a call that takes an exit from one node to another may come back.
    pub fn is_loop(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![to];
        while let Some(index) = open.pop() {
            if index == from {
                return true;
            }
            if !std::mem::replace(&mut seen[index], true) {
                open.extend(self.nodes[index].exits.iter().flatten());
            }
        }
        false
    }

    /// `0: ring anna+anna-soft 30s | busy -> 1; no answer,unavailable -> 2 / 1: hang up busy / ...`
    pub fn print(&self, settings: &Settings) -> String {
        let nodes = self.nodes.iter().enumerate();
        let nodes: Vec<String> =
            nodes.map(|(index, node)| format!("{index}: {}{}", node.action.print(settings), self.print_exits(index))).collect();
        nodes.join(" / ")
    }

    /// Causes that follow each other to the same node are named together.
    pub fn branches(&self, from: usize) -> Vec<Branch> {
        let mut branches: Vec<Branch> = Vec::new();
        for cause in IN_PRINT {
            match (self.next(from, cause), branches.last_mut()) {
                (None, _) => {}
                (Some(to), Some(last)) if last.to == to => last.causes.push(cause),
                (Some(to), _) => branches.push(Branch { to, causes: vec![cause], is_loop: self.is_loop(from, to) }),
            }
        }
        branches
    }

    fn print_exits(&self, from: usize) -> String {
        let is_forward = matches!(self.nodes[from].action, Action::Forward(_));
        let print = |branch: &Branch| {
            let causes: Vec<&str> = branch.causes.iter().map(|cause| Refusal::from(*cause).name()).collect();
            let causes = if is_forward { String::new() } else { causes.join(",") + " " };
            format!("{causes}-> {}{}", branch.to, if branch.is_loop { " (loop)" } else { "" })
        };
        let branches: Vec<String> = self.branches(from).iter().map(print).collect();
        match (branches.is_empty(), is_forward) {
            (true, _) => String::new(),
            (false, true) => format!(" {}", branches.join("; ")),
            (false, false) => format!(" | {}", branches.join("; ")),
        }
    }
}

impl Action {
    fn print(&self, settings: &Settings) -> String {
        let number = |id: &ExtensionId| settings.extensions.get(id).map_or("?", |extension| extension.number.as_str());
        match self {
            Action::Extension(called) => format!("{} {}", called.way.verb("call"), number(&called.extension)),
            Action::Ring { called, accounts, timeout } => {
                let names: Vec<&str> =
                    accounts.iter().filter_map(|id| settings.accounts.get(id)).map(|account| account.username.as_str()).collect();
                let names = if names.is_empty() { "nobody".to_owned() } else { names.join("+") };
                format!("{} {names} {}s", called.way.verb("ring"), timeout.as_secs())
            }
            Action::Forward(called) => format!("forwarded by {}", number(&called.extension)),
            Action::Service(served) => served.print(|id| number(id).to_owned()),
            Action::Voicemail(id) => format!("voicemail {}", settings.mailboxes.get(id).map_or("?", |mailbox| mailbox.number.as_str())),
            Action::External(external) => external.print(settings, external.on_behalf_of.as_ref().map_or("the line", number)),
            Action::HangUp(refusal) => format!("hang up {}", refusal.name()),
        }
    }
}

impl External {
    fn print(&self, settings: &Settings, on_behalf_of: &str) -> String {
        let class = self.class.and_then(|id| settings.classes.get(&id)).map_or("no class", |class| class.name.as_str());
        let lines: Vec<&str> = self.lines.iter().filter_map(|id| settings.lines.get(id)).map(|line| line.name.as_str()).collect();
        let over = match (self.is_emergency, lines.join("+")) {
            (true, lines) if lines.is_empty() => "no line".to_owned(),
            (true, lines) => lines,
            (false, lines) if lines.is_empty() => class.to_owned(),
            (false, lines) => format!("{class}: {lines}"),
        };
        let to = if self.is_emergency { format!("emergency {}", self.number) } else { format!("outside {}", self.number) };
        let hidden = if self.hides_number { ", hidden," } else { "" };
        format!("{to} as {}{hidden} over {over}", self.identity.as_deref().unwrap_or(on_behalf_of))
    }
}

impl Way {
    const fn verb(self, onward: &'static str) -> &'static str {
        match self {
            Way::Onward | Way::Returned => onward,
            Way::Return => "return to",
        }
    }
}
