//! What an administrator sets: one immutable snapshot with a revision, and the edits that make the next one.
//!
//! In flows an [`Edit`]; it is checked whole, and out flows either the next [`Settings`] or every [`Fault`] beside its field.
//! The field tables (`FIELDS` of each kind) are the one source of the file's keys, the forms, the checks and the words.

mod account;
mod difference;
mod draft;
mod edit;
mod extension;
mod fault;
mod field;
pub mod file;
mod kind;
mod load;
mod network;
mod own;
mod relations;
mod sip;
mod snapshot;
mod tenant;
mod user;

pub use account::Account;
pub use difference::{Difference, Happening};
pub use edit::{Change, Edit, Edited, RowChange};
pub use extension::Extension;
pub use fault::Fault;
pub use field::{Default, Field, Shape};
pub use kind::Kind;
pub use network::Network;
pub use own::Own;
pub use sip::SipSettings;
pub use snapshot::{Rows, Settings};
pub use tenant::Tenant;
pub use user::{Role, User};
