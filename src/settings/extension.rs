use crate::base::id::{ClassId, ExtensionId, ExtensionTemplateId, PickupGroupId, TenantId};
use crate::base::limits::{CALLS_MAX, SERVICE_PIN_DIGITS_MAX, SERVICE_PIN_DIGITS_MIN};
use crate::secret::Secret;
use crate::text::settings as words;

use super::field::{Default, Field, Shape, joined};
use super::own::Values;
use super::{Failover, Kind, LdapMode, Lock, failover, ldap_mode, lock};

/// The primary telephone entity: a number and an identity. It is who is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    pub id: ExtensionId,
    pub tenant: TenantId,
    pub enabled: bool,
    pub number: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: String,
    /// Empty: what a PIN protects is refused.
    pub service_pin: Secret,
    pub template: Option<ExtensionTemplateId>,
    pub show_in_phonebook: bool,
    pub ldap: LdapMode,
    pub organization: String,
    pub department: String,
    /// What it may dial while it is unlocked; `None`: nothing outside.
    pub standard_class: Option<ClassId>,
    /// What it may dial while it is locked.
    pub restricted_class: Option<ClassId>,
    /// Calls in and out at a time; 0 is no limit.
    pub concurrent_call_limit: u32,
    /// From so many calls on another one is not presented; 0 is never.
    pub busy_level: u32,
    pub lock: Lock,
    /// Calls to it may be picked up by whoever is authorised on one of these.
    pub pickup_groups: Vec<PickupGroupId>,
    /// It may pick up calls to members of these.
    pub pickup_authorized: Vec<PickupGroupId>,
    pub failover: Failover,
    /// What lines show as its number; empty: what the line says.
    pub outbound_number: String,
    /// Lines do not show its number.
    pub hide_number: bool,
}

const SERVICE_PIN: Shape = Shape::SecretDigits { min: SERVICE_PIN_DIGITS_MIN, max: SERVICE_PIN_DIGITS_MAX };

const IDENTITY: [Field; 9] = [
    Field::new("tenant", Shape::Reference(Kind::Tenant), Default::DefaultTenant, words::IN_TENANT),
    Field::new("number", Shape::Digits { min: 2, max: 8 }, Default::Required, words::EXTENSION_NUMBER),
    Field::new("enabled", Shape::Bool, Default::Bool(true), words::EXTENSION_ENABLED),
    Field::new("first_name", Shape::Text, Default::Empty, words::EXTENSION_FIRST_NAME),
    Field::new("last_name", Shape::Text, Default::Empty, words::EXTENSION_LAST_NAME),
    Field::new("email", Shape::Email, Default::Empty, words::EXTENSION_EMAIL),
    Field::new("mobile", Shape::Phone, Default::Empty, words::EXTENSION_MOBILE),
    Field::new("service_pin", SERVICE_PIN, Default::Empty, words::EXTENSION_SERVICE_PIN),
    Field::new("template", Shape::Reference(Kind::ExtensionTemplate), Default::Empty, words::EXTENSION_TEMPLATE),
];

const OF_PEOPLE: [Field; 12] = [
    Field::new("show_in_phonebook", Shape::Bool, Default::Bool(true), words::EXTENSION_SHOW_IN_PHONEBOOK).inherited(),
    ldap_mode::FIELDS[0],
    ldap_mode::FIELDS[1],
    ldap_mode::FIELDS[2],
    Field::new("organization", Shape::Text, Default::Empty, words::EXTENSION_ORGANIZATION).inherited(),
    Field::new("department", Shape::Text, Default::Empty, words::EXTENSION_DEPARTMENT).inherited(),
    Field::new("standard_class", Shape::Reference(Kind::Class), Default::Empty, words::EXTENSION_STANDARD_CLASS).inherited(),
    Field::new("restricted_class", Shape::Reference(Kind::Class), Default::Empty, words::EXTENSION_RESTRICTED_CLASS).inherited(),
    Field::new("concurrent_call_limit", CALLS, Default::Number(0), words::EXTENSION_CONCURRENT_CALL_LIMIT).inherited(),
    Field::new("busy_level", CALLS, Default::Number(0), words::EXTENSION_BUSY_LEVEL).inherited(),
    Field::new("outbound_number", Shape::Phone, Default::Empty, words::EXTENSION_OUTBOUND_NUMBER).inherited(),
    Field::new("hide_number", Shape::Bool, Default::Bool(false), words::EXTENSION_HIDE_NUMBER).inherited(),
];

const PICKUP: [Field; 2] = [
    Field::new("pickup_groups", Shape::References(Kind::PickupGroup), Default::List(&[]), words::EXTENSION_PICKUP_GROUPS).inherited(),
    Field::new("pickup_authorized", Shape::References(Kind::PickupGroup), Default::List(&[]), words::EXTENSION_PICKUP_AUTHORIZED)
        .inherited(),
];

/// What a template may set.
pub(super) const INHERITED: [Field; OF_PEOPLE.len() + lock::FIELDS.len() + PICKUP.len() + failover::FIELDS.len()] =
    joined(&[&OF_PEOPLE, &lock::FIELDS, &PICKUP, &failover::FIELDS]);

pub(super) const FIELDS: &[Field] = &joined::<{ IDENTITY.len() + INHERITED.len() }>(&[&IDENTITY, &INHERITED]);

const CALLS: Shape = Shape::Number { min: 0, max: CALLS_MAX as i64 };

impl Extension {
    pub(super) fn new(id: i64, tenant: TenantId, values: &Values<'_>) -> Extension {
        Extension {
            id: ExtensionId(id),
            tenant,
            enabled: values.bool("enabled"),
            number: values.text("number"),
            first_name: values.text("first_name"),
            last_name: values.text("last_name"),
            email: values.text("email"),
            mobile: values.text("mobile"),
            service_pin: values.secret("service_pin"),
            template: values.id("template").map(ExtensionTemplateId),
            show_in_phonebook: values.bool("show_in_phonebook"),
            ldap: LdapMode::new(values),
            organization: values.text("organization"),
            department: values.text("department"),
            standard_class: values.id("standard_class").map(ClassId),
            restricted_class: values.id("restricted_class").map(ClassId),
            concurrent_call_limit: values.number("concurrent_call_limit"),
            busy_level: values.number("busy_level"),
            lock: Lock::new(values),
            pickup_groups: values.ids("pickup_groups", PickupGroupId),
            pickup_authorized: values.ids("pickup_authorized", PickupGroupId),
            failover: Failover::new(values),
            outbound_number: values.text("outbound_number"),
            hide_number: values.bool("hide_number"),
        }
    }

    /// First and last name, else the number: what other phones show.
    pub fn display_name(&self) -> String {
        match (self.first_name.as_str(), self.last_name.as_str()) {
            ("", "") => self.number.clone(),
            (name, "") | ("", name) => name.to_owned(),
            (first, last) => format!("{first} {last}"),
        }
    }
}
