//! The pages, and the frame around all of them. A kind of the settings needs no file of its own here: see `sheet`.

mod account;
pub mod api;
pub mod audio;
pub mod bans;
mod bulk;
pub mod call;
pub mod calls;
pub mod certificate;
mod chain;
pub mod claim;
mod conflict;
pub mod dashboard;
pub mod dial;
pub mod entity;
pub mod error;
mod extension;
mod frame;
pub mod history;
mod import;
mod ladder;
mod line;
mod list;
pub mod login;
pub mod me;
mod menu;
mod part;
mod person;
mod pickup;
mod qr;
mod remove;
mod retemplate;
pub mod sheet;
mod switches;
mod token;
mod welcome;

pub use frame::Frame;
