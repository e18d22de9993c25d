//! My login: language, password, second factor, sessions and tokens, on one page.

use maud::{Markup, html};

use crate::settings::{Change, Kind, Own};
use crate::text::me as words;
use crate::text::page as common;
use crate::text::page::sentence;
use crate::web::access::Visitor;
use crate::web::form::{self, Refused};
use crate::web::http::Response;
use crate::web::page::{Frame, part};
use crate::web::session::Note;

use super::{factor, password, sessions, tokens};

/// `message` stands above all: why a form of the page was refused.
pub fn show(frame: &Frame<'_>, visitor: &Visitor, status: u16, message: Markup) -> Response {
    let content = html! {
        (message)
        (password::form(frame))
        (factor::card(frame, visitor))
        (sessions::list(frame, visitor))
        (tokens::list(frame, visitor))
        (language(frame, visitor))
    };
    super::page(frame, visitor, status, words::MY_LOGIN, content)
}

/// What a refused save says.
pub fn said(frame: &Frame<'_>, refused: &Refused) -> Markup {
    html! {
        @for message in &refused.messages { (part::bad(message)) }
        @for fault in &refused.faults { (part::bad(&sentence(&fault.say(frame.language)))) }
    }
}

fn language(frame: &Frame<'_>, visitor: &Visitor) -> Markup {
    let chosen = visitor.user.language.map_or("", |language| language.code());
    let choices = [("", frame.say(words::LIKE_BROWSER)), ("en", "English"), ("it", "Italiano")];
    html! {
        section.card.narrow {
            form method="post" action="/me/language" {
                (frame.csrf_field())
                div.field {
                    label for="language" { (frame.say(words::MY_LANGUAGE)) }
                    select #language name="language" {
                        @for (code, name) in choices { option value=(code) selected[code == chosen] { (name) } }
                    }
                }
                div.actions { button.primary type="submit" { (frame.say(common::SAVE)) } }
            }
        }
    }
}

pub fn choose_language(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let own = Own::default().with("language", frame.request.form.text("language"));
    match form::save(frame, vec![Change::Put { kind: Kind::User, id: Some(visitor.user.id.0), own }]) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect("/me/login")
        }
        Err(refused) => show(frame, visitor, 422, said(frame, &refused)),
    }
}
