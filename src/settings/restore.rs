//! Back to what was: a change undone, and rows of an earlier time made the settings there are.
//!
//! In flow changes as revisions keep them, or whole rows; out flows an [`Edited`] as of any other edit, checked like one. Entities that
//! come back have the ids that they had, because a binding or a call record may name them.

use std::sync::Arc;

use super::draft::Draft;
use super::{Difference, Edited, Fault, Own, RowChange, Rows, Settings};

/// Undoes one change in `rows`. The two sides of the change need hold only the keys that differ; what else an entity has by now
/// stays. False if it changed an entity that is not there any more.
pub fn undo(rows: &mut Rows, change: &RowChange) -> bool {
    let key = (change.kind, change.id);
    match (&change.before, &change.after) {
        (None, _) => drop(rows.remove(&key)),
        (Some(before), None) => drop(rows.entry(key).or_insert_with(|| before.clone())),
        (Some(before), Some(after)) => {
            let Some(own) = rows.get_mut(&key) else { return false };
            let own = Arc::make_mut(own);
            for name in after.0.keys().filter(|name| !before.0.contains_key(*name)) {
                own.0.remove(name);
            }
            own.0.extend(before.0.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }
    true
}

impl Settings {
    /// What making `rows` the settings leads to, or all that is wrong with it.
    pub fn restored(&self, rows: Rows) -> Result<Edited, Vec<Fault>> {
        let (rows, next_ids) = Draft::restoring(self.rows(), rows, self.next_ids().clone()).finish()?;
        Ok(self.become_rows(rows, next_ids))
    }
}

/// The rows that differ, by kind and id.
pub(super) fn row_changes(before: &Rows, after: &Rows) -> Vec<RowChange> {
    let mut changes = Vec::new();
    let is_same = |one: &Arc<Own>, other: &Arc<Own>| Arc::ptr_eq(one, other) || one == other;
    for (key, own) in after {
        let old = before.get(key);
        if old.is_none_or(|old| !is_same(old, own)) {
            changes.push(RowChange { kind: key.0, id: key.1, before: old.cloned(), after: Some(own.clone()) });
        }
    }
    for (key, old) in before {
        if !after.contains_key(key) {
            changes.push(RowChange { kind: key.0, id: key.1, before: Some(old.clone()), after: None });
        }
    }
    changes.sort_by_key(|change| (change.kind, change.id));
    changes
}

/// What differs between the rows of two times, for people.
pub fn differences(before: &Rows, after: &Rows) -> Vec<Difference> {
    row_changes(before, after).iter().map(|change| Difference::new(change, before, after)).collect()
}
