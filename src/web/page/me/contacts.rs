//! My contacts: people outside whom only I see. Added, changed, deleted, and read out of files of other programs.

use maud::{Markup, html};

use crate::phonebook::import;
use crate::settings::{Change, Contact, Kind, Own};
use crate::text::me as words;
use crate::text::page as common;
use crate::text::page::sentence;
use crate::text::settings as fields;
use crate::text::settings::FieldWords;
use crate::web::access::Visitor;
use crate::web::form::{self, Refused};
use crate::web::http::{Method, Pairs, Response};
use crate::web::page::{Frame, error, part};
use crate::web::session::Note;

/// What a contact holds, in the order of the form.
const FIELDS: &[(&str, FieldWords)] = &[
    ("first_name", fields::CONTACT_FIRST_NAME),
    ("last_name", fields::CONTACT_LAST_NAME),
    ("organization", fields::CONTACT_ORGANIZATION),
    ("phone", fields::CONTACT_PHONE),
    ("mobile", fields::CONTACT_MOBILE),
    ("home", fields::CONTACT_HOME),
    ("speed_dial", fields::CONTACT_SPEED_DIAL),
    ("email", fields::CONTACT_EMAIL),
];

pub fn route(frame: &Frame<'_>, visitor: &Visitor, method: Method, rest: &[&str]) -> Response {
    let contacts = &frame.context.settings.contacts;
    let id = |text: &str| text.parse().ok().map(crate::base::id::ContactId);
    let own = |text: &str| id(text).and_then(|id| contacts.get(&id)).filter(|contact| contact.owner == Some(visitor.user.id));
    match (method, rest) {
        (Method::Get, []) => list(frame, visitor, 200, html! {}),
        (Method::Get, ["new"]) => show(frame, visitor, 200, None, &Pairs::default(), &Refused::default()),
        (Method::Post, ["new"]) => save(frame, visitor, None),
        (Method::Post, ["import"]) => read_file(frame, visitor),
        (Method::Get, ["import"]) => Response::redirect("/me/contacts"),
        (Method::Get, [text]) if own(text).is_some() => {
            let pairs = own(text).map(pairs_of).unwrap_or_default();
            show(frame, visitor, 200, own(text), &pairs, &Refused::default())
        }
        (Method::Post, [text]) if own(text).is_some() => save(frame, visitor, own(text)),
        (Method::Post, [text, "delete"]) => match own(text) {
            Some(contact) => delete(frame, visitor, contact),
            None => error::not_found(frame),
        },
        // Somebody else's is not told from one that is not there.
        _ => error::not_found(frame),
    }
}

fn list(frame: &Frame<'_>, visitor: &Visitor, status: u16, message: Markup) -> Response {
    let all = frame.context.settings.contacts.values().filter(|contact| contact.owner == Some(visitor.user.id));
    let query = frame.request.query.text("q");
    let mut shown: Vec<&Contact> = all.filter(|contact| part::matches(query, &texts(contact))).collect();
    shown.sort_by_key(|contact| name(contact).to_lowercase());
    let content = html! {
        (message)
        (part::search(frame, common::SEARCH))
        section.card {
            @if shown.is_empty() {
                p.empty { (frame.say(if query.is_empty() { words::NO_CONTACTS } else { common::NOTHING_FOUND })) }
            } @else {
                table {
                    thead { tr {
                        th scope="col" { (frame.say(common::NAME)) }
                        @for (_, words) in &FIELDS[3..6] { th scope="col" { (frame.say(words.label)) } }
                    } }
                    tbody { @for contact in &shown { tr {
                        td data-label=(frame.say(common::NAME)) { a href={ "/me/contacts/" (contact.id) } dir="auto" { (name(contact)) } }
                        td data-label=(frame.say(FIELDS[3].1.label)) { (contact.phone) }
                        td data-label=(frame.say(FIELDS[4].1.label)) { (contact.mobile) }
                        td data-label=(frame.say(FIELDS[5].1.label)) { (contact.home) }
                    } } }
                }
            }
            div.actions { a.button.primary href="/me/contacts/new" { (frame.say(words::NEW_CONTACT)) } }
        }
        section.card.narrow {
            h2 { (frame.say(words::IMPORT)) }
            p { (frame.say(words::IMPORT_TEXT)) }
            form method="post" action="/me/contacts/import" enctype="multipart/form-data" {
                (frame.csrf_field())
                div.field {
                    label for="file" { (frame.say(words::FILE)) }
                    input #file type="file" name="file" accept=".csv,.vcf,text/csv,text/vcard" required;
                }
                div.actions { button type="submit" { (frame.say(words::IMPORT)) } }
            }
        }
    };
    super::page(frame, visitor, status, words::MY_CONTACTS, content)
}

