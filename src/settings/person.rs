//! Adding a person in one go: number and names, accounts, voicemail box, local user.
//!
//! In flows a [`Person`] as the form or the API describes it; out flows one [`Edit`], made whole or not at all, and for each fault of
//! it the [`Part`] of the person beside which it belongs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::base::id::TenantId;
use crate::base::limits::LIST_VALUES_MAX;
use crate::text::fault::{Owner, Reason};

use super::own::Own;
use super::{Change, Edit, Fault, Kind, Settings};

/// Somebody to add. Each part has the keys of its kind; what links the parts is not among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Number, names, e-mail, mobile, template, and whatever else an extension has; `tenant` counts for all parts.
    pub extension: Own,
    pub accounts: Vec<PersonAccount>,
    /// With the extension's number unless it gives one.
    pub mailbox: Option<Own>,
    /// With the role of a tenant user unless it gives one. `password_hash` is made by whoever calls.
    pub user: Option<Own>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PersonAccount {
    /// Without a username one is made of the number: `101-1`.
    New(Own),
    /// An account that is there and belongs to no extension.
    Existing(i64),
}

/// What of a person a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Extension,
    /// Counted from 0, as in [`Person::accounts`].
    Account(usize),
    Mailbox,
    User,
}

/// A person as an edit.
#[derive(Clone, Debug)]
pub struct PersonEdit {
    pub edit: Edit,
    /// The part behind each change of the edit.
    parts: Vec<Part>,
    /// What the edit itself cannot tell: an account that belongs to somebody.
    faults: Vec<Fault>,
}

impl Person {
    /// The edit that adds this person to those settings.
    pub fn edit(&self, settings: &Settings) -> PersonEdit {
        let number = self.extension.text("number").unwrap_or_default().trim().to_owned();
        let tenant = self.extension.get("tenant").cloned();
        let linked = |mut own: Own, has_tenant: bool| {
            if let (true, Some(tenant)) = (has_tenant, &tenant) {
                own = own.with("tenant", tenant.clone());
            }
            own.with("extension", number.clone())
        };
        let mut person =
            PersonEdit { edit: Edit { changes: Vec::new(), based_on: Some(settings.revision) }, parts: Vec::new(), faults: Vec::new() };
        person.push(Part::Extension, Kind::Extension, None, self.extension.clone());
        let mut made = BTreeSet::new();
        for (at, account) in self.accounts.iter().enumerate() {
            match account {
                PersonAccount::New(own) => {
                    let mut own = linked(own.clone(), true);
                    if own.text("username").is_none_or(|name| name.trim().is_empty()) && !number.is_empty() {
                        own = own.with("username", settings.free_username(&number, &mut made));
                    }
                    person.push(Part::Account(at), Kind::Account, None, own);
                }
                PersonAccount::Existing(id) => {
                    person.refuse_taken(settings, at, *id);
                    let own = Own::default().with("extension", number.clone());
                    person.push(Part::Account(at), Kind::Account, Some(*id), own);
                }
            }
        }
        if let Some(mailbox) = &self.mailbox {
            let mut own = linked(mailbox.clone(), true);
            if own.text("number").is_none_or(|number| number.trim().is_empty()) {
                own = own.with("number", number.clone());
            }
            person.push(Part::Mailbox, Kind::Mailbox, None, own);
        }
        if let Some(user) = &self.user {
            let mut own = linked(user.clone(), false);
            if own.get("role").is_none_or(Value::is_null) {
                own = own.with("role", "tenant_user");
            }
            person.push(Part::User, Kind::User, None, own);
        }
        person
    }
}

impl PersonEdit {
    /// All that is wrong, by part, or nothing: then the edit can be saved.
    pub fn check(&self, settings: &Settings) -> Vec<(Part, Fault)> {
        let mut faults = self.faults.clone();
        // What passwords would be generated does not matter to a look.
        if let Err(others) = settings.edited(&self.edit, &mut || [0; 24]) {
            faults.extend(others);
        }
        self.by_part(faults)
    }

    /// Faults of the edit, each with the part of the person that it is about. Where one number is missing, what hangs on it is not
    /// told again for each part.
    pub fn by_part(&self, faults: Vec<Fault>) -> Vec<(Part, Fault)> {
        let part_of = |fault: &Fault| fault.change.map_or(Part::Extension, |at| self.part(at));
        let mut faults: Vec<(Part, Fault)> = faults.into_iter().map(|fault| (part_of(&fault), fault)).collect();
        let is_number_wrong = faults.iter().any(|(part, fault)| *part == Part::Extension && fault.field == "number");
        faults.retain(|(part, fault)| {
            *part == Part::Extension || fault.field != "extension" || !is_number_wrong || self.faults.contains(fault)
        });
        faults.sort_by_key(|(part, _)| *part);
        faults
    }

