//! The bindings that stand, and when each wants something: a table with one alarm an account.
//!
//! A box has thousands of these and they last, so they are kept small: a binding has three times of its own and only the nearest of them
//! stands in the order of alarms.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use crate::base::id::AccountId;
use crate::base::{ConnectionId, Instant};
use crate::entry::Binding;

/// Every binding is asked this often; three silences make it unreachable.
const OPTIONS_EVERY: Duration = Duration::from_secs(60);
/// NAT accounts on UDP get a CRLF this often (RFC 5626 3.5.1 asks for less than the 30 s after which NATs forget).
const CRLF_EVERY: Duration = Duration::from_secs(25);

/// How many keep-alives may go unanswered before calls treat the account as unavailable at once.
const MISSED_MAX: u8 = 3;

/// A binding with what is not kept of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    pub binding: Binding,
    expires: Instant,
    options: Instant,
    /// Counts only if `is_nat`.
    crlf: Instant,
    /// A NAT account on UDP.
    is_nat: bool,
    /// Keep-alive OPTIONS without an answer, in a row.
    missed: u8,
    round_trip_micros: Option<NonZeroU32>,
}

// One for every phone: what it grows by costs that much in each.
const _: () = assert!(size_of::<Bound>() <= 184);

/// What a binding wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It is gone.
    Expired,
    /// OPTIONS.
    KeepAlive,
    /// CRLF.
    NatKeepAlive,
}

impl Bound {
    pub const fn is_reachable(&self) -> bool {
        self.missed < MISSED_MAX
    }

    /// Of the last keep-alive OPTIONS.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip_micros.map(|micros| Duration::from_micros(u64::from(micros.get())))
    }

    pub const fn expires(&self) -> Instant {
        self.expires
    }

    /// The phone has answered.
    pub fn alive(&mut self, round_trip: Duration) {
        self.missed = 0;
        self.round_trip_micros = NonZeroU32::new(u32::try_from(round_trip.as_micros()).unwrap_or(u32::MAX).max(1));
    }

    /// The phone has not answered.
    pub const fn silent(&mut self) {
        self.missed = self.missed.saturating_add(1);
    }

    /// The nearest of its times, and what for.
    fn next(&self) -> (Instant, Alarm) {
        let (at, alarm) = if self.expires <= self.options { (self.expires, Alarm::Expired) } else { (self.options, Alarm::KeepAlive) };
        if self.is_nat && self.crlf < at { (self.crlf, Alarm::NatKeepAlive) } else { (at, alarm) }
    }
}

/// By account. Boxed, because a tree's nodes are half empty.
#[derive(Debug, Default)]
pub struct Bindings {
    bound: BTreeMap<AccountId, Box<Bound>>,
    /// Of each binding the nearest time.
    alarms: BTreeSet<(Instant, AccountId)>,
}

impl Bindings {
    pub fn get(&self, account: AccountId) -> Option<&Bound> {
        self.bound.get(&account).map(|bound| &**bound)
    }

