//! What a role may do, as a matrix: a row for each panel, a column for each level.

use maud::{Markup, html};

use crate::settings::Level;
use crate::text::directory as words;

use super::Form;

/// The settings of a role that are levels.
pub const KEYS: &[&str] = &[
    "extensions",
    "accounts",
    "templates",
    "classes",
    "lines",
    "pickup",
    "mailboxes",
    "contacts",
    "audio",
    "users",
    "settings",
    "history",
    "calls",
    "live",
];

impl Form<'_> {
    /// Radio buttons: Tab goes from panel to panel, the arrows from level to level.
    pub(super) fn levels(&self) -> Markup {
        let (frame, shown) = (self.frame, self.shown());
        let fields: Vec<_> = KEYS.iter().filter_map(|key| self.kind.field(key)).collect();
        html! {
            p.help { (frame.say(words::LEVELS_HELP)) }
            table.levels {
                thead { tr {
                    th scope="col" { (frame.say(words::PANEL)) }
                    @for level in Level::ALL { th scope="col" { (shown.choice(KEYS[0], level.name())) } }
                } }
                tbody { @for field in fields {
                    @let name = format!("{}{}", self.prefix, field.key);
                    @let about = self.about(&name, false);
                    @let label = frame.say(field.words.label);
                    @let chosen = self.pairs.get(&name).unwrap_or(Level::None.name());
                    tr {
                        th scope="row" { (label) (about.fault()) (self.was(&name)) }
                        @for level in Level::ALL {
                            @let word = shown.choice(field.key, level.name());
                            td { label.check {
                                input type="radio" name=(name) value=(level.name()) checked[chosen == level.name()] aria-label={ (label) ": " (word) };
                                span.level-word aria-hidden="true" { (word) }
                            } }
                        }
                    }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Panel;

    #[test]
    fn every_panel_has_a_row() {
        assert!(KEYS.iter().copied().eq(Panel::ALL.iter().map(|panel| panel.key())));
    }
}
