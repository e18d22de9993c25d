//! Inherited or overridden: what holds for each setting of an entity, and where it comes from.
//!
//! An entity's row has only what it sets itself. A setting that its row lacks is the template's, and what the template lacks is the
//! table's preset. A value equal to the template's is still the entity's own.

use std::borrow::Cow;

use serde_json::Value;

use super::{Change, Field, Kind, Own, Settings};

/// One setting as it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective<'a> {
    pub value: Cow<'a, Value>,
    pub from: Source,
}

/// Who says what holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The entity itself: an edit of the template does not reach it.
    Own,
    /// The template of that id.
    Template(i64),
    /// Nobody: the product's preset.
    Preset,
}

/// Whom a change of one of a template's settings reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Entities that inherit the setting.
    pub affected: usize,
    /// Entities of the template that have a value of their own.
    pub overridden: usize,
}

impl Kind {
    /// What entities of this kind inherit from.
    pub const fn template(self) -> Option<Kind> {
        match self {
            Kind::Extension => Some(Kind::ExtensionTemplate),
            Kind::Account => Some(Kind::AccountTemplate),
            _ => None,
        }
    }

    /// What inherits from templates of this kind.
    pub const fn inheritor(self) -> Option<Kind> {
        match self {
            Kind::ExtensionTemplate => Some(Kind::Extension),
            Kind::AccountTemplate => Some(Kind::Account),
            _ => None,
        }
    }
}

impl Settings {
    /// What holds for a setting of an entity; of one that does not exist yet (`id` is `None`), the preset.
    pub fn effective(&self, kind: Kind, id: Option<i64>, field: &Field) -> Effective<'_> {
        let own = id.and_then(|id| self.own(kind, id));
        self.effective_of(kind, own, field)
    }

    /// The same for an entity that would have the settings `own`.
    pub fn effective_of<'a>(&'a self, kind: Kind, own: Option<&'a Own>, field: &Field) -> Effective<'a> {
        if let Some(value) = own.and_then(|own| own.get(field.key)) {
            return Effective { value: Cow::Borrowed(value), from: Source::Own };
        }
        let template = own.and_then(|own| self.template_of(kind, own)).filter(|_| field.is_inherited);
        match template.and_then(|(id, template)| Some((id, template.get(field.key)?))) {
            Some((id, value)) => Effective { value: Cow::Borrowed(value), from: Source::Template(id) },
            None => Effective { value: Cow::Owned(field.preset()), from: Source::Preset },
        }
    }

    fn template_of(&self, kind: Kind, own: &Own) -> Option<(i64, &Own)> {
        let id = own.id("template")?;
        Some((id, self.own(kind.template()?, id)?))
    }

    /// The entities that use a template, in the order of their ids.
    pub fn users_of_template(&self, template: Kind, id: i64) -> impl Iterator<Item = (i64, &Own)> {
        let of = template.inheritor().map(|kind| self.rows_of(kind)).into_iter().flatten();
        of.filter(move |(_, own)| own.id("template") == Some(id))
    }

    /// Whom an edit of that setting of the template reaches.
    pub fn reach(&self, template: Kind, id: i64, key: &str) -> Reach {
        let mut reach = Reach::default();
        for (_, own) in self.users_of_template(template, id) {
            match own.get(key) {
                Some(_) => reach.overridden += 1,
                None => reach.affected += 1,
            }
        }
        reach
    }

    /// The settings that an entity has of its own though a template could set them: what choosing another template resets.
    pub fn overrides(&self, kind: Kind, id: i64) -> Vec<&'static Field> {
        let Some(own) = self.own(kind, id) else { return Vec::new() };
        kind.fields().iter().filter(|field| field.is_inherited && own.get(field.key).is_some()).collect()
    }

    /// Chooses a template, or none, for an entity: all that can be inherited is inherited again, but for the overrides in `keep`.
    pub fn choose_template(&self, kind: Kind, id: i64, template: Option<i64>, keep: &[&str]) -> Change {
        let mut own = Own::default().with("template", template.map_or(Value::Null, Value::from));
        for field in self.overrides(kind, id).into_iter().filter(|field| !keep.contains(&field.key)) {
            own = own.with(field.key, Value::Null);
        }
        Change::Put { kind, id: Some(id), own }
    }
}
