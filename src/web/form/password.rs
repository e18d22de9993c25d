//! The password of a user: typed and never shown.

use maud::{Markup, html};

use crate::base::limits::PASSWORD_CHARS_MIN;
use crate::settings::Field;
use crate::store::PASSWORD;
use crate::text::directory as words;
use crate::text::me;

use super::Form;

impl Form<'_> {
    /// One's own is changed where the old one is asked.
    pub(super) fn password(&self, field: &Field) -> Markup {
        let (frame, label) = (self.frame, self.frame.say(field.words.label));
        let is_own = frame.visitor.is_some_and(|visitor| Some(visitor.user.id.0) == self.id);
        let name = format!("{}{PASSWORD}", self.prefix);
        let about = self.about(&name, true);
        if is_own {
            let link = html! { p { a href="/me/login" { (frame.say(me::CHANGE_PASSWORD)) } } };
            return html! { div.field { span.label { (label) } (link) (about.fault()) } };
        }
        let faulty = if about.faults.is_empty() { "" } else { " has-fault" };
        html! {
            div class={ "field" (faulty) } {
                label for=(about.id) { (label) }
                input id=(about.id) name=(name) type="password" autocomplete="new-password" value=(self.pairs.text(&name))
                    aria-describedby=[&about.described_by] aria-invalid=[(!about.faults.is_empty()).then_some("true")]
                    aria-required=[self.id.is_none().then_some("true")];
                p.help id={ (about.id) "-help" } {
                    @if self.id.is_some() { (frame.say(words::PASSWORD_STAYS)) " " }
                    (frame.say_with(words::PASSWORD_CHARS, &[&PASSWORD_CHARS_MIN]))
                }
                (about.fault())
            }
        }
    }
}
