//! The list of SIP accounts.

use std::collections::BTreeMap;

use maud::html;

use crate::settings::Account;
use crate::text::page as words;
use crate::web::http::Response;

use super::{Frame, part};

pub fn show(frame: &Frame<'_>) -> Response {
    let (settings, status) = (&frame.context.settings, &frame.context.status);
    let registrations: BTreeMap<_, _> = status.registrations.iter().map(|registration| (registration.account, registration)).collect();
    let query = frame.request.query.text("q");
    let is_found = |account: &&Account| {
        let extension = settings.extension_of(account);
        let name = extension.map(|extension| extension.display_name()).unwrap_or_default();
        part::matches(query, &[&account.username, extension.map_or("", |extension| &extension.number), &name])
    };
    let mut found: Vec<&Account> = settings.accounts.values().filter(is_found).collect();
    found.sort_by_key(|account| account.username.to_lowercase());
    let content = html! {
        div.title {
            h1 { (frame.say(words::ACCOUNTS)) }
            a.button.primary href="/accounts/new" { (frame.say(words::NEW_ACCOUNT)) }
        }
        (part::note(frame, frame.take_note().as_ref()))
        @if settings.accounts.is_empty() {
            section.card { p.empty { (frame.say(words::NO_ACCOUNTS)) } }
        } @else {
            (part::search(frame, words::SEARCH_ACCOUNTS))
            section.card {
                @if found.is_empty() { p.empty { (frame.say(words::NOTHING_FOUND)) } } @else {
                    table {
                        thead { tr {
                            th scope="col" { (frame.say(words::ACCOUNT)) }
                            th scope="col" { (frame.say(words::EXTENSION)) }
                            th scope="col" { (frame.say(words::STATE)) }
                            th scope="col" { (frame.say(words::PHONE)) }
                        } }
                        tbody { @for account in &found {
                            @let registration = registrations.get(&account.id).copied();
                            tr {
                                td data-label=(frame.say(words::ACCOUNT)) { a href={ "/accounts/" (account.id) } { strong { (account.username) } } }
                                td data-label=(frame.say(words::EXTENSION)) {
                                    @if let Some(extension) = settings.extension_of(account) {
                                        a href={ "/extensions/" (extension.id) } { (extension.number) }
                                        @if extension.display_name() != extension.number { " " span.muted { (extension.display_name()) } }
                                    } @else { span.muted { (frame.say(words::FREE_ACCOUNT)) } }
                                }
                                td data-label=(frame.say(words::STATE)) {
                                    @if account.enabled { (part::registration_state(frame, registration)) }
                                    @else { (part::badge(frame, "off", words::DISABLED)) }
                                }
                                td data-label=(frame.say(words::PHONE)) { (registration.map_or("", |registration| registration.user_agent.as_str())) }
                            }
                        } }
                    }
                }
            }
        }
    };
    frame.page(200, frame.say(words::ACCOUNTS), content)
}
