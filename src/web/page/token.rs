//! Tokens of the API: made for a user, shown once.

use maud::{Markup, html};

use crate::base::id::TokenId;
use crate::settings::{Change, Kind, Own};
use crate::text::me as words;
use crate::text::page;
use crate::web::form::{self, Form, Refused};
use crate::web::http::{Method, Pairs, Response};
use crate::web::token;
use crate::web::values;

use super::sheet::Sheet;
use super::{Frame, error, part};

/// How long a token may be good for; 0: without end.
const DAYS: [u32; 4] = [30, 90, 365, 0];
const DAY_SECONDS: i64 = 24 * 60 * 60;
const DAYS_NAME: &str = "days";

pub fn route(frame: &Frame<'_>, method: Method) -> Response {
    match method {
        Method::Get => new_form(frame, 200, &values::pairs_of(&frame.context.settings, Kind::Token, None, ""), &Refused::default()),
        Method::Post => create(frame),
        _ => error::wrong_method(frame),
    }
}

fn create(frame: &Frame<'_>) -> Response {
    let pairs = &frame.request.form;
    match make(frame, values::own_of(&frame.context.settings, Kind::Token, None, pairs, "")) {
        Ok(clear) => shown_once(frame, &clear, &Sheet::of(Kind::Token).link()),
        Err(refused) => new_form(frame, 422, pairs, &refused),
    }
}

/// Saves a new token that ends as the form says; gives it in clear, for the one page that shows it.
pub fn make(frame: &Frame<'_>, own: Own) -> Result<String, Refused> {
    let (clear, hash) = token::new_token(&frame.context.random_bytes());
    let mut own = own.with("hash", hash);
    let typed = frame.request.form.text(DAYS_NAME);
    if let Some(days) = DAYS.into_iter().find(|days| *days > 0 && typed == days.to_string()) {
        own = own.with("expires", frame.context.now.wall.as_secs() + i64::from(days) * DAY_SECONDS);
    }
    form::save(frame, vec![Change::Put { kind: Kind::Token, id: None, own }]).map(|_| clear)
}

/// The page that answers is the only place where the token ever stands.
pub fn shown_once(frame: &Frame<'_>, clear: &str, back: &str) -> Response {
    let title = frame.say(words::TOKENS);
    let content = html! {
        h1 { (title) }
        section.card.details {
            p { (frame.say(words::TOKEN_ONCE)) }
            p.mono { span #shown-token { (clear) } " "
                button.quiet.copy type="button" hidden data-copy="shown-token" data-copied=(frame.say(page::COPIED)) { (frame.say(page::COPY)) }
            }
            div.actions { a.button.primary href=(back) { (frame.say(words::DONE)) } }
        }
    };
    frame.page(200, title, content)
}

/// For how long.
pub fn days_field(frame: &Frame<'_>) -> Markup {
    let typed = frame.request.form.text(DAYS_NAME);
    html! {
        div.field {
            label for="days" { (frame.say(words::EXPIRES_AFTER)) }
            select #days name=(DAYS_NAME) { @for days in DAYS { option value=(days) selected[typed == days.to_string()] {
                @if days == 0 { (frame.say(words::FOR_EVER)) } @else { (frame.say_with(words::DAYS, &[&days])) }
            } } }
        }
    }
}

/// When it ends, and when it was used last: above the form.
pub fn state(frame: &Frame<'_>, id: i64) -> Markup {
    let Some(token) = frame.context.settings.tokens.get(&TokenId(id)) else { return html! {} };
    html! {
        section.card { dl.facts {
            dt { (frame.say(words::EXPIRES)) }
            dd { @if let Some(expires) = token.expires { (part::time(expires)) } @else { (frame.say(words::NEVER)) } }
            dt { (frame.say(words::LAST_USE)) }
            dd { @if let Some(at) = frame.context.site.token_uses().last(token.id) { (part::time(at)) } @else { "–" } }
        } }
    }
}

fn new_form(frame: &Frame<'_>, status: u16, pairs: &Pairs, refused: &Refused) -> Response {
    let sheet = Sheet::of(Kind::Token);
    let form = Form::new(frame, Kind::Token, None, pairs, refused);
    let title = frame.say(sheet.new);
    let content = html! {
        h1 { (title) }
        (refused.show(frame))
        form.card.settings method="post" action={ (sheet.link()) "/new" } novalidate {
            (frame.csrf_field())
            p { (frame.say(words::TOKENS_TEXT)) }
            div.fields { (form.fields(&["name", "user", "read_only"])) (days_field(frame)) }
            (form.suggestions())
            div.actions {
                button.primary type="submit" { (frame.say(page::SAVE)) }
                a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(status, title, content)
}
