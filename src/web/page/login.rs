//! Logging in. Failures are slow and counted by where they come from, never by the name that was tried.

use maud::html;

use crate::secret::Secret;
use crate::settings::User;
use crate::store::Author;
use crate::text::me;
use crate::text::page as words;
use crate::web::access;
use crate::web::http::{Request, Response, encode};
use crate::web::permit::Permitted;
use crate::web::proof::{Credentials, Proof};

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
    let password = Secret::new(request.form.text("password"));
    let typed = Credentials { username: request.form.text("username"), password: &password, code: request.form.text("code") };
    match context.site.prove(&context.settings, context.now, request.peer, &typed) {
        Proof::Wait(wait) => {
            let seconds = wait.as_secs() + 1;
            let response = form(frame, 429, part::bad(&frame.say_with(words::LOGIN_WAIT, &[&seconds])));
            response.with_header("Retry-After", seconds.to_string())
        }
        Proof::Wrong(delay) => form(frame, 401, part::bad(frame.say(words::LOGIN_WRONG))).with_delay(delay),
        Proof::Right { user, spent } => match context.settings.users.get(&user) {
            Some(user) => logged_in(frame, user, spent.as_deref()),
            None => Response::redirect("/login"),
        },
    }
}

/// A recovery code that was used is gone before the session begins; if that cannot be kept, nobody is let in by it.
fn logged_in(frame: &Frame<'_>, user: &User, spent: Option<&str>) -> Response {
    let (context, request) = (frame.context, frame.request);
    if let Some(spent) = spent {
        let author = Author { name: user.username.clone(), source: request.peer.to_string() };
        if context.store.edit(Permitted::spent_code(user, spent), author).is_err() {
            return form(frame, 503, part::bad(frame.say(words::LOGIN_NOT_KEPT)));
        }
    }
    access::log_in(context, request, user, Response::redirect(&destination(request)))
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
            div.field {
                label for="code" { (frame.say(me::LOGIN_CODE)) }
                input #code name="code" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" maxlength="20"
                    aria-describedby="code-help";
                p.help #code-help { (frame.say(me::LOGIN_CODE_HELP)) }
            }
            div.actions { button.primary type="submit" { (frame.say(words::LOG_IN)) } }
        }
    };
    frame.card_page(status, frame.say(words::LOG_IN), content)
}
