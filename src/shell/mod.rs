//! Threads, sockets, clocks and files: everything that touches the world.
#![allow(clippy::disallowed_methods)]

pub mod media;
pub mod store;
