//! CSV tables in and out: upload or paste, look at each row, then save all of it or nothing.

use maud::{Markup, html};

use crate::secret::{SALT_BYTES, Secret, hash_password};
use crate::settings::csv::{self, CellFault, Format, Preview, PreviewRow, Reading, RowState, Sheet as Table};
use crate::settings::{Edit, Happening, Kind, Level};
use crate::text::directory as words;
use crate::text::page;
use crate::text::page::sentence;
use crate::web::form::{Refused, revision_field, save_edit};
use crate::web::http::{Method, Response};
use crate::web::session::Note;
use crate::web::shown::capital;

use super::sheet::Sheet;
use super::{Frame, error, part};

/// So many rows are shown, the faulty ones first; the rest is counted.
const ROWS_SHOWN: usize = 200;

/// Kinds whose lists offer a table.
pub const fn is_for(kind: Kind) -> bool {
    !kind.is_single() && !matches!(kind, Kind::Token | Kind::Audio | Kind::User | Kind::Role | Kind::Tenant)
}

fn format_of(kind: Kind, name: &str) -> Format {
    match (kind, name) {
        (Kind::Extension, "freepbx") => Format::FreePbx,
        (Kind::Extension, "extension") => Format::Trillo(Table::Of(kind)),
        (Kind::Extension, _) => Format::Trillo(Table::People),
        _ => Format::Trillo(Table::Of(kind)),
    }
}

pub fn route(frame: &Frame<'_>, method: Method, sheet: &'static Sheet) -> Response {
    match method {
        Method::Get => ask(frame, sheet, 200, &Refused::default()),
        Method::Post => read(frame, sheet),
        _ => error::wrong_method(frame),
    }
}

/// The table with what is there, as a file: also what a new one looks like.
pub fn export(frame: &Frame<'_>, sheet: &Sheet) -> Response {
    let name = frame.request.query.text("format");
    let (table, file) = match format_of(sheet.kind, name) {
        Format::Trillo(table) => (table, table.name()),
        Format::FreePbx => (Table::People, "people"),
    };
    if table.kinds().into_iter().any(|kind| !frame.may(kind.panel(), Level::Read)) {
        return error::not_allowed(frame);
    }
    Response::file("text/csv; charset=utf-8", &format!("{file}.csv"), &csv::export(table, &frame.context.settings, false))
}

fn ask(frame: &Frame<'_>, sheet: &'static Sheet, status: u16, refused: &Refused) -> Response {
    let title = frame.say_with(words::IMPORT_TITLE, &[&frame.say(sheet.kind.words().many)]);
    let format = |value: &'static str, phrase, is_checked| {
        html! { label.check { input type="radio" name="format" value=(value) checked[is_checked]; span { (frame.say(phrase)) } } }
    };
    let content = html! {
        h1 { (title) }
        (refused.show(frame))
        form.card method="post" action={ (sheet.link()) "/import" } enctype="multipart/form-data" {
            (frame.csrf_field())
            p { (frame.say(words::IMPORT_TEXT)) }
            @if sheet.kind == Kind::Extension {
                fieldset.field {
                    legend.label { (frame.say(words::IMPORT_FORMAT)) }
                    div.choices {
                        (format("people", words::IMPORT_PEOPLE, true))
                        (format("extension", words::IMPORT_EXTENSIONS, false))
                        (format("freepbx", words::IMPORT_FREEPBX, false))
                    }
                }
            }
            p { a href={ (sheet.link()) "/export" } download { (frame.say(words::IMPORT_EXAMPLE)) } }
            div.fields {
                div.field {
                    label for="file" { (frame.say(words::IMPORT_FILE)) }
                    input #file type="file" name="file" accept=".csv,text/csv";
                }
                div.field.wide {
                    label for="text" { (frame.say(words::IMPORT_PASTE)) }
                    textarea #text name="text" rows="8" spellcheck="false" wrap="off" { (frame.request.form.text("text")) }
                }
            }
            div.actions {
                button.primary type="submit" { (frame.say(words::IMPORT_LOOK)) }
                a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(status, &title, content)
}

fn read(frame: &Frame<'_>, sheet: &'static Sheet) -> Response {
    let (settings, form) = (&frame.context.settings, &frame.request.form);
    let pasted = form.text("text");
    let bytes = frame.request.file.as_deref().unwrap_or(pasted.as_bytes());
    if bytes.is_empty() {
        return ask(frame, sheet, 422, &Refused::message(frame.say(words::IMPORT_NOTHING)));
    }
    let reading = csv::read(format_of(sheet.kind, form.text("format")), bytes, settings);
    if reading.panels().into_iter().any(|panel| !frame.may(panel, Level::Write)) {
        return error::not_allowed(frame);
    }
    let looked = reading.preview(settings);
    if form.get("sure").is_some() && looked.is_sound() {
        return save(frame, sheet, &reading);
    }
    let text = String::from_utf8_lossy(bytes);
    preview(frame, sheet, &looked, &text)
}

fn save(frame: &Frame<'_>, sheet: &'static Sheet, reading: &Reading) -> Response {
    let hashed = reading.edit(&mut |password: &Secret| {
        let salt = frame.context.random_bytes::<SALT_BYTES>();
        Ok::<String, std::convert::Infallible>(hash_password(password, salt))
    });
    let Ok(edit) = hashed;
    let based_on = frame.request.form.text("revision").parse().ok();
    match save_edit(frame, Edit { based_on, ..edit }) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect(&sheet.link())
        }
        Err(refused) => ask(frame, sheet, 422, &refused),
    }
}

