//! `state.db` in the run folder: keyed values of which the last one counts, committed without waiting for a disk.
//!
//! A killed process loses nothing, because the kernel has every commit; a power cut loses what came after the last copy,
//! `state.saved.db` in the data folder.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::base::id::{AccountId, ExtensionId};
use crate::entry::{State, Switches};

use super::trouble::Doing;
use super::{Trouble, folder};

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;";
/// Counts commits, so that of two files the one that went on longer is the newer, whatever the clock says.
const COUNT: &str = "INSERT INTO state VALUES ('count', '1') ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)";

#[derive(Debug)]
pub(super) struct StateFile {
    connection: Connection,
    saved: PathBuf,
    is_dirty: bool,
}

impl StateFile {
    pub fn open(data: &Path, run: &Path, notices: &mut Vec<String>) -> Result<(StateFile, Vec<State>), Trouble> {
        let (path, saved) = (run.join("state.db"), data.join("state.saved.db"));
        if count(&saved) > count(&path) {
            folder::remove_database(&path);
            let new = folder::beside(&path, ".new");
            fs::copy(&saved, &new).map_err(|error| Trouble::io("copying", &saved, &error))?;
            fs::rename(&new, &path).map_err(|error| Trouble::io("renaming", &new, &error))?;
        }
        let (connection, states) = match StateFile::read(&path) {
            Ok(found) => found,
            Err(error) => {
                folder::remove_database(&path);
                notices.push(format!("the registrations of the last run could not be read ({error}); phones will register again"));
                StateFile::read(&path).doing("making the state file")?
            }
        };
        Ok((StateFile { connection, saved, is_dirty: false }, states))
    }

    fn read(path: &Path) -> rusqlite::Result<(Connection, Vec<State>)> {
        let connection = folder::open_private(path)?;
        folder::use_wal(&connection)?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.execute_batch(SCHEMA)?;
        let mut states = Vec::new();
        {
            let mut statement = connection.prepare("SELECT key, value FROM state ORDER BY key")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
                states.extend(read_state(&key, &value));
            }
        }
        states.sort_by_key(|state| match state {
            State::Binding { account, .. } => (0, account.0),
            State::Switches { extension, .. } => (1, extension.0),
            State::Ban { id, .. } => (2, i64::try_from(*id).unwrap_or(i64::MAX)),
        });
        Ok((connection, states))
    }

    /// In one transaction.
    pub fn keep<'a>(&mut self, states: impl Iterator<Item = &'a State>) -> Result<(), Trouble> {
        let mut states = states.peekable();
        if states.peek().is_none() {
            return Ok(());
        }
        self.is_dirty = true;
        let mut are_rare = false;
        let states = states.inspect(|state| {
            are_rare |= matches!(state, State::Switches { .. });
        });
        self.write(states).doing("keeping a registration")?;
        // What somebody switched by hand is not lost in a power cut either.
        if are_rare { self.copy_if_changed() } else { Ok(()) }
    }

    fn write<'a>(&mut self, states: impl Iterator<Item = &'a State>) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        for state in states {
            let (key, value) = match state {
                State::Binding { account, binding } => (format!("binding {account}"), binding.as_ref().map(serde_json::to_string)),
                State::Ban { id, ban } => (format!("ban {id}"), ban.as_ref().map(serde_json::to_string)),
                State::Switches { extension, switches } => {
                    let value = (*switches != Switches::default()).then(|| serde_json::to_string(switches));
                    (format!("switches {extension}"), value)
                }
            };
            match value {
                Some(value) => {
                    let value = value.unwrap_or_default();
                    transaction.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?.execute(params![key, value])?;
                }
                None => {
                    transaction.prepare_cached("DELETE FROM state WHERE key = ?1")?.execute([key])?;
                }
            }
        }
        transaction.prepare_cached(COUNT)?.execute([])?;
        transaction.commit()
    }

    pub fn copy_if_changed(&mut self) -> Result<(), Trouble> {
        if self.is_dirty {
            folder::copy_database(&self.connection, &self.saved, "copying the registrations")?;
            self.is_dirty = false;
        }
        Ok(())
    }
}

/// What cannot be understood is another version's: the phone registers again, and what was switched is switched off.
fn read_state(key: &str, value: &str) -> Option<State> {
    let (kind, id) = key.split_once(' ')?;
    let id = id.parse().ok()?;
    match kind {
        "binding" => Some(State::Binding { account: AccountId(id), binding: Some(serde_json::from_str(value).ok()?) }),
        "switches" => Some(State::Switches { extension: ExtensionId(id), switches: serde_json::from_str(value).ok()? }),
        "ban" => Some(State::Ban { id: u64::try_from(id).ok()?, ban: Some(serde_json::from_str(value).ok()?) }),
        _ => None,
    }
}

/// -1 if there is no such file or it cannot be read.
fn count(path: &Path) -> i64 {
    let read = || -> rusqlite::Result<i64> {
        let connection = Connection::open(path)?;
        connection.query_row("SELECT CAST(value AS INTEGER) FROM state WHERE key = 'count'", [], |row| row.get(0))
    };
    if path.exists() { read().unwrap_or(-1) } else { -1 }
}
