//! The settings as an edit would have them, before it is known whether they hold. Here each value is checked for itself;
//! what rows say of each other is in `relations`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::secret::generated_password;
use crate::text::fault::Reason;

use super::codes::Codes;
use super::field::Default;
use super::snapshot::{Rows, name_in};
use super::talk_codes::TalkCodes;
use super::{Change, Fault, Kind, Own, belongings, plan_conflicts, relations};

pub(super) type RowKey = (Kind, i64);

pub(super) struct Draft {
    pub rows: Rows,
    pub next_ids: BTreeMap<Kind, i64>,
    /// What the edit touches, with the change and the place of the entity among the puts of its kind.
    pub touched: BTreeMap<RowKey, Touch>,
    pub deleted: BTreeMap<RowKey, (Option<usize>, Arc<Own>)>,
    /// Values that were refused; that they are missing now is no second fault.
    refused: BTreeSet<(RowKey, String)>,
    /// Those whose number or name the edit sets anew.
    pub renamed: BTreeSet<RowKey>,
    /// What the edit calls an entity, be it a name or not.
    given_names: BTreeMap<RowKey, String>,
    faults: Vec<Fault>,
    puts: BTreeMap<Kind, usize>,
    /// Before the edit somebody could log in as administrator.
    pub had_administrator: bool,
    /// The service codes before the edit: what a default brings back is as new as what was typed.
    pub codes_before: Codes,
    pub talk_codes_before: TalkCodes,
}

#[derive(Clone, Copy)]
pub(super) struct Touch {
    pub change: Option<usize>,
    pub ordinal: usize,
}

impl Draft {
    pub fn new(rows: Rows, next_ids: BTreeMap<Kind, i64>) -> Draft {
        let had_administrator = relations::has_administrator(&rows);
        let before = plan_conflicts::numbering_of(&rows);
        Draft {
            rows,
            next_ids,
            touched: BTreeMap::new(),
            deleted: BTreeMap::new(),
            refused: BTreeSet::new(),
            renamed: BTreeSet::new(),
            given_names: BTreeMap::new(),
            faults: Vec::new(),
            puts: BTreeMap::new(),
            had_administrator,
            codes_before: before.codes,
            talk_codes_before: before.talk_codes,
        }
    }

    /// Of rows out of the store: all of them are checked. Keys that we do not know are a newer version's and stay.
    pub fn stored(rows: Rows, next_ids: BTreeMap<Kind, i64>) -> Draft {
        let mut draft = Draft::new(rows.clone(), next_ids);
        for (key, own) in &rows {
            let ordinal = draft.ordinal(key.0);
            draft.touched.insert(*key, Touch { change: None, ordinal });
            draft.check_stored(*key, own);
        }
        draft
    }

    /// Of rows of another time that shall be the settings again: those that differ from what is there are checked.
    pub fn restoring(there: &Rows, rows: Rows, next_ids: BTreeMap<Kind, i64>) -> Draft {
        let mut draft = Draft::new(rows.clone(), next_ids);
        draft.had_administrator = relations::has_administrator(there);
        let before = plan_conflicts::numbering_of(there);
        (draft.codes_before, draft.talk_codes_before) = (before.codes, before.talk_codes);
        for (key, own) in rows.iter().filter(|(key, own)| there.get(*key) != Some(*own)) {
            let ordinal = draft.ordinal(key.0);
            draft.touched.insert(*key, Touch { change: None, ordinal });
            draft.check_stored(*key, own);
        }
        for (key, own) in there.iter().filter(|(key, _)| !rows.contains_key(*key)) {
            draft.deleted.insert(*key, (None, own.clone()));
        }
        draft
    }

    fn check_stored(&mut self, key: RowKey, own: &Own) {
        for (name, value) in &own.0 {
            let Some(field) = key.0.field(name) else { continue };
            let is_locked = field.is_secret() && value.as_str().is_some_and(|text| text.starts_with("sealed:v1:"));
            if let (false, Err(reason)) = (is_locked, field.check_kept(value)) {
                self.refuse(key, name, reason);
            }
        }
    }

    fn ordinal(&mut self, kind: Kind) -> usize {
        let puts = self.puts.entry(kind).or_insert(0);
        *puts += 1;
        *puts - 1
    }

    pub fn make(&mut self, at: usize, change: &Change, random: &mut dyn FnMut() -> [u8; 24]) {
        match change {
            Change::Delete { kind, id } => match self.rows.remove(&(*kind, *id)) {
                Some(own) => {
                    self.deleted.insert((*kind, *id), (Some(at), own));
                }
                None => self.gone(at, *kind, *id),
            },
            Change::Put { kind, id, own } => {
                let ordinal = self.ordinal(*kind);
                let key = match id {
                    _ if kind.is_single() => (*kind, 1),
                    Some(id) if self.rows.contains_key(&(*kind, *id)) => (*kind, *id),
                    Some(id) => return self.gone(at, *kind, *id),
                    None => {
                        let next = self.next_ids.entry(*kind).or_insert(1);
                        *next += 1;
                        (*kind, *next - 1)
                    }
                };
                self.touched.insert(key, Touch { change: Some(at), ordinal });
                self.put(key, own, random);
            }
        }
    }

