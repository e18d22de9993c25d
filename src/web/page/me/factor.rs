//! The second factor: setting it up with a picture, turning it off, new recovery codes. Each asks the password.

use maud::{Markup, PreEscaped, html};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::secret::{TOTP_KEY_BYTES, Totp};
use crate::settings::Own;
use crate::text::me as words;
use crate::text::page as common;
use crate::web::access::Visitor;
use crate::web::http::{Method, Response};
use crate::web::page::{Frame, error, part};
use crate::web::proof;
use crate::web::session::Note;

use super::input::Input;

/// Who gives the codes, as the authenticator app names it.
const ISSUER: &str = "Trillo";
/// The light edge that the picture needs around it (ISO/IEC 18004 5.3.8).
const QUIET_MODULES: i32 = 4;

pub fn route(frame: &Frame<'_>, visitor: &Visitor, method: Method, rest: &[&str]) -> Response {
    match (method, rest) {
        (Method::Get, []) => {
            let totp = Totp::new(frame.context.random_bytes::<TOTP_KEY_BYTES>());
            set_up(frame, visitor, 200, &totp, html! {}, None)
        }
        (Method::Post, []) => turn_on(frame, visitor),
        (Method::Post, ["off"]) => turn_off(frame, visitor),
        (Method::Post, ["codes"]) => new_codes(frame, visitor),
        (Method::Get, [_]) => Response::redirect("/me/login"),
        _ => error::not_found(frame),
    }
}

/// How it stands, on the page of one's login.
pub fn card(frame: &Frame<'_>, visitor: &Visitor) -> Markup {
    let user = &visitor.user;
    let left = user.recovery_codes.expose().split_whitespace().count();
    let password = Input { name: "old", label: words::OLD_PASSWORD, value: "", help: None, fault: None };
    html! {
        section.card.narrow #second-factor {
            h2 { (frame.say(words::SECOND_FACTOR)) }
            @if user.totp_secret.is_empty() {
                p { (frame.say(words::FACTOR_OFF)) }
                div.actions { a.button.primary href="/me/second-factor" { (frame.say(words::SET_UP)) } }
            } @else {
                p { (frame.say_with(words::FACTOR_ON, &[&left])) }
                form method="post" action="/me/second-factor/codes" {
                    (frame.csrf_field())
                    (password.password(frame, "current-password"))
                    div.actions {
                        button type="submit" { (frame.say(words::NEW_RECOVERY_CODES)) }
                        button.danger type="submit" formaction="/me/second-factor/off" { (frame.say(words::TURN_OFF)) }
                    }
                }
            }
        }
    }
}

/// The key waits in the form: it is the visitor's own, and nothing yet.
fn set_up(frame: &Frame<'_>, visitor: &Visitor, status: u16, totp: &Totp, message: Markup, fault: Option<&str>) -> Response {
    let key = totp.base32();
    let password = Input { name: "old", label: words::OLD_PASSWORD, value: "", help: None, fault: None };
    let code = Input { name: "code", label: words::CODE, value: "", help: Some(frame.say(words::CODE_OF_APP)), fault };
    let content = html! {
        (message)
        section.card.narrow {
            p { (frame.say(words::FACTOR_STEPS)) }
            (picture(frame, totp.address(ISSUER, &visitor.user.username).expose()))
            p { (frame.say(words::KEY)) ": " span.mono { (key.expose()) } }
            form method="post" action="/me/second-factor" {
                (frame.csrf_field())
                input type="hidden" name="key" value=(key.expose());
                (code.digits(frame))
                (password.password(frame, "current-password"))
                div.actions {
                    button.primary type="submit" { (frame.say(words::TURN_ON)) }
                    a.button.quiet href="/me/login" { (frame.say(common::CANCEL)) }
                }
            }
        }
    };
    frame.page(status, frame.say(words::SECOND_FACTOR), html! { h1 { (frame.say(words::SECOND_FACTOR)) } (content) })
}

fn turn_on(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let (context, form) = (frame.context, &frame.request.form);
    let Some(totp) = Totp::from_base32(form.text("key")) else { return Response::redirect("/me/second-factor") };
    let Some(step) = totp.step_of(form.text("code"), context.now.wall.as_secs().unsigned_abs()) else {
        return set_up(frame, visitor, 422, &totp, html! {}, Some(frame.say(words::CODE_IS_WRONG)));
    };
    if let Err((said, delay)) = super::is_in_person(frame, visitor) {
        return set_up(frame, visitor, 403, &totp, part::bad(&said), None).with_delay(delay);
    }
    let (codes, hashes) = fresh_codes(frame);
    let own = Own::default().with("totp_secret", totp.base32().expose()).with("recovery_codes", hashes);
    match super::save_in_person(frame, visitor, own) {
        Ok(_) => {
            context.site.codes().use_up(visitor.user.id, step);
            show_codes(frame, &codes)
        }
        Err(refused) => set_up(frame, visitor, 422, &totp, super::login::said(frame, &refused), None),
    }
}

fn turn_off(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    if let Err((said, delay)) = super::is_in_person(frame, visitor) {
        return super::login::show(frame, visitor, 403, part::bad(&said)).with_delay(delay);
    }
    let own = Own::default().with("totp_secret", "").with("recovery_codes", "");
    match super::save_in_person(frame, visitor, own) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect("/me/login")
        }
        Err(refused) => super::login::show(frame, visitor, 422, super::login::said(frame, &refused)),
    }
}

fn new_codes(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    if visitor.user.totp_secret.is_empty() {
        return Response::redirect("/me/login");
    }
    if let Err((said, delay)) = super::is_in_person(frame, visitor) {
        return super::login::show(frame, visitor, 403, part::bad(&said)).with_delay(delay);
    }
    let (codes, hashes) = fresh_codes(frame);
    match super::save_in_person(frame, visitor, Own::default().with("recovery_codes", hashes)) {
        Ok(_) => show_codes(frame, &codes),
        Err(refused) => super::login::show(frame, visitor, 422, super::login::said(frame, &refused)),
    }
}

fn fresh_codes(frame: &Frame<'_>) -> (Vec<String>, String) {
    proof::recovery_codes(std::array::from_fn(|_| frame.context.random_bytes()))
}

/// This once.
fn show_codes(frame: &Frame<'_>, codes: &[String]) -> Response {
    let content = html! {
        h1 { (frame.say(words::RECOVERY_CODES)) }
        (part::good(frame.say(words::FACTOR_IS_ON)))
        section.card.narrow.details {
            p { (frame.say(words::RECOVERY_TEXT)) }
            ul { @for code in codes { li.mono { (code) } } }
            div.actions { a.button.primary href="/me/login" { (frame.say(words::RECOVERY_KEPT)) } }
        }
    };
    frame.page(200, frame.say(words::RECOVERY_CODES), content)
}

/// A QR code as SVG, dark on light in any colour scheme.
fn picture(frame: &Frame<'_>, text: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return html! {} };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + QUIET_MODULES, y + QUIET_MODULES));
        }
    }
    let side = code.size() + 2 * QUIET_MODULES;
    let label = frame.say(words::QR_PICTURE);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label=(label) width="220" height="220" viewBox=(format!("0 0 {side} {side}")) shape-rendering="crispEdges" {
            (PreEscaped(format!("<rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/>")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_room_for_the_longest_name() {
        let address = Totp::new([255; TOTP_KEY_BYTES]).address(ISSUER, &"x".repeat(64));
        assert!(QrCode::encode_text(address.expose(), QrCodeEcc::Medium).is_ok());
    }
}
