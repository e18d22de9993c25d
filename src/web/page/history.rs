//! The saves on record: who changed what and when, what lies between two of them, and the way back.

use maud::{Markup, html};
use serde_json::Value;

use crate::settings::{Difference, Fault, Happening, Kind, Level, Panel};
use crate::store::{EditRefused, Revision};
use crate::text::directory as words;
use crate::text::page;
use crate::text::page::sentence;
use crate::web::form::{Refused, refused_of};
use crate::web::http::{Method, Response};
use crate::web::permit;
use crate::web::session::Note;
use crate::web::shown::{Shown, capital};

use super::sheet::Sheet;
use super::{Frame, error, part};

const REVISIONS_PER_PAGE: usize = 50;
/// So many of a save's entities are named in the list; the rest is counted.
const NAMES_SHOWN: usize = 3;
/// So many are shown with their settings; the rest is counted.
const DIFFERENCES_SHOWN: usize = 200;

pub fn route(frame: &Frame<'_>, method: Method, rest: &[&str]) -> Response {
    if !frame.may(Panel::History, Level::List) {
        return error::not_allowed(frame);
    }
    let id = rest.first().and_then(|id| id.parse::<u64>().ok());
    match (method, rest, id) {
        (Method::Get, [], _) => list(frame),
        (Method::Get, ["compare"], _) => compare(frame),
        (Method::Get, [_], Some(id)) => one(frame, id, &Refused::default()),
        (Method::Post, [_, "revert"], Some(id)) if frame.may(Panel::History, Level::Write) => revert(frame, id),
        (Method::Get, [_, "revert"], Some(id)) => Response::redirect(&format!("/history/{id}")),
        (Method::Post, ..) => error::not_allowed(frame),
        _ => error::not_found(frame),
    }
}

fn list(frame: &Frame<'_>) -> Response {
    let before = frame.request.query.text("before").parse().ok();
    let may_read = frame.may(Panel::History, Level::Read);
    let title = frame.say(words::HISTORY);
    let content = match frame.context.store.revisions(before, REVISIONS_PER_PAGE) {
        Err(trouble) => part::bad(&frame.say_with(words::HISTORY_UNREADABLE, &[&trouble])),
        Ok(revisions) if revisions.is_empty() => html! { section.card { p.empty { (frame.say(words::NO_HISTORY)) } } },
        Ok(revisions) => {
            let oldest = revisions.last().map_or(0, |revision| revision.id);
            html! {
                form method="get" action="/history/compare" {
                    section.card {
                        table {
                            thead { tr {
                                th scope="col" { (frame.say(words::COMPARE)) }
                                th scope="col" { (frame.say(words::WHEN)) }
                                th scope="col" { (frame.say(words::WHO)) }
                                th scope="col" { (frame.say(words::WHAT)) }
                            } }
                            tbody { @for (at, revision) in revisions.iter().enumerate() { (row(frame, at, revision, may_read)) } }
                        }
                        @if may_read { div.actions { button type="submit" { (frame.say(words::COMPARE)) } } }
                    }
                }
                @if revisions.len() == REVISIONS_PER_PAGE {
                    nav.pager aria-label=(frame.say(words::PAGES)) { a.button href={ "?before=" (oldest) } { (frame.say(words::OLDER)) } }
                }
            }
        }
    };
    frame.page(200, title, html! { h1 { (title) } (part::note(frame, frame.take_note().as_ref())) (content) })
}

