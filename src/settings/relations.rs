//! What rows say of each other: names that are unique, references that lead somewhere, limits over all.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::base::limits::ENTITIES_MAX;
use crate::text::fault::{Owner, Reason};

use super::draft::{Draft, RowKey};
use super::field::{Default, Shape};
use super::snapshot::name_in;
use super::{Account, Kind, Own, SipSettings};

/// Names in use: of a kind, in a tenant (0 where the name is the whole box's), in lower case.
type Names = HashMap<(Kind, i64, String), i64>;

pub(super) fn check(draft: &mut Draft) {
    let default_tenant = ids(draft, Kind::Tenant).next().unwrap_or(0);
    let mut names = Names::new();
    let mut users_of: BTreeMap<RowKey, (Owner, usize)> = BTreeMap::new();
    // Kinds come in the order of reference, so what a row names has been seen.
    for kind in Kind::ALL {
        let ids: Vec<i64> = ids(draft, kind).collect();
        if ids.len() > ENTITIES_MAX
            && let Some(last) = ids.last()
        {
            draft.refuse((kind, *last), "", Reason::TooMany { max: ENTITIES_MAX });
        }
        for id in ids {
            let key = (kind, id);
            references(draft, key, default_tenant, &names, &mut users_of);
            if draft.touched.contains_key(&key) {
                required(draft, key);
            }
            unique(draft, key, default_tenant, &mut names);
        }
    }
    for (key, (user, more)) in users_of {
        draft.refuse_deletion(key, Reason::InUse { user, more });
    }
    for kind in [Kind::Tenant, Kind::User] {
        let deleted = draft.deleted.keys().find(|(deleted, _)| *deleted == kind).copied();
        let is_left = ids(draft, kind).next().is_some();
        if let (Some(deleted), false) = (deleted, is_left) {
            draft.refuse_deletion(deleted, Reason::LastOne);
        }
    }
    sip(draft);
}

fn ids(draft: &Draft, kind: Kind) -> impl Iterator<Item = i64> + use<'_> {
    draft.rows.range((kind, i64::MIN)..=(kind, i64::MAX)).map(|((_, id), _)| *id)
}

fn tenant_of(own: &Own, default_tenant: i64) -> i64 {
    own.id("tenant").unwrap_or(default_tenant)
}

/// Turns names into ids, and sees that ids lead somewhere.
fn references(draft: &mut Draft, key: RowKey, default_tenant: i64, names: &Names, users_of: &mut BTreeMap<RowKey, (Owner, usize)>) {
    for field in key.0.fields() {
        let Shape::Reference(target) = field.shape else { continue };
        let Some(own) = draft.rows.get(&key).cloned() else { return };
        let tenant = if target == Kind::Tenant { 0 } else { tenant_of(&own, default_tenant) };
        let id = match own.get(field.key) {
            None if field.default == Default::DefaultTenant => {
                set(draft, key, field.key, default_tenant);
                continue;
            }
            None => continue,
            Some(Value::String(name)) => match names.get(&(target, tenant, name.to_lowercase())) {
                Some(id) => {
                    set(draft, key, field.key, *id);
                    *id
                }
                None => {
                    draft.refuse(key, field.key, Reason::NoSuch { kind: target.words().one, given: name.clone() });
                    continue;
                }
            },
            Some(value) => value.as_i64().unwrap_or(0),
        };
        match draft.rows.get(&(target, id)) {
            Some(row) if target != Kind::Tenant && tenant_of(row, default_tenant) != tenant => {
                draft.refuse(key, field.key, Reason::OtherTenant);
            }
            Some(_) => {}
            None if draft.deleted.contains_key(&(target, id)) => {
                let name = name_in(&draft.rows, key.0, key.1);
                let user = || (Owner { kind: key.0.words().one, name }, 0);
                users_of.entry((target, id)).and_modify(|(_, more)| *more += 1).or_insert_with(user);
            }
            None => draft.refuse(key, field.key, Reason::NoSuch { kind: target.words().one, given: format!("#{id}") }),
        }
    }
}

fn set(draft: &mut Draft, key: RowKey, name: &str, id: i64) {
    if let Some(own) = draft.rows.get_mut(&key) {
        Arc::make_mut(own).0.insert(name.to_owned(), id.into());
    }
}

fn required(draft: &mut Draft, key: RowKey) {
    for field in key.0.fields() {
        let is_there = draft.rows.get(&key).is_some_and(|own| own.0.contains_key(field.key));
        if field.default == Default::Required && !is_there && !draft.is_refused(key, field.key) {
            draft.refuse(key, field.key, Reason::Missing);
        }
    }
}

fn unique(draft: &mut Draft, key: RowKey, default_tenant: i64, names: &mut Names) {
    let Some(name_key) = key.0.name_key() else { return };
    let Some(own) = draft.rows.get(&key) else { return };
    let tenant = if key.0 == Kind::Extension { tenant_of(own, default_tenant) } else { 0 };
    let Some(name) = own.text(name_key).map(str::to_lowercase).filter(|_| !draft.is_refused(key, name_key)) else { return };
    let Some(other) = names.insert((key.0, tenant, name.clone()), key.1) else { return };
    // Who came with this edit, and of two the later, is at fault.
    let order = |id: i64| draft.touched.get(&(key.0, id)).map(|touch| touch.ordinal);
    let (faulty, owner) = if order(key.1) > order(other) || order(other).is_none() { (key.1, other) } else { (other, key.1) };
    names.insert((key.0, tenant, name), owner);
    let owner = Owner { kind: key.0.words().one, name: describe(draft, key.0, owner) };
    draft.refuse((key.0, faulty), name_key, Reason::Taken { owner });
}

/// An extension with its person's name, so that "101 is taken" says by whom.
fn describe(draft: &Draft, kind: Kind, id: i64) -> String {
    let name = name_in(&draft.rows, kind, id);
    let Some(own) = draft.rows.get(&(kind, id)).filter(|_| kind == Kind::Extension) else { return name };
    let person: Vec<&str> = ["first_name", "last_name"].iter().filter_map(|key| own.text(key)).collect();
    if person.is_empty() { name } else { format!("{name} ({})", person.join(" ")) }
}

fn sip(draft: &mut Draft) {
    let key = (Kind::Sip, 1);
    let sip = draft.rows.get(&key).map_or_else(|| SipSettings::new(&Own::default()), |own| SipSettings::new(own));
    if sip.expires_min > sip.expires_max {
        draft.refuse(key, "expires_min", Reason::OutOfRange { min: 10, max: sip.expires_max.into() });
    }
    let is_sip_touched = draft.touched.contains_key(&key);
    let accounts: Vec<i64> = ids(draft, Kind::Account).collect();
    for id in accounts {
        let account_key = (Kind::Account, id);
        let is_touched = draft.touched.contains_key(&account_key);
        if !is_touched && !is_sip_touched || draft.is_refused(account_key, "codecs") || draft.is_refused(key, "codecs") {
            continue;
        }
        let Some(own) = draft.rows.get(&account_key) else { continue };
        if Account::codecs_of(own, &sip.codecs).is_empty() {
            let account = Owner { kind: Kind::Account.words().one, name: name_in(&draft.rows, Kind::Account, id) };
            let faulty = if is_touched { account_key } else { key };
            draft.refuse(faulty, "codecs", Reason::NoCodecAllowed { account });
        }
    }
}
