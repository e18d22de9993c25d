//! What a person sees who may not, or is known no more; and that nothing they typed, or had, is lost by it.

use serde_json::json;
use trillo::settings::{Kind, Own};

use super::Browser;

fn office() -> Browser {
    let browser = Browser::claimed();
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("service_pin", "123456"));
    browser
}

#[test]
fn a_form_of_an_ended_session_shows_what_was_typed_but_no_secrets() {
    let mut browser = office();
    browser.get("/extensions/1");
    browser.cookies.clear();
    let typed = [
        ("first_name", "<Zoë>"),
        ("service_pin", "987654"),
        ("revision", "3"),
        ("mobile", "+39 333"),
        ("country_code", "351"),
        ("user.password", "hush hush"),
    ];
    assert_eq!(browser.post("/extensions/1", &typed), 403);
    browser.shows("Your login has ended");
    browser.shows("&lt;Zoë&gt;");
    browser.shows("+39 333");
    browser.shows("351");
    browser.lacks("987654");
    browser.lacks("hush hush");
    browser.lacks("<Zoë>");
}

#[test]
fn who_may_not_is_told_so_and_nothing_of_forms() {
    let mut browser = office();
    let own = Own::default().with("username", "anna").with("password_hash", "$argon2id$x").with("role", "tenant_user").with("extension", 1);
    let owner = browser.store.settings().users.values().next().expect("the owner").id;
    browser.put(Kind::User, None, own);
    // Another administrator, so that this one may go down.
    browser.put(
        Kind::User,
        None,
        Own::default().with("username", "second").with("password_hash", "$argon2id$x").with("role", "administrator"),
    );
    browser.put(Kind::User, Some(owner.0), Own::default().with("role", "tenant_user"));
    assert_eq!(browser.get("/extensions"), 403);
    browser.shows("You may not do this");
    browser.lacks("too old");
}

#[test]
fn an_empty_pin_is_no_wish_and_a_pin_is_removed_by_its_box() {
    let mut browser = office();
    let owner = browser.store.settings().users.values().next().expect("the owner").id;
    browser.put(Kind::User, Some(owner.0), Own::default().with("extension", 1));
    let has_pin = |browser: &Browser| !browser.store.settings().extensions.values().next().expect("101").service_pin.is_empty();
    browser.get("/me");
    assert_eq!(browser.post("/me/pin", &[("pin", "")]), 303);
    assert!(has_pin(&browser), "it is as it was");
    browser.get("/me");
    assert_eq!(browser.post("/me/pin", &[("pin", ""), ("remove", "yes")]), 303);
    assert!(!has_pin(&browser));
}

#[test]
fn a_table_does_not_overwrite_what_was_changed_after_the_look() {
    let mut browser = office();
    browser.get("/extensions/import");
    let table = "number,first_name\n101,Table\n";
    assert_eq!(browser.post("/extensions/import", &[("format", "extension"), ("text", table)]), 200);
    let revision = super::value_after(&browser.body, "name=\"revision\" value=\"").expect("the look says what it saw");
    browser.put(Kind::Extension, Some(1), Own::default().with("first_name", "Between"));
    let sure = [("format", "extension"), ("text", table), ("sure", "on"), ("revision", revision.as_str())];
    assert_eq!(browser.post("/extensions/import", &sure), 422);
    browser.shows("carla");
    assert_eq!(browser.store.settings().extensions.values().next().expect("101").first_name, "Between");
}

#[test]
fn an_order_that_hides_every_extension_is_refused() {
    let mut browser = office();
    browser.get("/numbering");
    let order = |order: &[&str]| Own::default().with("order", json!(order));
    let edit = |own| trillo::settings::Change::Put { kind: Kind::Numbering, id: Some(1), own };
    let try_order = |own| {
        let edit = trillo::settings::Edit { changes: vec![edit(own)], based_on: None };
        browser.store.settings().edited(&edit, &mut || [0; 24]).err().map(|faults| faults[0].field.clone())
    };
    let hiding = order(&["services", "outside", "extensions", "selections"]);
    assert_eq!(try_order(hiding.clone()), Some("order".to_owned()));
    assert_eq!(try_order(hiding.with("outside_prefix", "0")), None, "with a prefix nothing is hidden");
    assert_eq!(try_order(order(&["selections", "services", "extensions", "outside"])), None);
}

#[test]
fn nothing_is_no_choice() {
    let browser = office();
    browser.put(Kind::ExtensionTemplate, None, Own::default().with("name", "Office").with("lock_mode", "password"));
    browser.put(Kind::Extension, Some(1), Own::default().with("template", "Office").with("lock_mode", ""));
    let settings = browser.store.settings();
    let extension = settings.extensions.values().next().expect("101");
    assert_eq!(extension.lock.mode, trillo::settings::LockMode::Password, "it is inherited, not open");
}
