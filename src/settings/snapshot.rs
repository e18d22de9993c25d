use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::id::{AccountId, ExtensionId, TenantId, UserId};

use super::{Account, Extension, Kind, Own, SipSettings, Tenant, User};

/// What every entity has of its own.
pub type Rows = BTreeMap<(Kind, i64), Arc<Own>>;

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
    rows: Rows,
    /// The id that the next new entity of a kind gets. Ids are never given twice: a binding may still name an old one.
    next_ids: BTreeMap<Kind, i64>,
    /// Spelled as set, and in lower case.
    usernames: HashMap<String, AccountId>,
    numbers: HashMap<TenantId, HashMap<String, ExtensionId>>,
    accounts_of: BTreeMap<ExtensionId, Vec<AccountId>>,
}

impl Settings {
    /// Those of a box that nobody has touched: one tenant, no extension, unclaimed.
    pub fn fresh() -> Settings {
        let tenant = Own::default().with("name", "default");
        Settings::new(Rows::from([((Kind::Tenant, 1), Arc::new(tenant))]), BTreeMap::new(), 0, false)
    }

    /// Out of rows that were checked.
    pub(super) fn new(rows: Rows, mut next_ids: BTreeMap<Kind, i64>, revision: u64, claimed: bool) -> Settings {
        let (mut tenants, mut extensions) = (BTreeMap::new(), BTreeMap::new());
        let (mut accounts, mut users) = (BTreeMap::new(), BTreeMap::new());
        let mut usernames = HashMap::new();
        let mut numbers: HashMap<TenantId, HashMap<String, ExtensionId>> = HashMap::new();
        let mut accounts_of: BTreeMap<ExtensionId, Vec<AccountId>> = BTreeMap::new();
        let sip = rows.get(&(Kind::Sip, 1)).map_or_else(|| SipSettings::new(&Own::default()), |own| SipSettings::new(own));
        let default_tenant = rows.keys().find(|(kind, _)| *kind == Kind::Tenant).map_or(1, |(_, id)| *id);
        for ((kind, id), own) in &rows {
            let next = next_ids.entry(*kind).or_insert(1);
            *next = (*next).max(id + 1);
            let tenant = TenantId(own.id("tenant").unwrap_or(default_tenant));
            match kind {
                Kind::Sip => {}
                Kind::Tenant => {
                    tenants.insert(TenantId(*id), Tenant::new(*id, own));
                }
                Kind::Extension => {
                    let extension = Extension::new(*id, tenant, own);
                    numbers.entry(tenant).or_default().insert(extension.number.clone(), extension.id);
                    extensions.insert(extension.id, extension);
                }
                Kind::Account => {
                    let account = Account::new(*id, tenant, own, &sip.codecs);
                    usernames.insert(account.username.to_ascii_lowercase(), account.id);
                    usernames.insert(account.username.clone(), account.id);
                    if let Some(extension) = account.extension {
                        accounts_of.entry(extension).or_default().push(account.id);
                    }
                    accounts.insert(account.id, account);
                }
                Kind::User => {
                    users.insert(UserId(*id), User::new(*id, own));
                }
            }
        }
        let claimed = claimed || !users.is_empty();
        Settings { revision, claimed, tenants, extensions, accounts, users, sip, rows, next_ids, usernames, numbers, accounts_of }
    }

    /// Ignoring case.
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

    /// Ignoring case.
    pub fn user_by_username(&self, username: &str) -> Option<&User> {
        self.users.values().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    /// What names no tenant belongs to the oldest.
    pub fn default_tenant(&self) -> TenantId {
        self.tenants.keys().next().copied().unwrap_or(TenantId(1))
    }

    /// What an entity has of its own: what a form shows and a file says.
    pub fn own(&self, kind: Kind, id: i64) -> Option<&Own> {
        self.rows.get(&(kind, id)).map(|own| &**own)
    }

    /// Every entity of all kinds.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    pub(super) fn next_ids(&self) -> &BTreeMap<Kind, i64> {
        &self.next_ids
    }

    /// The number, username or name of an entity; its id if it has none.
    pub fn name_of(&self, kind: Kind, id: i64) -> String {
        name_in(&self.rows, kind, id)
    }
}

pub(super) fn name_in(rows: &Rows, kind: Kind, id: i64) -> String {
    let name = kind.name_key().and_then(|key| rows.get(&(kind, id))?.text(key));
    name.map_or_else(|| format!("#{id}"), str::to_owned)
}
