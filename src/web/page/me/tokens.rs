//! My tokens for the API: made, shown once, revoked.

use maud::{Markup, html};

use crate::settings::{Change, Kind, Own, Token};
use crate::text::me as words;
use crate::text::page as common;
use crate::web::access::Visitor;
use crate::web::form;
use crate::web::http::Response;
use crate::web::page::{Frame, part, token};
use crate::web::session::Note;

pub fn list(frame: &Frame<'_>, visitor: &Visitor) -> Markup {
    let tokens: Vec<&Token> = frame.context.settings.tokens.values().filter(|token| token.user == visitor.user.id).collect();
    html! {
        section.card #tokens {
            h2 { (frame.say(words::TOKENS)) }
            p { (frame.say(words::TOKENS_TEXT)) }
            @if !tokens.is_empty() { (table(frame, &tokens)) }
            form method="post" action="/me/tokens" {
                (frame.csrf_field())
                div.fields {
                    div.field {
                        label for="name" { (frame.say(words::TOKEN_NAME)) }
                        input #name name="name" maxlength="100" required;
                    }
                    (token::days_field(frame))
                    div.field { label.check { input type="checkbox" name="read_only" value="on" checked; (frame.say(words::READ_ONLY)) } }
                }
                div.actions { button type="submit" { (frame.say(words::MAKE_TOKEN)) } }
            }
        }
    }
}

fn table(frame: &Frame<'_>, tokens: &[&Token]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::TOKEN_NAME)) }
                th scope="col" { (frame.say(words::READ_ONLY)) }
                th scope="col" { (frame.say(words::EXPIRES)) }
                th scope="col" { (frame.say(words::LAST_USE)) }
                th scope="col" { span.hidden { (frame.say(words::REVOKE)) } }
            } }
            tbody { @for token in tokens { tr {
                td data-label=(frame.say(words::TOKEN_NAME)) dir="auto" { (token.name) }
                td data-label=(frame.say(words::READ_ONLY)) { (frame.say(if token.is_read_only { common::YES } else { common::NO })) }
                td data-label=(frame.say(words::EXPIRES)) {
                    @if let Some(expires) = token.expires { (part::time(expires)) } @else { (frame.say(words::NEVER)) }
                }
                td data-label=(frame.say(words::LAST_USE)) {
                    @if let Some(at) = frame.context.site.token_uses().last(token.id) { (part::time(at)) } @else { "–" }
                }
                td.end {
                    form method="post" action={ "/me/tokens/" (token.id) "/revoke" } {
                        (frame.csrf_field())
                        button.danger type="submit" { (frame.say(words::REVOKE)) }
                    }
                }
            } } }
        }
    }
}

pub fn make(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let form = &frame.request.form;
    let own = Own::default()
        .with("name", form.text("name").trim())
        .with("user", visitor.user.id.0)
        .with("read_only", form.get("read_only").is_some());
    match token::make(frame, own) {
        Ok(clear) => token::shown_once(frame, &clear, "/me/login"),
        Err(refused) => super::login::show(frame, visitor, 422, super::login::said(frame, &refused)),
    }
}

pub fn revoke(frame: &Frame<'_>, visitor: &Visitor, id: &str) -> Response {
    let own = |token: &&Token| token.user == visitor.user.id && token.id.0.to_string() == id;
    let Some(token) = frame.context.settings.tokens.values().find(own) else { return Response::redirect("/me/login") };
    match form::save(frame, vec![Change::Delete { kind: Kind::Token, id: token.id.0 }]) {
        Ok(_) => {
            frame.leave_note(Note::Deleted);
            Response::redirect("/me/login")
        }
        Err(refused) => super::login::show(frame, visitor, 422, super::login::said(frame, &refused)),
    }
}
