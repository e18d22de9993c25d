//! Users as they use the box: roles at the door, second factors, sessions, tokens, one's own pages, and users in the settings file.

use std::path::PathBuf;
use std::time::Duration;

use trillo::base::Wall;
use trillo::secret::{Secret, Totp, hash_password, verify_password};
use trillo::settings::{Change, Edit, Kind, Own, Settings};
use trillo::store::{Author, EditRefused, Store as Data};

use crate::web::{Browser, PASSWORD, value_after};

const ANNAS: &str = "annas own words";
/// The seconds of the browser's clock, which stands still.
const NOW: u64 = 1_800_000_000;

fn put(kind: Kind, own: Own) -> Change {
    Change::Put { kind, id: None, own }
}

/// A claimed box where Anna, a tenant user, has extension 101; nobody is logged in.
fn office() -> Browser {
    let browser = Browser::claimed();
    let anna = Own::default()
        .with("username", "anna")
        .with("password_hash", hash_password(&Secret::new(ANNAS), [2; 16]))
        .with("role", "tenant_user")
        .with("extension", "101");
    let phone = Own::default().with("username", "anna-desk").with("password", "secret-secret-secret").with("extension", "101");
    let number = Own::default().with("number", "101").with("first_name", "Anna");
    change(&browser, vec![put(Kind::Extension, number), put(Kind::Account, phone), put(Kind::User, anna)]);
    let mut browser = browser;
    browser.cookies.clear();
    browser
}

/// As somebody with the data folder would.
fn change(browser: &Browser, changes: Vec<Change>) {
    let author = Author { name: "test".to_owned(), source: "test".to_owned() };
    browser.store.save(Edit { changes, based_on: None }, author).expect("a sound edit");
}

fn change_anna(browser: &Browser, key: &str, value: impl Into<serde_json::Value>) {
    let id = browser.store.settings().user_by_username("anna").expect("Anna").id.0;
    change(browser, vec![Change::Put { kind: Kind::User, id: Some(id), own: Own::default().with(key, value) }]);
}

fn log_in(browser: &mut Browser, username: &str, password: &str, code: &str) -> u16 {
    browser.cookies.clear();
    browser.get("/login");
    browser.post("/login", &[("username", username), ("password", password), ("code", code)])
}

fn anna(browser: &Browser) -> trillo::settings::User {
    browser.store.settings().user_by_username("anna").expect("Anna").clone()
}

#[test]
fn a_tenant_user_sees_the_own_phone_and_nothing_of_the_administration() {
    let mut browser = office();
    assert_eq!(log_in(&mut browser, "anna", ANNAS, ""), 303);
    assert_eq!(browser.get("/"), 200);
    browser.shows("My phone");
    browser.shows("anna-desk");
    browser.shows("Not registered");
    for page in ["/extensions", "/extensions/1", "/accounts", "/calls", "/sip", "/users", "/live"] {
        assert_eq!(browser.ask("GET", page, ""), 403, "{page}");
        browser.lacks("href=\"/extensions\"");
    }
    browser.get("/me");
    assert_eq!(browser.post("/extensions/1", &[("first_name", "Queen")]), 403);
    assert_eq!(browser.store.settings().extensions.values().next().unwrap().first_name, "Anna");
}

#[test]
fn who_loses_web_access_is_out_at_once() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    assert_eq!(browser.ask("GET", "/me", ""), 200);
    change_anna(&browser, "web_access", false);
    assert_eq!(browser.ask("GET", "/me", ""), 303);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, ""), 401);
    browser.shows("Username, password or code is wrong");
}

#[test]
fn another_role_holds_at_once_and_comes_with_a_new_token() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    let before = browser.cookies["trillo-session"].clone();
    browser.get("/me");
    assert_eq!(browser.cookies["trillo-session"], before);
    change_anna(&browser, "role", "administrator");
    assert_eq!(browser.ask("GET", "/extensions", ""), 200);
    let after = browser.cookies["trillo-session"].clone();
    assert_ne!(before, after);
    assert_eq!(browser.ask("GET", "/extensions", ""), 200);
    browser.cookies.insert("trillo-session".to_owned(), before);
    browser.now += Duration::from_secs(10);
    assert_eq!(browser.ask("GET", "/extensions", ""), 303, "the token of before is over");
    browser.cookies.insert("trillo-session".to_owned(), after);
    change_anna(&browser, "role", "tenant_user");
    assert_eq!(browser.ask("GET", "/extensions", ""), 403);
}

