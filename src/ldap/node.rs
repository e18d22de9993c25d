//! The tree of entries, and what each entry's attributes are.
//!
//! ```text
//! (root DSE)                       place 0   seen by everybody
//! cn=subschema                           1
//! dc=trillo                              2
//!   ou=people                            3
//!     uid=extension-12                   4…  persons in the order of their names
//!     uid=contact-7
//! ```
//! A search is a range of places, of which it shows those that the viewer may see and the filter matches.

use std::ops::Range;

use crate::phonebook::{Directory, Entry, Text, Viewer};

use super::attribute::{Attribute, Part};
use super::dn::Dn;
use super::message::Scope;
use super::page::PAGED_RESULTS;
use super::schema;

pub const SUBSCHEMA: &str = "cn=subschema";

const ROOT_PLACE: usize = 0;
const SUBSCHEMA_PLACE: usize = 1;
const BASE_PLACE: usize = 2;
const PEOPLE_PLACE: usize = 3;
const PERSONS_PLACE: usize = 4;

/// The names of the tree's upper levels.
#[derive(Clone, Debug)]
pub struct Base {
    dn: Dn,
    text: String,
    people: String,
}

impl Base {
    /// `None` if it is no name, or the root.
    pub fn new(text: &str) -> Option<Base> {
        let dn = Dn::parse(text).filter(|dn| !dn.is_root())?;
        Some(Base { dn, text: text.to_owned(), people: format!("ou=people,{text}") })
    }

    /// The place of a name; else the nearest name above it that there is.
    pub fn place(&self, dn: &Dn, directory: &Directory, viewer: &Viewer) -> Result<usize, &str> {
        if dn.is_root() {
            return Ok(ROOT_PLACE);
        }
        if *dn == self.dn {
            return Ok(BASE_PLACE);
        }
        let is_leaf = |attribute: &str, value: &str| dn.leaf().is_some_and(|leaf| leaf.attribute == attribute && leaf.key() == value);
        let Some(parent) = dn.parent() else { return Err("") };
        if parent.is_root() && is_leaf("cn", "subschema") {
            return Ok(SUBSCHEMA_PLACE);
        }
        if parent == self.dn {
            return if is_leaf("ou", "people") { Ok(PEOPLE_PLACE) } else { Err(&self.text) };
        }
        let people = Dn::parse(&self.people).unwrap_or_default();
        if parent != people {
            let mut above = parent;
            while let Some(next) = above.parent() {
                if above == people {
                    return Err(&self.people);
                }
                if above == self.dn {
                    return Err(&self.text);
                }
                above = next;
            }
            return Err("");
        }
        let persons = directory.entries();
        let at = persons.iter().position(|entry| is_leaf("uid", &entry.uid.key) && is_in_tree(entry, viewer));
        at.map(|at| PERSONS_PLACE + at).ok_or(&self.people)
    }

    /// The places of a scope below a place.
    pub fn span(&self, place: usize, scope: Scope, directory: &Directory) -> Range<usize> {
        let end = PERSONS_PLACE + directory.entries().len();
        match (place, scope) {
            (place, Scope::Base) => place..place + 1,
            // Nothing is below the root DSE; but phones whose base was left empty mean the whole tree.
            (ROOT_PLACE, Scope::One) => BASE_PLACE..PEOPLE_PLACE,
            (ROOT_PLACE | BASE_PLACE, Scope::Sub) => BASE_PLACE..end,
            (BASE_PLACE, Scope::One) => PEOPLE_PLACE..PERSONS_PLACE,
            (PEOPLE_PLACE, Scope::One) => PERSONS_PLACE..end,
            (PEOPLE_PLACE, Scope::Sub) => PEOPLE_PLACE..end,
            (place, Scope::Sub) => place..place + 1,
            (place, Scope::One) => place..place,
        }
    }

    /// `None` behind the last place, and where the viewer sees nothing.
    pub fn node<'a>(&'a self, place: usize, directory: &'a Directory, viewer: &'a Viewer) -> Option<Node<'a>> {
        let kind = match place {
            ROOT_PLACE => Kind::Root,
            SUBSCHEMA_PLACE => Kind::Subschema,
            BASE_PLACE => Kind::Base,
            PEOPLE_PLACE => Kind::People,
            _ => Kind::Person(directory.entries().get(place - PERSONS_PLACE).filter(|entry| is_in_tree(entry, viewer))?),
        };
        Some(Node { base: self, viewer, kind })
    }
}

