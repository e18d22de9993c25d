//! The web page as a pure function: [`answer`] takes what is known and a request, and gives a response.
//!
//! In flow whole requests that the door has let in, out flow pages, and edits to the store. Nothing here reads a clock, a socket
//! or a random source: the [`Context`] carries them. A page is a file of `page/`; forms come from the field tables of the settings.

mod access;
mod api;
mod assets;
mod at_work;
mod call_search;
mod device;
mod form;
pub mod http;
mod metrics;
mod multipart;
mod page;
pub mod permit;
mod phonebook;
pub mod proof;
mod range;
mod route;
mod session;
mod setup_code;
mod shown;
mod sound;
mod switching;
mod token;
mod tries;
mod upload;
mod uses;
mod values;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::base::id::{ExtensionId, TokenId};
use crate::base::{Now, Wall};
use crate::entry::{CallFilter, CallRecord};
use crate::exchange::command::Command;
use crate::exchange::status::Status;
use crate::phonebook::Shelf;
use crate::secret::{LoginTries, Secret};
use crate::settings::{Difference, Edit, Settings};
use crate::store::{Applied, AudioFolder, Author, Conflict, EditRefused, Revision, Trouble};
use crate::trace::Trace;

use at_work::AtWork;
use permit::{AskedRevert, Permitted};
use proof::Codes;
use session::Sessions;
use token::TokenUses;
use tries::CodeTries;

pub use api::{Event, Picture, STREAM_HEADER, Subscription, events_between, streams_full};
pub use http::{Method, Request, Response};
pub use setup_code::{RANDOM_BYTES as SETUP_CODE_RANDOM_BYTES, setup_code};
pub use upload::{body_bytes_max, is_upload};

/// What the pages need of the store.
pub trait Store {
    /// The newest snapshot.
    fn settings(&self) -> Arc<Settings>;
    /// The only way to change settings but for claiming and reverting.
    fn edit(&self, edit: Permitted, author: Author) -> Result<Arc<Settings>, EditRefused>;
    fn claim(&self, username: &str, password: &Secret, author: Author) -> Result<Arc<Settings>, EditRefused>;
    /// So many of those that the filter lets through but `offset`, newest first, and how many there are.
    fn find_calls(&self, filter: &CallFilter, offset: usize, limit: usize) -> Result<(Vec<CallRecord>, usize), Trouble>;
    /// The newest saves, or those before revision `before`, newest first.
    fn revisions(&self, before: Option<u64>, limit: usize) -> Result<Vec<Revision>, Trouble>;
    fn revision(&self, id: u64) -> Result<Option<Revision>, Trouble>;
    /// Undoes what one save did, if [`AskedRevert::judge`] says so to what that makes; with `is_trial` it only tells what that would be.
    fn revert(&self, revert: AskedRevert, is_trial: bool, author: Author) -> Result<Applied, EditRefused>;
    /// Whether somebody else changed what the edit changes since the revision that it is based on. Nothing is made.
    fn conflict(&self, edit: Edit) -> Result<Option<Conflict>, Trouble>;
    /// Those of one extension.
    fn calls_of(&self, extension: ExtensionId, limit: usize) -> Result<Vec<CallRecord>, Trouble> {
        Ok(self.find_calls(&CallFilter { extension: Some(extension), ..CallFilter::default() }, 0, limit)?.0)
    }
    /// What differs between the settings at two revisions.
    fn compare(&self, before: u64, after: u64) -> Result<Vec<Difference>, EditRefused>;
}

/// What one request is answered from.
pub struct Context<'a> {
    pub now: Now,
    /// Fills the bytes with chance from the operating system.
    pub random: &'a dyn Fn(&mut [u8]),
    pub settings: Arc<Settings>,
    pub status: Arc<Status>,
    pub store: &'a dyn Store,
    /// The sound of audio files.
    pub audio: &'a AudioFolder,
    /// Has the Exchange do something; what came of it shows in the next status.
    pub command: &'a dyn Fn(Command),
    /// Where phones reach us, by transport; the command line or a router may say otherwise than the settings.
    pub sip_ports: [u16; 5],
    /// The messages of the newest calls.
    pub trace: &'a Trace,
    /// Bytes that the program takes, if the system says.
    pub memory: &'a dyn Fn() -> Option<u64>,
    /// `None` once claimed, or when there is none to type.
    pub setup_code: Option<&'a str>,
    /// The certificate of the box's own authority, as PEM.
    pub authority: &'a str,
    pub version: &'a str,
    pub site: &'a Site,
}

/// What the web remembers from request to request.
#[derive(Debug, Default)]
pub struct Site {
    sessions: Mutex<Sessions>,
    code_tries: Mutex<CodeTries>,
    login_tries: Mutex<LoginTries>,
    token_tries: Mutex<LoginTries>,
    phonebook_tries: Mutex<LoginTries>,
    phonebook_work: AtWork,
    phonebooks: Shelf,
    replays: Mutex<api::Replays>,
    codes: Mutex<Codes>,
    token_uses: Mutex<TokenUses>,
}

impl Site {
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn code_tries(&self) -> MutexGuard<'_, CodeTries> {
        self.code_tries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn codes(&self) -> MutexGuard<'_, Codes> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever lets a token in says so here, for its user to see.
    pub fn token_used(&self, token: TokenId, at: Wall) {
        self.token_uses().used(token, at);
    }

    fn token_uses(&self) -> MutexGuard<'_, TokenUses> {
        self.token_uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn login_tries(&self) -> MutexGuard<'_, LoginTries> {
        self.login_tries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token_tries(&self) -> MutexGuard<'_, LoginTries> {
        self.token_tries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phonebook_tries(&self) -> MutexGuard<'_, LoginTries> {
        self.phonebook_tries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replays(&self) -> MutexGuard<'_, api::Replays> {
        self.replays.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Context<'_> {
    /// The same after a save.
    fn with_settings(&self, settings: Arc<Settings>) -> Context<'_> {
        Context {
            now: self.now,
            random: self.random,
            settings,
            status: self.status.clone(),
            store: self.store,
            audio: self.audio,
            command: self.command,
            memory: self.memory,
            sip_ports: self.sip_ports,
            trace: self.trace,
            setup_code: self.setup_code,
            authority: self.authority,
            version: self.version,
            site: self.site,
        }
    }

    fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}

/// Always an answer, with the headers that every answer has.
pub fn answer(context: &Context<'_>, request: &Request) -> Response {
    let mut response = route::route(context, request);
    for (name, value) in SECURITY_HEADERS {
        response = response.with_header(name, *value);
    }
    if request.is_secure {
        // On plain HTTP browsers ignore it and complain.
        response = response.with_header("Cross-Origin-Opener-Policy", "same-origin");
    }
    response.checked()
}

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const SECURITY_HEADERS: &[(&str, &str)] = &[
    ("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
];
