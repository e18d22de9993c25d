//! `settings.N.db`: rows in, rows out, revisions.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::base::Wall;
use crate::base::limits::REVISIONS_MAX;
use crate::secret::{Key, Sealed, Secret};
use crate::settings::{Kind, Own, RowChange, Rows, Settings};

use super::history::Saved;
use super::trouble::Doing;
use super::{Author, Trouble, folder, migrate};

#[derive(Debug)]
pub(super) struct SettingsFile {
    connection: Connection,
    good: PathBuf,
    key: Key,
    /// True if there is something that the good copy does not have.
    is_dirty: bool,
}

/// Kept for itself, because settings that were applied locally claim a box without an administrator.
const CLAIM: &str = "INSERT OR IGNORE INTO fact VALUES ('claimed', 'yes')";

/// What a good file holds.
type Found = (SettingsFile, Settings);

impl SettingsFile {
    /// Opens the settings, or the last good copy of them if they are damaged.
    pub fn open(data: &Path, key: &Key, now: Wall, notices: &mut Vec<String>) -> Result<Found, Trouble> {
        let schema = migrate::MIGRATIONS.len();
        let path = migrate::prepare(data, migrate::SCHEMA, migrate::MIGRATIONS, notices)?;
        let good = migrate::good_path(data, schema);
        let trouble = match SettingsFile::read(&path, &good, key, notices) {
            Ok(found) => return Ok(found),
            Err(trouble @ Trouble::Damaged { .. }) if good.exists() => trouble,
            Err(trouble) => return Err(trouble),
        };
        let aside = folder::set_aside(&path, &format!("settings.{schema}"), now.as_secs())?;
        migrate::restore_good(data, schema)?;
        let found = SettingsFile::read(&path, &good, key, notices)?;
        let Trouble::Damaged { said, .. } = trouble else { return Ok(found) };
        notices.push(format!(
            "the settings file was damaged ({said}); the last good copy, revision {}, is in use; the damaged one is {}",
            found.1.revision,
            aside.display()
        ));
        Ok(found)
    }

    fn read(path: &Path, good: &Path, key: &Key, notices: &mut Vec<String>) -> Result<Found, Trouble> {
        let damaged = |said: String| Trouble::Damaged { path: path.to_owned(), said };
        let open = || -> rusqlite::Result<(Connection, String)> {
            let connection = folder::open_private(path)?;
            folder::use_wal(&connection)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            let check = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            Ok((connection, check))
        };
        let is_damage = |error: &rusqlite::Error| match error.sqlite_error_code() {
            Some(code) => {
                matches!(code, rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::Unknown)
            }
            // A row that is not what the schema says.
            None => true,
        };
        let or_damaged = |error: rusqlite::Error| {
            if is_damage(&error) { damaged(error.to_string()) } else { Trouble::database(&format!("reading {}", path.display()), &error) }
        };
        let (connection, check) = open().map_err(or_damaged)?;
        if check != "ok" {
            return Err(damaged(check));
        }
        let file = SettingsFile { connection, good: good.to_owned(), key: key.clone(), is_dirty: true };
        let (rows, next_ids, revision, claimed) = file.rows().map_err(or_damaged)?;
        let locked: usize = rows.values().map(|own| own.0.values().filter(|value| is_sealed(value)).count()).sum();
        if locked > 0 {
            notices.push(format!(
                "{locked} passwords or PINs cannot be read, because the key of this data folder is another one; set them again, or put the file \"key\" back"
            ));
        }
        let (settings, left_out) = Settings::load(rows, next_ids, revision, claimed);
        let settings = settings.with_changes(file.changed_in().map_err(or_damaged)?);
        notices.extend(left_out.iter().map(|fault| format!("left out of the settings: {fault}")));
        Ok((file, settings))
    }

