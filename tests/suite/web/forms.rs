//! Forms: what is typed, kept, refused and shown.

use serde_json::json;
use trillo::settings::{Kind, Own};

use super::Browser;

#[test]
fn an_extension_comes_with_an_account_whose_password_is_shown_once() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.shows("name=\"number\" type=\"text\" inputmode=\"numeric\" value=\"101\"");
    let fields = [("number", "101"), ("first_name", "Anna"), ("has", "enabled"), ("enabled", "on"), ("account.create", "on")];
    assert_eq!(browser.post("/extensions/new", &fields), 303, "{}", browser.body);
    let settings = browser.store.settings();
    let account = settings.account_by_username("101").expect("the account has the number's name");
    let password = account.password.expose().to_owned();
    assert_eq!(settings.extension_of(account).unwrap().display_name(), "Anna");
    assert_eq!(browser.get("/extensions/1"), 200);
    browser.shows(&password);
    browser.get("/extensions/1");
    browser.lacks(&password);
    browser.get("/accounts/1");
    browser.lacks(&password);
    assert_eq!(browser.post("/accounts/1/password", &[]), 303);
    browser.get("/accounts/1");
    browser.shows(&password);
    browser.get("/extensions/new");
    browser.shows("value=\"102\"");
}

#[test]
fn a_failed_save_keeps_what_was_typed_and_names_the_fault() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101"), ("first_name", "Anna"), ("account.create", "on")]);
    browser.get("/extensions/new");
    let fields =
        [("number", "101"), ("first_name", "Carlo \"<b>\""), ("email", "nowhere"), ("account.create", "on"), ("account.username", "101")];
    assert_eq!(browser.post("/extensions/new", &fields), 422);
    browser.shows("Not saved yet");
    browser.shows("value=\"Carlo &quot;&lt;b&gt;&quot;\"");
    browser.shows("value=\"nowhere\"");
    browser.shows("id=\"f-email-fault\"");
    browser.shows("id=\"f-number-fault\"");
    browser.shows("id=\"f-account-username-fault\"");
    browser.shows("Extension 101");
    assert_eq!(browser.store.settings().extensions.len(), 1);
    browser.get("/extensions/1");
    assert_eq!(browser.post("/extensions/1", &[("number", "abc"), ("failover_internal_timeout", "soon")]), 422);
    browser.shows("value=\"abc\"");
    browser.shows("value=\"soon\"");
}

#[test]
fn accounts_are_linked_unlinked_and_freed_when_their_extension_goes() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101")]);
    browser.get("/accounts/new");
    assert_eq!(browser.post("/accounts/new", &[("username", "free")]), 303);
    browser.get("/extensions/1");
    browser.shows("free</option>");
    assert_eq!(browser.post("/extensions/1/link", &[("account", "1")]), 303);
    browser.get("/extensions/1");
    assert_eq!(browser.post("/extensions/1/link", &[("account", "1")]), 422, "it is not free any more");
    assert_eq!(browser.post("/extensions/1/unlink", &[("account", "1")]), 303);
    browser.get("/extensions/1");
    assert_eq!(browser.post("/extensions/1/account", &[("username", "")]), 303, "named by the number");
    browser.get("/extensions/1");
    assert_eq!(browser.post("/extensions/1/account", &[("username", "FREE")]), 422);
    browser.shows("value=\"FREE\"");
    browser.shows("Account free");
    browser.get("/extensions/1/delete");
    browser.shows("Delete extension 101?");
    assert_eq!(browser.post("/extensions/1/delete", &[]), 303);
    let settings = browser.store.settings();
    assert!(settings.extensions.is_empty());
    assert!(settings.accounts.values().all(|account| account.extension.is_none()) && settings.accounts.len() == 2);
}

#[test]
fn a_form_that_changes_nothing_makes_nothing_the_entitys_own() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101"), ("account.create", "on")]);
    let before = browser.store.settings().own(Kind::Account, 1).cloned();
    browser.get("/accounts/1");
    let transports =
        [("has", "transports"), ("transports", "udp"), ("transports", "tcp"), ("has", "nat"), ("has", "enabled"), ("enabled", "on")];
    assert_eq!(browser.post("/accounts/1", &transports), 303);
    assert_eq!(browser.store.settings().own(Kind::Account, 1).cloned(), before);
    browser.get("/accounts/1");
    assert_eq!(browser.post("/accounts/1", &[("has", "transports")]), 422, "no transport is a fault");
    browser.shows("has-fault wide");
}

#[test]
fn rows_are_added_moved_and_removed_without_losing_what_was_typed() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Line, None, Own::default().with("name", "one").with("host", "a.example"));
    browser.put(Kind::Line, None, Own::default().with("name", "two").with("host", "b.example"));
    browser.get("/classes/new");
    assert_eq!(browser.submit("/classes/new", &[("name", "Italy"), ("rules.add", "")]), 200);
    browser.shows("value=\"Italy\"");
    let first = [("rules.0.match", "prefix"), ("rules.0.digits", "06"), ("rules.0.lines", "2"), ("rules.add", "")];
    assert_eq!(browser.submit("/classes/new", &first), 200);
    let second = [
        ("rules.1.match", "any"),
        ("rules.1.lines", "1"),
        ("rules.1.lines", "2"),
        ("rules.1.lines.order.2", "1"),
        ("rules.1.lines.order.1", "2"),
    ];
    assert_eq!(browser.submit("/classes/new", &[&second[..], &[("rules.up", "1")]].concat()), 200);
    assert!(browser.store.settings().classes.is_empty(), "the buttons save nothing");
    assert_eq!(browser.submit("/classes/new", &[("rules.1.digits", "x")]), 422);
    browser.shows("id=\"f-rules-1-digits-fault\"");
    assert_eq!(browser.submit("/classes/new", &[("rules.1.digits", "06")]), 303, "{}", browser.body);
    let rules = json!([{"match": "any", "lines": [2, 1]}, {"match": "prefix", "digits": "06", "lines": [2]}]);
    assert_eq!(browser.store.settings().own(Kind::Class, 1).unwrap().get("rules"), Some(&rules));
    browser.get("/classes/1");
    assert_eq!(browser.submit("/classes/1", &[("rules.remove", "0")]), 200);
    assert_eq!(browser.submit("/classes/1", &[]), 303);
    assert_eq!(browser.store.settings().classes.values().next().unwrap().rules.len(), 1);
}