/// Everybody may look at what says how this server is to be asked.
pub fn is_public(place: usize, scope: Scope) -> bool {
    place == SUBSCHEMA_PLACE || (place == ROOT_PLACE && scope == Scope::Base)
}

fn is_in_tree(entry: &Entry, viewer: &Viewer) -> bool {
    entry.published.is_some() && entry.is_seen_by(viewer)
}

/// One entry of the tree as a viewer sees it.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    base: &'a Base,
    viewer: &'a Viewer,
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    Root,
    Subschema,
    Base,
    People,
    Person(&'a Entry),
}

impl Node<'_> {
    pub fn dn(&self) -> String {
        match self.kind {
            Kind::Root => String::new(),
            Kind::Subschema => SUBSCHEMA.to_owned(),
            Kind::Base => self.base.text.clone(),
            Kind::People => self.base.people.clone(),
            Kind::Person(entry) => format!("uid={},{}", entry.uid.shown, self.base.people),
        }
    }

    /// Every value of an attribute, with the key that it is compared by.
    pub fn each(&self, attribute: Attribute, take: &mut dyn FnMut(&str, &str)) {
        if let Kind::Person(entry) = self.kind
            && let Some(text) = self.text_of(entry, attribute)
        {
            return take(&text.shown, &text.key);
        }
        self.each_other(attribute, &mut |value| take(value, &attribute.key(value, Part::Whole)));
    }

    fn text_of<'a>(&self, entry: &'a Entry, attribute: Attribute) -> Option<&'a Text> {
        let text = match attribute {
            Attribute::Cn | Attribute::DisplayName => Some(&entry.name),
            Attribute::GivenName => Some(&entry.first_name),
            Attribute::Sn => Some(&entry.surname),
            Attribute::Mail => Some(&entry.email),
            Attribute::TelephoneNumber => entry.published.as_ref(),
            Attribute::Mobile => entry.mobile_for(self.viewer),
            Attribute::HomePhone => Some(&entry.home),
            Attribute::O => Some(&entry.organization),
            Attribute::Ou => Some(&entry.department),
            Attribute::Uid => Some(&entry.uid),
            _ => None,
        };
        text.filter(|text| !text.is_empty())
    }

    /// What is the same for all persons, and what the upper levels have.
    fn each_other(&self, attribute: Attribute, take: &mut dyn FnMut(&str)) {
        match (self.kind, attribute) {
            (kind, Attribute::ObjectClass) => classes_of(kind).iter().for_each(|class| take(class)),
            (_, Attribute::SubschemaSubentry) => take(SUBSCHEMA),
            (Kind::Root, Attribute::NamingContexts) => take(&self.base.text),
            (Kind::Root, Attribute::SupportedLdapVersion) => take("3"),
            (Kind::Root, Attribute::SupportedControl) => take(PAGED_RESULTS),
            (Kind::Root, Attribute::VendorName) => take("Trillo"),
            (Kind::Root, _) => {}
            (_, Attribute::EntryDn) => take(&self.dn()),
            (Kind::Subschema, Attribute::Cn) => take("subschema"),
            (Kind::Subschema, Attribute::SchemaAttributes) => schema::attribute_types().iter().for_each(|line| take(line)),
            (Kind::Subschema, Attribute::SchemaClasses) => schema::OBJECT_CLASSES.iter().for_each(|line| take(line)),
            (Kind::Base, Attribute::Dc | Attribute::O) => take(self.base.dn.leaf().map_or("", |leaf| leaf.value.as_str())),
            (Kind::People, Attribute::Ou) => take("people"),
            _ => {}
        }
    }
}

const fn classes_of(kind: Kind<'_>) -> &'static [&'static str] {
    match kind {
        Kind::Root => &["top"],
        Kind::Subschema => &["top", "subentry", "subschema"],
        Kind::Base => &["top", "organization", "dcObject"],
        Kind::People => &["top", "organizationalUnit"],
        Kind::Person(_) => &["top", "person", "organizationalPerson", "inetOrgPerson"],
    }
}
