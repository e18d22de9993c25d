//! The suite: everything that needs neither root nor a network.

mod law;
mod media;
mod offer_answer;
mod scenario;
mod settings;
mod simulation;
mod torture;
#[path = "../town/mod.rs"]
mod town;
