//! From the settings to the phonebooks of the tenants.

use trillo::base::id::TenantId;
use trillo::phonebook::phonebooks;
use trillo::settings::{Change, Edit, Kind, Own, Settings};

fn settings() -> Settings {
    let extension = |number: &str, first_name: &str| Own::default().with("number", number).with("first_name", first_name);
    let put = |kind: Kind, own| Change::Put { kind, id: kind.is_single().then_some(1), own };
    let rule_on = |own: Own| own.with("ldap_mode", "rule_on_extension").with("ldap_extension", "299");
    let changes = vec![
        put(Kind::Phonebook, Own::default().with("strip_digits", 1).with("prefix", "+39025551")),
        put(Kind::ExtensionTemplate, Own::default().with("name", "quiet").with("ldap_mode", "off").with("show_in_phonebook", false)),
        put(Kind::Tenant, Own::default().with("name", "other")),
        put(Kind::Extension, extension("101", "Anna").with("last_name", "Bo").with("organization", "Acme").with("mobile", "3331112223")),
        put(Kind::Extension, extension("102", "Carl").with("template", "quiet")),
        put(Kind::Extension, extension("103", "Dave").with("ldap_mode", "number").with("ldap_number", "800100")),
        put(Kind::Extension, rule_on(extension("104", "Eve"))),
        put(Kind::Extension, extension("105", "Gone").with("enabled", false)),
        put(Kind::Extension, extension("101", "Far").with("tenant", "other")),
        put(Kind::Contact, Own::default().with("organization", "Bolt").with("phone", "+390612345678").with("home", "0299")),
    ];
    Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [7; 24]).expect("a sound edit").settings
}

#[test]
fn extensions_and_contacts_make_the_phonebook_of_their_tenant() {
    let books = phonebooks(&settings());
    let shown = |tenant: i64| -> Vec<(String, Option<String>, bool)> {
        let entries = books[&TenantId(tenant)].entries().iter();
        entries.map(|entry| (entry.name.shown.clone(), entry.published.clone().map(|number| number.shown), entry.is_shown)).collect()
    };
    let entry = |name: &str, published: Option<&str>, is_shown: bool| (name.to_owned(), published.map(str::to_owned), is_shown);
    assert_eq!(
        shown(1),
        [
            entry("Anna Bo", Some("+3902555101"), true),
            entry("Bolt", Some("+390612345678"), true),
            entry("Carl", None, false),
            entry("Dave", Some("800100"), true),
            entry("Eve", Some("+3902555199"), true),
        ]
    );
    assert_eq!(shown(2), [entry("Far", Some("+3902555101"), true)]);
    assert_eq!(books[&TenantId(1)].name_for("06 12345678"), Some("Bolt"));
    assert_eq!(books[&TenantId(1)].name_for("+393331112223"), Some("Anna Bo"));
    assert_eq!(books[&TenantId(2)].name_for("0612345678"), None);
}
