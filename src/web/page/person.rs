//! Adding a person in one form: number and names, phones, voicemail box, local user. Saved whole or not at all.

use maud::{Markup, html};

use crate::base::id::ExtensionId;
use crate::secret::{SALT_BYTES, Secret, hash_password};
use crate::settings::{Kind, Level, Own, Part, Person, PersonAccount, Settings};
use crate::store::PASSWORD;
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{Form, Refused, entities, save_edit};
use crate::web::http::{Method, Pairs, Response};
use crate::web::session::Note;
use crate::web::shown::Shown;
use crate::web::values;

use super::claim::check_password;
use super::{Frame, error};

const ACCOUNT: &str = "account.";
const MAILBOX: &str = "mailbox.";
const USER: &str = "user.";
/// So many numbers are suggested.
const SUGGESTED: usize = 8;
/// Parts of a kind whose settings the person's form holds.
const OF_MAILBOX: [&str; 4] = ["email", "notify", "attach_audio", "delete_sent"];
const OF_USER: [&str; 3] = ["username", "web_access", "cti_access"];

pub fn route(frame: &Frame<'_>, method: Method) -> Response {
    match method {
        Method::Get => {
            let settings = &frame.context.settings;
            let mut pairs = values::pairs_of(settings, Kind::Extension, None, "");
            for (kind, prefix) in [(Kind::Account, ACCOUNT), (Kind::Mailbox, MAILBOX), (Kind::User, USER)] {
                pairs.0.extend(values::pairs_of(settings, kind, None, prefix).0.into_iter().filter(|(name, _)| !name.ends_with(".was")));
            }
            if let Some(number) = settings.free_numbers(settings.default_tenant(), 1).into_iter().next() {
                pairs.push("number", number);
            }
            pairs.push("account.create", "on");
            show(frame, 200, &pairs, &Refused::default(), &[])
        }
        Method::Post => create(frame),
        _ => error::wrong_method(frame),
    }
}

/// A part that the form adds, and whether the visitor may.
fn is_wanted(frame: &Frame<'_>, pairs: &Pairs, prefix: &str, kind: Kind) -> bool {
    pairs.get(&format!("{prefix}create")).is_some() && frame.may(kind.panel(), Level::Write)
}

fn person(frame: &Frame<'_>, pairs: &Pairs) -> Person {
    let settings = &frame.context.settings;
    let own = |kind, prefix| values::own_of(settings, kind, None, pairs, prefix);
    let number = pairs.text("number").trim();
    let mut accounts = Vec::new();
    if is_wanted(frame, pairs, ACCOUNT, Kind::Account) {
        // The first phone has the number's name if that is free; the settings name the others.
        let typed = own(Kind::Account, ACCOUNT);
        let is_named = typed.get("username").is_some_and(|name| !name.is_null());
        let is_free = !number.is_empty() && settings.account_by_username(number).is_none();
        accounts.push(PersonAccount::New(if is_named || !is_free { typed } else { typed.with("username", number) }));
        let more = pairs.text("account.more").lines().map(str::trim).filter(|name| !name.is_empty());
        accounts.extend(more.map(|name| PersonAccount::New(Own::default().with("username", name))));
    }
    if frame.may(Kind::Account.panel(), Level::Write) {
        accounts.extend(pairs.all("link").filter_map(|id| id.parse().ok()).map(PersonAccount::Existing));
    }
    let user = is_wanted(frame, pairs, USER, Kind::User).then(|| {
        let password = Secret::new(pairs.text("user.password"));
        let salt = frame.context.random_bytes::<SALT_BYTES>();
        // The look before the save needs the hash already.
        let mut user = own(Kind::User, USER);
        user.0.shift_remove(PASSWORD);
        user.with("password_hash", hash_password(&password, salt))
    });
    Person {
        extension: own(Kind::Extension, ""),
        accounts,
        mailbox: is_wanted(frame, pairs, MAILBOX, Kind::Mailbox).then(|| own(Kind::Mailbox, MAILBOX)),
        user,
    }
}

fn create(frame: &Frame<'_>) -> Response {
    let (settings, pairs) = (&frame.context.settings, &frame.request.form);
    // The password is refused before it costs a hash.
    if is_wanted(frame, pairs, USER, Kind::User) {
        let password = pairs.text("user.password");
        if let Err(phrase) = check_password(pairs.text("user.username"), password, password) {
            let refused = Refused { beside: vec![("user.password", phrase)], ..Refused::message(frame.say(page::PLEASE_CORRECT)) };
            return show(frame, 422, pairs, &refused, &[]);
        }
    }
    let person = person(frame, pairs);
    let person_edit = person.edit(settings);
    let checked = person_edit.check(settings);
    let parts: Vec<Part> = (0..person_edit.edit.changes.len()).map(|at| person_edit.part(at)).collect();
    if !checked.is_empty() {
        let faults = checked.into_iter().map(|(_, fault)| fault).collect();
        return show(frame, 422, pairs, &Refused { faults, ..Refused::default() }, &parts);
    }
    match save_edit(frame, person_edit.edit) {
        Ok(saved) => {
            let id = ExtensionId(saved.rows_of(Kind::Extension).last().map_or(0, |(id, _)| id));
            frame.leave_note(Note::Welcome(id));
            Response::redirect(&format!("/extensions/{id}"))
        }
        Err(refused) => show(frame, 422, pairs, &refused, &parts),
    }
}

