//! What a save does that others should be able to find again, beyond the list of revisions: who sees numbers in full, whose password and
//! second factor somebody else changed.

use crate::base::Wall;
use crate::base::id::UserId;
use crate::entry::{Event, EventKind};
use crate::settings::{Edited, Kind, Role, Settings};

use super::Author;

/// One event for each such change, in the order of users.
pub(super) fn notable(before: &Settings, edited: &Edited, author: &Author, now: Wall) -> Vec<Event> {
    let mut events = Vec::new();
    let by = format!("{} ({})", author.name, author.source);
    for row in edited.rows.iter().filter(|row| row.kind == Kind::User) {
        let id = UserId(row.id);
        let (was, is) = (before.users.get(&id), edited.settings.users.get(&id));
        let Some(user) = is.or(was) else { continue };
        let name = &user.username;
        let is_officer = |user: Option<&crate::settings::User>| user.is_some_and(|user| user.role == Role::PrivacyOfficer);
        let mut tell = |text: String| events.push(Event { at: now, kind: EventKind::Settings, text });
        match (is_officer(was), is_officer(is)) {
            (false, true) => tell(format!("{name} was made a privacy officer by {by}.")),
            (true, false) => tell(format!("{name} is no privacy officer any more, by {by}.")),
            _ => {}
        }
        let (Some(was), Some(is)) = (was, is) else { continue };
        if author.name.eq_ignore_ascii_case(&was.username) {
            continue;
        }
        if was.password_hash != is.password_hash {
            tell(format!("A new password for {name} was set by {by}."));
        }
        if !was.totp_secret.is_empty() && was.totp_secret != is.totp_secret {
            tell(format!("The second factor of {name} was reset by {by}."));
        }
    }
    events
}
