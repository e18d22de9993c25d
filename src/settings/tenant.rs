use crate::base::id::TenantId;

/// One organisation on the box. The oldest is the default: what names no tenant belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
}
