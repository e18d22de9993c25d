//! Who has a place at the door, and who gives way when all places are taken.
//!
//! ```text
//! a new connection of source S, which has n places
//!   there is room                               -> takes a place
//!   S has its share, or nobody has more than S  -> S's own oldest connection gives way; none of them is answered, else S is refused
//!   somebody has more than S                    -> the oldest connection of the source that has most gives way
//! ```
//! So a source with nothing at the door always gets in, whatever others hold open. "Oldest" is longest in what it is doing; what has not
//! arrived whole gives way before an answer that its peer takes slowly, and that before a request that the web is working on.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::source_of;

/// What a connection is doing, the first to give way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A TLS handshake, a head or a body is not whole yet, or nothing has been asked.
    Arriving,
    /// Its peer takes the answer.
    Leaving,
    /// The web is asked.
    Asking,
}

pub struct Places {
    count_max: usize,
    per_source_max: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    count: usize,
    /// By source: the places by the number they were given.
    sources: BTreeMap<IpAddr, BTreeMap<u64, Seat>>,
    /// Grows with each place and each change of stage, so that ages can be told without a clock.
    turn: u64,
}

struct Seat {
    stage: Stage,
    since: u64,
    gives_way: Arc<Notify>,
}

/// One connection's place; free again when dropped.
pub struct Place {
    places: Arc<Places>,
    source: IpAddr,
    number: u64,
    gives_way: Arc<Notify>,
}

impl Places {
    pub fn new(count_max: usize, per_source_max: usize) -> Places {
        Places { count_max, per_source_max, taken: Mutex::default() }
    }

    /// `None` if the source has its share, and all of it is being answered.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let source = source_of(peer);
        let mut taken = self.lock();
        let own = taken.of(source);
        if own >= self.per_source_max {
            taken.give_way(source, Stage::Leaving)?;
        } else if taken.count >= self.count_max {
            match taken.greediest().filter(|(_, count)| *count > own) {
                Some((greediest, _)) => taken.give_way(greediest, Stage::Asking)?,
                None => taken.give_way(source, Stage::Leaving)?,
            }
        }
        taken.turn += 1;
        taken.count += 1;
        let (number, gives_way) = (taken.turn, Arc::new(Notify::new()));
        let seat = Seat { stage: Stage::Arriving, since: number, gives_way: Arc::clone(&gives_way) };
        taken.sources.entry(source).or_default().insert(number, seat);
        Some(Place { places: Arc::clone(self), source, number, gives_way })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn of(&self, source: IpAddr) -> usize {
        self.sources.get(&source).map_or(0, BTreeMap::len)
    }

    /// Who has most places; of several, whose first connection is oldest.
    fn greediest(&self) -> Option<(IpAddr, usize)> {
        let first = |seats: &BTreeMap<u64, Seat>| std::cmp::Reverse(seats.keys().next().copied());
        self.sources.iter().max_by_key(|(_, seats)| (seats.len(), first(seats))).map(|(source, seats)| (*source, seats.len()))
    }

    /// Frees the place of the source's connection that is next to give way, if it is in no later stage than `last`.
    fn give_way(&mut self, source: IpAddr, last: Stage) -> Option<()> {
        let seats = self.sources.get(&source)?;
        let (number, seat) = seats.iter().min_by_key(|(_, seat)| (seat.stage, seat.since)).filter(|(_, seat)| seat.stage <= last)?;
        let number = *number;
        seat.gives_way.notify_one();
        self.free(source, number);
        Some(())
    }

    fn free(&mut self, source: IpAddr, number: u64) {
        let Some(seats) = self.sources.get_mut(&source) else { return };
        self.count -= usize::from(seats.remove(&number).is_some());
        if seats.is_empty() {
            self.sources.remove(&source);
        }
    }
}

