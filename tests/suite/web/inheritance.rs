//! Inherited and own values in forms.

use serde_json::json;
use trillo::settings::{Kind, Own};

use super::Browser;

/// A template with users that inherit, one of them with a value of its own.
fn office() -> Browser {
    let browser = Browser::claimed();
    browser.put(Kind::ExtensionTemplate, None, Own::default().with("name", "Office").with("busy_level", 3).with("department", "Sales"));
    browser.put(Kind::ExtensionTemplate, None, Own::default().with("name", "Warehouse").with("busy_level", 1));
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("template", 1));
    browser.put(Kind::Extension, None, Own::default().with("number", "102").with("template", 1).with("busy_level", 3));
    browser
}

fn own(browser: &Browser, id: i64, key: &str) -> Option<serde_json::Value> {
    browser.store.settings().own(Kind::Extension, id).and_then(|own| own.get(key).cloned())
}

#[test]
fn a_form_says_where_each_value_comes_from() {
    let mut browser = office();
    browser.get("/extensions/1");
    browser.shows("from template Office");
    browser.shows("preset");
    browser.get("/extensions/2");
    browser.shows("in place of: 3 (from template Office)");
    browser.get("/extensions/2?lang=it");
    browser.shows("al posto di: 3 (dal template Office)");
}

#[test]
fn saving_an_untouched_form_pins_nothing_and_releases_nothing() {
    let mut browser = office();
    for id in [1, 2] {
        let before = browser.store.settings().own(Kind::Extension, id).cloned();
        browser.get(&format!("/extensions/{id}"));
        assert_eq!(browser.submit(&format!("/extensions/{id}"), &[]), 303, "{}", browser.body);
        assert_eq!(browser.store.settings().own(Kind::Extension, id).cloned(), before);
    }
    browser.get("/extensions/1");
    let page = browser.body.clone();
    // The template changes while the form is open: what was inherited stays inherited.
    browser.put(Kind::ExtensionTemplate, Some(1), Own::default().with("busy_level", 7));
    browser.body = page;
    assert_eq!(browser.submit("/extensions/1", &[("first_name", "Anna")]), 303, "{}", browser.body);
    assert_eq!(own(&browser, 1, "busy_level"), None);
    assert_eq!(browser.store.settings().extensions.values().next().map(|extension| extension.busy_level), Some(7));
}

#[test]
fn one_click_pins_a_value_and_one_releases_it() {
    let mut browser = office();
    browser.get("/extensions/1");
    assert_eq!(browser.submit("/extensions/1", &[("pin", "busy_level")]), 303);
    assert_eq!(own(&browser, 1, "busy_level"), Some(json!(3)), "equal to the template's, and its own all the same");
    browser.put(Kind::ExtensionTemplate, Some(1), Own::default().with("busy_level", 5));
    browser.get("/extensions/1");
    browser.shows("in place of: 5 (from template Office)");
    assert_eq!(browser.submit("/extensions/1", &[("-pin", "")]), 303);
    assert_eq!(own(&browser, 1, "busy_level"), None);
}

#[test]
fn whoever_types_another_value_means_it() {
    let mut browser = office();
    browser.get("/extensions/1");
    assert_eq!(browser.submit("/extensions/1", &[("busy_level", "9")]), 303);
    assert_eq!(own(&browser, 1, "busy_level"), Some(json!(9)));
    assert_eq!(own(&browser, 1, "department"), None);
}

#[test]
fn another_template_asks_which_own_values_stay() {
    let mut browser = office();
    browser.put(Kind::Extension, Some(2), Own::default().with("department", "Quality"));
    browser.get("/extensions/2");
    assert_eq!(browser.submit("/extensions/2", &[("template", "2")]), 200);
    browser.shows("Use template Warehouse?");
    browser.shows("<strong>Quality</strong>");
    assert_eq!(own(&browser, 2, "template"), Some(json!(1)), "nothing is saved yet");
    assert_eq!(browser.submit("/extensions/2", &[("template.keep", "department")]), 303, "{}", browser.body);
    assert_eq!(own(&browser, 2, "template"), Some(json!(2)));
    assert_eq!(own(&browser, 2, "department"), Some(json!("Quality")));
    assert_eq!(own(&browser, 2, "busy_level"), None);
    browser.get("/extensions/1");
    assert_eq!(browser.submit("/extensions/1", &[("template", "2")]), 303, "it has nothing to lose, so nothing is asked");
}

#[test]
fn a_template_says_whom_a_change_reaches() {
    let mut browser = office();
    browser.get("/extension-templates/1");
    browser.shows("affects 1, overridden by 1");
    browser.shows("affects 2, overridden by 0");
    assert_eq!(browser.submit("/extension-templates/1", &[("busy_level", "4")]), 303);
    let levels: Vec<u32> = browser.store.settings().extensions.values().map(|extension| extension.busy_level).collect();
    assert_eq!(levels, [4, 3]);
}
