//! The one place where the clocks are read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::base::{Instant, Now, Wall};

/// Both clocks. The monotonic one counts from the start of the process.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: std::time::Instant,
}

impl Clock {
    pub fn start() -> Clock {
        Clock { started: std::time::Instant::now() }
    }

    pub fn now(&self) -> Now {
        Now { mono: Instant::from_micros(u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)), wall: Self::wall() }
    }

    pub fn wall() -> Wall {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Wall::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// The same point on the clock that sleeping needs.
    pub fn sleep_until(&self, at: Instant) -> std::time::Instant {
        self.started + Duration::from_micros(at.as_micros())
    }
}