    fn rows(&self) -> rusqlite::Result<(Rows, BTreeMap<Kind, i64>, u64, bool)> {
        let mut rows = Rows::new();
        let mut next_ids = BTreeMap::new();
        for kind in Kind::ALL {
            let columns = columns(kind);
            let list: String = columns.iter().map(|column| format!(", {column}")).collect();
            let mut statement = self.connection.prepare(&format!("SELECT id, own{list} FROM {}", kind.name()))?;
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                let own: String = row.get(1)?;
                let mut own: Map<String, Value> = serde_json::from_str(&own)
                    .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error)))?;
                for (at, column) in columns.iter().enumerate() {
                    match row.get_ref(at + 2)? {
                        ValueRef::Integer(number) => own.insert((*column).to_owned(), number.into()),
                        ValueRef::Text(text) => own.insert((*column).to_owned(), String::from_utf8_lossy(text).into()),
                        _ => None,
                    };
                }
                open_secrets(kind, &mut own, &self.key);
                rows.insert((kind, row.get(0)?), Arc::new(Own(own)));
            }
            let last = "SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
            let last: i64 = self.connection.query_row(last, [kind.name()], |row| row.get(0))?;
            next_ids.insert(kind, last + 1);
        }
        let revision: i64 = self.connection.query_row("SELECT ifnull(max(id), 0) FROM revision", [], |row| row.get(0))?;
        let claimed = self.connection.query_row("SELECT count(*) FROM fact WHERE key = 'claimed'", [], |row| row.get::<_, i64>(0))?;
        Ok((rows, next_ids, u64::try_from(revision).unwrap_or(0), claimed > 0))
    }

    /// The last of the remembered revisions that changed each entity.
    fn changed_in(&self) -> rusqlite::Result<BTreeMap<(Kind, i64), u64>> {
        let query = "SELECT json_extract(value, '$.kind'), json_extract(value, '$.id'), max(revision.id)
            FROM revision, json_each(revision.difference) GROUP BY 1, 2";
        let mut statement = self.connection.prepare(query)?;
        let mut found = statement.query([])?;
        let mut changed_in = BTreeMap::new();
        while let Some(row) = found.next()? {
            let kind = row.get_ref(0)?.as_str().ok().and_then(Kind::from_name);
            if let (Some(kind), Ok(id)) = (kind, row.get::<_, i64>(1)) {
                changed_in.insert((kind, id), u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0));
            }
        }
        Ok(changed_in)
    }

    /// Writes what an edit changed, the revision that tells of it, and whether the box is claimed. All or nothing.
    pub fn save(&mut self, changes: &[RowChange], after: &Settings, author: &Author, now: Wall) -> Result<(), Trouble> {
        self.write(changes, after, author, now).doing("saving the settings")?;
        self.is_dirty = true;
        Ok(())
    }

    fn write(&mut self, changes: &[RowChange], after: &Settings, author: &Author, now: Wall) -> rusqlite::Result<()> {
        let key = self.key.clone();
        let difference: Vec<Value> = changes.iter().map(|change| stored_change(change, after, &key)).collect();
        let transaction = self.connection.transaction()?;
        if after.claimed {
            transaction.execute(CLAIM, [])?;
        }
        if changes.is_empty() {
            return transaction.commit();
        }
        // Rows that swap their names pass through a moment when both have one.
        transaction.pragma_update(None, "defer_foreign_keys", true)?;
        for change in changes {
            let delete = format!("DELETE FROM {} WHERE id = ?1", change.kind.name());
            transaction.prepare_cached(&delete)?.execute([change.id])?;
        }
        for change in changes {
            let Some(own) = &change.after else { continue };
            let mut own = sealed(change.kind, change.id, own, &key);
            let columns = columns(change.kind);
            let mut values = vec![Sql::Integer(change.id)];
            for column in columns {
                values.push(match own.shift_remove(*column) {
                    Some(Value::String(text)) => Sql::Text(text),
                    Some(Value::Number(number)) => number.as_i64().map_or(Sql::Null, Sql::Integer),
                    _ => Sql::Null,
                });
            }
            values.push(Sql::Text(Value::Object(own).to_string()));
            let list: String = columns.iter().map(|column| format!("{column}, ")).collect();
            let marks = vec!["?"; values.len()].join(", ");
            let insert = format!("INSERT INTO {} (id, {list}own) VALUES ({marks})", change.kind.name());
            transaction.prepare_cached(&insert)?.execute(rusqlite::params_from_iter(values))?;
        }
        let revision = i64::try_from(after.revision).unwrap_or(i64::MAX);
        transaction.execute(
            "INSERT INTO revision (id, at, author, source, difference) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![revision, now.as_millis(), author.name, author.source, Value::Array(difference).to_string()],
        )?;
        transaction.execute("DELETE FROM revision WHERE id <= ?1", [revision - REVISIONS_MAX as i64])?;
        transaction.commit()
    }

    /// The saves after revision `after`, the newest first, until `visit` has enough.
    pub fn walk(&self, after: u64, visit: &mut dyn FnMut(Saved) -> ControlFlow<()>) -> Result<(), Trouble> {
        let mut read = || -> rusqlite::Result<()> {
            let query = "SELECT id, at, author, source, difference FROM revision WHERE id > ?1 ORDER BY id DESC";
            let mut statement = self.connection.prepare_cached(query)?;
            let mut found = statement.query([i64::try_from(after).unwrap_or(i64::MAX)])?;
            while let Some(row) = found.next()? {
                let difference: Value = serde_json::from_str(row.get_ref(4)?.as_str()?).unwrap_or_default();
                let changes = difference.as_array().map(Vec::as_slice).unwrap_or_default();
                let saved = Saved {
                    id: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
                    at: Wall::from_millis(row.get(1)?),
                    author: Author { name: row.get(2)?, source: row.get(3)? },
                    changes: changes.iter().filter_map(|change| read_change(change, &self.key)).collect(),
                };
                if visit(saved).is_break() {
                    break;
                }
            }
            Ok(())
        };
        read().doing("reading the revisions")
    }

    /// Some save on record has the text in what it changed.
    pub fn is_in_revisions(&self, text: &str) -> Result<bool, Trouble> {
        let found =
            self.connection.query_row("SELECT EXISTS (SELECT 1 FROM revision WHERE instr(difference, ?1))", [text], |row| row.get(0));
        found.doing("reading the revisions")
    }

    /// The oldest save on record.
    pub fn oldest_revision(&self) -> Result<Option<u64>, Trouble> {
        let oldest = self.connection.query_row("SELECT min(id) FROM revision", [], |row| row.get::<_, Option<i64>>(0));
        Ok(oldest.doing("reading the revisions")?.and_then(|oldest| u64::try_from(oldest).ok()))
    }

    /// Renews the good copy if something was saved since.
    pub fn copy_if_changed(&mut self) -> Result<(), Trouble> {
        if self.is_dirty {
            folder::copy_database(&self.connection, &self.good, "copying the settings")?;
            self.is_dirty = false;
        }
        Ok(())
    }

    /// No page more than there are: what a full disk looks like to the database. For tests.
    pub fn pretend_full(&self, is_full: bool) {
        let pages: i64 = if is_full { 1 } else { 1 << 30 };
        let _ = self.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()));
    }
}