fn preview(frame: &Frame<'_>, sheet: &'static Sheet, looked: &Preview, text: &str) -> Response {
    let title = frame.say_with(words::IMPORT_TITLE, &[&frame.say(sheet.kind.words().many)]);
    let count = |state| looked.count(state);
    let is_sound = looked.is_sound();
    let mut rows: Vec<&PreviewRow> = looked.rows.iter().collect();
    rows.sort_by_key(|row| (row.state != RowState::Faulty, row.line));
    let content = html! {
        h1 { (title) }
        @if !is_sound { (part::bad(frame.say(words::IMPORT_FAULTY))) }
        section.card {
            p {
                (frame.say_with(words::IMPORT_COUNTS, &[
                    &count(RowState::New), &count(RowState::Changed), &count(RowState::Same), &count(RowState::Faulty),
                ]))
            }
            @for fault in &looked.faults { p.fault { (said(frame, fault)) } }
            @if !looked.ignored.is_empty() { p.muted { (frame.say_with(words::IMPORT_IGNORED, &[&looked.ignored.join(", ")])) } }
            @if !rows.is_empty() {
                table {
                    thead { tr {
                        th scope="col" { (frame.say(words::IMPORT_LINE)) }
                        th scope="col" { (capital(frame.say(sheet.kind.words().one))) }
                        th scope="col" { (frame.say(page::STATE)) }
                        th scope="col" { (frame.say(words::WHAT)) }
                    } }
                    tbody { @for row in rows.iter().take(ROWS_SHOWN) { (row_of(frame, row)) } }
                }
                @if rows.len() > ROWS_SHOWN { p.muted { (frame.say_with(words::AND_MORE, &[&(rows.len() - ROWS_SHOWN)])) } }
            }
        }
        form.card method="post" action={ (sheet.link()) "/import" } {
            (frame.csrf_field())
            // Whoever changes one of the rows after this look is not overwritten unseen.
            (revision_field(frame))
            input type="hidden" name="format" value=(frame.request.form.text("format"));
            div.field {
                label for="text" { (frame.say(words::IMPORT_TABLE)) }
                textarea #text name="text" rows="8" spellcheck="false" wrap="off" { (text) }
            }
            div.actions {
                @if is_sound { button.primary type="submit" name="sure" value="on" { (frame.say(page::SAVE)) } }
                button type="submit" { (frame.say(words::IMPORT_LOOK)) }
                a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(if is_sound { 200 } else { 422 }, &title, content)
}

fn row_of(frame: &Frame<'_>, row: &PreviewRow) -> Markup {
    let (class, phrase) = match row.state {
        RowState::New => ("on", words::ROW_NEW),
        RowState::Changed => ("warn", words::ROW_CHANGED),
        RowState::Same => ("off", words::ROW_SAME),
        RowState::Faulty => ("bad", words::ROW_FAULTY),
    };
    let kinds = row.differences.iter().map(|difference| match difference.happening {
        Happening::Added => {
            frame.say_with(words::ADDED, &[&format!("{} {}", capital(frame.say(difference.kind.words().one)), difference.name)])
        }
        Happening::Changed | Happening::Deleted => {
            let labels = difference
                .fields
                .iter()
                .map(|(key, ..)| difference.kind.field(key).map_or(key.as_str(), |field| frame.say(field.words.label)));
            labels.collect::<Vec<_>>().join(", ")
        }
    });
    html! {
        tr {
            td data-label=(frame.say(words::IMPORT_LINE)) { (row.line) }
            td dir="auto" { (row.name) }
            td data-label=(frame.say(page::STATE)) { (part::badge(frame, class, phrase)) }
            td data-label=(frame.say(words::WHAT)) {
                @for fault in &row.faults { div.fault { (said(frame, fault)) } }
                @for what in kinds { div dir="auto" { (what) } }
            }
        }
    }
}

fn said(frame: &Frame<'_>, fault: &CellFault) -> String {
    let reason = fault.reason.say(frame.language);
    if fault.column.is_empty() { sentence(&reason) } else { sentence(&format!("{}: {reason}", fault.column)) }
}
