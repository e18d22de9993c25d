//! The XML phonebook as phones ask for it. The requests are what the brands' phones send.

use trillo::settings::{Kind, Own};

use super::{Browser, PASSWORD};

/// `desk:phone-secret`, `boss` with his password, and `desk:wrong`.
const PHONE: &str = "Basic ZGVzazpwaG9uZS1zZWNyZXQ=";
const BOSS: &str = "Basic Ym9zczpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=";
const WRONG: &str = "Basic ZGVzazp3cm9uZw==";

fn office() -> Browser {
    let mut browser = Browser::claimed();
    assert_eq!(PASSWORD, "correct horse battery");
    let person = |number: &str, name: &str| Own::default().with("number", number).with("first_name", name).with("mobile", "333123");
    browser.put(Kind::Extension, None, person("101", "Anna"));
    browser.put(Kind::Extension, None, person("102", "Bruno"));
    browser.put(Kind::Account, None, Own::default().with("username", "desk").with("password", "phone-secret").with("extension", 1));
    browser.cookies.clear();
    browser.peer = [192, 168, 1, 7].into();
    browser
}

fn ask(browser: &mut Browser, target: &str, authorization: Option<&str>) -> u16 {
    let before = browser.headers.clone();
    browser.headers.push(("user-agent".to_owned(), "Yealink SIP-T46U 108.86.0.20 00:15:65:00:00:01".to_owned()));
    browser.headers.extend(authorization.map(|value| ("authorization".to_owned(), value.to_owned())));
    let status = browser.ask("GET", target, "");
    browser.headers = before;
    status
}

#[test]
fn each_brand_gets_its_file_with_the_phones_own_password() {
    let mut browser = office();
    for (target, root) in [
        ("/phonebook/yealink.xml", "<YealinkIPPhoneDirectory>"),
        ("/phonebook/snom.xml", "<SnomIPPhoneDirectory>"),
        ("/phonebook/fanvil.xml", "<FanvilIPPhoneDirectory>"),
        ("/phonebook/cisco.xml", "<CiscoIPPhoneDirectory>"),
        ("/phonebook/grandstream.xml", "<AddressBook>"),
        ("/phonebook/grandstream/phonebook.xml", "<AddressBook>"),
    ] {
        assert_eq!(ask(&mut browser, target, Some(PHONE)), 200, "{target}");
        assert_eq!(browser.header("Content-Type"), Some("text/xml; charset=utf-8"));
        browser.shows(root);
        browser.shows("Anna");
        browser.shows("Bruno");
        browser.lacks("333123");
    }
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml?q=bru", Some(PHONE)), 200);
    browser.shows("Bruno");
    browser.lacks("Anna");
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", Some(BOSS)), 200);
    browser.shows("333123");
}

#[test]
fn nobody_reads_it_without_a_password_and_guessers_wait() {
    let mut browser = office();
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", None), 401);
    assert_eq!(browser.header("WWW-Authenticate"), Some("Basic realm=\"Trillo phonebook\", charset=\"UTF-8\""));
    browser.lacks("Anna");
    for _ in 0..5 {
        assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", Some(WRONG)), 401);
    }
    assert!(!browser.response.as_ref().expect("an answer").delay.is_zero());
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", Some(PHONE)), 429, "not even the right one");
    assert!(browser.header("Retry-After").is_some());
    browser.peer = [192, 168, 1, 8].into();
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", Some(PHONE)), 200, "another phone does not wait");
    browser.put(Kind::Phonebook, Some(1), Own::default().with("anonymous", true));
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", None), 200);
}

#[test]
fn outside_the_local_networks_it_is_read_over_tls_only() {
    let mut browser = office();
    browser.put(Kind::Phonebook, Some(1), Own::default().with("anonymous", true));
    browser.peer = [203, 0, 113, 9].into();
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", Some(PHONE)), 403);
    browser.is_secure = true;
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", Some(PHONE)), 200);
    assert_eq!(ask(&mut browser, "/phonebook/yealink.xml", None), 401, "without a login on the local networks only");
}

#[test]
fn other_files_and_methods_are_not_there() {
    let mut browser = office();
    assert_eq!(ask(&mut browser, "/phonebook/nokia.xml", Some(PHONE)), 303, "to the login, as every page");
    assert_eq!(browser.ask("POST", "/phonebook/yealink.xml", ""), 403);
}
