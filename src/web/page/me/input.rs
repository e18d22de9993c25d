//! Inputs of the small forms of one's own pages.

use maud::{Markup, html};

use crate::text::Phrase;
use crate::web::page::Frame;

/// One line of text with its label, a line of help and what is wrong with it.
pub struct Input<'a> {
    pub name: &'static str,
    pub label: Phrase,
    pub value: &'a str,
    pub help: Option<&'a str>,
    pub fault: Option<&'a str>,
}

impl Input<'_> {
    pub fn text(&self, frame: &Frame<'_>) -> Markup {
        self.show(frame, "text", "off")
    }

    pub fn digits(&self, frame: &Frame<'_>) -> Markup {
        self.show(frame, "digits", "one-time-code")
    }

    /// `autocomplete`: `current-password` or `new-password`.
    pub fn password(&self, frame: &Frame<'_>, autocomplete: &str) -> Markup {
        self.show(frame, "password", autocomplete)
    }

    fn show(&self, frame: &Frame<'_>, kind: &str, autocomplete: &str) -> Markup {
        let (help, fault) = (format!("{}-help", self.name), format!("{}-fault", self.name));
        let is_digits = kind == "digits";
        html! {
            div.field.has-fault[self.fault.is_some()] {
                label for=(self.name) { (frame.say(self.label)) }
                input id=(self.name) name=(self.name) type=(if is_digits { "text" } else { kind }) value=(self.value)
                    inputmode=[is_digits.then_some("numeric")] autocomplete=(autocomplete) spellcheck="false" maxlength="200"
                    aria-describedby=(format!("{help} {fault}")) aria-invalid=[self.fault.map(|_| "true")];
                @if let Some(said) = self.help { p.help id=(help) { (said) } }
                @if let Some(said) = self.fault { p.fault id=(fault) role="alert" { (said) } }
            }
        }
    }
}
