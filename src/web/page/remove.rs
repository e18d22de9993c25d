//! The question before something is deleted, with who still uses it.

use maud::html;
use serde_json::Value;

use crate::base::id::ExtensionId;
use crate::settings::{Change, Kind, Own, goes_with_user};
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{self, Refused};
use crate::web::http::Response;
use crate::web::session::Note;
use crate::web::shown::{Shown, capital};
use crate::web::uses::{self, User};

use super::sheet::Sheet;
use super::{Frame, entity};

/// So many users are named; the rest is counted.
const USERS_SHOWN: usize = 20;

pub fn ask(frame: &Frame<'_>, sheet: &'static Sheet, id: i64, status: u16, refused: &Refused) -> Response {
    let (kind, settings) = (sheet.kind, &frame.context.settings);
    let shown = Shown { settings, language: frame.language };
    // The accounts of an extension become free, and what is a user's own goes along; all else stands in the way.
    let (along, users): (Vec<User>, Vec<User>) = uses::of(settings, kind, id)
        .into_iter()
        .partition(|user| kind == Kind::User && goes_with_user(user.kind) || kind == Kind::Extension && user.kind == Kind::Account);
    let of_kind = |of: Kind| along.iter().filter(|user| user.kind == of).count();
    let title = match kind {
        Kind::Extension => frame.say_with(page::DELETE_EXTENSION, &[&settings.name_of(kind, id)]),
        Kind::Account => frame.say_with(page::DELETE_ACCOUNT, &[&settings.name_of(kind, id)]),
        _ => frame.say_with(words::DELETE_IT, &[&format!("{} {}", frame.say(kind.words().one), settings.name_of(kind, id))]),
    };
    let text = match kind {
        Kind::Extension => page::DELETE_EXTENSION_TEXT,
        Kind::Account => page::DELETE_ACCOUNT_TEXT,
        _ => words::DELETE_TEXT,
    };
    let content = html! {
        section.card.narrow {
            h1 { (title) }
            (refused.show(frame))
            @if kind == Kind::Extension { p dir="auto" { strong { (shown.entity(kind, id)) } } }
            @if users.is_empty() {
                @if kind == Kind::User && !along.is_empty() {
                    p { (frame.say_with(words::DELETE_USER_TEXT, &[&of_kind(Kind::Token), &of_kind(Kind::Contact)])) }
                } @else { p { (frame.say(text)) } }
                form.actions method="post" action={ (sheet.link_to(id)) "/delete" } {
                    (frame.csrf_field())
                    button.danger type="submit" { (frame.say(page::DELETE)) }
                    a.button.quiet href=(sheet.link_to(id)) { (frame.say(page::CANCEL)) }
                }
            } @else {
                p { (frame.say_with(words::STILL_USED, &[&users.len()])) }
                ul.users {
                    @for user in users.iter().take(USERS_SHOWN) {
                        li {
                            (capital(frame.say(user.kind.words().one))) " "
                            a href=(Sheet::of(user.kind).link_to(user.id)) dir="auto" { (shown.entity(user.kind, user.id)) }
                        }
                    }
                    @if users.len() > USERS_SHOWN { li.muted { (frame.say_with(words::AND_MORE, &[&(users.len() - USERS_SHOWN)])) } }
                }
                div.actions { a.button href=(sheet.link_to(id)) { (frame.say(words::BACK)) } }
            }
        }
    };
    frame.page(status, &entity::title(frame, sheet, id), content)
}

pub fn delete(frame: &Frame<'_>, sheet: &'static Sheet, id: i64) -> Response {
    let kind = sheet.kind;
    let accounts = if kind == Kind::Extension { frame.context.settings.accounts_of(ExtensionId(id)) } else { &[] };
    let freed = accounts.iter().map(|account| Change::Put {
        kind: Kind::Account,
        id: Some(account.0),
        own: Own::default().with("extension", Value::Null),
    });
    match form::save(frame, freed.chain([Change::Delete { kind, id }]).collect()) {
        Ok(_) => {
            frame.leave_note(Note::Deleted);
            Response::redirect(&sheet.link())
        }
        Err(refused) => ask(frame, sheet, id, 422, &refused),
    }
}
