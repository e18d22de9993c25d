//! What people switch at an extension by page and API, as by the service codes: where its calls go, do not disturb, hiding its number,
//! the lock. Nothing of it is a setting: no revision is made, and it is in force at once.
//!
//! Who may switch needs no service PIN: the login stands in its place, and whoever may switch may also set a new PIN.

use crate::base::Wall;
use crate::entry::Switches;
use crate::exchange::command::{Change, switched};
use crate::route::{self, View};
use crate::settings::{Extension, LockMode};
use crate::text::Phrase;
use crate::text::switching as words;

use super::Context;

/// More than these digits are dialled nowhere.
pub const FORWARD_CHARS_MAX: usize = 64;

/// What is switched at an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub forward: Option<String>,
    pub do_not_disturb: bool,
    pub hides_number: bool,
    /// `None`: it has no lock.
    pub lock: Option<Lock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    Locked,
    /// Until then, or until somebody locks it.
    Open(Option<Wall>),
}

/// What somebody wants of it; `None`: as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// As it would be dialled; the empty text: nowhere.
    pub forward: Option<String>,
    pub do_not_disturb: Option<bool>,
    pub hides_number: Option<bool>,
    pub is_locked: Option<bool>,
}

/// Why it can't be had, beside which wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub key: &'static str,
    pub phrase: Phrase,
    pub value: String,
}

pub fn now(context: &Context<'_>, extension: &Extension) -> State {
    let switches = context.status.switches.get(&extension.id).cloned().unwrap_or_default();
    state(context, extension, &switches)
}

fn state(context: &Context<'_>, extension: &Extension, switches: &Switches) -> State {
    let table = [(extension.id, switches.clone())].into();
    let view = View { settings: &context.settings, switches: &table, at: context.now.wall };
    let until = || Some(switches.unlocked()? + route::opened_for(extension)?);
    let lock = match extension.lock.mode {
        LockMode::Open => None,
        _ if route::is_locked(&view, extension) => Some(Lock::Locked),
        _ => Some(Lock::Open(until())),
    };
    State {
        forward: switches.forward.clone(),
        do_not_disturb: switches.do_not_disturb,
        hides_number: switches.hides_number.unwrap_or(extension.hide_number),
        lock,
    }
}

/// Has the Exchange do it, and says what is switched then; or nothing is done, and all that is wrong is said.
pub fn switch(context: &Context<'_>, extension: &Extension, wish: &Wish) -> Result<State, Vec<Wrong>> {
    let before = now(context, extension);
    let changes = changes(context, extension, wish, &before)?;
    let mut switches = context.status.switches.get(&extension.id).cloned().unwrap_or_default();
    for change in changes {
        switches = switched(switches, change.clone(), context.now.wall);
        (context.command)(crate::exchange::command::Command::Switch { extension: extension.id, change });
    }
    Ok(state(context, extension, &switches))
}

/// Only what differs from what is.
fn changes(context: &Context<'_>, extension: &Extension, wish: &Wish, before: &State) -> Result<Vec<Change>, Vec<Wrong>> {
    let (mut changes, mut wrong) = (Vec::new(), Vec::new());
    if let Some(typed) = &wish.forward {
        let number = as_dialled(typed);
        let is_changed = number != before.forward.as_deref().unwrap_or_default();
        if is_changed && !number.is_empty() && !may_forward(context, extension, &number) {
            wrong.push(Wrong {
                key: "forward",
                phrase: words::FORWARD_NOWHERE,
                value: typed.trim().chars().take(FORWARD_CHARS_MAX).collect(),
            });
        } else if is_changed {
            changes.push(Change::Forward((!number.is_empty()).then_some(number)));
        }
    }
    if let Some(is_on) = wish.do_not_disturb.filter(|is_on| *is_on != before.do_not_disturb) {
        changes.push(Change::DoNotDisturb(is_on));
    }
    if let Some(is_on) = wish.hides_number.filter(|is_on| *is_on != before.hides_number) {
        changes.push(Change::HideNumber(is_on));
    }
    match (wish.is_locked, before.lock) {
        (None, _) => {}
        (Some(_), None) => wrong.push(Wrong { key: "locked", phrase: words::HAS_NO_LOCK, value: extension.number.clone() }),
        // Somebody who unlocks what is open starts its time anew.
        (Some(false), Some(_)) => changes.push(Change::Unlock),
        (Some(true), Some(_)) => changes.push(Change::Lock),
    }
    if wrong.is_empty() { Ok(changes) } else { Err(wrong) }
}

/// People write numbers with spaces and signs that nobody dials.
fn as_dialled(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/' | '.' | '(' | ')')).collect()
}

fn may_forward(context: &Context<'_>, extension: &Extension, number: &str) -> bool {
    let view = View { settings: &context.settings, switches: &context.status.switches, at: context.now.wall };
    number.chars().count() <= FORWARD_CHARS_MAX && route::can_forward(&view, extension, number)
}
