use std::fmt;
use std::path::PathBuf;

/// Our environment does not let us: a disk, a lock, a damaged file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Trouble {
    Unfinished(PathBuf),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Unfinished(path) => write!(f, "opening {}", path.display()),
        }
    }
}

impl std::error::Error for Trouble {}
