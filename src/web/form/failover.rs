//! Failover as a table: where a call came from, and why it was not taken.

use maud::{Markup, html};

use crate::settings::{Field, Shape};
use crate::text::directory as words;

use super::Form;

/// A row for each origin: its timeout, then no answer, busy, unavailable.
pub const KEYS: &[&str] = &[
    "failover_internal_timeout",
    "failover_internal_no_answer",
    "failover_internal_busy",
    "failover_internal_unavailable",
    "failover_external_timeout",
    "failover_external_no_answer",
    "failover_external_busy",
    "failover_external_unavailable",
    "failover_transfer_timeout",
    "failover_transfer_no_answer",
    "failover_transfer_busy",
    "failover_transfer_unavailable",
];

const ORIGINS: [crate::text::Phrase; 3] = [words::FROM_EXTENSIONS, words::FROM_OUTSIDE, words::BY_TRANSFER];
const COLUMNS: [crate::text::Phrase; 4] = [words::RINGS_FOR, words::IF_NO_ANSWER, words::IF_BUSY, words::IF_UNAVAILABLE];

impl Form<'_> {
    pub(super) fn failover(&self) -> Markup {
        html! {
            table.failover {
                thead { tr {
                    th scope="col" { span.hidden { (self.frame.say(words::ORIGIN)) } }
                    @for column in COLUMNS { th scope="col" { (self.frame.say(column)) } }
                } }
                tbody { @for (origin, keys) in ORIGINS.into_iter().zip(KEYS.chunks(COLUMNS.len())) { tr {
                    th scope="row" { (self.frame.say(origin)) }
                    @for (column, field) in COLUMNS.into_iter().zip(keys.iter().filter_map(|key| self.kind.field(key))) {
                        td data-label=(self.frame.say(column)) { (self.cell(field)) }
                    }
                } } }
            }
        }
    }

    fn cell(&self, field: &Field) -> Markup {
        let name = format!("{}{}", self.prefix, field.key);
        let mut about = self.about(&name, false);
        let label = self.frame.say(field.words.label);
        about.label = Some(label);
        html! {
            div.field.has-fault[!about.faults.is_empty()] {
                @match field.shape {
                    Shape::Action { is_transfer } => { (self.action(&name, is_transfer, label)) },
                    _ => { (self.input(&about, field)) },
                }
                (about.fault())
                (self.was(&name))
                (self.pin(field, &name))
            }
        }
    }
}
