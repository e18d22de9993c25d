//! Whether somebody may make an edit. Asked before the store is.
//!
//! The panel of every kind that the edit touches must be open for writing; users, roles, tokens and personal contacts have rules of their
//! own, which look at what would become of them and not at what the edit says, so that no way of saying it goes past them:
//!
//! ```text
//! user, role    before and after within the rights of who edits; privacy officers by privacy officers, the first by an administrator
//! phone         the service PIN of one's own extension
//! oneself       language by any form; password and second factor only where the old password is asked (edit_in_person)
//! token         for oneself, or for users within one's rights; with a token that ends, none that ends later
//! contact       a personal one by its owner only
//! ```

use std::sync::Arc;

use crate::base::id::{RoleId, TokenId, UserId};
use crate::settings::{Change, Edit, Edited, Fault, Kind, Level, Own, OwnRole, Panel, Rights, Role, RowChange, Settings, User};
use crate::text::fault::Reason;

/// What one may change of one's own user anywhere.
const OWN_KEYS: &[&str] = &["language"];
/// And of one's own extension.
const OWN_EXTENSION_KEYS: &[&str] = &["service_pin"];
/// And where one has shown who one is.
const OWN_KEYS_IN_PERSON: &[&str] = &["language", "password_hash", "totp_secret", "recovery_codes"];

/// Refuses with all faults there are: of the edit itself, or of who makes it.
pub fn edit(settings: &Settings, rights: &Rights, edit: &Edit) -> Result<(), Vec<Fault>> {
    Judge { settings, rights, own_keys: OWN_KEYS }.judge(edit)
}

/// The same for who has just typed the password: it may change with it.
pub fn edit_in_person(settings: &Settings, rights: &Rights, edit: &Edit) -> Result<(), Vec<Fault>> {
    Judge { settings, rights, own_keys: OWN_KEYS_IN_PERSON }.judge(edit)
}

struct Judge<'a> {
    settings: &'a Settings,
    rights: &'a Rights,
    own_keys: &'static [&'static str],
}

