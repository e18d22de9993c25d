//! The saves on record, and the way back: what was at a revision, one save undone, all as it was.
//!
//! A save is kept as the keys that differ, so what was at revision N is what is now with every later save undone, the newest first.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::base::Wall;
use crate::settings::{Difference, Fault, RowChange, Rows, Settings, differences, undo};

use super::{Applied, Author, EditRefused, Store, Trouble};

/// Whether the settings there are may be changed like that: asked in the step that changes them.
pub type Judge<'a> = &'a dyn Fn(&Settings, &[Difference]) -> Result<(), Vec<Fault>>;

/// One save.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    pub id: u64,
    pub at: Wall,
    pub author: Author,
    pub differences: Vec<Difference>,
}

/// One save as it is kept: each change with the name that its entity had, and the keys that differ.
pub(super) struct Saved {
    pub id: u64,
    pub at: Wall,
    pub author: Author,
    pub changes: Vec<(String, RowChange)>,
}

impl Saved {
    fn undo(&self, rows: &mut Rows) {
        for (_, change) in &self.changes {
            undo(rows, change);
        }
    }

    /// For people. Names of what is referred to are those of that time.
    pub fn shown(self, before: &Rows, after: &Rows) -> Revision {
        let shown = |(name, change): (String, RowChange)| {
            let difference = Difference::new(&change, before, after);
            if name.is_empty() { difference } else { Difference { name, ..difference } }
        };
        Revision { id: self.id, at: self.at, author: self.author, differences: self.changes.into_iter().map(shown).collect() }
    }
}

impl Store {
    /// The newest saves, or those before revision `before`, newest first.
    pub fn revisions(&self, before: Option<u64>, limit: usize) -> Result<Vec<Revision>, Trouble> {
        let mut revisions = Vec::new();
        let mut rows = self.settings.rows().clone();
        self.settings_file.walk(0, &mut |saved| {
            if revisions.len() == limit {
                return ControlFlow::Break(());
            }
            let is_wanted = before.is_none_or(|before| saved.id < before);
            let after = is_wanted.then(|| rows.clone());
            saved.undo(&mut rows);
            revisions.extend(after.map(|after| saved.shown(&rows, &after)));
            ControlFlow::Continue(())
        })?;
        Ok(revisions)
    }

    /// One save, if it is on record.
    pub fn revision(&self, id: u64) -> Result<Option<Revision>, Trouble> {
        let found = self.revisions(id.checked_add(1), 1)?;
        Ok(found.into_iter().next().filter(|revision| revision.id == id))
    }

    /// What differs between the settings at two revisions.
    pub fn compare(&self, before: u64, after: u64) -> Result<Vec<Difference>, EditRefused> {
        Ok(differences(&self.rows_at(before)?, &self.rows_at(after)?))
    }

    /// Undoes what one save did, whatever was saved since, as a new revision; with `is_trial` it only tells what that would be.
    /// Refused where it can't be: what it changed is gone, a number it gave back is taken, what it made is in use; and where `judge` says so.
    pub fn revert(&mut self, id: u64, is_trial: bool, judge: Judge<'_>, author: &Author, now: Wall) -> Result<Applied, EditRefused> {
        let mut found = None;
        self.settings_file.walk(id.saturating_sub(1), &mut |saved| {
            found = (saved.id == id).then_some(saved);
            ControlFlow::Continue(())
        })?;
        let saved = found.ok_or_else(|| no_revision(id))?;
        let mut rows = self.settings.rows().clone();
        let mut gone = Vec::new();
        for (name, change) in &saved.changes {
            if !undo(&mut rows, change) {
                gone.push(Fault::gone(change.kind, change.id, name));
            }
        }
        if !gone.is_empty() {
            return Err(EditRefused::Faults(gone));
        }
        self.become_rows(rows, is_trial, judge, author, now)
    }

    /// Makes the settings what they were at a revision, as a new one; with `is_trial` it only tells what would differ.
    pub fn restore(&mut self, id: u64, is_trial: bool, author: &Author, now: Wall) -> Result<Applied, EditRefused> {
        let rows = self.rows_at(id)?;
        self.become_rows(rows, is_trial, &|_, _| Ok(()), author, now)
    }

    fn become_rows(&mut self, rows: Rows, is_trial: bool, judge: Judge<'_>, author: &Author, now: Wall) -> Result<Applied, EditRefused> {
        let edited = self.settings.restored(rows).map_err(EditRefused::Faults)?;
        let differences = differences(self.settings.rows(), edited.settings.rows());
        judge(&self.settings, &differences).map_err(EditRefused::Faults)?;
        if !is_trial {
            self.save(edited, author, now)?;
        }
        Ok(Applied { settings: Arc::clone(&self.settings), differences })
    }

    fn rows_at(&self, id: u64) -> Result<Rows, EditRefused> {
        let mut rows = self.settings.rows().clone();
        let newest = self.settings.revision;
        if id == newest {
            return Ok(rows);
        }
        // All saves after it must be there to be undone.
        let oldest = self.settings_file.oldest_revision()?.unwrap_or(newest);
        if id > newest || id + 1 < oldest {
            return Err(no_revision(id));
        }
        self.settings_file.walk(id, &mut |saved| {
            saved.undo(&mut rows);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }
}

fn no_revision(id: u64) -> EditRefused {
    EditRefused::Faults(vec![Fault::no_revision(id)])
}
