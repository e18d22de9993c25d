//! The phonebook of one tenant: its entries in the order of their names.

use crate::base::id::UserId;

use super::caller::CallerNames;
use super::fold::{Text, fold};
use super::{Person, PublishingRule, Source};

/// Immutable; a new snapshot of the settings makes a new one. 6,000 persons cost about 2 MB.
#[derive(Debug, Default)]
pub struct Directory {
    entries: Vec<Entry>,
    callers: CallerNames,
}

/// A person, ready to be searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub source: Source,
    /// `extension-12` or `contact-7`: stable while the person exists.
    pub uid: Text,
    /// First and last name, else what there is.
    pub name: Text,
    pub first_name: Text,
    /// Never empty: the last name, else the first, else what there is.
    pub surname: Text,
    pub email: Text,
    pub number: Text,
    /// The number that LDAP shows; `None`: the person is not in LDAP.
    pub published: Option<Text>,
    pub mobile: Text,
    pub home: Text,
    pub organization: Text,
    pub department: Text,
    pub is_shown: bool,
}

/// Who looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Whose personal contacts are seen.
    pub user: Option<UserId>,
    /// Whether the mobile numbers of extensions are seen.
    pub sees_mobiles: bool,
}

impl Directory {
    pub fn new(persons: Vec<Person>, rule: &PublishingRule) -> Directory {
        let mut entries: Vec<Entry> = persons.into_iter().map(|person| Entry::new(person, rule)).collect();
        entries.sort_by(|a, b| (&a.name.key, &a.uid.key).cmp(&(&b.name.key, &b.uid.key)));
        Directory { callers: CallerNames::new(&entries), entries }
    }

    /// Everybody, in the order of names; [`Entry::is_seen_by`] says who may see whom.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The name behind a number of the outside: of shared contacts, and of extensions by their mobile. How numbers are compared
    /// stands in `caller.rs`.
    pub fn name_for(&self, number: &str) -> Option<&str> {
        self.callers.find(number).map(|at| self.entries[at].name.shown.as_str())
    }
}

impl Entry {
    fn new(person: Person, rule: &PublishingRule) -> Entry {
        let published = person.published_number(rule);
        let number = published.as_deref().filter(|number| !number.is_empty()).unwrap_or(&person.number);
        let organization = match person.source {
            // A company without a person in it.
            Source::Contact { .. } => person.organization.as_str(),
            Source::Extension(_) => "",
        };
        let nameless = || first_of([organization, number, &person.mobile, &person.home, &person.email]).to_owned();
        let name = match (person.first_name.trim(), person.last_name.trim()) {
            ("", "") => nameless(),
            (name, "") | ("", name) => name.to_owned(),
            (first, last) => format!("{first} {last}"),
        };
        let surname = match (person.last_name.trim(), person.first_name.trim()) {
            ("", "") => nameless(),
            ("", name) | (name, _) => name.to_owned(),
        };
        let uid = match person.source {
            Source::Extension(id) => format!("extension-{id}"),
            Source::Contact { id, .. } => format!("contact-{id}"),
        };
        Entry {
            source: person.source,
            uid: Text::name(uid),
            name: Text::name(name),
            first_name: Text::name(person.first_name),
            surname: Text::name(surname),
            email: Text::name(person.email),
            published: published.map(Text::number),
            number: Text::number(person.number),
            mobile: Text::number(person.mobile),
            home: Text::number(person.home),
            organization: Text::name(person.organization),
            department: Text::name(person.department),
            is_shown: person.is_shown,
        }
    }

    pub fn is_seen_by(&self, viewer: &Viewer) -> bool {
        match self.source {
            Source::Extension(_) | Source::Contact { owner: None, .. } => true,
            Source::Contact { owner, .. } => owner == viewer.user,
        }
    }

