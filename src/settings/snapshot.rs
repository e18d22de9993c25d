use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::id::{
    AccountId, AccountTemplateId, AudioId, ClassId, ContactId, ExtensionId, ExtensionTemplateId, LineId, MailboxId, PickupGroupId, RoleId,
    SelectionId, TenantId, TokenId, UserId,
};

use super::own::Values;
use super::{
    Account, Audio, Class, Contact, CustomSelection, Extension, Kind, Line, Mailbox, Numbering, Own, OwnRole, PhonebookSettings,
    PickupGroup, Role, SipSettings, Template, Tenant, Token, User,
};

/// What every entity has of its own.
pub type Rows = BTreeMap<(Kind, i64), Arc<Own>>;

/// All settings as they are at one revision. Never changed; an edit makes the next one.
#[derive(Clone, Debug)]
pub struct Settings {
    pub revision: u64,
    /// True once there is an administrator, or settings were applied locally. Until then the web shows the claim page only and
    /// SIP answers 503.
    pub claimed: bool,
    pub sip: SipSettings,
    pub phonebook: PhonebookSettings,
    pub numbering: Numbering,
    pub tenants: BTreeMap<TenantId, Tenant>,
    pub pickup_groups: BTreeMap<PickupGroupId, PickupGroup>,
    pub lines: BTreeMap<LineId, Line>,
    pub classes: BTreeMap<ClassId, Class>,
    pub extension_templates: BTreeMap<ExtensionTemplateId, Template>,
    pub account_templates: BTreeMap<AccountTemplateId, Template>,
    pub extensions: BTreeMap<ExtensionId, Extension>,
    pub mailboxes: BTreeMap<MailboxId, Mailbox>,
    pub selections: BTreeMap<SelectionId, CustomSelection>,
    pub accounts: BTreeMap<AccountId, Account>,
    pub roles: BTreeMap<RoleId, OwnRole>,
    pub users: BTreeMap<UserId, User>,
    pub tokens: BTreeMap<TokenId, Token>,
    pub contacts: BTreeMap<ContactId, Contact>,
    pub audio: BTreeMap<AudioId, Audio>,
    rows: Rows,
    /// The id that the next new entity of a kind gets. Ids are never given twice: a binding may still name an old one.
    next_ids: BTreeMap<Kind, i64>,
    /// The revision that last changed an entity; absent if that was before all that are remembered.
    changed_in: BTreeMap<(Kind, i64), u64>,
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
    pub(super) fn new(rows: Rows, next_ids: BTreeMap<Kind, i64>, revision: u64, claimed: bool) -> Settings {
        let none = Own::default();
        let single = |kind: Kind| rows.get(&(kind, 1)).map_or(&none, |own| own);
        let mut settings = Settings {
            revision,
            claimed,
            sip: SipSettings::new(single(Kind::Sip)),
            phonebook: PhonebookSettings::new(&Values::new(Kind::Phonebook, single(Kind::Phonebook))),
            numbering: Numbering::new(&Values::new(Kind::Numbering, single(Kind::Numbering))),
            tenants: BTreeMap::new(),
            pickup_groups: BTreeMap::new(),
            lines: BTreeMap::new(),
            classes: BTreeMap::new(),
            extension_templates: BTreeMap::new(),
            account_templates: BTreeMap::new(),
            extensions: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            selections: BTreeMap::new(),
            accounts: BTreeMap::new(),
            roles: BTreeMap::new(),
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            contacts: BTreeMap::new(),
            audio: BTreeMap::new(),
            rows: Rows::new(),
            next_ids,
            changed_in: BTreeMap::new(),
            usernames: HashMap::new(),
            numbers: HashMap::new(),
            accounts_of: BTreeMap::new(),
        };
        let default_tenant = rows_of(&rows, Kind::Tenant).next().map_or(1, |(id, _)| id);
        for ((kind, id), own) in &rows {
            let template = own.id("template").zip(kind.template()).and_then(|(id, kind)| rows.get(&(kind, id))).map(|own| &**own);
            let tenant = TenantId(own.id("tenant").unwrap_or(default_tenant));
            settings.insert(*id, tenant, &Values { kind: *kind, own, template });
            let next = settings.next_ids.entry(*kind).or_insert(1);
            *next = (*next).max(id + 1);
        }
        settings.claimed |= settings.has_administrator();
        settings.rows = rows;
        settings
    }

