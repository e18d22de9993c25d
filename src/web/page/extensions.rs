//! The list of extensions.

use std::collections::BTreeSet;

use maud::html;

use crate::base::id::AccountId;
use crate::settings::{Extension, Settings};
use crate::text::page as words;
use crate::web::http::Response;

use super::{Frame, part};

pub fn show(frame: &Frame<'_>) -> Response {
    let (settings, status) = (&frame.context.settings, &frame.context.status);
    let registered: BTreeSet<AccountId> = status.registrations.iter().map(|registration| registration.account).collect();
    let query = frame.request.query.text("q");
    let mut found: Vec<&Extension> = settings.extensions.values().filter(|extension| is_found(settings, extension, query)).collect();
    found.sort_by(|a, b| (a.number.len(), &a.number).cmp(&(b.number.len(), &b.number)));
    let content = html! {
        div.title {
            h1 { (frame.say(words::EXTENSIONS)) }
            a.button.primary href="/extensions/new" { (frame.say(words::NEW_EXTENSION)) }
        }
        (part::note(frame, frame.take_note().as_ref()))
        @if settings.extensions.is_empty() {
            section.card { p.empty { (frame.say(words::NO_EXTENSIONS)) } }
        } @else {
            (part::search(frame, words::SEARCH_EXTENSIONS))
            section.card {
                @if found.is_empty() { p.empty { (frame.say(words::NOTHING_FOUND)) } } @else {
                    table {
                        thead { tr {
                            th scope="col" { (frame.say(words::NUMBER)) }
                            th scope="col" { (frame.say(words::NAME)) }
                            th scope="col" { (frame.say(words::PHONES)) }
                            th scope="col" { (frame.say(words::STATE)) }
                        } }
                        tbody { @for extension in &found {
                            @let accounts = settings.accounts_of(extension.id);
                            @let here = accounts.iter().filter(|account| registered.contains(account)).count();
                            tr {
                                td data-label=(frame.say(words::NUMBER)) { a href={ "/extensions/" (extension.id) } { strong { (extension.number) } } }
                                td data-label=(frame.say(words::NAME)) { (name(extension)) }
                                td data-label=(frame.say(words::PHONES)) { (here) " / " (accounts.len()) }
                                td data-label=(frame.say(words::STATE)) {
                                    @if !extension.enabled { (part::badge(frame, "off", words::DISABLED)) }
                                    @else if here > 0 { (part::badge(frame, "on", words::REGISTERED)) }
                                    @else { (part::badge(frame, "warn", words::NOT_REGISTERED)) }
                                }
                            }
                        } }
                    }
                }
            }
        }
    };
    frame.page(200, frame.say(words::EXTENSIONS), content)
}

fn name(extension: &Extension) -> String {
    [extension.first_name.as_str(), extension.last_name.as_str()].join(" ").trim().to_owned()
}

fn is_found(settings: &Settings, extension: &Extension, query: &str) -> bool {
    let accounts = settings.accounts_of(extension.id).iter().filter_map(|id| settings.accounts.get(id));
    let mut texts = vec![
        extension.number.as_str(),
        &extension.first_name,
        &extension.last_name,
        &extension.email,
        &extension.mobile,
        &extension.organization,
        &extension.department,
    ];
    texts.extend(accounts.map(|account| account.username.as_str()));
    part::matches(query, &texts)
}

/// A free number beside those that there are: the first gap at or after the lowest, of its length. 101 in an empty box.
pub fn free_number(settings: &Settings) -> Option<String> {
    let tenant = settings.default_tenant();
    let lowest = settings.extensions.values().filter(|extension| extension.tenant == tenant).map(|extension| &extension.number);
    let lowest = lowest.min_by(|a, b| (a.len(), a).cmp(&(b.len(), b))).map_or("101", String::as_str);
    let length = lowest.len();
    let first: u64 = lowest.parse().ok()?;
    (first..10u64.pow(u32::try_from(length).ok()?.min(8)))
        .map(|number| format!("{number:0length$}"))
        .find(|number| settings.extension_by_number(tenant, number).is_none())
}