fn show(frame: &Frame<'_>, visitor: &Visitor, status: u16, contact: Option<&Contact>, pairs: &Pairs, refused: &Refused) -> Response {
    let action = contact.map_or("/me/contacts/new".to_owned(), |contact| format!("/me/contacts/{}", contact.id));
    let fault_of = |key: &str| refused.faults.iter().find(|fault| fault.field == key).map(|fault| sentence(&fault.say(frame.language)));
    let placeless = refused.faults.iter().filter(|fault| FIELDS.iter().all(|(key, _)| *key != fault.field));
    let content = html! {
        @for message in &refused.messages { (part::bad(message)) }
        @for fault in placeless { (part::bad(&sentence(&fault.say(frame.language)))) }
        section.card {
            @if contact.is_none() { h2 { (frame.say(words::NEW_CONTACT)) } }
            form method="post" action=(action) {
                (frame.csrf_field())
                div.fields { @for (key, words) in FIELDS {
                    @let fault = fault_of(key);
                    (super::input::Input { name: key, label: words.label, value: pairs.text(key), help: help_of(frame, key), fault: fault.as_deref() }.text(frame))
                } }
                div.actions {
                    button.primary type="submit" { (frame.say(common::SAVE)) }
                    a.button.quiet href="/me/contacts" { (frame.say(common::CANCEL)) }
                }
            }
            @if let Some(contact) = contact {
                form method="post" action={ "/me/contacts/" (contact.id) "/delete" } {
                    (frame.csrf_field())
                    div.actions { button.danger type="submit" { (frame.say(words::DELETE_CONTACT)) } }
                }
            }
        }
    };
    super::page(frame, visitor, status, words::MY_CONTACTS, content)
}

/// What is not said by the label.
fn help_of(frame: &Frame<'_>, key: &str) -> Option<&'static str> {
    (key == "speed_dial").then(|| frame.say(words::SPEED_DIAL_HELP))
}

fn save(frame: &Frame<'_>, visitor: &Visitor, contact: Option<&Contact>) -> Response {
    let pairs = &frame.request.form;
    let own = FIELDS.iter().fold(Own::default(), |own, (key, _)| own.with(key, pairs.text(key)));
    let change = Change::Put { kind: Kind::Contact, id: contact.map(|contact| contact.id.0), own: owned(own, visitor) };
    match form::save(frame, vec![change]) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect("/me/contacts")
        }
        Err(refused) => show(frame, visitor, 422, contact, pairs, &refused),
    }
}

fn delete(frame: &Frame<'_>, visitor: &Visitor, contact: &Contact) -> Response {
    match form::save(frame, vec![Change::Delete { kind: Kind::Contact, id: contact.id.0 }]) {
        Ok(_) => {
            frame.leave_note(Note::Deleted);
            Response::redirect("/me/contacts")
        }
        Err(refused) => show(frame, visitor, 422, Some(contact), &pairs_of(contact), &refused),
    }
}

/// What the file holds and is not there yet becomes a contact; what cannot be one is named with its line.
fn read_file(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let Some(file) = frame.request.file.as_ref() else {
        return list(frame, visitor, 422, part::bad(frame.say(words::FILE_MISSING)));
    };
    let imported = import::read(file);
    let there: Vec<&Contact> = frame.context.settings.contacts.values().filter(|contact| contact.owner == Some(visitor.user.id)).collect();
    let is_new = |contact: &&import::Contact| {
        there.iter().all(|one| {
            let same_name =
                one.first_name == contact.first_name && one.last_name == contact.last_name && one.organization == contact.organization;
            !(same_name && one.phone == contact.phone && one.mobile == contact.mobile && one.home == contact.home)
        })
    };
    let new: Vec<&import::Contact> = imported.contacts.iter().filter(is_new).collect();
    let changes = new.iter().map(|contact| Change::Put { kind: Kind::Contact, id: None, own: owned(own_of(contact), visitor) });
    let refused = match form::save(frame, changes.collect()) {
        Ok(_) => Refused::default(),
        Err(refused) => refused,
    };
    let said = |line: u64, text: &str| frame.say_with(words::LINE_SAYS, &[&line, &text]);
    let message = html! {
        @if refused.faults.is_empty() && refused.messages.is_empty() {
            (part::good(&frame.say_with(words::IMPORTED, &[&new.len(), &(imported.contacts.len() - new.len())])))
        } @else { (super::login::said(frame, &refused)) }
        @if imported.fault_count > 0 {
            div.note.bad {
                p { (frame.say_with(words::LEFT_OUT, &[&imported.fault_count])) }
                ul { @for fault in &imported.faults { li { (said(fault.line, &fault.reason.say(frame.language))) } } }
            }
        }
    };
    // Not redirected: what was left out is told once. Sending it again adds nothing twice.
    let saved = frame.context.store.settings();
    let context = frame.context.with_settings(saved);
    list(&Frame::of(&context, frame.request, visitor), visitor, if refused.faults.is_empty() { 200 } else { 422 }, message)
}

fn owned(own: Own, visitor: &Visitor) -> Own {
    own.with("owner", visitor.user.id.0)
}

fn own_of(contact: &import::Contact) -> Own {
    [
        ("first_name", &contact.first_name),
        ("last_name", &contact.last_name),
        ("organization", &contact.organization),
        ("department", &contact.department),
        ("phone", &contact.phone),
        ("mobile", &contact.mobile),
        ("home", &contact.home),
        ("email", &contact.email),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .fold(Own::default(), |own, (key, value)| own.with(key, value.as_str()))
}

fn pairs_of(contact: &Contact) -> Pairs {
    let mut pairs = Pairs::default();
    for ((key, _), value) in FIELDS.iter().zip(texts(contact)) {
        pairs.push(*key, value);
    }
    pairs
}

/// In the order of the form.
fn texts(contact: &Contact) -> [&str; 8] {
    let Contact { first_name, last_name, organization, phone, mobile, home, speed_dial, email, .. } = contact;
    [first_name, last_name, organization, phone, mobile, home, speed_dial, email]
}

fn name(contact: &Contact) -> String {
    let person = format!("{} {}", contact.first_name, contact.last_name);
    match person.trim() {
        "" => contact.organization.clone(),
        person => person.to_owned(),
    }
}
