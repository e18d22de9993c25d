//! What holds for SIP as a whole.

use maud::html;

use crate::settings::{Change, Kind};
use crate::text::page as words;
use crate::web::form::{self, Form, Refused, Section};
use crate::web::http::{Pairs, Response};
use crate::web::session::Note;
use crate::web::values;

use super::{Frame, part};

/// There is one of it.
const ID: i64 = 1;

pub const SECTIONS: &[Section] = &[
    Section { title: words::REGISTRATION, keys: &["realm", "expires_min", "expires_max"] },
    Section { title: words::ADDRESSES, keys: &["external_address", "local_networks"] },
    Section { title: words::AUDIO, keys: &["codecs"] },
];

pub fn show(frame: &Frame<'_>) -> Response {
    let pairs = values::pairs_of(&frame.context.settings, Kind::Sip, Some(ID), "");
    page(frame, 200, &pairs, &Refused::default())
}

pub fn save(frame: &Frame<'_>) -> Response {
    let pairs = &frame.request.form;
    let own = values::own_of(&frame.context.settings, Kind::Sip, Some(ID), pairs, "");
    match form::save(frame, vec![Change::Put { kind: Kind::Sip, id: Some(ID), own }]) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect("/sip")
        }
        Err(refused) => page(frame, 422, pairs, &refused),
    }
}

fn page(frame: &Frame<'_>, status: u16, pairs: &Pairs, refused: &Refused) -> Response {
    let form = Form { frame, kind: Kind::Sip, id: Some(ID), prefix: "", change: 0, pairs, refused };
    let content = html! {
        h1 { (frame.say(words::SIP_SETTINGS)) }
        (part::note(frame, frame.take_note().as_ref()))
        (refused.show(frame))
        form.card method="post" action="/sip" novalidate {
            (frame.csrf_field())
            (form::revision_field(frame))
            (form.sections(SECTIONS, &[]))
            div.actions { button.primary type="submit" { (frame.say(words::SAVE)) } }
        }
    };
    frame.page(status, frame.say(words::SIP_SETTINGS), content)
}
