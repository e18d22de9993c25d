//! One's own pages, `/me`: the phone, the calls, the contacts and the login of who is logged in, whatever the role.

mod calls;
mod contacts;
mod factor;
mod input;
mod login;
mod password;
mod phone;
mod sessions;
mod tokens;

use maud::{Markup, html};

use crate::secret::Secret;
use crate::settings::{Change, Edit, Kind, Own};
use crate::text::{Phrase, me as words};
use crate::web::access::Visitor;
use crate::web::form::{self, Refused};
use crate::web::http::{Method, Response};
use crate::web::proof::Proof;

use super::{Frame, error, part};

pub fn route(frame: &Frame<'_>, method: Method, rest: &[&str]) -> Response {
    let Some(visitor) = frame.visitor else { return error::forbidden(frame) };
    match (method, rest) {
        (Method::Get, []) => phone::show(frame, visitor, 200, &phone::Said::default()),
        (Method::Post, ["switches"]) => phone::switch(frame, visitor),
        (Method::Post, ["pin"]) => phone::change_pin(frame, visitor),
        (Method::Get, ["calls"]) => calls::show(frame, visitor),
        (method, ["contacts", rest @ ..]) => contacts::route(frame, visitor, method, rest),
        (Method::Get, ["login"]) => login::show(frame, visitor, 200, html! {}),
        (Method::Post, ["language"]) => login::choose_language(frame, visitor),
        (Method::Post, ["password"]) => password::change(frame, visitor),
        (method, ["second-factor", rest @ ..]) => factor::route(frame, visitor, method, rest),
        (Method::Post, ["sessions"]) => sessions::end(frame, visitor),
        (Method::Post, ["tokens"]) => tokens::make(frame, visitor),
        (Method::Post, ["tokens", id, "revoke"]) => tokens::revoke(frame, visitor, id),
        // Whoever comes back to the address of a small form gets the page it stood on.
        (Method::Get, ["pin" | "switches"]) => Response::redirect("/me"),
        (Method::Get, ["password" | "language" | "sessions" | "tokens", ..]) => Response::redirect("/me/login"),
        _ => error::not_found(frame),
    }
}

/// The links between one's own pages. Calls are there for who has an extension.
fn page(frame: &Frame<'_>, visitor: &Visitor, status: u16, title: Phrase, content: Markup) -> Response {
    let pages =
        [("/me", words::MY_PHONE), ("/me/calls", words::MY_CALLS), ("/me/contacts", words::MY_CONTACTS), ("/me/login", words::MY_LOGIN)];
    let shown = pages.into_iter().filter(|(path, _)| *path != "/me/calls" || visitor.user.extension.is_some());
    let content = html! {
        p.own-pages {
            @for (path, name) in shown {
                a.button href=(path) aria-current=[(name == title).then_some("page")] { (frame.say(name)) } " "
            }
        }
        h1 { (frame.say(title)) }
        (part::note(frame, frame.take_note().as_ref()))
        (content)
    };
    frame.page(status, frame.say(title), content)
}

/// Saves changes of one's own user, after the password was asked.
fn save_in_person(frame: &Frame<'_>, visitor: &Visitor, own: Own) -> Result<std::sync::Arc<crate::settings::Settings>, Refused> {
    let changes = vec![Change::Put { kind: Kind::User, id: Some(visitor.user.id.0), own }];
    let saved = visitor.edit_in_person(frame.context, frame.request, Edit { changes, based_on: None });
    saved.map_err(|refused| form::refused_of(frame, refused))
}

/// Whether the password typed is the visitor's; if not, what to say, and how long to hold the answer back.
fn is_in_person(frame: &Frame<'_>, visitor: &Visitor) -> Result<(), (String, std::time::Duration)> {
    let typed = Secret::new(frame.request.form.text("old"));
    let context = frame.context;
    match context.site.prove_again(&context.settings, context.now, frame.request.peer, &visitor.user, &typed) {
        Proof::Right { .. } => Ok(()),
        Proof::Wrong(delay) => Err((frame.say(words::PASSWORD_IS_WRONG).to_owned(), delay)),
        Proof::Wait(wait) => {
            let seconds = wait.as_secs() + 1;
            Err((frame.say_with(crate::text::page::LOGIN_WAIT, &[&seconds]), std::time::Duration::ZERO))
        }
    }
}
