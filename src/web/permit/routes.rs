//! Every route there is, and what it asks.
//!
//! ```text
//! /calls/*        one part of any name
//! /{kind}         a kind of entity, by its path: /extensions, /pickup-groups
//! /me/**          any number of parts, none too
//! ```
//! The first row that fits decides, so the particular stands before the general.

use Level::{List, Read, Write};
use Method::{Delete, Get, Patch, Post, Put};
use Need::{InPerson, LoggedIn, OfExtension, OfKind, OwnLogin, Public};

use crate::settings::{Kind, Level, Panel};
use crate::web::http::Method;

use super::Need;

type Row = (Method, &'static str, Need);

const fn panel(panel: Panel, level: Level) -> Need {
    Need::Panel(panel, level)
}

const ROUTES: &[Row] = &[
    // Before the login.
    (Get, "/login", Public),
    (Post, "/login", Public),
    (Get, "/claim/**", Public),
    (Post, "/claim/**", Public),
    // The phonebook for phones.
    (Get, "/phonebook/yealink.xml", OwnLogin),
    (Get, "/phonebook/snom.xml", OwnLogin),
    (Get, "/phonebook/grandstream.xml", OwnLogin),
    (Get, "/phonebook/fanvil.xml", OwnLogin),
    (Get, "/phonebook/cisco.xml", OwnLogin),
    (Get, "/phonebook/grandstream/phonebook.xml", OwnLogin),
    // Everybody's own.
    (Get, "/", LoggedIn),
    (Post, "/logout", InPerson),
    (Get, "/certificate/*", LoggedIn),
    (Get, "/me", InPerson),
    (Get, "/me/**", InPerson),
    (Post, "/me/**", InPerson),
    // What is no entity.
    (Get, "/live", panel(Panel::Live, List)),
    (Get, "/calls", panel(Panel::Calls, List)),
    (Get, "/calls/export", panel(Panel::Calls, Read)),
    (Get, "/calls/*", panel(Panel::Calls, Read)),
    (Get, "/calls/*/pcap", panel(Panel::Calls, Read)),
    (Get, "/dial", panel(Panel::Extensions, Read)),
    (Get, "/metrics", panel(Panel::Live, Read)),
    (Get, "/bans", panel(Panel::Live, Read)),
    (Post, "/bans/*/lift", panel(Panel::Live, Write)),
    (Get, "/history", panel(Panel::History, List)),
    (Get, "/history/*", panel(Panel::History, Read)),
    (Post, "/history/*/revert", panel(Panel::History, Write)),
    // The kinds of one entity.
    (Get, "/sip", panel(Panel::Settings, Read)),
    (Post, "/sip", panel(Panel::Settings, Write)),
    (Get, "/phonebook", panel(Panel::Settings, Read)),
    (Get, "/numbering", panel(Panel::Settings, Read)),
    (Post, "/numbering", panel(Panel::Settings, Write)),
    (Post, "/phonebook", panel(Panel::Settings, Write)),
    // All other kinds.
    (Get, "/{kind}", OfKind(List)),
    (Post, "/{kind}", OfKind(Write)),
    (Get, "/{kind}/new", OfKind(Write)),
    (Get, "/{kind}/export", OfKind(Read)),
    (Get, "/{kind}/import", OfKind(Write)),
    (Get, "/{kind}/many", OfKind(Write)),
    (Get, "/{kind}/*/delete", OfKind(Write)),
    (Get, "/{kind}/*", OfKind(Read)),
    (Get, "/{kind}/*/**", OfKind(Read)),
    (Post, "/{kind}/**", OfKind(Write)),
    // The API.
    (Get, "/api", LoggedIn),
    (Get, "/api/v1/version", LoggedIn),
    (Get, "/api/v1/openapi.json", LoggedIn),
    (Get, "/api/v1/me", LoggedIn),
    (Get, "/api/v1/calls", panel(Panel::Calls, List)),
    (Get, "/api/v1/live-calls", panel(Panel::Live, List)),
    (Get, "/api/v1/registrations", panel(Panel::Live, List)),
    (Get, "/api/v1/bans", panel(Panel::Live, Read)),
    (Delete, "/api/v1/bans/*", panel(Panel::Live, Write)),
    // Each topic is judged by its own panel, in `api::events`.
    (Get, "/api/v1/events", LoggedIn),
    (Get, "/api/v1/revisions", panel(Panel::History, List)),
    (Get, "/api/v1/revisions/*", panel(Panel::History, Read)),
    (Post, "/api/v1/revisions/*/revert", panel(Panel::History, Write)),
    (Get, "/api/v1/sip", panel(Panel::Settings, Read)),
    (Get, "/api/v1/phonebook", panel(Panel::Settings, Read)),
    (Get, "/api/v1/numbering", panel(Panel::Settings, Read)),
    (Get, "/api/v1/audio-files/*/sound", panel(Panel::Audio, Read)),
    (Get, "/api/v1/extensions/*/switches", OfExtension(Read)),
    (Patch, "/api/v1/extensions/*/switches", OfExtension(Write)),
    (Get, "/api/v1/{kind}", OfKind(List)),
    (Get, "/api/v1/{kind}/*", OfKind(Read)),
    (Post, "/api/v1/{kind}", OfKind(Write)),
    (Put, "/api/v1/{kind}/**", OfKind(Write)),
    (Patch, "/api/v1/{kind}/**", OfKind(Write)),
    (Delete, "/api/v1/{kind}/*", OfKind(Write)),
    // Several kinds at once: each change is judged by its own panel, in `changes`.
    (Post, "/api/v1/changes", LoggedIn),
];

/// What the route asks, and the kind that its path names.
pub fn find(method: Method, segments: &[&str]) -> Option<(Need, Option<Kind>)> {
    ROUTES.iter().filter(|(known, ..)| *known == method).find_map(|(_, pattern, need)| Some((*need, fit(pattern, segments)?)))
}

/// Some method is there for it.
pub fn has_path(segments: &[&str]) -> bool {
    ROUTES.iter().any(|(_, pattern, _)| fit(pattern, segments).is_some())
}

/// `Some` if the path fits the pattern, with the kind it names.
fn fit(pattern: &str, segments: &[&str]) -> Option<Option<Kind>> {
    let mut rest = segments.iter();
    let mut kind = None;
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        match part {
            "**" => return Some(kind),
            "*" => drop(rest.next()?),
            "{kind}" => kind = Some(Kind::from_path(rest.next()?)?),
            literal if rest.next() == Some(&literal) => {}
            _ => return None,
        }
    }
    rest.next().is_none().then_some(kind)
}

