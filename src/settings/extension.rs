use std::time::Duration;

use crate::base::id::{ExtensionId, TenantId};
use crate::base::limits::CALLS_MAX;
use crate::secret::Secret;
use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;
use super::{Kind, Own};

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
    pub organization: String,
    pub department: String,
    /// Calls in and out at a time; 0 is no limit.
    pub concurrent_call_limit: u32,
    /// From so many calls on another one is not presented; 0 is never.
    pub busy_level: u32,
    /// How long a call to it rings before it counts as not answered.
    pub ring_timeout: Duration,
}

pub(super) const FIELDS: &[Field] = &[
    Field { key: "tenant", shape: Shape::Reference(Kind::Tenant), default: Default::DefaultTenant, words: words::IN_TENANT },
    Field { key: "number", shape: Shape::Digits { min: 2, max: 8 }, default: Default::Required, words: words::EXTENSION_NUMBER },
    Field { key: "enabled", shape: Shape::Bool, default: Default::Bool(true), words: words::EXTENSION_ENABLED },
    Field { key: "first_name", shape: Shape::Text, default: Default::Empty, words: words::EXTENSION_FIRST_NAME },
    Field { key: "last_name", shape: Shape::Text, default: Default::Empty, words: words::EXTENSION_LAST_NAME },
    Field { key: "email", shape: Shape::Email, default: Default::Empty, words: words::EXTENSION_EMAIL },
    Field { key: "mobile", shape: Shape::Phone, default: Default::Empty, words: words::EXTENSION_MOBILE },
    Field {
        key: "service_pin",
        shape: Shape::SecretDigits { min: 1, max: 16 },
        default: Default::Empty,
        words: words::EXTENSION_SERVICE_PIN,
    },
    Field { key: "organization", shape: Shape::Text, default: Default::Empty, words: words::EXTENSION_ORGANIZATION },
    Field { key: "department", shape: Shape::Text, default: Default::Empty, words: words::EXTENSION_DEPARTMENT },
    Field { key: "concurrent_call_limit", shape: CALLS, default: Default::Number(0), words: words::EXTENSION_CONCURRENT_CALL_LIMIT },
    Field { key: "busy_level", shape: CALLS, default: Default::Number(0), words: words::EXTENSION_BUSY_LEVEL },
    Field {
        key: "ring_timeout",
        shape: Shape::Number { min: 5, max: 600 },
        default: Default::Number(30),
        words: words::EXTENSION_RING_TIMEOUT,
    },
];

const CALLS: Shape = Shape::Number { min: 0, max: CALLS_MAX as i64 };

impl Extension {
    pub(super) fn new(id: i64, tenant: TenantId, own: &Own) -> Extension {
        let values = Values { kind: Kind::Extension, own };
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
            organization: values.text("organization"),
            department: values.text("department"),
            concurrent_call_limit: values.number("concurrent_call_limit"),
            busy_level: values.number("busy_level"),
            ring_timeout: Duration::from_secs(values.number("ring_timeout").into()),
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
