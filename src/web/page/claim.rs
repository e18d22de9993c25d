//! A new box becomes somebody's: the setup code, then the first administrator.

use maud::{Markup, html};

use crate::base::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::secret::Secret;
use crate::store::Author;
use crate::text::Phrase;
use crate::text::page as words;
use crate::text::page::sentence;
use crate::web::access;
use crate::web::form::{Refused, refused_of};
use crate::web::http::Response;
use crate::web::setup_code::is_setup_code;

use super::{Frame, part};

const PASSWORD_DIFFERENT_CHARS_MIN: usize = 5;
/// Long enough and yet the first that a guesser tries.
const COMMON: &[&str] =
    &["1234567890", "12345678910", "password123", "password1234", "passwordpassword", "qwertyuiop", "administrator", "trillotrillo"];

pub fn show(frame: &Frame<'_>) -> Response {
    code_form(frame, 200, None)
}

pub fn try_code(frame: &Frame<'_>) -> Response {
    match check_code(frame) {
        Ok(()) => administrator_form(frame, 200, &Refused::default(), None),
        Err((status, why)) => code_form(frame, status, Some(why)),
    }
}

pub fn create_administrator(frame: &Frame<'_>) -> Response {
    if let Err((status, why)) = check_code(frame) {
        return code_form(frame, status, Some(why));
    }
    let (context, request) = (frame.context, frame.request);
    let username = request.form.text("username").trim();
    let password = request.form.text("password");
    if let Err(why) = check_password(username, password, request.form.text("again")) {
        return administrator_form(frame, 422, &Refused::default(), Some(why));
    }
    let author = Author { name: username.to_owned(), source: request.peer.to_string() };
    match context.store.claim(username, &Secret::new(password), author) {
        Ok(settings) => match settings.user_by_username(username) {
            Some(user) => access::log_in(context, request, user, Response::redirect("/")),
            None => Response::redirect("/login"),
        },
        Err(refused) => administrator_form(frame, 422, &refused_of(frame, refused), None),
    }
}

/// Five tries a minute for each source; a right code is not one of them.
fn check_code(frame: &Frame<'_>) -> Result<(), (u16, Phrase)> {
    if !access::is_own_form(frame.request) {
        return Err((403, words::FORM_OLD));
    }
    let mut tries = frame.context.site.code_tries();
    if !tries.may_try(frame.context.now.mono, frame.request.peer) {
        return Err((429, words::SETUP_CODE_WAIT));
    }
    let typed = frame.request.form.text("code");
    if frame.context.setup_code.is_some_and(|code| is_setup_code(typed, code)) {
        return Ok(());
    }
    tries.failed(frame.context.now.mono, frame.request.peer);
    Err((403, words::SETUP_CODE_WRONG))
}

pub fn check_password(username: &str, password: &str, again: &str) -> Result<(), Phrase> {
    let chars = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    let plain = password.to_lowercase();
    if chars < PASSWORD_CHARS_MIN {
        Err(words::PASSWORD_SHORT)
    } else if chars > PASSWORD_CHARS_MAX {
        Err(words::PASSWORD_LONG)
    } else if different.len() < PASSWORD_DIFFERENT_CHARS_MIN
        || COMMON.contains(&plain.as_str())
        || (!username.is_empty() && plain.replace(&username.to_lowercase(), "").chars().count() < PASSWORD_CHARS_MIN / 2)
    {
        Err(words::PASSWORD_PLAIN)
    } else if password != again {
        Err(words::PASSWORD_DIFFERS)
    } else {
        Ok(())
    }
}

