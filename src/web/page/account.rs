//! What an account has beside its settings: where its phone is.

use maud::{Markup, html};

use crate::base::id::AccountId;
use crate::settings::{Kind, Level};
use crate::text::page as words;
use crate::web::http::Response;
use crate::web::session::Note;

use super::{Frame, error, part};

/// The small forms of the page.
pub fn act(frame: &Frame<'_>, id: i64, what: &str) -> Response {
    match what {
        "password" => {
            frame.leave_note(Note::Details(AccountId(id)));
            Response::redirect(&format!("/accounts/{id}"))
        }
        _ => error::not_found(frame),
    }
}

/// Where its phone is now.
pub fn registration(frame: &Frame<'_>, id: i64) -> Markup {
    let account = AccountId(id);
    let found = frame.context.status.registrations.iter().find(|registration| registration.account == account);
    html! {
        section.card {
            h2 { (frame.say(words::REGISTRATION)) }
            p { (part::registration_state(frame, found)) }
            @if let Some(found) = found {
                dl.facts {
                    dt { (frame.say(words::PHONE)) } dd { (found.user_agent) }
                    dt { (frame.say(words::ADDRESS)) } dd.mono { (found.transport.name().to_uppercase()) " " (found.remote) }
                    dt { (frame.say(words::EXPIRES_IN)) } dd { (part::duration(frame, found.expires_in)) }
                }
            }
            @if frame.may(Kind::Account.panel(), Level::Write) {
                form method="post" action={ "/accounts/" (account) "/password" } {
                    (frame.csrf_field())
                    button type="submit" { (frame.say(words::SHOW_PASSWORD)) }
                }
            }
        }
    }
}
