//! What may go to the store: only who asked the rules of this folder has one, so no page and no handler can go past them.

use crate::settings::{Change, Difference, Edit, Fault, Kind, Level, Own, Rights, Settings, User};
use crate::text::fault::Reason;

use super::changes;

/// An edit that its author may make. Nothing outside this file can make one of an [`Edit`] unasked.
#[derive(Debug)]
pub struct Permitted(Edit);

impl Permitted {
    /// Of somebody with these rights; refused with all faults there are.
    pub fn edit(settings: &Settings, rights: &Rights, edit: Edit) -> Result<Permitted, Vec<Fault>> {
        changes::edit(settings, rights, &edit).map(|()| Permitted(edit))
    }

    /// The same for who has just typed the password.
    pub fn edit_in_person(settings: &Settings, rights: &Rights, edit: Edit) -> Result<Permitted, Vec<Fault>> {
        changes::edit_in_person(settings, rights, &edit).map(|()| Permitted(edit))
    }

    /// A recovery code that let its user in, and never will again.
    pub fn spent_code(user: &User, spent: &str) -> Permitted {
        let left: Vec<&str> = user.recovery_codes.expose().split(' ').filter(|hash| *hash != spent).collect();
        let own = Own::default().with("recovery_codes", left.join(" "));
        Permitted(Edit { changes: vec![Change::Put { kind: Kind::User, id: Some(user.id.0), own }], based_on: None })
    }

    pub fn into_edit(self) -> Edit {
        self.0
    }
}

/// The revert of a revision, and the rights of who wants it. What it would do is known only where it is made, so it is judged there, in the same
/// step: nobody's save comes between.
#[derive(Clone, Debug)]
pub struct AskedRevert {
    id: u64,
    rights: Rights,
}

impl AskedRevert {
    pub const fn new(id: u64, rights: Rights) -> AskedRevert {
        AskedRevert { id, rights }
    }

    pub const fn revision(&self) -> u64 {
        self.id
    }

    /// Whether it may be made of these settings, where it would make these differences. What a save did to users, roles and tokens is undone by
    /// hand, where each rule on them is asked; and nobody's personal contacts are anybody else's.
    pub fn judge(&self, settings: &Settings, differences: &[Difference]) -> Result<(), Vec<Fault>> {
        let refused: Vec<Fault> = differences
            .iter()
            .filter(|difference| !may_undo(settings, &self.rights, difference))
            .map(|difference| {
                // What a contact of somebody else is called is nobody's to read here.
                let name = if difference.kind == Kind::Contact { "" } else { difference.name.as_str() };
                let is_by_hand = matches!(difference.kind, Kind::User | Kind::Role | Kind::Token);
                let reason = if is_by_hand { Reason::UndoneByHand } else { Reason::NotPermitted };
                Fault::beside(None, (difference.kind, Some(difference.id)), name, "", reason)
            })
            .collect();
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }
}

fn may_undo(settings: &Settings, rights: &Rights, difference: &Difference) -> bool {
    let now = settings.own(difference.kind, difference.id);
    let has_owner = now.is_some_and(|own| own.get("owner").is_some()) || difference.fields.iter().any(|(key, ..)| key == "owner");
    let is_personal = difference.kind == Kind::Contact && has_owner;
    !matches!(difference.kind, Kind::User | Kind::Role | Kind::Token)
        && !is_personal
        && !rights.is_read_only
        && rights.may(difference.kind.panel(), Level::Write)
}
