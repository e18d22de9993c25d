//! Which columns a sheet has.

use crate::settings::field::{Field, Shape};
use crate::settings::{Kind, Settings};

use super::Sheet;

/// One column: a setting of one of the kinds that a row is made of, or something that stands beside them.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
    pub holds: Holds,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Holds {
    Field(&'static Field),
    /// The usernames of an extension's accounts.
    Accounts,
    /// A user's password in clear; only in.
    Password,
    /// That the person has a voicemail box.
    HasMailbox,
}

/// Of an extension in the sheet of people, beside what a template cannot set.
const OF_PEOPLE: &[&str] = &["organization", "department", "outbound_number"];
const OF_PEOPLES_ACCOUNTS: &[&str] = &["username", "password", "template"];
const OF_PEOPLES_MAILBOXES: &[&str] = &["number", "enabled", "email", "notify", "attach_audio", "delete_sent"];
const OF_PEOPLES_USERS: &[&str] = &["username", "role", "web_access", "cti_access"];

impl Column {
    fn new(prefix: &str, kind: Kind, field: &'static Field) -> Column {
        Column { name: format!("{prefix}{}", field.key), kind, holds: Holds::Field(field) }
    }

    fn beside(name: &str, kind: Kind, holds: Holds) -> Column {
        Column { name: name.to_owned(), kind, holds }
    }

    /// It shows what only who may edit sees.
    pub fn is_secret(&self) -> bool {
        matches!(self.holds, Holds::Field(field) if field.is_secret())
    }

    /// It is there to be read, not to be written.
    pub fn is_only_in(&self) -> bool {
        matches!(self.holds, Holds::Password)
    }

    /// An empty cell leaves what is there: nobody shall lose a password, a phone or a right by it.
    pub fn is_kept_if_empty(&self) -> bool {
        match self.holds {
            Holds::Field(field) => field.is_secret() || (self.kind == Kind::User && field.key == "role"),
            _ => true,
        }
    }

    /// The setting that it says something about.
    pub fn key(&self) -> &'static str {
        match self.holds {
            Holds::Field(field) => field.key,
            Holds::Accounts => "extension",
            Holds::Password => "password_hash",
            Holds::HasMailbox => "",
        }
    }
}

/// All columns of a sheet, in the order in which they are written.
pub(super) fn columns(sheet: Sheet, settings: &Settings) -> Vec<Column> {
    let mut columns = match sheet {
        Sheet::Of(kind) => {
            let mut columns: Vec<Column> =
                kind.fields().iter().filter(|field| has_column(kind, field)).map(|field| Column::new("", kind, field)).collect();
            match kind {
                Kind::Extension => columns.push(Column::beside("accounts", kind, Holds::Accounts)),
                Kind::User => columns.push(Column::beside("password", kind, Holds::Password)),
                _ => {}
            }
            columns
        }
        Sheet::People => {
            let of = |prefix: &'static str, kind: Kind, keys: &'static [&str]| {
                keys.iter().filter_map(move |key| Some(Column::new(prefix, kind, kind.field(key)?)))
            };
            let own = Kind::Extension.fields().iter().filter(|field| !field.is_inherited);
            own.map(|field| Column::new("", Kind::Extension, field))
                .chain(of("", Kind::Extension, OF_PEOPLE))
                .chain(of("account_", Kind::Account, OF_PEOPLES_ACCOUNTS))
                .chain([Column::beside("mailbox", Kind::Mailbox, Holds::HasMailbox)])
                .chain(of("mailbox_", Kind::Mailbox, OF_PEOPLES_MAILBOXES))
                .chain(of("user_", Kind::User, OF_PEOPLES_USERS))
                .chain([Column::beside("user_password", Kind::User, Holds::Password)])
                .collect()
        }
    };
    // With one tenant nobody needs to say which.
    if settings.tenants.len() < 2 {
        columns.retain(|column| !matches!(column.holds, Holds::Field(field) if field.shape == Shape::Reference(Kind::Tenant)));
    }
    columns
}

/// Hashes and second factors stay on the box, and so do people's own contacts.
fn has_column(kind: Kind, field: &Field) -> bool {
    !(kind == Kind::User && field.is_secret() || kind == Kind::Contact && field.key == "owner")
}
