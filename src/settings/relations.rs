//! What rows say of each other: names that are unique, references that lead somewhere, limits over all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::base::limits::ENTITIES_MAX;
use crate::text::fault::{Owner, Reason};

use super::draft::{Draft, RowKey};
use super::field::{Default, Shape};
use super::own::Values;
use super::record::map_references;
use super::snapshot::{Rows, name_in, rows_of};
use super::{Account, Kind, Own, SipSettings, class, combined, plan_conflicts};

/// Names in use: of a kind, in a tenant (0 where the name is the whole box's), in lower case.
type Names = HashMap<(Kind, i64, String), i64>;

pub(super) fn check(draft: &mut Draft) {
    let default_tenant = ids(draft, Kind::Tenant).next().unwrap_or(0);
    let mut names = Names::new();
    // Tenants first: the name of all else is unique in one.
    unique(draft, Kind::Tenant, default_tenant, &mut names);
    for kind in Kind::ALL {
        let (count, last) = (ids(draft, kind).count(), ids(draft, kind).last());
        if let (true, Some(last)) = (count > ENTITIES_MAX, last) {
            draft.refuse((kind, last), "", Reason::TooMany { max: ENTITIES_MAX });
        }
        if kind.field("tenant").is_some() {
            tenants(draft, kind, default_tenant, &names);
        }
        if kind != Kind::Tenant {
            unique(draft, kind, default_tenant, &mut names);
        }
    }
    references(draft, default_tenant, &names);
    for key in draft.touched.keys().copied().collect::<Vec<_>>() {
        plan_conflicts::of_row(draft, key);
        required(draft, key);
        combined::check(draft, key);
    }
    one_each(draft, Kind::User, "extension");
    one_each(draft, Kind::Mailbox, "extension");
    speed_dials(draft, default_tenant);
    let deleted = draft.deleted.keys().find(|(deleted, _)| *deleted == Kind::Tenant).copied();
    let is_left = ids(draft, Kind::Tenant).next().is_some();
    if let (Some(deleted), false) = (deleted, is_left) {
        draft.refuse_deletion(deleted, Reason::LastOne);
    }
    administrators(draft);
    plan_conflicts::of_codes(draft);
    sip(draft);
}

pub(super) fn has_administrator(rows: &Rows) -> bool {
    rows_of(rows, Kind::User)
        .any(|(_, own)| own.text("role") == Some("administrator") && own.get("web_access") != Some(&Value::Bool(false)))
}

/// Whoever could change everything can afterwards, or somebody else can.
fn administrators(draft: &mut Draft) {
    if !draft.had_administrator || has_administrator(&draft.rows) {
        return;
    }
    let deleted: Vec<RowKey> = draft.deleted.keys().copied().filter(|(kind, _)| *kind == Kind::User).collect();
    let touched: Vec<RowKey> = draft.touched.keys().copied().filter(|(kind, _)| *kind == Kind::User).collect();
    for key in deleted {
        let is_any_left = ids(draft, Kind::User).next().is_some();
        draft.refuse_deletion(key, if is_any_left { Reason::LastAdministrator } else { Reason::LastOne });
    }
    for key in touched {
        let is_administrator = draft.rows.get(&key).is_some_and(|own| own.text("role") == Some("administrator"));
        draft.refuse(key, if is_administrator { "web_access" } else { "role" }, Reason::LastAdministrator);
    }
}

fn ids(draft: &Draft, kind: Kind) -> impl Iterator<Item = i64> + use<'_> {
    rows_of(&draft.rows, kind).map(|(id, _)| id)
}

fn tenant_of(own: &Own, default_tenant: i64) -> i64 {
    own.id("tenant").unwrap_or(default_tenant)
}

