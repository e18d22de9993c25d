//! The LDAP server as a value (RFC 4511): it shows the phonebook to phones and changes nothing.
//!
//! In flow a client's bytes, verdicts on its credentials and the phonebooks; out flow bytes and the credentials to be verified. A
//! [`Connection`] says in which order to poll. `shell/ldap.rs` has the sockets.

mod attribute;
mod ber;
mod connection;
mod dn;
mod filter;
mod message;
mod node;
mod page;
mod schema;
mod search;

pub use connection::{Config, Connection, Output, Verdict};
pub use node::Base;
