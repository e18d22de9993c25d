//! Calls: the machine that owns every call, leg, bridge and registration.

pub mod status;