    fn insert(&mut self, id: i64, tenant: TenantId, values: &Values<'_>) {
        match values.kind {
            Kind::Sip | Kind::Phonebook | Kind::Numbering => {}
            Kind::Tenant => drop(self.tenants.insert(TenantId(id), Tenant::new(id, values))),
            Kind::PickupGroup => drop(self.pickup_groups.insert(PickupGroupId(id), PickupGroup::new(id, tenant, values))),
            Kind::Line => drop(self.lines.insert(LineId(id), Line::new(id, tenant, values))),
            Kind::Class => drop(self.classes.insert(ClassId(id), Class::new(id, tenant, values))),
            Kind::ExtensionTemplate => {
                self.extension_templates.insert(ExtensionTemplateId(id), Template::new(id, tenant, values.own));
            }
            Kind::AccountTemplate => drop(self.account_templates.insert(AccountTemplateId(id), Template::new(id, tenant, values.own))),
            Kind::Extension => {
                let extension = Extension::new(id, tenant, values);
                self.numbers.entry(tenant).or_default().insert(extension.number.clone(), extension.id);
                self.extensions.insert(extension.id, extension);
            }
            Kind::Mailbox => drop(self.mailboxes.insert(MailboxId(id), Mailbox::new(id, tenant, values))),
            Kind::Selection => drop(self.selections.insert(SelectionId(id), CustomSelection::new(id, tenant, values))),
            Kind::Account => {
                let account = Account::new(id, tenant, values, &self.sip);
                self.usernames.insert(account.username.to_ascii_lowercase(), account.id);
                self.usernames.insert(account.username.clone(), account.id);
                if let Some(extension) = account.extension {
                    self.accounts_of.entry(extension).or_default().push(account.id);
                }
                self.accounts.insert(account.id, account);
            }
            Kind::Role => drop(self.roles.insert(RoleId(id), OwnRole::new(id, values))),
            Kind::User => drop(self.users.insert(UserId(id), User::new(id, values))),
            Kind::Token => drop(self.tokens.insert(TokenId(id), Token::new(id, values))),
            Kind::Audio => drop(self.audio.insert(AudioId(id), Audio::new(id, tenant, values))),
            Kind::Contact => drop(self.contacts.insert(ContactId(id), Contact::new(id, tenant, values))),
        }
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

    /// Somebody could log in and change everything: the box has an owner.
    pub fn has_administrator(&self) -> bool {
        self.users.values().any(|user| user.role == Role::Administrator && user.web_access)
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

    /// The entities of one kind, by id.
    pub fn rows_of(&self, kind: Kind) -> impl Iterator<Item = (i64, &Own)> {
        rows_of(&self.rows, kind)
    }

    /// The revision that last changed the entity; 0 if that is forgotten.
    pub fn changed_in(&self, kind: Kind, id: i64) -> u64 {
        self.changed_in.get(&(kind, id)).copied().unwrap_or(0)
    }

    /// With what is known of when each entity was last changed.
    pub fn with_changes(self, mut changed_in: BTreeMap<(Kind, i64), u64>) -> Settings {
        changed_in.retain(|key, _| key.0.is_single() || self.rows.contains_key(key));
        Settings { changed_in, ..self }
    }

    pub(super) fn changes(&self) -> &BTreeMap<(Kind, i64), u64> {
        &self.changed_in
    }

    pub(super) fn next_ids(&self) -> &BTreeMap<Kind, i64> {
        &self.next_ids
    }

    /// The number, username or name of an entity; its id if it has none.
    pub fn name_of(&self, kind: Kind, id: i64) -> String {
        name_in(&self.rows, kind, id)
    }
}

pub(super) fn rows_of(rows: &Rows, kind: Kind) -> impl Iterator<Item = (i64, &Own)> + use<'_> {
    rows.range((kind, i64::MIN)..=(kind, i64::MAX)).map(|((_, id), own)| (*id, &**own))
}

pub(super) fn name_in(rows: &Rows, kind: Kind, id: i64) -> String {
    let named = |own: &Own| match kind.name_key() {
        Some(key) => own.text(key).map(str::to_owned),
        // A contact is known as people call it, though two may have one name.
        None => {
            let names: Vec<&str> = ["first_name", "last_name", "organization"].iter().filter_map(|key| own.text(key)).collect();
            (!names.is_empty()).then(|| names.join(" "))
        }
    };
    rows.get(&(kind, id)).and_then(|own| named(own)).unwrap_or_else(|| format!("#{id}"))
}
