use std::collections::{BTreeMap, HashMap};

use crate::base::Codec;
use crate::base::id::{AccountId, ExtensionId, TenantId, UserId};

use super::{Account, Extension, SipSettings, Tenant, User};

/// All settings as they are at one revision. Never changed; an edit makes the next one.
#[derive(Clone, Debug)]
pub struct Settings {
    pub revision: u64,
    /// True once there is an administrator, or settings were applied locally. Until then the web shows the claim page only and
    /// SIP answers 503.
    pub claimed: bool,
    pub tenants: BTreeMap<TenantId, Tenant>,
    pub extensions: BTreeMap<ExtensionId, Extension>,
    pub accounts: BTreeMap<AccountId, Account>,
    pub users: BTreeMap<UserId, User>,
    pub sip: SipSettings,
    usernames: HashMap<String, AccountId>,
    numbers: HashMap<TenantId, HashMap<String, ExtensionId>>,
    accounts_of: BTreeMap<ExtensionId, Vec<AccountId>>,
}

impl Settings {
    /// Those of a box that nobody has touched: one tenant, no extension, unclaimed.
    pub fn fresh() -> Settings {
        Settings {
            revision: 0,
            claimed: false,
            tenants: BTreeMap::from([(TenantId(1), Tenant { id: TenantId(1), name: "default".to_owned() })]),
            extensions: BTreeMap::new(),
            accounts: BTreeMap::new(),
            users: BTreeMap::new(),
            sip: SipSettings {
                realm: "trillo".to_owned(),
                expires_max: 3600,
                expires_min: 60,
                external_address: None,
                local_networks: vec![],
                codecs: Codec::ALL.to_vec(),
            },
            usernames: HashMap::new(),
            numbers: HashMap::new(),
            accounts_of: BTreeMap::new(),
        }
    }

    /// Ignoring case, as RFC 3261 does not but people do.
    pub fn account_by_username(&self, username: &str) -> Option<&Account> {
        let id = match self.usernames.get(username) {
            Some(id) => id,
            None => self.usernames.get(&username.to_ascii_lowercase())?,
        };
        self.accounts.get(id)
    }

    pub fn extension_by_number(&self, tenant: TenantId, number: &str) -> Option<&Extension> {
        self.extensions.get(self.numbers.get(&tenant)?.get(number)?)
    }

    /// The accounts of an extension, disabled ones too, the oldest first.
    pub fn accounts_of(&self, extension: ExtensionId) -> &[AccountId] {
        self.accounts_of.get(&extension).map_or(&[], Vec::as_slice)
    }

    pub fn extension_of(&self, account: &Account) -> Option<&Extension> {
        self.extensions.get(&account.extension?)
    }

    pub fn user_by_username(&self, username: &str) -> Option<&User> {
        self.users.values().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    /// What names no tenant belongs to the oldest.
    pub fn default_tenant(&self) -> TenantId {
        self.tenants.keys().next().copied().unwrap_or(TenantId(1))
    }
}
