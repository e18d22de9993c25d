//! What people ask of the Exchange from outside SIP.

use crate::base::id::{AccountId, ExtensionId};

pub use super::step::code::Change;
pub use super::switching::switched;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take a fresh picture for [`super::status::Status`].
    Picture,
    /// Forget where an account is, as if its registration had run out.
    Unregister(AccountId),
    /// Switch something at an extension, as its service code would.
    Switch { extension: ExtensionId, change: Change },
    /// Lift the ban with this number.
    Pardon(u64),
}
