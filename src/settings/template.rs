//! Templates: named sets of settings that extensions, or accounts, inherit. Their fields are those of the kind that may be
//! inherited, so there is nothing to keep in step.

use crate::base::id::TenantId;
use crate::text::settings as words;

use super::field::{Default, Field, Shape, joined};
use super::{Kind, Own, account, extension};

/// An extension template or an account template. What it sets stands in its row; see [`Settings::effective`](super::Settings::effective).
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub id: i64,
    pub tenant: TenantId,
    pub name: String,
}

const NAMED: [Field; 2] = [
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("name", Shape::Text, Default::Required, words::TEMPLATE_NAME),
];

pub(super) const OF_EXTENSIONS: &[Field] = &joined::<{ NAMED.len() + extension::INHERITED.len() }>(&[&NAMED, &extension::INHERITED]);
pub(super) const OF_ACCOUNTS: &[Field] = &joined::<{ NAMED.len() + account::INHERITED.len() }>(&[&NAMED, &account::INHERITED]);

impl Template {
    pub(super) fn new(id: i64, tenant: TenantId, own: &Own) -> Template {
        Template { id, tenant, name: own.text("name").unwrap_or_default().to_owned() }
    }
}
