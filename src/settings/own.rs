use std::fmt;

use serde_json::{Map, Value};

/// The settings that one entity has of its own, by key; what is absent is inherited or the default. Secrets are in clear here,
/// so `Debug` shows the keys only.
///
/// A reference is the id of what it refers to as a number. In an [`Edit`](super::Edit) it may also be a text: the number of
/// the extension or the name of the tenant, also of one that the same edit makes.
#[derive(Clone, Default, PartialEq)]
pub struct Own(pub Map<String, Value>);

impl Own {
    /// With one more setting; for forms and tests.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