/// Anna sets up the second factor; what comes back are her key and her recovery codes.
fn set_up_factor(browser: &mut Browser) -> (Totp, Vec<String>) {
    assert_eq!(log_in(browser, "anna", ANNAS, ""), 303);
    assert_eq!(browser.get("/me/second-factor"), 200);
    browser.shows("<svg");
    let key = value_after(&browser.body, "name=\"key\" value=\"").expect("a key");
    let totp = Totp::from_base32(&key).expect("base 32");
    assert_eq!(browser.post("/me/second-factor", &[("key", &key), ("code", "000000"), ("old", ANNAS)]), 422);
    let code = totp.code_at(NOW);
    assert_eq!(browser.post("/me/second-factor", &[("key", &key), ("code", &code), ("old", "wrong")]), 403);
    assert!(anna(browser).totp_secret.is_empty());
    assert_eq!(browser.post("/me/second-factor", &[("key", &key), ("code", &code), ("old", ANNAS)]), 200, "{}", browser.body);
    let codes: Vec<String> =
        browser.body.split("<li class=\"mono\">").skip(1).map(|rest| rest[..rest.find('<').unwrap()].to_owned()).collect();
    assert_eq!(codes.len(), 8);
    (totp, codes)
}

#[test]
fn with_a_second_factor_a_code_is_asked_and_each_works_once() {
    let mut browser = office();
    let (totp, recovery) = set_up_factor(&mut browser);
    let stored = browser.store.settings().own(Kind::User, anna(&browser).id.0).cloned().unwrap();
    assert!(recovery.iter().all(|code| !stored.0.values().any(|value| value.to_string().contains(code.as_str()))), "hashes only");
    assert_eq!(log_in(&mut browser, "anna", ANNAS, ""), 401);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &totp.code_at(NOW)), 401, "it was used to set the factor up");
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &totp.code_at(NOW + 30)), 303);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &totp.code_at(NOW + 30)), 401, "used");
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &recovery[0]), 303);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &recovery[0]), 401, "used");
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &recovery[1].to_uppercase()), 303);
    browser.get("/me/login");
    browser.shows("6 recovery codes are left");
    assert_eq!(browser.post("/me/second-factor/off", &[("old", "wrong")]), 403);
    assert_eq!(browser.post("/me/second-factor/off", &[("old", ANNAS)]), 303);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, ""), 303);
}

#[test]
fn a_refused_login_does_not_tell_what_was_wrong() {
    let mut browser = office();
    let (totp, _) = set_up_factor(&mut browser);
    let mut bodies = Vec::new();
    for (password, code) in [("wrong", ""), (ANNAS, "123"), ("wrong", totp.code_at(NOW + 30).as_str())] {
        assert_eq!(log_in(&mut browser, "anna", password, code), 401);
        let csrf = value_after(&browser.body, "name=\"csrf\" value=\"").unwrap();
        bodies.push((browser.body.replace(&csrf, ""), browser.header("Retry-After").map(str::to_owned)));
    }
    assert_eq!(log_in(&mut browser, "nobody", "wrong", ""), 401);
    let csrf = value_after(&browser.body, "name=\"csrf\" value=\"").unwrap();
    bodies.push((browser.body.replace(&csrf, "").replace("value=\"nobody\"", "value=\"anna\""), None));
    assert!(bodies.windows(2).all(|two| two[0] == two[1]));
}

#[test]
fn who_knows_the_password_cannot_try_all_codes_and_a_recovery_code_still_lets_the_owner_in() {
    let mut browser = office();
    let (totp, recovery) = set_up_factor(&mut browser);
    for guess in 0..31_u8 {
        // A guesser with many addresses.
        browser.peer = [10, 0, 0, guess].into();
        assert_eq!(log_in(&mut browser, "anna", ANNAS, "000000"), 401);
    }
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &totp.code_at(NOW + 30)), 401, "for this hour");
    browser.peer = [192, 0, 2, 9].into();
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &recovery[3]), 303);
    browser.now += Duration::from_secs(3600);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, &totp.code_at(NOW + 30)), 303);
}

