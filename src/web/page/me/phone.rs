//! My phone: number, name, where my phones are, and the service PIN.

use maud::{Markup, html};

use crate::settings::{Extension, Kind, Own};
use crate::text::me as words;
use crate::text::page as common;
use crate::text::page::sentence;
use crate::web::access::Visitor;
use crate::web::form::{self, Refused};
use crate::web::http::Response;
use crate::web::page::{Frame, part, switches};
use crate::web::session::Note;
use crate::web::switching::Wrong;

use super::input::Input;

/// Why one of the page's forms was refused.
#[derive(Default)]
pub struct Said {
    refused: Refused,
    wrong: Vec<Wrong>,
}

pub fn show(frame: &Frame<'_>, visitor: &Visitor, status: u16, said: &Said) -> Response {
    let extension = visitor.user.extension.and_then(|id| frame.context.settings.extensions.get(&id));
    let content = html! {
        @for message in &said.refused.messages { (part::bad(message)) }
        @match extension {
            None => { section.card { p.empty { (frame.say(words::NO_EXTENSION)) } } }
            Some(extension) => { (identity(frame, extension)) (switches::card(frame, extension, "/me/switches", &said.wrong)) (phones(frame, extension)) (pin(frame, extension, &said.refused)) }
        }
    };
    super::page(frame, visitor, status, words::MY_PHONE, content)
}

fn identity(frame: &Frame<'_>, extension: &Extension) -> Markup {
    html! {
        section.card {
            dl.facts {
                dt { (frame.say(words::MY_NUMBER)) } dd { strong { (extension.number) } }
                dt { (frame.say(words::MY_NAME)) } dd dir="auto" { (extension.display_name()) }
            }
        }
    }
}

fn phones(frame: &Frame<'_>, extension: &Extension) -> Markup {
    let (settings, status) = (&frame.context.settings, &frame.context.status);
    let accounts = settings.accounts_of(extension.id).iter().filter_map(|id| settings.accounts.get(id));
    let accounts: Vec<_> = accounts.map(|account| (account, status.registrations.iter().find(|one| one.account == account.id))).collect();
    html! {
        section.card {
            h2 { (frame.say(words::MY_PHONES)) }
            @if accounts.is_empty() { p.empty { (frame.say(words::NO_ACCOUNTS)) } } @else {
                table {
                    thead { tr {
                        th scope="col" { (frame.say(common::ACCOUNT)) }
                        th scope="col" { (frame.say(common::STATE)) }
                        th scope="col" { (frame.say(common::PHONE)) }
                        th scope="col" { (frame.say(common::ADDRESS)) }
                    } }
                    tbody { @for (account, registration) in &accounts { tr {
                        td data-label=(frame.say(common::ACCOUNT)) { (account.username) }
                        td data-label=(frame.say(common::STATE)) {
                            @if account.enabled { (part::registration_state(frame, *registration)) } @else { (part::badge(frame, "off", common::DISABLED)) }
                        }
                        td data-label=(frame.say(common::PHONE)) { (registration.map_or("–", |one| one.user_agent.as_str())) }
                        td data-label=(frame.say(common::ADDRESS)) {
                            @if let Some(one) = registration { span.mono { (one.transport.name().to_uppercase()) " " (one.remote) } } @else { "–" }
                        }
                    } } }
                }
            }
        }
    }
}

fn pin(frame: &Frame<'_>, extension: &Extension, refused: &Refused) -> Markup {
    let fault = refused.faults.iter().find(|fault| fault.field == "service_pin").map(|fault| sentence(&fault.say(frame.language)));
    let state = if extension.service_pin.is_empty() { words::PIN_IS_EMPTY } else { words::PIN_IS_SET };
    let input = Input { name: "pin", label: words::NEW_PIN, value: "", help: Some(frame.say(words::PIN_HELP)), fault: fault.as_deref() };
    html! {
        section.card.narrow {
            h2 { (frame.say(words::PIN)) }
            p { (frame.say(state)) }
            form method="post" action="/me/pin" {
                (frame.csrf_field())
                (input.password(frame, "off"))
                @if !extension.service_pin.is_empty() {
                    label.check { input type="checkbox" name="remove" value="yes"; span { (frame.say(words::REMOVE_PIN)) } }
                }
                div.actions { button.primary type="submit" { (frame.say(common::SAVE)) } }
            }
        }
    }
}

pub fn change_pin(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let Some(extension) = visitor.user.extension else { return Response::redirect("/me") };
    let (pin, removes) = (frame.request.form.text("pin").trim(), frame.request.form.text("remove") == "yes");
    // Nothing typed is nothing wanted.
    if pin.is_empty() && !removes {
        return Response::redirect("/me");
    }
    let own = Own::default().with("service_pin", if removes { "" } else { pin });
    match form::save(frame, vec![crate::settings::Change::Put { kind: Kind::Extension, id: Some(extension.0), own }]) {
        Ok(_) => {
            frame.leave_note(Note::Saved);
            Response::redirect("/me")
        }
        Err(refused) => show(frame, visitor, 422, &Said { refused, ..Said::default() }),
    }
}

pub fn switch(frame: &Frame<'_>, visitor: &Visitor) -> Response {
    let extension = visitor.user.extension.and_then(|id| frame.context.settings.extensions.get(&id));
    let Some(extension) = extension else { return Response::redirect("/me") };
    switches::save(frame, extension, "/me").unwrap_or_else(|wrong| show(frame, visitor, 422, &Said { wrong, ..Said::default() }))
}
