//! The schema as RFC 4512 4.2 publishes it: our attributes out of their table, and the classes of our entries.

use super::attribute::{Attribute, Matching};

/// RFC 4512, 4519, 2247 and 2798, without the attributes that we don't have.
pub const OBJECT_CLASSES: &[&str] = &[
    "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
    "( 2.5.6.4 NAME 'organization' SUP top STRUCTURAL MUST o MAY telephoneNumber )",
    "( 2.5.6.5 NAME 'organizationalUnit' SUP top STRUCTURAL MUST ou MAY telephoneNumber )",
    "( 1.3.6.1.4.1.1466.344 NAME 'dcObject' SUP top AUXILIARY MUST dc )",
    "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY telephoneNumber )",
    "( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL MAY ou )",
    "( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP organizationalPerson STRUCTURAL \
     MAY ( displayName $ givenName $ homePhone $ mail $ mobile $ o $ uid ) )",
    "( 2.5.17.0 NAME 'subentry' SUP top STRUCTURAL MUST cn )",
    "( 2.5.20.1 NAME 'subschema' AUXILIARY MAY ( attributeTypes $ objectClasses ) )",
];

pub fn attribute_types() -> Vec<String> {
    Attribute::all().map(attribute_type).collect()
}

fn attribute_type(attribute: Attribute) -> String {
    let names: Vec<String> = attribute.names().iter().map(|name| format!("'{name}'")).collect();
    let names = if names.len() == 1 { names.concat() } else { format!("( {} )", names.join(" ")) };
    let rules = match attribute.matching() {
        Matching::Text => {
            "EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
        }
        Matching::Number => "EQUALITY telephoneNumberMatch SUBSTR telephoneNumberSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50",
        Matching::Identifier => "EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38",
    };
    let usage = if attribute.is_operational() { " NO-USER-MODIFICATION USAGE directoryOperation" } else { "" };
    format!("( {} NAME {names} {rules}{usage} )", attribute.oid())
}
