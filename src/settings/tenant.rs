use crate::base::id::TenantId;
use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;

/// One organisation on the box. The oldest is the default: what names no tenant belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
}

pub(super) const FIELDS: &[Field] = &[Field::new("name", Shape::Text, Default::Required, words::TENANT_NAME)];

impl Tenant {
    pub(super) fn new(id: i64, values: &Values<'_>) -> Tenant {
        Tenant { id: TenantId(id), name: values.text("name") }
    }
}
