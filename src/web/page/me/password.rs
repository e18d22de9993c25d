//! Changing one's own password: the old one is asked, and all other sessions end.

use maud::{Markup, html};

use crate::base::limits::PASSWORD_CHARS_MIN;
use crate::secret::Secret;
use crate::settings::{Own, fault_of_password};
use crate::store::PASSWORD;
use crate::text::me as words;
use crate::text::page as common;
use crate::text::page::sentence;
use crate::web::access::{self, Visitor};
use crate::web::http::Response;
use crate::web::page::{Frame, part};
use crate::web::session::Note;

use super::input::Input;

pub fn form(frame: &Frame<'_>) -> Markup {
    let help = frame.say_with(words::NEW_PASSWORD_HELP, &[&PASSWORD_CHARS_MIN]);
    let input = |name, label, help| Input { name, label, value: "", help, fault: None };
    html! {
        section.card.narrow #password {
            h2 { (frame.say(words::CHANGE_PASSWORD)) }
            form method="post" action="/me/password" {
                (frame.csrf_field())
                (input("old", words::OLD_PASSWORD, None).password(frame, "current-password"))
                (input("new", words::NEW_PASSWORD, Some(help.as_str())).password(frame, "new-password"))
                (input("again", common::REPEAT_PASSWORD, None).password(frame, "new-password"))
                div.actions { button.primary type="submit" { (frame.say(words::CHANGE_PASSWORD)) } }
            }
        }
    }
}

pub fn change(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let refuse = |status, said: &str| super::login::show(frame, visitor, status, part::bad(said));
    let form = &frame.request.form;
    let (new, again) = (form.text("new"), form.text("again"));
    if let Some(reason) = fault_of_password(&Secret::new(new)) {
        return refuse(422, &sentence(&format!("{}: {}", frame.say(words::NEW_PASSWORD), reason.say(frame.language))));
    }
    if new.eq_ignore_ascii_case(&visitor.user.username) {
        return refuse(422, frame.say(words::PASSWORD_IS_NAME));
    }
    if new != again {
        return refuse(422, frame.say(common::PASSWORD_DIFFERS));
    }
    if let Err((said, delay)) = super::is_in_person(frame, visitor) {
        return refuse(403, &said).with_delay(delay);
    }
    match super::save_in_person(frame, visitor, Own::default().with(PASSWORD, new)) {
        Ok(settings) => {
            frame.leave_note(Note::Saved);
            access::keep_after_password(frame.context, frame.request, visitor, &settings, Response::redirect("/me/login"))
        }
        Err(refused) => super::login::show(frame, visitor, 422, super::login::said(frame, &refused)),
    }
}
