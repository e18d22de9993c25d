//! What a table would do, row by row, before it does it.

use std::collections::{BTreeMap, BTreeSet};

use crate::settings::{Change, Difference, Edit, Edited, Fault, Settings};

use super::read::Reading;
use super::table::CellFault;

/// How often rows that hang on refused ones are put aside too, before the others are shown without what would differ.
const ROUNDS_MAX: usize = 5;

#[derive(Clone, Debug)]
pub struct Preview {
    pub rows: Vec<PreviewRow>,
    /// Of the table as a whole.
    pub faults: Vec<CellFault>,
    /// Columns of another program's table that mean nothing here.
    pub ignored: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct PreviewRow {
    pub line: u64,
    /// The number or name that it is known by.
    pub name: String,
    pub state: RowState,
    pub faults: Vec<CellFault>,
    pub differences: Vec<Difference>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    New,
    Changed,
    Same,
    Faulty,
}

impl Preview {
    /// It can be applied.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.count(RowState::Faulty) == 0
    }

    pub fn count(&self, state: RowState) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }

    /// All faults, in the order of the table.
    pub fn all_faults(&self) -> impl Iterator<Item = &CellFault> {
        self.faults.iter().chain(self.rows.iter().flat_map(|row| &row.faults))
    }
}

impl Reading {
    /// What the table would do to the settings that it was read for.
    pub fn preview(&self, settings: &Settings) -> Preview {
        let mut faults = self.faults.clone();
        let mut of_rows: Vec<Vec<CellFault>> = self.rows.iter().map(|row| row.faults.clone()).collect();
        let (edited, kept) = self.tried(settings, &mut faults, &mut of_rows);
        let mut differences = self.differences(settings, edited.as_ref(), &kept);
        let is_new = self.new_rows();
        let rows = self.rows.iter().zip(of_rows).enumerate().map(|(at, (row, faults))| {
            let differences = differences.remove(&at).unwrap_or_default();
            let state = match () {
                () if !faults.is_empty() => RowState::Faulty,
                () if is_new.contains(&at) => RowState::New,
                () if differences.is_empty() && edited.is_some() => RowState::Same,
                () => RowState::Changed,
            };
            let mut faults = faults;
            faults.sort_by(|one, other| one.column.cmp(&other.column));
            PreviewRow { line: row.line, name: row.name.clone(), state, faults, differences }
        });
        Preview { rows: rows.collect(), faults, ignored: self.ignored.clone() }
    }

    /// The edit as far as it is sound, and which of the changes that is. Faults of the first try are told; rows that fail after others
    /// were put aside hang on those, and are fine once they are.
    fn tried(&self, settings: &Settings, faults: &mut Vec<CellFault>, of_rows: &mut [Vec<CellFault>]) -> (Option<Edited>, Vec<usize>) {
        let mut aside: BTreeSet<usize> = BTreeSet::new();
        for round in 0..ROUNDS_MAX {
            let kept: Vec<usize> = (0..self.changes.len()).filter(|at| !aside.contains(&self.changes[*at].row)).collect();
            let changes = kept.iter().map(|at| self.changes[*at].for_a_look()).collect();
            let refused = match settings.edited(&Edit { changes, based_on: None }, &mut || [0; 24]) {
                Ok(edited) if round > 0 || of_rows.iter().all(Vec::is_empty) => return (Some(edited), kept),
                Ok(_) => Vec::new(),
                Err(refused) => refused,
            };
            let aside_count = aside.len();
            for fault in refused {
                let change = fault.change.and_then(|at| kept.get(at)).copied();
                if let Some(at) = change {
                    aside.insert(self.changes[at].row);
                }
                if round == 0 {
                    self.tell(fault, change, faults, of_rows);
                }
            }
            if round == 0 {
                aside.extend((0..of_rows.len()).filter(|row| !of_rows[*row].is_empty()));
            }
            if aside.len() == aside_count {
                break;
            }
        }
        (None, Vec::new())
    }

    fn tell(&self, fault: Fault, change: Option<usize>, faults: &mut Vec<CellFault>, of_rows: &mut [Vec<CellFault>]) {
        let Some(edit) = change.map(|at| &self.changes[at]) else {
            return faults.push(CellFault { line: 1, column: fault.place, reason: fault.reason });
        };
        let column = if fault.field.is_empty() { String::new() } else { self.column_of(edit, &fault.field) };
        let told = &mut of_rows[edit.row];
        if self.is_derived(edit, &fault.field) && !told.is_empty() {
            return;
        }
        // What a cell was refused for already is told once.
        if column.is_empty() || told.iter().all(|other| other.column != column) {
            told.push(CellFault { line: self.rows[edit.row].line, column, reason: fault.reason });
        }
    }

    fn differences(&self, settings: &Settings, edited: Option<&Edited>, kept: &[usize]) -> BTreeMap<usize, Vec<Difference>> {
        let mut differences: BTreeMap<usize, Vec<Difference>> = BTreeMap::new();
        let Some(edited) = edited else { return differences };
        let mut next_ids = settings.next_ids().clone();
        let mut row_of = BTreeMap::new();
        for at in kept {
            let edit = &self.changes[*at];
            let id = match &edit.change {
                Change::Put { kind, id: None, .. } => {
                    let next = next_ids.entry(*kind).or_insert(1);
                    *next += 1;
                    *next - 1
                }
                Change::Put { id: Some(id), .. } | Change::Delete { id, .. } => *id,
            };
            row_of.insert((edit.kind(), id), edit.row);
        }
        for change in &edited.rows {
            if let Some(row) = row_of.get(&(change.kind, change.id)) {
                differences.entry(*row).or_default().push(Difference::new(change, settings.rows(), edited.settings.rows()));
            }
        }
        differences
    }

    /// Rows whose own entity is not there yet.
    fn new_rows(&self) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let first = self.changes.iter().filter(|edit| seen.insert(edit.row));
        first.filter(|edit| matches!(edit.change, Change::Put { id: None, .. })).map(|edit| edit.row).collect()
    }
}
