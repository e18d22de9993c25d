//! Passwords of people on their way into the settings. They are hashed before the store's thread sees them: it has calls to keep, and
//! Argon2id takes half a second on a small board.

use std::collections::BTreeMap;

use crate::secret::{SALT_BYTES, Secret, hash_password, verify_password};
use crate::settings::file::{self, Hashes};
use crate::settings::{Change, Edit, Fault, Kind, Settings, fault_of_password};

use super::{EditRefused, folder};

/// What an edit says in place of a user's `password_hash`, if it comes from people or programs: it can be written and not read.
pub const PASSWORD: &str = "password";
const PASSWORD_HASH: &str = "password_hash";

/// Argon2id of a new administrator's password, salted by the operating system. It takes a while: not on the store's thread.
pub fn hash_new_password(password: &Secret) -> Result<String, EditRefused> {
    match fault_of_password(password) {
        None => Ok(hash_password(password, folder::random::<SALT_BYTES>()?)),
        Some(reason) => Err(EditRefused::Faults(vec![Fault::beside(Some(0), (Kind::User, None), "", PASSWORD, reason)])),
    }
}

/// Puts the hash in the place of each user's password in the edit.
pub fn hash_passwords(edit: &mut Edit) -> Result<(), EditRefused> {
    let mut faults = Vec::new();
    for (at, change) in edit.changes.iter_mut().enumerate() {
        let Change::Put { kind: Kind::User, id, own } = change else { continue };
        let Some(given) = own.0.shift_remove(PASSWORD) else { continue };
        let password = Secret::new(given.as_str().unwrap_or_default());
        if let Some(reason) = fault_of_password(&password) {
            let name = own.get("username").and_then(|name| name.as_str()).unwrap_or_default();
            faults.push(Fault::beside(Some(at), (Kind::User, *id), name, PASSWORD, reason));
            continue;
        }
        own.0.insert(PASSWORD_HASH.to_owned(), hash_password(&password, folder::random::<SALT_BYTES>()?).into());
    }
    if faults.is_empty() { Ok(()) } else { Err(EditRefused::Faults(faults)) }
}

/// The hashes of the passwords that stand in clear in a settings file. Where the user has that password already it is the hash there is,
/// so a file that is applied again changes nothing.
pub(super) fn hashes_of_file(text: &str, settings: &Settings) -> Result<Hashes, EditRefused> {
    let mut hashes = BTreeMap::new();
    for (username, password) in file::passwords(text) {
        let existing = settings.user_by_username(&username).map(|user| &user.password_hash);
        let hash = match existing.filter(|hash| verify_password(&password, hash)) {
            // Shorter than today's least it may be: it was long enough when it was set.
            Some(hash) => hash.clone(),
            // What is wrong with it is said with its line, by who reads the whole file.
            None if fault_of_password(&password).is_some() => continue,
            None => hash_password(&password, folder::random::<SALT_BYTES>()?),
        };
        hashes.insert(username, hash);
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Own;

    #[test]
    fn an_edit_carries_hashes_and_no_passwords() {
        let put = |own| Change::Put { kind: Kind::User, id: None, own };
        let anna = Own::default().with("username", "anna");
        let mut edit = Edit { changes: vec![put(anna.clone().with(PASSWORD, "correct horse"))], based_on: None };
        hash_passwords(&mut edit).expect("long enough");
        let [Change::Put { own, .. }] = edit.changes.as_slice() else { panic!("one change") };
        assert!(own.get(PASSWORD).is_none());
        let hash = own.get(PASSWORD_HASH).and_then(|hash| hash.as_str()).expect("a hash");
        assert!(verify_password(&Secret::new("correct horse"), hash));
        let mut edit = Edit { changes: vec![put(anna.clone()), put(anna.with(PASSWORD, "short"))], based_on: None };
        let Err(EditRefused::Faults(faults)) = hash_passwords(&mut edit) else { panic!("too short") };
        assert_eq!((faults[0].change, faults[0].field.as_str()), (Some(1), PASSWORD));
    }
}
