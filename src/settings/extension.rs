use std::time::Duration;

use crate::base::id::{ExtensionId, TenantId};
use crate::secret::Secret;

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

impl Extension {
    /// First and last name, else the number: what other phones show.
    pub fn display_name(&self) -> String {
        match (self.first_name.as_str(), self.last_name.as_str()) {
            ("", "") => self.number.clone(),
            (name, "") | ("", name) => name.to_owned(),
            (first, last) => format!("{first} {last}"),
        }
    }
}