fn row(frame: &Frame<'_>, at: usize, revision: &Revision, may_read: bool) -> Markup {
    let radio = |name: &'static str, phrase, is_checked: bool| {
        html! {
            input type="radio" name=(name) value=(revision.id) checked[is_checked]
                aria-label=(frame.say_with(phrase, &[&revision.id]));
        }
    };
    let names = revision.differences.iter().take(NAMES_SHOWN).map(|difference| summary(frame, difference));
    let more = revision.differences.len().saturating_sub(NAMES_SHOWN);
    html! {
        tr {
            td.compare data-label=(frame.say(words::COMPARE)) {
                @if may_read { (radio("from", words::COMPARE_FROM, at == 1)) " " (radio("to", words::COMPARE_TO, at == 0)) }
            }
            td data-label=(frame.say(words::WHEN)) {
                @if may_read { a href={ "/history/" (revision.id) } { (part::time(revision.at)) } } @else { (part::time(revision.at)) }
                br; span.muted { (frame.say_with(words::REVISION, &[&revision.id])) }
            }
            td data-label=(frame.say(words::WHO)) { (revision.author.name) br; span.muted { (revision.author.source) } }
            td data-label=(frame.say(words::WHAT)) {
                @for name in names { div dir="auto" { (name) } }
                @if more > 0 { div.muted { (frame.say_with(words::AND_MORE, &[&more])) } }
            }
        }
    }
}

fn summary(frame: &Frame<'_>, difference: &Difference) -> String {
    let phrase = match difference.happening {
        Happening::Added => words::ADDED,
        Happening::Changed => words::CHANGED,
        Happening::Deleted => words::DELETED,
    };
    frame.say_with(phrase, &[&name(frame, difference)])
}

fn name(frame: &Frame<'_>, difference: &Difference) -> String {
    let kind = capital(frame.say(difference.kind.words().one));
    if is_of_another(frame, difference) {
        return format!("{kind} ({})", frame.say(words::PERSONAL));
    }
    if difference.kind.is_single() { kind } else { format!("{kind} {}", difference.name) }
}

fn is_of_another(frame: &Frame<'_>, difference: &Difference) -> bool {
    frame.visitor.is_none_or(|visitor| permit::is_of_another(&frame.context.settings, &visitor.rights, difference))
}

fn one(frame: &Frame<'_>, id: u64, refused: &Refused) -> Response {
    if !frame.may(Panel::History, Level::Read) {
        return error::not_allowed(frame);
    }
    let revision = match frame.context.store.revision(id) {
        Ok(Some(revision)) => revision,
        Ok(None) => return error::not_found(frame),
        Err(trouble) => {
            let said = part::bad(&frame.say_with(words::HISTORY_UNREADABLE, &[&trouble]));
            return frame.page(500, frame.say(words::HISTORY), said);
        }
    };
    let title = frame.say_with(words::REVISION, &[&id]);
    let content = html! {
        h1 { (title) }
        (refused.show(frame))
        section.card {
            p { (part::time(revision.at)) " · " (revision.author.name) " · " (revision.author.source) }
            (differences(frame, &revision.differences))
            div.actions {
                @if frame.may(Panel::History, Level::Write) {
                    form method="post" action={ "/history/" (id) "/revert" } {
                        (frame.csrf_field())
                        button type="submit" { (frame.say(words::REVERT)) }
                    }
                }
                a.button.quiet href="/history" { (frame.say(words::BACK)) }
            }
            @if frame.may(Panel::History, Level::Write) { p.help { (frame.say(words::REVERT_HELP)) } }
        }
    };
    frame.page(if refused.is_empty() { 200 } else { 422 }, &title, content)
}

