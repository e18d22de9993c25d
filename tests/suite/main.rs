//! The suite: everything that needs neither root nor a network.

mod crates;
mod law;
mod media;
mod offer_answer;
mod settings;
mod store;
mod torture;
mod web;
