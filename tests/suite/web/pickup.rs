//! The pickup matrix.

use serde_json::json;
use trillo::settings::{Kind, Own};

use super::Browser;

#[test]
fn the_matrix_changes_only_what_was_ticked_otherwise() {
    let mut browser = Browser::claimed();
    browser.get("/pickup-groups/matrix");
    browser.shows("at least one pickup group");
    browser.put(Kind::PickupGroup, None, Own::default().with("name", "Sales"));
    browser.put(Kind::PickupGroup, None, Own::default().with("name", "Support"));
    browser.put(Kind::ExtensionTemplate, None, Own::default().with("name", "Office").with("pickup_groups", vec![1]));
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("template", 1));
    browser.put(Kind::Extension, None, Own::default().with("number", "102"));
    browser.get("/pickup-groups/matrix");
    assert_eq!(browser.submit("/pickup-groups/matrix?page=1", &[("p.1", "2")]), 303, "{}", browser.body);
    let settings = browser.store.settings();
    let own = settings.own(Kind::Extension, 1).expect("there");
    assert_eq!(own.get("pickup_authorized"), Some(&json!([2])));
    assert_eq!(own.get("pickup_groups"), None, "what the template says stays the template's");
    assert_eq!(settings.own(Kind::Extension, 2).expect("there").get("pickup_authorized"), None);
    browser.get("/pickup-groups/matrix");
    assert_eq!(browser.submit("/pickup-groups/matrix?page=1", &[("-m.1", "")]), 303);
    let groups = browser.store.settings().own(Kind::Extension, 1).and_then(|own| own.get("pickup_groups").cloned());
    assert_eq!(groups, Some(json!([])), "an own list of nothing");
}
