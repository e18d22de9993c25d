use std::fmt;
use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::secret::Secret;

use super::field::Default;
use super::{Field, Kind};

/// The settings that one entity has of its own, by key; what is absent is inherited or the default. Secrets are in clear here,
/// so `Debug` shows the keys only.
///
/// A reference is the id of what it refers to as a number. In an [`Edit`](super::Edit) it may also be a text: the number of
/// the extension or the name of the tenant, also of one that the same edit makes. Where a setting can be inherited, an empty text
/// is the entity's own "none".
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

/// Reads an entity's values: its own, those of its template, or the presets of the field table. They were checked before.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub kind: Kind,
    pub own: &'a Own,
    pub template: Option<&'a Own>,
}

impl<'a> Values<'a> {
    pub fn new(kind: Kind, own: &'a Own) -> Values<'a> {
        Values { kind, own, template: None }
    }

    fn field(&self, key: &str) -> &'static Field {
        self.kind.field(key).unwrap_or_else(|| panic!("{} has a field {key}", self.kind.name()))
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        let inherited = || self.template?.get(key).filter(|_| self.field(key).is_inherited);
        self.own.get(key).or_else(inherited)
    }

    pub fn value(&self, field: &Field) -> Value {
        self.get(field.key).cloned().unwrap_or_else(|| field.preset())
    }

    pub fn bool(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or_else(|| matches!(self.field(key).default, Default::Bool(true)))
    }

    pub fn number(&self, key: &str) -> u32 {
        let preset = || match self.field(key).default {
            Default::Number(number) => number,
            _ => 0,
        };
        u32::try_from(self.get(key).and_then(Value::as_i64).unwrap_or_else(preset)).unwrap_or(0)
    }

    pub fn id(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    pub fn ids<T>(&self, key: &str, id: impl Fn(i64) -> T) -> Vec<T> {
        self.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).map(id).collect()
    }

    pub fn text(&self, key: &str) -> String {
        let preset = || match self.field(key).default {
            Default::Text(text) => text,
            _ => "",
        };
        self.get(key).and_then(Value::as_str).unwrap_or_else(preset).to_owned()
    }

    /// Empty if it was sealed under a key that is gone: then it can't be used, and must not be guessed.
    pub fn secret(&self, key: &str) -> Secret {
        assert!(self.field(key).is_secret());
        Secret::new(self.own.text(key).filter(|text| !text.starts_with("sealed:v1:")).unwrap_or(""))
    }

    pub fn list<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        match (self.get(key).and_then(Value::as_array), self.field(key).default) {
            (Some(list), _) => list.iter().filter_map(Value::as_str).filter_map(&parse).collect(),
            (None, Default::List(list)) => list.iter().filter_map(|text| parse(text)).collect(),
            (None, _) => Vec::new(),
        }
    }

    pub fn records(&self, key: &str) -> &'a [Value] {
        self.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub fn address(&self, key: &str) -> Option<IpAddr> {
        self.get(key)?.as_str()?.parse().ok()
    }
}
