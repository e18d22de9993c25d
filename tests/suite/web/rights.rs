//! Users, roles and tokens in the pages: passwords, levels, what goes along, and who may undo what.

use trillo::secret::{Secret, verify_password};
use trillo::settings::{Kind, Level, Own, Panel};

use super::{Browser, PASSWORD, value_after};

#[test]
fn a_new_user_logs_in_with_the_password_that_was_typed() {
    let mut browser = Browser::claimed();
    browser.get("/users/new");
    assert_eq!(browser.submit("/users/new", &[("username", "anna"), ("password", "short")]), 422);
    browser.shows("id=\"f-password-fault\"");
    assert_eq!(browser.submit("/users/new", &[("username", "anna"), ("password", "")]), 422);
    browser.shows("id=\"f-password-fault\"");
    assert_eq!(browser.submit("/users/new", &[("username", "anna"), ("password", " annas words ")]), 303, "{}", browser.body);
    let hash = |browser: &Browser| browser.store.settings().user_by_username("anna").expect("Anna").password_hash.clone();
    let first = hash(&browser);
    assert!(verify_password(&Secret::new(" annas words "), &first), "spaces are part of it");
    browser.get("/users/2");
    browser.lacks("annas words");
    assert_eq!(browser.submit("/users/2", &[("-web_access", "")]), 303, "{}", browser.body);
    assert_eq!(hash(&browser), first, "an empty one stays as it is");
    browser.get("/users/2");
    assert_eq!(browser.submit("/users/2", &[("password", "other words"), ("web_access", "on")]), 303, "{}", browser.body);
    browser.cookies.clear();
    browser.get("/login");
    assert_eq!(browser.post("/login", &[("username", "anna"), ("password", "other words")]), 303);
}

#[test]
fn ones_own_password_is_changed_where_the_old_one_is_asked() {
    let mut browser = Browser::claimed();
    browser.get("/users/1");
    browser.shows("href=\"/me/login\"");
    browser.lacks("name=\"password\"");
    assert_eq!(browser.submit("/users/1", &[("password", "stolen session")]), 422);
    assert!(verify_password(&Secret::new(PASSWORD), &browser.store.settings().user_by_username("boss").expect("boss").password_hash));
}

#[test]
fn a_role_is_a_row_of_levels_for_each_panel() {
    let mut browser = Browser::claimed();
    browser.get("/roles/new");
    for panel in Panel::ALL {
        for level in Level::ALL {
            browser.shows(&format!("type=\"radio\" name=\"{}\" value=\"{}\"", panel.key(), level.name()));
        }
    }
    assert_eq!(browser.post("/roles/new", &[("name", "Desk"), ("extensions", "read"), ("contacts", "write"), ("lines", "none")]), 303);
    let role = browser.store.settings().roles.values().next().expect("a role").clone();
    assert_eq!((role.levels[&Panel::Extensions], role.levels[&Panel::Contacts]), (Level::Read, Level::Write));
    assert_eq!((role.levels[&Panel::Lines], role.levels[&Panel::Users]), (Level::None, Level::None));
}

#[test]
fn a_token_is_made_for_a_user_and_shown_once() {
    let mut browser = Browser::claimed();
    browser.get("/tokens/new");
    assert_eq!(browser.post("/tokens/new", &[("name", "billing"), ("has", "read_only")]), 422, "for nobody");
    browser.shows("value=\"billing\"");
    assert_eq!(browser.post("/tokens/new", &[("name", "billing"), ("user", "1"), ("has", "read_only"), ("days", "30")]), 200);
    let shown = value_after(&browser.body, "id=\"shown-token\">").or_else(|| value_after(&browser.body, "shown-token\">"));
    browser.shows("trillo_");
    assert!(shown.is_some());
    let token = browser.store.settings().tokens.values().next().expect("a token").clone();
    assert!(!token.is_read_only && token.expires.is_some());
    browser.get(&format!("/tokens/{}", token.id));
    browser.lacks("trillo_");
    browser.lacks(&token.hash);
    browser.lacks("name=\"expires\"");
}

