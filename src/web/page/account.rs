//! One SIP account: what is entered in one phone.

use maud::{Markup, html};

use crate::base::id::AccountId;
use crate::settings::{Account, Change, Kind};
use crate::text::page as words;
use crate::web::form::{self, Form, Refused, Section};
use crate::web::http::{Method, Pairs, Response};
use crate::web::session::Note;
use crate::web::values;

use super::{Frame, error, part};

pub const SECTIONS: &[Section] = &[
    Section { title: words::LOGIN_OF_PHONE, keys: &["username", "password", "extension", "enabled"] },
    Section { title: words::WHERE_FROM, keys: &["transports", "nat", "registration_check", "allowed_address", "allowed_mask"] },
    Section { title: words::AUDIO, keys: &["codecs"] },
];

pub fn route(frame: &Frame<'_>, method: Method, rest: &[&str]) -> Response {
    let settings = &frame.context.settings;
    let found = rest.first().and_then(|id| id.parse().ok()).and_then(|id| settings.accounts.get(&AccountId(id)));
    match (method, rest, found) {
        (Method::Get, ["new"], _) => {
            let pairs = values::pairs_of(settings, Kind::Account, None, "");
            new_form(frame, 200, &pairs, &Refused::default())
        }
        (Method::Post, ["new"], _) => create(frame),
        (Method::Get, [_], Some(account)) => show(frame, account, 200, None, &Refused::default()),
        (Method::Post, [_], Some(account)) => save(frame, account),
        (Method::Post, [_, "password"], Some(account)) => {
            frame.leave_note(Note::Details(account.id));
            Response::redirect(&path(account.id))
        }
        (Method::Get, [_, "password"], Some(account)) => Response::redirect(&path(account.id)),
        (Method::Get, [_, "delete"], Some(account)) => confirm_delete(frame, account, 200, &Refused::default()),
        (Method::Post, [_, "delete"], Some(account)) => delete(frame, account),
        _ => error::not_found(frame),
    }
}

fn path(account: AccountId) -> String {
    format!("/accounts/{account}")
}

fn create(frame: &Frame<'_>) -> Response {
    let pairs = &frame.request.form;
    let own = values::own_of(&frame.context.settings, Kind::Account, None, pairs, "");
    match form::save(frame, vec![Change::Put { kind: Kind::Account, id: None, own }]) {
        Ok(saved) => match saved.account_by_username(pairs.text("username").trim()) {
            Some(account) => {
                frame.leave_note(Note::Details(account.id));
                Response::redirect(&path(account.id))
            }
            None => Response::redirect("/accounts"),
        },
        Err(refused) => new_form(frame, 422, pairs, &refused),
    }
}

fn new_form(frame: &Frame<'_>, status: u16, pairs: &Pairs, refused: &Refused) -> Response {
    let form = Form { frame, kind: Kind::Account, id: None, prefix: "", change: 0, pairs, refused };
    let content = html! {
        h1 { (frame.say(words::NEW_ACCOUNT)) }
        (refused.show(frame))
        form.card method="post" action="/accounts/new" novalidate {
            (frame.csrf_field())
            (form.sections(SECTIONS, &[]))
            div.actions {
                button.primary type="submit" { (frame.say(words::SAVE)) }
                a.button.quiet href="/accounts" { (frame.say(words::CANCEL)) }
            }
        }
    };
    frame.page(status, frame.say(words::NEW_ACCOUNT), content)
}

fn save(frame: &Frame<'_>, account: &Account) -> Response {
    let pairs = &frame.request.form;
    let own = values::own_of(&frame.context.settings, Kind::Account, Some(account.id.0), pairs, "");
    let is_new_password = own.get("password").is_some();
    match form::save(frame, vec![Change::Put { kind: Kind::Account, id: Some(account.id.0), own }]) {
        Ok(_) => {
            frame.leave_note(if is_new_password { Note::Details(account.id) } else { Note::Saved });
            Response::redirect(&path(account.id))
        }
        Err(refused) => show(frame, account, 422, Some(pairs), &refused),
    }
}

