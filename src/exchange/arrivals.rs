//! The log of who registered from where. In: an account whose binding has another Contact than before. Out: an event at once; while the
//! account goes on changing, because two phones share its login or one makes up a Contact each time, one event a minute that says how often.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::exchange::Exchange;
use crate::base::id::AccountId;
use crate::base::{Instant, Now};
use crate::entry::{Entry, Event, EventKind};

/// An account is noted this often.
const EVERY: Duration = Duration::from_secs(60);

/// Accounts that were noted in the last minute. After a power cut that is every phone of the office, so each has little.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// When the minute of each is over, the first first.
    minutes: VecDeque<(Instant, AccountId)>,
    /// How often each has changed its Contact since it was noted.
    unnoted: BTreeMap<AccountId, u32>,
}

impl Arrivals {
    /// Whether it is to be noted now; else it is counted.
    fn arrive(&mut self, now: Instant, account: AccountId) -> bool {
        if let Some(unnoted) = self.unnoted.get_mut(&account) {
            *unnoted += 1;
            return false;
        }
        self.begin_minute(now, account);
        true
    }

    fn begin_minute(&mut self, now: Instant, account: AccountId) {
        self.unnoted.insert(account, 0);
        self.minutes.push_back((now + EVERY, account));
    }

    /// Takes an account whose minute is over and that changed in it, with how often. Its next minute begins.
    pub fn pop_due(&mut self, now: Instant) -> Option<(AccountId, u32)> {
        while let Some((_, account)) = self.minutes.front().copied().filter(|(at, _)| *at <= now) {
            self.minutes.pop_front();
            let unnoted = self.unnoted.remove(&account).unwrap_or_default();
            if unnoted > 0 {
                self.begin_minute(now, account);
                return Some((account, unnoted));
            }
        }
        if self.minutes.is_empty() {
            self.minutes = VecDeque::new();
        }
        None
    }

    /// When the next minute is over.
    pub fn next(&self) -> Option<Instant> {
        self.minutes.front().map(|(at, _)| *at)
    }

    pub fn len(&self) -> usize {
        self.unnoted.len()
    }
}

impl Exchange {
    /// The account is bound to a new Contact.
    pub(super) fn arrived(&mut self, now: Now, account: AccountId) {
        if self.arrivals.arrive(now.mono, account) {
            let text = format!("Account {} registered{}.", self.username(account), self.whereabouts(account));
            self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Registration, text }));
        }
    }

    /// A minute in which the account went on changing is over.
    pub(super) fn arrived_again(&mut self, now: Now, account: AccountId, count: u32) {
        let times = if count == 1 { "once more" } else { &format!("{count} times more") };
        let (name, last) = (self.username(account), self.whereabouts(account));
        let text = format!(
            "Account {name} registered {times} within a minute, always with another Contact; last{last}. Is its login on two phones?"
        );
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Registration, text }));
    }

    fn username(&self, account: AccountId) -> &str {
        self.settings.accounts.get(&account).map_or("?", |account| account.username.as_str())
    }

    fn whereabouts(&self, account: AccountId) -> String {
        let Some(bound) = self.registrar.get(account) else { return " and is gone again".to_owned() };
        format!(" from {} with {}", bound.binding.flow.remote, bound.binding.texts.user_agent())
    }
}
