//! Every word that is shown, mailed or spoken, in English and Italian.

/// Declares the phrases and a list of all of them, so that a test can look at each.
macro_rules! phrases {
    ($($name:ident: $english:literal, $italian:literal;)*) => {
        $(pub const $name: Phrase = Phrase::new($english, $italian);)*
        /// Every phrase of this file, by name.
        pub const ALL: &[(&str, Phrase)] = &[$((stringify!($name), $name)),*];
    };
}

pub mod api;
pub mod ban;
pub mod call;
pub mod dial;
pub mod directory;
pub mod fault;
pub mod language;
pub mod me;
pub mod page;
pub mod phonebook;
pub mod recording;
pub mod settings;
pub mod switching;

pub use language::{Language, Phrase};
