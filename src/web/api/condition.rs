//! Entity tags and conditions (RFC 9110 8.8.3, 13.1).
//!
//! The tag is the entity's revision and a hash of what is shown of it: `"42-5f3a9c01d2e4"`. So it changes too when a template, the name of
//! something it refers to, or the right to see it changes. `If-Match` also takes the revision alone, `"42"`, as it stands in a list.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::web::http::Request;
use crate::web::session::hex;

/// The tag of an entity as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    revision: u64,
    text: String,
}

impl Tag {
    pub fn of(revision: u64, shown: &Value) -> Tag {
        let hash = Sha256::digest(shown.to_string().as_bytes());
        Tag { revision, text: format!("\"{revision}-{}\"", hex(&hash[..6])) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The revision that `If-Match` names, if it is not this one: the change must not be made. `None` inside: it names none that can be read.
    pub fn mismatch(&self, request: &Request) -> Option<Option<u64>> {
        let given = request.header("if-match")?;
        let alone = format!("\"{}\"", self.revision);
        let fits = |tag: &str| tag == "*" || tag == self.text || tag == alone;
        if tags(given).any(fits) {
            return None;
        }
        let revision = |tag: &str| tag.trim_matches('"').split('-').next().and_then(|revision| revision.parse().ok());
        Some(tags(given).find_map(revision))
    }

    /// True if `If-None-Match` names it: whoever asks has it already.
    pub fn is_known(&self, request: &Request) -> bool {
        let Some(given) = request.header("if-none-match") else { return false };
        tags(given).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.text)
    }
}

/// Tags of ours hold no comma.
fn tags(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asking(name: &str, value: &str) -> Request {
        Request::new("GET", "/", vec![(name.to_owned(), value.to_owned())], b"", [127, 0, 0, 1].into(), false)
    }

    #[test]
    fn a_tag_fits_itself_and_its_revision() {
        let tag = Tag::of(42, &json!({"a": 1}));
        for given in ["*", "\"42\"", tag.text(), &format!("\"7\", {}", tag.text())] {
            assert_eq!(tag.mismatch(&asking("if-match", given)), None, "{given}");
        }
        for (given, revision) in [("\"41\"", Some(41)), ("\"41-aabb\"", Some(41)), ("\"x\"", None), ("", None), ("W/\"42\"", None)] {
            assert_eq!(tag.mismatch(&asking("if-match", given)), Some(revision), "{given}");
        }
        assert_eq!(tag.mismatch(&asking("accept", "*/*")), None);
        assert_ne!(tag, Tag::of(42, &json!({"a": 2})));
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let tag = Tag::of(1, &json!({}));
        assert!(tag.is_known(&asking("if-none-match", tag.text())) && tag.is_known(&asking("if-none-match", &format!("W/{}", tag.text()))));
        assert!(!tag.is_known(&asking("if-none-match", "\"1\"")) && !tag.is_known(&asking("accept", "")));
    }
}
