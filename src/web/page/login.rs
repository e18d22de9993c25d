//! Logging in. Failures are slow and counted by where they come from, never by the name that was tried.

use maud::html;

use crate::secret::{NOBODYS_HASH, Secret, verify_password};
use crate::text::page as words;
use crate::web::access;
use crate::web::http::{Request, Response, encode};

use super::{Frame, part};

/// To the log-in page, and from there back to where the visitor wanted to go.
pub fn redirect(request: &Request) -> Response {
    match request.path.as_str() {
        "/" => Response::redirect("/login"),
        path => Response::redirect(&format!("/login?to={}", encode(path))),
    }
}

pub fn show(frame: &Frame<'_>) -> Response {
    let said = frame.request.query.get("out").map(|_| part::good(frame.say(words::LOGGED_OUT)));
    form(frame, 200, said.unwrap_or_default())
}

pub fn try_login(frame: &Frame<'_>) -> Response {
    let (context, request) = (frame.context, frame.request);
    if !access::is_own_form(request) {
        return form(frame, 403, part::bad(frame.say(words::FORM_OLD)));
    }
    let wait = context.site.login_tries().wait(context.now.mono, request.peer);
    if !wait.is_zero() {
        let seconds = wait.as_secs() + 1;
        let response = form(frame, 429, part::bad(&frame.say_with(words::LOGIN_WAIT, &[&seconds])));
        return response.with_header("Retry-After", seconds.to_string());
    }
    let password = Secret::new(request.form.text("password"));
    let user = context.settings.user_by_username(request.form.text("username").trim());
    let is_right = verify_password(&password, user.map_or(NOBODYS_HASH, |user| user.password_hash.as_str()));
    match user {
        Some(user) if is_right => {
            context.site.login_tries().succeeded(request.peer);
            access::log_in(context, request, user.id, &user.password_hash, Response::redirect(&destination(request)))
        }
        _ => {
            let delay = context.site.login_tries().failed(context.now.mono, request.peer);
            form(frame, 401, part::bad(frame.say(words::LOGIN_WRONG))).with_delay(delay)
        }
    }
}

/// Only a page of ours.
fn destination(request: &Request) -> String {
    let to = request.form.text("to");
    let is_ours = to.starts_with('/') && !to.starts_with("//") && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours { to.to_owned() } else { "/".to_owned() }
}

fn form(frame: &Frame<'_>, status: u16, said: maud::Markup) -> Response {
    let request = frame.request;
    let to = request.query.get("to").unwrap_or(request.form.text("to"));
    let content = html! {
        (said)
        form method="post" action="/login" {
            (frame.csrf_field())
            input type="hidden" name="to" value=(to);
            div.field {
                label for="username" { (frame.say(words::USERNAME)) }
                input #username name="username" value=(request.form.text("username")) autocomplete="username" autocapitalize="none"
                    spellcheck="false" required autofocus;
            }
            div.field {
                label for="password" { (frame.say(words::PASSWORD)) }
                input #password name="password" type="password" autocomplete="current-password" required;
            }
            div.actions { button.primary type="submit" { (frame.say(words::LOG_IN)) } }
        }
    };
    frame.card_page(status, frame.say(words::LOG_IN), content)
}