    fn put(&mut self, key: RowKey, given: &Own, random: &mut dyn FnMut() -> [u8; 24]) {
        let mut own = self.rows.get(&key).map(|own| Own::clone(own)).unwrap_or_default();
        let name = key.0.name_key().and_then(|name_key| given.text(name_key));
        if let Some(name) = name {
            self.given_names.insert(key, name.chars().filter(|c| !c.is_control()).take(64).collect());
        }
        for (name, value) in &given.0 {
            let Some(field) = key.0.field(name) else {
                let nearest = nearest(name, key.0.fields().iter().map(|field| field.key));
                self.refuse(key, name, Reason::UnknownKey { nearest });
                continue;
            };
            // A secret that the box can't open itself may stay as it is.
            if field.is_secret() && !value.is_null() && own.get(name) == Some(value) {
                continue;
            }
            match field.check(value) {
                Ok(Value::Null) => {
                    own.0.remove(name);
                }
                Ok(value) => {
                    own.0.insert(name.clone(), value);
                }
                Err(reason) => {
                    own.0.remove(name);
                    self.refuse(key, name, reason);
                }
            }
        }
        for field in key.0.fields().iter().filter(|field| field.default == Default::Generated) {
            let is_there = own.0.contains_key(field.key) || self.refused.contains(&(key, field.key.to_owned()));
            if !is_there {
                own.0.insert(field.key.to_owned(), generated_password(random()).expose().into());
            }
        }
        let is_named_anew = key.0.name_key().is_some_and(|name| self.rows.get(&key).and_then(|before| before.get(name)) != own.get(name));
        if is_named_anew {
            self.renamed.insert(key);
        }
        if kind_is_empty(key.0, &own) {
            self.rows.remove(&key);
        } else {
            self.rows.insert(key, Arc::new(own));
        }
    }

    /// The whole, if nothing is wrong with it.
    pub fn finish(mut self) -> Result<(Rows, BTreeMap<Kind, i64>), Vec<Fault>> {
        belongings::delete(&mut self);
        relations::check(&mut self);
        if self.faults.is_empty() {
            return Ok((self.rows, self.next_ids));
        }
        self.faults.sort_by_key(|fault| (fault.change.unwrap_or(usize::MAX), fault.kind, fault.id));
        Err(self.faults)
    }

    /// A change of the edit says something of it. What was stored is not asked what rules of a later version ask.
    pub fn is_edited(&self, key: RowKey) -> bool {
        self.touched.get(&key).is_some_and(|touch| touch.change.is_some())
    }

    pub fn is_refused(&self, key: RowKey, name: &str) -> bool {
        self.refused.contains(&(key, name.to_owned()))
    }

    /// A fault of one setting (or, with an empty name, of the whole entity).
    pub fn refuse(&mut self, key: RowKey, name: &str, reason: Reason) {
        self.refused.insert((key, name.to_owned()));
        let (kind, id) = key;
        let touch = self.touched.get(&key).copied();
        let mut path = match touch {
            _ if kind.is_single() => kind.name().to_owned(),
            Some(touch) => format!("{}[{}]", kind.name(), touch.ordinal),
            None => format!("{}#{id}", kind.name()),
        };
        let word = kind.words().one.english;
        let mut place = match (self.given_names.get(&key), touch) {
            _ if kind.is_single() => word.to_owned(),
            (Some(name), _) => format!("{word} {name}"),
            (None, Some(touch)) if !self.has_name(key) => format!("{} {word}", ordinal(touch.ordinal + 1)),
            (None, _) => format!("{word} {}", name_in(&self.rows, kind, id)),
        };
        if !name.is_empty() {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            path = format!("{path}.{shown}");
            place = format!("{place}, {shown}");
        }
        let change = touch.and_then(|touch| touch.change);
        self.faults.push(Fault { change, kind, id: Some(id), field: name.to_owned(), path, place, line: None, reason });
    }

    fn has_name(&self, key: RowKey) -> bool {
        key.0.name_key().is_some_and(|name| self.rows.get(&key).is_some_and(|own| own.text(name).is_some()))
    }

    /// A fault of a deletion.
    pub fn refuse_deletion(&mut self, key: RowKey, reason: Reason) {
        let Some((at, own)) = self.deleted.get(&key) else { return };
        let name = key.0.name_key().and_then(|name| own.text(name)).unwrap_or("");
        self.faults.push(Fault {
            change: *at,
            kind: key.0,
            id: Some(key.1),
            field: String::new(),
            path: format!("{}#{}", key.0.name(), key.1),
            place: format!("{} {name}", key.0.words().one.english),
            line: None,
            reason,
        });
    }

    fn gone(&mut self, at: usize, kind: Kind, id: i64) {
        self.faults.push(Fault {
            change: Some(at),
            kind,
            id: Some(id),
            field: String::new(),
            path: format!("{}#{id}", kind.name()),
            place: kind.words().one.english.to_owned(),
            line: None,
            reason: Reason::Gone,
        });
    }
}

fn kind_is_empty(kind: Kind, own: &Own) -> bool {
    kind.is_single() && own.0.is_empty()
}

/// "3rd": an entity without a name is known by its place.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The known name that was probably meant: at most two letters off.
pub fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().take(64).collect();
    known
        .map(|name| (distance(&given, name), name))
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len())
        .min()
        .map(|(_, name)| name)
}

/// Letters to add, take away or replace (Levenshtein).
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_within_two_letters() {
        let known = ["username", "password", "nat"];
        assert_eq!(nearest("pasword", known.into_iter()), Some("password"));
        assert_eq!(nearest("user_name", known.into_iter()), Some("username"));
        assert_eq!(nearest("secret", known.into_iter()), None);
        assert_eq!(nearest("", known.into_iter()), None);
    }
}