/// Why not, and at which setting.
type Refusal = (&'static str, Reason);

impl Judge<'_> {
    fn judge(&self, edit: &Edit) -> Result<(), Vec<Fault>> {
        let mut faults = self.panels(edit);
        if !faults.is_empty() {
            return Err(faults);
        }
        if edit.changes.iter().all(|change| !has_rules(kind_of(change))) {
            return Ok(());
        }
        // Passwords that would be generated are none of ours, so they need no chance.
        let edited = self.settings.edited(edit, &mut || [0; 24])?;
        for row in &edited.rows {
            if let Err((field, reason)) = self.row(row, &edited) {
                let after = if row.after.is_some() { &edited.settings } else { self.settings };
                let at = edit.changes.iter().position(|change| touches(change, row));
                faults.push(Fault::beside(at, (row.kind, Some(row.id)), &after.name_of(row.kind, row.id), field, reason));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// What can be said without knowing what the edit leads to.
    fn panels(&self, edit: &Edit) -> Vec<Fault> {
        let changes = edit.changes.iter().enumerate();
        let refused = changes.filter(|(_, change)| {
            self.rights.is_read_only || !has_rules(kind_of(change)) && !self.may_write(kind_of(change)) && !self.is_own_extension(change)
        });
        refused
            .map(|(at, change)| {
                let id = match change {
                    Change::Put { id, .. } => *id,
                    Change::Delete { id, .. } => Some(*id),
                };
                let name = id.map(|id| self.settings.name_of(kind_of(change), id)).unwrap_or_default();
                Fault::beside(Some(at), (kind_of(change), id), &name, "", Reason::NotPermitted)
            })
            .collect()
    }

    fn is_own_extension(&self, change: &Change) -> bool {
        let Change::Put { kind: Kind::Extension, id: Some(id), own } = change else { return false };
        self.rights.extension.is_some_and(|extension| extension.0 == *id)
            && own.0.keys().all(|key| OWN_EXTENSION_KEYS.contains(&key.as_str()))
    }

    fn may_write(&self, kind: Kind) -> bool {
        self.rights.may(kind.panel(), Level::Write)
    }

    fn row(&self, row: &RowChange, edited: &Edited) -> Result<(), Refusal> {
        match row.kind {
            Kind::User => self.user(row, &edited.settings),
            Kind::Role => self.role(row, &edited.settings),
            Kind::Token => self.token(row, &edited.settings),
            Kind::Contact => self.contact(row, &edited.settings),
            // Their panels were asked before.
            _ => Ok(()),
        }
    }

    fn user(&self, row: &RowChange, after: &Settings) -> Result<(), Refusal> {
        let id = UserId(row.id);
        let (was, is) = (self.settings.users.get(&id), after.users.get(&id));
        if id == self.rights.user && is.is_some() {
            let mut others = changed_keys(row).filter(|key| !self.own_keys.contains(key));
            if others.clone().any(|key| OWN_KEYS_IN_PERSON.contains(&key)) {
                return Err((PASSWORD, Reason::OnlyInPerson));
            }
            if others.next().is_none() {
                return Ok(());
            }
        }
        if !self.may_write(Kind::User) {
            return Err(("", Reason::NotPermitted));
        }
        if let Some(was) = was {
            self.within("", &self.settings.rights(was))?;
        }
        let Some(is) = is else { return Ok(()) };
        let new = after.rights(is);
        if new.is_private && self.may_appoint_first(is) {
            return Ok(());
        }
        self.within("role", &new)
    }

    /// An administrator appoints the first privacy officer, somebody else.
    fn may_appoint_first(&self, user: &User) -> bool {
        let is_first = self.settings.users.values().all(|user| user.role != Role::PrivacyOfficer);
        self.rights.is_administrator && is_first && user.id != self.rights.user
    }

    fn within(&self, field: &'static str, rights: &Rights) -> Result<(), Refusal> {
        if rights.is_private && !self.rights.is_private {
            return Err((field, Reason::OnlyByPrivacyOfficer));
        }
        rights.are_within(self.rights).then_some(()).ok_or((field, Reason::AboveOwnRights))
    }

    fn role(&self, row: &RowChange, after: &Settings) -> Result<(), Refusal> {
        if !self.may_write(Kind::Role) {
            return Err(("", Reason::NotPermitted));
        }
        let id = RoleId(row.id);
        for role in [self.settings.roles.get(&id), after.roles.get(&id)].into_iter().flatten() {
            if let Some(panel) = self.level_above(role) {
                return Err((panel.key(), Reason::AboveOwnRights));
            }
        }
        Ok(())
    }

    fn level_above(&self, role: &OwnRole) -> Option<Panel> {
        role.levels.iter().find(|(panel, level)| !self.rights.may(**panel, **level)).map(|(panel, _)| *panel)
    }

    fn token(&self, row: &RowChange, after: &Settings) -> Result<(), Refusal> {
        for settings in [self.settings, after] {
            let Some(token) = settings.tokens.get(&TokenId(row.id)) else { continue };
            if token.user == self.rights.user {
                continue;
            }
            if !self.may_write(Kind::Token) {
                return Err(("user", Reason::NotPermitted));
            }
            // Of a user that the same edit makes the rights are those that it gives.
            if let Some(user) = settings.users.get(&token.user) {
                self.within("user", &settings.rights(user))?;
            }
        }
        let is = after.tokens.get(&TokenId(row.id)).filter(|_| changed_keys(row).any(|key| key != "name"));
        match (self.rights.ends, is) {
            (Some(ends), Some(token)) if token.expires.is_none_or(|expires| expires > ends) => Err(("expires", Reason::OutlivesToken)),
            _ => Ok(()),
        }
    }

    fn contact(&self, row: &RowChange, after: &Settings) -> Result<(), Refusal> {
        let owner = |own: &Option<Arc<Own>>| own.as_ref().map(|own| own.get("owner").and_then(|id| id.as_i64()).map(UserId));
        for owner in [owner(&row.before), owner(&row.after)].into_iter().flatten() {
            match owner {
                None if self.may_write(Kind::Contact) => {}
                None => return Err(("owner", Reason::NotPermitted)),
                Some(owner) if owner == self.rights.user => {}
                // A user's contacts go with the user, whose going is judged by itself.
                Some(owner) if row.after.is_none() && !after.users.contains_key(&owner) => {}
                Some(_) => return Err(("owner", Reason::OnlyByOwner)),
            }
        }
        Ok(())
    }
}

const PASSWORD: &str = "password_hash";

/// What row by row is judged, for a panel alone does not decide it.
const fn has_rules(kind: Kind) -> bool {
    matches!(kind, Kind::User | Kind::Role | Kind::Token | Kind::Contact)
}

const fn kind_of(change: &Change) -> Kind {
    match change {
        Change::Put { kind, .. } | Change::Delete { kind, .. } => *kind,
    }
}

fn touches(change: &Change, row: &RowChange) -> bool {
    match change {
        Change::Put { kind, id, .. } => *kind == row.kind && (*id == Some(row.id) || id.is_none() && row.before.is_none()),
        Change::Delete { kind, id } => *kind == row.kind && *id == row.id,
    }
}

fn changed_keys(row: &RowChange) -> impl Iterator<Item = &'static str> + Clone {
    let of = |own: &Option<Arc<Own>>, key: &str| own.as_ref().and_then(|own| own.get(key)).cloned();
    let keys = row.kind.fields().iter().map(|field| field.key).filter(|key| of(&row.before, key) != of(&row.after, key));
    keys.collect::<Vec<_>>().into_iter()
}
