//! The settings file: TOML, the same keys as the forms.
//!
//! ```toml
//! [[extension]]
//! number = "101"
//! first_name = "Anna"
//! ```

mod read;
mod write;

pub use read::{FileEdit, read};
pub use write::{Secrets, write};
