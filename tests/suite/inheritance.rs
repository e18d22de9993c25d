//! Inherited or overridden: whatever is edited, what holds equals a reference model of ten lines.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use trillo::base::Dice;
use trillo::settings::{Change, Edit, Kind, Own, Settings, Source};

use crate::settings::put;

/// An entity or template of the model: its own values by key, and the template it uses.
#[derive(Clone, Default)]
struct Model {
    own: BTreeMap<&'static str, Value>,
    template: Option<i64>,
}

/// The reference: own, else the template's, else the preset.
fn holds(entity: &Model, templates: &BTreeMap<i64, Model>, kind: Kind, key: &str) -> (Value, Source) {
    if let Some(value) = entity.own.get(key) {
        return (value.clone(), Source::Own);
    }
    match entity.template.and_then(|id| Some((id, templates[&id].own.get(key)?))) {
        Some((id, value)) => (value.clone(), Source::Template(id)),
        None => (kind.field(key).expect("it is in the table").preset(), Source::Preset),
    }
}

/// Settings of several shapes, each with values to choose of.
fn choices(kind: Kind) -> Vec<(&'static str, Vec<Value>)> {
    match kind {
        Kind::Extension => vec![
            ("busy_level", vec![json!(0), json!(1), json!(2)]),
            ("organization", vec![json!("Acme"), json!("Bolt"), json!("")]),
            ("show_in_phonebook", vec![json!(true), json!(false)]),
            ("lock_mode", vec![json!("open"), json!("code")]),
            ("pickup_groups", vec![json!([]), json!([1]), json!([2, 1])]),
            ("failover_external_busy", vec![json!({"do": "hang_up"}), json!({"do": "extension", "extension": 1})]),
            ("failover_transfer_busy", vec![json!({"do": "return"}), json!({"do": "hang_up"})]),
        ],
        _ => vec![
            ("codecs", vec![json!(["pcma"]), json!(["pcmu", "pcma"]), json!(["opus"])]),
            ("transports", vec![json!(["udp"]), json!(["tcp", "udp"])]),
            ("video_codecs", vec![json!([]), json!(["vp8"])]),
            ("srtp", vec![json!("off"), json!("required")]),
            ("nat", vec![json!(true), json!(false)]),
            ("allowed_address", vec![json!("10.0.0.1"), json!("")]),
        ],
    }
}

fn edited(settings: &Settings, change: Change) -> Settings {
    settings.edited(&Edit { changes: vec![change], based_on: None }, &mut || [7; 24]).expect("a sound edit").settings
}

fn start(kind: Kind) -> Settings {
    let template = kind.template().expect("it has one");
    let mut settings = Settings::fresh();
    for group in ["Sales", "Service"] {
        settings = edited(&settings, put(Kind::PickupGroup, None, &[("name", group)]));
    }
    for name in ["Office", "Warehouse", "Lobby"] {
        settings = edited(&settings, put(template, None, &[("name", name)]));
    }
    for number in ["101", "102", "103", "104"] {
        settings = edited(&settings, put(Kind::Extension, None, &[("number", number)]));
        if kind == Kind::Account {
            settings = edited(&settings, put(kind, None, &[("username", number)]));
        }
    }
    settings
}

