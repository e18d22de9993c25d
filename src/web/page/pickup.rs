//! The pickup matrix: who is in which group, and who may pick up there, at a glance.

use maud::{Markup, html};
use serde_json::Value;

use crate::settings::{Change, Field, Kind, Level, Own};
use crate::text::directory as words;
use crate::text::page;
use crate::web::form::{self, Refused, entities, revision_field};
use crate::web::http::{Method, Response};
use crate::web::session::Note;
use crate::web::shown::Shown;
use crate::web::values::same;

use super::{Frame, error, part};

const ROWS_PER_PAGE: usize = 50;
/// The two lists of an extension, with the letter of their boxes.
const LISTS: [(&str, &str); 2] = [("pickup_groups", "m"), ("pickup_authorized", "p")];

pub fn route(frame: &Frame<'_>, method: Method) -> Response {
    let level = if method == Method::Get { Level::Read } else { Level::Write };
    if !frame.may(Kind::PickupGroup.panel(), level) || !frame.may(Kind::Extension.panel(), level) {
        return error::not_allowed(frame);
    }
    match method {
        Method::Get => show(frame, &Refused::default()),
        _ => save(frame),
    }
}

fn show(frame: &Frame<'_>, refused: &Refused) -> Response {
    let settings = &frame.context.settings;
    let shown = Shown { settings, language: frame.language };
    let groups = entities(shown, Kind::PickupGroup);
    let query = &frame.request.query;
    let all = entities(shown, Kind::Extension);
    let found: Vec<&(i64, String)> = all.iter().filter(|(_, name)| part::matches(query.text("q"), &[name])).collect();
    let pages = found.len().div_ceil(ROWS_PER_PAGE).max(1);
    let number = query.text("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let rows: Vec<&(i64, String)> = found.into_iter().skip((number - 1) * ROWS_PER_PAGE).take(ROWS_PER_PAGE).collect();
    let may_write = frame.may(Kind::Extension.panel(), Level::Write);
    let title = frame.say(words::PICKUP_MATRIX);
    let content = html! {
        h1 { (title) }
        (part::note(frame, frame.take_note().as_ref()))
        (refused.show(frame))
        p { (frame.say(words::PICKUP_MATRIX_TEXT)) }
        @if groups.is_empty() || all.is_empty() {
            section.card { p.empty { (frame.say(words::NO_PICKUP_MATRIX)) } }
        } @else {
            (part::search(frame, words::SEARCH_HINT))
            form.card method="post" action={ "/pickup-groups/matrix?page=" (number) } {
                (frame.csrf_field())
                (revision_field(frame))
                div.wide-table role="region" tabindex="0" aria-label=(title) {
                    table.matrix {
                        thead { tr {
                            th scope="col" { (frame.say(page::EXTENSION)) }
                            @for (_, name) in &groups { th scope="col" dir="auto" { (name) } }
                        } }
                        tbody { @for (id, name) in rows { tr {
                            th scope="row" dir="auto" {
                                (name)
                                input type="hidden" name="extension" value=(id);
                            }
                            @for (group, of) in &groups { td { (cell(frame, *id, name, *group, of, may_write)) } }
                        } } }
                    }
                }
                @if may_write { div.actions { button.primary type="submit" { (frame.say(page::SAVE)) } } }
            }
            @if pages > 1 {
                nav.pager aria-label=(frame.say(words::PAGES)) {
                    @if number > 1 { a.button href={ "?page=" (number - 1) } rel="prev" { (frame.say(words::PREVIOUS)) } }
                    span.muted { (number) " / " (pages) }
                    @if number < pages { a.button href={ "?page=" (number + 1) } rel="next" { (frame.say(words::NEXT)) } }
                }
            }
        }
    };
    frame.page(if refused.is_empty() { 200 } else { 422 }, title, content)
}

fn cell(frame: &Frame<'_>, extension: i64, name: &str, group: i64, of: &str, may_write: bool) -> Markup {
    let box_of = |key: &str, letter: &str, phrase| {
        let is_in = Kind::Extension.field(key).is_some_and(|field| list(frame, extension, field).contains(&group.into()));
        html! {
            label.check {
                input type="checkbox" name={ (letter) "." (extension) } value=(group) checked[is_in] disabled[!may_write];
                span { (frame.say(phrase)) span.hidden { ": " (name) ", " (of) } }
            }
        }
    };
    html! {
        (box_of(LISTS[0].0, LISTS[0].1, words::MATRIX_MEMBER))
        (box_of(LISTS[1].0, LISTS[1].1, words::MATRIX_MAY_PICK_UP))
    }
}

/// The groups that hold for an extension, its own or its template's.
fn list(frame: &Frame<'_>, extension: i64, field: &Field) -> Vec<Value> {
    let effective = frame.context.settings.effective(Kind::Extension, Some(extension), field);
    effective.value.as_array().cloned().unwrap_or_default()
}

/// Only the lists that differ from what holds become an extension's own.
fn save(frame: &Frame<'_>) -> Response {
    let form = &frame.request.form;
    let mut changes = Vec::new();
    for id in form.all("extension").filter_map(|id| id.parse::<i64>().ok()) {
        if frame.context.settings.own(Kind::Extension, id).is_none() {
            continue;
        }
        let mut own = Own::default();
        for (key, letter) in LISTS {
            let Some(field) = Kind::Extension.field(key) else { continue };
            let before = list(frame, id, field);
            let ticked: Vec<Value> =
                form.all(&format!("{letter}.{id}")).filter_map(|group| group.parse::<i64>().ok()).map(Value::from).collect();
            // Those that stay keep their order.
            let mut after: Vec<Value> = before.iter().filter(|group| ticked.contains(group)).cloned().collect();
            after.extend(ticked.into_iter().filter(|group| !before.contains(group)));
            let (before, after) = (Value::from(before), Value::from(after));
            if !same(field, &before, &after) {
                own = own.with(key, after);
            }
        }
        if own != Own::default() {
            changes.push(Change::Put { kind: Kind::Extension, id: Some(id), own });
        }
    }
    match form::save(frame, changes) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            let number = frame.request.query.text("page").parse::<usize>().unwrap_or(1);
            Response::redirect(&format!("/pickup-groups/matrix?page={number}"))
        }
        Err(refused) => show(frame, &refused),
    }
}
