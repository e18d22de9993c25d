//! Who stands in the phonebook, and under which number LDAP shows him.

use crate::base::id::{ContactId, ExtensionId, UserId};

/// One extension or contact, as the settings have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub source: Source,
    pub first_name: String,
    pub last_name: String,
    /// An extension's number, or a contact's first.
    pub number: String,
    pub mobile: String,
    pub home: String,
    pub email: String,
    pub organization: String,
    pub department: String,
    /// Whether it stands in the phonebook of web page and phones' XML; LDAP looks at `publishing` alone.
    pub is_shown: bool,
    pub publishing: Publishing,
}

/// Where a person comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Extension(ExtensionId),
    /// Only its owner sees a personal one.
    Contact {
        id: ContactId,
        owner: Option<UserId>,
    },
}

/// How a person is published by LDAP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishing {
    Off,
    /// The general rule, applied to the person's own number.
    Rule,
    /// This number as it is.
    Number(String),
    /// The general rule, applied to this extension number.
    RuleOnExtension(String),
}

/// The general rule: so many digits go from the front, then this comes before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishingRule {
    pub strip_digits: usize,
    pub prefix: String,
}

impl PublishingRule {
    /// A number with fewer digits than go keeps nothing but the prefix.
    pub fn apply(&self, number: &str) -> String {
        let rest: String = number.chars().skip(self.strip_digits).collect();
        format!("{}{rest}", self.prefix)
    }
}

impl Person {
    /// Under which number LDAP shows the person; `None`: not at all.
    pub(super) fn published_number(&self, rule: &PublishingRule) -> Option<String> {
        match &self.publishing {
            Publishing::Off => None,
            Publishing::Rule => Some(rule.apply(&self.number)),
            Publishing::Number(number) => Some(number.clone()),
            Publishing::RuleOnExtension(extension) => Some(rule.apply(extension)),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `101 Anna Bo`, shown everywhere under the general rule.
    pub fn extension(id: i64, number: &str, first_name: &str, last_name: &str) -> Person {
        Person {
            source: Source::Extension(ExtensionId(id)),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            number: number.to_owned(),
            mobile: String::new(),
            home: String::new(),
            email: String::new(),
            organization: String::new(),
            department: String::new(),
            is_shown: true,
            publishing: Publishing::Rule,
        }
    }

    /// A shared contact.
    pub fn contact(id: i64, number: &str, first_name: &str, last_name: &str) -> Person {
        let source = Source::Contact { id: ContactId(id), owner: None };
        Person { source, publishing: Publishing::Number(number.to_owned()), ..extension(0, number, first_name, last_name) }
    }

    #[test]
    fn the_mode_decides_the_number() {
        let rule = PublishingRule { strip_digits: 1, prefix: "+39025551".to_owned() };
        let check = |publishing: Publishing, expected: Option<&str>| {
            let person = Person { publishing, ..extension(1, "101", "Anna", "Bo") };
            assert_eq!(person.published_number(&rule).as_deref(), expected, "{person:?}");
        };
        check(Publishing::Off, None);
        check(Publishing::Rule, Some("+3902555101"));
        check(Publishing::Number("800123".to_owned()), Some("800123"));
        check(Publishing::RuleOnExtension("299".to_owned()), Some("+3902555199"));
        check(Publishing::RuleOnExtension("2".to_owned()), Some("+39025551"));
    }
}
