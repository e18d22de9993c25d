//! The certificate of the box's own authority, and what it is for.

use maud::{Markup, html};

use crate::text::page as words;
use crate::web::http::Response;

use super::Frame;

/// What browsers and systems know by its ending.
pub const NAME: &str = "trillo-ca.crt";

/// A part of the overview.
pub fn card(frame: &Frame<'_>) -> Markup {
    html! {
        section.card #certificate {
            h2 { (frame.say(words::CERTIFICATE)) }
            p { (frame.say(words::CERTIFICATE_TEXT)) }
            p.muted { (frame.say(words::CERTIFICATE_CARE)) }
            p { a.button href={ "/certificate/" (NAME) } download=(NAME) { (frame.say(words::CERTIFICATE_DOWNLOAD)) } }
        }
    }
}

pub fn download(frame: &Frame<'_>) -> Response {
    Response::file("application/x-x509-ca-cert", NAME, frame.context.authority)
}
