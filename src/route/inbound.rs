//! Calls that come over a line: by the table of its numbers.

use super::plan::{Action, Called, Way};
use super::{Plan, Refusal, View, failover};
use crate::settings::{self, Line, LineKind, Numbering, rewritten};

/// Plans a call for a number of a line. What is in no table is nobody's: callers on lines run no services and call nobody outside.
pub fn plan_inbound(view: &View<'_>, line: &Line, called: &str) -> Plan {
    let action = match did(&view.settings.numbering, line, called) {
        Some(action) => failover::of_setting(view, None, action).ok_or(match action {
            settings::Action::Extension(_) => Refusal::NotInService,
            _ => Refusal::Unavailable,
        }),
        // Another site dials our extensions as its own.
        None if line.kind == LineKind::Site => match view.settings.extension_by_number(line.tenant, called) {
            Some(callee) if callee.enabled => Ok(Action::Extension(Called { extension: callee.id, way: Way::Onward })),
            Some(_) => Err(Refusal::NotInService),
            None => Err(Refusal::UnknownNumber),
        },
        None => Err(Refusal::UnknownNumber),
    };
    action.map_or_else(Plan::refusing, Plan::starting)
}

/// Whether the number is in the line's table.
pub fn has_did(numbering: &Numbering, line: &Line, called: &str) -> bool {
    did(numbering, line, called).is_some()
}

/// Whether a caller of the line is not let in. +39 899 and 0899, each with its own prefixes, are the same number.
pub fn is_blocked(numbering: &Numbering, line: &Line, number: &str) -> bool {
    let national = numbering.normalised(number);
    line.blocked.iter().any(|prefix| number.starts_with(prefix.as_str()) || national.starts_with(&numbering.normalised(prefix)))
}

/// As the line writes it, else as its rules rewrite it, else as it is dialled in this country.
fn did<'a>(numbering: &Numbering, line: &'a Line, called: &str) -> Option<&'a settings::Action> {
    let entry = |number: &str| line.did.iter().find(|entry| entry.number == number);
    let national = || line.did.iter().find(|entry| numbering.normalised(&entry.number) == numbering.normalised(called));
    entry(called).or_else(|| entry(&rewritten(&line.rewrite_in, called))).or_else(national).map(|entry| &entry.action)
}