/// For the page of documentation, and for the document of the API.
pub fn all() -> impl Iterator<Item = (Method, &'static str, Need)> {
    ROUTES.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_paths_part_by_part() {
        let check = |pattern, path: &str, expected| {
            let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            assert_eq!(fit(pattern, &segments), expected, "{pattern} {path}");
        };
        check("/", "/", Some(None));
        check("/", "/calls", None);
        check("/calls/*", "/calls/7", Some(None));
        check("/calls/*", "/calls", None);
        check("/calls/*", "/calls/7/8", None);
        check("/me/**", "/me", Some(None));
        check("/me/**", "/me/a/b", Some(None));
        check("/{kind}/*", "/pickup-groups/1", Some(Some(Kind::PickupGroup)));
        check("/{kind}", "/pickup_group", None);
    }

    #[test]
    fn the_particular_stands_before_the_general() {
        let find = |method, segments: &[&str]| find(method, segments).map(|(need, _)| need);
        assert_eq!(find(Get, &["extensions", "new"]), Some(OfKind(Write)));
        assert_eq!(find(Get, &["extensions", "7"]), Some(OfKind(Read)));
        assert_eq!(find(Get, &["sip"]), Some(panel(Panel::Settings, Read)));
        assert_eq!(find(Post, &["calls"]), None);
        assert_eq!(find(Get, &["api", "v1", "nothing"]), None);
    }
}