    pub fn get_mut(&mut self, account: AccountId) -> Option<&mut Bound> {
        self.bound.get_mut(&account).map(|bound| &mut **bound)
    }

    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &Bound)> {
        self.bound.iter().map(|(account, bound)| (*account, &**bound))
    }

    /// Puts a binding in the place of the account's last one. A phone that registers again is asked when it would have been; a new one
    /// `spread` earlier, so that phones that registered together are not asked together.
    pub fn insert(&mut self, now: Instant, account: AccountId, binding: Binding, expires: Instant, is_nat: bool, spread: Duration) {
        let options = self.remove(account).map_or(now + (OPTIONS_EVERY - spread), |last| last.options);
        let bound = Bound { binding, expires, options, crlf: now + CRLF_EVERY, is_nat, missed: 0, round_trip_micros: None };
        self.alarms.insert((bound.next().0, account));
        self.bound.insert(account, Box::new(bound));
    }

    pub fn remove(&mut self, account: AccountId) -> Option<Box<Bound>> {
        let bound = self.bound.remove(&account)?;
        self.alarms.remove(&(bound.next().0, account));
        Some(bound)
    }

    /// Takes the first alarm that is due at `now`. An expired binding goes with it; the others ring again after their time.
    pub fn pop_due(&mut self, now: Instant) -> Option<(AccountId, Alarm)> {
        let (at, account) = self.alarms.first().copied().filter(|(at, _)| *at <= now)?;
        self.alarms.remove(&(at, account));
        let bound = self.bound.get_mut(&account)?;
        let (_, alarm) = bound.next();
        match alarm {
            Alarm::Expired => drop(self.bound.remove(&account)),
            Alarm::KeepAlive => bound.options = now + OPTIONS_EVERY,
            Alarm::NatKeepAlive => bound.crlf = now + CRLF_EVERY,
        }
        if let Some(bound) = self.bound.get(&account) {
            self.alarms.insert((bound.next().0, account));
        }
        Some((account, alarm))
    }

    /// When the next alarm is due.
    pub fn next(&self) -> Option<Instant> {
        self.alarms.first().map(|(at, _)| *at)
    }

    pub fn connection_lost(&mut self, connection: ConnectionId) {
        for bound in self.bound.values_mut() {
            if bound.binding.flow.connection == Some(connection) {
                bound.binding.flow.connection = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Alarm::{Expired, KeepAlive, NatKeepAlive};
    use super::*;
    use crate::base::{Flow, Transport, Wall};
    use crate::entry::Words;

    fn at(secs: u64) -> Instant {
        Instant::from_micros(secs * 1_000_000)
    }

    fn binding(call_id: &str) -> Binding {
        let address = "192.0.2.7:5060".parse().expect("an address");
        Binding {
            texts: Words { call_id: call_id.to_owned(), ..Words::default() }.into(),
            flow: Flow { transport: Transport::Udp, local: address, remote: address, connection: None },
            cseq: 1,
            granted: Duration::from_secs(100),
            registered: Wall::default(),
        }
    }

    fn rung(bindings: &mut Bindings, until: u64) -> Vec<(u64, i64, Alarm)> {
        let mut rung = Vec::new();
        while let Some(next) = bindings.next().filter(|next| *next <= at(until)) {
            let (account, alarm) = bindings.pop_due(next).expect("what is next is due");
            rung.push((next.as_micros() / 1_000_000, account.0, alarm));
        }
        rung
    }

    #[test]
    fn each_alarm_of_a_binding_rings_in_its_time() {
        let mut bindings = Bindings::default();
        bindings.insert(at(0), AccountId(1), binding("a"), at(100), true, Duration::from_secs(5));
        bindings.insert(at(0), AccountId(2), binding("b"), at(60), false, Duration::ZERO);
        let expected =
            [(25, 1, NatKeepAlive), (50, 1, NatKeepAlive), (55, 1, KeepAlive), (60, 2, Expired), (75, 1, NatKeepAlive), (100, 1, Expired)];
        assert_eq!(rung(&mut bindings, 1000), expected);
        assert_eq!((bindings.iter().count(), bindings.next()), (0, None));
    }

    #[test]
    fn a_phone_that_registers_again_is_asked_when_it_would_have_been() {
        let mut bindings = Bindings::default();
        bindings.insert(at(0), AccountId(1), binding("a"), at(100), true, Duration::from_secs(5));
        bindings.get_mut(AccountId(1)).expect("bound").silent();
        bindings.insert(at(50), AccountId(1), binding("b"), at(150), false, Duration::ZERO);
        let bound = bindings.get(AccountId(1)).expect("bound");
        assert_eq!((bound.binding.texts.call_id(), bound.missed, bound.expires()), ("b", 0, at(150)));
        assert_eq!(rung(&mut bindings, 1000), [(55, 1, KeepAlive), (115, 1, KeepAlive), (150, 1, Expired)]);
    }

    #[test]
    fn three_silences_make_it_unreachable_and_one_answer_reachable() {
        let mut bindings = Bindings::default();
        bindings.insert(at(0), AccountId(1), binding("a"), at(100), false, Duration::ZERO);
        let bound = bindings.get_mut(AccountId(1)).expect("bound");
        assert_eq!((bound.is_reachable(), bound.round_trip()), (true, None));
        (0..300).for_each(|_| bound.silent());
        assert!(!bound.is_reachable());
        bound.alive(Duration::from_millis(12));
        (0..2).for_each(|_| bound.silent());
        assert_eq!((bound.is_reachable(), bound.round_trip()), (true, Some(Duration::from_millis(12))));
    }

    #[test]
    fn what_is_removed_rings_no_more() {
        let mut bindings = Bindings::default();
        bindings.insert(at(0), AccountId(1), binding("a"), at(100), true, Duration::ZERO);
        assert!(bindings.remove(AccountId(1)).is_some() && bindings.remove(AccountId(1)).is_none());
        assert_eq!((bindings.next(), bindings.pop_due(at(1000))), (None, None));
    }
}