    /// What a change of the edit is about.
    pub fn part(&self, at: usize) -> Part {
        self.parts.get(at).copied().unwrap_or(Part::Extension)
    }

    fn push(&mut self, part: Part, kind: Kind, id: Option<i64>, own: Own) {
        self.edit.changes.push(Change::Put { kind, id, own });
        self.parts.push(part);
    }

    fn refuse_taken(&mut self, settings: &Settings, at: usize, id: i64) {
        let Some(extension) = settings.own(Kind::Account, id).and_then(|own| own.id("extension")) else { return };
        let name = settings.name_of(Kind::Account, id);
        self.faults.push(Fault {
            change: Some(self.edit.changes.len()),
            kind: Kind::Account,
            id: Some(id),
            field: "extension".to_owned(),
            path: format!("account[{at}].extension"),
            place: format!("{} {name}, extension", Kind::Account.words().one.english),
            line: None,
            reason: Reason::Taken {
                owner: Owner { kind: Kind::Extension.words().one, name: settings.name_of(Kind::Extension, extension) },
            },
        });
    }
}

impl Settings {
    /// So many numbers (or as many as a list may have) for new extensions: they go on behind the numbers in use, and pass over those of boxes and services.
    pub fn free_numbers(&self, tenant: TenantId, count: usize) -> Vec<String> {
        let extensions: BTreeSet<&str> = self.extensions.values().filter(|of| of.tenant == tenant).map(|of| of.number.as_str()).collect();
        let boxes: BTreeSet<&str> = self.mailboxes.values().filter(|of| of.tenant == tenant).map(|of| of.number.as_str()).collect();
        let digits = most_common(extensions.iter().map(|number| number.len())).unwrap_or(3);
        let power = 10_u64.pow(u32::try_from(digits).unwrap_or(3));
        let parsed = extensions.iter().filter(|number| number.len() == digits).filter_map(|number| number.parse::<u64>().ok());
        let in_use: Vec<u64> = parsed.collect();
        // Most people sit in one hundred; a reception at 900 does not move it.
        let hundred = most_common(in_use.iter().map(|number| number / 100)).unwrap_or(1);
        let last = in_use.iter().copied().filter(|number| number / 100 == hundred).max().unwrap_or(100);
        let upwards = last + 1..power;
        let from_start = power / 10..=last;
        upwards
            .chain(from_start)
            .map(|number| format!("{number:0digits$}"))
            .filter(|number| {
                !extensions.contains(number.as_str())
                    && !boxes.contains(number.as_str())
                    && self.numbering.codes.collision(number).is_none()
                    && !self.numbering.is_emergency(number)
            })
            .take(count.min(LIST_VALUES_MAX))
            .collect()
    }

    /// `101-1`, or the next that no account has.
    fn free_username(&self, number: &str, made: &mut BTreeSet<String>) -> String {
        let mut names = (1_u32..).map(|count| format!("{number}-{count}"));
        let name = names.find(|name| self.account_by_username(name).is_none() && !made.contains(name)).unwrap_or_default();
        made.insert(name.clone());
        name
    }
}

