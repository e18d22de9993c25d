//! The texts of a binding in one piece, because a box keeps thousands of bindings and each piece has its cost.
//!
//! ```text
//!   sip:anna@192.0.2.7  38482@home  <urn:uuid:f81d>  Phone 1.2  <sip:proxy;lr>\n<sip:edge;lr>
//!   '---- contact ----' '-call_id-' '- instance --' 'user_agent' '--------- path ----------'    without the blanks
//! ```

use serde::{Deserialize, Serialize};

/// Read by its methods; made from [`Words`]. Written down as these are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Words", into = "Words")]
pub struct Texts {
    all: Box<str>,
    /// Where each but the last ends.
    ends: [u32; 4],
}

/// The same, each by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The URI of the Contact, as the phone wrote it.
    pub contact: String,
    /// Path values (RFC 3327), topmost first.
    pub path: Vec<String>,
    pub call_id: String,
    /// `+sip.instance` of the Contact (RFC 5626), with its angle brackets. One that is empty counts as none.
    pub instance: Option<String>,
    pub user_agent: String,
}

impl From<Words> for Texts {
    fn from(words: Words) -> Texts {
        let mut all = String::new();
        let parts = [&words.contact, &words.call_id, words.instance.as_ref().unwrap_or(&String::new()), &words.user_agent].map(|part| {
            all.push_str(part);
            all.len() as u32
        });
        // No value of a header holds a line end.
        all.push_str(&words.path.join("\n"));
        Texts { all: all.into(), ends: parts }
    }
}

impl From<Texts> for Words {
    fn from(texts: Texts) -> Words {
        Words {
            contact: texts.contact().to_owned(),
            path: texts.path().map(str::to_owned).collect(),
            call_id: texts.call_id().to_owned(),
            instance: texts.instance().map(str::to_owned),
            user_agent: texts.user_agent().to_owned(),
        }
    }
}

impl Texts {
    pub fn contact(&self) -> &str {
        &self.all[..self.end(0)]
    }

    pub fn call_id(&self) -> &str {
        &self.all[self.end(0)..self.end(1)]
    }

    pub fn instance(&self) -> Option<&str> {
        Some(&self.all[self.end(1)..self.end(2)]).filter(|instance| !instance.is_empty())
    }

    pub fn user_agent(&self) -> &str {
        &self.all[self.end(2)..self.end(3)]
    }

    pub fn path(&self) -> impl Iterator<Item = &str> {
        self.all[self.end(3)..].split('\n').filter(|value| !value.is_empty())
    }

    const fn end(&self, part: usize) -> usize {
        self.ends[part] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_packed_are_the_same_words() {
        let none = Words::default();
        let some = Words {
            contact: "sip:\u{e8}@192.0.2.7".to_owned(),
            path: vec!["<sip:proxy;lr>".to_owned(), "<sip:edge;lr>".to_owned()],
            call_id: "38482@home".to_owned(),
            instance: Some("<urn:uuid:f81d>".to_owned()),
            user_agent: "Phone 1.2".to_owned(),
        };
        let without_instance = Words { instance: None, path: vec!["<sip:proxy;lr>".to_owned()], ..some.clone() };
        for words in [none, some, without_instance] {
            assert_eq!(Words::from(Texts::from(words.clone())), words);
        }
    }
}
