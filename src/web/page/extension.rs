//! What an extension has beside its settings: the accounts of its phones.

use maud::{Markup, html};
use serde_json::Value;

use crate::base::id::{AccountId, ExtensionId};
use crate::settings::{Account, Change, Extension, Kind, Level, Own};
use crate::text::page as words;
use crate::text::page::sentence;
use crate::web::form::{self, Refused};
use crate::web::http::Response;
use crate::web::session::Note;
use crate::web::switching::Wrong;

use super::entity::{self, Said};
use super::sheet::Sheet;
use super::{Frame, dial, error, part, switches};

/// The small forms of the page.
pub fn act(frame: &Frame<'_>, id: i64, what: &str) -> Response {
    let Some(extension) = frame.context.settings.extensions.get(&ExtensionId(id)) else { return error::not_found(frame) };
    if what == "switches" {
        let again = |wrong: Vec<Wrong>| entity::show(frame, Sheet::of(Kind::Extension), id, &Said { wrong: &wrong, ..Said::default() });
        return switches::save(frame, extension, &path(extension.id)).unwrap_or_else(again);
    }
    if !frame.may(Kind::Account.panel(), Level::Write) {
        return error::not_allowed(frame);
    }
    match what {
        "account" => create_account(frame, extension),
        "link" => link(frame, extension),
        "unlink" => unlink(frame, extension),
        _ => error::not_found(frame),
    }
}

fn path(extension: ExtensionId) -> String {
    format!("/extensions/{extension}")
}

/// All but its name is the default; the password is generated.
fn new_account(username: &str, extension: Value, tenant: Option<&Value>) -> Change {
    let own = Own::default().with("username", username).with("extension", extension);
    let own = match tenant {
        Some(tenant) => own.with("tenant", tenant.clone()),
        None => own,
    };
    Change::Put { kind: Kind::Account, id: None, own }
}

/// The accounts of its phones, with the small forms that link and make one.
pub fn accounts(frame: &Frame<'_>, id: i64, refused: &Refused) -> Markup {
    let settings = &frame.context.settings;
    let Some(extension) = settings.extensions.get(&ExtensionId(id)) else { return html! {} };
    let may_write = frame.may(Kind::Account.panel(), Level::Write);
    let own: Vec<&Account> = settings.accounts_of(extension.id).iter().filter_map(|id| settings.accounts.get(id)).collect();
    let free: Vec<&Account> =
        settings.accounts.values().filter(|account| account.extension.is_none() && account.tenant == extension.tenant).collect();
    let registration = |account: &Account| frame.context.status.registrations.iter().find(|found| found.account == account.id);
    let of_username: Vec<String> =
        refused.faults.iter().filter(|fault| fault.field == "username").map(|fault| sentence(&fault.say(frame.language))).collect();
    let others = refused.faults.iter().filter(|fault| fault.field != "username");
    let typed = if refused.is_empty() { "" } else { frame.request.form.text("username") };
    html! {
        section.card #accounts {
            h2 { (frame.say(words::LINKED_ACCOUNTS)) }
            @if own.is_empty() { p.empty { (frame.say(words::NO_LINKED_ACCOUNTS)) } } @else {
                table {
                    thead { tr {
                        th scope="col" { (frame.say(words::ACCOUNT)) }
                        th scope="col" { (frame.say(words::STATE)) }
                        th scope="col" { (frame.say(words::PHONE)) }
                        th scope="col" { span.hidden { (frame.say(words::UNLINK)) } }
                    } }
                    tbody { @for account in own { tr {
                        td data-label=(frame.say(words::ACCOUNT)) { a href={ "/accounts/" (account.id) } { (account.username) } }
                        td data-label=(frame.say(words::STATE)) {
                            @if account.enabled { (part::registration_state(frame, registration(account))) }
                            @else { (part::badge(frame, "off", words::DISABLED)) }
                        }
                        td data-label=(frame.say(words::PHONE)) { (registration(account).map_or("", |found| found.user_agent.as_str())) }
                        td.end { @if may_write {
                            form method="post" action={ (path(extension.id)) "/unlink" } {
                                (frame.csrf_field())
                                input type="hidden" name="account" value=(account.id);
                                button.quiet type="submit" aria-label={ (frame.say(words::UNLINK)) " " (account.username) } { (frame.say(words::UNLINK)) }
                            }
                        } }
                    } } }
                }
            }
            @for message in &refused.messages { (part::bad(message)) }
            @for fault in others { (part::bad(&sentence(&fault.say(frame.language)))) }
            @if may_write { div.side-by-side {
                form method="post" action={ (path(extension.id)) "/account" } {
                    (frame.csrf_field())
                    label for="new-username" { (frame.say(words::ADD_ACCOUNT)) }
                    div.joined {
                        input #new-username name="username" value=(typed) placeholder=(suggested_username(frame, extension)) autocomplete="off"
                            autocapitalize="none" spellcheck="false" maxlength="64" aria-describedby="new-username-fault"
                            aria-invalid=[(!of_username.is_empty()).then_some("true")];
                        button type="submit" { (frame.say(words::CREATE)) }
                    }
                    @for fault in &of_username { p.fault #new-username-fault role="alert" { (fault) } }
                }
                @if !free.is_empty() {
                    form method="post" action={ (path(extension.id)) "/link" } {
                        (frame.csrf_field())
                        label for="free-account" { (frame.say(words::LINK_ACCOUNT)) }
                        div.joined {
                            select #free-account name="account" { @for account in free { option value=(account.id) { (account.username) } } }
                            button type="submit" { (frame.say(words::LINK)) }
                        }
                    }
                }
            } }
        }
    }
}

