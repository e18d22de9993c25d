//! What is switched at an extension, as a card: for its user, and for who manages it.

use maud::{Markup, html};

use crate::settings::Extension;
use crate::text::{page as common, switching as words};
use crate::web::http::Response;
use crate::web::session::Note;
use crate::web::switching::{self, FORWARD_CHARS_MAX, Lock, State, Wish, Wrong};

use super::Frame;

/// `action`: where its forms go. `wrong`: why they were refused.
pub fn card(frame: &Frame<'_>, extension: &Extension, action: &str, wrong: &[Wrong]) -> Markup {
    let state = switching::now(frame.context, extension);
    html! {
        section.card #switches {
            h2 { (frame.say(words::TITLE)) }
            form method="post" action=(action) {
                (frame.csrf_field())
                div.fields {
                    (forward(frame, &state, wrong))
                    (check(frame, "do_not_disturb", words::DO_NOT_DISTURB, Some(words::DO_NOT_DISTURB_HELP), is_on(frame, wrong, "do_not_disturb", state.do_not_disturb)))
                    (check(frame, "hides_number", words::HIDE_NUMBER, None, is_on(frame, wrong, "hides_number", state.hides_number)))
                }
                div.actions { button.primary type="submit" { (frame.say(common::SAVE)) } }
            }
            @if let Some(lock) = state.lock {
                form.side-by-side method="post" action=(action) {
                    (frame.csrf_field())
                    p {
                        @match lock {
                            Lock::Locked => { (frame.say(words::LOCKED)) },
                            Lock::Open(None) => { (frame.say(words::UNLOCKED)) },
                            Lock::Open(Some(until)) => { (frame.say(words::UNLOCKED_UNTIL)) " " (super::part::time(until)) "." },
                        }
                    }
                    div { @if lock == Lock::Locked {
                        button type="submit" name="locked" value="no" { (frame.say(words::UNLOCK)) }
                    } @else {
                        button type="submit" name="locked" value="yes" { (frame.say(words::LOCK)) }
                    } }
                }
            }
            @for wrong in wrong.iter().filter(|wrong| wrong.key == "locked") { (super::part::bad(&say(frame, wrong))) }
        }
    }
}

fn forward(frame: &Frame<'_>, state: &State, wrong: &[Wrong]) -> Markup {
    let fault = wrong.iter().find(|wrong| wrong.key == "forward").map(|wrong| say(frame, wrong));
    let value = if wrong.is_empty() { state.forward.as_deref().unwrap_or_default() } else { frame.request.form.text("forward") };
    html! {
        div.field.has-fault[fault.is_some()] {
            label for="forward" { (frame.say(words::FORWARD)) }
            input #forward name="forward" value=(value) inputmode="tel" autocomplete="off" spellcheck="false" maxlength=(FORWARD_CHARS_MAX)
                aria-describedby="forward-help forward-fault" aria-invalid=[fault.as_ref().map(|_| "true")];
            p.help #forward-help { (frame.say(words::FORWARD_HELP)) }
            @if let Some(fault) = fault { p.fault #forward-fault role="alert" { (fault) } }
        }
    }
}

fn check(frame: &Frame<'_>, name: &str, label: crate::text::Phrase, help: Option<crate::text::Phrase>, is_on: bool) -> Markup {
    html! {
        div.field {
            label.check { input type="checkbox" name=(name) value="yes" checked[is_on]; span { (frame.say(label)) } }
            @if let Some(help) = help { p.help { (frame.say(help)) } }
        }
    }
}

/// A form that was refused shows what was ticked.
fn is_on(frame: &Frame<'_>, wrong: &[Wrong], name: &str, now: bool) -> bool {
    if wrong.is_empty() { now } else { frame.request.form.text(name) == "yes" }
}

fn say(frame: &Frame<'_>, wrong: &Wrong) -> String {
    frame.say_with(wrong.phrase, &[&wrong.value])
}

/// Does what one of the two forms says, then goes to `page`; or what is wrong.
pub fn save(frame: &Frame<'_>, extension: &Extension, page: &str) -> Result<Response, Vec<Wrong>> {
    let form = &frame.request.form;
    let is_ticked = |name| Some(form.text(name) == "yes");
    let wish = match form.text("locked") {
        "" => Wish {
            forward: Some(form.text("forward").to_owned()),
            do_not_disturb: is_ticked("do_not_disturb"),
            hides_number: is_ticked("hides_number"),
            is_locked: None,
        },
        locked => Wish { is_locked: Some(locked == "yes"), ..Wish::default() },
    };
    switching::switch(frame.context, extension, &wish)?;
    frame.leave_note(Note::Saved);
    Ok(Response::redirect(page))
}