#[test]
fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    let elsewhere = browser.cookies["trillo-session"].clone();
    log_in(&mut browser, "anna", ANNAS, "");
    browser.get("/me/login");
    let new = "quite another one";
    let form = |old, new, again| [("old", old), ("new", new), ("again", again)];
    assert_eq!(browser.post("/me/password", &form("wrong", new, new)), 403);
    browser.shows("This is not your password");
    assert_eq!(browser.post("/me/password", &form(ANNAS, "short", "short")), 422);
    assert_eq!(browser.post("/me/password", &form(ANNAS, new, "other words")), 422);
    assert_eq!(browser.post("/me/password", &form(ANNAS, new, new)), 303, "{}", browser.body);
    assert!(verify_password(&Secret::new(new), &anna(&browser).password_hash));
    assert_eq!(browser.ask("GET", "/me/login", ""), 200, "this session goes on");
    browser.lacks(new);
    browser.cookies.insert("trillo-session".to_owned(), elsewhere);
    assert_eq!(browser.ask("GET", "/me/login", ""), 303);
    assert_eq!(log_in(&mut browser, "anna", ANNAS, ""), 401);
    assert_eq!(log_in(&mut browser, "anna", new, ""), 303);
}

#[test]
fn ones_sessions_are_listed_with_their_devices_and_ended() {
    let mut browser = office();
    browser.headers.push(("user-agent".to_owned(), "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0".to_owned()));
    let tokens = [0, 1, 2].map(|_| {
        log_in(&mut browser, "anna", ANNAS, "");
        browser.cookies["trillo-session"].clone()
    });
    browser.get("/me/login");
    assert_eq!(browser.body.matches("Firefox, Windows").count(), 3);
    browser.shows("this one");
    let number = value_after(&browser.body, "name=\"end\" value=\"").expect("a session to end");
    assert_eq!(browser.post("/me/sessions", &[("end", &number)]), 303);
    let mut is_open = |token: &String| {
        browser.cookies.insert("trillo-session".to_owned(), token.clone());
        browser.ask("GET", "/me/login", "") == 200
    };
    assert!(is_open(&tokens[0]) && !is_open(&tokens[1]) && is_open(&tokens[2]));
    browser.post("/me/sessions", &[("end", "others")]);
    let mut is_open = |token: &String| {
        browser.cookies.insert("trillo-session".to_owned(), token.clone());
        browser.ask("GET", "/me/login", "") == 200
    };
    assert!(!is_open(&tokens[0]) && is_open(&tokens[2]));
}

#[test]
fn a_session_of_somebody_else_is_not_ended_by_its_number() {
    let mut browser = office();
    log_in(&mut browser, "boss", PASSWORD, "");
    let boss = browser.cookies["trillo-session"].clone();
    log_in(&mut browser, "anna", ANNAS, "");
    browser.get("/me/login");
    for number in 0..10 {
        browser.post("/me/sessions", &[("end", &number.to_string())]);
        browser.get("/me/login");
    }
    browser.cookies.insert("trillo-session".to_owned(), boss);
    assert_eq!(browser.ask("GET", "/me", ""), 200);
}

#[test]
fn a_token_is_shown_once_and_kept_as_its_hash() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    browser.get("/me/login");
    assert_eq!(browser.post("/me/tokens", &[("name", "Wallboard"), ("days", "30"), ("read_only", "on")]), 200, "{}", browser.body);
    let clear =
        value_after(&browser.body.replace("id=\"shown-token\">", "token=\"").replace("</span>", "\""), "token=\"").expect("the token");
    assert!(clear.starts_with("trillo_") && clear.len() > 40);
    let settings = browser.store.settings();
    let token = settings.tokens.values().next().expect("a token");
    assert_eq!((token.user, token.is_read_only), (anna(&browser).id, true));
    assert_eq!(token.expires, Some(Wall::from_millis(((NOW + 30 * 86_400) * 1000) as i64)));
    assert!(!clear.contains(&token.hash));
    browser.get("/me/login");
    browser.shows("Wallboard");
    browser.lacks(&clear);
    assert_eq!(browser.post(&format!("/me/tokens/{}/revoke", token.id), &[]), 303);
    assert!(browser.store.settings().tokens.is_empty());
}

