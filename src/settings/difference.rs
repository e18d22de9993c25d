use std::fmt;

use serde_json::Value;

use super::record::map_references;
use super::snapshot::name_in;
use super::{Kind, Own, RowChange, Rows};

/// What one edit did to one entity, for people. Secrets are not shown, references are names.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub kind: Kind,
    pub id: i64,
    /// The entity's number, username or name, as it is now (or was last).
    pub name: String,
    pub happening: Happening,
    /// Key, before, after; `None` is "not set". Secrets are `"***"`.
    pub fields: Vec<(String, Option<Value>, Option<Value>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Added,
    Changed,
    Deleted,
}

impl Difference {
    /// `before` and `after` are all rows, for the names.
    pub fn new(change: &RowChange, before: &Rows, after: &Rows) -> Difference {
        let happening = match (&change.before, &change.after) {
            (None, _) => Happening::Added,
            (Some(_), Some(_)) => Happening::Changed,
            (Some(_), None) => Happening::Deleted,
        };
        let nothing = Own::default();
        let old = change.before.as_deref().unwrap_or(&nothing);
        let new = change.after.as_deref().unwrap_or(&nothing);
        let mut fields = Vec::new();
        for key in keys(change.kind, old, new) {
            let (old, new) = (old.get(key), new.get(key));
            if old != new {
                let shown = |value: &Value, rows: &Rows| shown(change.kind, key, value, rows);
                fields.push((key.to_owned(), old.map(|value| shown(value, before)), new.map(|value| shown(value, after))));
            }
        }
        let name = name_in(if change.after.is_some() { after } else { before }, change.kind, change.id);
        Difference { kind: change.kind, id: change.id, name, happening, fields }
    }
}

/// In the order of the field table; what the table does not know comes last.
fn keys<'a>(kind: Kind, old: &'a Own, new: &'a Own) -> Vec<&'a str> {
    let mut keys: Vec<&str> = kind.fields().iter().map(|field| field.key).collect();
    for key in old.0.keys().chain(new.0.keys()) {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    keys
}

fn shown(kind: Kind, key: &str, value: &Value, rows: &Rows) -> Value {
    match kind.field(key) {
        Some(field) if !field.is_secret() => {
            let mut shown = value.clone();
            map_references(field.shape, &mut shown, &mut |target, id| Some(name_in(rows, target, id.as_i64()?).into()));
            shown
        }
        // What we do not know may be a newer version's secret.
        _ => "***".into(),
    }
}

/// As `trillo apply` prints it: a line for the entity and one for each setting.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.happening {
            Happening::Added => '+',
            Happening::Changed => '~',
            Happening::Deleted => '-',
        };
        write!(f, "{sign} {}", self.kind.name())?;
        if !self.kind.is_single() {
            write!(f, " {}", self.name)?;
        }
        if self.happening == Happening::Deleted {
            return Ok(());
        }
        for (key, before, after) in &self.fields {
            write!(f, "\n    {key}")?;
            match (before, after) {
                (None, Some(after)) => write!(f, " = {after}")?,
                (Some(before), None) => write!(f, ": {before} -> not set")?,
                (Some(before), Some(after)) => write!(f, ": {before} -> {after}")?,
                (None, None) => {}
            }
        }
        Ok(())
    }
}
