//! The API as a program sees it: `web::answer` over a store in a folder.
#![allow(clippy::disallowed_methods)]

mod access;
pub mod audio;
mod bans;
mod calls;
mod changes;
mod conflict;
mod entity;
mod history;
mod idempotency;
mod list;
mod live;
mod metrics;
mod openapi;
mod round_trip;
mod switches;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use trillo::base::{Instant, Now, Wall};
use trillo::entry::{CallFilter, CallRecord};
use trillo::exchange::Command;
use trillo::exchange::status::Status;
use trillo::secret::Secret;
use trillo::settings::{Change, Difference, Edit, Kind, Own, Settings};
use trillo::store::{Applied, AudioFolder, Author, Conflict, EditRefused, Revision, Store, Trouble};
use trillo::trace::Trace;
use trillo::web::permit::{AskedRevert, Permitted};
use trillo::web::{self, Context, Request, Response, Site};

/// As `sha256sum` has it of the token `boss`, `reader` and so on: what the settings keep of them.
fn hash_of(token: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

const NOW: Wall = Wall::from_millis(1_800_000_000_000);

/// A store that goes away with the test.
struct Kept {
    store: Mutex<Store>,
    folder: PathBuf,
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl web::Store for Kept {
    fn settings(&self) -> Arc<Settings> {
        self.store.lock().unwrap().settings()
    }

    fn edit(&self, edit: Permitted, author: Author) -> Result<Arc<Settings>, EditRefused> {
        self.store.lock().unwrap().edit(&edit.into_edit(), &author, NOW)
    }

    fn claim(&self, _username: &str, _password: &Secret, _author: Author) -> Result<Arc<Settings>, EditRefused> {
        unreachable!("the API claims no box")
    }

    fn find_calls(&self, filter: &CallFilter, offset: usize, limit: usize) -> Result<(Vec<CallRecord>, usize), Trouble> {
        self.store.lock().unwrap().call_search()?.find(filter, offset, limit)
    }

    fn revisions(&self, before: Option<u64>, limit: usize) -> Result<Vec<Revision>, Trouble> {
        self.store.lock().unwrap().revisions(before, limit)
    }

    fn revision(&self, id: u64) -> Result<Option<Revision>, Trouble> {
        self.store.lock().unwrap().revision(id)
    }

    fn revert(&self, revert: AskedRevert, is_trial: bool, author: Author) -> Result<Applied, EditRefused> {
        let judge = |settings: &Settings, differences: &[Difference]| revert.judge(settings, differences);
        self.store.lock().unwrap().revert(revert.revision(), is_trial, &judge, &author, NOW)
    }

    fn conflict(&self, edit: Edit) -> Result<Option<Conflict>, Trouble> {
        self.store.lock().unwrap().conflict(&edit)
    }

    fn compare(&self, before: u64, after: u64) -> Result<Vec<Difference>, EditRefused> {
        self.store.lock().unwrap().compare(before, after)
    }
}

/// A box and those who call its API: `boss` is an administrator, `reader` has a token of his that only reads, `privacy` is the privacy
/// officer, `desk` sees the names of extensions and all of contacts.
pub struct Box {
    store: Kept,
    site: Site,
    status: Status,
    now: Cell<Duration>,
    chance: Cell<u64>,
    pub commands: RefCell<Vec<Command>>,
    trace: Trace,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub body: Value,
    response: Response,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.response.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.header(name).unwrap_or("")
    }

    /// Where and why, of every error of a problem.
    pub fn errors(&self) -> Vec<(String, String)> {
        let text = |error: &Value, name: &str| error[name].as_str().map(str::to_owned);
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                let place = text(error, "pointer").or_else(|| text(error, "parameter")).expect("an error says where");
                (place, text(error, "detail").expect("an error says what"))
            })
            .collect()
    }
}

