//! Threads, sockets, clocks and files: everything that touches the world.
#![allow(clippy::disallowed_methods)]

pub mod door;
pub mod store;
pub mod tls;
pub mod web;
