//! Getting in: the setup code, the login, sessions, and forms from elsewhere.

use std::time::Duration;

use super::{Browser, CODE, PASSWORD};

#[test]
fn a_new_box_shows_the_claim_page_and_nothing_else() {
    let mut browser = Browser::new();
    for target in ["/", "/extensions", "/login", "/sip", "/live"] {
        assert_eq!(browser.ask("GET", target, ""), 303);
        assert_eq!(browser.header("Location"), Some("/claim"));
    }
    browser.get("/");
    browser.shows("Setup code");
    browser.lacks(CODE);
    assert_eq!(browser.post("/claim", &[("code", " h4tn y8ce ")]), 200);
    browser.shows("Create the administrator");
}

#[test]
fn the_sixth_wrong_code_of_a_source_in_a_minute_has_to_wait_and_so_has_a_right_one() {
    let mut browser = Browser::new();
    browser.get("/claim");
    for _ in 0..5 {
        assert_eq!(browser.post("/claim", &[("code", "AAAA-AAAA")]), 403);
        browser.shows("This is not the setup code");
    }
    assert_eq!(browser.post("/claim", &[("code", CODE)]), 429);
    browser.peer = [192, 0, 2, 2].into();
    assert_eq!(browser.post("/claim", &[("code", CODE)]), 200, "somebody else");
    browser.peer = [192, 0, 2, 1].into();
    assert_eq!(browser.post("/claim", &[("code", CODE)]), 429);
    browser.now += Duration::from_secs(60);
    assert_eq!(browser.post("/claim", &[("code", CODE)]), 200);
}

#[test]
fn the_administrator_needs_the_code_and_a_decent_password() {
    let mut browser = Browser::new();
    browser.get("/claim");
    let administrator = |code, password, again| [("code", code), ("username", "boss"), ("password", password), ("again", again)];
    assert_eq!(browser.post("/claim/administrator", &administrator("AAAA", PASSWORD, PASSWORD)), 403);
    assert_eq!(browser.post("/claim/administrator", &administrator(CODE, "short", "short")), 422);
    browser.shows("at least 10 characters");
    browser.shows("value=\"boss\"");
    assert_eq!(browser.post("/claim/administrator", &administrator(CODE, PASSWORD, "other")), 422);
    assert!(browser.store.settings().users.is_empty());
    assert_eq!(browser.post("/claim/administrator", &administrator(CODE, PASSWORD, PASSWORD)), 303);
    assert_eq!(browser.get("/"), 200);
    browser.shows("First steps");
    assert_eq!(browser.ask("GET", "/claim", ""), 303, "a claimed box cannot be claimed again");
    assert_eq!(browser.header("Location"), Some("/login"));
}

#[test]
fn a_session_cookie_is_strict_hidden_from_scripts_and_bound_to_tls() {
    for (is_secure, start, end) in [
        (false, "trillo-session=", "; Path=/; HttpOnly; SameSite=Strict"),
        (true, "__Host-trillo-session=", "; Path=/; HttpOnly; SameSite=Strict; Secure"),
    ] {
        let mut browser = Browser::claimed();
        browser.is_secure = is_secure;
        browser.cookies.clear();
        browser.get("/login");
        assert_eq!(browser.post("/login", &[("username", "BOSS"), ("password", PASSWORD), ("to", "/calls")]), 303);
        assert_eq!(browser.header("Location"), Some("/calls"));
        let cookie = browser.header("Set-Cookie").unwrap().to_owned();
        assert!(cookie.starts_with(start) && cookie.ends_with(end), "{cookie}");
        assert_eq!(browser.get("/calls"), 200);
        browser.shows("No call has ended yet");
    }
}

#[test]
fn a_login_changes_the_token_and_a_logout_ends_it() {
    let mut browser = Browser::claimed();
    let first = browser.cookies["trillo-session"].clone();
    browser.get("/login");
    browser.post("/login", &[("username", "boss"), ("password", PASSWORD)]);
    let second = browser.cookies["trillo-session"].clone();
    assert_ne!(first, second);
    browser.cookies.insert("trillo-session".to_owned(), first);
    assert_eq!(browser.ask("GET", "/", ""), 303, "the session of before is over");
    browser.cookies.insert("trillo-session".to_owned(), second.clone());
    assert_eq!(browser.get("/"), 200);
    browser.post("/logout", &[]);
    browser.cookies.insert("trillo-session".to_owned(), second);
    assert_eq!(browser.ask("GET", "/", ""), 303);
}

#[test]
fn failed_logins_are_slow_and_lock_nobody_but_their_source() {
    let mut browser = Browser::claimed();
    browser.get("/login");
    for _ in 0..5 {
        assert_eq!(browser.post("/login", &[("username", "boss"), ("password", "wrong")]), 401);
        assert!(browser.response.as_ref().unwrap().delay >= Duration::from_millis(500));
        browser.shows("value=\"boss\"");
    }
    assert_eq!(browser.post("/login", &[("username", "boss"), ("password", PASSWORD)]), 429);
    browser.now += Duration::from_secs(2);
    assert_eq!(browser.post("/login", &[("username", "boss"), ("password", PASSWORD)]), 303, "the owner gets in");
}

#[test]
fn a_redirect_after_login_stays_on_the_box() {
    for to in ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nX: y", ""] {
        let mut browser = Browser::claimed();
        browser.get("/login");
        browser.post("/login", &[("username", "boss"), ("password", PASSWORD), ("to", to)]);
        assert_eq!(browser.header("Location"), Some("/"), "{to:?}");
    }
}

#[test]
fn a_form_without_our_token_or_from_elsewhere_is_refused() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    let page = browser.body.clone();
    assert_eq!(browser.ask("POST", "/extensions/new", "number=101"), 403);
    assert_eq!(browser.ask("POST", "/extensions/new", "csrf=00&number=101"), 403);
    for (name, value) in [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site"), ("referer", "http://evil.example/box")] {
        browser.body = page.clone();
        browser.headers.push((name.to_owned(), value.to_owned()));
        assert_eq!(browser.post("/extensions/new", &[("number", "101")]), 403, "{name}");
        browser.headers.pop();
    }
    assert!(browser.store.settings().extensions.is_empty());
    browser.body = page;
    assert_eq!(browser.post("/extensions/new", &[("number", "101")]), 303);
    browser.cookies.clear();
    assert_eq!(browser.ask("POST", "/login", "csrf=&username=boss&password=x"), 403);
}
