//! The log of who registered from where. In: an account whose binding has another Contact than before. Out: an event at once; while the
//! account goes on changing, because two phones share its login or one makes up a Contact each time, one event a minute that says how often.

use std::time::Duration;

use super::exchange::{Exchange, TimerKey};
use crate::base::Now;
use crate::base::id::AccountId;
use crate::entry::{Entry, Event, EventKind};

/// An account is noted this often.
const EVERY: Duration = Duration::from_secs(60);

impl Exchange {
    /// The account is bound to a new Contact.
    pub(super) fn arrived(&mut self, now: Now, account: AccountId) {
        if let Some(unnoted) = self.arrivals.get_mut(&account) {
            *unnoted += 1;
            return;
        }
        self.begin_minute(now, account);
        let text = format!("Account {} registered{}.", self.username(account), self.whereabouts(account));
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Registration, text }));
    }

    /// A minute after the last event of the account.
    pub(super) fn minute_of_arrivals_over(&mut self, now: Now, account: AccountId) {
        let unnoted = self.arrivals.remove(&account).unwrap_or_default();
        if unnoted == 0 {
            return;
        }
        self.begin_minute(now, account);
        let times = if unnoted == 1 { "once more" } else { &format!("{unnoted} times more") };
        let (name, last) = (self.username(account), self.whereabouts(account));
        let text = format!(
            "Account {name} registered {times} within a minute, always with another Contact; last{last}. Is its login on two phones?"
        );
        self.keep(Entry::Event(Event { at: now.wall, kind: EventKind::Registration, text }));
    }

    fn begin_minute(&mut self, now: Now, account: AccountId) {
        self.arrivals.insert(account, 0);
        self.timers.set(TimerKey::Arrivals(account), now.mono + EVERY);
    }

    fn username(&self, account: AccountId) -> &str {
        self.settings.accounts.get(&account).map_or("?", |account| account.username.as_str())
    }

    fn whereabouts(&self, account: AccountId) -> String {
        let Some(bound) = self.registrar.get(account) else { return " and is gone again".to_owned() };
        format!(" from {} with {}", bound.binding.flow.remote, bound.binding.texts.user_agent())
    }
}
