use crate::base::id::{ContactId, TenantId, UserId};
use crate::text::settings as words;

use super::Kind;
use super::field::{Default, Field, Shape};
use super::own::Values;

/// Somebody outside. Numbers are stored without the prefix for outside lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    pub id: ContactId,
    pub tenant: TenantId,
    /// Whose own it is; `None`: everybody's.
    pub owner: Option<UserId>,
    pub first_name: String,
    pub last_name: String,
    pub organization: String,
    pub department: String,
    pub email: String,
    pub phone: String,
    pub mobile: String,
    pub home: String,
    /// Dialled behind the code for speed dials: two digits for a shared one, one for a personal one. Empty: it has none.
    pub speed_dial: String,
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("owner", Shape::Reference(Kind::User), Default::Empty, words::CONTACT_OWNER),
    Field::new("first_name", Shape::Text, Default::Empty, words::CONTACT_FIRST_NAME),
    Field::new("last_name", Shape::Text, Default::Empty, words::CONTACT_LAST_NAME),
    Field::new("organization", Shape::Text, Default::Empty, words::CONTACT_ORGANIZATION),
    Field::new("department", Shape::Text, Default::Empty, words::CONTACT_DEPARTMENT),
    Field::new("email", Shape::Email, Default::Empty, words::CONTACT_EMAIL),
    Field::new("phone", Shape::Phone, Default::Empty, words::CONTACT_PHONE),
    Field::new("mobile", Shape::Phone, Default::Empty, words::CONTACT_MOBILE),
    Field::new("home", Shape::Phone, Default::Empty, words::CONTACT_HOME),
    Field::new("speed_dial", Shape::Digits { min: 1, max: 2 }, Default::Empty, words::CONTACT_SPEED_DIAL),
];

impl Contact {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Contact {
        Contact {
            id: ContactId(id),
            tenant,
            owner: values.id("owner").map(UserId),
            first_name: values.text("first_name"),
            last_name: values.text("last_name"),
            organization: values.text("organization"),
            department: values.text("department"),
            email: values.text("email"),
            phone: values.text("phone"),
            mobile: values.text("mobile"),
            home: values.text("home"),
            speed_dial: values.text("speed_dial"),
        }
    }

    /// What its speed dial dials.
    pub fn first_number(&self) -> Option<&str> {
        [&self.phone, &self.mobile, &self.home].into_iter().map(String::as_str).find(|number| !number.is_empty())
    }
}
