//! What there is to ask for: addresses below `/api/v1`, and the methods that each takes.

use crate::base::id::ExtensionId;
use crate::settings::Kind;
use crate::web::http::Method;

/// What an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Version,
    /// The OpenAPI document.
    Document,
    /// Who asks.
    Me,
    /// Several changes at once.
    Changes,
    Registrations,
    LiveCalls,
    /// Those on record.
    Calls,
    /// Who is kept out.
    Bans,
    Ban(u64),
    Events,
    Revisions,
    Revision(u64),
    /// Undoes that one.
    Revert(u64),
    /// The one entity of a kind that has one.
    Single(Kind),
    Collection(Kind),
    Entity(Kind, i64),
    /// What an audio file sounds like.
    Sound(i64),
    /// What is switched at an extension.
    Switches(ExtensionId),
}

impl Resource {
    /// `segments` are what follows `/api/v1`.
    pub fn find(segments: &[&str]) -> Option<Resource> {
        match segments {
            ["version"] => Some(Resource::Version),
            ["openapi.json"] => Some(Resource::Document),
            ["me"] => Some(Resource::Me),
            ["changes"] => Some(Resource::Changes),
            ["registrations"] => Some(Resource::Registrations),
            ["live-calls"] => Some(Resource::LiveCalls),
            ["calls"] => Some(Resource::Calls),
            ["bans"] => Some(Resource::Bans),
            ["bans", id] => Some(Resource::Ban(number(id)?.unsigned_abs())),
            ["events"] => Some(Resource::Events),
            ["revisions"] => Some(Resource::Revisions),
            ["revisions", id] => Some(Resource::Revision(number(id)?.unsigned_abs())),
            ["revisions", id, "revert"] => Some(Resource::Revert(number(id)?.unsigned_abs())),
            ["extensions", id, "switches"] => Some(Resource::Switches(ExtensionId(number(id)?))),
            ["audio-files", id, "sound"] => Some(Resource::Sound(number(id)?)),
            [kind] => {
                let kind = Kind::from_path(kind)?;
                Some(if kind.is_single() { Resource::Single(kind) } else { Resource::Collection(kind) })
            }
            [kind, id] => {
                let kind = Kind::from_path(kind).filter(|kind| !kind.is_single())?;
                Some(Resource::Entity(kind, number(id)?))
            }
            _ => None,
        }
    }

    pub const fn methods(self) -> &'static [Method] {
        match self {
            Resource::Changes | Resource::Revert(_) => &[Method::Post],
            Resource::Ban(_) => &[Method::Delete],
            Resource::Single(_) => &[Method::Get, Method::Put, Method::Patch],
            Resource::Collection(_) => &[Method::Get, Method::Post],
            Resource::Switches(_) => &[Method::Get, Method::Patch],
            Resource::Entity(..) => &[Method::Get, Method::Put, Method::Patch, Method::Delete],
            _ => &[Method::Get],
        }
    }

    /// As `Allow` names them; the door answers HEAD wherever there is a GET.
    pub fn allowed(self) -> String {
        let names = self.methods().iter().map(|method| match method {
            Method::Get => "GET, HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Other => "",
        });
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Written in one way only, so that one thing has one address.
fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_address() {
        for kind in Kind::ALL {
            let expected = if kind.is_single() { Resource::Single(kind) } else { Resource::Collection(kind) };
            assert_eq!(Resource::find(&[kind.path()]), Some(expected));
            let one = Resource::find(&[kind.path(), "7"]);
            assert_eq!(one, (!kind.is_single()).then_some(Resource::Entity(kind, 7)));
        }
    }

    #[test]
    fn one_thing_has_one_address() {
        for id in ["07", "0", "-1", "+7", "7.0", "x", "", "99999999999999999999"] {
            assert_eq!(Resource::find(&["extensions", id]), None, "{id}");
        }
        assert_eq!(Resource::find(&["revisions", "3"]), Some(Resource::Revision(3)));
        assert_eq!(Resource::find(&["extension"]), None);
    }
}
