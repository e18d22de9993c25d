use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::Wall;
use crate::base::id::ExtensionId;

/// What people have switched at one extension, by a code, the page or the API. It outlives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// Where all calls to it go, as it would be dialled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<String>,
    /// It is busy to direct calls.
    pub do_not_disturb: bool,
    /// Whether lines show its number, where that is not as the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hides_number: Option<bool>,
    /// Since when its lock is open, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlocked_at: Option<i64>,
}

/// The switches of those extensions that have switched something.
pub type SwitchTable = BTreeMap<ExtensionId, Switches>;

impl Switches {
    pub fn unlocked(&self) -> Option<Wall> {
        self.unlocked_at.map(Wall::from_millis)
    }

    pub fn unlock(&mut self, at: Wall) {
        self.unlocked_at = Some(at.as_millis());
    }

    pub const fn lock(&mut self) {
        self.unlocked_at = None;
    }
}
