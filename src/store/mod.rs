//! The one writer of what lasts: settings, records and state, in three SQLite files of the data folder.
#![allow(clippy::disallowed_methods)]

mod trouble;

use std::path::Path;
use std::sync::Arc;

pub use trouble::Trouble;

use crate::base::Wall;
use crate::entry::{CallRecord, Entry, State};
use crate::secret::Secret;
use crate::settings::{Difference, Edit, Fault, Settings};

/// The data folder, open and locked.
#[derive(Debug)]
pub struct Store {}

/// What was found at start.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    pub settings: Arc<Settings>,
    /// The bindings of the last run.
    pub states: Vec<State>,
    /// What an administrator should know: a damaged file that was set aside, a key that is new. English sentences.
    pub notices: Vec<String>,
}

/// Who edits, for the list of revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    /// Where from: an address, or "command line".
    pub source: String,
}

/// One save.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    pub id: u64,
    pub at: Wall,
    pub author: Author,
    pub differences: Vec<Difference>,
}

#[derive(Debug)]
pub enum EditRefused {
    /// All that is wrong with it. Nothing was changed.
    Faults(Vec<Fault>),
    /// Somebody else changed the same since; this is that change.
    Conflict(Box<Revision>),
    /// It could not be written. Nothing was changed.
    Trouble(Trouble),
}

impl Store {
    /// Opens or makes the data folder. `run` is where state that may be lost in a power cut lies (`data/run` or a tmpfs).
    pub fn open(data: &Path, run: &Path, now: Wall) -> Result<Opened, Trouble> {
        let _ = (run, now);
        Err(Trouble::Unfinished(data.to_owned()))
    }

    pub fn settings(&self) -> Arc<Settings> {
        Arc::new(Settings::fresh())
    }

    /// Checks the edit whole and writes it in one transaction with its revision.
    pub fn edit(&mut self, edit: &Edit, author: &Author, now: Wall) -> Result<Arc<Settings>, EditRefused> {
        let _ = (edit, author, now);
        Ok(self.settings())
    }

    /// Makes the first administrator, in one transaction. Refused as a conflict of the username's fault if the box is claimed.
    pub fn claim(&mut self, username: &str, password: &Secret, author: &Author, now: Wall) -> Result<Arc<Settings>, EditRefused> {
        let _ = (username, password, author, now);
        Ok(self.settings())
    }

    /// State is committed before this returns, all of it in one transaction. Calls and events wait for [`Store::flush`].
    pub fn keep(&mut self, entries: &[Entry]) -> Result<(), Trouble> {
        let _ = entries;
        Ok(())
    }

    /// Writes the waiting calls and events down.
    pub fn flush(&mut self) -> Result<(), Trouble> {
        Ok(())
    }

    /// Copies the state into the data folder if it changed since the last copy.
    pub fn copy_state_to_data(&mut self) -> Result<(), Trouble> {
        Ok(())
    }

    /// The newest calls, newest first.
    pub fn calls(&mut self, limit: usize) -> Result<Vec<CallRecord>, Trouble> {
        let _ = limit;
        Ok(Vec::new())
    }

    /// The newest saves, newest first.
    pub fn revisions(&self, limit: usize) -> Result<Vec<Revision>, Trouble> {
        let _ = limit;
        Ok(Vec::new())
    }

    /// The settings file. Secrets are sealed to this box unless `with_secrets`.
    pub fn export(&self, with_secrets: bool) -> String {
        let _ = with_secrets;
        String::new()
    }
}
