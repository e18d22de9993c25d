//! The suite: everything that needs neither root nor a network.

mod api;
mod audio;
mod bad_input;
mod busy_office;
mod cli;
mod crates;
mod dialling;
mod figures;
mod guide;
mod inheritance;
mod instructions;
mod law;
mod ldap;
mod line_tempest;
mod media;
mod offer_answer;
mod permissions;
mod phonebook;
mod plans;
mod revisions;
mod scenario;
mod server;
mod settings;
mod settings_keys;
mod sheets;
mod simulation;
mod store;
mod tempest;
mod torture;
#[path = "../town/mod.rs"]
mod town;
mod users;
mod web;