#[test]
fn failover_is_a_table_of_actions_with_their_targets() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Extension, None, Own::default().with("number", "101"));
    browser.put(Kind::Extension, None, Own::default().with("number", "102"));
    browser.put(Kind::Mailbox, None, Own::default().with("number", "701"));
    browser.get("/extensions/1");
    browser.shows("<table class=\"failover\">");
    let typed = [
        ("failover_external_busy.do", "voicemail"),
        ("failover_external_busy.mailbox", "1"),
        ("failover_external_busy.number", "0612"),
        ("failover_internal_timeout", "20"),
    ];
    assert_eq!(browser.submit("/extensions/1", &typed), 303, "{}", browser.body);
    let settings = browser.store.settings();
    let own = settings.own(Kind::Extension, 1).unwrap();
    assert_eq!(own.get("failover_external_busy"), Some(&json!({"do": "voicemail", "mailbox": 1})));
    assert_eq!(own.get("failover_internal_timeout"), Some(&json!(20)));
    assert_eq!(own.get("failover_internal_busy"), None);
    browser.get("/extensions/1");
    assert_eq!(browser.submit("/extensions/1", &[("failover_external_no_answer.do", "external")]), 422);
    browser.shows("id=\"f-failover_external_no_answer-number-fault\"");
    browser.shows("<details class=\"section\" open>");
}

#[test]
fn a_mode_shows_its_parts_and_hides_nothing_without_a_script() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Extension, None, Own::default().with("number", "101").with("ldap_mode", "number").with("ldap_number", "5550101"));
    browser.get("/extensions/1");
    browser.shows("data-if=\"ldap_mode\" data-is=\"number\"");
    browser.shows("value=\"5550101\"");
    assert_eq!(browser.submit("/extensions/1", &[("ldap_mode", "off")]), 303);
    let settings = browser.store.settings();
    assert_eq!(settings.own(Kind::Extension, 1).unwrap().get("ldap_number"), Some(&json!("5550101")), "what is hidden is not lost");
    browser.get("/extensions/1?lang=it");
    browser.shows("mostra il numero sottoindicato");
}

#[test]
fn what_the_sip_settings_do_not_enable_is_not_offered() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Sip, Some(1), Own::default().with("transports", vec!["udp", "tls"]).with("codecs", vec!["pcma", "g722"]));
    for page in ["/accounts/new", "/account-templates/new"] {
        browser.get(page);
        browser.shows("name=\"transports\" value=\"tls\"");
        browser.lacks("name=\"transports\" value=\"wss\"");
        browser.shows("name=\"codecs\" value=\"g722\"");
        browser.lacks("name=\"codecs\" value=\"gsm\"");
    }
}

#[test]
fn a_long_list_of_targets_is_a_name_to_type() {
    let mut browser = Browser::claimed();
    for number in 101..=150 {
        browser.put(Kind::Extension, None, Own::default().with("number", number.to_string()));
    }
    browser.get("/accounts/new");
    browser.shows("<datalist id=\"all-extension\">");
    assert_eq!(browser.submit("/accounts/new", &[("username", "a"), ("extension.name", "999")]), 422);
    browser.shows("value=\"999\"");
    assert_eq!(browser.submit("/accounts/new", &[("extension.name", "110")]), 303, "{}", browser.body);
    assert_eq!(browser.store.settings().own(Kind::Account, 1).unwrap().get("extension"), Some(&json!(10)));
    browser.get("/accounts/1");
    browser.shows("value=\"110\" list=\"all-extension\"");
    assert_eq!(browser.submit("/accounts/1", &[]), 303);
    assert_eq!(browser.store.settings().own(Kind::Account, 1).unwrap().get("extension"), Some(&json!(10)));
}

#[test]
fn names_of_all_scripts_are_kept_and_a_novel_is_refused() {
    let mut browser = Browser::claimed();
    browser.get("/contacts/new");
    assert_eq!(browser.submit("/contacts/new", &[("last_name", &"x".repeat(10_000))]), 422);
    browser.shows("id=\"f-last_name-fault\"");
    for name in ["\u{5d3}\u{5d5}\u{5d3}", "\u{645}\u{631}\u{64a}\u{645}", "Zo\u{eb} \u{1f389}", &"W".repeat(200)] {
        browser.get("/contacts/new");
        assert_eq!(browser.submit("/contacts/new", &[("last_name", name)]), 303);
        browser.get("/contacts");
        browser.shows(name);
    }
}

#[test]
fn what_all_codes_have_in_common_is_said_once() {
    let mut browser = Browser::claimed();
    browser.get("/numbering");
    assert_eq!(browser.body.matches("The digits that people dial").count(), 1);
}