#[test]
fn the_service_pin_is_changed_by_who_has_the_extension() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    browser.get("/me");
    assert_eq!(browser.post("/me/pin", &[("pin", "12a4")]), 422);
    browser.shows("id=\"pin-fault\"");
    assert_eq!(browser.post("/me/pin", &[("pin", "1234")]), 303);
    let pin = browser.store.settings().extensions.values().next().unwrap().service_pin.clone();
    assert_eq!(pin.expose(), "1234");
    browser.get("/me");
    browser.lacks("1234");
}

#[test]
fn own_contacts_are_added_changed_and_hidden_from_others() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    browser.get("/me/contacts/new");
    assert_eq!(browser.post("/me/contacts/new", &[("first_name", "Bea"), ("phone", "call me")]), 422);
    browser.shows("value=\"call me\"");
    browser.shows("id=\"phone-fault\"");
    assert_eq!(browser.post("/me/contacts/new", &[("first_name", "Bea"), ("phone", "+39 06 123")]), 303, "{}", browser.body);
    browser.get("/me/contacts");
    browser.shows("+3906123");
    assert_eq!(browser.post("/me/contacts/1", &[("first_name", "Beatrice"), ("phone", "+3906123")]), 303);
    let contact = browser.store.settings().contacts.values().next().cloned().unwrap();
    assert_eq!((contact.first_name.as_str(), contact.owner), ("Beatrice", Some(anna(&browser).id)));
    log_in(&mut browser, "boss", PASSWORD, "");
    assert_eq!(browser.get("/me/contacts/1"), 404, "not even for an administrator");
    assert_eq!(browser.post("/me/contacts/1/delete", &[]), 404);
    log_in(&mut browser, "anna", ANNAS, "");
    browser.get("/me/contacts/1");
    assert_eq!(browser.post("/me/contacts/1/delete", &[]), 303);
    assert!(browser.store.settings().contacts.is_empty());
}

#[test]
fn contacts_are_read_out_of_a_file_and_none_twice() {
    let mut browser = office();
    log_in(&mut browser, "anna", ANNAS, "");
    let file = "First name,Last name,Phone\nBea,Bianchi,+39 06 1\nCarlo,Conti,nothing\nDora,Dini,+39 06 2\n";
    for (expected, said) in [(2, "2 contacts were added, 0 were there already"), (2, "0 contacts were added, 2 were there already")] {
        browser.get("/me/contacts");
        assert_eq!(browser.upload("/me/contacts/import", file), 200, "{}", browser.body);
        browser.shows(said);
        browser.shows("Line 3:");
        assert_eq!(browser.store.settings().contacts.len(), expected);
    }
}

