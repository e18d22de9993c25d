//! The words of the settings: what each entity and each setting is called, and one line of help for it.

use super::Phrase;

/// The words of one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldWords {
    pub label: Phrase,
    pub help: Phrase,
}

/// The words of one kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindWords {
    pub one: Phrase,
    pub many: Phrase,
}
