//! Values made of several: an action with its target, a list of rows.

use maud::{Markup, html};

use crate::base::limits::LIST_VALUES_MAX;
use crate::settings::{Field, action};
use crate::text::directory as words;

use super::Form;

impl Form<'_> {
    /// What to do, and the target of each choice. A script shows the targets of the present choice only; without it all stand
    /// there under their labels, and those of other choices are not looked at.
    pub(super) fn action(&self, name: &str, is_transfer: bool, label: &str) -> Markup {
        let (what, targets) = (&action::FIELDS[0], &action::FIELDS[1..]);
        let what_name = format!("{name}.{}", what.key);
        let mut about = self.about(&what_name, false);
        about.label = Some(label);
        let value = self.pairs.get(&what_name).unwrap_or("hang_up");
        let start = format!("{name}.");
        html! {
            div.action {
                (self.select(&about, what, action::choices(is_transfer), value))
                (about.fault())
                @for field in targets {
                    (self.field_called(field, &format!("{start}{}", field.key), &start, false, &html! {}))
                }
            }
        }
    }

    /// Rows with buttons to add, remove and move. The buttons send the form, so they work without a script and lose nothing.
    pub(super) fn records(&self, name: &str, fields: &'static [Field]) -> Markup {
        let count = self.pairs.text(&format!("{name}.rows")).parse().unwrap_or(0).min(LIST_VALUES_MAX);
        let frame = self.frame;
        let button = |button: &str, row: usize, sign: &str, phrase, is_off: bool| {
            html! {
                button.quiet type="submit" name={ (name) "." (button) } value=(row) disabled[is_off]
                    aria-label=(frame.say_with(phrase, &[&(row + 1)])) { (sign) }
            }
        };
        html! {
            input type="hidden" name={ (name) ".rows" } value=(count);
            ol.records {
                @for row in 0..count {
                    @let start = format!("{name}.{row}.");
                    li.record {
                        div.fields {
                            @for field in fields { (self.field_called(field, &format!("{start}{}", field.key), &start, false, &html! {})) }
                        }
                        div.row-buttons {
                            (button("up", row, "↑", words::ROW_UP, row == 0))
                            (button("down", row, "↓", words::ROW_DOWN, row + 1 == count))
                            (button("remove", row, "✕", words::ROW_REMOVE, false))
                        }
                    }
                }
            }
            button type="submit" name={ (name) ".add" } value="" disabled[count >= LIST_VALUES_MAX] { (frame.say(words::ROW_ADD)) }
        }
    }
}
