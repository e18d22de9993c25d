//! When there is no page to show.

use maud::html;

use crate::text::page as words;
use crate::text::{Phrase, directory};
use crate::web::http::Response;

use super::Frame;

pub fn not_found(frame: &Frame<'_>) -> Response {
    show(frame, 404, words::NOT_FOUND, Some(words::NOT_FOUND_TEXT))
}

pub fn forbidden(frame: &Frame<'_>) -> Response {
    show(frame, 403, words::FORBIDDEN, Some(words::FORBIDDEN_TEXT))
}

/// One who is logged in, but whose role does not allow it.
pub fn not_allowed(frame: &Frame<'_>) -> Response {
    show(frame, 403, directory::NOT_ALLOWED, Some(directory::NOT_ALLOWED_TEXT))
}

pub fn wrong_method(frame: &Frame<'_>) -> Response {
    show(frame, 405, words::WRONG_METHOD, None).with_header("Allow", "GET, HEAD, POST")
}

fn show(frame: &Frame<'_>, status: u16, title: Phrase, text: Option<Phrase>) -> Response {
    let content = html! {
        @if let Some(text) = text { p { (frame.say(text)) } }
        p { a.button href="/" { (frame.say(words::TO_OVERVIEW)) } }
    };
    let title = frame.say(title);
    match frame.visitor {
        Some(_) => frame.page(status, title, html! { section.card { h1 { (title) } (content) } }),
        None => frame.card_page(status, title, content),
    }
}
