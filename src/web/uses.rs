//! Who refers to an entity: what a list counts, and what stands in the way of deleting it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::settings::{Kind, Settings, Shape, action};

/// One that refers to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    pub kind: Kind,
    pub id: i64,
}

/// Everything that refers to one entity, each once. Who is in a tenant does not count as its user one by one.
pub fn of(settings: &Settings, target: Kind, id: i64) -> Vec<User> {
    let mut users = Vec::new();
    each(settings, target, &mut |user, to| {
        if to == id && users.last() != Some(&user) {
            users.push(user);
        }
    });
    users
}

/// How many refer to each entity of a kind.
pub fn counts(settings: &Settings, target: Kind) -> BTreeMap<i64, usize> {
    let mut counts = BTreeMap::new();
    let mut last = None;
    each(settings, target, &mut |user, to| {
        // One that refers to it in two settings is one.
        if last != Some((user, to)) {
            *counts.entry(to).or_insert(0) += 1;
        }
        last = Some((user, to));
    });
    counts
}

fn each(settings: &Settings, target: Kind, found: &mut dyn FnMut(User, i64)) {
    for kind in Kind::ALL {
        let fields: Vec<_> = kind.fields().iter().filter(|field| refers(field.shape, target)).collect();
        if fields.is_empty() {
            continue;
        }
        for (id, own) in settings.rows_of(kind) {
            for field in &fields {
                if let Some(value) = own.get(field.key) {
                    visit(field.shape, value, target, &mut |to| found(User { kind, id }, to));
                }
            }
        }
    }
}

fn refers(shape: Shape, target: Kind) -> bool {
    match shape {
        Shape::Reference(kind) | Shape::References(kind) => kind == target,
        Shape::Action { .. } => action::FIELDS.iter().any(|field| refers(field.shape, target)),
        Shape::Record(fields) | Shape::Records(fields) => fields.iter().any(|field| refers(field.shape, target)),
        _ => false,
    }
}

fn visit(shape: Shape, value: &Value, target: Kind, found: &mut dyn FnMut(i64)) {
    match (shape, value) {
        (Shape::Reference(kind), value) if kind == target => value.as_i64().into_iter().for_each(found),
        (Shape::References(kind), Value::Array(list)) if kind == target => list.iter().filter_map(Value::as_i64).for_each(found),
        (Shape::Action { .. }, value) => visit(Shape::Record(action::FIELDS), value, target, found),
        (Shape::Record(fields), value) => {
            for field in fields {
                if let Some(value) = value.get(field.key) {
                    visit(field.shape, value, target, found);
                }
            }
        }
        (Shape::Records(fields), Value::Array(rows)) => {
            for row in rows {
                visit(Shape::Record(fields), row, target, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::{Change, Edit, Own};

    #[test]
    fn references_are_found_wherever_they_stand() {
        let put = |kind, own| Change::Put { kind, id: None, own };
        let did = json!([{"number": "06", "action": {"do": "extension", "extension": 1}}]);
        let changes = vec![
            put(Kind::Extension, Own::default().with("number", "101")),
            put(Kind::Line, Own::default().with("name", "l").with("host", "l.example").with("did", did)),
            put(Kind::Class, Own::default().with("name", "c").with("rules", json!([{"match": "any", "lines": [1]}]))),
            put(Kind::Account, Own::default().with("username", "a").with("extension", 1)),
        ];
        let settings = Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [0; 24]).expect("sound").settings;
        let user = |kind| User { kind, id: 1 };
        assert_eq!(of(&settings, Kind::Extension, 1), [user(Kind::Line), user(Kind::Account)]);
        assert_eq!(of(&settings, Kind::Line, 1), [user(Kind::Class)]);
        assert_eq!(counts(&settings, Kind::Extension), BTreeMap::from([(1, 2)]));
    }
}
