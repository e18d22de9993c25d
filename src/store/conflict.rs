//! Two who edit the same: what the later one hears, with both values of each setting.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::settings::{Change, Edit, Kind, map_references};

use super::history::{Revision, Saved};
use super::{Store, Trouble};

/// Why an edit was not made: somebody else changed one of its entities since the editor looked.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The newest save since then that did.
    pub revision: Revision,
    /// The settings that they changed and the edit would set to something else.
    pub fields: Vec<ConflictField>,
}

/// One setting that two wanted. Secrets are `"***"`, references are names; `null` is inherited or the default.
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictField {
    /// Which change of the edit, counted from 0.
    pub change: usize,
    pub kind: Kind,
    pub id: i64,
    pub field: String,
    /// What holds now.
    pub theirs: Value,
    /// What the edit says.
    pub typed: Value,
}

impl Store {
    /// Nothing is made.
    pub fn conflict(&self, edit: &Edit) -> Result<Option<Conflict>, Trouble> {
        let Some(seen) = edit.based_on.filter(|seen| *seen < self.settings.revision) else { return Ok(None) };
        let targets = |at: usize, kind: Kind, id: i64| match &edit.changes[at] {
            Change::Put { kind: of, id: Some(edited), .. } => *of == kind && *edited == id,
            Change::Put { kind: of, id: None, .. } => *of == kind && kind.is_single(),
            Change::Delete { kind: of, id: edited } => *of == kind && *edited == id,
        };
        let mut newest: Option<Saved> = None;
        let mut touched: BTreeSet<(usize, Kind, i64, String)> = BTreeSet::new();
        self.settings_file.walk(seen, &mut |saved| {
            let mut is_hit = false;
            for (_, change) in &saved.changes {
                for at in (0..edit.changes.len()).filter(|at| targets(*at, change.kind, change.id)) {
                    is_hit = true;
                    let keys = [&change.before, &change.after].into_iter().flatten().flat_map(|own| own.0.keys());
                    touched.extend(keys.map(|key| (at, change.kind, change.id, key.clone())));
                }
            }
            if is_hit {
                // They come the newest first.
                newest.get_or_insert(saved);
            }
            ControlFlow::Continue(())
        })?;
        let Some(newest) = newest else { return Ok(None) };
        let rows = self.settings.rows();
        let fields = touched.into_iter().filter_map(|(at, kind, id, key)| self.wanted_by_two(edit, at, kind, id, key)).collect();
        Ok(Some(Conflict { revision: newest.shown(rows, rows), fields }))
    }

    fn wanted_by_two(&self, edit: &Edit, at: usize, kind: Kind, id: i64, key: String) -> Option<ConflictField> {
        let Change::Put { own, .. } = &edit.changes[at] else { return None };
        let typed = own.get(&key)?;
        let field = kind.field(&key)?;
        let theirs = self.settings.own(kind, id)?.get(&key).cloned().unwrap_or(Value::Null);
        let shown = |mut value: Value| {
            map_references(field.shape, &mut value, &mut |target, id| Some(self.settings.name_of(target, id.as_i64()?).into()));
            value
        };
        let theirs = shown(theirs);
        let typed = shown(field.check(typed).unwrap_or_else(|_| typed.clone()));
        if typed == theirs {
            return None;
        }
        let hidden = |value: Value| if field.is_secret() && !value.is_null() { "***".into() } else { value };
        Some(ConflictField { change: at, kind, id, field: key, theirs: hidden(theirs), typed: hidden(typed) })
    }
}
