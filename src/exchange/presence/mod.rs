//! What phones watch (RFC 6665): lamps for extensions and switches by dialog-info (RFC 4235), messages waiting (RFC 3842), their own
//! registration (RFC 3680).
//!
//! In: SUBSCRIBE, and a word from wherever something changed. Out: NOTIFY, one at a time for each subscription, with the state as it is when it
//! leaves; what changes meanwhile goes into the next one. Subscriptions end with a restart: the phone's next refresh gets 481, and it
//! subscribes anew.

mod dialog_info;
mod notify;
mod subscribe;
mod table;

pub use table::{SubscriptionId, Subscriptions};
