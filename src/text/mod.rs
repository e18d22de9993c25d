//! Every word that is shown, mailed or spoken, in English and Italian.

pub mod api;
pub mod fault;
pub mod language;
pub mod page;
pub mod phonebook;
pub mod settings;

pub use language::{Language, Phrase};
