//! The one writer of what lasts, in three SQLite files.
//!
//! ```text
//! DATA/settings.N.db       what an administrator set; N is the schema's number; one fsync a save
//! DATA/settings.N.good.db  the last good copy of it
//! DATA/audio/              recordings, each named by what is in it
//! DATA/records.db          calls and events, written in groups
//! DATA/state.saved.db      a copy of the state
//! DATA/key                 seals the secrets in the settings; never in a backup or export
//! DATA/lock                flocked while the store is open
//! RUN/state.db             registrations; no fsync
//! ```
#![allow(clippy::disallowed_methods)]

mod audio;
mod conflict;
mod find_calls;
mod folder;
mod history;
mod import;
mod migrate;
mod notable;
mod passwords;
mod records;
mod settings_file;
mod state;
mod trouble;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use nix::fcntl::Flock;

pub use audio::{AudioFolder, Kept};
pub use conflict::{Conflict, ConflictField};
pub use find_calls::CallSearch;
pub use history::{Judge, Revision};
pub use import::{Imported, prepare_import};
pub use migrate::{MIGRATIONS, SCHEMA};
pub use passwords::{PASSWORD, hash_new_password, hash_passwords};
pub use trouble::Trouble;

use crate::base::Wall;
use crate::entry::{CallFilter, CallRecord, Entry, Event, State};
use crate::secret::Key;
use crate::settings::file::{self, Hashes, Secrets};
use crate::settings::{Change, Difference, Edit, Edited, Fault, Kind, Own, Settings};

use records::Records;
use settings_file::SettingsFile;
use state::StateFile;

/// The number of the settings' schema, as `trillo --version` tells it.
pub const SCHEMA_NUMBER: usize = MIGRATIONS.len();
pub use crate::base::limits::PASSWORD_CHARS_MIN;

/// The data folder, open and locked. Dropping it closes everything but copies nothing; see [`Store::close`].
#[derive(Debug)]
pub struct Store {
    settings: Arc<Settings>,
    settings_file: SettingsFile,
    records: Records,
    state: StateFile,
    audio: AudioFolder,
    key: Key,
    _lock: Flock<File>,
}

/// What was found at start.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    pub settings: Arc<Settings>,
    /// The bindings of the last run, by account; also of accounts that are gone by now.
    pub states: Vec<State>,
    /// What an administrator should know: a damaged file that was set aside, a key that is new. English sentences.
    pub notices: Vec<String>,
}

/// Who edits, for the list of revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    /// Where from: an address, or "command line".
    pub source: String,
}

/// What applying a settings file did, or would do.
#[derive(Clone, Debug)]
pub struct Applied {
    pub settings: Arc<Settings>,
    pub differences: Vec<Difference>,
}

#[derive(Debug)]
pub enum EditRefused {
    /// All that is wrong with it. Nothing was changed.
    Faults(Vec<Fault>),
    /// Somebody else changed the same since. Nothing was changed.
    Conflict(Box<Conflict>),
    /// It could not be written. Nothing was changed.
    Trouble(Trouble),
}

impl From<Trouble> for EditRefused {
    fn from(trouble: Trouble) -> Self {
        EditRefused::Trouble(trouble)
    }
}

impl Store {
    /// Opens or makes the data folder. `run` is where state that may be lost in a power cut lies (`data/run` or a tmpfs).
    pub fn open(data: &Path, run: &Path, now: Wall) -> Result<Opened, Trouble> {
        folder::make(data)?;
        folder::make(run)?;
        let lock = folder::lock(data)?;
        let mut notices = Vec::new();
        let (key, _) = folder::key(data)?;
        let (mut settings_file, settings) = SettingsFile::open(data, &key, now, &mut notices)?;
        if let Err(trouble) = settings_file.copy_if_changed() {
            notices.push(format!("there is no fresh copy of the settings: {trouble}"));
        }
        let records = Records::open(data, now, &mut notices)?;
        let (state, states) = StateFile::open(data, run, &mut notices)?;
        let settings = Arc::new(settings);
        let store = Store { settings: settings.clone(), settings_file, records, state, audio: AudioFolder::new(data), key, _lock: lock };
        Ok(Opened { store, settings, states, notices })
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.settings.clone()
    }

