//! The history: what was changed, what differs, and the way back.

use trillo::settings::{Kind, Own};

use super::Browser;

#[test]
fn the_history_says_who_changed_what_and_undoes_it_after_a_look() {
    let mut browser = Browser::claimed();
    browser.put(Kind::ExtensionTemplate, None, Own::default().with("name", "Office"));
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("first_name", "Anna"));
    browser.put(Kind::Extension, Some(1), Own::default().with("template", 1).with("ldap_mode", "off").with("service_pin", "4711"));
    browser.get("/history");
    browser.shows("Extension 101 changed");
    browser.shows("Extension 101 added");
    browser.shows("carla");
    browser.shows("192.0.2.2");
    let revision = browser.store.settings().revision;
    browser.get(&format!("/history/{revision}"));
    browser.shows("Office");
    browser.shows("disabled");
    browser.lacks("4711");
    browser.get(&format!("/history/compare?from={}&to={revision}", revision - 1));
    browser.shows(&format!("From revision {} to {revision}", revision - 1));
    browser.get(&format!("/history/{revision}"));
    let target = format!("/history/{revision}/revert");
    assert_eq!(browser.submit(&target, &[]), 200);
    browser.shows("This would change");
    assert_eq!(browser.store.settings().revision, revision, "a look changes nothing");
    assert_eq!(browser.submit(&target, &[("sure", "on")]), 303);
    assert_eq!(browser.store.settings().own(Kind::Extension, 1).expect("there").get("template"), None);
    assert_eq!(browser.get("/history/999999"), 404);
}
