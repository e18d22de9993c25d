//! What goes with a user: what is nobody's without them, and what nobody else may name. So an edit that deletes the user deletes it too, whoever
//! makes the edit: page, API, file.

use super::Kind;
use super::draft::{Draft, RowKey};
use super::snapshot::rows_of;

/// Kinds of which a user has some, and the key that says whose they are.
const OF_USERS: &[(Kind, &str)] = &[(Kind::Token, "user"), (Kind::Contact, "owner")];

/// True of what goes along when its user is deleted.
pub fn goes_with_user(kind: Kind) -> bool {
    OF_USERS.iter().any(|(of, _)| *of == kind)
}

/// Deletes what belonged to the users whom the edit deletes. What the edit itself touches is not taken from it: it is refused, if it still
/// belongs to them.
pub(super) fn delete(draft: &mut Draft) {
    let users: Vec<(i64, usize)> =
        draft.deleted.iter().filter(|((kind, _), _)| *kind == Kind::User).filter_map(|((_, id), (at, _))| Some((*id, (*at)?))).collect();
    for (user, at) in users {
        for (kind, key) in OF_USERS {
            let belonging = rows_of(&draft.rows, *kind).filter(|(_, own)| own.id(key) == Some(user)).map(|(id, _)| (*kind, id));
            for row in belonging.filter(|row| !draft.touched.contains_key(row)).collect::<Vec<RowKey>>() {
                if let Some(own) = draft.rows.remove(&row) {
                    draft.deleted.insert(row, (Some(at), own));
                }
            }
        }
    }
}