/// Where its calls go, as things are now.
pub fn chain(frame: &Frame<'_>, id: i64) -> Markup {
    let extension = frame.context.settings.extensions.get(&ExtensionId(id));
    html! { @if let Some(extension) = extension { (dial::card(frame, extension)) } }
}

/// What is switched at it, for who may switch it.
pub fn switches(frame: &Frame<'_>, id: i64, wrong: &[Wrong]) -> Markup {
    let extension = frame.context.settings.extensions.get(&ExtensionId(id)).filter(|_| frame.may(Kind::Extension.panel(), Level::Write));
    html! { @if let Some(extension) = extension { (switches::card(frame, extension, &format!("{}/switches", path(extension.id)), wrong)) } }
}

/// The page with why one of its small forms was refused.
fn again(frame: &Frame<'_>, extension: &Extension, refused: &Refused) -> Response {
    entity::show(frame, Sheet::of(Kind::Extension), extension.id.0, &Said { of_parts: Some(refused), ..Said::default() })
}

/// The number, or the number with a letter behind if it is taken.
fn suggested_username(frame: &Frame<'_>, extension: &Extension) -> String {
    let is_free = |username: &String| frame.context.settings.account_by_username(username).is_none();
    let letters = ('b'..='z').map(|letter| format!("{}{letter}", extension.number));
    std::iter::once(extension.number.clone()).chain(letters).find(is_free).unwrap_or_default()
}

fn create_account(frame: &Frame<'_>, extension: &Extension) -> Response {
    let username = match frame.request.form.text("username").trim() {
        "" => suggested_username(frame, extension),
        username => username.to_owned(),
    };
    let change = new_account(&username, extension.id.0.into(), Some(&extension.tenant.0.into()));
    match form::save(frame, vec![change]) {
        Ok(saved) => {
            if let Some(account) = saved.account_by_username(&username) {
                frame.leave_note(Note::Details(account.id));
            }
            Response::redirect(&path(extension.id))
        }
        Err(refused) => again(frame, extension, &refused),
    }
}

fn link(frame: &Frame<'_>, extension: &Extension) -> Response {
    match posted_account(frame) {
        Some(account) if account.extension.is_none() => relink(frame, extension, account.id, extension.id.0.into(), Note::Linked),
        Some(_) => {
            let refused = Refused::message(frame.say(words::ALREADY_LINKED));
            again(frame, extension, &refused)
        }
        None => error::not_found(frame),
    }
}

fn unlink(frame: &Frame<'_>, extension: &Extension) -> Response {
    match posted_account(frame) {
        Some(account) if account.extension == Some(extension.id) => relink(frame, extension, account.id, Value::Null, Note::Unlinked),
        // Somebody else was quicker; it is as wished.
        _ => Response::redirect(&path(extension.id)),
    }
}

fn posted_account<'a>(frame: &'a Frame<'_>) -> Option<&'a Account> {
    let id = frame.request.form.text("account").parse().ok()?;
    frame.context.settings.accounts.get(&AccountId(id))
}

fn relink(frame: &Frame<'_>, extension: &Extension, account: AccountId, to: Value, note: Note) -> Response {
    let change = Change::Put { kind: Kind::Account, id: Some(account.0), own: Own::default().with("extension", to) };
    match form::save(frame, vec![change]) {
        Ok(_) => {
            frame.leave_note(note);
            Response::redirect(&path(extension.id))
        }
        Err(refused) => again(frame, extension, &refused),
    }
}
