//! Search filters (RFC 4511 4.5.1.7): read, prepared, and held against a node in three values.
//!
//! ```text
//! and [0]  or [1]  not [2]  equality [3]  substrings [4]  >= [5]  <= [6]  present [7]  approx [8]  extensible [9]
//! ```
//! Preparation happens once a search: names become [`Attribute`]s and values the keys that values are compared by. What we can't
//! evaluate (an unknown attribute, a value that is no text, an extensible match, a choice of later days) is undefined, not wrong.

use crate::base::limits::{LDAP_FILTER_DEPTH_MAX, LDAP_FILTER_PARTS_MAX};

use super::attribute::{Attribute, Matching, Part};
use super::ber::{Element, Malformed, OCTET_STRING, Reader, SEQUENCE};
use super::node::Node;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Equal(Attribute, String),
    AtLeast(Attribute, String),
    AtMost(Attribute, String),
    Present(Attribute),
    Substrings(Attribute, Substrings),
    Undefined,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Substrings {
    initial: String,
    any: Vec<String>,
    last: String,
}

impl Filter {
    /// Deeper or longer filters than the limits allow are malformed.
    pub fn read(element: Element<'_>) -> Result<Filter, Malformed> {
        let mut parts_left = LDAP_FILTER_PARTS_MAX;
        read(element, LDAP_FILTER_DEPTH_MAX, &mut parts_left)
    }

    /// `attribute=value` as Compare asks it.
    pub fn equal(attribute: &str, value: &[u8]) -> Filter {
        assertion(attribute, value, Filter::Equal)
    }

    /// `None` is undefined.
    pub fn holds(&self, node: &Node<'_>) -> Option<bool> {
        match self {
            // True unless one is false, then undefined if one is.
            Filter::And(parts) => fold(parts, node, false),
            Filter::Or(parts) => fold(parts, node, true),
            Filter::Not(part) => part.holds(node).map(|holds| !holds),
            Filter::Equal(attribute, key) => Some(any(node, *attribute, |value| value == key)),
            Filter::AtLeast(attribute, key) => Some(any(node, *attribute, |value| value >= key.as_str())),
            Filter::AtMost(attribute, key) => Some(any(node, *attribute, |value| value <= key.as_str())),
            Filter::Present(attribute) => Some(any(node, *attribute, |_| true)),
            Filter::Substrings(attribute, parts) => Some(any(node, *attribute, |value| parts.match_in(value))),
            Filter::Undefined => None,
        }
    }
}

/// The first part that decides; else undefined if any part is, else the opposite.
fn fold(parts: &[Filter], node: &Node<'_>, deciding: bool) -> Option<bool> {
    let mut result = Some(!deciding);
    for part in parts {
        match part.holds(node) {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

fn any(node: &Node<'_>, attribute: Attribute, test: impl Fn(&str) -> bool) -> bool {
    let mut found = false;
    node.each(attribute, &mut |_, key| found |= test(key));
    found
}

impl Substrings {
    fn match_in(&self, value: &str) -> bool {
        let Some(mut rest) = value.strip_prefix(self.initial.as_str()) else { return false };
        for part in &self.any {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(self.last.as_str())
    }
}

fn read(element: Element<'_>, depth_left: usize, parts_left: &mut usize) -> Result<Filter, Malformed> {
    if depth_left == 0 || *parts_left == 0 {
        return Err(Malformed { expected: "a smaller filter" });
    }
    *parts_left -= 1;
    let mut reader = Reader::new(element.content);
    Ok(match element.tag {
        0xa0 => Filter::And(read_parts(reader, depth_left, parts_left)?),
        0xa1 => Filter::Or(read_parts(reader, depth_left, parts_left)?),
        0xa2 => {
            let part = reader.element()?;
            reader.end()?;
            Filter::Not(Box::new(read(part, depth_left - 1, parts_left)?))
        }
        // Approximate as equal, as RFC 4511 has it for who can no better.
        0xa3 | 0xa8 => read_assertion(reader, Filter::Equal)?,
        0xa4 => read_substrings(reader, parts_left)?,
        0xa5 => read_assertion(reader, |attribute, key| ordered(attribute, Filter::AtLeast(attribute, key)))?,
        0xa6 => read_assertion(reader, |attribute, key| ordered(attribute, Filter::AtMost(attribute, key)))?,
        0x87 => {
            let name = std::str::from_utf8(element.content).map_err(|_| Malformed { expected: "the name of an attribute" })?;
            Attribute::find(name).map_or(Filter::Undefined, Filter::Present)
        }
        _ => Filter::Undefined,
    })
}

fn read_parts(mut reader: Reader<'_>, depth_left: usize, parts_left: &mut usize) -> Result<Vec<Filter>, Malformed> {
    let mut parts = Vec::new();
    while !reader.is_empty() {
        parts.push(read(reader.element()?, depth_left - 1, parts_left)?);
    }
    Ok(parts)
}

fn read_assertion(mut reader: Reader<'_>, make: impl FnOnce(Attribute, String) -> Filter) -> Result<Filter, Malformed> {
    let name = reader.text("the name of an attribute")?;
    let value = reader.expect(OCTET_STRING, "the value of an assertion")?;
    reader.end()?;
    Ok(assertion(name, value, make))
}

fn assertion(name: &str, value: &[u8], make: impl FnOnce(Attribute, String) -> Filter) -> Filter {
    match (Attribute::find(name), std::str::from_utf8(value)) {
        (Some(attribute), Ok(value)) => make(attribute, attribute.key(value, Part::Whole)),
        _ => Filter::Undefined,
    }
}

fn ordered(attribute: Attribute, filter: Filter) -> Filter {
    if attribute.matching() == Matching::Text { filter } else { Filter::Undefined }
}

fn read_substrings(mut reader: Reader<'_>, parts_left: &mut usize) -> Result<Filter, Malformed> {
    const PARTS: Malformed = Malformed { expected: "the parts of a value" };
    let name = reader.text("the name of an attribute")?;
    let mut parts = Reader::new(reader.expect(SEQUENCE, PARTS.expected)?);
    reader.end()?;
    let attribute = Attribute::find(name).filter(|attribute| attribute.matching() != Matching::Identifier);
    let mut substrings = Substrings::default();
    let mut is_text = true;
    let mut count = 0;
    while !parts.is_empty() {
        let element = parts.element()?;
        *parts_left = parts_left.checked_sub(1).ok_or(Malformed { expected: "a smaller filter" })?;
        let part = match element.tag {
            // Only the first may be the beginning and only the last the end.
            0x80 if count == 0 => Part::Initial,
            0x81 => Part::Any,
            0x82 if parts.is_empty() => Part::Final,
            _ => return Err(PARTS),
        };
        count += 1;
        let (Some(attribute), Ok(text)) = (attribute, std::str::from_utf8(element.content)) else {
            is_text = false;
            continue;
        };
        let key = attribute.key(text, part);
        match part {
            Part::Initial => substrings.initial = key,
            Part::Final => substrings.last = key,
            Part::Any | Part::Whole => substrings.any.push(key),
        }
    }
    match attribute {
        _ if count == 0 => Err(PARTS),
        Some(attribute) if is_text => Ok(Filter::Substrings(attribute, substrings)),
        _ => Ok(Filter::Undefined),
    }
}
