//! The thread that owns the [`Store`], and the handle by which all others reach it.
//!
//! ```text
//! signal --Keep--> |                 | one transaction for all that wait, then each `done`
//! web ----Edit---> | bounded channel | -> Store -> every subscriber gets the new Arc<Settings>
//! control -Apply-> |                 |    each second: records; every 5 minutes and at stop: copies
//! ```

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing::{error, info, warn};

use crate::base::Instant;
use crate::base::limits::STORE_QUEUE_MAX;
use crate::entry::{CallFilter, CallRecord, Entry, Event};
use crate::secret::Secret;
use crate::settings::csv::Format;
use crate::settings::{Difference, Edit, Fault, Settings};
use crate::store::{Applied, Author, Conflict, EditRefused, Imported, Opened, Revision, Store, Trouble, hash_new_password, prepare_import};

use super::clock::Clock;

/// Records are written this often.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// State and settings are copied this often, if they changed.
const COPY_EVERY: Duration = Duration::from_secs(300);
/// Keeps that go into one transaction at most, so that the first one's answer does not wait for ever.
const BATCH_MAX: usize = 512;

/// Called on the store's thread when the entries are kept (or not); keep it short.
pub type Done = Box<dyn FnOnce(Result<(), Trouble>) + Send>;

/// Called on the store's thread with every new snapshot; keep it short.
pub type Subscriber = Box<dyn Fn(Arc<Settings>) + Send>;

/// Work on the store that somebody waits for. The answer is sent by what it returns, when new settings are with everybody.
type Work = Box<dyn FnOnce(&mut Store) -> Answer + Send>;
type Answer = Box<dyn FnOnce() + Send>;

enum Request {
    Keep(Vec<Entry>, Done),
    Do(Work),
    Stop(SyncSender<Result<(), Trouble>>),
}

/// Reaches the store's thread. Clones share it.
#[derive(Clone)]
pub struct StoreHandle {
    sender: SyncSender<Request>,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    settings: RwLock<Arc<Settings>>,
    /// When the thread last went round, in microseconds of the clock.
    beat: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl StoreHandle {
    /// Starts the thread `store`. Each subscriber is called at once with the settings there are, then after every edit.
    pub fn start(opened: Opened, subscribers: Vec<Subscriber>) -> Result<StoreHandle, Trouble> {
        let (sender, receiver) = mpsc::sync_channel(STORE_QUEUE_MAX);
        let shared = Arc::new(Shared {
            clock: Clock::start(),
            settings: RwLock::new(opened.settings),
            beat: AtomicU64::new(0),
            thread: Mutex::new(None),
        });
        let worker = Worker { store: opened.store, receiver, shared: shared.clone(), subscribers, is_in_trouble: false };
        let spawned = std::thread::Builder::new().name("store".to_owned()).spawn(move || worker.run());
        let thread =
            spawned.map_err(|error| Trouble::Failed { doing: "starting the store's thread".to_owned(), said: error.to_string() })?;
        *shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(StoreHandle { sender, shared })
    }

    /// Never waits. If the queue is full, `done` gets the trouble at once: a REGISTER is answered with 503.
    pub fn keep(&self, entries: Vec<Entry>, done: Done) {
        match self.sender.try_send(Request::Keep(entries, done)) {
            Ok(()) => {}
            Err(TrySendError::Full(Request::Keep(_, done))) => done(Err(Trouble::Overloaded)),
            Err(TrySendError::Disconnected(Request::Keep(_, done))) => done(Err(Trouble::Stopped)),
            Err(_) => {}
        }
    }

    /// Runs `work` on the store's thread and waits for what it returns.
    fn ask<T: Send + 'static>(&self, work: impl FnOnce(&mut Store) -> T + Send + 'static) -> Result<T, Trouble> {
        let (reply, answer) = mpsc::sync_channel(1);
        let work: Work = Box::new(move |store| {
            let outcome = work(store);
            // Who asked may have gone; the work is done all the same.
            Box::new(move || drop(reply.send(outcome)))
        });
        self.sender.send(Request::Do(work)).map_err(|_| Trouble::Stopped)?;
        answer.recv().map_err(|_| Trouble::Stopped)
    }

