//! The phonebooks of all tenants, out of a snapshot of the settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::id::TenantId;
use crate::settings::{Extension, Settings};

use super::{Directory, Person, Publishing, PublishingRule, Source};

/// The phonebook of each tenant.
pub type Phonebooks = BTreeMap<TenantId, Arc<Directory>>;

/// Sorts and folds every name: to be done once a revision.
pub fn phonebooks(settings: &Settings) -> Phonebooks {
    let mut persons: BTreeMap<TenantId, Vec<Person>> = BTreeMap::new();
    for extension in settings.extensions.values().filter(|extension| extension.enabled) {
        persons.entry(extension.tenant).or_default().push(person(extension));
    }
    let rule = PublishingRule::default();
    persons.into_iter().map(|(tenant, persons)| (tenant, Arc::new(Directory::new(persons, &rule)))).collect()
}

fn person(extension: &Extension) -> Person {
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
        is_shown: true,
        publishing: Publishing::Rule,
    }
}
