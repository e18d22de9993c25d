//! Many at once: tick rows, choose a setting, set or release it, look at what would change, save.
//!
//! ```text
//! GET  many?id=1&id=2            which setting?
//! GET  many?id=1&id=2&key=nat    which value?
//! POST many                      what would change; with sure=on: changed
//! ```

use maud::{Markup, html};
use serde_json::Value;

use crate::settings::{Change, Edit, Field, Kind, Own, RowChange, Shape};
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{self, Form, Refused, carried, revision_field};
use crate::web::http::{Method, Pairs, Response};
use crate::web::session::Note;
use crate::web::shown::{Shown, capital};
use crate::web::values;

use super::sheet::Sheet;
use super::{Frame, list};

/// So many changes are shown before they are saved; the rest is counted.
const CHANGES_SHOWN: usize = 50;

/// Kinds of which there are many, and that have something to set for many.
pub const fn is_for(kind: Kind) -> bool {
    matches!(kind, Kind::Extension | Kind::Account | Kind::Mailbox | Kind::Contact)
}

/// What may be set for many: not what is each one's own.
fn is_offered(kind: Kind, field: &Field) -> bool {
    let is_own = Some(field.key) == kind.name_key()
        || field.is_secret()
        || matches!(field.key, "tenant" | "first_name" | "last_name" | "email" | "mobile" | "phone" | "home" | "extension" | "owner");
    !is_own && !matches!(field.shape, Shape::Records(_))
}

pub fn route(frame: &Frame<'_>, method: Method, sheet: &'static Sheet) -> Response {
    let request = frame.request;
    let given = if method == Method::Post { &request.form } else { &request.query };
    let known = |id: &i64| frame.context.settings.own(sheet.kind, *id).is_some();
    let ids: Vec<i64> = match given.get("all") {
        Some(search) if method == Method::Get => list::found_by(frame, sheet, search),
        _ => given.all("id").filter_map(|id| id.parse().ok()).filter(known).collect(),
    };
    if ids.is_empty() {
        return Response::redirect(&sheet.link());
    }
    let field = sheet.kind.field(given.text("key")).filter(|field| is_offered(sheet.kind, field));
    match (method, field) {
        (Method::Get, None) => which_setting(frame, sheet, &ids),
        (Method::Get, Some(field)) => {
            let pairs = blank(frame, sheet.kind, field);
            which_value(frame, sheet, &ids, field, &pairs, &Refused::default())
        }
        (_, Some(field)) => change(frame, sheet, &ids, field),
        (_, None) => Response::redirect(&sheet.link()),
    }
}

/// What a new entity would have.
fn blank(frame: &Frame<'_>, kind: Kind, field: &Field) -> Pairs {
    let mut pairs = Pairs::default();
    values::show(&mut pairs, field.shape, field.key, &values::value_of(&frame.context.settings, kind, None, field));
    pairs
}

fn selected(ids: &[i64]) -> Markup {
    html! { @for id in ids { input type="hidden" name="id" value=(id); } }
}

fn title(frame: &Frame<'_>, sheet: &Sheet, ids: &[i64]) -> String {
    frame.say_with(words::CHANGE_MANY, &[&ids.len(), &frame.say(sheet.kind.words().many)])
}

fn which_setting(frame: &Frame<'_>, sheet: &Sheet, ids: &[i64]) -> Response {
    let title = title(frame, sheet, ids);
    let content = html! {
        section.card.narrow {
            h1 { (title) }
            form method="get" action={ (sheet.link()) "/many" } {
                // All that a search finds are too many for an address.
                @if let Some(search) = frame.request.query.get("all") { input type="hidden" name="all" value=(search); } @else { (selected(ids)) }
                div.field {
                    label for="key" { (frame.say(words::SETTING)) }
                    select #key name="key" {
                        @for field in sheet.kind.fields().iter().filter(|field| is_offered(sheet.kind, field)) {
                            option value=(field.key) { (frame.say(field.words.label)) }
                        }
                    }
                }
                div.actions {
                    button.primary type="submit" { (frame.say(page::CONTINUE)) }
                    a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
                }
            }
        }
    };
    frame.page(200, &title, content)
}

