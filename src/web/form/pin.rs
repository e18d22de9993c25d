//! Where the value of a setting comes from, and the box that makes it the entity's own or lets it go.

use maud::{Markup, html};

use crate::settings::{Field, Own, Source};
use crate::text::directory as words;
use crate::web::values::PIN;

use super::Form;

impl Form<'_> {
    pub(super) fn is_pinned(&self, field: &Field) -> bool {
        let name = format!("{}{}", self.prefix, field.key);
        field.is_inherited && self.pairs.all(PIN).any(|pinned| pinned == name)
    }

    /// "3 own values", of a folded section.
    pub(super) fn pinned_count(&self, count: usize) -> String {
        let is_template = self.kind.inheritor().is_some();
        let phrase = match (is_template, count) {
            (true, _) => words::SET_HERE_COUNT,
            (false, 1) => words::OWN_VALUES_ONE,
            (false, _) => words::OWN_VALUES_COUNT,
        };
        self.frame.say_with(phrase, &[&count])
    }

    pub(super) fn pin(&self, field: &Field, name: &str) -> Markup {
        if !field.is_inherited {
            return html! {};
        }
        let is_template = self.kind.inheritor().is_some();
        let phrase = if is_template { words::SET_HERE } else { words::OWN_VALUE };
        html! {
            div.pin {
                label.check {
                    input type="checkbox" name=(PIN) value=(name) checked[self.is_pinned(field)];
                    span { (self.frame.say(phrase)) span.hidden { ": " (self.frame.say(field.words.label)) } }
                }
                span.source { (self.source(field)) @if is_template { (self.reach(field)) } }
            }
        }
    }

    /// "from template Office", "preset", or what the own value stands in place of.
    fn source(&self, field: &Field) -> String {
        let settings = &self.frame.context.settings;
        let template = self.id.and_then(|id| settings.own(self.kind, id)?.get("template").cloned());
        let released = template.map(|template| Own::default().with("template", template));
        let inherited = settings.effective_of(self.kind, released.as_ref(), field);
        let source = self.shown().source(self.kind, &inherited);
        match inherited.from {
            _ if self.is_pinned(field) => self.frame.say_with(words::INSTEAD_OF, &[&self.shown().value(field, &inherited.value), &source]),
            Source::Own | Source::Preset | Source::Template(_) => source,
        }
    }

    /// Whom a change of a template's setting reaches.
    fn reach(&self, field: &Field) -> Markup {
        let Some(id) = self.id else { return html! {} };
        let reach = self.frame.context.settings.reach(self.kind, id, field.key);
        html! { " · " (self.frame.say_with(words::REACH, &[&reach.affected, &reach.overridden])) }
    }
}
