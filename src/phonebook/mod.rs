//! The phonebook: extensions and contacts as one sorted list, for LDAP, for phones that read XML, and for a caller's name.
//!
//! In flow the settings, as [`Person`]s and the general [`PublishingRule`]; out flows a [`Directory`], immutable and of one tenant, from which the LDAP
//! server (`ldap/`), [`xml()`] and [`Directory::name_for`] answer. [`import`] reads contacts out of other programs' files.

mod books;
mod caller;
mod credentials;
mod directory;
mod fold;
pub mod import;
mod person;
mod shelf;
mod xml;

pub use books::{Phonebooks, phonebooks};
pub use credentials::{Credentials, Identity, verify_phone, verify_user};
pub use directory::{Directory, Entry, Viewer};
pub use fold::{Text, fold, fold_part, squeeze};
pub use person::{Person, Publishing, PublishingRule, Source};
pub use shelf::Shelf;
pub use xml::{Brand, Query, xml};
