//! Threads, sockets, clocks and files: everything that touches the world.
#![allow(clippy::disallowed_methods)]

pub mod clock;
pub mod signal;
pub mod store;