    /// Waits for the answer.
    pub fn edit(&self, edit: Edit, author: Author) -> Result<Arc<Settings>, EditRefused> {
        self.ask(move |store| store.edit(&edit, &author, Clock::wall()))?
    }

    /// Makes the first administrator. Waits for the answer; Argon2id runs on the caller's thread.
    pub fn claim(&self, username: &str, password: &Secret, author: Author) -> Result<Arc<Settings>, EditRefused> {
        let hash = hash_new_password(password)?;
        let username = username.to_owned();
        self.ask(move |store| store.claim(&username, &hash, &author, Clock::wall()))?
    }

    /// Makes the box what a settings file says, or only tells what would differ. Waits for the answer.
    pub fn apply(&self, text: String, is_trial: bool, author: Author) -> Result<Applied, EditRefused> {
        let hashes = Store::hashes_of_file(&text, &self.settings())?;
        self.ask(move |store| store.apply_hashed(&text, &hashes, is_trial, &author, Clock::wall()))?
    }

    /// Reads a table and makes its edit, or only tells what it would do. Waits for the answer; reading and Argon2id are the caller's.
    pub fn import(&self, format: Format, bytes: &[u8], is_trial: bool, author: Author) -> Result<Imported, EditRefused> {
        let (preview, edit) = prepare_import(format, bytes, &self.settings(), is_trial)?;
        let settings = edit.map(|edit| self.edit(edit, author)).transpose()?;
        Ok(Imported { preview, settings })
    }

    /// The newest snapshot; does not wait for the thread.
    pub fn settings(&self) -> Arc<Settings> {
        self.shared.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// So many of the calls that the filter lets through but `offset`, newest first, and how many there are. Searched on the caller's thread.
    pub fn find_calls(&self, filter: &CallFilter, offset: usize, limit: usize) -> Result<(Vec<CallRecord>, usize), Trouble> {
        self.ask(Store::call_search)??.find(filter, offset, limit)
    }

    /// The newest events, newest first.
    pub fn events(&self, limit: usize) -> Result<Vec<Event>, Trouble> {
        self.ask(move |store| store.events(limit))?
    }

    /// The newest saves, or those before revision `before`, newest first.
    pub fn revisions(&self, before: Option<u64>, limit: usize) -> Result<Vec<Revision>, Trouble> {
        self.ask(move |store| store.revisions(before, limit))?
    }

    /// Whether somebody else changed what the edit changes since the revision that it is based on.
    pub fn conflict(&self, edit: Edit) -> Result<Option<Conflict>, Trouble> {
        self.ask(move |store| store.conflict(&edit))?
    }

    pub fn revision(&self, id: u64) -> Result<Option<Revision>, Trouble> {
        self.ask(move |store| store.revision(id))?
    }

    /// What differs between the settings at two revisions.
    pub fn compare(&self, before: u64, after: u64) -> Result<Vec<Difference>, EditRefused> {
        self.ask(move |store| store.compare(before, after))?
    }

    /// Undoes what one revision did, or only tells what that would be; refused if `judge` says so.
    pub fn revert<J>(&self, id: u64, is_trial: bool, judge: J, author: Author) -> Result<Applied, EditRefused>
    where
        J: Fn(&Settings, &[Difference]) -> Result<(), Vec<Fault>> + Send + 'static,
    {
        self.ask(move |store| store.revert(id, is_trial, &judge, &author, Clock::wall()))?
    }

    /// Makes the settings what they were at a revision, or only tells what would differ.
    pub fn restore(&self, id: u64, is_trial: bool, author: Author) -> Result<Applied, EditRefused> {
        self.ask(move |store| store.restore(id, is_trial, &author, Clock::wall()))?
    }

    /// The settings as a file.
    pub fn export(&self, with_secrets: bool) -> Result<String, Trouble> {
        self.ask(move |store| store.export(with_secrets))
    }

    /// How long ago the thread last showed that it is alive. It goes round at least once a second.
    pub fn age(&self) -> Duration {
        let beat = Instant::from_micros(self.shared.beat.load(Ordering::Relaxed));
        self.shared.clock.now().mono.since(beat)
    }

    /// Writes everything down, closes the files and ends the thread. What comes later is refused as stopped.
    pub fn stop(&self) -> Result<(), Trouble> {
        let (reply, answer) = mpsc::sync_channel(1);
        self.sender.send(Request::Stop(reply)).map_err(|_| Trouble::Stopped)?;
        let outcome = answer.recv().unwrap_or(Err(Trouble::Stopped));
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panic of the thread has been printed already.
        let _ = thread.map(JoinHandle::join);
        outcome
    }
}

impl fmt::Debug for StoreHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreHandle").finish_non_exhaustive()
    }
}

