//! Who may see and do what: panels of the administration, each with a level.

use std::collections::BTreeMap;

use crate::base::id::RoleId;
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// A role that an administrator made.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnRole {
    pub id: RoleId,
    pub name: String,
    pub levels: BTreeMap<Panel, Level>,
}

/// A part of the administration. Pages, API, exports and events of it ask for the same level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Panel {
    Extensions,
    Accounts,
    Templates,
    Classes,
    Lines,
    Pickup,
    Mailboxes,
    Contacts,
    Audio,
    Users,
    Settings,
    History,
    Calls,
    Live,
}

/// What one may do in a panel; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    None,
    /// Names and numbers.
    List,
    /// All but secrets.
    Read,
    Write,
}

impl Panel {
    pub const ALL: [Panel; 14] = [
        Panel::Extensions,
        Panel::Accounts,
        Panel::Templates,
        Panel::Classes,
        Panel::Lines,
        Panel::Pickup,
        Panel::Mailboxes,
        Panel::Contacts,
        Panel::Audio,
        Panel::Users,
        Panel::Settings,
        Panel::History,
        Panel::Calls,
        Panel::Live,
    ];

    /// The key of its level in a role.
    pub const fn key(self) -> &'static str {
        match self {
            Panel::Extensions => "extensions",
            Panel::Accounts => "accounts",
            Panel::Templates => "templates",
            Panel::Classes => "classes",
            Panel::Lines => "lines",
            Panel::Pickup => "pickup",
            Panel::Mailboxes => "mailboxes",
            Panel::Contacts => "contacts",
            Panel::Audio => "audio",
            Panel::Users => "users",
            Panel::Settings => "settings",
            Panel::History => "history",
            Panel::Calls => "calls",
            Panel::Live => "live",
        }
    }
}

impl Level {
    pub const ALL: [Level; 4] = [Level::None, Level::List, Level::Read, Level::Write];

    pub const fn name(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::List => "list",
            Level::Read => "read",
            Level::Write => "write",
        }
    }

    pub fn from_name(name: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

impl Kind {
    /// The panel that entities of this kind belong to.
    pub const fn panel(self) -> Panel {
        match self {
            Kind::Sip | Kind::Phonebook | Kind::Tenant | Kind::Numbering | Kind::Selection => Panel::Settings,
            Kind::PickupGroup => Panel::Pickup,
            Kind::Line => Panel::Lines,
            Kind::Class => Panel::Classes,
            Kind::ExtensionTemplate | Kind::AccountTemplate => Panel::Templates,
            Kind::Extension => Panel::Extensions,
            Kind::Mailbox => Panel::Mailboxes,
            Kind::Account => Panel::Accounts,
            Kind::Role | Kind::User | Kind::Token => Panel::Users,
            Kind::Contact => Panel::Contacts,
            Kind::Audio => Panel::Audio,
        }
    }
}

const LEVEL: Shape = Shape::Choice(&["none", "list", "read", "write"]);
const NONE: Default = Default::Text("none");

pub(super) const FIELDS: &[Field] = &[
    Field::new("name", Shape::Text, Default::Required, words::ROLE_NAME),
    Field::new("extensions", LEVEL, NONE, words::ROLE_EXTENSIONS),
    Field::new("accounts", LEVEL, NONE, words::ROLE_ACCOUNTS),
    Field::new("templates", LEVEL, NONE, words::ROLE_TEMPLATES),
    Field::new("classes", LEVEL, NONE, words::ROLE_CLASSES),
    Field::new("lines", LEVEL, NONE, words::ROLE_LINES),
    Field::new("pickup", LEVEL, NONE, words::ROLE_PICKUP),
    Field::new("mailboxes", LEVEL, NONE, words::ROLE_MAILBOXES),
    Field::new("contacts", LEVEL, NONE, words::ROLE_CONTACTS),
    Field::new("audio", LEVEL, NONE, words::ROLE_AUDIO),
    Field::new("users", LEVEL, NONE, words::ROLE_USERS),
    Field::new("settings", LEVEL, NONE, words::ROLE_SETTINGS),
    Field::new("history", LEVEL, NONE, words::ROLE_HISTORY),
    Field::new("calls", LEVEL, NONE, words::ROLE_CALLS),
    Field::new("live", LEVEL, NONE, words::ROLE_LIVE),
];

impl OwnRole {
    pub(super) fn new(id: i64, values: &Values<'_>) -> OwnRole {
        let level = |panel: Panel| (panel, Level::from_name(&values.text(panel.key())).unwrap_or(Level::None));
        OwnRole { id: RoleId(id), name: values.text("name"), levels: Panel::ALL.into_iter().map(level).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_panel_has_a_level_in_every_role() {
        assert!(Panel::ALL.iter().map(|panel| panel.key()).eq(FIELDS.iter().skip(1).map(|field| field.key)));
    }
}
