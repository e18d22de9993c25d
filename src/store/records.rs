//! `records.db`: calls and events, appended in groups. Its tables only grow columns, so any version can open it.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::{Connection, Row, params};

use crate::base::Wall;
use crate::base::id::{AccountId, ExtensionId, LineId, TenantId};
use crate::base::limits::{CALL_RECORDS_MAX, EVENTS_MAX, RECORDS_WAITING_MAX};
use crate::entry::{CallRecord, Entry, Event, EventKind, LegQuality};

use super::trouble::Doing;
use super::{Trouble, folder};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, call_id TEXT NOT NULL, started INTEGER NOT NULL, answered INTEGER, ended INTEGER NOT NULL,
    caller INTEGER, caller_account INTEGER, caller_number TEXT NOT NULL, caller_name TEXT NOT NULL, dialled TEXT NOT NULL, callee INTEGER,
    outcome TEXT NOT NULL, status INTEGER NOT NULL, legs TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS call_of_caller ON call (caller);
CREATE INDEX IF NOT EXISTS call_of_callee ON call (callee);
CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL) STRICT;
";

/// Columns of `call` that came after its first version.
const NEWER_COLUMNS: [(&str, &str); 4] = [
    ("answering", "INTEGER"),
    ("path", "TEXT NOT NULL DEFAULT '[]'"),
    ("caller_line", "INTEGER"),
    ("quality", "TEXT NOT NULL DEFAULT '[]'"),
];
/// The record of a call whose flows close is among so many of the newest.
const JUST_WRITTEN: i64 = 5000;

#[derive(Debug)]
pub(super) struct Records {
    /// A search may have it for a while.
    connection: Arc<Mutex<Connection>>,
    /// Not written yet: they wait for the next flush, and for space on a full disk.
    waiting: VecDeque<Waiting>,
}

/// Boxed, for most of what waits is events: a thousand phones that register at once make one each.
#[derive(Debug)]
enum Waiting {
    Call(Box<CallRecord>),
    Event(Event),
    Quality { call_id: String, started: Wall, quality: Box<LegQuality> },
}

impl Records {
    /// A damaged file is set aside: the box must ring, and old records are in the file for who can read it.
    pub fn open(data: &Path, now: Wall, notices: &mut Vec<String>) -> Result<Records, Trouble> {
        let path = data.join("records.db");
        let open = || -> rusqlite::Result<Connection> {
            let connection = folder::open_private(&path)?;
            folder::use_wal(&connection)?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.execute_batch(SCHEMA)?;
            grow(&connection)?;
            connection.query_row("SELECT count(*) FROM (SELECT 1 FROM call ORDER BY id DESC LIMIT 1)", [], |_| Ok(()))?;
            Ok(connection)
        };
        let connection = match open() {
            Ok(connection) => connection,
            Err(error) if is_damage(&error) => {
                let aside = folder::set_aside(&path, "records", now.as_secs())?;
                notices
                    .push(format!("the call records were damaged ({error}); new ones are begun, the damaged file is {}", aside.display()));
                open().doing("making the call records")?
            }
            Err(error) => return Err(Trouble::database("opening the call records", &error)),
        };
        Ok(Records { connection: Arc::new(Mutex::new(connection)), waiting: VecDeque::new() })
    }

    /// If the disk has been full for so long that too many wait, the oldest is lost.
    pub fn push(&mut self, entry: &Entry) {
        let waiting = match entry {
            Entry::Call(call) => Waiting::Call(Box::new(call.clone())),
            Entry::Event(event) => Waiting::Event(event.clone()),
            Entry::Quality { call_id, started, quality } => {
                Waiting::Quality { call_id: call_id.clone(), started: *started, quality: Box::new(quality.clone()) }
            }
            Entry::State(_) => return,
        };
        if self.waiting.len() == RECORDS_WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(waiting);
    }

    /// For who searches: the records that wait are not in it.
    pub fn connection(&self) -> Arc<Mutex<Connection>> {
        self.connection.clone()
    }

