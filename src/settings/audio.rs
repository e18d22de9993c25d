//! Audio files, as the settings know them.

use crate::base::id::{AudioId, TenantId};
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// A recording that is played: an announcement, music on hold. Its sound is a file that is named by what is in it, so a revision
/// that is restored finds its sound again.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    pub id: AudioId,
    pub tenant: TenantId,
    pub name: String,
    /// SHA-256 of the file in hexadecimal.
    pub file: String,
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::AUDIO_NAME),
    Field::new("file", Shape::FileHash, Default::Required, words::AUDIO_FILE),
];

impl Audio {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Audio {
        Audio { id: AudioId(id), tenant, name: values.text("name"), file: values.text("file") }
    }
}