/// The tenant of each entity the edit touches, as an id, so that its other names can be looked up there.
fn tenants(draft: &mut Draft, kind: Kind, default_tenant: i64, names: &Names) {
    let touched: Vec<RowKey> = draft.touched.range((kind, i64::MIN)..=(kind, i64::MAX)).map(|(key, _)| *key).collect();
    for key in touched {
        let Some(own) = draft.rows.get(&key) else { continue };
        match own.get("tenant").cloned() {
            None => set(draft, key, "tenant", default_tenant.into()),
            Some(Value::String(name)) => match names.get(&(Kind::Tenant, 0, name.to_lowercase())) {
                Some(id) => set(draft, key, "tenant", (*id).into()),
                None => draft.refuse(key, "tenant", Reason::NoSuch { kind: Kind::Tenant.words().one, given: name }),
            },
            Some(_) => {}
        }
    }
}

/// Turns names into ids, and sees that ids lead somewhere: of what the edit touches, and of all if something was deleted.
fn references(draft: &mut Draft, default_tenant: i64, names: &Names) {
    let mut users_of: BTreeMap<RowKey, (Owner, usize)> = BTreeMap::new();
    let keys: Vec<RowKey> =
        if draft.deleted.is_empty() { draft.touched.keys().copied().collect() } else { draft.rows.keys().copied().collect() };
    for key in keys {
        for field in key.0.fields() {
            if !may_refer(field.shape) {
                continue;
            }
            let Some(own) = draft.rows.get(&key) else { break };
            let Some(value) = own.get(field.key) else { continue };
            if draft.is_refused(key, field.key) {
                continue;
            }
            // A user belongs to no tenant, and may be of an extension in any.
            let own_tenant = key.0.field("tenant").map(|_| tenant_of(own, default_tenant));
            let mut resolved = value.clone();
            let (mut reasons, mut used) = (Vec::new(), BTreeSet::new());
            map_references(field.shape, &mut resolved, &mut |target, value| {
                let tenant = if target.is_named_in_tenant() { own_tenant } else { Some(0) };
                let found = resolve(draft, target, tenant, value, names, default_tenant);
                match found {
                    Found::Nothing => None,
                    Found::Id(id) => Some(id.into()),
                    Found::Deleted(id) => {
                        used.insert((target, id));
                        None
                    }
                    Found::Wrong(reason) => {
                        reasons.push(reason);
                        None
                    }
                }
            });
            if let (Shape::References(kind), Value::Array(list)) = (field.shape, &resolved)
                && let Some((_, twice)) = list.iter().enumerate().find(|(at, value)| list[..*at].contains(value))
            {
                reasons.push(Reason::Twice { given: name_in(&draft.rows, kind, twice.as_i64().unwrap_or(0)) });
            }
            if resolved != *value {
                set(draft, key, field.key, resolved);
            }
            // One refusal of a field tells enough.
            if let Some(reason) = reasons.into_iter().next() {
                draft.refuse(key, field.key, reason);
            }
            for deleted in used {
                let user = || (Owner { kind: key.0.words().one, name: name_in(&draft.rows, key.0, key.1) }, 0);
                users_of.entry(deleted).and_modify(|(_, more)| *more += 1).or_insert_with(user);
            }
        }
    }
    for (key, (user, more)) in users_of {
        draft.refuse_deletion(key, Reason::InUse { user, more });
    }
}

const fn may_refer(shape: Shape) -> bool {
    matches!(shape, Shape::Reference(_) | Shape::References(_) | Shape::Action { .. } | Shape::Record(_) | Shape::Records(_))
}

/// Where a reference leads.
enum Found {
    /// It is the explicit "none".
    Nothing,
    Id(i64),
    Deleted(i64),
    Wrong(Reason),
}

/// `tenant` is 0 for what is named in the whole box, and `None` where any tenant is right.
fn resolve(draft: &Draft, target: Kind, tenant: Option<i64>, value: &Value, names: &Names, default_tenant: i64) -> Found {
    let no_such = |given: String| Found::Wrong(Reason::NoSuch { kind: target.words().one, given });
    let id = match value {
        Value::String(name) if name.is_empty() => return Found::Nothing,
        Value::String(name) => match find(draft, target, tenant, &name.to_lowercase(), names, default_tenant) {
            Some(id) => id,
            None => return no_such(name.clone()),
        },
        value => value.as_i64().unwrap_or(0),
    };
    match draft.rows.get(&(target, id)) {
        Some(row) if target.is_named_in_tenant() && tenant.is_some_and(|tenant| tenant_of(row, default_tenant) != tenant) => {
            Found::Wrong(Reason::OtherTenant)
        }
        Some(_) => Found::Id(id),
        None if draft.deleted.contains_key(&(target, id)) => Found::Deleted(id),
        None => no_such(format!("#{id}")),
    }
}