#[test]
fn tokens_and_personal_contacts_go_with_their_user_who_is_told_before() {
    let mut browser = Browser::claimed();
    browser.put(Kind::User, None, Own::default().with("username", "anna").with("password_hash", "$argon2id$x").with("role", "tenant_user"));
    browser.put(Kind::Token, None, Own::default().with("name", "t").with("user", "anna").with("hash", "0".repeat(64)));
    browser.put(Kind::Contact, None, Own::default().with("first_name", "Mum").with("phone", "06").with("owner", "anna"));
    browser.put(Kind::Contact, None, Own::default().with("first_name", "Acme").with("phone", "07"));
    browser.get("/users/2/delete");
    browser.shows("API tokens: 1, personal contacts: 1");
    browser.lacks("Mum");
    assert_eq!(browser.post("/users/2/delete", &[]), 303, "{}", browser.body);
    let settings = browser.store.settings();
    assert_eq!((settings.users.len(), settings.tokens.len(), settings.contacts.len()), (1, 0, 1));
}

/// Who may write the history and nothing else undoes nothing.
#[test]
fn a_save_is_undone_only_by_who_could_make_it() {
    let mut browser = Browser::claimed();
    browser.put(Kind::Extension, None, Own::default().with("number", "101"));
    browser.put(Kind::Extension, Some(1), Own::default().with("first_name", "Anna"));
    let revision = browser.store.settings().revision;
    browser.put(Kind::User, Some(1), Own::default().with("language", "en"));
    let of_user = browser.store.settings().revision;
    browser.get("/roles/new");
    browser.post("/roles/new", &[("name", "Clerk"), ("history", "write")]);
    browser.get("/users/new");
    let clerk = [("username", "clerk"), ("password", "clerks words"), ("role", "own"), ("own_role", "1")];
    assert_eq!(browser.submit("/users/new", &clerk), 303, "{}", browser.body);
    // Not even an administrator undoes what became of users.
    browser.get(&format!("/history/{of_user}"));
    assert_eq!(browser.post(&format!("/history/{of_user}/revert"), &[("sure", "on")]), 422);
    browser.cookies.clear();
    browser.get("/login");
    assert_eq!(browser.post("/login", &[("username", "clerk"), ("password", "clerks words")]), 303);
    browser.get(&format!("/history/{revision}"));
    for sure in [&[("sure", "on")] as &[(&str, &str)], &[]] {
        assert_eq!(browser.post(&format!("/history/{revision}/revert"), sure), 422);
    }
    assert_eq!(browser.store.settings().own(Kind::Extension, 1).expect("there").get("first_name"), Some(&"Anna".into()));
}

/// Whatever the role: not in lists, not by their address, and not in the history.
#[test]
fn personal_contacts_are_seen_by_their_owner_alone() {
    let mut browser = Browser::claimed();
    browser.put(Kind::User, None, Own::default().with("username", "anna").with("password_hash", "$argon2id$x").with("role", "tenant_user"));
    browser.put(Kind::Contact, None, Own::default().with("first_name", "Mum").with("phone", "0611").with("owner", "anna"));
    browser.put(Kind::Contact, Some(1), Own::default().with("phone", "0622"));
    let revision = browser.store.settings().revision;
    browser.put(Kind::Contact, None, Own::default().with("first_name", "Acme").with("phone", "0633"));
    let compare = format!("/history/compare?from={}&to={revision}", revision - 2);
    let one = format!("/history/{revision}");
    for (target, status) in [
        ("/contacts", 200),
        ("/contacts/1", 404),
        ("/contacts/1/delete", 404),
        ("/history", 200),
        (one.as_str(), 200),
        (compare.as_str(), 200),
    ] {
        assert_eq!(browser.get(target), status, "{target}");
        for secret in ["Mum", "0611", "0622"] {
            browser.lacks(secret);
        }
    }
    browser.get("/contacts/2");
    browser.shows("Acme");
    browser.post("/contacts/1/delete", &[]);
    browser.post("/contacts/1", &[("first_name", "Stolen")]);
    assert_eq!(browser.store.settings().contacts.len(), 2);
}
