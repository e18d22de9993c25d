//! How many connections there are, in all and by source.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::limits::{WEB_CONNECTIONS_MAX, WEB_CONNECTIONS_PER_SOURCE_MAX};

use super::source_of;

#[derive(Default)]
pub struct Places {
    taken: Mutex<BTreeMap<IpAddr, usize>>,
}

/// One connection's place; free again when dropped.
pub struct Place {
    places: Arc<Places>,
    source: IpAddr,
}

impl Places {
    /// `None` if all are taken, or all that this source may have.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let source = source_of(peer);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = taken.values().sum();
        let of_source = taken.get(&source).copied().unwrap_or(0);
        if total >= WEB_CONNECTIONS_MAX || of_source >= WEB_CONNECTIONS_PER_SOURCE_MAX {
            return None;
        }
        taken.insert(source, of_source + 1);
        Some(Place { places: Arc::clone(self), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.source) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.remove(&self.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_source_cannot_take_all_places() {
        let places = Arc::new(Places::default());
        let hog: Vec<Place> = (0..).map_while(|_| places.take("2001:db8::1".parse().unwrap())).collect();
        assert_eq!(hog.len(), WEB_CONNECTIONS_PER_SOURCE_MAX);
        assert!(places.take("2001:db8::2".parse().unwrap()).is_none(), "the same /64");
        let other = places.take("192.0.2.1".parse().unwrap());
        assert!(other.is_some());
        drop(hog);
        assert!(places.take("2001:db8::2".parse().unwrap()).is_some());
        let all: Vec<Place> =
            (1..=255u8).flat_map(|host| (0..2).map(move |_| host)).filter_map(|host| places.take([10, 0, 0, host].into())).collect();
        assert_eq!(all.len(), WEB_CONNECTIONS_MAX - 1, "one is still held by 192.0.2.1");
    }
}
