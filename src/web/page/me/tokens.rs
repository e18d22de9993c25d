//! My tokens for the API: made, shown once, revoked.

use maud::{Markup, html};

use crate::base::Wall;
use crate::settings::{Change, Kind, Own, Token};
use crate::text::me as words;
use crate::text::page as common;
use crate::web::access::Visitor;
use crate::web::form;
use crate::web::http::Response;
use crate::web::page::{Frame, part};
use crate::web::session::Note;
use crate::web::token;

/// How long a token may be good for; 0: without end.
const DAYS: [u32; 4] = [30, 90, 365, 0];
const DAY_SECONDS: i64 = 24 * 60 * 60;

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
                    div.field {
                        label for="days" { (frame.say(words::EXPIRES_AFTER)) }
                        select #days name="days" { @for days in DAYS { option value=(days) {
                            @if days == 0 { (frame.say(words::FOR_EVER)) } @else { (frame.say_with(words::DAYS, &[&days])) }
                        } } }
                    }
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

/// The page that answers is the only place where the token ever stands.
pub fn make(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let form = &frame.request.form;
    let (clear, hash) = token::new_token(&frame.context.random_bytes());
    let mut own = Own::default()
        .with("name", form.text("name").trim())
        .with("user", visitor.user.id.0)
        .with("hash", hash)
        .with("read_only", form.get("read_only").is_some());
    if let Some(days) = DAYS.into_iter().find(|days| *days > 0 && form.text("days") == days.to_string()) {
        own = own.with("expires", expiry(frame.context.now.wall, days));
    }
    match form::save(frame, vec![Change::Put { kind: Kind::Token, id: None, own }]) {
        Ok(_) => {
            let content = html! {
                h1 { (frame.say(words::TOKENS)) }
                section.card.details {
                    p { (frame.say(words::TOKEN_ONCE)) }
                    p.mono { span #shown-token { (clear) } " "
                        button.quiet.copy type="button" hidden data-copy="shown-token" data-copied=(frame.say(common::COPIED)) { (frame.say(common::COPY)) }
                    }
                    div.actions { a.button.primary href="/me/login" { (frame.say(words::DONE)) } }
                }
            };
            frame.page(200, frame.say(words::TOKENS), content)
        }
        Err(refused) => super::login::show(frame, visitor, 422, super::login::said(frame, &refused)),
    }
}

fn expiry(now: Wall, days: u32) -> i64 {
    now.as_secs() + i64::from(days) * DAY_SECONDS
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
