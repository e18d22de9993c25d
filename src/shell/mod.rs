//! Threads, sockets, clocks and files: everything that touches the world.
#![allow(clippy::disallowed_methods)]

pub mod cli;
pub mod clock;
pub mod control;
pub mod media;
pub mod serve;
pub mod signal;
pub mod store;
