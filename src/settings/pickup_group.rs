use crate::base::id::{PickupGroupId, TenantId};
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// Extensions are members of it, and extensions are authorised on it to pick up the members' calls.
#[derive(Clone, Debug, PartialEq)]
pub struct PickupGroup {
    pub id: PickupGroupId,
    pub tenant: TenantId,
    pub name: String,
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::PICKUP_GROUP_NAME),
];

impl PickupGroup {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> PickupGroup {
        PickupGroup { id: PickupGroupId(id), tenant, name: values.text("name") }
    }
}
