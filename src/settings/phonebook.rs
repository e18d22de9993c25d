use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;

/// What holds for the phonebook as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct PhonebookSettings {
    /// Without a login, who is on the local networks may search.
    pub anonymous: bool,
    /// The general rule: so many digits are taken from the front of an extension's number...
    pub strip_digits: usize,
    /// ...and this is put before it.
    pub prefix: String,
}

pub(super) const FIELDS: &[Field] = &[
    Field::new("anonymous", Shape::Bool, Default::Bool(false), words::PHONEBOOK_ANONYMOUS),
    Field::new("strip_digits", Shape::Number { min: 0, max: 8 }, Default::Number(0), words::PHONEBOOK_STRIP_DIGITS),
    Field::new("prefix", Shape::Prefix, Default::Empty, words::PHONEBOOK_PREFIX),
];

impl PhonebookSettings {
    pub(super) fn new(values: &Values<'_>) -> PhonebookSettings {
        PhonebookSettings {
            anonymous: values.bool("anonymous"),
            strip_digits: values.number("strip_digits") as usize,
            prefix: values.text("prefix"),
        }
    }
}