impl Place {
    pub fn enter(&self, stage: Stage) {
        let mut taken = self.places.lock();
        taken.turn += 1;
        let since = taken.turn;
        if let Some(seat) = taken.sources.get_mut(&self.source).and_then(|seats| seats.get_mut(&self.number)) {
            (seat.stage, seat.since) = (stage, since);
        }
    }

    /// Resolves when the connection must end for another's sake.
    pub async fn gives_way(&self) {
        self.gives_way.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.lock().free(self.source, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::{WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX};

    fn places() -> Arc<Places> {
        Arc::new(Places::new(WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX))
    }

    fn host(number: usize) -> IpAddr {
        IpAddr::from([10, 0, (number >> 8) as u8, number as u8])
    }

    fn take(places: &Arc<Places>, peer: IpAddr, count: usize) -> Vec<Place> {
        (0..count).map(|_| places.take(peer).expect("a place")).collect()
    }

    fn is_out(place: &Place) -> bool {
        !place.places.lock().sources.get(&place.source).is_some_and(|seats| seats.contains_key(&place.number))
    }

    #[test]
    fn a_source_with_its_share_replaces_its_own_oldest() {
        let places = places();
        let hog = take(&places, "2001:db8::1".parse().unwrap(), WEB_CONNECTIONS_PER_SOURCE_MAX);
        let other = places.take("192.0.2.1".parse().unwrap()).unwrap();
        let next = places.take("2001:db8::2".parse().unwrap());
        assert!(next.is_some() && is_out(&hog[0]) && !is_out(&hog[1]), "the same /64");
        assert!(!is_out(&other));
        drop((hog, other, next));
        assert_eq!(places.lock().count, 0);
        assert!(places.lock().sources.is_empty());
    }

    #[test]
    fn a_source_that_is_answered_in_all_its_places_is_refused() {
        let places = places();
        let hog = take(&places, host(1), WEB_CONNECTIONS_PER_SOURCE_MAX);
        hog.iter().for_each(|place| place.enter(Stage::Asking));
        assert!(places.take(host(1)).is_none());
        hog[7].enter(Stage::Leaving);
        assert!(places.take(host(1)).is_some() && is_out(&hog[7]));
    }

    #[test]
    fn when_all_places_are_taken_the_greediest_gives_way() {
        let places = places();
        let many = take(&places, host(0), WEB_CONNECTIONS_PER_SOURCE_MAX);
        let few: Vec<Place> = (1..=WEB_CONNECTIONS_MAX - many.len()).flat_map(|number| take(&places, host(number), 1)).collect();
        many[0].enter(Stage::Asking);
        many[1].enter(Stage::Arriving);
        let visitors: Vec<Place> = (1000..1003).flat_map(|number| take(&places, host(number), 1)).collect();
        assert_eq!(places.lock().count, WEB_CONNECTIONS_MAX);
        let out: Vec<usize> = (0..many.len()).filter(|at| is_out(&many[*at])).collect();
        assert_eq!(out, [2, 3, 4], "the oldest of what has not arrived");
        assert!(few.iter().chain(&visitors).all(|place| !is_out(place)));
    }

    #[test]
    fn whoever_has_most_makes_room_for_himself() {
        let places = places();
        let all: Vec<Place> = (0..WEB_CONNECTIONS_MAX / 8).flat_map(|number| take(&places, host(number), 8)).collect();
        let next = places.take(host(3));
        assert!(next.is_some());
        let out: Vec<usize> = (0..all.len()).filter(|at| is_out(&all[*at])).collect();
        assert_eq!(out, [24], "the first of the fourth source");
    }

    #[test]
    fn a_source_with_nothing_gets_in_even_if_all_others_are_answered() {
        let places = places();
        let all: Vec<Place> = (0..WEB_CONNECTIONS_MAX).flat_map(|number| take(&places, host(number), 1)).collect();
        all.iter().for_each(|place| place.enter(Stage::Asking));
        assert!(places.take(host(1000)).is_some());
        assert!(is_out(&all[0]));
    }
}
