//! Who may bind: a local user with his password, or a phone with the account that it registers with.

use sha2::{Digest as _, Sha256};

use crate::base::id::TenantId;
use crate::phonebook::Viewer;
use crate::secret::{NOBODYS_HASH, Secret, constant_time_eq, verify_password};
use crate::settings::{Role, Settings};

use super::dn::Dn;

/// What a client has given. `Debug` shows no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `anna`, or a name of the tree whose first level says it: `uid=anna,ou=people,dc=trillo`.
    pub name: String,
    pub password: Secret,
}

/// Who has bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub username: String,
    pub tenant: TenantId,
    pub viewer: Viewer,
}

/// Slow, as passwords of people are: never on a thread that others wait for. Unknown names, disabled accounts and wrong passwords take
/// the same work; only a phone with its right secret is quicker.
pub fn verify(settings: &Settings, credentials: &Credentials) -> Option<Identity> {
    let username = username_of(&credentials.name);
    if let Some(identity) = verify_phone(settings, &username, &credentials.password) {
        return Some(identity);
    }
    let user = settings.user_by_username(&username);
    let is_right = verify_password(&credentials.password, user.map_or(NOBODYS_HASH, |user| user.password_hash.as_str()));
    user.filter(|_| is_right).map(|user| Identity {
        username: user.username.clone(),
        tenant: settings.default_tenant(),
        viewer: Viewer {
            user: Some(user.id),
            sees_mobiles: match user.role {
                Role::Administrator => true,
            },
        },
    })
}

/// By hash, so that the time tells neither the length nor the beginning of the secret.
fn verify_phone(settings: &Settings, username: &str, password: &Secret) -> Option<Identity> {
    let account = settings.account_by_username(username).filter(|account| account.enabled);
    let hash = |secret: &str| Sha256::digest(secret.as_bytes());
    let known = account.map_or("", |account| account.password.expose());
    let is_same = constant_time_eq(&hash(known), &hash(password.expose()));
    account.filter(|_| is_same).map(|account| Identity {
        username: account.username.clone(),
        tenant: account.tenant,
        viewer: Viewer { user: None, sees_mobiles: false },
    })
}

fn username_of(name: &str) -> String {
    match Dn::parse(name).as_ref().and_then(Dn::leaf) {
        Some(leaf) => leaf.value.clone(),
        None => name.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hash_password;
    use crate::settings::{Change, Edit, Kind, Own};

    #[test]
    fn users_and_phones_bind_others_do_not() {
        let put = |kind, own| Change::Put { kind, id: None, own };
        let account = |name: &str| Own::default().with("username", name).with("password", "phone-secret");
        let changes = vec![
            put(Kind::User, Own::default().with("username", "carla").with("password_hash", hash_password(&Secret::new("horse"), [1; 16]))),
            put(Kind::Account, account("anna-desk")),
            put(Kind::Account, account("off-desk").with("enabled", false)),
        ];
        let settings = Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [9; 24]).unwrap().settings;
        let check = |name: &str, password: &str, expected: Option<&str>| {
            let credentials = Credentials { name: name.to_owned(), password: Secret::new(password) };
            let identity = verify(&settings, &credentials);
            assert_eq!(identity.as_ref().map(|identity| identity.username.as_str()), expected, "{name} {password}");
        };
        check("carla", "horse", Some("carla"));
        check("CARLA", "horse", Some("carla"));
        check("uid=carla,ou=people,dc=trillo", "horse", Some("carla"));
        check("cn=anna-desk", "phone-secret", Some("anna-desk"));
        check("anna-desk", "phone-secret", Some("anna-desk"));
        for (name, password) in [("carla", "hors"), ("anna-desk", "phone-secre"), ("off-desk", "phone-secret"), ("nobody", ""), ("", "")] {
            check(name, password, None);
        }
    }
}
