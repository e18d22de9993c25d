use std::fmt;

use super::Kind;

/// What one edit did to one entity. Secrets are not shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub kind: Kind,
    pub id: i64,
    /// The entity's number, username or name.
    pub name: String,
    pub happening: Happening,
    /// Key, before, after; `None` is "not set". Secrets are `"***"`.
    pub fields: Vec<(String, Option<serde_json::Value>, Option<serde_json::Value>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Added,
    Changed,
    Deleted,
}

/// As `trillo apply` prints it, a line a setting.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.name)
    }
}
