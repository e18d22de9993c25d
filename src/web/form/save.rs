//! Sending a form's changes to the store, and what is said when it refuses.

use std::sync::Arc;

use maud::{Markup, html};

use crate::settings::{Change, Edit, Fault, Settings, Shape};
use crate::store::{Conflict, EditRefused, PASSWORD};
use crate::text::Phrase;
use crate::text::page as words;
use crate::text::page::sentence;
use crate::web::http::Pairs;
use crate::web::page::Frame;

/// Why a form was not saved; empty before it was sent.
#[derive(Debug, Default)]
pub struct Refused {
    pub faults: Vec<Fault>,
    /// What is not about a field.
    pub messages: Vec<String>,
    /// What is wrong with an input that is no setting, by its name.
    pub beside: Vec<(&'static str, Phrase)>,
    /// Somebody else changed the same since.
    pub conflict: Option<Box<Conflict>>,
}

impl Refused {
    pub fn message(text: impl Into<String>) -> Refused {
        Refused { messages: vec![text.into()], ..Refused::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.messages.is_empty() && self.conflict.is_none()
    }

    /// Above the form: that it was not saved, and what has no field to stand beside.
    pub fn show(&self, frame: &Frame<'_>) -> Markup {
        let has_input = |fault: &&Fault| {
            let field = fault.kind.field(&fault.field);
            let is_typed = field.is_some_and(|field| field.shape != Shape::TokenHash) || fault.field == PASSWORD;
            fault.change.is_some() && is_typed
        };
        let placeless = self.faults.iter().filter(|fault| !has_input(fault));
        html! {
            @if !self.faults.is_empty() { p.note.bad role="alert" { (frame.say(words::PLEASE_CORRECT)) } }
            @for message in &self.messages { p.note.bad role="alert" { (message) } }
            @for fault in placeless { p.note.bad { (sentence(&format!("{}: {}", fault.place, fault.say(frame.language)))) } }
        }
    }
}

/// The revision that the form was made of, so that two who edit the same thing do not undo each other unseen.
pub fn revision_field(frame: &Frame<'_>) -> Markup {
    html! { input type="hidden" name="revision" value=(frame.context.settings.revision); }
}

/// Sends the changes to the store as the visitor's.
pub fn save(frame: &Frame<'_>, changes: Vec<Change>) -> Result<Arc<Settings>, Refused> {
    let based_on = frame.request.form.get("revision").and_then(|revision| revision.parse().ok());
    save_edit(frame, Edit { changes, based_on })
}

pub fn save_edit(frame: &Frame<'_>, edit: Edit) -> Result<Arc<Settings>, Refused> {
    let Some(visitor) = frame.visitor else { return Err(Refused::default()) };
    let saved = visitor.edit(frame.context, frame.request, edit);
    saved.map_err(|refused| refused_of(frame, refused))
}

pub fn refused_of(frame: &Frame<'_>, refused: EditRefused) -> Refused {
    match refused {
        EditRefused::Faults(faults) => Refused { faults, ..Refused::default() },
        EditRefused::Conflict(conflict) => {
            let message = frame.say_with(words::CHANGED_MEANWHILE, &[&conflict.revision.author.name]);
            Refused { messages: vec![message], conflict: Some(conflict), ..Refused::default() }
        }
        EditRefused::Trouble(trouble) => Refused::message(frame.say_with(words::NOT_KEPT, &[&trouble])),
    }
}

/// What was typed, unseen, for a page that asks something before it is saved.
pub fn carried(pairs: &Pairs, without: &[&str]) -> Markup {
    html! {
        @for (name, value) in pairs.0.iter().filter(|(name, _)| !without.contains(&name.as_str())) {
            input type="hidden" name=(name) value=(value);
        }
    }
}
