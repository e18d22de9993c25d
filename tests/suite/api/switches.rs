//! What is switched at an extension, over the API.

use std::time::Duration;

use serde_json::{Value, json};
use trillo::exchange::Command;
use trillo::exchange::command::{Change, switched};

use super::Box;

/// The Exchange of these tests: does what it was told, so that the next answer shows it.
fn obey(office: &mut Box) -> Vec<Change> {
    let commands = office.commands.take();
    let changes = commands.into_iter().map(|command| {
        let Command::Switch { extension, change } = command else { panic!("{command:?}") };
        let before = office.status.switches.remove(&extension).unwrap_or_default();
        office.status.switches.insert(extension, switched(before, change.clone(), office.wall()));
        change
    });
    changes.collect()
}

fn office() -> (Box, String) {
    let office = Box::new();
    office.make("/extensions", json!({ "number": "102" }));
    let id =
        office.make("/extensions", json!({ "number": "101", "lock_mode": "code", "unlock_policy": "auto_lock", "unlock_seconds": 600 }));
    let path = format!("/extensions/{id}/switches");
    (office, path)
}

#[test]
fn forward_and_lock_are_switched_and_shown() {
    let (mut office, path) = office();
    let revision = office.settings().revision;
    let fresh = json!({ "forward": null, "do_not_disturb": false, "hides_number": false, "locked": true, "unlocked_until": null });
    assert_eq!(office.get(&path).body, fresh);
    let changed = office.ask("PATCH", &path, &json!({ "forward": "1 02", "do_not_disturb": true, "locked": false }));
    assert_eq!((changed.status, &changed.body["forward"], &changed.body["locked"]), (200, &json!("102"), &json!(false)));
    assert_eq!(obey(&mut office), [Change::Forward(Some("102".to_owned())), Change::DoNotDisturb(true), Change::Unlock]);
    assert_eq!(office.get(&path).body, changed.body, "what was answered is what is");
    assert!(changed.body["unlocked_until"].is_string());
    office.wait(Duration::from_secs(601));
    assert_eq!(office.get(&path).body["locked"], true, "it locks by itself");
    // What is so already is not switched again.
    assert_eq!(office.ask("PATCH", &path, &json!({ "forward": "102", "do_not_disturb": true })).status, 200);
    assert_eq!(obey(&mut office), []);
    assert_eq!(office.ask("PATCH", &path, &json!({ "forward": null })).body["forward"], Value::Null);
    assert_eq!(obey(&mut office), [Change::Forward(None)]);
    assert_eq!(office.settings().revision, revision, "no setting was changed");
}

#[test]
fn what_cannot_be_switched_says_why_and_nothing_is() {
    let (mut office, path) = office();
    for (sent, at) in [
        (json!({ "forward": "999", "do_not_disturb": true }), "/forward"),
        (json!({ "forward": "101" }), "/forward"),
        (json!({ "forward": "*101" }), "/forward"),
        (json!({ "forward": "1".repeat(10_000) }), "/forward"),
        (json!({ "forward": 102 }), "/forward"),
        (json!({ "do_not_disturb": "yes" }), "/do_not_disturb"),
        (json!({ "do_not_disturb": null }), "/do_not_disturb"),
        (json!({ "dnd": true, "do_not_disturb": true }), "/dnd"),
        (json!([]), ""),
    ] {
        let answer = office.ask("PATCH", &path, &sent);
        let errors: Vec<String> = answer.errors().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!((answer.status, errors), (422, vec![at.to_owned()]), "{sent}");
    }
    assert_eq!(obey(&mut office), []);
    let open = office.make("/extensions", json!({ "number": "103" }));
    let answer = office.ask("PATCH", &format!("/extensions/{open}/switches"), &json!({ "locked": true }));
    assert_eq!((answer.status, answer.errors()[0].0.as_str()), (422, "/locked"));
    assert_eq!(office.ask("PATCH", "/extensions/77/switches", &json!({})).status, 404);
    assert_eq!(office.ask("PUT", &path, &json!({})).status, 405);
}

#[test]
fn one_switches_ones_own_extension_and_no_other() {
    let (mut office, path) = office();
    let own = office.make("/extensions", json!({ "number": "104" }));
    let desk = office.settings().user_by_username("desk").expect("is there").id;
    assert_eq!(office.ask("PATCH", &format!("/users/{desk}"), &json!({ "extension": own })).status, 200);
    let own = format!("/extensions/{own}/switches");
    for (who, path, status) in [("desk", &path, 403), ("reader", &path, 403), ("boss", &path, 200), ("desk", &own, 200)] {
        assert_eq!(office.ask_as(who, "PATCH", path, &json!({ "do_not_disturb": true })).status, status, "{who} {path}");
    }
    assert_eq!(obey(&mut office).len(), 2);
    assert_eq!(office.status.switches.len(), 2);
    assert!(office.status.switches.values().all(|switches| switches.do_not_disturb));
}
