//! The data folder itself: its lock, its key, files that are replaced whole.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use rusqlite::Connection;
use rusqlite::backup::Progress;

use crate::secret::{KEY_BYTES, Key};

use super::Trouble;

/// Makes the folder if it is not there, for us alone.
pub(super) fn make(folder: &Path) -> Result<(), Trouble> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| Trouble::io("making", folder, &error))
}

/// Held while the store is open; the kernel gives it back whatever becomes of us.
pub(super) fn lock(data: &Path) -> Result<Flock<File>, Trouble> {
    let path = data.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = file.map_err(|error| Trouble::io("opening", &path, &error))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| match errno {
        nix::errno::Errno::EWOULDBLOCK => Trouble::Locked { folder: data.to_owned() },
        errno => Trouble::io("locking", &path, &errno.into()),
    })
}

/// The sealing key, and whether it was made just now.
pub(super) fn key(data: &Path) -> Result<(Key, bool), Trouble> {
    let path = data.join("key");
    match fs::read(&path) {
        Ok(bytes) => match <[u8; KEY_BYTES]>::try_from(bytes.as_slice()) {
            Ok(bytes) => return Ok((Key::new(bytes), false)),
            Err(_) => {
                let aside = data.join("key.damaged");
                fs::rename(&path, &aside).map_err(|error| Trouble::io("setting aside", &path, &error))?;
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Trouble::io("reading", &path, &error)),
    }
    let bytes: [u8; KEY_BYTES] = random()?;
    let new = data.join("key.new");
    let _ = fs::remove_file(&new);
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()
    };
    write().map_err(|error| Trouble::io("writing", &new, &error))?;
    replace(&new, &path)?;
    Ok((Key::new(bytes), true))
}

/// From the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Trouble> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Trouble::Failed { doing: "asking the system for random bytes".to_owned(), said: error.to_string() })?;
    Ok(bytes)
}

/// Puts a finished file in the place of another, so that a power cut leaves one or the other.
pub(super) fn replace(new: &Path, path: &Path) -> Result<(), Trouble> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    sync(new).map_err(|error| Trouble::io("writing", new, &error))?;
    fs::rename(new, path).map_err(|error| Trouble::io("renaming", new, &error))?;
    match path.parent() {
        Some(folder) => sync(folder).map_err(|error| Trouble::io("writing", folder, &error)),
        None => Ok(()),
    }
}

/// A file beside another: `settings.1.db` gives `settings.1.db-wal`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens a database that only we may read; the files that SQLite puts beside it get the same rights.
pub(super) fn open_private(path: &Path) -> rusqlite::Result<Connection> {
    // If this fails, so does the opening, with a better reason.
    let _ = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    Connection::open(path)
}

/// Nobody else opens our databases (the data folder is locked), so no shared memory is needed: a box whose disk is full still
/// starts.
pub(super) fn use_wal(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // In KiB. Rows are small, and the kernel has the pages anyway; two MiB a file, SQLite's own choice, is memory for nothing.
    connection.pragma_update(None, "cache_size", -64)?;
    connection.pragma_update(None, "journal_mode", "WAL")
}

/// Copies a database into `path` as a whole.
pub(super) fn copy_database(from: &Connection, path: &Path, doing: &str) -> Result<(), Trouble> {
    let new = beside(path, ".new");
    remove_database(&new);
    drop(open_private(&new));
    let copied = from
        .backup("main", &new, None::<fn(Progress)>)
        .map_err(|error| Trouble::database(doing, &error))
        .and_then(|()| replace(&new, path));
    if copied.is_err() {
        remove_database(&new);
    }
    copied
}

pub(super) fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
}

/// Renames a damaged database with all that belongs to it, for who wants to look at it.
pub(super) fn set_aside(path: &Path, stem: &str, seconds: i64) -> Result<PathBuf, Trouble> {
    let aside = path.with_file_name(format!("{stem}.damaged-{seconds}.db"));
    for suffix in ["-wal", "-shm"] {
        let _ = fs::rename(beside(path, suffix), beside(&aside, suffix));
    }
    fs::rename(path, &aside).map_err(|error| Trouble::io("setting aside", path, &error))?;
    Ok(aside)
}
