//! The menu: few groups, and below them the pages of the present one. So it fits a phone, and nobody searches twenty words.

use maud::{Markup, html};

use crate::settings::Kind;
use crate::text::{Phrase, ban, dial, directory as words, page};

use super::Frame;

struct Item {
    /// Without the slash before it.
    path: &'static str,
    name: Phrase,
}

struct Group {
    name: Phrase,
    items: &'static [Item],
}

const fn item(path: &'static str, name: Phrase) -> Item {
    Item { path, name }
}

const GROUPS: &[Group] = &[
    Group { name: page::OVERVIEW, items: &[item("", page::OVERVIEW)] },
    Group {
        name: words::PEOPLE,
        items: &[
            item(Kind::Extension.path(), page::EXTENSIONS),
            item(Kind::Account.path(), page::ACCOUNTS),
            item(Kind::Mailbox.path(), words::MAILBOXES),
            item(Kind::Contact.path(), words::CONTACTS),
            item(Kind::ExtensionTemplate.path(), words::EXTENSION_TEMPLATES),
            item(Kind::AccountTemplate.path(), words::ACCOUNT_TEMPLATES),
            item(Kind::PickupGroup.path(), words::PICKUP_GROUPS),
            item("pickup-groups/matrix", words::PICKUP_MATRIX),
        ],
    },
    Group {
        name: words::OUTSIDE,
        items: &[
            item(Kind::Line.path(), words::LINES),
            item(Kind::Class.path(), words::CLASSES),
            item(Kind::Numbering.path(), words::NUMBERING_PLAN),
            item(Kind::Selection.path(), words::SELECTIONS),
            item("dial", dial::TITLE),
        ],
    },
    Group { name: page::CALLS, items: &[item("calls", page::CALLS)] },
    Group {
        name: words::SYSTEM,
        items: &[
            item(Kind::Sip.path(), page::SIP_SETTINGS),
            item(Kind::Phonebook.path(), words::PHONEBOOK),
            item(Kind::Audio.path(), words::AUDIO_FILES),
            item(Kind::User.path(), words::USERS),
            item(Kind::Role.path(), words::ROLES),
            item(Kind::Token.path(), words::TOKENS),
            item(Kind::Tenant.path(), words::TENANTS),
            item("bans", ban::BAN_LIST),
            item("history", words::HISTORY),
        ],
    },
];

pub fn show(frame: &Frame<'_>) -> Markup {
    let segments = &frame.request.segments;
    let here = match segments.as_slice() {
        [first, second, ..] if second == "matrix" => format!("{first}/{second}"),
        _ => segments.first().cloned().unwrap_or_default(),
    };
    let may = |item: &&Item| frame.may_open(item.path);
    let groups: Vec<(&Group, Vec<&Item>)> = GROUPS
        .iter()
        .map(|group| (group, group.items.iter().filter(may).collect()))
        .filter(|(_, items): &(_, Vec<_>)| !items.is_empty())
        .collect();
    let current = groups.iter().position(|(group, _)| group.items.iter().any(|item| item.path == here));
    let link = |item: &Item, name: Phrase, is_current: bool, current: &'static str| {
        html! { a href={ "/" (item.path) } aria-current=[is_current.then_some(current)] { (frame.say(name)) } }
    };
    html! {
        nav aria-label=(frame.say(page::MENU)) {
            div.groups {
                @for (at, (group, items)) in groups.iter().enumerate() {
                    (link(items[0], group.name, current == Some(at), if items.len() == 1 { "page" } else { "true" }))
                }
            }
            @if let Some((_, items)) = current.and_then(|at| groups.get(at)).filter(|(_, items)| items.len() > 1) {
                div.items { @for item in items { (link(item, item.name, item.path == here, "page")) } }
            }
        }
    }
}
