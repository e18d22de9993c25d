//! Revisions: whatever was saved, each earlier state comes back exactly, and a save undone leaves what was before it.

use serde_json::json;
use trillo::base::Dice;
use trillo::base::limits::REVISIONS_MAX;
use trillo::settings::{Change, Difference, Edit, Fault, Kind, Own, Rows, Settings};
use trillo::store::{Applied, EditRefused, SCHEMA_NUMBER, Store};

use crate::settings::put;
use crate::store::{Folder, NOW, author, save};

/// Whoever may undo whatever there is.
pub const ANYBODY: fn(&Settings, &[Difference]) -> Result<(), Vec<Fault>> = |_, _| Ok(());

fn rows(store: &Store) -> Rows {
    store.settings().rows().clone()
}

fn said(refused: Result<Applied, EditRefused>) -> Vec<String> {
    match refused.expect_err("it is refused") {
        EditRefused::Faults(faults) => faults.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

/// Something that an administrator could do next. It may well be refused.
fn any_change(dice: &mut Dice, store: &Store) -> Change {
    let kinds = [Kind::Extension, Kind::Account, Kind::Mailbox, Kind::ExtensionTemplate, Kind::Contact, Kind::Sip];
    let kind = kinds[dice.below(6) as usize];
    let there: Vec<i64> = store.settings().rows_of(kind).map(|(id, _)| id).collect();
    let id = (!there.is_empty() && dice.below(3) > 0).then(|| there[dice.below(there.len() as u32) as usize]);
    if let (Some(id), 0, false) = (id, dice.below(4), kind.is_single()) {
        return Change::Delete { kind, id };
    }
    let number = (101 + dice.below(6)).to_string();
    let own = match kind {
        Kind::Extension if dice.below(2) == 0 => Own::default().with("number", number).with("template", serde_json::Value::Null),
        Kind::Extension => Own::default()
            .with("first_name", format!("Anna {number}"))
            .with("service_pin", format!("{number}{number}"))
            .with("template", "desk"),
        Kind::Account if dice.below(2) == 0 => Own::default().with("username", format!("phone-{number}")).with("extension", number),
        Kind::Account => Own::default().with("password", format!("geheim-{number}")).with("codecs", json!(["pcma"])),
        Kind::Mailbox => Own::default().with("number", number).with("notify", dice.below(2) == 0),
        Kind::ExtensionTemplate => Own::default().with("name", "desk").with("busy_level", dice.below(9)),
        Kind::Contact => Own::default().with("last_name", format!("Bo {number}")),
        _ => Own::default().with("realm", format!("realm-{number}")),
    };
    Change::Put { kind, id, own }
}

#[test]
fn every_state_comes_back_exactly_and_a_save_undone_leaves_what_was_before_it() {
    for seed in 0..3 {
        let folder = Folder::new();
        let mut dice = Dice::from_number(seed);
        let mut store = folder.open().store;
        let mut states = vec![rows(&store)];
        while states.len() < 30 {
            let changes = (0..1 + dice.below(3)).map(|_| any_change(&mut dice, &store)).collect();
            if save(&mut store, changes).is_ok() && store.settings().revision as usize == states.len() {
                states.push(rows(&store));
            }
        }
        // From the file, as after a restart.
        drop(store);
        let mut store = folder.open().store;
        for at in (0..states.len()).rev() {
            store.restore(at as u64, false, &author(), NOW).expect("each state was sound");
            assert_eq!(rows(&store), states[at], "seed {seed}, revision {at}");
            let newest = store.settings().revision;
            if newest as usize >= states.len() {
                let before = store.compare(newest - 1, newest).expect("on record");
                let undone = store.revert(newest, false, &ANYBODY, &author(), NOW).expect("the newest can be undone");
                assert_eq!(undone.differences.len(), before.len(), "seed {seed}, revision {newest}");
                assert_eq!(store.compare(newest - 1, newest + 1).expect("on record"), [], "seed {seed}, revision {newest}");
                store.revert(newest + 1, false, &ANYBODY, &author(), NOW).expect("an undoing can be undone");
            }
            assert_eq!(rows(&store), states[at], "seed {seed}, revision {at}");
        }
    }
}

#[test]
fn what_was_deleted_comes_back_with_its_id_and_its_secrets() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    let account = put(Kind::Account, None, &[("username", "anna"), ("password", "geheim-geheim"), ("extension", "101")]);
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "101"), ("service_pin", "4711")]), account]).expect("sound");
    let before = rows(&store);
    save(&mut store, vec![Change::Delete { kind: Kind::Account, id: 1 }, Change::Delete { kind: Kind::Extension, id: 1 }]).expect("sound");
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "102")])]).expect("sound");
    drop(store);
    let mut store = folder.open().store;
    let trial = store.revert(2, true, &ANYBODY, &author(), NOW).expect("it can be undone");
    assert_eq!((trial.differences.len(), store.settings().revision), (2, 3), "a trial changes nothing");
    store.revert(2, false, &ANYBODY, &author(), NOW).expect("it can be undone");
    for (key, own) in &before {
        assert_eq!(store.settings().rows().get(key), Some(own));
    }
    assert_eq!(store.settings().extensions.len(), 2, "what came later stays");
}

#[test]
fn an_undoing_is_judged_by_what_it_does_in_the_step_that_does_it() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "101"), ("first_name", "Anna")])]).expect("sound");
    save(&mut store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea")])]).expect("sound");
    // Somebody else's save, of which a trial before it knew nothing.
    save(&mut store, vec![put(Kind::Extension, Some(1), &[("last_name", "Bo")])]).expect("sound");
    let judge = |settings: &Settings, differences: &[Difference]| {
        assert_eq!((settings.revision, differences.len()), (3, 1), "the settings of that moment");
        Err(vec![Fault::gone(Kind::Extension, 1, "101")])
    };
    let before = rows(&store);
    assert_eq!(said(store.revert(2, false, &judge, &author(), NOW)), ["extension 101: it does not exist any more"]);
    assert_eq!((rows(&store), store.settings().revision), (before, 3), "nothing was made");
}