fn which_value(frame: &Frame<'_>, sheet: &Sheet, ids: &[i64], field: &'static Field, pairs: &Pairs, refused: &Refused) -> Response {
    let title = title(frame, sheet, ids);
    // Where it comes from is another question here: for all of them, set or released.
    let plain = Field { is_inherited: false, only_if: None, ..*field };
    let form = Form::new(frame, sheet.kind, None, pairs, refused);
    let mode = |value: &'static str, phrase, is_checked| {
        html! { label.check { input type="radio" name="mode" value=(value) checked[is_checked]; span { (frame.say(phrase)) } } }
    };
    let is_release = pairs.text("mode") == "release";
    let content = html! {
        section.card.narrow {
            h1 { (title) }
            (refused.show(frame))
            form method="post" action={ (sheet.link()) "/many" } novalidate {
                (frame.csrf_field())
                (revision_field(frame))
                (selected(ids))
                input type="hidden" name="key" value=(field.key);
                @if field.is_inherited {
                    fieldset.field {
                        legend.hidden { (frame.say(field.words.label)) }
                        (mode("set", words::SET_FOR_ALL, !is_release))
                        (mode("release", words::RELEASE_FOR_ALL, is_release))
                    }
                }
                (form.field(&plain))
                (form.suggestions())
                div.actions {
                    button.primary type="submit" { (frame.say(page::CONTINUE)) }
                    a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
                }
            }
        }
    };
    frame.page(if refused.is_empty() { 200 } else { 422 }, &title, content)
}

fn change(frame: &Frame<'_>, sheet: &'static Sheet, ids: &[i64], field: &'static Field) -> Response {
    let (settings, pairs) = (&frame.context.settings, &frame.request.form);
    let value = if pairs.text("mode") == "release" {
        Value::Null
    } else {
        let reader = values::Typed::new(settings, pairs, settings.default_tenant().0);
        match reader.value(field, field.key) {
            Some(Value::Null) | None if field.is_inherited && !matches!(field.shape, Shape::Number { .. }) => Value::from(""),
            Some(value) => value,
            None => Value::Null,
        }
    };
    let put = |id: &i64| Change::Put { kind: sheet.kind, id: Some(*id), own: Own::default().with(field.key, value.clone()) };
    let changes: Vec<Change> = ids.iter().map(put).collect();
    if pairs.get("sure").is_some() {
        return match form::save(frame, changes) {
            Ok(_) => {
                frame.leave_note(Note::Saved);
                Response::redirect(&sheet.link())
            }
            Err(refused) => which_value(frame, sheet, ids, field, pairs, &refused),
        };
    }
    // No secret is generated by it: what is set for many is none.
    match settings.edited(&Edit { changes, based_on: None }, &mut || [0; 24]) {
        Ok(edited) => preview(frame, sheet, ids, field, &edited.rows),
        Err(faults) => which_value(frame, sheet, ids, field, pairs, &Refused { faults, ..Refused::default() }),
    }
}

fn preview(frame: &Frame<'_>, sheet: &Sheet, ids: &[i64], field: &Field, rows: &[RowChange]) -> Response {
    let title = title(frame, sheet, ids);
    let shown = Shown { settings: &frame.context.settings, language: frame.language };
    let said = |own: Option<&Own>| {
        let effective = frame.context.settings.effective_of(sheet.kind, own, field);
        let is_own = own.is_some_and(|own| own.get(field.key).is_some());
        let value = shown.value(field, &effective.value);
        if is_own || !field.is_inherited { value } else { format!("{value} ({})", shown.source(sheet.kind, &effective)) }
    };
    let content = html! {
        section.card {
            h1 { (title) }
            p { (frame.say_with(words::MANY_CHANGE, &[&rows.len(), &ids.len()])) }
            @if !rows.is_empty() {
                table {
                    thead { tr {
                        th scope="col" { (capital(frame.say(sheet.kind.words().one))) }
                        th scope="col" { (frame.say(words::BEFORE)) }
                        th scope="col" { (frame.say(words::AFTER)) }
                    } }
                    tbody { @for row in rows.iter().take(CHANGES_SHOWN) { tr {
                        td data-label=(capital(frame.say(sheet.kind.words().one))) dir="auto" { (shown.entity(sheet.kind, row.id)) }
                        td data-label=(frame.say(words::BEFORE)) dir="auto" { (said(row.before.as_deref())) }
                        td data-label=(frame.say(words::AFTER)) dir="auto" { strong { (said(row.after.as_deref())) } }
                    } } }
                }
                @if rows.len() > CHANGES_SHOWN { p.muted { (frame.say_with(words::AND_MORE, &[&(rows.len() - CHANGES_SHOWN)])) } }
            }
            form.actions method="post" action={ (sheet.link()) "/many" } {
                (carried(&frame.request.form, &["csrf", "revision"]))
                (frame.csrf_field())
                (revision_field(frame))
                @if !rows.is_empty() { button.primary type="submit" name="sure" value="on" { (frame.say(page::SAVE)) } }
                a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(200, &title, content)
}
