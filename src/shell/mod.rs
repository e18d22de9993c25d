//! The shell: threads, sockets and clocks around the pure machines.

pub mod media;