fn show(frame: &Frame<'_>, account: &Account, status: u16, typed: Option<&Pairs>, refused: &Refused) -> Response {
    let known = values::pairs_of(&frame.context.settings, Kind::Account, Some(account.id.0), "");
    let pairs = typed.unwrap_or(&known);
    let form = Form { frame, kind: Kind::Account, id: Some(account.id.0), prefix: "", change: 0, pairs, refused };
    let note = frame.take_note();
    let content = html! {
        div.title {
            h1 { (account.username) }
            @if !account.enabled { (part::badge(frame, "off", words::DISABLED)) }
        }
        (part::note(frame, note.as_ref()))
        @if let Some(Note::Details(account)) = note { (details(frame, account)) }
        (refused.show(frame))
        (registration(frame, account))
        form.card method="post" action=(path(account.id)) novalidate {
            (frame.csrf_field())
            (form::revision_field(frame))
            (form.sections(SECTIONS, &[]))
            div.actions {
                button.primary type="submit" { (frame.say(words::SAVE)) }
                a.button.quiet href="/accounts" { (frame.say(words::CANCEL)) }
                a.button.danger href={ (path(account.id)) "/delete" } { (frame.say(words::DELETE)) }
            }
        }
    };
    frame.page(status, &account.username, content)
}

/// Where its phone is now.
fn registration(frame: &Frame<'_>, account: &Account) -> Markup {
    let found = frame.context.status.registrations.iter().find(|registration| registration.account == account.id);
    html! {
        section.card {
            h2 { (frame.say(words::REGISTRATION)) }
            p { (part::registration_state(frame, found)) }
            @if let Some(found) = found {
                dl.facts {
                    dt { (frame.say(words::PHONE)) } dd { (found.user_agent) }
                    dt { (frame.say(words::ADDRESS)) } dd.mono { (found.transport.name().to_uppercase()) " " (found.remote) }
                    dt { (frame.say(words::EXPIRES_IN)) } dd { (part::duration(frame, found.expires_in)) }
                }
            }
            form method="post" action={ (path(account.id)) "/password" } {
                (frame.csrf_field())
                button type="submit" { (frame.say(words::SHOW_PASSWORD)) }
            }
        }
    }
}

/// What is entered in the phone, with the password in clear: for the page after it was made or asked for, and only that.
pub fn details(frame: &Frame<'_>, account: AccountId) -> Markup {
    let Some(account) = frame.context.settings.accounts.get(&account) else { return html! {} };
    // Without the port, which is the web's.
    let host = frame.request.header("host").unwrap_or("");
    let server = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    html! {
        section.card.details {
            h2 { (frame.say(words::PHONE_DETAILS)) }
            dl.facts {
                dt { (frame.say(words::SERVER)) } dd.mono { (server) }
                dt { (frame.say(words::USERNAME)) } dd.mono { (account.username) }
                dt { (frame.say(words::PASSWORD)) }
                dd.mono { span #shown-password { (account.password.expose()) } " "
                    button.quiet.copy type="button" hidden data-copy="shown-password" data-copied=(frame.say(words::COPIED)) { (frame.say(words::COPY)) }
                }
            }
            p.help { (frame.say(words::PHONE_DETAILS_HELP)) }
        }
    }
}

fn confirm_delete(frame: &Frame<'_>, account: &Account, status: u16, refused: &Refused) -> Response {
    let title = frame.say_with(words::DELETE_ACCOUNT, &[&account.username]);
    let content = html! {
        section.card.narrow {
            h1 { (title) }
            (refused.show(frame))
            p { (frame.say(words::DELETE_ACCOUNT_TEXT)) }
            form.actions method="post" action={ (path(account.id)) "/delete" } {
                (frame.csrf_field())
                button.danger type="submit" { (frame.say(words::DELETE)) }
                a.button.quiet href=(path(account.id)) { (frame.say(words::CANCEL)) }
            }
        }
    };
    frame.page(status, &title, content)
}

fn delete(frame: &Frame<'_>, account: &Account) -> Response {
    match form::save(frame, vec![Change::Delete { kind: Kind::Account, id: account.id.0 }]) {
        Ok(_) => {
            frame.leave_note(Note::Deleted);
            Response::redirect("/accounts")
        }
        Err(refused) => confirm_delete(frame, account, 422, &refused),
    }
}
