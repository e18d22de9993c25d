//! The thread that owns the [`Store`], and the handle by which all others reach it.

use std::sync::Arc;

use crate::entry::{CallRecord, Entry};
use crate::secret::Secret;
use crate::settings::{Edit, Settings};
use crate::store::{Author, EditRefused, Opened, Revision, Trouble};

/// Called on the store's thread when the entries are kept (or not); keep it short.
pub type Done = Box<dyn FnOnce(Result<(), Trouble>) + Send>;

/// Called on the store's thread with every new snapshot; keep it short.
pub type Subscriber = Box<dyn Fn(Arc<Settings>) + Send>;

/// Reaches the store's thread. Clones share it.
#[derive(Clone, Debug)]
pub struct StoreHandle {}

impl StoreHandle {
    /// Starts the thread `store`. Each subscriber is called at once with the settings there are, then after every edit.
    pub fn start(opened: Opened, subscribers: Vec<Subscriber>) -> Result<StoreHandle, Trouble> {
        let _ = (opened, subscribers);
        Ok(StoreHandle {})
    }

    /// Never waits. If the queue is full, `done` gets the trouble at once: a REGISTER is answered with 503.
    pub fn keep(&self, entries: Vec<Entry>, done: Done) {
        let _ = entries;
        done(Ok(()));
    }

    /// Waits for the answer.
    pub fn edit(&self, edit: Edit, author: Author) -> Result<Arc<Settings>, EditRefused> {
        let _ = (edit, author);
        Ok(self.settings())
    }

    /// Waits for the answer. Argon2id runs on the caller's thread.
    pub fn claim(&self, username: &str, password: &Secret, author: Author) -> Result<Arc<Settings>, EditRefused> {
        let _ = (username, password, author);
        Ok(self.settings())
    }

    /// The newest snapshot; does not wait for the thread.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::new(Settings::fresh())
    }

    pub fn calls(&self, limit: usize) -> Result<Vec<CallRecord>, Trouble> {
        let _ = limit;
        Ok(Vec::new())
    }

    pub fn revisions(&self, limit: usize) -> Result<Vec<Revision>, Trouble> {
        let _ = limit;
        Ok(Vec::new())
    }

    pub fn export(&self, with_secrets: bool) -> Result<String, Trouble> {
        let _ = with_secrets;
        Ok(String::new())
    }

    /// Writes everything down, closes the files and ends the thread.
    pub fn stop(&self) {}
}
