//! The phonebooks of all tenants, out of a snapshot of the settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::id::TenantId;
use crate::settings::{Contact, Extension, LdapMode, Settings};

use super::{Directory, Person, Publishing, PublishingRule, Source};

/// The phonebook of each tenant.
pub type Phonebooks = BTreeMap<TenantId, Arc<Directory>>;

/// Sorts and folds every name: to be done once a revision.
pub fn phonebooks(settings: &Settings) -> Phonebooks {
    let mut persons: BTreeMap<TenantId, Vec<Person>> = settings.tenants.keys().map(|tenant| (*tenant, Vec::new())).collect();
    for extension in settings.extensions.values().filter(|extension| extension.enabled) {
        persons.entry(extension.tenant).or_default().push(of_extension(extension));
    }
    for contact in settings.contacts.values() {
        persons.entry(contact.tenant).or_default().push(of_contact(contact));
    }
    let rule = PublishingRule { strip_digits: settings.phonebook.strip_digits, prefix: settings.phonebook.prefix.clone() };
    persons.into_iter().map(|(tenant, persons)| (tenant, Arc::new(Directory::new(persons, &rule)))).collect()
}

fn of_extension(extension: &Extension) -> Person {
    Person {
        source: Source::Extension(extension.id),
        first_name: extension.first_name.clone(),
        last_name: extension.last_name.clone(),
        number: extension.number.clone(),
        mobile: extension.mobile.clone(),
        home: String::new(),
        email: extension.email.clone(),
        organization: extension.organization.clone(),
        department: extension.department.clone(),
        is_shown: extension.show_in_phonebook,
        publishing: match &extension.ldap {
            LdapMode::Off => Publishing::Off,
            LdapMode::Rule => Publishing::Rule,
            LdapMode::Number(number) => Publishing::Number(number.clone()),
            LdapMode::RuleOn(extension) => Publishing::RuleOnExtension(extension.clone()),
        },
    }
}

fn of_contact(contact: &Contact) -> Person {
    Person {
        source: Source::Contact { id: contact.id, owner: contact.owner },
        first_name: contact.first_name.clone(),
        last_name: contact.last_name.clone(),
        number: contact.phone.clone(),
        mobile: contact.mobile.clone(),
        home: contact.home.clone(),
        email: contact.email.clone(),
        organization: contact.organization.clone(),
        department: contact.department.clone(),
        is_shown: true,
        publishing: Publishing::Number(contact.phone.clone()),
    }
}
