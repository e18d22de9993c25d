//! How many threads of the web do the same slow work at once: the others stay free for all else.

use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub struct AtWork(AtomicUsize);

/// One of those at work, until it is dropped.
#[derive(Debug)]
pub struct Turn<'a>(&'a AtWork);

impl AtWork {
    /// `None` if `max` are at work already.
    pub fn begin(&self, max: usize) -> Option<Turn<'_>> {
        let one_more = |count: usize| (count < max).then_some(count + 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).ok().map(|_| Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_so_many_at_once() {
        let work = AtWork::default();
        let (first, second) = (work.begin(2), work.begin(2));
        assert!(first.is_some() && second.is_some() && work.begin(2).is_none());
        drop(first);
        assert!(work.begin(2).is_some(), "whose turn is over makes room");
    }
}