#[test]
fn what_cannot_be_undone_is_refused_with_the_reason() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "101"), ("first_name", "Anna")])]).expect("sound");
    save(&mut store, vec![Change::Delete { kind: Kind::Extension, id: 1 }]).expect("sound");
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "101"), ("first_name", "Bea")])]).expect("sound");
    save(&mut store, vec![put(Kind::Extension, Some(2), &[("first_name", "Carla")])]).expect("sound");
    save(&mut store, vec![put(Kind::Account, None, &[("username", "carla"), ("extension", "101")])]).expect("sound");
    let before = rows(&store);
    assert_eq!(said(store.revert(2, false, &ANYBODY, &author(), NOW)), ["extension 101, number: extension 101 (Carla) has it already"]);
    assert_eq!(said(store.revert(3, false, &ANYBODY, &author(), NOW)), ["extension 101: it is used by account carla"]);
    assert_eq!(said(store.revert(99, false, &ANYBODY, &author(), NOW)), ["revision 99 is not on record"]);
    assert_eq!(said(store.restore(99, false, &author(), NOW)), ["revision 99 is not on record"]);
    assert_eq!(rows(&store), before);
    save(&mut store, vec![Change::Delete { kind: Kind::Account, id: 1 }, Change::Delete { kind: Kind::Extension, id: 2 }]).expect("sound");
    assert_eq!(said(store.revert(4, false, &ANYBODY, &author(), NOW)), ["extension 101: it does not exist any more"]);
}

#[test]
fn the_last_administrator_stays_when_a_time_before_him_comes_back() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    store.claim("anna", "$argon2id$x", &author(), NOW).expect("the first");
    assert_eq!(said(store.restore(0, false, &author(), NOW)), ["user anna: the last one cannot be deleted"]);
}

#[test]
fn pages_of_revisions_tell_names_as_they_were() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::ExtensionTemplate, None, &[("name", "desk")])]).expect("sound");
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "101"), ("template", "desk")])]).expect("sound");
    save(&mut store, vec![put(Kind::ExtensionTemplate, Some(1), &[("name", "office")])]).expect("sound");
    save(&mut store, vec![Change::Delete { kind: Kind::Extension, id: 1 }]).expect("sound");
    save(&mut store, vec![Change::Delete { kind: Kind::ExtensionTemplate, id: 1 }]).expect("sound");
    let ids = |before, limit| store.revisions(before, limit).expect("reads").iter().map(|revision| revision.id).collect::<Vec<_>>();
    assert_eq!((ids(None, 2), ids(Some(4), 2), ids(Some(2), 9), ids(Some(1), 9)), (vec![5, 4], vec![3, 2], vec![1], vec![]));
    let told = |id| store.revision(id).expect("reads").expect("there").differences[0].to_string();
    assert!(told(2).contains("template = \"desk\""), "{}", told(2));
    assert_eq!(told(4), "- extension 101");
    let differences = store.compare(2, 3).expect("on record");
    assert_eq!(differences[0].to_string(), "~ extension_template office\n    name: \"desk\" -> \"office\"");
    assert_eq!(store.revision(9).expect("reads"), None);
}

#[test]
fn a_conflict_tells_both_values() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "101"), ("first_name", "Anna"), ("service_pin", "1111")])])
        .expect("sound");
    save(&mut store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea"), ("last_name", "Bo"), ("service_pin", "2222")])])
        .expect("sound");
    let own = Own::default().with("first_name", " Carla ").with("last_name", "Bo").with("service_pin", "3333").with("busy_level", 2);
    let edit = Edit { changes: vec![Change::Put { kind: Kind::Extension, id: Some(1), own }], based_on: Some(1) };
    let Err(EditRefused::Conflict(conflict)) = store.edit(&edit, &author(), NOW) else { panic!("it is a conflict") };
    assert_eq!(conflict.revision.id, 2);
    let fields: Vec<_> = conflict.fields.iter().map(|field| (field.field.as_str(), field.theirs.clone(), field.typed.clone())).collect();
    assert_eq!(fields, [("first_name", json!("Bea"), json!("Carla")), ("service_pin", json!("***"), json!("***"))]);
}

#[test]
fn the_oldest_saves_are_forgotten_and_said_to_be() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    for name in ["a", "b", "c"] {
        save(&mut store, vec![put(Kind::PickupGroup, None, &[("name", name)])]).expect("sound");
    }
    store.close().expect("closes");
    // As if thousands of saves lay between the second and the third.
    let path = folder.0.join(format!("settings.{SCHEMA_NUMBER}.db"));
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection.execute("UPDATE revision SET id = ?1 WHERE id = 3", [REVISIONS_MAX as i64]).expect("moves");
    drop(connection);
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::PickupGroup, None, &[("name", "d")])]).expect("sound");
    let ids: Vec<u64> = store.revisions(None, 9).expect("reads").iter().map(|revision| revision.id).collect();
    assert_eq!(ids, [REVISIONS_MAX as u64 + 1, REVISIONS_MAX as u64, 2]);
    assert_eq!(said(store.revert(1, true, &ANYBODY, &author(), NOW)), ["revision 1 is not on record"]);
    assert_eq!(said(store.restore(0, true, &author(), NOW)), ["revision 0 is not on record"]);
    store.restore(1, false, &author(), NOW).expect("all after it are there");
    assert_eq!(store.settings().pickup_groups.len(), 1);
}
