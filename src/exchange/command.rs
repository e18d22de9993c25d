//! What people ask of the Exchange from outside SIP.

use crate::base::id::AccountId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take a fresh picture for [`super::status::Status`].
    Picture,
    /// Forget where an account is, as if its registration had run out.
    Unregister(AccountId),
}