fn walk(kind: Kind, seed: u64, steps: u32) {
    let template_kind = kind.template().expect("it has one");
    let mut dice = Dice::from_number(seed);
    let mut settings = start(kind);
    let mut templates: BTreeMap<i64, Model> = (1..=3).map(|id| (id, Model::default())).collect();
    let mut entities: BTreeMap<i64, Model> = (1..=4).map(|id| (id, Model::default())).collect();
    let keys = choices(kind);
    for step in 0..steps {
        let (key, values) = &keys[dice.below(keys.len() as u32) as usize];
        let value = values[dice.below(values.len() as u32) as usize].clone();
        let entity = i64::from(dice.below(4)) + 1;
        let template = i64::from(dice.below(3)) + 1;
        let set = |kind, id, value: &Value| Change::Put { kind, id: Some(id), own: Own::default().with(key, value.clone()) };
        let change = match dice.below(6) {
            0 | 1 => {
                templates.get_mut(&template).unwrap().own.insert(key, value.clone());
                set(template_kind, template, &value)
            }
            2 => {
                templates.get_mut(&template).unwrap().own.remove(key);
                set(template_kind, template, &Value::Null)
            }
            3 => {
                entities.get_mut(&entity).unwrap().own.insert(key, value.clone());
                set(kind, entity, &value)
            }
            4 => {
                entities.get_mut(&entity).unwrap().own.remove(key);
                set(kind, entity, &Value::Null)
            }
            _ => {
                let model = entities.get_mut(&entity).unwrap();
                model.template = (dice.below(4) > 0).then_some(template);
                model.own.retain(|kept, _| kept == key);
                settings.choose_template(kind, entity, model.template, &[key])
            }
        };
        settings = edited(&settings, change);
        for (id, model) in &entities {
            for (key, _) in &keys {
                let found = settings.effective(kind, Some(*id), kind.field(key).unwrap());
                let expected = holds(model, &templates, kind, key);
                assert_eq!((found.value.into_owned(), found.from), expected, "seed {seed}, step {step}, {} {id} {key}", kind.name());
            }
        }
        for id in templates.keys() {
            let users = || entities.values().filter(|entity| entity.template == Some(*id));
            let reach = settings.reach(template_kind, *id, key);
            assert_eq!(reach.overridden, users().filter(|entity| entity.own.contains_key(key)).count(), "seed {seed}, step {step}");
            assert_eq!(reach.affected + reach.overridden, users().count(), "seed {seed}, step {step}");
        }
    }
}

#[test]
fn effective_values_equal_the_reference_model() {
    for seed in 0..20 {
        walk(Kind::Extension, seed, 60);
        walk(Kind::Account, seed, 60);
    }
}

#[test]
fn what_holds_is_what_a_call_sees() {
    let settings = start(Kind::Extension);
    let settings = edited(&settings, put(Kind::ExtensionTemplate, Some(1), &[("organization", "Acme")]));
    let settings = edited(&settings, settings.choose_template(Kind::Extension, 2, Some(1), &[]));
    let busy = Own::default().with("failover_internal_busy", json!({"do": "extension", "extension": "103"})).with("busy_level", 1);
    let settings = edited(&settings, Change::Put { kind: Kind::ExtensionTemplate, id: Some(1), own: busy });
    let extension = settings.extension_by_number(settings.default_tenant(), "102").expect("it is there");
    assert_eq!((extension.organization.as_str(), extension.busy_level), ("Acme", 1));
    let target = settings.extension_by_number(settings.default_tenant(), "103").expect("it is there").id;
    let action = extension.failover.action(trillo::settings::Origin::Internal, trillo::settings::Cause::Busy);
    assert_eq!(*action, trillo::settings::Action::Extension(target));
    let other = settings.extension_by_number(settings.default_tenant(), "101").expect("it is there");
    assert_eq!((other.organization.as_str(), other.busy_level), ("", 0), "who does not use the template does not inherit");
}

#[test]
fn an_empty_override_is_not_inheriting() {
    let settings = start(Kind::Extension);
    let settings = edited(&settings, put(Kind::ExtensionTemplate, Some(1), &[("organization", "Acme")]));
    let settings = edited(&settings, settings.choose_template(Kind::Extension, 1, Some(1), &[]));
    let settings = edited(&settings, put(Kind::Extension, Some(1), &[("organization", "")]));
    assert_eq!(settings.extensions.values().next().unwrap().organization, "");
    let settings =
        edited(&settings, Change::Put { kind: Kind::Extension, id: Some(1), own: Own::default().with("organization", Value::Null) });
    assert_eq!(settings.extensions.values().next().unwrap().organization, "Acme");
}

#[test]
fn a_template_in_use_names_who_uses_it() {
    let settings = edited(&start(Kind::Extension), put(Kind::Extension, Some(1), &[("template", "Office")]));
    let settings = edited(&settings, put(Kind::Extension, Some(2), &[("template", "office")]));
    let delete = Edit { changes: vec![Change::Delete { kind: Kind::ExtensionTemplate, id: 1 }], based_on: None };
    let faults = settings.edited(&delete, &mut || [7; 24]).expect_err("it is in use");
    assert_eq!(faults[0].to_string(), "extension template Office: it is used by extension 101 and 1 more");
}
