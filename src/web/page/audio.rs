//! Audio files: a recording is uploaded by a form that works without script, heard in the browser, and kept as a file.

use maud::{Markup, html};

use crate::settings::{Change, Fault, Kind};
use crate::store::EditRefused;
use crate::text::directory as words;
use crate::text::fault::Reason;
use crate::text::page;
use crate::text::page::sentence;
use crate::web::form::{self, Form, Refused};
use crate::web::http::{Method, Pairs, Response};
use crate::web::session::Note;
use crate::web::{sound, values};

use super::sheet::Sheet;
use super::{Frame, error};

/// A new one.
pub fn route(frame: &Frame<'_>, method: Method, sheet: &'static Sheet) -> Response {
    match method {
        Method::Get => {
            let pairs = values::pairs_of(&frame.context.settings, Kind::Audio, None, "");
            ask(frame, sheet, 200, &pairs, &Refused::default())
        }
        Method::Post => upload(frame, sheet),
        _ => error::wrong_method(frame),
    }
}

fn ask(frame: &Frame<'_>, sheet: &'static Sheet, status: u16, pairs: &Pairs, refused: &Refused) -> Response {
    let form = Form::new(frame, Kind::Audio, None, pairs, refused);
    let title = frame.say(sheet.new);
    let of_file = refused.faults.iter().find(|fault| fault.field == "file");
    let content = html! {
        h1 { (title) }
        (refused.show(frame))
        form.card.settings method="post" action={ (sheet.link()) "/new" } enctype="multipart/form-data" novalidate {
            (frame.csrf_field())
            (form.sections(&[]))
            div.field.has-fault[of_file.is_some()] {
                label for="sound" { (frame.say(words::SOUND)) }
                input #sound type="file" name="sound" accept=".wav,audio/wav" required aria-describedby="sound-help"
                    aria-invalid=[of_file.map(|_| "true")];
                p.help #sound-help { (frame.say(words::SOUND_HELP)) }
                @if let Some(fault) = of_file { p.fault { (sentence(&fault.say(frame.language))) } }
            }
            div.actions {
                button.primary type="submit" { (frame.say(page::SAVE)) }
                a.button.quiet href=(sheet.link()) { (frame.say(page::CANCEL)) }
            }
        }
    };
    frame.page(status, title, content)
}

fn upload(frame: &Frame<'_>, sheet: &'static Sheet) -> Response {
    let pairs = &frame.request.form;
    let kept = match sound::keep(frame.context, frame.request.file.as_deref()) {
        Ok(kept) => kept,
        Err(trouble) => return ask(frame, sheet, 503, pairs, &form::refused_of(frame, EditRefused::Trouble(trouble))),
    };
    let file = match kept {
        Ok(file) => file,
        Err(unfit) => {
            let fault = Fault::beside(Some(0), (Kind::Audio, None), "", "file", Reason::UnfitRecording(unfit));
            return ask(frame, sheet, 422, pairs, &Refused { faults: vec![fault], ..Refused::default() });
        }
    };
    let own = values::own_of(&frame.context.settings, Kind::Audio, None, pairs, "").with("file", file);
    match form::save(frame, vec![Change::Put { kind: Kind::Audio, id: None, own }]) {
        Ok(saved) => {
            frame.leave_note(Note::Saved);
            let id = saved.rows_of(Kind::Audio).last().map_or(0, |(id, _)| id);
            Response::redirect(&sheet.link_to(id))
        }
        Err(refused) => ask(frame, sheet, 422, pairs, &refused),
    }
}

/// The recording itself: to be heard, or with `?download` to be kept.
pub fn give(frame: &Frame<'_>, id: i64) -> Response {
    match sound::bytes_of(frame.context, id) {
        Ok(Some(bytes)) => sound::answer(frame.request, id, bytes, frame.request.query.get("download").is_some()),
        Ok(None) => error::not_found(frame),
        Err(trouble) => {
            tracing::error!(%trouble, "reading a recording");
            error::not_found(frame)
        }
    }
}

pub fn player(id: i64) -> Markup {
    html! { audio controls preload="none" src=(address(id)) {} }
}

/// Above the form of one.
pub fn listen(frame: &Frame<'_>, id: i64) -> Markup {
    html! {
        section.card {
            (player(id))
            p { a href={ (address(id)) "?download" } download=(sound::file_name(id)) { (frame.say(words::DOWNLOAD_SOUND)) } }
        }
    }
}

fn address(id: i64) -> String {
    format!("{}/sound", Sheet::of(Kind::Audio).link_to(id))
}