/// First what it would do; with `sure` it is done.
fn revert(frame: &Frame<'_>, id: u64) -> Response {
    let Some(visitor) = frame.visitor else { return error::forbidden(frame) };
    let is_trial = frame.request.form.get("sure").is_none();
    let would = match visitor.revert(frame.context, frame.request, id, is_trial) {
        Ok(applied) => applied.differences,
        Err(refused) => return one(frame, id, &refused_revert(frame, refused)),
    };
    if !is_trial {
        frame.leave_note(Note::Saved);
        return Response::redirect("/history");
    }
    let title = frame.say_with(words::REVERT_ASK, &[&id]);
    let content = html! {
        section.card {
            h1 { (title) }
            @if would.is_empty() { p { (frame.say(words::NO_DIFFERENCE)) } } @else {
                p { (frame.say(words::REVERT_WOULD)) }
                (differences(frame, &would))
            }
            div.actions {
                @if !would.is_empty() {
                    form method="post" action={ "/history/" (id) "/revert" } {
                        (frame.csrf_field())
                        button.primary type="submit" name="sure" value="on" { (frame.say(words::REVERT)) }
                    }
                }
                a.button.quiet href={ "/history/" (id) } { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(200, &title, content)
}

/// There is no form to correct: each fault stands above the page.
fn refused_revert(frame: &Frame<'_>, refused: EditRefused) -> Refused {
    match refused {
        EditRefused::Faults(faults) => {
            let said = |fault: &Fault| sentence(&format!("{}: {}", fault.place, fault.say(frame.language)));
            Refused { messages: faults.iter().map(said).collect(), ..Refused::default() }
        }
        other => refused_of(frame, other),
    }
}

fn compare(frame: &Frame<'_>) -> Response {
    if !frame.may(Panel::History, Level::Read) {
        return error::not_allowed(frame);
    }
    let query = &frame.request.query;
    let (Ok(from), Ok(to)) = (query.text("from").parse::<u64>(), query.text("to").parse::<u64>()) else {
        return Response::redirect("/history");
    };
    let (from, to) = (from.min(to), from.max(to));
    let title = frame.say_with(words::BETWEEN_REVISIONS, &[&from, &to]);
    let content = match frame.context.store.compare(from, to) {
        Ok(found) if found.is_empty() => html! { p.empty { (frame.say(words::NO_DIFFERENCE)) } },
        Ok(found) => differences(frame, &found),
        Err(refused) => refused_revert(frame, refused).show(frame),
    };
    let content = html! {
        h1 { (title) }
        section.card { (content) div.actions { a.button.quiet href="/history" { (frame.say(words::BACK)) } } }
    };
    frame.page(200, &title, content)
}

/// Setting by setting, before and after.
fn differences(frame: &Frame<'_>, differences: &[Difference]) -> Markup {
    let settings = &frame.context.settings;
    html! {
        @for difference in differences.iter().take(DIFFERENCES_SHOWN) {
            h2 dir="auto" {
                @if settings.own(difference.kind, difference.id).is_some() && !is_of_another(frame, difference) {
                    a href=(Sheet::of(difference.kind).link_to(difference.id)) { (summary(frame, difference)) }
                } @else { (summary(frame, difference)) }
            }
            @if difference.happening != Happening::Deleted && !difference.fields.is_empty() && !is_of_another(frame, difference) {
                table {
                    thead { tr {
                        th scope="col" { (frame.say(words::SETTING)) }
                        th scope="col" { (frame.say(words::BEFORE)) }
                        th scope="col" { (frame.say(words::AFTER)) }
                    } }
                    tbody { @for (key, before, after) in &difference.fields { tr {
                        td data-label=(frame.say(words::SETTING)) { (label(frame, difference.kind, key)) }
                        td data-label=(frame.say(words::BEFORE)) dir="auto" { (value(frame, difference.kind, key, before.as_ref())) }
                        td data-label=(frame.say(words::AFTER)) dir="auto" { (value(frame, difference.kind, key, after.as_ref())) }
                    } } }
                }
            }
        }
        @if differences.len() > DIFFERENCES_SHOWN { p.muted { (frame.say_with(words::AND_MORE, &[&(differences.len() - DIFFERENCES_SHOWN)])) } }
    }
}

fn label<'a>(frame: &Frame<'_>, kind: Kind, key: &'a str) -> &'a str {
    kind.field(key).map_or(key, |field| frame.say(field.words.label))
}

fn value(frame: &Frame<'_>, kind: Kind, key: &str, value: Option<&Value>) -> String {
    let shown = Shown { settings: &frame.context.settings, language: frame.language };
    match (kind.field(key), value) {
        (Some(field), None) if field.is_inherited => frame.say(words::INHERITED).to_owned(),
        (Some(field), Some(value)) => shown.value(field, value),
        _ => "–".to_owned(),
    }
}