/// A data folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> (Folder, Data) {
        let path = std::env::temp_dir().join(format!("trillo-users-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let opened = Data::open(&path, &path.join("run"), Wall::from_millis(0)).expect("a new folder");
        (Folder(path), opened.store)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn author(name: &str) -> Author {
    Author { name: name.to_owned(), source: "192.0.2.1".to_owned() }
}

fn apply(data: &mut Data, text: &str) -> Result<Vec<String>, Vec<String>> {
    match data.apply(text, false, &author("root"), Wall::from_millis(1)) {
        Ok(applied) => Ok(applied.differences.iter().map(ToString::to_string).collect()),
        Err(EditRefused::Faults(faults)) => Err(faults.iter().map(ToString::to_string).collect()),
        Err(other) => panic!("{other:?}"),
    }
}

const FILE: &str = "[[extension]]\nnumber = \"101\"\n\n[[user]]\nusername = \"anna\"\npassword = \"annas own words\"\nextension = \"101\"\ncti_access = true\n";

#[test]
fn users_of_a_settings_file_get_their_password_as_a_hash_and_administrators_stay() {
    let (_folder, mut data) = Folder::new("file");
    data.claim("boss", &hash_password(&Secret::new(PASSWORD), [1; 16]), &author("boss"), Wall::from_millis(1)).expect("claimed");
    apply(&mut data, FILE).expect("a sound file");
    let settings = data.settings();
    let anna = settings.user_by_username("anna").expect("Anna");
    assert!(verify_password(&Secret::new(ANNAS), &anna.password_hash) && anna.cti_access);
    assert!(!settings.rights(anna).is_administrator, "the role that nobody named is the smallest");
    assert_eq!(apply(&mut data, FILE), Ok(Vec::new()), "the same again changes nothing");
    // Without the password the user keeps it; an export can be applied again, sealed and in clear.
    assert_eq!(apply(&mut data, &FILE.replace("password = \"annas own words\"\n", "")), Ok(Vec::new()));
    for with_secrets in [false, true] {
        let export = data.export(with_secrets);
        assert!(!export.contains("boss") && export.contains("username = \"anna\""), "{export}");
        assert_eq!(export.contains("$argon2id$"), with_secrets);
        assert_eq!(apply(&mut data, &export), Ok(Vec::new()));
    }
    apply(&mut data, "user = []\n").expect("all users but administrators go");
    let names: Vec<String> = data.settings().users.values().map(|user| user.username.clone()).collect();
    assert_eq!(names, ["boss"]);
}

#[test]
fn what_is_wrong_with_a_user_of_a_file_is_named_with_its_line() {
    let (_folder, mut data) = Folder::new("wrong");
    data.claim("boss", &hash_password(&Secret::new(PASSWORD), [1; 16]), &author("boss"), Wall::from_millis(1)).expect("claimed");
    let check = |data: &mut Data, text: &str, said: &str| assert_eq!(apply(data, text), Err(vec![said.to_owned()]));
    check(
        &mut data,
        "[[user]]\nusername = \"anna\"\npassword = \"short\"\n",
        "line 3: user anna, password: it must be a text of 10 to 200 characters, in quotes",
    );
    check(&mut data, "[[user]]\nusername = \"anna\"\n", "line 1: user anna, password_hash: it is missing");
    let administrator = "line 1: user: administrators are not kept in files; they are made on the web page";
    check(&mut data, "[[user]]\nusername = \"boss\"\npassword = \"long enough\"\nrole = \"tenant_user\"\n", administrator);
    check(&mut data, "[[user]]\nusername = \"eve\"\npassword = \"long enough\"\nrole = \"administrator\"\n", administrator);
}

#[test]
fn appointing_a_privacy_officer_and_resetting_a_factor_leave_events() {
    let (_folder, mut data) = Folder::new("events");
    data.claim("boss", &hash_password(&Secret::new(PASSWORD), [1; 16]), &author("boss"), Wall::from_millis(1)).expect("claimed");
    apply(&mut data, FILE).expect("a sound file");
    let id = data.settings().user_by_username("anna").expect("Anna").id.0;
    let mut edit = |by: &str, key: &str, value: &str| {
        let changes = vec![Change::Put { kind: Kind::User, id: Some(id), own: Own::default().with(key, value) }];
        data.edit(&Edit { changes, based_on: None }, &author(by), Wall::from_millis(2)).expect("sound");
    };
    edit("boss", "role", "privacy_officer");
    edit("anna", "totp_secret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    edit("boss", "totp_secret", "");
    edit("boss", "role", "tenant_user");
    edit("anna", "language", "it");
    let events: Vec<String> = data.events(10).expect("readable").into_iter().map(|event| event.text).collect();
    assert_eq!(
        events,
        [
            "anna is no privacy officer any more, by boss (192.0.2.1).",
            "The second factor of anna was reset by boss (192.0.2.1).",
            "anna was made a privacy officer by boss (192.0.2.1).",
        ]
    );
}

#[test]
fn one_administrator_can_always_log_in() {
    let administrator = |name: &str| {
        put(Kind::User, Own::default().with("username", name).with("password_hash", "$argon2id$x").with("role", "administrator"))
    };
    let edited = |settings: &Settings, changes| settings.edited(&Edit { changes, based_on: None }, &mut || [0; 24]);
    let one = edited(&Settings::fresh(), vec![administrator("a")]).expect("sound").settings;
    let on = |key: &str, value: serde_json::Value| Change::Put { kind: Kind::User, id: Some(1), own: Own::default().with(key, value) };
    let said = |changes| edited(&one, changes).expect_err("the last one").iter().map(ToString::to_string).collect::<Vec<_>>();
    let reason = "there must always be an administrator who may log in";
    assert_eq!(said(vec![Change::Delete { kind: Kind::User, id: 1 }]), ["user a: the last one cannot be deleted"]);
    assert_eq!(said(vec![on("role", "tenant_user".into())]), [format!("user a, role: {reason}")]);
    assert_eq!(said(vec![on("web_access", false.into())]), [format!("user a, web_access: {reason}")]);
    let two = edited(&one, vec![administrator("b")]).expect("sound").settings;
    assert!(edited(&two, vec![on("role", "tenant_user".into())]).is_ok());
}
