use crate::text::settings::{self as words, KindWords};

use super::{Field, account, extension, sip, tenant, user};

/// A kind of entity. The order is the order of the settings file: what is referred to comes before what refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The one table of SIP settings, id 1.
    Sip,
    Tenant,
    Extension,
    Account,
    User,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Sip, Kind::Tenant, Kind::Extension, Kind::Account, Kind::User];

    /// As in the settings file, the API and the database: `extension`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Sip => "sip",
            Kind::Tenant => "tenant",
            Kind::Extension => "extension",
            Kind::Account => "account",
            Kind::User => "user",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub const fn words(self) -> &'static KindWords {
        match self {
            Kind::Sip => &words::SIP,
            Kind::Tenant => &words::TENANT,
            Kind::Extension => &words::EXTENSION,
            Kind::Account => &words::ACCOUNT,
            Kind::User => &words::USER,
        }
    }

    /// The field table.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Kind::Sip => sip::FIELDS,
            Kind::Tenant => tenant::FIELDS,
            Kind::Extension => extension::FIELDS,
            Kind::Account => account::FIELDS,
            Kind::User => user::FIELDS,
        }
    }

    pub fn field(self, key: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.key == key)
    }

    /// The setting that people know an entity by, unique (for an extension: in its tenant).
    pub const fn name_key(self) -> Option<&'static str> {
        match self {
            Kind::Sip => None,
            Kind::Tenant => Some("name"),
            Kind::Extension => Some("number"),
            Kind::Account | Kind::User => Some("username"),
        }
    }

    /// There is one of it, always, with id 1.
    pub const fn is_single(self) -> bool {
        matches!(self, Kind::Sip)
    }

    /// Users have no place in a settings file: whoever applies one shall not lock the administrator out.
    pub const fn is_in_file(self) -> bool {
        !matches!(self, Kind::User)
    }
}
