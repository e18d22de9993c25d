//! What is kept: values that the Exchange hands out and the store writes down.

mod ban;
mod binding;
mod call_filter;
mod call_record;
mod event;
mod quality;
mod quoted;
mod switches;
mod texts;
mod wall;

pub use ban::{Ban, BanReason, Banned};
pub use binding::Binding;
pub use call_filter::{CallFilter, CallWay, CallWord};
pub use call_record::{CallRecord, Hop, LegEnd, LegRecord, Outcome, Place};
pub use event::{Event, EventKind};
pub use quality::{Heard, LegQuality};
pub use quoted::quoted;
pub use switches::{SwitchTable, Switches};
pub use texts::{Texts, Words};

use crate::base::Wall;
use crate::base::id::{AccountId, ExtensionId};

/// One thing to keep.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Call(CallRecord),
    /// What was heard of one party, of a call whose record is kept before.
    Quality {
        call_id: String,
        started: Wall,
        quality: LegQuality,
    },
    Event(Event),
    State(State),
}

/// Keyed state of which the last value counts. Read once, when the process starts.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Where an account can be reached; `None` when it no longer can.
    Binding { account: AccountId, binding: Option<Binding> },
    /// What is switched at an extension. Rare, and kept as durably as settings.
    Switches { extension: ExtensionId, switches: Switches },
    /// Who is kept out; `None` when it is over.
    Ban { id: u64, ban: Option<Ban> },
}
