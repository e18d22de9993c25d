//! The web page as a browser sees it, over a store in memory.

mod audio;
mod bans;
mod bulk;
mod call;
mod conflict;
mod dial;
mod ended;
mod entrance;
mod form;
mod forms;
mod history;
mod import;
mod inheritance;
mod lists;
mod pages;
mod person;
mod phonebook;
mod pickup;
mod rights;
mod switches;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trillo::base::{Instant, Now, Wall};
use trillo::entry::{CallFilter, CallRecord};
use trillo::exchange::Command;
use trillo::exchange::status::Status;
use trillo::secret::{Secret, hash_password};
use trillo::settings::{Change, Difference, Edit, Kind, Own, RowChange, Settings};
use trillo::store::{Applied, AudioFolder, Author, Conflict, EditRefused, Revision, Trouble};
use trillo::trace::Trace;
use trillo::web::permit::{AskedRevert, Permitted};
use trillo::web::{self, Context, Request, Response, Site, Store};

use crate::store::Folder;

const CODE: &str = "H4TN-Y8CE";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The checks are the real ones; only what lasts is missing.
pub(crate) struct Memory {
    settings: Mutex<Arc<Settings>>,
    /// Every save, the oldest first.
    saves: Mutex<Vec<Revision>>,
    pub(crate) calls: Vec<CallRecord>,
    /// What each of them changed.
    befores: Mutex<Vec<(u64, Vec<RowChange>)>>,
}

impl Memory {
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.lock().unwrap().clone()
    }

    /// Whoever it is, nobody asks whether they may.
    pub(crate) fn save(&self, edit: Edit, author: Author) -> Result<Arc<Settings>, EditRefused> {
        let mut settings = self.settings.lock().unwrap();
        let mut saves = self.saves.lock().unwrap();
        let touches = |difference: &Difference| {
            edit.changes.iter().any(|change| match change {
                Change::Put { kind, id, .. } => *kind == difference.kind && *id == Some(difference.id),
                Change::Delete { kind, id } => *kind == difference.kind && *id == difference.id,
            })
        };
        let since = edit.based_on.unwrap_or(settings.revision);
        if let Some(revision) = saves.iter().find(|save| save.id > since && save.differences.iter().any(touches)) {
            return Err(EditRefused::Conflict(Box::new(Conflict { revision: revision.clone(), fields: Vec::new() })));
        }
        let edited = settings.edited(&edit, &mut || [9; 24]).map_err(EditRefused::Faults)?;
        self.befores.lock().unwrap().push((edited.settings.revision, edited.rows.clone()));
        let differences = edited.rows.iter().map(|row| Difference::new(row, settings.rows(), edited.settings.rows())).collect();
        saves.push(Revision { id: edited.settings.revision, at: Wall::from_millis(1_800_000_000_000), author, differences });
        *settings = Arc::new(edited.settings);
        Ok(settings.clone())
    }

    /// Of changes alone: that is what the pages are tried with.
    fn undoing(&self, id: u64) -> Edit {
        let rows = self.befores.lock().unwrap().iter().find(|(save, _)| *save == id).map(|(_, rows)| rows.clone()).unwrap_or_default();
        let change = |row: &RowChange| {
            let before = row.before.as_deref().cloned().unwrap_or_default();
            let gone = row.after.iter().flat_map(|own| own.0.keys()).filter(|key| before.get(key).is_none()).cloned().collect::<Vec<_>>();
            let own = gone.iter().fold(before, |own, key| own.with(key, serde_json::Value::Null));
            Change::Put { kind: row.kind, id: Some(row.id), own }
        };
        Edit { changes: rows.iter().map(change).collect(), based_on: None }
    }
}

impl Store for Memory {
    fn settings(&self) -> Arc<Settings> {
        Memory::settings(self)
    }

    fn edit(&self, edit: Permitted, author: Author) -> Result<Arc<Settings>, EditRefused> {
        self.save(edit.into_edit(), author)
    }

    fn claim(&self, username: &str, password: &Secret, author: Author) -> Result<Arc<Settings>, EditRefused> {
        let own =
            Own::default().with("username", username).with("password_hash", hash_password(password, [1; 16])).with("role", "administrator");
        self.save(Edit { changes: vec![Change::Put { kind: Kind::User, id: None, own }], based_on: None }, author)
    }

    /// As far as the pages of these tests ask: by time.
    fn find_calls(&self, filter: &CallFilter, offset: usize, limit: usize) -> Result<(Vec<CallRecord>, usize), Trouble> {
        let is_meant = |call: &&CallRecord| {
            filter.from.is_none_or(|from| call.started >= from) && filter.until.is_none_or(|until| call.started < until)
        };
        let found: Vec<CallRecord> = self.calls.iter().filter(is_meant).cloned().collect();
        Ok((found.iter().skip(offset).take(limit).cloned().collect(), found.len()))
    }