/// What stands in columns of its own, because it is unique or refers to what must be there.
const fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Sip | Kind::Phonebook | Kind::Numbering => &[],
        Kind::Tenant | Kind::Role => &["name"],
        Kind::PickupGroup | Kind::Line | Kind::Class | Kind::ExtensionTemplate | Kind::AccountTemplate | Kind::Selection | Kind::Audio => {
            &["tenant", "name"]
        }
        Kind::Extension | Kind::Mailbox => &["tenant", "number"],
        Kind::Account => &["tenant", "username", "extension"],
        Kind::User => &["username"],
        Kind::Token => &["name", "user"],
        Kind::Contact => &["tenant"],
    }
}

fn is_sealed(value: &Value) -> bool {
    value.as_str().is_some_and(|text| Sealed::from_text(text).is_some())
}

/// With its secrets sealed. Hashes are safe to keep as they are.
fn sealed(kind: Kind, id: i64, own: &Own, key: &Key) -> Map<String, Value> {
    let mut own = own.0.clone();
    for (name, value) in &mut own {
        let is_secret = kind.field(name).is_some_and(|field| field.is_secret());
        if let (true, false, Some(clear)) = (is_secret, is_sealed(value), value.as_str()) {
            let secret = Secret::new(clear);
            *value = Sealed::seal(key, key.nonce_for(&format!("{} {id} {name}", kind.name()), &secret), &secret).as_str().into();
        }
    }
    own
}

/// The keys that differ, before and after.
fn stored_change(change: &RowChange, after: &Settings, key: &Key) -> Value {
    let side = |own: &Option<Arc<Own>>, other: &Option<Arc<Own>>| match own {
        None => Value::Null,
        Some(own) => {
            let mut map = sealed(change.kind, change.id, own, key);
            map.retain(|name, _| other.as_ref().is_none_or(|other| other.get(name) != own.get(name)));
            Value::Object(map)
        }
    };
    let old_name = || change.kind.name_key().and_then(|name| change.before.as_ref()?.get(name)?.as_str().map(str::to_owned));
    let name = if change.after.is_some() { Some(after.name_of(change.kind, change.id)) } else { old_name() };
    serde_json::json!({
        "kind": change.kind.name(),
        "id": change.id,
        "name": name,
        "before": side(&change.before, &change.after),
        "after": side(&change.after, &change.before),
    })
}

fn read_change(stored: &Value, key: &Key) -> Option<(String, RowChange)> {
    let kind = Kind::from_name(stored.get("kind")?.as_str()?)?;
    let side = |name: &str| {
        let mut own = stored.get(name)?.as_object()?.clone();
        open_secrets(kind, &mut own, key);
        Some(Arc::new(Own(own)))
    };
    let change = RowChange { kind, id: stored.get("id")?.as_i64()?, before: side("before"), after: side("after") };
    Some((stored.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(), change))
}

/// What cannot be opened stays as it is.
fn open_secrets(kind: Kind, own: &mut Map<String, Value>, key: &Key) {
    for (name, value) in own {
        if kind.field(name).is_some_and(|field| field.is_secret())
            && let Some(secret) = value.as_str().and_then(Sealed::from_text).and_then(|sealed| sealed.open(key))
        {
            *value = secret.expose().into();
        }
    }
}
