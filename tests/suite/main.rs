//! The suite: everything that needs neither root nor a network.

mod law;
mod settings;
mod store;
