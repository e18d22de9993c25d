//! Two who edit the same thing.

use trillo::settings::{Kind, Own};

use super::{Browser, value_after};

#[test]
fn two_who_edit_the_same_thing_are_told() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101")]);
    browser.get("/extensions/1");
    let old = value_after(&browser.body, "name=\"revision\" value=\"").expect("a revision");
    browser.put(Kind::Extension, Some(1), Own::default().with("first_name", "Anna"));
    assert_eq!(browser.post("/extensions/1", &[("revision", &old), ("first_name", "Berta")]), 422);
    browser.shows("carla changed this at the same time");
    browser.shows("value=\"Berta\"");
    let new = value_after(&browser.body, "name=\"revision\" value=\"").expect("a revision");
    assert_eq!(browser.post("/extensions/1", &[("revision", &new), ("first_name", "Berta")]), 303);
    assert_eq!(browser.store.settings().extensions.values().next().unwrap().first_name, "Berta");
}

#[test]
fn both_values_stand_side_by_side_and_nothing_is_undone_unseen() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("first_name", "Anna").with("email", "anna@example.com"));
    let typed = [("first_name", "Berta"), ("mobile", "333")];
    for (choice, name) in [("theirs", "Clara"), ("mine", "Berta")] {
        browser.put(Kind::Extension, Some(1), Own::default().with("first_name", "Anna").with("department", "").with("mobile", ""));
        browser.get("/extensions/1");
        let page = browser.body.clone();
        browser.put(Kind::Extension, Some(1), Own::default().with("first_name", "Clara").with("department", "Sales"));
        browser.body = page;
        assert_eq!(browser.submit("/extensions/1", &typed), 422);
        browser.shows("carla changed this at the same time");
        browser.shows("<strong><span dir=\"auto\">Berta</span></strong>");
        browser.shows("<strong><span dir=\"auto\">Clara</span></strong>");
        browser.shows("Sales");
        assert_eq!(browser.submit("/extensions/1", &[("take.first_name", choice)]), 303, "{}", browser.body);
        let settings = browser.store.settings();
        let extension = settings.extensions.values().next().unwrap();
        assert_eq!(extension.first_name, name);
        assert_eq!(extension.mobile, "333", "only one changed it");
        assert_eq!(extension.department, "Sales", "the other one's change stays");
    }
}
