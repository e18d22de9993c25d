//! The name behind a number that calls from outside.
//!
//! The same telephone is written `+39 02 1234567`, `0039021234567`, `021234567` and, on some lines, `21234567`. So:
//!
//! 1. Only digits count, and zeros in front do not: they are the trunk or the international prefix.
//! 2. Equal digits match.
//! 3. Else the longer number must end in the shorter one, and the shorter must have at least seven digits. The longest match wins,
//!    among equals the first name in the order of the phonebook.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::base::limits::DIALLED_CHARS_MAX;

use super::Source;
use super::directory::Entry;
use super::fold::Text;

/// Shorter ends belong to too many people.
const SUFFIX_DIGITS_MIN: usize = 7;

/// Numbers, read from their ends, with the place of their entry.
#[derive(Debug, Default)]
pub struct CallerNames {
    reversed: BTreeMap<Vec<u8>, usize>,
}

impl CallerNames {
    pub fn new(entries: &[Entry]) -> CallerNames {
        let mut reversed = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for number in numbers_of(entry).iter().filter(|number| !number.is_empty()) {
                reversed.entry(reversed_digits(&number.key)).or_insert(at);
            }
        }
        reversed.remove(&Vec::new());
        CallerNames { reversed }
    }

    pub fn find(&self, number: &str) -> Option<usize> {
        let digits = reversed_digits(number);
        if let Some(at) = self.reversed.get(&digits) {
            return Some(*at);
        }
        if digits.len() < SUFFIX_DIGITS_MIN {
            return None;
        }
        let after = (Bound::Excluded(digits.as_slice()), Bound::Unbounded);
        let longer = self.reversed.range::<[u8], _>(after).take_while(|(known, _)| known.starts_with(&digits));
        let mut shorter = (SUFFIX_DIGITS_MIN..digits.len()).rev().filter_map(|length| self.reversed.get(&digits[..length]));
        // All that are longer match in as many digits.
        longer.map(|(_, at)| at).min().or_else(|| shorter.next()).copied()
    }
}

/// What callers from outside may show. An extension's own number is no number of the outside; personal contacts are nobody else's.
fn numbers_of(entry: &Entry) -> Vec<&Text> {
    match entry.source {
        Source::Extension(_) => vec![&entry.mobile],
        Source::Contact { owner: None, .. } => vec![&entry.number, &entry.mobile, &entry.home],
        Source::Contact { owner: Some(_), .. } => vec![],
    }
}

fn reversed_digits(number: &str) -> Vec<u8> {
    let mut digits: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').collect();
    digits.reverse();
    digits.truncate(DIALLED_CHARS_MAX);
    digits
}

#[cfg(test)]
mod tests {
    use super::super::person::tests::{contact, extension};
    use super::super::{Directory, Person, PublishingRule};
    use super::*;
    use crate::base::id::{ContactId, UserId};

    #[test]
    fn numbers_are_compared_from_their_ends() {
        let persons = vec![
            contact(1, "+39 02 1234567", "Milan", ""),
            contact(2, "06 7654321", "Rome", ""),
            contact(3, "+49 30 7654321", "Berlin", ""),
            contact(4, "112", "Emergency", ""),
            contact(5, "999-1234", "Short", ""),
            Person { mobile: "333 1112223".to_owned(), ..extension(1, "5551234", "Anna", "Bo") },
            Person { source: Source::Contact { id: ContactId(6), owner: Some(UserId(1)) }, ..contact(6, "0298765432", "Mum", "") },
        ];
        let directory = Directory::new(persons, &PublishingRule::default());
        let check = |number: &str, name: Option<&str>| assert_eq!(directory.name_for(number), name, "{number}");
        check("+39021234567", Some("Milan"));
        check("0039021234567", Some("Milan"));
        check("021234567", Some("Milan"));
        check("1234567", Some("Milan"));
        check("234567", None);
        check("+39067654321", Some("Rome"));
        check("00493076 54321", Some("Berlin"));
        check("7654321", Some("Berlin"));
        check("112", Some("Emergency"));
        check("5112", None);
        check("+3933311122 23", Some("Anna Bo"));
        check("5551234", None);
        check("0298765432", None);
        check("029991234", Some("Short"));
        for nothing in ["", "anonymous", "000", "+"] {
            check(nothing, None);
        }
        check(&"9".repeat(10_000), None);
    }
}
