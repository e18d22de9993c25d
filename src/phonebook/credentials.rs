//! Who may read the phonebook: a local user with his password, or a phone with the account that it registers with. LDAP and the XML
//! files ask alike.

use sha2::{Digest as _, Sha256};

use crate::base::id::TenantId;
use crate::secret::{NOBODYS_HASH, Secret, constant_time_eq, verify_password};
use crate::settings::{Level, Panel, Settings, User};

use super::Viewer;

/// What a phone has given. `Debug` shows no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub name: String,
    pub password: Secret,
}

/// Who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub username: String,
    pub tenant: TenantId,
    pub viewer: Viewer,
}

/// A phone, by the account that it registers with: quick, so that no flood of guesses keeps phones waiting. By hash, so that the time
/// tells neither the length nor the beginning of the secret. The phone sees what the user of its extension sees.
pub fn verify_phone(settings: &Settings, credentials: &Credentials) -> Option<Identity> {
    let account = settings.account_by_username(credentials.name.trim()).filter(|account| account.enabled);
    let extension = account.and_then(|account| settings.extension_of(account));
    let account = account.filter(|_| extension.is_none_or(|extension| extension.enabled));
    let hash = |secret: &Secret| Sha256::digest(secret.expose().as_bytes());
    let known = account.map_or_else(|| hash(&Secret::default()), |account| hash(&account.password));
    let is_same = constant_time_eq(&known, &hash(&credentials.password));
    account.filter(|_| is_same).map(|account| {
        let user = settings.users.values().find(|user| account.extension.is_some() && user.extension == account.extension);
        let viewer = user.map_or(Viewer::default(), |user| viewer_of(settings, user));
        Identity { username: account.username.clone(), tenant: account.tenant, viewer }
    })
}

/// A local user. Slow, as passwords of people are: never on a thread that others wait for. Names that are of no user and wrong
/// passwords take the same work, so that both functions together tell nothing about a name.
pub fn verify_user(settings: &Settings, credentials: &Credentials) -> Option<Identity> {
    let user = settings.user_by_username(credentials.name.trim());
    let is_right = verify_password(&credentials.password, user.map_or(NOBODYS_HASH, |user| user.password_hash.as_str()));
    // A password alone shall never be enough for who has a second factor, and a phonebook has no place for one.
    user.filter(|user| is_right && user.totp_secret.is_empty()).map(|user| {
        let extension = user.extension.and_then(|extension| settings.extensions.get(&extension));
        let tenant = extension.map_or(settings.default_tenant(), |extension| extension.tenant);
        Identity { username: user.username.clone(), tenant, viewer: viewer_of(settings, user) }
    })
}

/// A role sees the mobiles of extensions if it may read extensions.
fn viewer_of(settings: &Settings, user: &User) -> Viewer {
    Viewer { user: Some(user.id), sees_mobiles: settings.rights(user).may(Panel::Extensions, Level::Read) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hash_password;
    use crate::settings::{Change, Edit, Kind, Own};

    fn settings() -> Settings {
        let put = |kind, own| Change::Put { kind, id: None, own };
        let account = |name: &str| Own::default().with("username", name).with("password", "phone-secret");
        let user = |name: &str, role: &str| {
            Own::default().with("username", name).with("password_hash", hash_password(&Secret::new("horse"), [1; 16])).with("role", role)
        };
        let changes = vec![
            put(Kind::Extension, Own::default().with("number", "101")),
            put(Kind::Extension, Own::default().with("number", "102").with("enabled", false)),
            put(Kind::User, user("carla", "administrator")),
            put(Kind::User, user("careful", "tenant_user").with("totp_secret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")),
            put(Kind::User, user("anna", "tenant_user").with("extension", "101")),
            put(Kind::Account, account("anna-desk").with("extension", "101")),
            put(Kind::Account, account("door")),
            put(Kind::Account, account("off-desk").with("enabled", false)),
            put(Kind::Account, account("left-desk").with("extension", "102")),
        ];
        Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [9; 24]).unwrap().settings
    }

    fn identity(settings: &Settings, name: &str, password: &str) -> Option<Identity> {
        let credentials = Credentials { name: name.to_owned(), password: Secret::new(password) };
        verify_phone(settings, &credentials).or_else(|| verify_user(settings, &credentials))
    }

    #[test]
    fn users_and_phones_are_let_in_others_are_not() {
        let settings = settings();
        let check = |name: &str, password: &str, expected: Option<&str>| {
            let identity = identity(&settings, name, password);
            assert_eq!(identity.as_ref().map(|identity| identity.username.as_str()), expected, "{name} {password}");
        };
        check("carla", "horse", Some("carla"));
        check("CARLA", "horse", Some("carla"));
        check("anna-desk", "phone-secret", Some("anna-desk"));
        let phones = ["off-desk", "left-desk"].map(|name| (name, "phone-secret"));
        for (name, password) in
            [("carla", "hors"), ("careful", "horse"), ("anna-desk", "phone-secre"), ("nobody", ""), ("", "")].into_iter().chain(phones)
        {
            check(name, password, None);
        }
    }

    #[test]
    fn a_phone_sees_what_the_user_of_its_extension_sees() {
        let settings = settings();
        let viewer = |name: &str, password: &str| identity(&settings, name, password).unwrap().viewer;
        let anna = settings.user_by_username("anna").map(|user| user.id);
        assert_eq!(viewer("anna", "horse"), Viewer { user: anna, sees_mobiles: false });
        assert_eq!(viewer("anna-desk", "phone-secret"), Viewer { user: anna, sees_mobiles: false });
        assert_eq!(viewer("door", "phone-secret"), Viewer::default());
        assert!(viewer("carla", "horse").sees_mobiles);
    }
}
