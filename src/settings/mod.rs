//! What an administrator sets: one immutable snapshot with a revision, and the edits that make the next one.
//!
//! In flows an [`Edit`]; it is checked whole, and out flows either the next [`Settings`] or every [`Fault`] beside its field.
//! The field tables (`FIELDS` of each kind) are the one source of the file's keys, the forms, the checks and the words.

mod account;
pub mod action;
mod class;
mod combined;
mod contact;
mod difference;
mod draft;
mod edit;
mod effective;
mod extension;
mod failover;
mod fault;
mod field;
pub mod file;
mod kind;
mod ldap_mode;
mod line;
mod load;
mod lock;
mod mailbox;
mod network;
mod own;
mod phonebook;
mod pickup_group;
mod record;
mod relations;
mod rights;
mod role;
mod sip;
mod snapshot;
mod template;
mod tenant;
mod token;
mod user;

pub use account::{Account, DigestAlgorithms, OutboundProxy, Srtp, VideoCodec};
pub use action::Action;
pub use class::{Class, ClassRule, Selection};
pub use contact::Contact;
pub use difference::{Difference, Happening};
pub use edit::{Change, Edit, Edited, RowChange};
pub use effective::{Effective, Reach, Source};
pub use extension::Extension;
pub use failover::{Cause, Failover, Origin};
pub use fault::Fault;
pub use field::{Default, Field, OnlyIf, Shape};
pub use kind::Kind;
pub use ldap_mode::LdapMode;
pub use line::{Line, LineKind};
pub use lock::{Lock, LockMode, UnlockPolicy};
pub use mailbox::Mailbox;
pub use network::Network;
pub use own::Own;
pub use phonebook::PhonebookSettings;
pub use pickup_group::PickupGroup;
pub use record::map_references;
pub use rights::Rights;
pub use role::{Level, OwnRole, Panel};
pub use sip::SipSettings;
pub use snapshot::{Rows, Settings};
pub use template::Template;
pub use tenant::Tenant;
pub use token::Token;
pub use user::{Role, User};
