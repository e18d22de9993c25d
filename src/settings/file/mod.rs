//! The settings file: TOML, the same keys as the forms.
//!
//! ```toml
//! [[extension]]
//! number = "101"
//! first_name = "Anna"
//! ```

mod read;
mod write;

use super::{Kind, Own};

pub use read::{FileEdit, Hashes, passwords, read};
pub use write::{Secrets, write};

/// Administrators have no place in a file: whoever applies one shall not lock them out.
fn is_of_box(kind: Kind, own: &Own) -> bool {
    kind == Kind::User && own.text("role") == Some("administrator")
}
