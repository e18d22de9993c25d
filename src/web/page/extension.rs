//! One extension: its settings, and the accounts of its phones.

use maud::{Markup, html};
use serde_json::Value;

use crate::base::id::{AccountId, ExtensionId};
use crate::settings::{Account, Change, Extension, Kind, Own};
use crate::text::page as words;
use crate::text::page::sentence;
use crate::web::form::{self, Form, Refused, Section};
use crate::web::http::{Method, Pairs, Response};
use crate::web::session::Note;
use crate::web::values;

use super::account::details;
use super::{Frame, error, extensions, part};

pub const SECTIONS: &[Section] = &[
    Section { title: words::IDENTITY, keys: &["number", "first_name", "last_name", "enabled"] },
    Section { title: words::CONTACT, keys: &["email", "mobile", "organization", "department"] },
    Section { title: words::CALL_LIMITS, keys: &["failover_internal_timeout", "concurrent_call_limit", "busy_level", "service_pin"] },
];
/// Of the account that is created together with its extension.
const ACCOUNT: &str = "account.";
const CREATE: &str = "account.create";

pub fn route(frame: &Frame<'_>, method: Method, rest: &[&str]) -> Response {
    let settings = &frame.context.settings;
    let found = rest.first().and_then(|id| id.parse().ok()).and_then(|id| settings.extensions.get(&ExtensionId(id)));
    match (method, rest, found) {
        (Method::Get, ["new"], _) => show_new(frame),
        (Method::Post, ["new"], _) => create(frame),
        (Method::Get, [_], Some(extension)) => show(frame, extension, 200, None, &Refused::default(), &Refused::default()),
        (Method::Post, [_], Some(extension)) => save(frame, extension),
        (Method::Get, [_, "delete"], Some(extension)) => confirm_delete(frame, extension, 200, &Refused::default()),
        (Method::Post, [_, "delete"], Some(extension)) => delete(frame, extension),
        (Method::Post, [_, "account"], Some(extension)) => create_account(frame, extension),
        (Method::Post, [_, "link"], Some(extension)) => link(frame, extension),
        (Method::Post, [_, "unlink"], Some(extension)) => unlink(frame, extension),
        // Whoever comes back to the address of a form, by reload or another language, gets the page it stood on.
        (Method::Get, [_, "account" | "link" | "unlink"], Some(extension)) => Response::redirect(&path(extension.id)),
        _ => error::not_found(frame),
    }
}

fn path(extension: ExtensionId) -> String {
    format!("/extensions/{extension}")
}

fn show_new(frame: &Frame<'_>) -> Response {
    let mut pairs = values::pairs_of(&frame.context.settings, Kind::Extension, None, "");
    if let Some(number) = extensions::free_number(&frame.context.settings) {
        pairs.push("number", number);
    }
    pairs.push(CREATE, "on");
    new_form(frame, 200, &pairs, &Refused::default())
}

fn create(frame: &Frame<'_>) -> Response {
    let (settings, pairs) = (&frame.context.settings, &frame.request.form);
    let own = values::own_of(settings, Kind::Extension, None, pairs, "");
    let number = pairs.text("number").trim().to_owned();
    let username = Some(pairs.text("account.username").trim()).filter(|username| !username.is_empty()).unwrap_or(&number).to_owned();
    let mut changes = vec![Change::Put { kind: Kind::Extension, id: None, own: own.clone() }];
    if pairs.get(CREATE).is_some() {
        changes.push(new_account(&username, number.as_str().into(), own.get("tenant")));
    }
    match form::save(frame, changes) {
        Ok(saved) => {
            let id = saved.extensions.last_key_value().map_or(0, |(id, _)| id.0);
            if pairs.get(CREATE).is_some()
                && let Some(account) = saved.account_by_username(&username)
            {
                frame.leave_note(Note::Details(account.id));
            } else {
                frame.leave_note(Note::Saved);
            }
            Response::redirect(&path(ExtensionId(id)))
        }
        Err(refused) => new_form(frame, 422, pairs, &refused),
    }
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

fn new_form(frame: &Frame<'_>, status: u16, pairs: &Pairs, refused: &Refused) -> Response {
    let form = Form { frame, kind: Kind::Extension, id: None, prefix: "", change: 0, pairs, refused };
    let account = Form { frame, kind: Kind::Account, id: None, prefix: ACCOUNT, change: 1, pairs, refused };
    let content = html! {
        h1 { (frame.say(words::NEW_EXTENSION)) }
        (refused.show(frame))
        form.card method="post" action="/extensions/new" novalidate {
            (frame.csrf_field())
            (form.sections(&SECTIONS[..1], &hidden_but(SECTIONS[0].keys)))
            fieldset.section {
                legend { (frame.say(words::PHONE_FOR_IT)) }
                div.fields {
                    div.field {
                        label.check {
                            input type="checkbox" name=(CREATE) checked[pairs.get(CREATE).is_some()];
                            span { (frame.say(words::CREATE_ACCOUNT_TOO)) }
                        }
                        p.help { (frame.say(words::CREATE_ACCOUNT_TOO_HELP)) }
                    }
                    @if let Some(field) = Kind::Account.field("username") { (account.field(field)) }
                }
            }
            (form.sections(&SECTIONS[1..], SECTIONS[0].keys))
            div.actions {
                button.primary type="submit" { (frame.say(words::SAVE)) }
                a.button.quiet href="/extensions" { (frame.say(words::CANCEL)) }
            }
        }
    };
    frame.page(status, frame.say(words::NEW_EXTENSION), content)
}

/// Every key but these, to show one section alone.
fn hidden_but(keys: &[&str]) -> Vec<&'static str> {
    Kind::Extension.fields().iter().map(|field| field.key).filter(|key| !keys.contains(key)).collect()
}

