use std::fmt;
use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::secret::Secret;

use super::field::Default;
use super::{Field, Kind, Network};

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

    pub(super) fn id(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Reads an entity's values, its own or the defaults of the field table. The own values were checked before.
pub(super) struct Values<'a> {
    pub kind: Kind,
    pub own: &'a Own,
}

impl Values<'_> {
    fn field(&self, key: &str) -> &'static Field {
        self.kind.field(key).unwrap_or_else(|| panic!("{} has a field {key}", self.kind.name()))
    }

    pub fn bool(&self, key: &str) -> bool {
        let default = matches!(self.field(key).default, Default::Bool(true));
        self.own.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    pub fn number(&self, key: &str) -> u32 {
        let default = match self.field(key).default {
            Default::Number(number) => number,
            _ => 0,
        };
        u32::try_from(self.own.id(key).unwrap_or(default)).unwrap_or(0)
    }

    pub fn text(&self, key: &str) -> String {
        let default = match self.field(key).default {
            Default::Text(text) => text,
            _ => "",
        };
        self.own.text(key).unwrap_or(default).to_owned()
    }

    /// Empty if it was sealed under a key that is gone: then it can't be used, and must not be guessed.
    pub fn secret(&self, key: &str) -> Secret {
        assert!(self.field(key).is_secret());
        Secret::new(self.own.text(key).filter(|text| !text.starts_with("sealed:v1:")).unwrap_or(""))
    }

    pub fn list<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        match (self.own.get(key).and_then(Value::as_array), self.field(key).default) {
            (Some(list), _) => list.iter().filter_map(Value::as_str).filter_map(&parse).collect(),
            (None, Default::List(list)) => list.iter().filter_map(|text| parse(text)).collect(),
            (None, _) => Vec::new(),
        }
    }

    pub fn network(&self, key: &str) -> Option<Network> {
        self.own.text(key)?.parse().ok()
    }

    pub fn address(&self, key: &str) -> Option<IpAddr> {
        self.own.text(key)?.parse().ok()
    }
}
