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

/// A form came from somebody who is logged in no more: what was typed is shown, so that it can be typed again.
pub fn session_ended(frame: &Frame<'_>) -> Response {
    let pairs = || frame.request.form.0.iter().filter(|(name, value)| !value.is_empty() && !is_unseen(name)).take(TYPED_MAX);
    let content = html! {
        p { (frame.say(words::SESSION_ENDED_TEXT)) }
        @if pairs().next().is_some() {
            h2 { (frame.say(words::TYPED)) }
            dl.facts { @for (name, value) in pairs() {
                dt { (name) } dd dir="auto" { (value.chars().take(TYPED_CHARS_MAX).collect::<String>()) }
            } }
        }
        p { a.button.primary href="/login" { (frame.say(words::LOG_IN)) } }
    };
    frame.card_page(403, frame.say(words::SESSION_ENDED), content)
}

/// More than a form has.
const TYPED_MAX: usize = 300;
const TYPED_CHARS_MAX: usize = 20_000;

/// What is secret, or nobody typed.
fn is_unseen(name: &str) -> bool {
    // In a form of several entities each name has the entity's before it.
    let last = name.rsplit('.').next().unwrap_or(name);
    matches!(last, "csrf" | "revision" | "old" | "code" | "key" | "was" | "pin" | "service_pin")
        || last.contains("password")
        || last.contains("secret")
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
