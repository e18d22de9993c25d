//! What a person typed, as values of settings.

use serde_json::{Map, Value};

use crate::base::limits::LIST_VALUES_MAX;
use crate::settings::{Field, Kind, Own, Settings, Shape, action};

use super::super::http::Pairs;
use super::HAS;

/// Reads the inputs of one entity.
pub struct Typed<'a> {
    settings: &'a Settings,
    form: &'a Pairs,
    /// In which names are looked up.
    tenant: i64,
}

/// The tenant that an entity is in, or will be: what was typed, else what it has, else the first.
pub(super) fn tenant_of(settings: &Settings, own: Option<&Own>, typed: &str) -> i64 {
    let known = || own.and_then(|own| own.get("tenant")?.as_i64());
    typed.parse().ok().or_else(known).unwrap_or(settings.default_tenant().0)
}

impl<'a> Typed<'a> {
    pub fn new(settings: &'a Settings, form: &'a Pairs, tenant: i64) -> Typed<'a> {
        Typed { settings, form, tenant }
    }

    /// `None` if the form does not hold the setting, or it is a secret that stays.
    pub fn value(&self, field: &Field, name: &str) -> Option<Value> {
        let form = self.form;
        match field.shape {
            Shape::PasswordHash | Shape::TokenHash | Shape::FileHash => None,
            Shape::Bool => self.holds(name).then(|| form.get(name).is_some().into()),
            Shape::Choices { .. } => self.holds(name).then(|| chosen(form, name).into()),
            Shape::References(_) => self.holds(name).then(|| {
                let ids = chosen(form, name).into_iter().map(|id| id.parse::<i64>().map_or(Value::from(id), Value::from));
                ids.collect::<Vec<_>>().into()
            }),
            Shape::Secret { .. } | Shape::SecretDigits { .. } => match form.get(name)?.trim() {
                "" if form.get(&format!("{name}.reset")).is_some() => Some(Value::Null),
                "" => None,
                text => Some(text.into()),
            },
            Shape::Code | Shape::Keys => Some(form.get(name)?.trim().into()),
            Shape::Networks => {
                let lines = form.get(name)?.split(['\n', ',', ' ', '\r', '\t']).filter(|line| !line.is_empty());
                Some(lines.collect::<Vec<_>>().into())
            }
            Shape::Number { .. } => match form.get(name)?.trim() {
                "" => Some(Value::Null),
                // What is no number is left to the check, which names the range.
                text => Some(text.parse::<i64>().map_or(Value::from(i64::MIN), Value::from)),
            },
            Shape::Reference(kind) => self.reference(kind, name),
            Shape::Action { .. } => self.record(action::FIELDS, name),
            Shape::Record(fields) => self.record(fields, name),
            Shape::Records(fields) => {
                let rows = form.get(&format!("{name}.rows"))?.parse().unwrap_or(0);
                let rows = (0..rows).take(LIST_VALUES_MAX + 1).filter_map(|row: usize| self.record(fields, &format!("{name}.{row}")));
                Some(Value::Array(rows.collect()))
            }
            _ => match form.get(name)?.trim() {
                "" => Some(Value::Null),
                text => Some(text.into()),
            },
        }
    }

    fn holds(&self, name: &str) -> bool {
        self.form.all(HAS).any(|held| held == name)
    }

    fn reference(&self, kind: Kind, name: &str) -> Option<Value> {
        if let Some(text) = self.form.get(&format!("{name}.name")) {
            return Some(match text.trim() {
                "" => Value::Null,
                // A name that leads nowhere is left to the check, which says so.
                text => self.id_of(kind, text).map_or(Value::from(text), Value::from),
            });
        }
        match self.form.get(name)?.trim() {
            "" => Some(Value::Null),
            text => Some(text.parse::<i64>().map_or(Value::from(text), Value::from)),
        }
    }

    fn id_of(&self, kind: Kind, name: &str) -> Option<i64> {
        let name_key = kind.name_key()?;
        let default_tenant = self.settings.default_tenant().0;
        let found = self.settings.rows_of(kind).find(|(_, own)| {
            let tenant = own.get("tenant").and_then(Value::as_i64).unwrap_or(default_tenant);
            let is_here = !kind.is_named_in_tenant() || tenant == self.tenant;
            is_here && own.get(name_key).and_then(Value::as_str).is_some_and(|known| known.to_lowercase() == name.to_lowercase())
        });
        found.map(|(id, _)| id)
    }

    /// The parts that belong to what was chosen in it. `None` if the form does not hold it.
    fn record(&self, fields: &'static [Field], name: &str) -> Option<Value> {
        let start = format!("{name}.");
        if !self.form.0.iter().any(|(known, _)| known.starts_with(&start)) {
            return None;
        }
        let mut parts = Map::new();
        for field in fields {
            let belongs = field.only_if.is_none_or(|only_if| only_if.values.contains(&self.form.text(&format!("{start}{}", only_if.key))));
            match self.value(field, &format!("{start}{}", field.key)).filter(|value| belongs && !value.is_null()) {
                Some(value) => drop(parts.insert(field.key.to_owned(), value)),
                None => continue,
            }
        }
        Some(Value::Object(parts))
    }
}

/// What was ticked, in its order: by the numbers beside it, else as it stood.
pub fn chosen<'a>(form: &'a Pairs, name: &'a str) -> Vec<&'a str> {
    let mut chosen: Vec<(u32, &str)> = form
        .all(name)
        .map(|choice| {
            let order = form.get(&format!("{name}.order.{choice}")).and_then(|order| order.trim().parse().ok());
            (order.unwrap_or(u32::MAX), choice)
        })
        .collect();
    chosen.sort_by_key(|(order, _)| *order);
    chosen.into_iter().map(|(_, choice)| choice).collect()
}