fn code_form(frame: &Frame<'_>, status: u16, wrong: Option<Phrase>) -> Response {
    let content = html! {
        p { (frame.say(words::CLAIM_INTRO)) }
        form method="post" action="/claim" {
            (frame.csrf_field())
            div.field.has-fault[wrong.is_some()] {
                label for="code" { (frame.say(words::SETUP_CODE)) }
                input #code.code name="code" value=(frame.request.form.text("code")) autocomplete="off" autocapitalize="characters"
                    spellcheck="false" maxlength="20" required autofocus
                    aria-describedby="code-help code-fault" aria-invalid=[wrong.map(|_| "true")];
                p.help #code-help { (frame.say(words::SETUP_CODE_HELP)) }
                (fault("code-fault", wrong.map(|wrong| frame.say(wrong))))
            }
            div.actions { button.primary type="submit" { (frame.say(words::CONTINUE)) } }
        }
    };
    frame.card_page(status, frame.say(words::WELCOME), content)
}

fn administrator_form(frame: &Frame<'_>, status: u16, refused: &Refused, wrong: Option<Phrase>) -> Response {
    let form = &frame.request.form;
    let of_username: Vec<String> =
        refused.faults.iter().filter(|fault| fault.field == "username").map(|fault| sentence(&fault.say(frame.language))).collect();
    let others = refused.faults.iter().filter(|fault| fault.field != "username");
    let content = html! {
        p { (frame.say(words::CREATE_ADMINISTRATOR_INTRO)) }
        @for message in &refused.messages { (part::bad(message)) }
        @for fault in others { (part::bad(&sentence(&fault.say(frame.language)))) }
        form method="post" action="/claim/administrator" {
            (frame.csrf_field())
            input type="hidden" name="code" value=(form.text("code"));
            div.field.has-fault[!of_username.is_empty()] {
                label for="username" { (frame.say(words::USERNAME)) }
                input #username name="username" value=(form.text("username")) autocomplete="username" autocapitalize="none"
                    spellcheck="false" maxlength="64" required autofocus aria-describedby="username-fault";
                (fault("username-fault", of_username.first().map(String::as_str)))
            }
            div.field.has-fault[wrong.is_some()] {
                label for="password" { (frame.say(words::PASSWORD)) }
                input #password name="password" type="password" value=(form.text("password")) autocomplete="new-password" required
                    aria-describedby="password-help password-fault" aria-invalid=[wrong.map(|_| "true")];
                p.help #password-help { (frame.say(words::PASSWORD_HELP)) }
                (fault("password-fault", wrong.map(|wrong| frame.say(wrong))))
            }
            div.field {
                label for="again" { (frame.say(words::REPEAT_PASSWORD)) }
                input #again name="again" type="password" value=(form.text("again")) autocomplete="new-password" required;
            }
            div.actions { button.primary type="submit" { (frame.say(words::CREATE)) } }
        }
    };
    frame.card_page(status, frame.say(words::CREATE_ADMINISTRATOR), content)
}

fn fault(id: &str, said: Option<&str>) -> Markup {
    html! { @if let Some(said) = said { p.fault id=(id) role="alert" { (said) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_are_easily_guessed_are_refused() {
        let check = |password: &str, expected| assert_eq!(check_password("anna", password, password), expected, "{password}");
        check("correct horse", Ok(()));
        check("pâté è buono", Ok(()));
        check("short", Err(words::PASSWORD_SHORT));
        check("aaaaaaaaaaaaaaa", Err(words::PASSWORD_PLAIN));
        check("1234567890", Err(words::PASSWORD_PLAIN));
        check("AnnaAnna12Anna", Err(words::PASSWORD_PLAIN));
        check(&"xyzuvw".repeat(100), Err(words::PASSWORD_LONG));
        assert_eq!(check_password("", "correct horse", "correct horsf"), Err(words::PASSWORD_DIFFERS));
    }

    #[test]
    fn the_words_name_the_limits_that_hold_everywhere() {
        for (phrase, limit) in [
            (words::PASSWORD_HELP, PASSWORD_CHARS_MIN),
            (words::PASSWORD_SHORT, PASSWORD_CHARS_MIN),
            (words::PASSWORD_LONG, PASSWORD_CHARS_MAX),
        ] {
            assert!([phrase.english, phrase.italian].iter().all(|said| said.contains(&limit.to_string())), "{}", phrase.english);
        }
    }
}
