//! Settings in words: what a list, a comparison or a question says of a value.

use serde_json::Value;

use crate::settings::{Effective, Field, Kind, Settings, Shape, Source, action};
use crate::text::directory as words;
use crate::text::page::{self, fill};
use crate::text::settings::choice;
use crate::text::{Language, Phrase};

/// In whose words, and whose names.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    pub settings: &'a Settings,
    pub language: Language,
}

impl Shown<'_> {
    fn say(&self, phrase: Phrase) -> String {
        phrase.in_language(self.language).to_owned()
    }

    /// A value as people read it; a dash where there is none. Secrets stay dots.
    pub fn value(&self, field: &Field, value: &Value) -> String {
        const NOTHING: &str = "–";
        match (field.shape, value) {
            (_, Value::Null) => NOTHING.to_owned(),
            (_, Value::String(text)) if text.is_empty() => NOTHING.to_owned(),
            _ if field.is_secret() => "••••".to_owned(),
            (_, Value::Bool(is)) => self.say(if *is { page::YES } else { page::NO }),
            (Shape::Reference(kind), Value::Number(id)) => id.as_i64().map_or_else(String::new, |id| self.entity(kind, id)),
            (Shape::Choice(_), Value::String(chosen)) => self.choice(field.key, chosen),
            (Shape::Action { .. }, Value::Object(_)) => self.action(value),
            (Shape::Records(fields), Value::Array(rows)) => self.rows(fields, rows),
            (_, Value::Array(list)) if list.is_empty() => NOTHING.to_owned(),
            (shape, Value::Array(list)) => {
                let one = |value: &Value| match (shape, value) {
                    (Shape::References(kind), Value::Number(id)) => id.as_i64().map_or_else(String::new, |id| self.entity(kind, id)),
                    (Shape::Choices { .. }, Value::String(chosen)) => self.choice(field.key, chosen),
                    (_, Value::String(text)) => text.clone(),
                    (_, value) => value.to_string(),
                };
                list.iter().map(one).collect::<Vec<_>>().join(", ")
            }
            (_, Value::String(text)) => text.clone(),
            (_, value) => value.to_string(),
        }
    }

    fn rows(&self, fields: &'static [Field], rows: &[Value]) -> String {
        let part = |row: &Value, field: &Field| row.get(field.key).map(|value| self.value(field, value));
        let row = |row: &Value| fields.iter().filter_map(|field| part(row, field)).collect::<Vec<_>>().join(" ");
        if rows.is_empty() { "–".to_owned() } else { rows.iter().map(row).collect::<Vec<_>>().join("; ") }
    }

    /// "extension 102 Carlo", "hang up".
    fn action(&self, value: &Value) -> String {
        let parts = action::FIELDS.iter().filter_map(|field| value.get(field.key).map(|value| self.value(field, value)));
        parts.collect::<Vec<_>>().join(" ")
    }

    pub fn choice(&self, key: &str, chosen: &str) -> String {
        choice(key, chosen).map_or_else(|| choice_name(chosen), |phrase| self.say(phrase))
    }

    /// As people call it: an extension with its person's name.
    pub fn entity(&self, kind: Kind, id: i64) -> String {
        let name = self.settings.name_of(kind, id);
        let Some(own) = self.settings.own(kind, id).filter(|_| kind == Kind::Extension) else { return name };
        let person = ["first_name", "last_name"].iter().filter_map(|key| own.get(key)?.as_str());
        std::iter::once(name.as_str()).chain(person).collect::<Vec<_>>().join(" ")
    }

    /// Where a value comes from that is not the entity's own.
    pub fn source(&self, kind: Kind, effective: &Effective<'_>) -> String {
        match (effective.from, kind.template()) {
            (Source::Template(id), Some(template)) => {
                fill(words::FROM_TEMPLATE.in_language(self.language), &[&self.settings.name_of(template, id)])
            }
            _ => self.say(words::PRESET),
        }
    }
}

/// As people write it: `pcma` is PCMA, `g722` is G.722.
fn choice_name(choice: &str) -> String {
    match choice.strip_prefix('g').filter(|rest| rest.starts_with('7')) {
        Some(digits) => format!("G.{digits}"),
        None if choice == "opus" => "Opus".to_owned(),
        None => choice.to_uppercase(),
    }
}

/// With a capital at the start: a kind's name as a heading.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
