//! Where one is logged in, and ending it there.

use maud::{Markup, html};

use crate::text::me as words;
use crate::text::page as common;
use crate::web::access::Visitor;
use crate::web::http::Response;
use crate::web::page::{Frame, part};

pub fn list(frame: &Frame<'_>, visitor: &Visitor) -> Markup {
    let context = frame.context;
    let sessions = context.site.sessions().of(context.now.mono, visitor.user.id);
    html! {
        section.card #sessions {
            h2 { (frame.say(words::SESSIONS)) }
            table {
                thead { tr {
                    th scope="col" { (frame.say(words::DEVICE)) }
                    th scope="col" { (frame.say(common::ADDRESS)) }
                    th scope="col" { (frame.say(words::LOGGED_IN_SINCE)) }
                    th scope="col" { (frame.say(words::LAST_USE)) }
                    th scope="col" { span.hidden { (frame.say(words::END_SESSION)) } }
                } }
                tbody { @for session in &sessions { tr {
                    td data-label=(frame.say(words::DEVICE)) {
                        @if session.device.is_empty() { (frame.say(words::UNKNOWN_DEVICE)) } @else { (session.device) }
                    }
                    td data-label=(frame.say(common::ADDRESS)) { span.mono { (session.address) } }
                    td data-label=(frame.say(words::LOGGED_IN_SINCE)) { (part::time(session.since)) }
                    td data-label=(frame.say(words::LAST_USE)) { (part::time(session.last_use)) }
                    td.end {
                        @if session.number == visitor.session { (part::badge(frame, "on", words::THIS_SESSION)) } @else {
                            form method="post" action="/me/sessions" {
                                (frame.csrf_field())
                                button type="submit" name="end" value=(session.number) { (frame.say(words::END_SESSION)) }
                            }
                        }
                    }
                } } }
            }
            @if sessions.len() > 1 {
                form method="post" action="/me/sessions" {
                    (frame.csrf_field())
                    div.actions { button.danger type="submit" name="end" value="others" { (frame.say(words::END_OTHERS)) } }
                }
            }
        }
    }
}

/// One of them by its number, or all but this one. A number that is somebody else's ends nothing.
pub fn end(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let mut sessions = frame.context.site.sessions();
    match frame.request.form.text("end") {
        "others" => sessions.end(visitor.user.id, |session| session.number != visitor.session),
        number => sessions.end(visitor.user.id, |session| Ok(session.number) == number.parse()),
    }
    Response::redirect("/me/login")
}
