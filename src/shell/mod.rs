//! Threads, sockets, clocks and files: everything that touches the world.
#![allow(clippy::disallowed_methods)]

pub mod carrier;
pub mod cli;
pub mod clock;
pub mod control;
pub mod door;
pub mod handover;
pub mod ldap;
pub mod media;
pub mod resolver;
pub mod serve;
pub mod setup_code;
pub mod signal;
mod status;
pub mod store;
pub mod tls;
pub mod web;
