//! Tables made settings: what one would do, and the edit that does it.

use std::sync::Arc;

use crate::settings::csv::{self, Format, Preview};
use crate::settings::{Edit, Settings};

use super::{Author, EditRefused, Store, Wall, hash_new_password};

/// What importing a table did, or would do.
#[derive(Clone, Debug)]
pub struct Imported {
    pub preview: Preview,
    /// The settings after it; `None` if nothing was changed.
    pub settings: Option<Arc<Settings>>,
}

/// What a table would do to these settings and, unless it is only a trial or has faults, the edit. The passwords of users are hashed, which
/// takes a while: not on the store's thread.
pub fn prepare_import(format: Format, bytes: &[u8], settings: &Settings, is_trial: bool) -> Result<(Preview, Option<Edit>), EditRefused> {
    let reading = csv::read(format, bytes, settings);
    let preview = reading.preview(settings);
    let is_wanted = !is_trial && preview.is_sound();
    let edit = is_wanted.then(|| reading.edit(&mut |password| hash_new_password(password))).transpose()?;
    Ok((preview, edit))
}

impl Store {
    /// Reads a table and makes its edit, whole or not at all; for a store that nobody else waits for.
    pub fn import(&mut self, format: Format, bytes: &[u8], is_trial: bool, author: &Author, now: Wall) -> Result<Imported, EditRefused> {
        let (preview, edit) = prepare_import(format, bytes, &self.settings, is_trial)?;
        let settings = edit.map(|edit| self.edit(&edit, author, now)).transpose()?;
        Ok(Imported { preview, settings })
    }
}
