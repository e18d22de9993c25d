//! The attributes that entries have here, by names and numbers of RFC 4519, 4524 and 2798, and how their values are compared.

use crate::phonebook::{fold, fold_part, squeeze};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    ObjectClass,
    Cn,
    DisplayName,
    GivenName,
    Sn,
    Mail,
    TelephoneNumber,
    Mobile,
    HomePhone,
    O,
    Ou,
    Uid,
    Dc,
    // Operational: only those see them who ask.
    EntryDn,
    SubschemaSubentry,
    NamingContexts,
    SupportedLdapVersion,
    SupportedControl,
    VendorName,
    SchemaAttributes,
    SchemaClasses,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// caseIgnoreMatch, and without accents.
    Text,
    /// telephoneNumberMatch; has no order.
    Number,
    /// By name or number, whole; has neither order nor parts.
    Identifier,
}

/// Which part of a value an assertion is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    Initial,
    Any,
    Final,
}

struct Known {
    attribute: Attribute,
    /// The first is how we call it.
    names: &'static [&'static str],
    oid: &'static str,
    matching: Matching,
    is_operational: bool,
}

const fn user(attribute: Attribute, names: &'static [&'static str], oid: &'static str, matching: Matching) -> Known {
    Known { attribute, names, oid, matching, is_operational: false }
}

const fn operational(attribute: Attribute, names: &'static [&'static str], oid: &'static str, matching: Matching) -> Known {
    Known { attribute, names, oid, matching, is_operational: true }
}

/// In the order in which entries show them, which is the order of the enum.
const KNOWN: &[Known] = &[
    user(Attribute::ObjectClass, &["objectClass"], "2.5.4.0", Matching::Identifier),
    user(Attribute::Cn, &["cn", "commonName"], "2.5.4.3", Matching::Text),
    user(Attribute::DisplayName, &["displayName"], "2.16.840.1.113730.3.1.241", Matching::Text),
    user(Attribute::GivenName, &["givenName", "gn"], "2.5.4.42", Matching::Text),
    user(Attribute::Sn, &["sn", "surname"], "2.5.4.4", Matching::Text),
    user(Attribute::Mail, &["mail", "rfc822Mailbox"], "0.9.2342.19200300.100.1.3", Matching::Text),
    user(Attribute::TelephoneNumber, &["telephoneNumber"], "2.5.4.20", Matching::Number),
    user(Attribute::Mobile, &["mobile", "mobileTelephoneNumber"], "0.9.2342.19200300.100.1.41", Matching::Number),
    user(Attribute::HomePhone, &["homePhone", "homeTelephoneNumber"], "0.9.2342.19200300.100.1.20", Matching::Number),
    user(Attribute::O, &["o", "organizationName"], "2.5.4.10", Matching::Text),
    user(Attribute::Ou, &["ou", "organizationalUnitName"], "2.5.4.11", Matching::Text),
    user(Attribute::Uid, &["uid", "userid"], "0.9.2342.19200300.100.1.1", Matching::Text),
    user(Attribute::Dc, &["dc", "domainComponent"], "0.9.2342.19200300.100.1.25", Matching::Text),
    operational(Attribute::EntryDn, &["entryDN"], "1.3.6.1.1.20", Matching::Text),
    operational(Attribute::SubschemaSubentry, &["subschemaSubentry"], "2.5.18.10", Matching::Text),
    operational(Attribute::NamingContexts, &["namingContexts"], "1.3.6.1.4.1.1466.101.120.5", Matching::Text),
    operational(Attribute::SupportedLdapVersion, &["supportedLDAPVersion"], "1.3.6.1.4.1.1466.101.120.15", Matching::Identifier),
    operational(Attribute::SupportedControl, &["supportedControl"], "1.3.6.1.4.1.1466.101.120.13", Matching::Identifier),
    operational(Attribute::VendorName, &["vendorName"], "1.3.6.1.1.4", Matching::Text),
    operational(Attribute::SchemaAttributes, &["attributeTypes"], "2.5.21.5", Matching::Identifier),
    operational(Attribute::SchemaClasses, &["objectClasses"], "2.5.21.6", Matching::Identifier),
];

impl Attribute {
    /// All of them, in the order in which entries show them.
    pub fn all() -> impl Iterator<Item = Attribute> {
        KNOWN.iter().map(|known| known.attribute)
    }

    /// By name, ignoring case, or by number. Options (`cn;lang-it`) we have none, so a name with them is unknown.
    pub fn find(description: &str) -> Option<Attribute> {
        let is_it = |known: &&Known| known.oid == description || known.names.iter().any(|name| name.eq_ignore_ascii_case(description));
        KNOWN.iter().find(is_it).map(|known| known.attribute)
    }

    pub fn name(self) -> &'static str {
        self.known().names[0]
    }

    pub fn oid(self) -> &'static str {
        self.known().oid
    }

    pub fn names(self) -> &'static [&'static str] {
        self.known().names
    }

    pub fn matching(self) -> Matching {
        self.known().matching
    }

    pub fn is_operational(self) -> bool {
        self.known().is_operational
    }

    /// The key that a value is compared by, or the part of one.
    pub fn key(self, text: &str, part: Part) -> String {
        match (self.matching(), part) {
            (Matching::Text, Part::Whole) => fold(text),
            (Matching::Text, Part::Initial) => fold_part(text).trim_start_matches(' ').to_owned(),
            (Matching::Text, Part::Any) => fold_part(text),
            (Matching::Text, Part::Final) => fold_part(text).trim_end_matches(' ').to_owned(),
            (Matching::Number, _) => squeeze(text),
            (Matching::Identifier, _) => text.trim().to_ascii_lowercase(),
        }
    }

    fn known(self) -> &'static Known {
        &KNOWN[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (at, known) in KNOWN.iter().enumerate() {
            assert_eq!(known.attribute as usize, at);
            for name in known.names {
                assert_eq!(Attribute::find(&name.to_ascii_uppercase()), Some(known.attribute));
            }
            assert_eq!(Attribute::find(known.oid), Some(known.attribute));
        }
        assert_eq!(Attribute::find("cn;lang-it"), None);
        assert_eq!(Attribute::find("ipPhone"), None);
    }
}
