//! Distinguished names (RFC 4514), as far as this tree has them: one attribute a level.

use crate::phonebook::fold;

use super::attribute::Attribute;

/// A name from its leaf to its root, prepared for comparison. The empty name is the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dn {
    levels: Vec<Level>,
}

/// `uid=extension-1`
#[derive(Clone, Debug)]
pub struct Level {
    /// As we call it, else as given, in lower case.
    pub attribute: String,
    /// Without its escapes.
    pub value: String,
    key: String,
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        self.attribute == other.attribute && self.key == other.key
    }
}

impl Eq for Level {}

impl Dn {
    /// `None` if it is no name.
    pub fn parse(text: &str) -> Option<Dn> {
        let mut levels = Vec::new();
        if text.trim().is_empty() {
            return Some(Dn::default());
        }
        let mut rest = text.as_bytes();
        loop {
            let equals = rest.iter().position(|byte| *byte == b'=')?;
            let attribute = std::str::from_utf8(&rest[..equals]).ok()?.trim();
            let is_name =
                !attribute.is_empty() && attribute.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
            let (value, after) = value(&rest[equals + 1..])?;
            if !is_name {
                return None;
            }
            let attribute = Attribute::find(attribute).map_or(attribute, |known| known.name()).to_ascii_lowercase();
            levels.push(Level { attribute, key: fold(&value), value });
            match after {
                Some(after) => rest = after,
                None => return Some(Dn { levels }),
            }
        }
    }

    pub fn is_root(&self) -> bool {
        self.levels.is_empty()
    }

    pub fn leaf(&self) -> Option<&Level> {
        self.levels.first()
    }

    /// `None` for the root.
    pub fn parent(&self) -> Option<Dn> {
        self.levels.get(1..).map(|levels| Dn { levels: levels.to_vec() })
    }
}

impl Level {
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The value at the front, up to the comma that ends it, and what follows that comma.
fn value(bytes: &[u8]) -> Option<(String, Option<&[u8]>)> {
    let mut value = Vec::new();
    // Spaces that are escaped stay.
    let mut kept = 0;
    let mut at = 0;
    let after = loop {
        match bytes.get(at) {
            None => break None,
            Some(b',') => break Some(&bytes[at + 1..]),
            Some(b'\\') => {
                let hex = bytes.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
                match hex {
                    Some(byte) => value.push(byte),
                    None => value.push(*bytes.get(at + 1)?),
                }
                at += if hex.is_some() { 3 } else { 2 };
                kept = value.len();
            }
            Some(byte) => {
                at += 1;
                if *byte != b' ' || !value.is_empty() {
                    value.push(*byte);
                }
                if *byte != b' ' {
                    kept = value.len();
                }
            }
        }
    };
    value.truncate(kept);
    Some((String::from_utf8(value).ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_level_by_level() {
        let dn = |text: &str| Dn::parse(text).unwrap();
        assert_eq!(dn("UID=Extension-1 , organizationalUnitName = People,DC=trillo"), dn("uid=extension-1,ou=people,dc=trillo"));
        assert_ne!(dn("ou=people,dc=trillo"), dn("ou=people"));
        assert_eq!(dn("ou=people,dc=trillo").parent(), Some(dn("dc=trillo")));
        assert_eq!(dn("dc=trillo").parent(), Some(Dn::default()));
        assert_eq!(Dn::default().parent(), None);
        assert!(dn(" ").is_root());
    }

    #[test]
    fn escapes_are_resolved() {
        let check = |text: &str, value: &str| assert_eq!(Dn::parse(text).unwrap().leaf().unwrap().value, value, "{text}");
        check("cn=Bo\\, Anna,dc=x", "Bo, Anna");
        check("cn=a\\2Cb\\c3\\a9\\ ", "a,bé ");
        check("cn=  two  words  ,dc=x", "two  words");
        check("cn=,dc=x", "");
        for text in ["people", "=x", "cn=a\\", "cn=\\ff", "cn=a,", "c n=a", "cn=a,,dc=b"] {
            assert_eq!(Dn::parse(text), None, "{text}");
        }
    }
}