/// The entity of that name in its tenant. In any tenant: the one that this edit makes or changes, else the default tenant's, else the
/// oldest tenant's.
fn find(draft: &Draft, target: Kind, tenant: Option<i64>, name: &str, names: &Names, default_tenant: i64) -> Option<i64> {
    let named_in = |tenant: i64| names.get(&(target, tenant, name.to_owned())).copied();
    if let Some(tenant) = tenant {
        return named_in(tenant);
    }
    let found: Vec<i64> = std::iter::once(default_tenant).chain(ids(draft, Kind::Tenant)).filter_map(named_in).collect();
    found.iter().copied().find(|id| draft.touched.contains_key(&(target, *id))).or(found.first().copied())
}

fn set(draft: &mut Draft, key: RowKey, name: &str, value: Value) {
    if let Some(own) = draft.rows.get_mut(&key) {
        Arc::make_mut(own).0.insert(name.to_owned(), value);
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

fn unique(draft: &mut Draft, kind: Kind, default_tenant: i64, names: &mut Names) {
    let Some(name_key) = kind.name_key() else { return };
    let mut taken = Vec::new();
    for (id, own) in rows_of(&draft.rows, kind) {
        let tenant = if kind.is_named_in_tenant() { tenant_of(own, default_tenant) } else { 0 };
        let Some(name) = own.text(name_key).map(str::to_lowercase) else { continue };
        if draft.is_refused((kind, id), name_key) {
            continue;
        }
        let Some(other) = names.insert((kind, tenant, name.clone()), id) else { continue };
        // Who came with this edit, and of two the later, is at fault.
        let order = |id: i64| draft.touched.get(&(kind, id)).map(|touch| touch.ordinal);
        let (faulty, owner) = if order(id) > order(other) || order(other).is_none() { (id, other) } else { (other, id) };
        names.insert((kind, tenant, name), owner);
        taken.push((faulty, owner));
    }
    for (faulty, owner) in taken {
        // Of two that the edit names alike neither has the name already.
        let is_both = draft.renamed.contains(&(kind, faulty)) && draft.renamed.contains(&(kind, owner));
        let given = draft.rows.get(&(kind, faulty)).and_then(|own| own.text(name_key)).filter(|_| is_both);
        let reason = match given {
            Some(given) => Reason::Twice { given: given.to_owned() },
            None => Reason::Taken { owner: Owner { kind: kind.words().one, name: describe(draft, kind, owner) } },
        };
        draft.refuse((kind, faulty), name_key, reason);
    }
}

/// Two of the kind may not refer to the same entity.
fn one_each(draft: &mut Draft, kind: Kind, key: &'static str) {
    let mut owners: HashMap<i64, i64> = HashMap::new();
    let mut taken = Vec::new();
    for (id, own) in rows_of(&draft.rows, kind) {
        let Some(target) = own.id(key) else { continue };
        let Some(other) = owners.insert(target, id) else { continue };
        let is_new = draft.touched.contains_key(&(kind, id));
        taken.push(if is_new { (id, other) } else { (other, id) });
    }
    for (faulty, owner) in taken {
        let owner = Owner { kind: kind.words().one, name: describe(draft, kind, owner) };
        draft.refuse((kind, faulty), key, Reason::Taken { owner });
    }
}

/// A speed dial of a tenant, or of a user, is one contact's.
fn speed_dials(draft: &mut Draft, default_tenant: i64) {
    let mut owners: HashMap<(Option<i64>, i64, String), i64> = HashMap::new();
    let mut taken = Vec::new();
    for (id, own) in rows_of(&draft.rows, Kind::Contact) {
        let Some(digits) = own.text("speed_dial").filter(|digits| !digits.is_empty()) else { continue };
        let owner = own.id("owner");
        let whose = (owner, if owner.is_none() { tenant_of(own, default_tenant) } else { 0 }, digits.to_owned());
        let Some(other) = owners.insert(whose, id) else { continue };
        let is_new = draft.touched.contains_key(&(Kind::Contact, id));
        taken.push(if is_new { (id, other) } else { (other, id) });
    }
    for (faulty, owner) in taken {
        let owner = Owner { kind: Kind::Contact.words().one, name: describe(draft, Kind::Contact, owner) };
        draft.refuse((Kind::Contact, faulty), "speed_dial", Reason::Taken { owner });
    }
}

/// An extension with its person's name, so that "101 is taken" says by whom.
pub(super) fn describe(draft: &Draft, kind: Kind, id: i64) -> String {
    let name = name_in(&draft.rows, kind, id);
    let Some(own) = draft.rows.get(&(kind, id)).filter(|_| kind == Kind::Extension) else { return name };
    let person: Vec<&str> = ["first_name", "last_name"].iter().filter_map(|key| own.text(key)).collect();
    if person.is_empty() { name } else { format!("{name} ({})", person.join(" ")) }
}

/// What the SIP settings allow and what accounts, by themselves or by their template, want of it.
fn sip(draft: &mut Draft) {
    let key = (Kind::Sip, 1);
    let sip = draft.rows.get(&key).map_or_else(|| SipSettings::new(&Own::default()), |own| SipSettings::new(own));
    if sip.expires_min > sip.expires_max {
        draft.refuse(key, "expires_min", Reason::OutOfRange { min: 10, max: sip.expires_max.into() });
    }
    if let Some(port) = sip.port_twice() {
        draft.refuse(key, port, Reason::PortTwice);
    }
    let is_sip_touched = draft.touched.contains_key(&key);
    let mut refusals = Vec::new();
    for (id, own) in rows_of(&draft.rows, Kind::Account) {
        let template_id = own.id("template").map(|id| (Kind::AccountTemplate, id));
        let touched = [Some((Kind::Account, id)), template_id, is_sip_touched.then_some(key)];
        // Of those that the edit touches, the nearest to the account is at fault.
        let Some(faulty) = touched.into_iter().flatten().find(|key| draft.touched.contains_key(key)) else { continue };
        let template = template_id.and_then(|key| draft.rows.get(&key)).map(|own| &**own);
        let values = Values { kind: Kind::Account, own, template };
        let account = || Owner { kind: Kind::Account.words().one, name: name_in(&draft.rows, Kind::Account, id) };
        if Account::codecs_of(&values, &sip.codecs).is_empty() {
            refusals.push((faulty, "codecs", Reason::NoCodecAllowed { account: account() }));
        }
        if Account::transports_of(&values, &sip.transports).is_empty() {
            refusals.push((faulty, "transports", Reason::NoTransportEnabled { account: account() }));
        }
        if Account::allowed_of(&values).is_err() {
            refusals.push((faulty, "allowed_mask", Reason::NotMask));
        }
    }
    for (faulty, name, reason) in refusals {
        // What was refused already is not there any more, so the account is not to blame.
        if !draft.is_refused(faulty, name) && !draft.is_refused(key, name) {
            draft.refuse(faulty, name, reason);
        }
    }
}

/// The rules of a class: ranges that run backwards, rules without a line.
pub(super) fn rules(draft: &mut Draft, key: RowKey) {
    let Some(own) = draft.rows.get(&key) else { return };
    let rules = own.get("rules").and_then(Value::as_array).cloned().unwrap_or_default();
    for (at, rule) in rules.iter().enumerate() {
        let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_backwards = text("match") == "range" && (text("digits").len() != text("to").len() || text("digits") > text("to"));
        let reason = if is_backwards {
            Some(("to", Reason::RangeBackwards))
        } else if rule.get("lines").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            Some((class::RULE_FIELDS[3].key, Reason::EmptyList))
        } else {
            None
        };
        if let Some((part, reason)) = reason {
            draft.refuse(key, "rules", Reason::Within { part: format!("{}, {part}", at + 1), reason: Box::new(reason) });
            return;
        }
    }
}
