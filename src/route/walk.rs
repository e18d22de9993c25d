//! A call on its way through a plan, and who counts it: each extension that it comes to is admitted by its limits and counted at once, each
//! that it leaves counts it no more. So two calls in one millisecond never both pass a limit of one.

use super::View;
use super::admission::Occupancy;
use super::failover::{self, Known};
use super::plan::{Action, Called, External, Node, Plan, Way};
use super::refusal::Refusal;
use super::serve::Served;
use crate::base::id::{AccountId, ExtensionId};
use crate::base::limits::CALL_HOPS_MAX;
use crate::settings::{Cause, Origin};

/// Where a call is in its plan. [`Walk::fail`] and [`Walk::forward`] lead it on; [`Walk::action`] says what is to be done now.
#[derive(Debug)]
pub struct Walk {
    plan: Plan,
    known: Known,
    node: usize,
    passed: Vec<Passed>,
    /// Called extensions that count the call. More than one while a phone of one has sent the call on and others still ring.
    counted: Vec<ExtensionId>,
}

/// A node that the call has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    pub node: usize,
    pub ended: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Failed(Cause),
    /// The phone itself sent the call on.
    Forwarded,
}

impl Walk {
    /// Enters a plan.
    pub fn begin(view: &View<'_>, occupancy: &mut Occupancy, plan: Plan, known: Known) -> Walk {
        let mut walk = Walk { plan, known, node: 0, passed: Vec::new(), counted: Vec::with_capacity(1) };
        walk.enter(view, occupancy, 0);
        walk
    }

    /// Of a call that begins in talk, when a transfer brings two parties together. Who is called counts it whatever its limits: it was in a
    /// call before.
    pub fn in_talk(occupancy: &mut Occupancy, extension: Option<ExtensionId>, number: &str) -> Walk {
        let plan = Plan::starting(match extension {
            Some(extension) => Action::Extension(Called { extension, way: Way::Onward }),
            None => Action::External(External::reached(number)),
        });
        if let Some(extension) = extension {
            occupancy.enter(extension);
        }
        let known = Known { origin: Origin::Transfer, transferor: None };
        Walk { plan, known, node: 0, passed: Vec::new(), counted: extension.into_iter().collect() }
    }

    /// The column of the failover tables on its way.
    pub const fn origin(&self) -> Origin {
        self.known.origin
    }

    /// Whether the call is back at who transferred it.
    pub fn is_return(&self) -> bool {
        matches!(self.action(), Action::Ring { called, .. } if called.is_return())
    }

    /// Whether the call began in a park slot.
    pub fn is_from_park(&self) -> bool {
        matches!(self.plan.node(0).action, Action::Service(Served::Parked(_)))
    }

    pub fn node(&self) -> &Node {
        self.plan.node(self.node)
    }

    pub fn action(&self) -> &Action {
        &self.node().action
    }

    /// What was planned so far.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The nodes before this one, the first first.
    pub fn passed(&self) -> &[Passed] {
        &self.passed
    }

    /// The action did not bring the call to anybody: on to what follows.
    pub fn fail(&mut self, view: &View<'_>, occupancy: &mut Occupancy, cause: Cause) {
        self.leave(occupancy);
        self.passed.push(Passed { node: self.node, ended: Ended::Failed(cause) });
        match self.plan.next(self.node, cause) {
            Some(next) => self.enter(view, occupancy, next),
            None => self.node = self.plan.place(Action::HangUp(Refusal::from(cause))),
        }
    }

    /// The last phone that was left sent the call elsewhere: to another extension, which has it from now on, or to the outside.
    pub fn forward(&mut self, view: &View<'_>, occupancy: &mut Occupancy, to: Action) {
        self.leave(occupancy);
        self.passed.push(Passed { node: self.node, ended: Ended::Forwarded });
        let next = self.plan.place(match to {
            Action::Extension(called) => Action::Extension(Called { way: self.way(), ..called }),
            other => other,
        });
        self.enter(view, occupancy, next);
    }

    /// A phone sent the call to another extension while others ring on: both count it.
    pub fn join(&mut self, view: &View<'_>, occupancy: &mut Occupancy, to: ExtensionId) -> Result<(), Cause> {
        let extension = view.settings.extensions.get(&to).filter(|_| !self.counted.contains(&to)).ok_or(Cause::Unavailable)?;
        if !occupancy.may_be_called(extension) || view.wants_no_calls(to) {
            return Err(Cause::Busy);
        }
        occupancy.enter(to);
        self.counted.push(to);
        Ok(())
    }