    /// `None` where there is none or the viewer may not see it. Whoever sees a contact sees its mobile.
    pub fn mobile_for(&self, viewer: &Viewer) -> Option<&Text> {
        let may_see = viewer.sees_mobiles || matches!(self.source, Source::Contact { .. });
        Some(&self.mobile).filter(|mobile| may_see && !mobile.is_empty())
    }

    /// Whether name, organization or a number of it begins with what was typed, or a later word of the name does.
    pub(super) fn is_found_by(&self, typed: &str, viewer: &Viewer) -> bool {
        let (name, number) = (fold(typed), super::squeeze(typed));
        let by_name = |text: &Text| text.key.starts_with(&name) || text.key.split(' ').any(|word| word.starts_with(&name));
        let by_number = |text: &Text| !number.is_empty() && text.key.starts_with(&number);
        by_name(&self.name)
            || by_name(&self.organization)
            || by_number(&self.number)
            || by_number(&self.home)
            || self.mobile_for(viewer).is_some_and(by_number)
    }
}

fn first_of<const N: usize>(texts: [&str; N]) -> &str {
    texts.into_iter().map(str::trim).find(|text| !text.is_empty()).unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::super::person::tests::{contact, extension};
    use super::super::{Person, Publishing};
    use super::*;
    use crate::base::id::ContactId;

    #[test]
    fn names_fall_back_to_what_there_is() {
        let check = |person: Person, name: &str, surname: &str| {
            let directory = Directory::new(vec![person], &PublishingRule::default());
            let entry = &directory.entries()[0];
            assert_eq!((entry.name.shown.as_str(), entry.surname.shown.as_str()), (name, surname));
        };
        check(extension(1, "101", "Anna", "Bo"), "Anna Bo", "Bo");
        check(extension(1, "101", "Anna", ""), "Anna", "Anna");
        check(extension(1, "101", " ", "Bo"), "Bo", "Bo");
        check(extension(1, "101", "", ""), "101", "101");
        check(Person { publishing: Publishing::Number("800".to_owned()), ..extension(1, "101", "", "") }, "800", "800");
        check(Person { organization: "Acme".to_owned(), ..contact(1, "0212345678", "", "") }, "Acme", "Acme");
        check(Person { organization: "Acme".to_owned(), ..extension(1, "101", "", "") }, "101", "101");
        check(contact(1, "", "", ""), "?", "?");
    }

    #[test]
    fn entries_stand_in_the_order_of_names() {
        let persons = vec![extension(1, "101", "zoë", ""), extension(2, "102", "Émile", ""), extension(3, "103", "Frank", "")];
        let directory = Directory::new(persons, &PublishingRule::default());
        let names: Vec<&str> = directory.entries().iter().map(|entry| entry.name.shown.as_str()).collect();
        assert_eq!(names, ["Émile", "Frank", "zoë"]);
    }

    #[test]
    fn personal_contacts_and_mobiles_are_not_for_everybody() {
        let (anna, carl) = (Some(UserId(1)), Some(UserId(2)));
        let personal =
            Person { source: Source::Contact { id: ContactId(1), owner: anna }, mobile: "333".to_owned(), ..contact(1, "1", "Mum", "") };
        let colleague = Person { mobile: "334".to_owned(), ..extension(1, "101", "Anna", "Bo") };
        let directory = Directory::new(vec![personal, colleague], &PublishingRule::default());
        let [colleague, mum] = directory.entries() else { panic!("two entries") };
        let viewer = |user, sees_mobiles| Viewer { user, sees_mobiles };
        assert!(mum.is_seen_by(&viewer(anna, false)) && !mum.is_seen_by(&viewer(carl, true)) && !mum.is_seen_by(&viewer(None, true)));
        assert!(mum.mobile_for(&viewer(anna, false)).is_some());
        assert_eq!(colleague.mobile_for(&viewer(carl, false)), None);
        assert!(colleague.mobile_for(&viewer(carl, true)).is_some());
        assert!(!colleague.is_found_by("334", &viewer(carl, false)) && colleague.is_found_by("334", &viewer(carl, true)));
    }
}
