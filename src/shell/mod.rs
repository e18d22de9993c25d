//! Threads, sockets, clocks and files: everything that touches the world.
#![allow(clippy::disallowed_methods)]

pub mod clock;
pub mod media;
pub mod signal;
pub mod store;
//! The shell: threads, sockets and clocks around the pure machines.