/// `parts`: what each change of the refused edit was about.
fn show(frame: &Frame<'_>, status: u16, pairs: &Pairs, refused: &Refused, parts: &[Part]) -> Response {
    let at = |wanted: fn(&Part) -> bool| parts.iter().position(wanted).unwrap_or(usize::MAX);
    let form = Form::new(frame, Kind::Extension, None, pairs, refused);
    let account = Form::part(frame, Kind::Account, ACCOUNT, at(|part| *part == Part::Account(0)), pairs, refused);
    let mailbox = Form::part(frame, Kind::Mailbox, MAILBOX, at(|part| *part == Part::Mailbox), pairs, refused);
    let user = Form::part(frame, Kind::User, USER, at(|part| *part == Part::User), pairs, refused);
    let content = html! {
        h1 { (frame.say(page::NEW_EXTENSION)) }
        (refused.show(frame))
        form.card.settings method="post" action="/extensions/new" novalidate {
            (frame.csrf_field())
            (form.sections_with(&[], &html! {
                @if frame.may(Kind::Account.panel(), Level::Write) { (phones(frame, &account, pairs, refused, parts)) }
                @if frame.may(Kind::Mailbox.panel(), Level::Write) {
                    (part(frame, words::PERSON_MAILBOX, words::PERSON_MAILBOX_CREATE, "mailbox.create", pairs, mailbox.fields(&OF_MAILBOX)))
                }
                @if frame.may(Kind::User.panel(), Level::Write) {
                    (part(frame, words::PERSON_USER, words::PERSON_USER_CREATE, "user.create", pairs, html! {
                        (user.fields(&OF_USER)) (password(frame, pairs, refused))
                    }))
                }
            }))
            div.actions {
                button.primary type="submit" { (frame.say(page::SAVE)) }
                a.button.quiet href="/extensions" { (frame.say(page::CANCEL)) }
            }
            (suggestions(frame))
        }
    };
    frame.page(status, frame.say(page::NEW_EXTENSION), content)
}

/// A heading, the box that adds the part, and its settings.
fn part(frame: &Frame<'_>, title: crate::text::Phrase, create: crate::text::Phrase, name: &str, pairs: &Pairs, fields: Markup) -> Markup {
    html! {
        fieldset.section {
            legend { (frame.say(title)) }
            label.check {
                input type="checkbox" name=(name) checked[pairs.get(name).is_some()];
                span { (frame.say(create)) }
            }
            div.fields data-if=(name) data-is="on" { (fields) }
        }
    }
}

fn phones(frame: &Frame<'_>, account: &Form<'_>, pairs: &Pairs, refused: &Refused, parts: &[Part]) -> Markup {
    let settings: &Settings = &frame.context.settings;
    let shown = Shown { settings, language: frame.language };
    let is_free = |id: i64| settings.own(Kind::Account, id).is_some_and(|own| own.get("extension").is_none());
    let free: Vec<(i64, String)> = entities(shown, Kind::Account).into_iter().filter(|(id, _)| is_free(*id)).collect();
    // The first phone has its own input; what is wrong with the others stands beside their list.
    let of_others: Vec<String> = refused
        .faults
        .iter()
        .filter(|fault| matches!(fault.change.and_then(|at| parts.get(at)), Some(Part::Account(1..))))
        .map(|fault| page::sentence(&format!("{}: {}", fault.place, fault.say(frame.language))))
        .collect();
    html! {
        fieldset.section {
            legend { (frame.say(page::PHONE_FOR_IT)) }
            label.check {
                input type="checkbox" name="account.create" checked[pairs.get("account.create").is_some()];
                span { (frame.say(page::CREATE_ACCOUNT_TOO)) }
            }
            p.help { (frame.say(page::CREATE_ACCOUNT_TOO_HELP)) }
            div.fields {
                div.parts data-if="account.create" data-is="on" {
                    (account.fields(&["username", "template"]))
                    div.field.has-fault[!of_others.is_empty()] {
                        label for="more-phones" { (frame.say(words::MORE_PHONES)) }
                        textarea #more-phones name="account.more" rows="2" autocapitalize="none" spellcheck="false"
                            aria-describedby="more-phones-help more-phones-fault" aria-invalid=[(!of_others.is_empty()).then_some("true")] {
                            (pairs.text("account.more"))
                        }
                        p.help #more-phones-help { (frame.say(words::MORE_PHONES_HELP)) }
                        @if !of_others.is_empty() { p.fault #more-phones-fault { @for fault in &of_others { (fault) " " } } }
                    }
                }
                @if !free.is_empty() {
                    fieldset.field {
                        legend.label { (frame.say(words::LINK_FREE)) }
                        div.choices.long[free.len() > 8] {
                            @for (id, name) in &free {
                                label.check {
                                    input type="checkbox" name="link" value=(id) checked[pairs.all("link").any(|linked| linked == id.to_string())];
                                    span { (name) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn password(frame: &Frame<'_>, pairs: &Pairs, refused: &Refused) -> Markup {
    let wrong = refused.beside.iter().find(|(name, _)| *name == "user.password").map(|(_, phrase)| *phrase);
    html! {
        div.field.has-fault[wrong.is_some()] {
            label for="user-password" { (frame.say(page::PASSWORD)) }
            input #user-password type="password" name="user.password" value=(pairs.text("user.password")) autocomplete="new-password"
                aria-describedby="user-password-help user-password-fault" aria-invalid=[wrong.map(|_| "true")];
            p.help #user-password-help { (frame.say(page::PASSWORD_HELP)) }
            @if let Some(phrase) = wrong { p.fault #user-password-fault { (frame.say(phrase)) } }
        }
    }
}

/// Free numbers, as a list beside the input.
fn suggestions(frame: &Frame<'_>) -> Markup {
    let settings = &frame.context.settings;
    html! {
        datalist #free-numbers {
            @for number in settings.free_numbers(settings.default_tenant(), SUGGESTED) { option value=(number) {} }
        }
    }
}
