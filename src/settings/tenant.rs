use crate::base::id::TenantId;
use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;
use super::{Kind, Own};

/// One organisation on the box. The oldest is the default: what names no tenant belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
}

pub(super) const FIELDS: &[Field] = &[Field { key: "name", shape: Shape::Text, default: Default::Required, words: words::TENANT_NAME }];

impl Tenant {
    pub(super) fn new(id: i64, own: &Own) -> Tenant {
        let values = Values { kind: Kind::Tenant, own };
        Tenant { id: TenantId(id), name: values.text("name") }
    }
}
