//! What a new person needs: the logins of the phones, with codes to scan, and a mail to send.

use maud::{Markup, html};

use crate::base::Transport;
use crate::base::id::{AccountId, ExtensionId};
use crate::settings::{Account, Extension};
use crate::text::page::fill;
use crate::text::{Language, directory as words, page};
use crate::web::http::encode;

use super::{Frame, qr};

/// The server as phones reach it: the name that the browser used, without the web's port.
fn server<'a>(frame: &Frame<'a>) -> &'a str {
    let host = frame.request.header("host").unwrap_or("");
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What is entered in a phone, with the password in clear: for the page after it was made or asked for, and only that.
pub fn details(frame: &Frame<'_>, account: AccountId) -> Markup {
    details_under(frame, account, "shown-password")
}

/// `shown`: the id of the password on the page.
fn details_under(frame: &Frame<'_>, account: AccountId, shown: &str) -> Markup {
    let Some(account) = frame.context.settings.accounts.get(&account) else { return html! {} };
    let server = server(frame);
    let transport = account.transports.first().copied().unwrap_or(Transport::Udp);
    let port = frame.context.sip_ports[Transport::ALL.iter().position(|known| *known == transport).unwrap_or(0)];
    let uri = qr::login(&account.username, account.password.expose(), server, port, transport);
    html! {
        section.card.details {
            h2 { (frame.say(page::PHONE_DETAILS)) }
            div.login {
                dl.facts {
                    dt { (frame.say(page::SERVER)) } dd.mono { (server) }
                    dt { (frame.say(page::USERNAME)) } dd.mono { (account.username) }
                    dt { (frame.say(page::PASSWORD)) }
                    dd.mono { span id=(shown) { (account.password.expose()) } " "
                        button.quiet.copy type="button" hidden data-copy=(shown) data-copied=(frame.say(page::COPIED)) { (frame.say(page::COPY)) }
                    }
                    dt { (frame.say(words::TRANSPORT_AND_PORT)) } dd.mono { (transport.name().to_uppercase()) " " (port) }
                }
                figure { (qr::drawing(&uri, frame.say(words::QR_LABEL))) figcaption.help { (frame.say(words::QR_HELP)) } }
            }
            p.help { (frame.say(page::PHONE_DETAILS_HELP)) }
        }
    }
}

/// All of a new person: each phone, and the mail in both languages.
pub fn person(frame: &Frame<'_>, extension: ExtensionId) -> Markup {
    let settings = &frame.context.settings;
    let Some(extension) = settings.extensions.get(&extension) else { return html! {} };
    let accounts: Vec<&Account> = settings.accounts_of(extension.id).iter().filter_map(|id| settings.accounts.get(id)).collect();
    html! {
        @for (at, account) in accounts.iter().enumerate() {
            @if at == 0 { (details(frame, account.id)) } @else { (details_under(frame, account.id, &format!("shown-password-{at}"))) }
        }
        section.card {
            h2 { (frame.say(words::WELCOME_MAIL)) }
            p { (frame.say(words::WELCOME_MAIL_TEXT)) }
            div.mails {
                @for language in Language::ALL { (mail(frame, extension, &accounts, language)) }
            }
        }
    }
}

/// Without the password: mails are read by others, and kept for years.
fn mail(frame: &Frame<'_>, extension: &Extension, accounts: &[&Account], language: Language) -> Markup {
    let usernames: Vec<&str> = accounts.iter().map(|account| account.username.as_str()).collect();
    let subject = words::MAIL_SUBJECT.in_language(language);
    let name = extension.display_name();
    let login = if usernames.is_empty() {
        String::new()
    } else {
        fill(words::MAIL_LOGIN.in_language(language), &[&server(frame), &usernames.join(", ")])
    };
    let text = fill(words::MAIL_TEXT.in_language(language), &[&name, &extension.number, &login]);
    // RFC 6068: line breaks are %0D%0A.
    let link = format!(
        "mailto:{}?subject={}&body={}",
        encode(&extension.email).replace("%40", "@"),
        encode(subject),
        encode(&text).replace("%0A", "%0D%0A")
    );
    let id = format!("mail-{}", language.code());
    let of = if language == Language::English { "English" } else { "Italiano" };
    html! {
        div lang=(language.code()) {
            label for=(id) { (of) }
            textarea id=(id) rows="10" readonly { (text) }
            div.actions { a.button href=(link) { (words::SEND_MAIL.in_language(language)) } }
        }
    }
}
