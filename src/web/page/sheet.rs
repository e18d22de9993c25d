//! The pages of a kind: where they are, and what its list shows. A kind has a list, a form, and a question before it is deleted; see
//! `list`, `entity` and `remove`.

use crate::settings::Kind;
use crate::text::{Phrase, directory as words, page};

/// One kind in the web.
pub struct Sheet {
    pub kind: Kind,
    pub new: Phrase,
    pub empty: Phrase,
    pub columns: &'static [Column],
}

/// What stands in a column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A setting, by its key. The first column leads to the entity.
    Field(&'static str),
    /// First and last name.
    Person,
    /// Registered and linked accounts of an extension.
    Phones,
    /// Disabled, registered or not.
    State,
    /// What the phone of an account says that it is.
    Device,
    /// How many refer to it.
    Uses,
    /// How many rows its list has.
    Count(&'static str),
    /// A player.
    Sound,
}

use Column::{Count, Device, Field, Person, Phones, Sound, State, Uses};

const SHEETS: &[Sheet] = &[
    Sheet {
        kind: Kind::Extension,
        new: page::NEW_EXTENSION,
        empty: page::NO_EXTENSIONS,
        columns: &[Field("number"), Person, Field("department"), Field("template"), Phones, State],
    },
    Sheet {
        kind: Kind::Account,
        new: page::NEW_ACCOUNT,
        empty: page::NO_ACCOUNTS,
        columns: &[Field("username"), Field("extension"), Field("template"), State, Device],
    },
    Sheet {
        kind: Kind::ExtensionTemplate,
        new: words::NEW_EXTENSION_TEMPLATE,
        empty: words::NO_EXTENSION_TEMPLATES,
        columns: &[Field("name"), Uses],
    },
    Sheet {
        kind: Kind::AccountTemplate,
        new: words::NEW_ACCOUNT_TEMPLATE,
        empty: words::NO_ACCOUNT_TEMPLATES,
        columns: &[Field("name"), Uses],
    },
    Sheet { kind: Kind::Class, new: words::NEW_CLASS, empty: words::NO_CLASSES, columns: &[Field("name"), Count("rules"), Uses] },
    Sheet {
        kind: Kind::Line,
        new: words::NEW_LINE,
        empty: words::NO_LINES,
        columns: &[Field("name"), Field("kind"), Field("host"), Field("number"), Field("enabled")],
    },
    Sheet { kind: Kind::PickupGroup, new: words::NEW_PICKUP_GROUP, empty: words::NO_PICKUP_GROUPS, columns: &[Field("name"), Uses] },
    Sheet {
        kind: Kind::Mailbox,
        new: words::NEW_MAILBOX,
        empty: words::NO_MAILBOXES,
        columns: &[Field("number"), Field("extension"), Field("email"), Field("notify"), Field("enabled")],
    },
    Sheet {
        kind: Kind::Contact,
        new: words::NEW_CONTACT,
        empty: words::NO_CONTACTS,
        columns: &[Person, Field("organization"), Field("phone"), Field("mobile"), Field("email")],
    },
    Sheet {
        kind: Kind::User,
        new: words::NEW_USER,
        empty: words::NO_USERS,
        columns: &[Field("username"), Field("role"), Field("extension"), Field("web_access")],
    },
    Sheet { kind: Kind::Role, new: words::NEW_ROLE, empty: words::NO_ROLES, columns: &[Field("name"), Uses] },
    Sheet {
        kind: Kind::Token,
        new: words::NEW_TOKEN,
        empty: words::NO_TOKENS,
        columns: &[Field("name"), Field("user"), Field("read_only")],
    },
    Sheet { kind: Kind::Tenant, new: words::NEW_TENANT, empty: words::NO_TENANTS, columns: &[Field("name"), Uses] },
    Sheet { kind: Kind::Sip, new: page::SIP_SETTINGS, empty: page::SIP_SETTINGS, columns: &[] },
    Sheet { kind: Kind::Numbering, new: words::NUMBERING_PLAN, empty: words::NUMBERING_PLAN, columns: &[] },
    Sheet {
        kind: Kind::Selection,
        new: words::NEW_SELECTION,
        empty: words::NO_SELECTIONS,
        columns: &[Field("name"), Field("match"), Field("digits"), Field("internal"), Field("external")],
    },
    Sheet { kind: Kind::Audio, new: words::NEW_AUDIO, empty: words::NO_AUDIO, columns: &[Field("name"), Sound, Uses] },
    Sheet { kind: Kind::Phonebook, new: words::PHONEBOOK, empty: words::PHONEBOOK, columns: &[] },
];

impl Sheet {
    pub fn by_path(path: &str) -> Option<&'static Sheet> {
        Kind::from_path(path).map(Sheet::of)
    }

    pub fn of(kind: Kind) -> &'static Sheet {
        SHEETS.iter().find(|sheet| sheet.kind == kind).unwrap_or(&SHEETS[0])
    }

    pub fn link(&self) -> String {
        format!("/{}", self.kind.path())
    }

    /// The page of one entity; of the only one of its kind, that of the kind.
    pub fn link_to(&self, id: i64) -> String {
        if self.kind.is_single() { self.link() } else { format!("/{}/{id}", self.kind.path()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_pages() {
        for kind in Kind::ALL {
            let sheet = Sheet::of(kind);
            assert_eq!(sheet.kind, kind);
            assert!(std::ptr::eq(Sheet::by_path(kind.path()).expect("found"), sheet));
            for column in sheet.columns {
                if let Field(key) | Count(key) = column {
                    assert!(kind.field(key).is_some(), "{} has no {key}", kind.name());
                }
            }
        }
    }
}
