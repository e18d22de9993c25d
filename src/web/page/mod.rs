//! The pages, one a file, and the frame around all of them.

pub mod account;
pub mod accounts;
pub mod calls;
pub mod certificate;
pub mod claim;
pub mod dashboard;
pub mod error;
pub mod extension;
pub mod extensions;
mod frame;
pub mod login;
pub mod me;
mod part;
pub mod sip;

pub use frame::Frame;