fn save(frame: &Frame<'_>, extension: &Extension) -> Response {
    let pairs = &frame.request.form;
    let own = values::own_of(&frame.context.settings, Kind::Extension, Some(extension.id.0), pairs, "");
    match form::save(frame, vec![Change::Put { kind: Kind::Extension, id: Some(extension.id.0), own }]) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect(&path(extension.id))
        }
        Err(refused) => show(frame, extension, 422, Some(pairs), &refused, &Refused::default()),
    }
}

/// `typed`: what a refused form held. `of_accounts`: why one of the small forms below was refused.
fn show(
    frame: &Frame<'_>,
    extension: &Extension,
    status: u16,
    typed: Option<&Pairs>,
    refused: &Refused,
    of_accounts: &Refused,
) -> Response {
    let known = values::pairs_of(&frame.context.settings, Kind::Extension, Some(extension.id.0), "");
    let pairs = typed.unwrap_or(&known);
    let form = Form { frame, kind: Kind::Extension, id: Some(extension.id.0), prefix: "", change: 0, pairs, refused };
    let note = frame.take_note();
    let title = match extension.display_name() {
        name if name == extension.number => name,
        name => format!("{} {name}", extension.number),
    };
    let content = html! {
        div.title {
            h1 { (title) }
            @if !extension.enabled { (part::badge(frame, "off", words::DISABLED)) }
        }
        (part::note(frame, note.as_ref()))
        @if let Some(Note::Details(account)) = note { (details(frame, account)) }
        (refused.show(frame))
        (accounts(frame, extension, of_accounts))
        form.card method="post" action=(path(extension.id)) novalidate {
            (frame.csrf_field())
            (form::revision_field(frame))
            (form.sections(SECTIONS, &[]))
            div.actions {
                button.primary type="submit" { (frame.say(words::SAVE)) }
                a.button.quiet href="/extensions" { (frame.say(words::CANCEL)) }
                a.button.danger href={ (path(extension.id)) "/delete" } { (frame.say(words::DELETE)) }
            }
        }
    };
    frame.page(status, &title, content)
}

fn accounts(frame: &Frame<'_>, extension: &Extension, refused: &Refused) -> Markup {
    let settings = &frame.context.settings;
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
                        td.end {
                            form method="post" action={ (path(extension.id)) "/unlink" } {
                                (frame.csrf_field())
                                input type="hidden" name="account" value=(account.id);
                                button.quiet type="submit" aria-label={ (frame.say(words::UNLINK)) " " (account.username) } { (frame.say(words::UNLINK)) }
                            }
                        }
                    } } }
                }
            }
            @for message in &refused.messages { (part::bad(message)) }
            @for fault in others { (part::bad(&sentence(&fault.say(frame.language)))) }
            div.side-by-side {
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
            }
        }
    }
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
        Err(refused) => show(frame, extension, 422, None, &Refused::default(), &refused),
    }
}

fn link(frame: &Frame<'_>, extension: &Extension) -> Response {
    match posted_account(frame) {
        Some(account) if account.extension.is_none() => relink(frame, extension, account.id, extension.id.0.into(), Note::Linked),
        Some(_) => {
            let refused = Refused { faults: Vec::new(), messages: vec![frame.say(words::ALREADY_LINKED).to_owned()] };
            show(frame, extension, 422, None, &Refused::default(), &refused)
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
        Err(refused) => show(frame, extension, 422, None, &Refused::default(), &refused),
    }
}

fn confirm_delete(frame: &Frame<'_>, extension: &Extension, status: u16, refused: &Refused) -> Response {
    let title = frame.say_with(words::DELETE_EXTENSION, &[&extension.number]);
    let content = html! {
        section.card.narrow {
            h1 { (title) }
            (refused.show(frame))
            @if extension.display_name() != extension.number { p { strong { (extension.display_name()) } } }
            p { (frame.say(words::DELETE_EXTENSION_TEXT)) }
            form.actions method="post" action={ (path(extension.id)) "/delete" } {
                (frame.csrf_field())
                button.danger type="submit" { (frame.say(words::DELETE)) }
                a.button.quiet href=(path(extension.id)) { (frame.say(words::CANCEL)) }
            }
        }
    };
    frame.page(status, &title, content)
}

fn delete(frame: &Frame<'_>, extension: &Extension) -> Response {
    let freed = frame.context.settings.accounts_of(extension.id).iter().map(|account| Change::Put {
        kind: Kind::Account,
        id: Some(account.0),
        own: Own::default().with("extension", Value::Null),
    });
    let changes = freed.chain([Change::Delete { kind: Kind::Extension, id: extension.id.0 }]).collect();
    match form::save(frame, changes) {
        Ok(_) => {
            frame.leave_note(Note::Deleted);
            Response::redirect("/extensions")
        }
        Err(refused) => confirm_delete(frame, extension, 422, &refused),
    }
}
