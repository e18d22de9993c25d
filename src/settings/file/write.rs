use std::fmt::Write;

use serde_json::Value;

use crate::secret::{Key, Sealed, Secret};
use crate::settings::field::{Field, Shape};
use crate::settings::{Kind, Own, Settings, map_references};

use super::is_of_box;

/// How secrets go into a file.
#[derive(Clone, Copy, Debug)]
pub enum Secrets<'a> {
    /// Only the box with this key can read them.
    Sealed(&'a Key),
    InClear,
}

/// The settings as a file. Applied to the same box, it changes nothing.
pub fn write(settings: &Settings, secrets: Secrets<'_>) -> String {
    let mut text =
        String::from("# Settings of Trillo. `trillo apply FILE` makes the box what this file says; docs/settings-file.md explains it.\n");
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_in_file()) {
        for (id, own) in settings.rows_of(kind).filter(|(_, own)| !is_of_box(kind, own)) {
            let (open, close) = if kind.is_single() { ("[", "]") } else { ("[[", "]]") };
            let _ = writeln!(text, "\n{open}{}{close}", kind.name());
            for field in kind.fields() {
                if let Some(value) = value_of(settings, (kind, id), field, own, secrets) {
                    let _ = writeln!(text, "{} = {}", field.key, toml(&value));
                }
            }
        }
    }
    text
}

fn value_of(settings: &Settings, row: (Kind, i64), field: &Field, own: &Own, secrets: Secrets<'_>) -> Option<Value> {
    let value = own.get(field.key)?;
    match field.shape {
        Shape::Reference(Kind::Tenant) if value.as_i64() == Some(settings.default_tenant().0) => None,
        _ if field.is_secret() => {
            let clear = value.as_str()?;
            Some(match secrets {
                Secrets::Sealed(key) if Sealed::from_text(clear).is_none() => seal(key, row, field.key, clear).as_str().into(),
                _ => clear.into(),
            })
        }
        shape => {
            let mut named = value.clone();
            map_references(shape, &mut named, &mut |target, id| Some(settings.name_of(target, id.as_i64()?).into()));
            Some(named)
        }
    }
}

/// The same secret at the same place is sealed to the same text, so two exports can be compared.
fn seal(key: &Key, (kind, id): (Kind, i64), name: &str, clear: &str) -> Sealed {
    let secret = Secret::new(clear);
    Sealed::seal(key, key.nonce_for(&format!("{} {id} {name}", kind.name()), &secret), &secret)
}

/// A value in TOML. Texts are basic strings, whose escapes are JSON's but for the slash and surrogates, which serde_json never writes.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(toml).collect();
            format!("[{}]", list.join(", "))
        }
        Value::Object(map) => {
            let parts: Vec<String> = map.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}
