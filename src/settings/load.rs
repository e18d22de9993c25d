//! From what was stored to a snapshot: nothing a stored row holds may stop the box, so what breaks a rule is left out and named.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::Draft;
use super::snapshot::Rows;
use super::{Fault, Kind, Settings};

impl Settings {
    /// The snapshot of stored rows, and a fault for everything in them that was left out: a value, or a whole entity.
    pub fn load(mut rows: Rows, next_ids: BTreeMap<Kind, i64>, revision: u64, claimed: bool) -> (Settings, Vec<Fault>) {
        let mut left_out = Vec::new();
        // Each round takes something away, so it ends.
        loop {
            let faults = match Draft::stored(rows.clone(), next_ids.clone()).finish() {
                Ok((rows, next_ids)) => return (Settings::new(rows, next_ids, revision, claimed), left_out),
                Err(faults) => faults,
            };
            let left_out_count = left_out.len();
            for fault in faults {
                let Some(id) = fault.id else { continue };
                let Some(own) = rows.get_mut(&(fault.kind, id)) else { continue };
                let is_vital = fault.kind.field(&fault.field).is_none_or(|field| field.is_vital());
                if is_vital || !own.0.contains_key(&fault.field) {
                    rows.remove(&(fault.kind, id));
                } else {
                    Arc::make_mut(own).0.remove(&fault.field);
                }
                left_out.push(fault);
            }
            if left_out.len() == left_out_count {
                return (Settings::new(rows, next_ids, revision, claimed), left_out);
            }
        }
    }
}
