//! How an extension's number is published in the LDAP directory.

use crate::text::settings as words;

use super::field::{Default, Field, Shape};
use super::own::Values;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LdapMode {
    Off,
    /// Its number by the general rule of the phonebook.
    Rule,
    /// This number as it stands.
    Number(String),
    /// The general rule, applied to this extension number instead of its own.
    RuleOn(String),
}

pub(super) const FIELDS: [Field; 3] = [
    Field::new("ldap_mode", Shape::Choice(&["off", "rule", "number", "rule_on_extension"]), Default::Text("rule"), words::LDAP_MODE)
        .inherited(),
    Field::new("ldap_extension", Shape::Digits { min: 1, max: 8 }, Default::Empty, words::LDAP_EXTENSION)
        .inherited()
        .only_if("ldap_mode", &["rule_on_extension"]),
    Field::new("ldap_number", Shape::Phone, Default::Empty, words::LDAP_NUMBER).inherited().only_if("ldap_mode", &["number"]),
];

impl LdapMode {
    /// A mode without the number that it needs publishes by the rule.
    pub(super) fn new(values: &Values<'_>) -> LdapMode {
        match (values.text("ldap_mode").as_str(), values.text("ldap_number"), values.text("ldap_extension")) {
            ("off", ..) => LdapMode::Off,
            ("number", number, _) if !number.is_empty() => LdapMode::Number(number),
            ("rule_on_extension", _, extension) if !extension.is_empty() => LdapMode::RuleOn(extension),
            _ => LdapMode::Rule,
        }
    }
}