    fn revisions(&self, before: Option<u64>, limit: usize) -> Result<Vec<Revision>, Trouble> {
        let saves = self.saves.lock().unwrap();
        Ok(saves.iter().rev().filter(|save| before.is_none_or(|before| save.id < before)).take(limit).cloned().collect())
    }

    fn revision(&self, id: u64) -> Result<Option<Revision>, Trouble> {
        Ok(self.saves.lock().unwrap().iter().find(|save| save.id == id).cloned())
    }

    fn revert(&self, revert: AskedRevert, is_trial: bool, author: Author) -> Result<Applied, EditRefused> {
        let (settings, undoing) = (self.settings(), self.undoing(revert.revision()));
        let edited = settings.edited(&undoing, &mut || [9; 24]).map_err(EditRefused::Faults)?;
        let difference = |row| Difference::new(row, settings.rows(), edited.settings.rows());
        let differences: Vec<Difference> = edited.rows.iter().map(difference).collect();
        revert.judge(&settings, &differences).map_err(EditRefused::Faults)?;
        let settings = if is_trial { settings } else { self.save(undoing, author)? };
        Ok(Applied { settings, differences })
    }

    fn conflict(&self, _edit: Edit) -> Result<Option<Conflict>, Trouble> {
        Ok(None)
    }

    fn compare(&self, before: u64, after: u64) -> Result<Vec<Difference>, EditRefused> {
        let saves = self.saves.lock().unwrap();
        Ok(saves.iter().filter(|save| save.id > before && save.id <= after).flat_map(|save| save.differences.clone()).collect())
    }
}

/// A box with one browser before it.
pub(crate) struct Browser {
    pub(crate) store: Memory,
    /// Of recordings.
    folder: Folder,
    site: Site,
    pub(crate) now: Duration,
    chance: Cell<u8>,
    pub(crate) status: Status,
    pub(crate) commands: RefCell<Vec<Command>>,
    pub(crate) trace: Trace,
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
            store: Memory {
                settings: Mutex::new(Arc::new(Settings::fresh())),
                saves: Mutex::default(),
                calls: Vec::new(),
                befores: Mutex::default(),
            },
            folder: Folder::new(),
            site: Site::default(),
            now: Duration::from_secs(1000),
            chance: Cell::new(0),
            status: Status::default(),
            commands: RefCell::default(),
            trace: Trace::default(),
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

    /// What another administrator, or a settings file, put there.
    #[track_caller]
    fn put(&self, kind: Kind, id: Option<i64>, own: Own) {
        let edit = Edit { changes: vec![Change::Put { kind, id, own }], based_on: None };
        self.store.save(edit, Author { name: "carla".to_owned(), source: "192.0.2.2".to_owned() }).expect("a sound edit");
    }

    /// Fills the form of the page shown last as a browser does: what stands in it is sent, but for what `typed` says. A name that
    /// `typed` has with an empty text and that is a box is not ticked.
    fn submit(&mut self, target: &str, typed: &[(&str, &str)]) -> u16 {
        let form = form::read(&self.body, target, typed);
        self.ask("POST", target, &form)
    }

    pub(crate) fn ask(&mut self, method: &str, target: &str, form: &str) -> u16 {
        self.ask_raw(method, target, form.as_bytes())
    }

    fn ask_raw(&mut self, method: &str, target: &str, form: &[u8]) -> u16 {
        let mut headers = self.headers.clone();
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        headers.push(("cookie".to_owned(), cookies.join("; ")));
        headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        let request = Request::new(method, target, headers, form, self.peer, self.is_secure);
        let mono = Instant::ZERO + self.now;
        let context = Context {
            now: Now { mono, wall: Wall::from_millis(1_800_000_000_000) },
            random: &|bytes| {
                self.chance.set(self.chance.get().wrapping_add(1));
                bytes.fill(self.chance.get());
            },
            settings: self.store.settings(),
            status: Arc::new(self.status.clone()),
            store: &self.store,
            audio: &AudioFolder::new(&self.folder.0),
            command: &|command| self.commands.borrow_mut().push(command),
            memory: &|| Some(1_000_000),
            sip_ports: [5060, 5060, 5061, 8088, 8089],
            trace: &self.trace,
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
        // A file may be anything.
        self.body = String::from_utf8_lossy(&response.body).into_owned();
        let status = response.status;
        self.response = Some(response);
        status
    }

    /// Status and length of what is no page.
    pub(crate) fn ask_bytes(&mut self, target: &str) -> (u16, usize) {
        (self.ask("GET", target, ""), self.response.as_ref().map_or(0, |response| response.body.len()))
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
