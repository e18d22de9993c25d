//! What a user may see and do, from the role: asked by pages, API, exports and events alike.

use crate::base::Wall;
use crate::base::id::{ExtensionId, UserId};

use super::{Level, Panel, Role, Settings, User};

/// The rights of one user at one revision of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    pub user: UserId,
    /// Whose own page, calls and contacts are open whatever the role says.
    pub extension: Option<ExtensionId>,
    levels: [Level; Panel::ALL.len()],
    /// Outside numbers are shown in full, and recordings may be heard.
    pub is_private: bool,
    pub is_administrator: bool,
    /// It changes nothing, not even what is its own.
    pub is_read_only: bool,
    /// When they end: those of a token that does. No token that is made with them ends later.
    pub ends: Option<Wall>,
}

impl Rights {
    pub fn level(&self, panel: Panel) -> Level {
        self.levels[panel as usize]
    }

    pub fn may(&self, panel: Panel, level: Level) -> bool {
        self.level(panel) >= level
    }

    /// The same, but for what changes something: a token that only reads.
    pub fn read_only(mut self) -> Rights {
        self.levels = self.levels.map(|level| level.min(Level::Read));
        self.is_read_only = true;
        self
    }

    /// The same, until then.
    pub fn until(mut self, ends: Option<Wall>) -> Rights {
        self.ends = ends;
        self
    }

    /// Whoever has these may do nothing that `others` do not allow too.
    pub fn are_within(&self, others: &Rights) -> bool {
        let is_special = self.is_private && !others.is_private || self.is_administrator && !others.is_administrator;
        !is_special && self.levels.iter().zip(&others.levels).all(|(own, other)| own <= other)
    }
}

impl Settings {
    /// A plain administrator changes everything but does not see outside numbers in full; the privacy officer sees everything, and
    /// changes nothing but users. Who has no role beyond an extension of their own sees that.
    pub fn rights(&self, user: &User) -> Rights {
        let all = |level| [level; Panel::ALL.len()];
        let mut levels = match user.role {
            Role::Administrator => all(Level::Write),
            Role::PrivacyOfficer => all(Level::Read),
            Role::TenantUser => all(Level::None),
            Role::Own(role) => {
                let role = self.roles.get(&role);
                Panel::ALL.map(|panel| role.and_then(|role| role.levels.get(&panel)).copied().unwrap_or(Level::None))
            }
        };
        let is_private = user.role == Role::PrivacyOfficer;
        if is_private {
            levels[Panel::Users as usize] = Level::Write;
        }
        let is_administrator = user.role == Role::Administrator;
        Rights { user: user.id, extension: user.extension, levels, is_private, is_administrator, is_read_only: false, ends: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Change, Edit, Kind, Own};

    #[test]
    fn each_role_has_its_levels() {
        let user = |name: &str, role: &str| {
            let own = Own::default().with("username", name).with("password_hash", "$argon2id$x").with("role", role);
            Change::Put { kind: Kind::User, id: None, own }
        };
        let desk = Own::default().with("name", "Desk").with("contacts", "write").with("extensions", "list");
        let own = Own::default().with("username", "desk").with("password_hash", "$argon2id$x").with("role", "own").with("own_role", "desk");
        let changes = vec![
            user("admin", "administrator"),
            user("privacy", "privacy_officer"),
            user("anna", "tenant_user"),
            Change::Put { kind: Kind::Role, id: None, own: desk },
            Change::Put { kind: Kind::User, id: None, own },
        ];
        let settings = Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [0; 24]).expect("sound").settings;
        let rights = |name: &str| settings.rights(settings.user_by_username(name).expect("there"));
        for panel in Panel::ALL {
            assert!(rights("admin").may(panel, Level::Write) && !rights("admin").is_private);
            assert!(rights("privacy").may(panel, Level::Read) && rights("privacy").is_private);
            assert_eq!(rights("anna").level(panel), Level::None);
            assert!(!rights("admin").read_only().may(panel, Level::Write));
        }
        assert!(!rights("privacy").may(Panel::Extensions, Level::Write));
        assert!(rights("desk").may(Panel::Contacts, Level::Write) && !rights("desk").may(Panel::Extensions, Level::Read));
    }
}
