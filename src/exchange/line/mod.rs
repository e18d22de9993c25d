//! Lines: where they are, whether they are up, and the calls over them.
//!
//! Settings flow in, and what [`Resolved`] says of names, and what the other side answers. Out flow questions for names, REGISTER and OPTIONS,
//! INVITEs with our identity, and the [`Standing`] by which calls choose their line.
//!
//! How a line comes up: `locate` asks for the addresses of its host, `register` registers there (RFC 3261 10) and `watch` asks by OPTIONS whether
//! it is there. How a call goes out: `dial` tries line after line, `invite` writes what each is told, `login` answers a challenge, `early` lets
//! the caller hear the network. How one comes in: `arrive` knows the line and the number.

mod arrive;
mod condition;
mod dial;
mod early;
mod goodbye;
mod invite;
mod lines;
mod locate;
mod login;
mod register;
mod standing;
mod watch;

pub use condition::Condition;
pub(super) use dial::{Dialling, Failure};
pub(super) use lines::{Alarm, Lines};
pub use locate::{Located, Question};
pub(super) use login::Proofs;
pub(super) use standing::Standing;
