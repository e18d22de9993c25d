//! Who watches what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::id::{AccountId, ExtensionId};
use crate::base::{Flow, Instant, Slab, Timers};
use crate::settings::codes::Service;
use crate::sip::dialog::Dialog;
use crate::slab_key;

slab_key!(
    /// A subscription of a phone.
    SubscriptionId, "s"
);

/// What a subscription is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// The calls of an extension.
    Extension(ExtensionId),
    /// Whether that is on at the watcher's own extension.
    Switch(Service),
    /// Who is parked there.
    Slot(Arc<str>),
    /// Messages in the box of the watcher's own extension.
    Messages,
    /// The registration of the watcher's own account.
    Registration,
}

impl Watched {
    /// The event package (RFC 6665 7.2).
    pub const fn package(&self) -> &'static str {
        match self {
            Watched::Extension(_) | Watched::Switch(_) | Watched::Slot(_) => "dialog",
            Watched::Messages => "message-summary",
            Watched::Registration => "reg",
        }
    }

    pub const fn content_type(&self) -> &'static str {
        match self {
            Watched::Extension(_) | Watched::Switch(_) | Watched::Slot(_) => "application/dialog-info+xml",
            Watched::Messages => "application/simple-message-summary",
            Watched::Registration => "application/reginfo+xml",
        }
    }
}

/// One phone that watches one thing.
#[derive(Debug)]
pub struct Subscription {
    pub account: AccountId,
    pub extension: ExtensionId,
    pub watched: Watched,
    /// The `id` of the Event header, given back in each NOTIFY.
    pub event_id: Option<String>,
    pub dialog: Dialog,
    pub flow: Flow,
    pub nat: bool,
    /// Who is watched, as the phone wrote it: `sip:102@pbx`.
    pub entity: String,
    pub expires: Instant,
    pub version: u32,
    /// The state that was sent last, so that nothing is said twice.
    pub said: String,
    /// A NOTIFY that has no answer yet.
    pub is_asking: bool,
    /// There is something to say as soon as that has its answer.
    pub is_due: bool,
    pub ending: Option<Ending>,
}

/// Why a subscription ends (RFC 6665 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The phone wants no more, or asked only once.
    Unsubscribed,
    /// It was not refreshed.
    Expired,
    /// What it watched is there no more.
    NoResource,
}

impl Ending {
    pub const fn reason(self) -> &'static str {
        match self {
            Ending::Unsubscribed | Ending::Expired => "timeout",
            Ending::NoResource => "noresource",
        }
    }
}

/// Every subscription.
#[derive(Debug, Default)]
pub struct Subscriptions {
    all: Slab<SubscriptionId, Subscription>,
    /// By our tag.
    tags: BTreeMap<String, SubscriptionId>,
    of_account: BTreeMap<AccountId, BTreeSet<SubscriptionId>>,
    /// Extensions whose lock closes by the clock: their lamps change then.
    pub turning: Timers<ExtensionId>,
    /// Something that may be watched has changed.
    pub is_stale: bool,
}

impl Subscriptions {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn count_of(&self, account: AccountId) -> usize {
        self.of_account.get(&account).map_or(0, BTreeSet::len)
    }

    pub fn insert(&mut self, subscription: Subscription) -> SubscriptionId {
        let (tag, account) = (subscription.dialog.local_tag().to_owned(), subscription.account);
        let id = self.all.insert(subscription);
        self.tags.insert(tag, id);
        self.of_account.entry(account).or_default().insert(id);
        id
    }

    pub fn remove(&mut self, id: SubscriptionId) {
        let Some(gone) = self.all.remove(id) else { return };
        self.tags.remove(gone.dialog.local_tag());
        if let Some(of_account) = self.of_account.get_mut(&gone.account) {
            of_account.remove(&id);
            if of_account.is_empty() {
                self.of_account.remove(&gone.account);
            }
        }
    }

    pub fn get(&self, id: SubscriptionId) -> Option<&Subscription> {
        self.all.get(id)
    }

    pub fn get_mut(&mut self, id: SubscriptionId) -> Option<&mut Subscription> {
        self.all.get_mut(id)
    }

    pub fn by_tag(&self, tag: &str) -> Option<SubscriptionId> {
        self.tags.get(tag).copied()
    }

    pub fn ids(&self) -> Vec<SubscriptionId> {
        self.all.iter().map(|(id, _)| id).collect()
    }
}