/// The value that comes most often; of several, the lowest.
fn most_common<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0_usize) += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn edited(settings: &Settings, edit: &Edit) -> Settings {
        settings.edited(edit, &mut || [3; 24]).expect("sound").settings
    }

    fn with_numbers(numbers: &[&str]) -> Settings {
        let put = |number: &&str| Change::Put { kind: Kind::Extension, id: None, own: Own::default().with("number", *number) };
        edited(&Settings::fresh(), &Edit { changes: numbers.iter().map(put).collect(), based_on: None })
    }

    fn anna() -> Person {
        Person {
            extension: Own::default().with("number", "101").with("first_name", "Anna").with("email", "anna@example.com"),
            accounts: vec![PersonAccount::New(Own::default()), PersonAccount::New(Own::default().with("username", "anna-soft"))],
            mailbox: Some(Own::default().with("notify", true)),
            user: Some(Own::default().with("username", "anna").with("password_hash", "$argon2id$x").with("cti_access", true)),
        }
    }

    #[test]
    fn a_person_comes_whole() {
        let settings = Settings::fresh();
        let person = anna().edit(&settings);
        assert_eq!(person.check(&settings), []);
        let after = edited(&settings, &person.edit);
        let extension = after.extension_by_number(after.default_tenant(), "101").expect("there");
        let names: Vec<&str> = after.accounts_of(extension.id).iter().map(|id| after.accounts[id].username.as_str()).collect();
        assert_eq!(names, ["101-1", "anna-soft"]);
        let mailbox = after.mailboxes.values().next().expect("there");
        assert_eq!((mailbox.number.as_str(), mailbox.extension, mailbox.notify), ("101", Some(extension.id), true));
        let user = after.user_by_username("anna").expect("there");
        assert_eq!((user.role, user.extension, user.cti_access), (super::super::Role::TenantUser, Some(extension.id), true));
    }

    #[test]
    fn a_person_of_another_tenant_is_linked_there() {
        let acme = Change::Put { kind: Kind::Tenant, id: None, own: Own::default().with("name", "Acme") };
        let bystander = Change::Put { kind: Kind::Extension, id: None, own: Own::default().with("number", "101") };
        let settings = edited(&Settings::fresh(), &Edit { changes: vec![acme, bystander], based_on: None });
        let mut person = anna();
        person.extension = person.extension.with("tenant", "Acme");
        let after = edited(&settings, &person.edit(&settings).edit);
        let tenant = after.tenants.values().find(|tenant| tenant.name == "Acme").expect("there").id;
        let extension = after.extension_by_number(tenant, "101").expect("there");
        assert_eq!(after.accounts_of(extension.id).len(), 2);
        assert_eq!(after.user_by_username("anna").expect("there").extension, Some(extension.id));
    }

    #[test]
    fn a_free_account_is_linked_and_one_in_use_is_not() {
        let account = |name: &str| Change::Put { kind: Kind::Account, id: None, own: Own::default().with("username", name) };
        let settings = edited(&with_numbers(&["101"]), &Edit { changes: vec![account("free")], based_on: None });
        let mut person = anna();
        person.extension = person.extension.with("number", "102");
        person.accounts = vec![PersonAccount::Existing(1)];
        let after = edited(&settings, &person.edit(&settings).edit);
        assert_eq!(after.accounts_of(crate::base::id::ExtensionId(2)), [crate::base::id::AccountId(1)]);
        let mut another = anna();
        another.extension = another.extension.with("number", "103");
        another.user = None;
        another.accounts = vec![PersonAccount::New(Own::default()), PersonAccount::Existing(1)];
        let faults = another.edit(&after).check(&after);
        let said: Vec<(Part, String)> = faults.iter().map(|(part, fault)| (*part, fault.say(Language::English))).collect();
        assert_eq!(said, [(Part::Account(1), "extension 102 has it already".to_owned())]);
    }

    #[test]
    fn faults_come_beside_their_part() {
        let settings = with_numbers(&["101"]);
        let mut person = anna();
        person.extension = person.extension.with("email", "anna");
        person.accounts.push(PersonAccount::New(Own::default().with("username", "an na")));
        person.mailbox = Some(Own::default().with("attach_audio", true));
        person.user = Some(Own::default().with("username", "anna"));
        let faults = person.edit(&settings).check(&settings);
        let places: Vec<(Part, &str)> = faults.iter().map(|(part, fault)| (*part, fault.field.as_str())).collect();
        let expected = [
            (Part::Extension, "email"),
            (Part::Extension, "number"),
            (Part::Account(2), "username"),
            (Part::Mailbox, "attach_audio"),
            (Part::User, "password_hash"),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn free_numbers_go_on_behind_those_in_use() {
        let free = |numbers: &[&str], count| {
            let settings = with_numbers(numbers);
            settings.free_numbers(settings.default_tenant(), count)
        };
        assert_eq!(free(&[], 2), ["101", "102"]);
        assert_eq!(free(&["101", "102", "104", "900"], 2), ["105", "106"]);
        assert_eq!(free(&["799", "798"], 3), ["803", "804", "805"], "800 to 802 are services");
        assert_eq!(free(&["998", "999"], 1), ["100"], "behind the last comes the first");
        assert_eq!(free(&["2001", "2002"], 1), ["2003"]);
        assert_eq!(free(&["0201", "0202"], 1), ["0203"]);
    }
}