    /// Checks the edit whole and writes it in one transaction with its revision. An edit that changes nothing is no revision.
    pub fn edit(&mut self, edit: &Edit, author: &Author, now: Wall) -> Result<Arc<Settings>, EditRefused> {
        if let Some(conflict) = self.conflict(edit)? {
            return Err(EditRefused::Conflict(Box::new(conflict)));
        }
        let mut random = Randomness::default();
        let edited = self.settings.edited(edit, &mut || random.next());
        random.check()?;
        let edited = edited.map_err(EditRefused::Faults)?;
        let missing = audio::missing(Some(&self.audio), edit, &edited);
        if !missing.is_empty() {
            return Err(EditRefused::Faults(missing));
        }
        self.save(edited, author, now)?;
        Ok(self.settings())
    }

    fn save(&mut self, edited: Edited, author: &Author, now: Wall) -> Result<(), Trouble> {
        let revisions = u64::from(!edited.rows.is_empty());
        assert!(edited.settings.revision == self.settings.revision + revisions, "a save is one revision");
        if revisions > 0 || edited.settings.claimed != self.settings.claimed {
            self.settings_file.save(&edited.rows, &edited.settings, author, now)?;
            for event in notable::notable(&self.settings, &edited, author, now) {
                self.records.push(&Entry::Event(event));
            }
            self.settings = Arc::new(edited.settings);
        }
        Ok(())
    }

    /// Makes the first administrator. Whether the visitor may (the setup code) is the web's to know.
    pub fn claim(&mut self, username: &str, password_hash: &str, author: &Author, now: Wall) -> Result<Arc<Settings>, EditRefused> {
        if self.settings.has_administrator() {
            return Err(EditRefused::Faults(vec![Fault::claimed()]));
        }
        let own = Own::default().with("username", username).with("password_hash", password_hash).with("role", "administrator");
        self.edit(&Edit { changes: vec![Change::Put { kind: Kind::User, id: None, own }], based_on: None }, author, now)
    }

    /// Makes the box what a settings file says; with `is_trial` it only tells what would differ. Whoever may do this owns the
    /// data folder, so it counts as claiming the box.
    pub fn apply(&mut self, text: &str, is_trial: bool, author: &Author, now: Wall) -> Result<Applied, EditRefused> {
        let hashes = Store::hashes_of_file(text, &self.settings)?;
        self.apply_hashed(text, &hashes, is_trial, author, now)
    }

    /// The hashes of the passwords in a settings file, for [`Store::apply_hashed`]. It takes a while: not on the store's thread.
    pub fn hashes_of_file(text: &str, settings: &Settings) -> Result<Hashes, EditRefused> {
        passwords::hashes_of_file(text, settings)
    }

    /// The same as [`Store::apply`], with what takes long done before.
    pub fn apply_hashed(
        &mut self,
        text: &str,
        hashes: &Hashes,
        is_trial: bool,
        author: &Author,
        now: Wall,
    ) -> Result<Applied, EditRefused> {
        let (mut edited, differences) = edited_by(text, hashes, &self.settings, (&self.key, Some(&self.audio)))?;
        if !is_trial {
            edited.settings.claimed = true;
            self.save(edited, author, now)?;
        }
        Ok(Applied { settings: self.settings(), differences })
    }

    /// What a settings file would make of a new box. Nothing is read and nothing made.
    pub fn try_on_new(text: &str) -> Result<Applied, EditRefused> {
        let fresh = Settings::fresh();
        // A key that sealed nothing: the box's own is not made yet.
        let hashes = Store::hashes_of_file(text, &fresh)?;
        let (_, differences) = edited_by(text, &hashes, &fresh, (&Key::new(folder::random()?), None))?;
        Ok(Applied { settings: Arc::new(fresh), differences })
    }

    /// Whether settings are kept in that folder.
    pub fn is_there(data: &Path) -> bool {
        migrate::is_there(data)
    }

