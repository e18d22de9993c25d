//! Virtual time: an hour of calls runs in a moment.

use std::time::Duration;

use trillo::base::{Instant, Now, Wall};

/// 2026-01-01T00:00:00Z: when every town begins.
const BEGINNING: Wall = Wall::from_millis(1_767_225_600_000);

/// Both clocks at a moment of the simulation.
pub fn now(mono: Instant) -> Now {
    Now { mono, wall: BEGINNING + mono.since(Instant::ZERO) }
}

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
