//! The form of one entity, of any kind: new, shown, saved.

use maud::{Markup, html};

use crate::settings::{Change, Kind, Level};
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{self, Form, Refused};
use crate::web::http::{Method, Pairs, Response};
use crate::web::session::Note;
use crate::web::shown::{Shown, capital};
use crate::web::switching::Wrong;
use crate::web::values;

use super::sheet::Sheet;
use super::{
    Frame, account, audio, bulk, conflict, error, extension, import, list, part, person, pickup, remove, retemplate, token, welcome,
};

pub fn route(frame: &Frame<'_>, method: Method, sheet: &'static Sheet, rest: &[&str]) -> Response {
    let kind = sheet.kind;
    let known = rest
        .first()
        .and_then(|id| id.parse().ok())
        .filter(|id| frame.context.settings.own(kind, *id).is_some_and(|own| frame.sees(kind, own)));
    match (method, rest, known) {
        (Method::Get, [], _) if kind.is_single() => show(frame, sheet, 1, &Said::default()),
        (Method::Post, [], _) if kind.is_single() => save(frame, sheet, 1),
        (Method::Get, [], _) => list::show(frame, sheet),
        (_, ["many"], _) if bulk::is_for(kind) => bulk::route(frame, method, sheet),
        (Method::Get, ["export"], _) if import::is_for(kind) => import::export(frame, sheet),
        (method, ["import"], _) if import::is_for(kind) => import::route(frame, method, sheet),
        (method, ["new"], _) if kind == Kind::Audio => audio::route(frame, method, sheet),
        (Method::Get, [_, "sound"], Some(id)) if kind == Kind::Audio => audio::give(frame, id),
        (method, ["new"], _) if kind == Kind::Extension => person::route(frame, method),
        (method, ["matrix"], _) if kind == Kind::PickupGroup => pickup::route(frame, method),
        (method, ["new"], _) if kind == Kind::Token => token::route(frame, method),
        (Method::Get, ["new"], _) if !kind.is_single() => {
            let pairs = values::pairs_of(&frame.context.settings, kind, None, "");
            new_form(frame, sheet, 200, &pairs, &Refused::default())
        }
        (Method::Post, ["new"], _) if !kind.is_single() => create(frame, sheet),
        (Method::Get, [_], Some(id)) => show(frame, sheet, id, &Said::default()),
        (Method::Post, [_], Some(id)) => save(frame, sheet, id),
        (Method::Get, [_, "delete"], Some(id)) => remove::ask(frame, sheet, id, 200, &Refused::default()),
        (Method::Post, [_, "delete"], Some(id)) => remove::delete(frame, sheet, id),
        (Method::Post, [_, what], Some(id)) if kind == Kind::Extension => extension::act(frame, id, what),
        (Method::Post, [_, what], Some(id)) if kind == Kind::Account => account::act(frame, id, what),
        // Whoever comes back to the address of a small form, by reload or another language, gets the page it stood on.
        (Method::Get, [_, _], Some(id)) => Response::redirect(&sheet.link_to(id)),
        _ => error::not_found(frame),
    }
}

/// What a form's page says beyond the entity as it is.
#[derive(Default)]
pub struct Said<'a> {
    /// Names and values that were typed and are not saved.
    pub typed: Option<&'a Pairs>,
    pub refused: Option<&'a Refused>,
    /// Why one of the small forms above the form was refused.
    pub of_parts: Option<&'a Refused>,
    /// Why nothing was switched at an extension.
    pub wrong: &'a [Wrong],
}

pub fn show(frame: &Frame<'_>, sheet: &'static Sheet, id: i64, said: &Said<'_>) -> Response {
    let (kind, settings) = (sheet.kind, &frame.context.settings);
    let none = Refused::default();
    let refused = said.refused.unwrap_or(&none);
    let known = values::pairs_of(settings, kind, Some(id), "");
    let pairs = said.typed.unwrap_or(&known);
    let form = Form::new(frame, kind, Some(id), pairs, refused);
    let note = frame.take_note();
    let title = title(frame, sheet, id);
    let is_disabled = settings.own(kind, id).and_then(|own| own.get("enabled")) == Some(&false.into());
    let may_write = frame.may(kind.panel(), Level::Write);
    let content = html! {
        div.title {
            h1 dir="auto" { (title) }
            @if is_disabled { (part::badge(frame, "off", page::DISABLED)) }
        }
        (part::note(frame, note.as_ref()))
        @match note {
            Some(Note::Details(account)) => { (welcome::details(frame, account)) },
            Some(Note::Welcome(extension)) => { (welcome::person(frame, extension)) },
            _ => {},
        }
        (refused.show(frame))
        (above(frame, kind, id, said.of_parts.unwrap_or(&none)))
        @if kind == Kind::Extension { (extension::switches(frame, id, said.wrong)) }
        form.card.settings method="post" action=(sheet.link_to(id)) novalidate {
            (frame.csrf_field())
            (form::revision_field(frame))
            fieldset disabled[!may_write] { (form.sections(hidden(kind))) }
            @if may_write {
                div.actions {
                    button.primary type="submit" { (frame.say(page::SAVE)) }
                    @if !kind.is_single() {
                        a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
                        a.button.danger href={ (sheet.link_to(id)) "/delete" } { (frame.say(page::DELETE)) }
                    }
                }
            }
        }
    };
    let content = if kind == Kind::Extension {
        html! { (content) (extension::chain(frame, id)) }
    } else {
        content
    };
    let status = if refused.is_empty() && said.of_parts.is_none_or(Refused::is_empty) && said.wrong.is_empty() { 200 } else { 422 };
    frame.page(status, &title, content)
}

