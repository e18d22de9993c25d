//! Many at once.

use serde_json::json;
use trillo::settings::{Kind, Own};

use super::Browser;

#[test]
fn many_are_changed_at_once_after_a_look_at_what_changes() {
    let mut browser = Browser::claimed();
    browser.put(Kind::ExtensionTemplate, None, Own::default().with("name", "Office").with("busy_level", 2));
    for number in ["101", "102", "103"] {
        browser.put(Kind::Extension, None, Own::default().with("number", number).with("template", 1));
    }
    browser.get("/extensions");
    browser.shows("name=\"id\" value=\"3\"");
    browser.get("/extensions/many?id=1&id=2");
    browser.shows("Change 2 extensions");
    browser.get("/extensions/many?id=1&id=2&key=busy_level");
    assert_eq!(browser.submit("/extensions/many", &[("busy_level", "x")]), 422);
    browser.shows("value=\"x\"");
    assert_eq!(browser.submit("/extensions/many", &[("busy_level", "5")]), 200);
    browser.shows("2 of 2 change.");
    browser.shows("2 (from template Office)");
    let own = |browser: &Browser, id| browser.store.settings().own(Kind::Extension, id).and_then(|own| own.get("busy_level").cloned());
    assert_eq!(own(&browser, 1), None, "nothing is saved yet");
    assert_eq!(browser.submit("/extensions/many", &[("sure", "on")]), 303);
    assert_eq!([own(&browser, 1), own(&browser, 2), own(&browser, 3)], [Some(json!(5)), Some(json!(5)), None]);
    browser.get("/extensions/many?all=10&key=busy_level");
    assert_eq!(browser.submit("/extensions/many", &[("mode", "release")]), 200);
    browser.shows("2 of 3 change.");
    assert_eq!(browser.submit("/extensions/many", &[("sure", "on")]), 303);
    assert_eq!([own(&browser, 1), own(&browser, 2)], [None, None]);
}