struct Worker {
    store: Store,
    receiver: Receiver<Request>,
    shared: Arc<Shared>,
    subscribers: Vec<Subscriber>,
    /// The last flush or copy failed; said once, until it works again.
    is_in_trouble: bool,
}

impl Worker {
    fn run(mut self) {
        self.publish();
        let now = self.shared.clock.now().mono;
        let (mut flush_at, mut copy_at) = (now + FLUSH_EVERY, now + COPY_EVERY);
        loop {
            let now = self.shared.clock.now().mono;
            self.shared.beat.store(now.as_micros(), Ordering::Relaxed);
            if now >= copy_at {
                let outcome = self.store.copy_state_to_data();
                self.tell(outcome);
                copy_at = now + COPY_EVERY;
            }
            if now >= flush_at {
                let outcome = self.store.flush();
                self.tell(outcome);
                flush_at = now + FLUSH_EVERY;
            }
            let mut next = match self.receiver.recv_timeout(flush_at.since(now)) {
                Ok(request) => Some(request),
                Err(RecvTimeoutError::Timeout) => continue,
                // All handles are gone: nobody will stop us, so this is the end.
                Err(RecvTimeoutError::Disconnected) => None,
            };
            if let Some(Request::Keep(entries, done)) = next {
                next = self.keep(entries, done);
                if next.is_none() {
                    continue;
                }
            }
            match next {
                Some(Request::Do(work)) => {
                    let answer = work(&mut self.store);
                    self.publish_if_new();
                    answer();
                }
                Some(Request::Keep(..)) => {}
                Some(Request::Stop(reply)) => return self.end(|outcome| drop(reply.send(outcome))),
                None => return self.end(drop),
            }
        }
    }

    /// Keeps these entries and all that wait behind them in one transaction. Returns the request that ended the row, if any.
    fn keep(&mut self, mut entries: Vec<Entry>, done: Done) -> Option<Request> {
        let mut waiting = vec![done];
        let mut next = None;
        while waiting.len() < BATCH_MAX {
            match self.receiver.try_recv() {
                Ok(Request::Keep(more, done)) => {
                    entries.extend(more);
                    waiting.push(done);
                }
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let outcome = self.store.keep(&entries);
        if let Err(trouble) = &outcome {
            error!("{trouble}");
        }
        for done in waiting {
            done(outcome.clone());
        }
        next
    }

    fn publish_if_new(&mut self) {
        let is_new = {
            let published = self.shared.settings.read().unwrap_or_else(PoisonError::into_inner);
            !Arc::ptr_eq(&published, &self.store.settings())
        };
        if is_new {
            *self.shared.settings.write().unwrap_or_else(PoisonError::into_inner) = self.store.settings();
            self.publish();
        }
    }

    fn publish(&self) {
        for subscriber in &self.subscribers {
            subscriber(self.store.settings());
        }
    }

    fn tell(&mut self, outcome: Result<(), Trouble>) {
        match outcome {
            Err(trouble) if !self.is_in_trouble => {
                warn!("{trouble}; it is tried again");
                self.is_in_trouble = true;
            }
            Err(_) => {}
            Ok(()) if self.is_in_trouble => {
                info!("the store can write again");
                self.is_in_trouble = false;
            }
            Ok(()) => {}
        }
    }

    fn end(self, tell: impl FnOnce(Result<(), Trouble>)) {
        let outcome = self.store.close();
        if let Err(trouble) = &outcome {
            error!("{trouble}");
        }
        tell(outcome);
    }
}
