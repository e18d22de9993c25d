use crate::base::id::{ExtensionId, MailboxId, TenantId};
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// A voicemail box. It never routes calls by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Mailbox {
    pub id: MailboxId,
    pub tenant: TenantId,
    pub number: String,
    pub extension: Option<ExtensionId>,
    /// Its settings and messages stay while it is not.
    pub enabled: bool,
    /// Empty: the extension's.
    pub email: String,
    pub notify: bool,
    /// Needs `notify`.
    pub attach_audio: bool,
    /// Needs `attach_audio`.
    pub delete_sent: bool,
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("number", Shape::Digits { min: 2, max: 8 }, Default::Required, words::MAILBOX_NUMBER),
    Field::new("extension", Shape::Reference(Kind::Extension), Default::Empty, words::MAILBOX_EXTENSION),
    Field::new("enabled", Shape::Bool, Default::Bool(true), words::MAILBOX_ENABLED),
    Field::new("email", Shape::Email, Default::Empty, words::MAILBOX_EMAIL),
    Field::new("notify", Shape::Bool, Default::Bool(false), words::MAILBOX_NOTIFY),
    Field::new("attach_audio", Shape::Bool, Default::Bool(false), words::MAILBOX_ATTACH_AUDIO),
    Field::new("delete_sent", Shape::Bool, Default::Bool(false), words::MAILBOX_DELETE_SENT),
];

impl Mailbox {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Mailbox {
        Mailbox {
            id: MailboxId(id),
            tenant,
            number: values.text("number"),
            extension: values.id("extension").map(ExtensionId),
            enabled: values.bool("enabled"),
            email: values.text("email"),
            notify: values.bool("notify"),
            attach_audio: values.bool("attach_audio"),
            delete_sent: values.bool("delete_sent"),
        }
    }
}
