//! The settings' schema and its history. A migration is a numbered SQL file; it never touches the old database: `settings.1.db`
//! is copied to `settings.2.db` and migrated there, so that the program before finds its own file as it left it.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::backup::Progress;
use rusqlite::{Connection, OptionalExtension};

use super::Trouble;
use super::folder;
use super::trouble::Doing;

/// Where all migrations lead.
pub const SCHEMA: &str = include_str!("schema.sql");
pub const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_settings.sql"),
    include_str!("migrations/0002_directory.sql"),
    include_str!("migrations/0003_roles.sql"),
    include_str!("migrations/0004_numbering.sql"),
    include_str!("migrations/0005_audio.sql"),
];

pub(super) fn path(data: &Path, schema: usize) -> PathBuf {
    data.join(format!("settings.{schema}.db"))
}

pub(super) fn good_path(data: &Path, schema: usize) -> PathBuf {
    data.join(format!("settings.{schema}.good.db"))
}

/// Whether there is a database of any version that we know, or a copy of one.
pub(super) fn is_there(data: &Path) -> bool {
    (1..=MIGRATIONS.len()).any(|number| path(data, number).exists() || good_path(data, number).exists())
}

/// Sees that the database of the newest schema is there: as it was, migrated from an older one, or new.
pub(super) fn prepare(data: &Path, schema: &str, migrations: &[&str], notices: &mut Vec<String>) -> Result<PathBuf, Trouble> {
    let target = migrations.len();
    let path = path(data, target);
    let older = (1..target).rev().find(|number| self::path(data, *number).exists());
    if self::path(data, target + 1).exists() {
        notices.push(format!("settings.{}.db is of a newer version; what was changed there is not in use now", target + 1));
    }
    if path.exists() {
        let Some(older) = older else { return Ok(path) };
        if !was_changed_since(&self::path(data, older), &path) {
            return Ok(path);
        }
        // The older program was in use again after the update and has the newer settings.
        let aside = data.join(format!("settings.{target}.before-return.db"));
        fs::rename(&path, &aside).map_err(|error| Trouble::io("setting aside", &path, &error))?;
        folder::remove_database(&path);
        notices.push(format!("the settings that version {older} left are in use; those from before the return are in {}", aside.display()));
    } else if older.is_none() && good_path(data, target).exists() {
        // We were stopped between setting a damaged file aside and putting the copy in its place.
        restore_good(data, target)?;
        notices.push("the settings file was missing; the last good copy is in use".to_owned());
        return Ok(path);
    }
    let new = folder::beside(&path, ".new");
    folder::remove_database(&new);
    let doing = format!("making {}", path.display());
    drop(folder::open_private(&new));
    if let Some(older) = older {
        let old = Connection::open(self::path(data, older)).doing(&doing)?;
        old.backup("main", &new, None::<fn(Progress)>).doing(&doing)?;
    }
    let connection = Connection::open(&new).doing(&doing)?;
    connection.pragma_update(None, "journal_mode", "DELETE").doing(&doing)?;
    match older {
        None => run(&connection, &[schema], target).doing(&doing)?,
        Some(older) => {
            run(&connection, &migrations[older..], target).doing(&doing)?;
            let parted = "INSERT OR REPLACE INTO fact VALUES ('migrated_at', (SELECT ifnull(max(id), 0) FROM revision))";
            connection.execute(parted, []).doing(&doing)?;
        }
    }
    connection.close().map_err(|(_, error)| error).doing(&doing)?;
    folder::replace(&new, &path)?;
    Ok(path)
}

/// All in one transaction.
fn run(connection: &Connection, scripts: &[&str], schema: usize) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN")?;
    for script in scripts {
        connection.execute_batch(script)?;
    }
    connection.execute_batch(&format!("PRAGMA user_version = {schema}; COMMIT"))
}

fn was_changed_since(older: &Path, newer: &Path) -> bool {
    let number = |path: &Path, query: &str| -> Option<i64> {
        let connection = Connection::open(path).ok()?;
        connection.query_row(query, [], |row| row.get::<_, Option<i64>>(0)).optional().ok()??
    };
    let left = number(older, "SELECT max(id) FROM revision");
    let parted = number(newer, "SELECT CAST(value AS INTEGER) FROM fact WHERE key = 'migrated_at'");
    matches!((left, parted), (Some(left), Some(parted)) if left > parted)
}

/// Puts the last good copy in the place of the settings.
pub(super) fn restore_good(data: &Path, schema: usize) -> Result<(), Trouble> {
    let (good, path) = (good_path(data, schema), path(data, schema));
    let new = folder::beside(&path, ".new");
    fs::copy(&good, &new).map_err(|error| Trouble::io("copying", &good, &error))?;
    folder::replace(&new, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(connection: &Connection) -> Vec<String> {
        let mut statement = connection.prepare("SELECT name || ' ' || ifnull(sql, '') FROM sqlite_schema ORDER BY name").expect("schema");
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        rows.map(|row| row.expect("text").split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn both_roads_lead_to_the_same_schema() {
        let (short, long) = (Connection::open_in_memory().expect("opens"), Connection::open_in_memory().expect("opens"));
        run(&short, &[SCHEMA], MIGRATIONS.len()).expect("the schema is SQL");
        run(&long, MIGRATIONS, MIGRATIONS.len()).expect("the migrations are SQL");
        assert_eq!(shape(&short), shape(&long));
    }

    #[test]
    fn the_old_file_stays_and_a_return_to_it_counts() {
        let data = std::env::temp_dir().join(format!("trillo-migrate-{}", std::process::id()));
        let _ = fs::remove_dir_all(&data);
        folder::make(&data).expect("temporary folder");
        let second = [SCHEMA, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"];
        let both = second.concat();
        let revise = |path: &Path, id: i64| {
            let connection = Connection::open(path).expect("opens");
            connection.execute("INSERT INTO revision VALUES (?1, 0, 'a', 'b', '[]')", [id]).expect("inserts");
        };
        let newest = |path: &Path| -> i64 {
            let connection = Connection::open(path).expect("opens");
            connection.query_row("SELECT max(id) FROM revision", [], |row| row.get(0)).expect("a number")
        };
        let mut notices = Vec::new();
        let one = prepare(&data, SCHEMA, &second[..1], &mut notices).expect("new");
        revise(&one, 1);
        let two = prepare(&data, &both, &second, &mut notices).expect("migrated");
        assert_eq!((newest(&one), newest(&two)), (1, 1));
        // The update stays: the new file is the one.
        revise(&two, 2);
        prepare(&data, &both, &second, &mut notices).expect("as it was");
        assert_eq!((newest(&one), newest(&two), notices.len()), (1, 2, 0));
        // A return to the old version, which then is used, and another update.
        prepare(&data, SCHEMA, &second[..1], &mut notices).expect("the old one is there");
        assert_eq!(notices.len(), 1);
        revise(&one, 2);
        revise(&one, 3);
        prepare(&data, &both, &second, &mut notices).expect("migrated again");
        assert_eq!((newest(&two), notices.len()), (3, 2));
        let _ = fs::remove_dir_all(&data);
    }
}