    /// Somebody else took the call: it counts for them alone.
    pub fn pick_up(&mut self, occupancy: &mut Occupancy, picker: ExtensionId) {
        self.leave(occupancy);
        occupancy.enter(picker);
        self.counted.push(picker);
    }

    /// Of several extensions that count the call, those without a living phone count it no more.
    pub fn keep(&mut self, occupancy: &mut Occupancy, is_living: impl Fn(ExtensionId) -> bool) {
        self.counted.retain(|extension| {
            let stays = is_living(*extension);
            if !stays {
                occupancy.leave(*extension);
            }
            stays
        });
    }

    /// The call is over, or about to go elsewhere.
    pub fn leave(&mut self, occupancy: &mut Occupancy) {
        self.keep(occupancy, |_| false);
    }

    pub fn counted(&self) -> &[ExtensionId] {
        &self.counted
    }

    /// The extension that is called now.
    pub fn called(&self) -> Option<ExtensionId> {
        self.called_at(self.node)
    }

    /// The extension that was dialled.
    pub fn dialled(&self) -> Option<ExtensionId> {
        self.called_at(0)
    }

    fn called_at(&self, node: usize) -> Option<ExtensionId> {
        match self.plan.node(node).action {
            Action::Ring { called, .. } | Action::Extension(called) | Action::Forward(called) => Some(called.extension),
            Action::Service(_) | Action::Voicemail(_) | Action::External(_) | Action::HangUp(_) => None,
        }
    }

    /// A phone of the extension that is called now.
    pub fn phone(&self, index: usize) -> Option<AccountId> {
        match self.action() {
            Action::Ring { accounts, .. } => accounts.get(index).copied(),
            _ => None,
        }
    }

    /// Whether a phone sent the call here, rather than a failover table.
    pub fn is_forwarded(&self) -> bool {
        self.passed.last().is_some_and(|passed| passed.ended == Ended::Forwarded)
    }

    /// What the caller would be told if the call ended here for that cause; `None` if it would go on.
    pub fn refusal_after(&self, cause: Cause) -> Option<Refusal> {
        match self.plan.next(self.node, cause).map(|next| &self.plan.node(next).action) {
            Some(Action::HangUp(refusal)) => Some(*refusal),
            Some(_) => None,
            None => Some(Refusal::from(cause)),
        }
    }

    fn way(&self) -> Way {
        match self.action() {
            Action::Ring { called, .. } if called.way != Way::Onward => Way::Returned,
            _ => Way::Onward,
        }
    }

    /// Comes to a node, and on from there past extensions that have as many calls as they may.
    fn enter(&mut self, view: &View<'_>, occupancy: &mut Occupancy, mut node: usize) {
        loop {
            failover::plan_node(&mut self.plan, view, &self.known, node);
            self.node = node;
            let action = &self.plan.node(node).action;
            if !matches!(action, Action::HangUp(_)) && self.passed.len() >= CALL_HOPS_MAX {
                self.node = self.plan.place(Action::HangUp(Refusal::HopLimit));
                return;
            }
            if let Action::Forward(_) = action {
                self.passed.push(Passed { node, ended: Ended::Forwarded });
                match self.plan.next(node, Cause::Busy) {
                    Some(next) => node = next,
                    None => return,
                }
                continue;
            }
            let Action::Ring { called, .. } = action else { return };
            let may_enter = view.settings.extensions.get(&called.extension).is_some_and(|extension| match called.way {
                // A return ignores the busy level and do not disturb, not the limit.
                Way::Return => occupancy.may_call(extension),
                Way::Onward | Way::Returned => occupancy.may_be_called(extension) && !view.wants_no_calls(extension.id),
            });
            if may_enter {
                occupancy.enter(called.extension);
                self.counted.push(called.extension);
                return;
            }
            self.passed.push(Passed { node, ended: Ended::Failed(Cause::Busy) });
            match self.plan.next(node, Cause::Busy) {
                Some(next) => node = next,
                None => return,
            }
        }
    }
}
