//! Who lives in the town: extensions and accounts, as a settings edit would make them.

use trillo::settings::{Change, Edit, Kind, Own, Settings};

/// Settings in the making.
#[derive(Default)]
pub struct Office {
    changes: Vec<Change>,
}

impl Office {
    pub fn extension(mut self, number: &str, name: &str, more: &[(&str, i64)]) -> Office {
        let mut own = Own::default().with("number", number).with("first_name", name);
        for (key, value) in more {
            own = own.with(key, *value);
        }
        self.changes.push(Change::Put { kind: Kind::Extension, id: None, own });
        self
    }

    /// An account with a password made of its name. Without a number it has no extension.
    pub fn account(mut self, username: &str, number: &str, more: &[(&str, serde_json::Value)]) -> Office {
        let mut own = Own::default().with("username", username).with("password", password_of(username));
        if !number.is_empty() {
            own = own.with("extension", number);
        }
        for (key, value) in more {
            own = own.with(key, value.clone());
        }
        self.changes.push(Change::Put { kind: Kind::Account, id: None, own });
        self
    }

    /// Anything else that is new.
    pub fn with(mut self, kind: Kind, own: Own) -> Office {
        self.changes.push(Change::Put { kind, id: None, own });
        self
    }

    pub fn mailbox(mut self, number: &str, is_enabled: bool) -> Office {
        let own = Own::default().with("number", number).with("enabled", is_enabled);
        self.changes.push(Change::Put { kind: Kind::Mailbox, id: None, own });
        self
    }

    /// A line to a host.
    pub fn line(mut self, name: &str, host: &str, more: &[(&str, serde_json::Value)]) -> Office {
        let mut own = Own::default().with("name", name).with("host", host);
        for (key, value) in more {
            own = own.with(key, value.clone());
        }
        self.changes.push(Change::Put { kind: Kind::Line, id: None, own });
        self
    }

    /// A class that allows every number over these lines.
    pub fn class(mut self, name: &str, lines: &[&str]) -> Office {
        let own = Own::default().with("name", name).with("rules", serde_json::json!([{"match": "any", "lines": lines}]));
        self.changes.push(Change::Put { kind: Kind::Class, id: None, own });
        self
    }

    /// Sets something of an extension that is here already.
    pub fn set(mut self, number: &str, key: &str, value: impl Into<serde_json::Value>) -> Office {
        let own = self.changes.iter_mut().find_map(|change| match change {
            Change::Put { kind: Kind::Extension, own, .. } if own.0.get("number").and_then(|own| own.as_str()) == Some(number) => Some(own),
            _ => None,
        });
        let own = own.unwrap_or_else(|| panic!("there is no extension {number}"));
        *own = own.clone().with(key, value);
        self
    }

    pub fn settings(self) -> Settings {
        self.edited(&Settings::fresh())
    }

    /// What these changes make of other settings.
    pub fn edited(self, settings: &Settings) -> Settings {
        let edit = Edit { changes: self.changes, based_on: None };
        let edited = settings.edited(&edit, &mut || [5; 24]).unwrap_or_else(|faults| panic!("{faults:?}"));
        let mut settings = edited.settings;
        settings.claimed = true;
        settings
    }

    pub fn put(mut self, kind: Kind, id: i64, own: Own) -> Office {
        self.changes.push(Change::Put { kind, id: Some(id), own });
        self
    }
}

pub fn password_of(username: &str) -> String {
    format!("{}-backwards", username.chars().rev().collect::<String>())
}