impl Box {
    pub fn new() -> Box {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("trillo-api-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let mut store = Store::open(&folder, &folder.join("run"), NOW).expect("the folder opens").store;
        let put = |kind, values: &[(&str, Value)]| {
            let own = values.iter().fold(Own::default(), |own, (key, value)| own.with(key, value.clone()));
            Change::Put { kind, id: None, own }
        };
        let user = |name: &str, role: &str| {
            put(Kind::User, &[("username", json!(name)), ("password_hash", json!("$argon2id$x")), ("role", json!(role))])
        };
        let token = |name: &str, user: &str, read_only: bool| {
            let hash = hash_of(&format!("trillo_{name}"));
            put(Kind::Token, &[("name", json!(name)), ("user", json!(user)), ("hash", json!(hash)), ("read_only", json!(read_only))])
        };
        let desk = put(
            Kind::User,
            &[("username", json!("desk")), ("password_hash", json!("$argon2id$x")), ("role", json!("own")), ("own_role", json!("desk"))],
        );
        let changes = vec![
            user("boss", "administrator"),
            user("privacy", "privacy_officer"),
            put(Kind::Role, &[("name", json!("desk")), ("extensions", json!("list")), ("contacts", json!("write"))]),
            desk,
            token("boss", "boss", false),
            token("reader", "boss", true),
            token("privacy", "privacy", false),
            token("desk", "desk", false),
        ];
        let author = Author { name: "test".to_owned(), source: "here".to_owned() };
        store.edit(&Edit { changes, based_on: None }, &author, NOW).expect("the box is sound");
        Box {
            store: Kept { store: Mutex::new(store), folder },
            site: Site::default(),
            status: Status::default(),
            now: Cell::new(Duration::from_secs(1000)),
            chance: Cell::new(0),
            commands: RefCell::default(),
            trace: Trace::default(),
        }
    }

    pub fn settings(&self) -> Arc<Settings> {
        web::Store::settings(&self.store)
    }

    /// Where its recordings lie.
    pub fn audio(&self) -> AudioFolder {
        AudioFolder::new(&self.store.folder)
    }

    /// The wall clock of its requests.
    pub fn wall(&self) -> Wall {
        NOW + self.now.get()
    }

    pub fn wait(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// A request of the administrator.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask_as("boss", method, path, body)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null)
    }

    pub fn ask_as(&self, who: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.ask_with(who, method, path, body, &[])
    }

    pub fn ask_with(&self, who: &str, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let token = format!("Bearer trillo_{who}");
        let mut all = vec![("authorization", token.as_str())];
        if !body.is_null() {
            all.push(("content-type", if method == "PATCH" { "application/merge-patch+json" } else { "application/json" }));
        }
        all.extend(headers);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, &format!("/api/v1{path}"), &all, body.as_bytes())
    }

    /// As it stands; a header that comes twice counts as the later one says.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all: Vec<(String, String)> = vec![("host".to_owned(), "box".to_owned())];
        all.extend(headers.iter().rev().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = Request::new(method, target, all, body, [192, 0, 2, 1].into(), false);
        let context = Context {
            now: Now { mono: Instant::ZERO + self.now.get(), wall: NOW + self.now.get() },
            random: &|bytes| {
                self.chance.set(self.chance.get() + 1);
                bytes.fill(0);
                bytes[..8].copy_from_slice(&self.chance.get().to_be_bytes());
            },
            settings: self.settings(),
            status: Arc::new(self.status.clone()),
            store: &self.store,
            audio: &self.audio(),
            command: &|command| self.commands.borrow_mut().push(command),
            memory: &|| Some(1_000_000),
            sip_ports: [5060, 5060, 5061, 8088, 8089],
            trace: &self.trace,
            setup_code: None,
            authority: "",
            version: "test",
            site: &self.site,
        };
        let response = web::answer(&context, &request);
        let body = match response.header("Content-Type") {
            Some("application/json" | "application/problem+json") => serde_json::from_slice(&response.body).expect("an answer is JSON"),
            _ => Value::Null,
        };
        if response.header("Content-Type") == Some("application/problem+json") {
            assert_eq!(body["status"], response.status, "{body}");
        }
        Answer { status: response.status, body, response }
    }

    /// Makes one and returns its id.
    #[track_caller]
    pub fn make(&self, path: &str, body: Value) -> i64 {
        let answer = self.ask("POST", path, &body);
        assert_eq!(answer.status, 201, "{path} {body}: {}", answer.body);
        answer.body["id"].as_i64().expect("an id")
    }
}
