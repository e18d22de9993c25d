use crate::text::settings::{self as words, KindWords};

use super::{
    Field, account, audio, class, contact, extension, line, mailbox, numbering, phonebook, pickup_group, role, sip, template, tenant,
    token, user,
};

/// A kind of entity. The order is the order of the settings file: what is referred to mostly comes before what refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The one table of SIP settings, id 1.
    Sip,
    /// The one table of the phonebook's settings, id 1.
    Phonebook,
    /// The one table of the numbering plan, id 1.
    Numbering,
    Tenant,
    PickupGroup,
    Line,
    Class,
    ExtensionTemplate,
    AccountTemplate,
    Extension,
    Mailbox,
    /// Of the numbering plan: digits of one's own.
    Selection,
    Account,
    Role,
    User,
    Token,
    Contact,
    Audio,
}

impl Kind {
    pub const ALL: [Kind; 18] = [
        Kind::Sip,
        Kind::Phonebook,
        Kind::Numbering,
        Kind::Tenant,
        Kind::PickupGroup,
        Kind::Line,
        Kind::Class,
        Kind::ExtensionTemplate,
        Kind::AccountTemplate,
        Kind::Extension,
        Kind::Mailbox,
        Kind::Selection,
        Kind::Account,
        Kind::Role,
        Kind::User,
        Kind::Token,
        Kind::Contact,
        Kind::Audio,
    ];

    /// As in the settings file, the API and the database: `extension`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Sip => "sip",
            Kind::Phonebook => "phonebook",
            Kind::Numbering => "numbering",
            Kind::Tenant => "tenant",
            Kind::PickupGroup => "pickup_group",
            Kind::Line => "line",
            Kind::Class => "class",
            Kind::ExtensionTemplate => "extension_template",
            Kind::AccountTemplate => "account_template",
            Kind::Extension => "extension",
            Kind::Mailbox => "mailbox",
            Kind::Selection => "selection",
            Kind::Account => "account",
            Kind::Role => "role",
            Kind::User => "user",
            Kind::Token => "token",
            Kind::Contact => "contact",
            Kind::Audio => "audio",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its part in the addresses of pages and of the API: `/extensions/7`.
    pub const fn path(self) -> &'static str {
        match self {
            Kind::Sip => "sip",
            Kind::Phonebook => "phonebook",
            Kind::Numbering => "numbering",
            Kind::Tenant => "tenants",
            Kind::PickupGroup => "pickup-groups",
            Kind::Line => "lines",
            Kind::Class => "classes",
            Kind::ExtensionTemplate => "extension-templates",
            Kind::AccountTemplate => "account-templates",
            Kind::Extension => "extensions",
            Kind::Mailbox => "mailboxes",
            Kind::Selection => "selections",
            Kind::Account => "accounts",
            Kind::Role => "roles",
            Kind::User => "users",
            Kind::Token => "tokens",
            Kind::Contact => "contacts",
            Kind::Audio => "audio-files",
        }
    }

    pub fn from_path(path: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }

    pub const fn words(self) -> &'static KindWords {
        match self {
            Kind::Sip => &words::SIP,
            Kind::Phonebook => &words::PHONEBOOK,
            Kind::Numbering => &words::NUMBERING,
            Kind::Tenant => &words::TENANT,
            Kind::PickupGroup => &words::PICKUP_GROUP,
            Kind::Line => &words::LINE,
            Kind::Class => &words::CLASS,
            Kind::ExtensionTemplate => &words::EXTENSION_TEMPLATE_KIND,
            Kind::AccountTemplate => &words::ACCOUNT_TEMPLATE_KIND,
            Kind::Extension => &words::EXTENSION,
            Kind::Mailbox => &words::MAILBOX,
            Kind::Selection => &words::SELECTION,
            Kind::Account => &words::ACCOUNT,
            Kind::Role => &words::ROLE,
            Kind::User => &words::USER,
            Kind::Token => &words::TOKEN,
            Kind::Contact => &words::CONTACT,
            Kind::Audio => &words::AUDIO,
        }
    }

    /// The field table.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Kind::Sip => sip::FIELDS,
            Kind::Phonebook => phonebook::FIELDS,
            Kind::Numbering => numbering::FIELDS,
            Kind::Tenant => tenant::FIELDS,
            Kind::PickupGroup => pickup_group::FIELDS,
            Kind::Line => line::FIELDS,
            Kind::Class => class::FIELDS,
            Kind::ExtensionTemplate => template::OF_EXTENSIONS,
            Kind::AccountTemplate => template::OF_ACCOUNTS,
            Kind::Extension => extension::FIELDS,
            Kind::Mailbox => mailbox::FIELDS,
            Kind::Selection => numbering::SELECTION_FIELDS,
            Kind::Account => account::FIELDS,
            Kind::Role => role::FIELDS,
            Kind::User => user::FIELDS,
            Kind::Token => token::FIELDS,
            Kind::Contact => contact::FIELDS,
            Kind::Audio => audio::FIELDS,
        }
    }

    pub fn field(self, key: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.key == key)
    }

    /// The setting that people know an entity by, unique (in its tenant, unless it is the whole box's).
    pub const fn name_key(self) -> Option<&'static str> {
        match self {
            Kind::Sip | Kind::Phonebook | Kind::Numbering | Kind::Contact => None,
            Kind::Extension | Kind::Mailbox => Some("number"),
            Kind::Account | Kind::User => Some("username"),
            _ => Some("name"),
        }
    }

    /// Two tenants may each have one of the same name.
    pub const fn is_named_in_tenant(self) -> bool {
        matches!(
            self,
            Kind::PickupGroup
                | Kind::Line
                | Kind::Class
                | Kind::ExtensionTemplate
                | Kind::AccountTemplate
                | Kind::Extension
                | Kind::Mailbox
                | Kind::Selection
                | Kind::Audio
        )
    }

    /// There is one of it, always, with id 1.
    pub const fn is_single(self) -> bool {
        matches!(self, Kind::Sip | Kind::Phonebook | Kind::Numbering)
    }

    /// Tokens have no place in a settings file: each was shown once, to one person. Nor have administrators; see `file`.
    pub const fn is_in_file(self) -> bool {
        !matches!(self, Kind::Token)
    }
}
