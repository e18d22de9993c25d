//! What holds for every page: languages, names as text, headers.

use super::{Browser, value_after};

#[test]
fn names_are_shown_as_text_everywhere() {
    let mut browser = Browser::claimed();
    let name = "<script>alert(1)</script>";
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101"), ("first_name", name), ("account.create", "on")]);
    for page in [
        "/",
        "/extensions",
        "/extensions/1",
        "/accounts",
        "/accounts/1",
        "/extensions?q=%3Cscript%3E",
        "/extensions/1/delete",
        "/no<script>",
    ] {
        browser.get(page);
        browser.lacks("<script>alert");
    }
    browser.get("/extensions");
    browser.shows("&lt;script&gt;alert(1)&lt;/script&gt;");
}

#[test]
fn every_page_speaks_both_languages() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101"), ("account.create", "on")]);
    let pages = [
        ("/", "Overview", "Panoramica"),
        ("/extensions", "New extension", "Nuovo interno"),
        ("/extensions/1", "Save", "Salva"),
        ("/accounts", "SIP accounts", "Account SIP"),
        ("/accounts/1", "Registration", "Registrazione"),
        ("/calls", "Calls", "Chiamate"),
        ("/sip", "SIP settings", "Impostazioni SIP"),
        ("/nowhere", "There is no such page", "Questa pagina non esiste"),
    ];
    for (page, english, italian) in pages {
        browser.get(&format!("{page}?lang=en"));
        browser.shows(english);
        browser.shows("<html lang=\"en\">");
        browser.get(&format!("{page}?lang=it"));
        browser.get(page);
        browser.shows(italian);
        browser.shows("<html lang=\"it\">");
    }
    let mut guest = Browser::new();
    guest.headers.push(("accept-language".to_owned(), "it-IT,it;q=0.9,en;q=0.8".to_owned()));
    guest.get("/");
    guest.shows("Codice di configurazione");
}

#[test]
fn every_answer_has_the_headers_that_keep_others_out() {
    let mut browser = Browser::claimed();
    for target in ["/", "/login", "/nowhere", "/calls"] {
        browser.get(target);
        let policy = browser.header("Content-Security-Policy").expect("a policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(browser.header("Cache-Control"), Some("no-store"));
        browser.lacks(" style=");
        browser.lacks("http://");
        browser.lacks("https://");
    }
    let style = value_after(&browser.body, "stylesheet\" href=\"").expect("a style sheet");
    assert_eq!(browser.get(&style), 200);
    assert!(browser.header("Cache-Control").unwrap().contains("immutable"));
    assert_eq!(browser.get("/assets/x/../../etc/passwd"), 404);
    assert_eq!(browser.ask("DELETE", "/", ""), 405);
}

#[test]
fn the_overview_offers_the_certificate_of_the_box_to_who_is_logged_in() {
    let mut browser = Browser::claimed();
    browser.get("/");
    browser.shows("href=\"/certificate/trillo-ca.crt\"");
    assert_eq!(browser.get("/certificate/trillo-ca.crt"), 200);
    assert_eq!(browser.body, "-----BEGIN CERTIFICATE-----\n");
    assert_eq!(browser.header("Content-Type"), Some("application/x-x509-ca-cert"));
    assert_eq!(browser.header("Content-Disposition"), Some("attachment; filename=\"trillo-ca.crt\""));
    assert_eq!(browser.get("/certificate/ca.key"), 404);
    browser.cookies.clear();
    assert_eq!(browser.ask("GET", "/certificate/trillo-ca.crt", ""), 303);
}
