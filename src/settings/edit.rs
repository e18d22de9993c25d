use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::Draft;
use super::restore::row_changes;
use super::{Fault, Kind, Own, Rows, Settings};

/// Changes that are made together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    pub changes: Vec<Change>,
    /// The revision that the editor saw. If one of the edited entities was changed since, the edit is a conflict.
    /// `None`: whatever is there now.
    pub based_on: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Without an id: a new entity. With one: the keys of `own` replace what is there, a key with null goes back to the
    /// default (a password: is generated anew), keys that are absent stay.
    Put {
        kind: Kind,
        id: Option<i64>,
        own: Own,
    },
    Delete {
        kind: Kind,
        id: i64,
    },
}

/// What an edit leads to.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The next snapshot; of the same revision if nothing differs.
    pub settings: Settings,
    /// The rows that differ, by kind and id.
    pub rows: Vec<RowChange>,
}

/// One entity before and after. One of the two is there.
#[derive(Clone, Debug, PartialEq)]
pub struct RowChange {
    pub kind: Kind,
    pub id: i64,
    pub before: Option<Arc<Own>>,
    pub after: Option<Arc<Own>>,
}

impl Settings {
    /// Checks the edit whole: all faults, or what it leads to. `random` gives the bytes of generated passwords.
    pub fn edited(&self, edit: &Edit, random: &mut dyn FnMut() -> [u8; 24]) -> Result<Edited, Vec<Fault>> {
        let mut draft = Draft::new(self.rows().clone(), self.next_ids().clone());
        for (at, change) in edit.changes.iter().enumerate() {
            draft.make(at, change, random);
        }
        let (rows, next_ids) = draft.finish()?;
        Ok(self.become_rows(rows, next_ids))
    }

    /// The next snapshot, out of rows that were checked.
    pub(super) fn become_rows(&self, rows: Rows, next_ids: BTreeMap<Kind, i64>) -> Edited {
        let changes = row_changes(self.rows(), &rows);
        let revision = self.revision + u64::from(!changes.is_empty());
        let mut changed_in = self.changes().clone();
        changed_in.extend(changes.iter().map(|change| ((change.kind, change.id), revision)));
        let settings = Settings::new(rows, next_ids, revision, self.claimed).with_changes(changed_in);
        Edited { settings, rows: changes }
    }
}
