//! Buckets by key in a table of fixed size.
//!
//! ```text
//!   key -> one set of eight places -> the place with that key, a free one, or the one that was quiet longest
//! ```
//! So a look costs the same whatever floods in, nothing is ever allocated, and who is pushed out begins anew.

use super::bucket::Bucket;

const WAYS: usize = 8;

/// A key of 0 is a free place.
#[derive(Clone, Copy, Debug)]
struct Place {
    key: u64,
    bucket: Bucket,
}

#[derive(Debug)]
pub struct Table {
    places: Box<[Place]>,
}

impl Table {
    /// `places`: a power of two.
    pub fn new(places: usize) -> Table {
        debug_assert!(places.is_power_of_two() && places >= WAYS);
        Table { places: vec![Place { key: 0, bucket: Bucket::new(0, 0) }; places].into() }
    }

    pub fn get(&mut self, key: u64) -> Option<&mut Bucket> {
        let key = key.max(1);
        self.set(key).iter_mut().find(|place| place.key == key).map(|place| &mut place.bucket)
    }

    /// The bucket of a key, which begins as `fresh`.
    pub fn enter(&mut self, key: u64, at: u32, fresh: Bucket) -> &mut Bucket {
        let key = key.max(1);
        let set = self.set(key);
        let index = set.iter().position(|place| place.key == key).unwrap_or_else(|| {
            let rank = |place: &Place| if place.key == 0 { u64::MAX } else { u64::from(place.bucket.age(at)) };
            let index = (0..WAYS).max_by_key(|index| rank(&set[*index])).unwrap_or(0);
            set[index] = Place { key, bucket: fresh };
            index
        });
        &mut set[index].bucket
    }

    pub fn has(&self, key: u64) -> bool {
        let key = key.max(1);
        self.places[self.range(key)].iter().any(|place| place.key == key)
    }

    pub fn remove(&mut self, key: u64) {
        let key = key.max(1);
        if let Some(place) = self.set(key).iter_mut().find(|place| place.key == key) {
            place.key = 0;
        }
    }

    fn set(&mut self, key: u64) -> &mut [Place] {
        let range = self.range(key);
        &mut self.places[range]
    }

    fn range(&self, key: u64) -> std::ops::Range<usize> {
        let sets = self.places.len() / WAYS;
        let first = (key as usize & (sets - 1)) * WAYS;
        first..first + WAYS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_full_set_the_quietest_gives_way() {
        let mut table = Table::new(2 * WAYS);
        // Even keys share a set.
        for key in 1..=8 {
            table.enter(2 * key, key as u32, Bucket::new(key as u32, 5));
        }
        table.get(2).expect("there").refill(20, 0, 5);
        table.enter(1, 20, Bucket::new(20, 5));
        table.enter(18, 21, Bucket::new(21, 5));
        let there: Vec<u64> = (0..20).filter(|key| table.get(*key).is_some()).collect();
        assert_eq!(there, [0, 1, 2, 6, 8, 10, 12, 14, 16, 18], "4 was quiet longest; 0 counts as 1");
        table.remove(18);
        assert!(table.get(18).is_none());
        table.enter(20, 22, Bucket::new(22, 5));
        assert!(table.get(6).is_some(), "a free place is taken first");
    }
}