    /// The settings file. Secrets are sealed to this box unless `with_secrets`.
    pub fn export(&self, with_secrets: bool) -> String {
        file::write(&self.settings, if with_secrets { Secrets::InClear } else { Secrets::Sealed(&self.key) })
    }

    /// State is committed before this returns, all of it in one transaction. Calls and events wait for [`Store::flush`].
    pub fn keep(&mut self, entries: &[Entry]) -> Result<(), Trouble> {
        for entry in entries {
            self.records.push(entry);
        }
        self.state.keep(entries.iter().filter_map(|entry| match entry {
            Entry::State(state) => Some(state),
            _ => None,
        }))
    }

    /// Writes the waiting calls and events down. After trouble, and while a search goes on, they wait on.
    pub fn flush(&mut self) -> Result<(), Trouble> {
        self.records.flush_if_free()
    }

    /// Copies the state into the data folder, and renews the good copy of the settings, each if it changed since.
    pub fn copy_state_to_data(&mut self) -> Result<(), Trouble> {
        self.state.copy_if_changed()?;
        self.settings_file.copy_if_changed()?;
        self.sweep_audio()
    }

    /// Deletes recordings that are named no more, neither by the settings nor by a save that can be undone.
    fn sweep_audio(&self) -> Result<(), Trouble> {
        let is_named = |file: &str| Ok(audio::is_named_in(&self.settings, file) || self.settings_file.is_in_revisions(file)?);
        self.audio.sweep(audio::NAMELESS_FOR, &is_named)
    }

    /// Writes everything down.
    pub fn close(mut self) -> Result<(), Trouble> {
        self.records.flush()?;
        self.copy_state_to_data()
    }

    /// The newest calls, newest first.
    pub fn calls(&mut self, limit: usize) -> Result<Vec<CallRecord>, Trouble> {
        self.records.flush()?;
        Ok(self.call_search()?.find(&CallFilter::default(), 0, limit)?.0)
    }

    /// For a search on the caller's own thread. It finds what was kept until now, unless another search goes on.
    pub fn call_search(&mut self) -> Result<CallSearch, Trouble> {
        self.flush()?;
        Ok(CallSearch::new(self.records.connection()))
    }

    /// The newest events, newest first.
    pub fn events(&mut self, limit: usize) -> Result<Vec<Event>, Trouble> {
        self.records.flush()?;
        self.records.events(limit)
    }

    /// The settings file meets a full disk from now on, or no longer. For tests.
    pub fn pretend_full(&self, is_full: bool) {
        self.settings_file.pretend_full(is_full);
    }
}

/// What a settings file makes of `before`, and how that differs. Of the box come its key and, if it has one yet, its folder of recordings.
fn edited_by(
    text: &str,
    hashes: &Hashes,
    before: &Settings,
    (key, audio): (&Key, Option<&AudioFolder>),
) -> Result<(Edited, Vec<Difference>), EditRefused> {
    let mut random = Randomness::default();
    let file = file::read(text, hashes, before, key);
    let edited = file.check(before, &mut || random.next());
    random.check()?;
    let edited = edited.map_err(EditRefused::Faults)?;
    let missing = audio::missing(audio, file.edit(), &edited);
    if !missing.is_empty() {
        return Err(EditRefused::Faults(missing.into_iter().map(|fault| file.located(fault)).collect()));
    }
    let differences = edited.rows.iter().map(|change| Difference::new(change, before.rows(), edited.settings.rows())).collect();
    Ok((edited, differences))
}

/// Bytes for generated passwords. If the system has none, the edit must not be saved.
#[derive(Default)]
struct Randomness {
    trouble: Option<Trouble>,
}

impl Randomness {
    fn next(&mut self) -> [u8; 24] {
        folder::random().unwrap_or_else(|trouble| {
            self.trouble = Some(trouble);
            [0; 24]
        })
    }

    fn check(self) -> Result<(), Trouble> {
        self.trouble.map_or(Ok(()), Err)
    }
}
