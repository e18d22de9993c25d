//! The bans that stand.

use std::collections::BTreeMap;

use crate::base::limits::BANS_MAX;
use crate::base::{Source, Wall};
use crate::entry::{Ban, Banned};

#[derive(Debug, Default)]
pub struct Bans {
    bans: BTreeMap<u64, Ban>,
    /// Looked up for every packet: until when.
    sources: BTreeMap<Source, Wall>,
    /// Looked up for every login.
    logins: BTreeMap<Banned, Wall>,
    /// None ends before.
    next_end: Wall,
}

impl Bans {
    /// When all places are taken, the one that ends first gives way. Returns that one.
    pub fn insert(&mut self, ban: Ban) -> Option<Ban> {
        let first = self.bans.values().filter(|_| self.bans.len() >= BANS_MAX).min_by_key(|ban| ban.until).map(|ban| ban.id);
        let displaced = first.and_then(|first| self.remove(first));
        match ban.whom {
            Banned::Source(source) => drop(self.sources.insert(source, ban.until)),
            ref login => drop(self.logins.insert(login.clone(), ban.until)),
        }
        self.bans.insert(ban.id, ban);
        self.note_end();
        displaced
    }

    pub fn remove(&mut self, id: u64) -> Option<Ban> {
        let ban = self.bans.remove(&id)?;
        match ban.whom {
            Banned::Source(source) if self.sources.get(&source) == Some(&ban.until) => drop(self.sources.remove(&source)),
            ref login if self.logins.get(login) == Some(&ban.until) => drop(self.logins.remove(login)),
            // A newer ban of the same.
            _ => {}
        }
        self.note_end();
        Some(ban)
    }

    fn note_end(&mut self) {
        self.next_end = self.bans.values().map(|ban| ban.until).min().unwrap_or_default();
    }

    /// Takes one that is over.
    pub fn pop_over(&mut self, now: Wall) -> Option<Ban> {
        if self.bans.is_empty() || now < self.next_end {
            return None;
        }
        let over = self.bans.values().find(|ban| ban.until <= now).map(|ban| ban.id)?;
        self.remove(over)
    }

    pub fn has_source(&self, now: Wall, source: Source) -> bool {
        !self.sources.is_empty() && self.sources.get(&source).is_some_and(|until| now < *until)
    }

    pub fn has(&self, now: Wall, whom: &Banned) -> bool {
        match whom {
            Banned::Source(source) => self.has_source(now, *source),
            login => self.logins.get(login).is_some_and(|until| now < *until),
        }
    }

    pub fn has_logins(&self) -> bool {
        !self.logins.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Ban> {
        self.bans.values()
    }

    /// The number of the next one.
    pub fn next_id(&self) -> u64 {
        self.bans.last_key_value().map_or(1, |(last, _)| last + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::BanReason;

    fn ban(id: u64, until: i64) -> Ban {
        let address = std::net::IpAddr::from([192, 0, (id >> 8) as u8, id as u8]);
        let whom = Banned::Source(address.into());
        Ban { id, whom, reason: BanReason::ManyNames, since: Wall::default(), until: Wall::from_millis(until) }
    }

    #[test]
    fn they_end_in_their_time() {
        let mut bans = Bans::default();
        for (id, until) in [(1, 30), (2, 10), (3, 20)] {
            bans.insert(ban(id, until));
        }
        let mut over = |now| std::iter::from_fn(|| bans.pop_over(Wall::from_millis(now))).map(|ban| ban.id).collect::<Vec<_>>();
        assert_eq!([over(9), over(20), over(20), over(99), over(100)], [vec![], vec![2, 3], vec![], vec![1], vec![]]);
    }

    #[test]
    fn when_full_the_one_that_ends_first_gives_way() {
        let mut bans = Bans::default();
        for id in 1..=BANS_MAX as u64 {
            assert_eq!(bans.insert(ban(id, 1000 + (id as i64 - 7).abs())), None);
        }
        let displaced = bans.insert(ban(5000, 2000)).expect("one gave way");
        assert_eq!((displaced.id, bans.iter().count()), (7, BANS_MAX));
        let Banned::Source(source) = displaced.whom else { panic!("a source") };
        let now = Wall::default();
        assert!(
            !bans.has_source(now, source) && bans.has(now, &ban(5000, 0).whom) && !bans.has(Wall::from_millis(2000), &ban(5000, 0).whom)
        );
    }
}
