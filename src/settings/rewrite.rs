//! Rules by which the numbers of a line are rewritten.

use serde_json::Value;

use crate::text::settings as words;

use super::field::{Default, Field, Shape};

/// Takes digits from the front of numbers with a prefix, and puts others there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Empty: it is for all numbers.
    pub prefix: String,
    pub strip: usize,
    pub add: String,
}

pub const FIELDS: &[Field] = &[
    Field::new("prefix", Shape::Prefix, Default::Empty, words::REWRITE_PREFIX),
    Field::new("strip", Shape::Number { min: 0, max: 32 }, Default::Number(0), words::REWRITE_STRIP),
    Field::new("add", Shape::Prefix, Default::Empty, words::REWRITE_ADD),
];

impl Rewrite {
    pub(super) fn new(record: &Value) -> Rewrite {
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let strip = record.get("strip").and_then(Value::as_u64).unwrap_or(0);
        Rewrite { prefix: text("prefix"), strip: usize::try_from(strip).unwrap_or(0), add: text("add") }
    }
}

/// The number after the first rule that fits it.
pub fn rewritten(rules: &[Rewrite], number: &str) -> String {
    match rules.iter().find(|rule| number.starts_with(&rule.prefix)) {
        Some(rule) => rule.add.chars().chain(number.chars().skip(rule.strip)).collect(),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_is_applied() {
        let rule = |prefix: &str, strip, add: &str| Rewrite { prefix: prefix.to_owned(), strip, add: add.to_owned() };
        let rules = [rule("+39", 3, ""), rule("+", 1, "00"), rule("00", 0, ""), rule("", 0, "0")];
        for (number, expected) in [("+390612", "0612"), ("+4420", "004420"), ("0044", "0044"), ("3331", "03331"), ("+3", "003")] {
            assert_eq!(rewritten(&rules, number), expected, "{number}");
        }
        assert_eq!(rewritten(&[], "0612"), "0612");
        assert_eq!(rewritten(&[rule("", 9, "1")], "\u{e8}22"), "1", "more than there is");
    }
}