    pub fn flush(&mut self) -> Result<(), Trouble> {
        let connection = self.connection.clone();
        self.write_to(connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, but where a search has the records they wait on: nothing else shall wait for it.
    pub fn flush_if_free(&mut self) -> Result<(), Trouble> {
        let connection = self.connection.clone();
        match connection.try_lock() {
            Ok(connection) => self.write_to(connection),
            Err(TryLockError::Poisoned(connection)) => self.write_to(connection.into_inner()),
            Err(TryLockError::WouldBlock) => Ok(()),
        }
    }

    fn write_to(&mut self, mut connection: MutexGuard<'_, Connection>) -> Result<(), Trouble> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.write(&mut connection).doing("writing call records")?;
        // Not cleared: the room of a busy second would stay taken.
        self.waiting = VecDeque::new();
        Ok(())
    }

    fn write(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let transaction = connection.transaction()?;
        for waiting in &self.waiting {
            match waiting {
                Waiting::Call(call) => insert_call(&transaction, call)?,
                Waiting::Event(event) => insert_event(&transaction, event)?,
                Waiting::Quality { call_id, started, quality } => add_quality(&transaction, (call_id, *started), quality)?,
            }
        }
        for (table, max) in [("call", CALL_RECORDS_MAX), ("event", EVENTS_MAX)] {
            transaction.execute(&format!("DELETE FROM {table} WHERE id <= (SELECT max(id) FROM {table}) - ?1"), [max as i64])?;
        }
        transaction.commit()
    }

    pub fn events(&self, limit: usize) -> Result<Vec<Event>, Trouble> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || -> rusqlite::Result<Vec<Event>> {
            let mut statement = connection.prepare_cached("SELECT at, kind, text FROM event ORDER BY id DESC LIMIT ?1")?;
            let rows = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
                let kind: String = row.get(1)?;
                let kind = EventKind::from_name(&kind).unwrap_or(EventKind::Trouble);
                Ok(Event { at: Wall::from_millis(row.get(0)?), kind, text: row.get(2)? })
            })?;
            rows.collect()
        };
        read().doing("reading events")
    }
}

/// Gives a table of an older version the columns that it lacks.
fn grow(connection: &Connection) -> rusqlite::Result<()> {
    for (column, kind) in NEWER_COLUMNS {
        let known = "SELECT count(*) FROM pragma_table_info('call') WHERE name = ?1";
        if connection.query_row(known, [column], |row| row.get::<_, i64>(0))? == 0 {
            connection.execute_batch(&format!("ALTER TABLE call ADD COLUMN {column} {kind}"))?;
        }
    }
    Ok(())
}

pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt))
}

fn insert_call(connection: &Connection, call: &CallRecord) -> rusqlite::Result<()> {
    let insert =
        "INSERT INTO call (tenant, call_id, started, answered, ended, caller, caller_account, caller_number, caller_name, dialled, callee,
        outcome, status, legs, answering, path, caller_line, quality)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
    connection.prepare_cached(insert)?.execute(params![
        call.tenant.0,
        call.call_id,
        call.started.as_millis(),
        call.answered.map(Wall::as_millis),
        call.ended.as_millis(),
        call.caller.map(|id| id.0),
        call.caller_account.map(|id| id.0),
        call.caller_number,
        call.caller_name,
        call.dialled,
        call.callee.map(|id| id.0),
        json(&call.outcome),
        call.status,
        json(&call.legs),
        call.answering.map(|id| id.0),
        json(&call.path),
        call.caller_line.map(|id| id.0),
        json(&call.quality),
    ])?;
    Ok(())
}

fn add_quality(connection: &Connection, (call_id, started): (&str, Wall), quality: &LegQuality) -> rusqlite::Result<()> {
    let update = "UPDATE call SET quality = json_insert(quality, '$[#]', json(?1)) WHERE id =
        (SELECT max(id) FROM call WHERE id > (SELECT max(id) FROM call) - ?2 AND call_id = ?3 AND started = ?4)";
    connection.prepare_cached(update)?.execute(params![json(quality), JUST_WRITTEN, call_id, started.as_millis()])?;
    Ok(())
}

fn insert_event(connection: &Connection, event: &Event) -> rusqlite::Result<()> {
    let insert = "INSERT INTO event (at, kind, text) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(insert)?.execute(params![event.at.as_millis(), event.kind.name(), event.text])?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn call(row: &Row<'_>) -> rusqlite::Result<CallRecord> {
    let parsed =
        |at: usize, error: serde_json::Error| rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, Box::new(error));
    Ok(CallRecord {
        tenant: TenantId(row.get("tenant")?),
        call_id: row.get("call_id")?,
        started: Wall::from_millis(row.get("started")?),
        answered: row.get::<_, Option<i64>>("answered")?.map(Wall::from_millis),
        ended: Wall::from_millis(row.get("ended")?),
        caller: row.get::<_, Option<i64>>("caller")?.map(ExtensionId),
        caller_account: row.get::<_, Option<i64>>("caller_account")?.map(AccountId),
        caller_line: row.get::<_, Option<i64>>("caller_line")?.map(LineId),
        caller_number: row.get("caller_number")?,
        caller_name: row.get("caller_name")?,
        dialled: row.get("dialled")?,
        callee: row.get::<_, Option<i64>>("callee")?.map(ExtensionId),
        outcome: serde_json::from_str(&row.get::<_, String>("outcome")?).map_err(|error| parsed(12, error))?,
        status: row.get("status")?,
        legs: serde_json::from_str(&row.get::<_, String>("legs")?).map_err(|error| parsed(14, error))?,
        answering: row.get::<_, Option<i64>>("answering")?.map(ExtensionId),
        path: serde_json::from_str(&row.get::<_, String>("path")?).map_err(|error| parsed(16, error))?,
        quality: serde_json::from_str(&row.get::<_, String>("quality")?).map_err(|error| parsed(18, error))?,
    })
}
