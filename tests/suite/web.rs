//! The web page as a browser sees it, over a store in memory.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trillo::base::{Instant, Now, Wall};
use trillo::entry::CallRecord;
use trillo::exchange::status::Status;
use trillo::secret::{Secret, hash_password};
use trillo::settings::{Change, Edit, Kind, Own, Settings};
use trillo::store::{Applied, Author, Conflict, EditRefused, Revision, Trouble};
use trillo::web::{self, Context, Request, Response, Site, Store};

const CODE: &str = "H4TN-Y8CE";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The checks are the real ones; only what lasts is missing.
pub(crate) struct Memory(Mutex<Arc<Settings>>);

impl Store for Memory {
    fn settings(&self) -> Arc<Settings> {
        self.0.lock().unwrap().clone()
    }

    fn edit(&self, edit: Edit, _author: Author) -> Result<Arc<Settings>, EditRefused> {
        let mut settings = self.0.lock().unwrap();
        if edit.based_on.is_some_and(|revision| revision != settings.revision) {
            let author = Author { name: "carla".to_owned(), source: "192.0.2.2".to_owned() };
            let at = Wall::from_millis(1_800_000_000_000);
            let revision = Revision { id: settings.revision, at, author, differences: Vec::new() };
            return Err(EditRefused::Conflict(Box::new(Conflict { revision, fields: Vec::new() })));
        }
        let edited = settings.edited(&edit, &mut || [9; 24]).map_err(EditRefused::Faults)?;
        *settings = Arc::new(edited.settings);
        Ok(settings.clone())
    }

    fn claim(&self, username: &str, password: &Secret, author: Author) -> Result<Arc<Settings>, EditRefused> {
        let own =
            Own::default().with("username", username).with("password_hash", hash_password(password, [1; 16])).with("role", "administrator");
        self.edit(Edit { changes: vec![Change::Put { kind: Kind::User, id: None, own }], based_on: None }, author)
    }

    fn calls(&self, _limit: usize) -> Result<Vec<CallRecord>, Trouble> {
        Ok(Vec::new())
    }

    fn revisions(&self, _before: Option<u64>, _limit: usize) -> Result<Vec<Revision>, Trouble> {
        Ok(Vec::new())
    }

    fn revision(&self, _id: u64) -> Result<Option<Revision>, Trouble> {
        Ok(None)
    }

    fn revert(&self, _id: u64, _is_trial: bool, _author: Author) -> Result<Applied, EditRefused> {
        Err(EditRefused::Faults(Vec::new()))
    }

    fn conflict(&self, _edit: Edit) -> Result<Option<Conflict>, Trouble> {
        Ok(None)
    }
}

/// A box with one browser before it.
pub(crate) struct Browser {
    pub(crate) store: Memory,
    site: Site,
    pub(crate) now: Duration,
    chance: Cell<u8>,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: Vec<(String, String)>,
    is_secure: bool,
    /// The page shown last.
    pub(crate) body: String,
    pub(crate) response: Option<Response>,
    pub(crate) peer: IpAddr,
}

impl Browser {
    pub(crate) fn new() -> Browser {
        Browser {
            store: Memory(Mutex::new(Arc::new(Settings::fresh()))),
            site: Site::default(),
            now: Duration::from_secs(1000),
            chance: Cell::new(0),
            cookies: BTreeMap::new(),
            headers: vec![("host".to_owned(), "box".to_owned())],
            peer: [192, 0, 2, 1].into(),
            is_secure: false,
            body: String::new(),
            response: None,
        }
    }

    pub(crate) fn claimed() -> Browser {
        let mut browser = Browser::new();
        browser.get("/");
        browser.post("/claim", &[("code", CODE)]);
        browser.post("/claim/administrator", &[("code", CODE), ("username", "boss"), ("password", PASSWORD), ("again", PASSWORD)]);
        assert_eq!(browser.get("/"), 200, "{}", browser.body);
        browser
    }

    pub(crate) fn ask(&mut self, method: &str, target: &str, form: &str) -> u16 {
        let mut headers = self.headers.clone();
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        headers.push(("cookie".to_owned(), cookies.join("; ")));
        headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        let request = Request::new(method, target, headers, form.as_bytes(), self.peer, self.is_secure);
        let mono = Instant::ZERO + self.now;
        let context = Context {
            now: Now { mono, wall: Wall::from_millis(1_800_000_000_000) },
            random: &|bytes| {
                self.chance.set(self.chance.get().wrapping_add(1));
                bytes.fill(self.chance.get());
            },
            settings: self.store.settings(),
            status: Arc::new(Status::default()),
            store: &self.store,
            setup_code: Some(CODE),
            authority: "-----BEGIN CERTIFICATE-----\n",
            version: "test",
            site: &self.site,
        };
        let response = web::answer(&context, &request);
        for (_, cookie) in response.headers.iter().filter(|(name, _)| *name == "Set-Cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.body = String::from_utf8(response.body.clone()).unwrap();
        let status = response.status;
        self.response = Some(response);
        status
    }

    pub(crate) fn get(&mut self, target: &str) -> u16 {
        let mut status = self.ask("GET", target, "");
        for _ in 0..3 {
            let Some(location) = self.header("Location").map(str::to_owned) else { break };
            status = self.ask("GET", &location, "");
        }
        status
    }

    /// Fills a form of the page shown last, so with its token.
    pub(crate) fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> u16 {
        let csrf = value_after(&self.body, "name=\"csrf\" value=\"").unwrap_or_default();
        let mut form = format!("csrf={csrf}");
        for (name, value) in fields {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            form.push_str(&format!("&{name}={value}"));
        }
        self.ask("POST", target, &form)
    }

    /// Sends a file by the form of the page shown last.
    pub(crate) fn upload(&mut self, target: &str, file: &str) -> u16 {
        let csrf = value_after(&self.body, "name=\"csrf\" value=\"").unwrap_or_default();
        let part =
            |disposition: &str, content: &str| format!("--b0undary\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n");
        let body = part("name=\"csrf\"", &csrf) + &part("name=\"file\"; filename=\"x\"", file) + "--b0undary--\r\n";
        self.headers.push(("content-type".to_owned(), "multipart/form-data; boundary=b0undary".to_owned()));
        let status = self.ask("POST", target, &body);
        self.headers.pop();
        status
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.as_ref()?.header(name)
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "no `{text}` in\n{}", self.body);
    }

    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) {
        assert!(!self.body.contains(text), "`{text}` in\n{}", self.body);
    }
}

pub(crate) fn value_after(text: &str, mark: &str) -> Option<String> {
    let rest = &text[text.find(mark)? + mark.len()..];
    Some(rest[..rest.find('"')?].to_owned())
}

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
fn two_who_edit_the_same_thing_are_told() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/new");
    browser.post("/extensions/new", &[("number", "101")]);
    browser.get("/extensions/1");
    let old = value_after(&browser.body, "name=\"revision\" value=\"").expect("a revision");
    assert_eq!(browser.post("/extensions/1", &[("revision", &old), ("first_name", "Anna")]), 303);
    browser.get("/extensions/1");
    assert_eq!(browser.post("/extensions/1", &[("revision", &old), ("first_name", "Berta")]), 422);
    browser.shows("carla changed this at the same time");
    browser.shows("value=\"Berta\"");
    let new = value_after(&browser.body, "name=\"revision\" value=\"").expect("a revision");
    assert_eq!(browser.post("/extensions/1", &[("revision", &new), ("first_name", "Berta")]), 303);
    assert_eq!(browser.store.settings().extensions.values().next().unwrap().first_name, "Berta");
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
