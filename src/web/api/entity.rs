//! One entity as JSON, by the field table and by what one may see of it.
//!
//! ```text
//! {"id": 7, "revision": 42,                 what it is, and which revision last changed it
//!  "number": "101", "class": "Office", ...  every setting as it holds, be it its own, its template's or the preset
//!  "ids": {"class": 3, ...},                settings that refer to others, once more with ids in place of names
//!  "inherited": [...], "overridden": [...]} of those that a template may set, which are the template's and which its own
//! ```
//! In what is sent, a text is a name and a number is an id, so either form of a reference can be sent back.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::settings::{Field, Kind, Level, Own, Rights, Settings, Shape, Source, map_references};
use crate::web::permit;

/// Members that are no settings.
pub const MADE: [&str; 5] = ["id", "revision", "ids", "inherited", "overridden"];

/// A single that has nothing of its own has no row.
static NOTHING: LazyLock<Own> = LazyLock::new(Own::default);

/// What is shown of entities to somebody.
pub struct View<'a> {
    pub settings: &'a Settings,
    pub rights: &'a Rights,
    /// Secrets stand in an answer about one entity, to who may change it; never in a list.
    pub is_list: bool,
}

impl View<'_> {
    pub fn level(&self, kind: Kind) -> Level {
        self.rights.level(kind.panel())
    }

    /// Another's personal contact is nobody's business.
    pub fn own(&self, kind: Kind, id: i64) -> Option<&Own> {
        match self.settings.own(kind, id) {
            Some(own) => self.is_visible(kind, own).then_some(own),
            None => (kind.is_single() && id == 1).then_some(&NOTHING),
        }
    }

    pub fn is_visible(&self, kind: Kind, own: &Own) -> bool {
        permit::is_visible(self.rights, kind, own)
    }

    /// The settings that are shown.
    pub fn fields(&self, kind: Kind) -> impl Iterator<Item = &'static Field> {
        let level = self.level(kind);
        let with_secrets = level >= Level::Write && !self.is_list;
        kind.fields().iter().filter(move |field| match level {
            Level::None => false,
            Level::List => is_naming(kind, field),
            Level::Read | Level::Write => !field.is_secret() || with_secrets && is_shown_secret(kind, field),
        })
    }

    pub fn json(&self, kind: Kind, id: i64, own: &Own) -> Value {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), id.into());
        shown.insert("revision".to_owned(), self.settings.changed_in(kind, id).into());
        let mut ids = Map::new();
        let (mut inherited, mut overridden) = (Vec::new(), Vec::new());
        for field in self.fields(kind) {
            let effective = self.settings.effective_of(kind, Some(own), field);
            if field.is_inherited && kind.template().is_some() {
                let list = if effective.from == Source::Own { &mut overridden } else { &mut inherited };
                list.push(Value::from(field.key));
            }
            let mut value = effective.value.into_owned();
            if field.is_secret() && value.as_str().is_some_and(|text| text.starts_with("sealed:v1:")) {
                // Of another box: nobody here can read it.
                value = Value::Null;
            }
            let by_id = value.clone();
            if name_references(self.settings, field, &mut value) {
                ids.insert(field.key.to_owned(), by_id);
            }
            shown.insert(field.key.to_owned(), value);
        }
        if self.level(kind) >= Level::Read {
            shown.insert("ids".to_owned(), ids.into());
            if kind.template().is_some() {
                shown.insert("inherited".to_owned(), inherited.into());
                shown.insert("overridden".to_owned(), overridden.into());
            }
        }
        shown.into()
    }
}

/// Puts names in place of ids. False if the value refers to nothing.
pub fn name_references(settings: &Settings, field: &Field, value: &mut Value) -> bool {
    let mut is_any = false;
    map_references(field.shape, value, &mut |kind, id| {
        let name = settings.name_of(kind, id.as_i64()?);
        is_any = true;
        Some(name.into())
    });
    is_any
}

/// What people know an entity by: all that is shown of it to who may only list, and what is searched.
pub fn is_naming(kind: Kind, field: &Field) -> bool {
    match kind.name_key() {
        _ if matches!(field.key, "first_name" | "last_name") => true,
        Some(key) => field.key == key,
        None => field.key == "organization",
    }
}

/// Hashes leave the box never, and neither does what proves who a person is; a phone's password must be typed into the phone.
pub const fn is_shown_secret(kind: Kind, field: &Field) -> bool {
    !is_made_by_box(field) && !matches!(kind, Kind::User | Kind::Token)
}

/// Made by the box out of something else, so neither shown nor taken.
pub const fn is_made_by_box(field: &Field) -> bool {
    matches!(field.shape, Shape::PasswordHash | Shape::TokenHash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_has_the_name_of_a_member_that_is_made() {
        for kind in Kind::ALL {
            for field in kind.fields() {
                assert!(!MADE.contains(&field.key), "{} {}", kind.name(), field.key);
            }
            assert!(kind.is_single() || kind.fields().iter().any(|field| is_naming(kind, field)), "{}", kind.name());
        }
    }
}
