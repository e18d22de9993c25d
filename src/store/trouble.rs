use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Our environment does not let us: a disk, a lock, a damaged file. Texts are for the administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// Another process has the data folder open.
    Locked { folder: PathBuf },
    /// No space is left. Nothing was changed.
    Full { doing: String },
    /// A file cannot be read and there is no good copy.
    Damaged { path: PathBuf, said: String },
    /// Anything else that the disk or the database says.
    Failed { doing: String, said: String },
    /// The store's queue is full.
    Overloaded,
    /// The store has been stopped.
    Stopped,
}

impl Trouble {
    pub(super) fn io(doing: &str, path: &Path, error: &io::Error) -> Trouble {
        let doing = format!("{doing} {}", path.display());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::Full { doing },
            _ => Trouble::Failed { doing, said: error.to_string() },
        }
    }

    pub(super) fn database(doing: &str, error: &rusqlite::Error) -> Trouble {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Trouble::Full { doing: doing.to_owned() },
            _ => Trouble::Failed { doing: doing.to_owned(), said: error.to_string() },
        }
    }
}

/// Lets a database error say what was being done.
pub(super) trait Doing<T> {
    fn doing(self, doing: &str) -> Result<T, Trouble>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &str) -> Result<T, Trouble> {
        self.map_err(|error| Trouble::database(doing, &error))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Locked { folder } => write!(f, "another process has the data folder {} open", folder.display()),
            Trouble::Full { doing } => write!(f, "{doing}: no space is left on the disk"),
            Trouble::Damaged { path, said } => write!(f, "{} is damaged and there is no good copy: {said}", path.display()),
            Trouble::Failed { doing, said } => write!(f, "{doing}: {said}"),
            Trouble::Overloaded => write!(f, "the store has more to write than it can"),
            Trouble::Stopped => write!(f, "the store has been stopped"),
        }
    }
}

impl std::error::Error for Trouble {}
