//! Personal contacts belong to their owner: whatever the role, nobody else sees that they are there.

use serde_json::Value;

use crate::settings::{Difference, Kind, Own, Rights, Settings};

/// Whether somebody with these rights sees that entity at all, if the panel of its kind is open.
pub fn is_visible(rights: &Rights, kind: Kind, own: &Own) -> bool {
    let owner = (kind == Kind::Contact).then(|| own.get("owner")).flatten();
    owner.and_then(Value::as_i64).is_none_or(|owner| owner == rights.user.0)
}

/// What became of another's personal contact, now or then: of it only that something happened is told.
pub fn is_of_another(settings: &Settings, rights: &Rights, difference: &Difference) -> bool {
    if difference.kind != Kind::Contact {
        return false;
    }
    let own_name = Value::from(settings.name_of(Kind::User, rights.user.0));
    let mut owners = difference.fields.iter().filter(|(key, ..)| key == "owner").flat_map(|(_, before, after)| [before, after]).flatten();
    let is_hidden = settings.own(Kind::Contact, difference.id).is_some_and(|own| !is_visible(rights, Kind::Contact, own));
    is_hidden || owners.any(|owner| *owner != own_name)
}