/// What is shown in a better way than by its input.
const fn hidden(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Token => &["expires"],
        _ => &[],
    }
}

pub fn title(frame: &Frame<'_>, sheet: &Sheet, id: i64) -> String {
    match sheet.kind {
        kind if kind.is_single() => capital(frame.say(kind.words().many)),
        kind @ (Kind::Extension | Kind::Account) => Shown { settings: &frame.context.settings, language: frame.language }.entity(kind, id),
        kind => {
            let name = Shown { settings: &frame.context.settings, language: frame.language }.entity(kind, id);
            format!("{} {name}", capital(frame.say(kind.words().one)))
        }
    }
}

/// What stands above the form of a kind: what is not a setting.
fn above(frame: &Frame<'_>, kind: Kind, id: i64, refused: &Refused) -> Markup {
    match kind {
        Kind::Extension => extension::accounts(frame, id, refused),
        Kind::Account => account::registration(frame, id),
        Kind::Token => token::state(frame, id),
        Kind::Audio => audio::listen(frame, id),
        Kind::ExtensionTemplate | Kind::AccountTemplate => {
            let count = frame.context.settings.users_of_template(kind, id).count();
            html! { p.muted { (frame.say_with(words::TEMPLATE_USED_BY, &[&count])) } }
        }
        _ => html! {},
    }
}

fn save(frame: &Frame<'_>, sheet: &'static Sheet, id: i64) -> Response {
    let (kind, settings) = (sheet.kind, &frame.context.settings);
    if let Some(pressed) = values::press(kind, &frame.request.form, "") {
        return show(frame, sheet, id, &Said { typed: Some(&pressed), ..Said::default() });
    }
    let pairs = conflict::settled(settings, kind, id, &frame.request.form);
    let own = values::own_of(settings, kind, Some(id), &pairs, "");
    let own = match retemplate::decide(settings, kind, id, own, &pairs) {
        retemplate::Decided::Save(own) => own,
        retemplate::Decided::Ask(overrides) => return retemplate::ask(frame, sheet, id, &pairs, &overrides),
    };
    let is_new_password = kind == Kind::Account && own.get("password").is_some();
    match form::save(frame, vec![Change::Put { kind, id: Some(id), own }]) {
        Ok(_) => {
            frame.leave_note(if is_new_password { Note::Details(crate::base::id::AccountId(id)) } else { Note::Saved });
            Response::redirect(&sheet.link_to(id))
        }
        Err(Refused { conflict: Some(found), .. }) => conflict::show(frame, sheet, id, &pairs, &found.revision),
        Err(refused) => show(frame, sheet, id, &Said { typed: Some(&pairs), refused: Some(&refused), ..Said::default() }),
    }
}

fn create(frame: &Frame<'_>, sheet: &'static Sheet) -> Response {
    let (kind, pairs) = (sheet.kind, &frame.request.form);
    if let Some(pressed) = values::press(kind, pairs, "") {
        return new_form(frame, sheet, 200, &pressed, &Refused::default());
    }
    let own = values::own_of(&frame.context.settings, kind, None, pairs, "");
    match form::save(frame, vec![Change::Put { kind, id: None, own }]) {
        Ok(saved) => {
            let id = saved.rows_of(kind).last().map_or(0, |(id, _)| id);
            frame.leave_note(if kind == Kind::Account { Note::Details(crate::base::id::AccountId(id)) } else { Note::Saved });
            Response::redirect(&sheet.link_to(id))
        }
        Err(refused) => new_form(frame, sheet, 422, pairs, &refused),
    }
}

fn new_form(frame: &Frame<'_>, sheet: &'static Sheet, status: u16, pairs: &Pairs, refused: &Refused) -> Response {
    let form = Form::new(frame, sheet.kind, None, pairs, refused);
    let title = frame.say(sheet.new);
    let content = html! {
        h1 { (title) }
        (refused.show(frame))
        form.card.settings method="post" action={ (sheet.link()) "/new" } novalidate {
            (frame.csrf_field())
            (form.sections(&[]))
            div.actions {
                button.primary type="submit" { (frame.say(page::SAVE)) }
                a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(status, title, content)
}
