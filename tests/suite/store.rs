//! The store: what was acknowledged is there again, and what was refused changed nothing.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use trillo::base::id::{AccountId, ExtensionId, TenantId};
use trillo::base::{Dice, Flow, Transport, Wall};
use trillo::entry::{Binding, CallRecord, Entry, Event, EventKind, Hop, LegEnd, LegQuality, LegRecord, Outcome, Place, State, Words};
use trillo::secret::{Secret, verify_password};
use trillo::settings::{Change, Edit, Kind, Own, Rows};
use trillo::store::{Author, EditRefused, Opened, Store, Trouble, hash_new_password};

use crate::settings::{put, town};

pub const NOW: Wall = Wall::from_millis(1_800_000_000_000);

/// A folder that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!("trillo-store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let _ = fs::remove_dir_all(&path);
        Folder(path)
    }

    pub fn open(&self) -> Opened {
        Store::open(&self.0, &self.0.join("run"), NOW).expect("the folder opens")
    }

    /// What a killed process leaves: the files as the kernel has them, while the store is still open.
    fn killed(&self) -> Folder {
        let copy = Folder::new();
        copy_all(&self.0, &copy.0);
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("makes a folder");
    for entry in fs::read_dir(from).expect("reads a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copies");
        }
    }
}

pub fn author() -> Author {
    Author { name: "anna".to_owned(), source: "192.0.2.1".to_owned() }
}

pub fn save(store: &mut Store, changes: Vec<Change>) -> Result<u64, EditRefused> {
    store.edit(&Edit { changes, based_on: None }, &author(), NOW).map(|settings| settings.revision)
}

fn office() -> Vec<Change> {
    vec![
        put(Kind::Extension, None, &[("number", "101"), ("first_name", "Anna"), ("service_pin", "08154711")]),
        put(Kind::Account, None, &[("username", "anna-desk"), ("password", "geheim-geheim"), ("extension", "101")]),
    ]
}

fn binding(account: i64, cseq: u32) -> Entry {
    let address = "192.0.2.7:5060".parse().expect("an address");
    let flow = Flow { transport: Transport::Udp, local: address, remote: address, connection: None };
    let binding = Binding {
        texts: Words { contact: format!("sip:{account}@192.0.2.7"), call_id: "a".to_owned(), ..Words::default() }.into(),
        flow,
        cseq,
        granted: Duration::from_secs(3600),
        registered: NOW,
    };
    Entry::State(State::Binding { account: AccountId(account), binding: Some(binding) })
}

fn gone(account: i64) -> Entry {
    Entry::State(State::Binding { account: AccountId(account), binding: None })
}

fn cseqs(opened: &Opened) -> BTreeMap<i64, u32> {
    let pair = |state: &State| match state {
        State::Binding { account, binding } => Some((account.0, binding.as_ref()?.cseq)),
        State::Switches { .. } | State::Ban { .. } => None,
    };
    opened.states.iter().filter_map(pair).collect()
}

#[test]
fn what_was_saved_is_there_after_a_kill() {
    let folder = Folder::new();
    let mut opened = folder.open();
    assert_eq!((opened.settings.revision, opened.settings.claimed, opened.notices.len()), (0, false, 0));
    save(&mut opened.store, office()).expect("sound");
    opened.store.keep(&[binding(1, 1), binding(2, 1)]).expect("kept");
    opened.store.keep(&[binding(1, 2), gone(2)]).expect("kept");
    let after = folder.killed().open();
    assert_eq!(after.settings.revision, 1);
    assert_eq!(after.settings.rows(), opened.store.settings().rows());
    assert_eq!(after.settings.account_by_username("anna-desk").expect("there").password, Secret::new("geheim-geheim"));
    assert_eq!(cseqs(&after), BTreeMap::from([(1, 2)]));
    assert_eq!(after.notices, [] as [&str; 0]);
}

#[test]
fn secrets_do_not_lie_in_the_files() {
    let folder = Folder::new();
    let mut opened = folder.open();
    save(&mut opened.store, office()).expect("sound");
    save(&mut opened.store, vec![put(Kind::Account, Some(1), &[("password", "anders-anders")])]).expect("sound");
    let differences = &opened.store.revisions(None, 1).expect("reads")[0].differences;
    assert_eq!(differences[0].fields, [("password".to_owned(), Some(json!("***")), Some(json!("***")))]);
    opened.store.close().expect("closes");
    let mode = |path: &Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder.0), 0o700);
    for entry in fs::read_dir(&folder.0).expect("reads") {
        let path = entry.expect("an entry").path();
        let bytes = if path.is_file() { fs::read(&path).expect("reads") } else { continue };
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        for secret in ["geheim-geheim", "anders-anders", "08154711"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} in {}", path.display());
        }
    }
}

#[test]
fn one_store_at_a_time() {
    let folder = Folder::new();
    let opened = folder.open();
    let second = Store::open(&folder.0, &folder.0.join("run"), NOW);
    assert!(matches!(second, Err(Trouble::Locked { .. })), "{second:?}");
    drop(opened);
    folder.open();
}

#[test]
fn a_save_is_a_revision_that_tells_who_when_and_what() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("sound");
    save(&mut store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea")])]).expect("sound");
    assert_eq!(save(&mut store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea")])]).expect("nothing to do"), 2);
    let revisions = store.revisions(None, 10).expect("reads");
    assert_eq!(revisions.iter().map(|revision| revision.id).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((revisions[0].at, &revisions[0].author), (NOW, &author()));
    assert_eq!(revisions[0].differences[0].to_string(), "~ extension 101\n    first_name: \"Anna\" -> \"Bea\"");
    assert!(revisions[1].differences[1].to_string().contains("extension = \"101\""), "{}", revisions[1].differences[1]);
}

#[test]
fn an_edit_of_what_somebody_else_changed_since_is_a_conflict() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("sound");
    save(&mut store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea")])]).expect("sound");
    let edit = |change| Edit { changes: vec![change], based_on: Some(1) };
    let refused = store.edit(&edit(put(Kind::Extension, Some(1), &[("last_name", "Bo")])), &author(), NOW);
    assert!(matches!(&refused, Err(EditRefused::Conflict(conflict)) if conflict.revision.id == 2), "{refused:?}");
    assert!(store.edit(&edit(put(Kind::Account, Some(1), &[("username", "anna")])), &author(), NOW).is_ok(), "that is another entity");
}

#[test]
fn each_entity_knows_the_revision_that_changed_it_last_over_a_restart_too() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("the office is sound");
    save(&mut store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea")])]).expect("sound");
    let changed = |store: &Store| [Kind::Account, Kind::Extension, Kind::Line].map(|kind| store.settings().changed_in(kind, 1));
    assert_eq!(changed(&store), [1, 2, 0]);
    store.close().expect("closed");
    assert_eq!(changed(&folder.open().store), [1, 2, 0]);
}

#[test]
fn extensions_swap_numbers_in_the_database_too() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("sound");
    save(&mut store, vec![put(Kind::Extension, None, &[("number", "102")])]).expect("sound");
    let swap = vec![put(Kind::Extension, Some(1), &[("number", "102")]), put(Kind::Extension, Some(2), &[("number", "101")])];
    save(&mut store, swap).expect("the end is sound");
    drop(store);
    let settings = folder.open().settings;
    assert_eq!(settings.extension_by_number(TenantId(1), "102").expect("there").first_name, "Anna");
}

#[test]
fn ids_are_never_given_twice() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::Account, None, &[("username", "a")])]).expect("sound");
    save(&mut store, vec![Change::Delete { kind: Kind::Account, id: 1 }]).expect("sound");
    drop(store);
    let mut store = folder.open().store;
    save(&mut store, vec![put(Kind::Account, None, &[("username", "b")])]).expect("sound");
    assert_eq!(store.settings().accounts.keys().copied().collect::<Vec<_>>(), [AccountId(2)], "a binding of account 1 may still be kept");
}

#[test]
fn a_box_is_claimed_once() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    assert!(matches!(hash_new_password(&Secret::new("kurz")), Err(EditRefused::Faults(_))));
    let hash = hash_new_password(&Secret::new("correct horse")).expect("long enough");
    assert!(store.claim("anna", &hash, &author(), NOW).expect("unclaimed").claimed);
    assert!(matches!(store.claim("eve", &hash, &author(), NOW), Err(EditRefused::Faults(_))));
    drop(store);
    let settings = folder.open().settings;
    let anna = settings.user_by_username("Anna").expect("there");
    assert!(settings.claimed && verify_password(&Secret::new("correct horse"), &anna.password_hash));
}

#[test]
fn applying_a_file_claims_and_a_trial_does_not() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    let text = "[[extension]]\nnumber = \"101\"\n";
    let trial = store.apply(text, true, &author(), NOW).expect("sound");
    assert_eq!((trial.settings.revision, trial.settings.claimed, trial.differences.len()), (0, false, 1));
    let applied = store.apply(text, false, &author(), NOW).expect("sound");
    assert_eq!((applied.settings.revision, applied.settings.claimed), (1, true));
    let export = store.export(false);
    assert_eq!(store.apply(&export, false, &author(), NOW).expect("sound").differences, []);
    assert!(matches!(store.apply("[[extension]]\nnumber = 1\n", false, &author(), NOW), Err(EditRefused::Faults(_))));
    drop(store);
    assert!(folder.open().settings.claimed);
}

#[test]
fn a_damaged_settings_file_gives_way_to_the_last_good_copy() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("sound");
    store.close().expect("closes");
    let path = folder.0.join(format!("settings.{}.db", trillo::store::SCHEMA_NUMBER));
    for damage in [&b"this is no database, whatever its name says, and long enough to have a header"[..], &[]] {
        let mut bytes = fs::read(&path).expect("reads");
        if damage.is_empty() {
            // The header stays, the pages are garbage.
            bytes.iter_mut().skip(2000).for_each(|byte| *byte ^= 0x5a);
        } else {
            bytes = damage.to_vec();
        }
        fs::write(&path, bytes).expect("writes");
        let opened = folder.open();
        assert_eq!(opened.settings.extensions.len(), 1);
        assert!(opened.notices.len() == 1 && opened.notices[0].contains("was damaged"), "{:?}", opened.notices);
        opened.store.close().expect("closes");
        assert!(folder.0.join(format!("settings.{}.damaged-1800000000.db", trillo::store::SCHEMA_NUMBER)).exists());
    }
    // Without a copy it refuses, and leaves everything as it is.
    fs::write(&path, b"garbage, garbage, garbage, garbage").expect("writes");
    fs::remove_file(folder.0.join(format!("settings.{}.good.db", trillo::store::SCHEMA_NUMBER))).expect("removes");
    let refused = Store::open(&folder.0, &folder.0.join("run"), NOW);
    assert!(matches!(refused, Err(Trouble::Damaged { .. })), "{refused:?}");
    assert!(path.exists());
}

#[test]
fn without_its_key_the_box_starts_and_nobody_gets_in() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("sound");
    drop(store);
    let key = fs::read(folder.0.join("key")).expect("reads");
    fs::remove_file(folder.0.join("key")).expect("removes");
    let mut opened = folder.open();
    assert!(opened.notices.len() == 1 && opened.notices[0].contains("cannot be read"), "{:?}", opened.notices);
    assert!(!opened.settings.account_by_username("anna-desk").expect("there").enabled);
    // Other edits leave the sealed secrets as they are, and the old key opens them again.
    save(&mut opened.store, vec![put(Kind::Extension, Some(1), &[("first_name", "Bea")])]).expect("sound");
    drop(opened);
    fs::write(folder.0.join("key"), key).expect("writes");
    let settings = folder.open().settings;
    assert_eq!(settings.account_by_username("anna-desk").expect("there").password, Secret::new("geheim-geheim"));
}

#[test]
fn a_full_disk_refuses_the_edit_and_loses_nothing() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    save(&mut store, office()).expect("sound");
    let before = store.settings();
    store.pretend_full(true);
    let refused = save(&mut store, town(100));
    assert!(matches!(&refused, Err(EditRefused::Trouble(Trouble::Full { .. }))), "{refused:?}");
    assert!(std::sync::Arc::ptr_eq(&before, &store.settings()));
    store.pretend_full(false);
    assert_eq!(save(&mut store, town(100)).expect("there is space again"), 2);
    drop(store);
    assert_eq!(folder.open().settings.extensions.len(), 101);
}

#[test]
fn of_two_states_the_one_that_went_on_longer_counts() {
    let folder = Folder::new();
    let mut opened = folder.open();
    opened.store.keep(&[binding(1, 1)]).expect("kept");
    opened.store.copy_state_to_data().expect("copies");
    opened.store.keep(&[binding(1, 2)]).expect("kept");
    drop(opened);
    assert_eq!(cseqs(&folder.open()), BTreeMap::from([(1, 2)]), "the run folder is newer");
    // After a power cut the run folder, a tmpfs, is empty.
    fs::remove_dir_all(folder.0.join("run")).expect("removes");
    let mut opened = folder.open();
    assert_eq!(cseqs(&opened), BTreeMap::from([(1, 1)]));
    opened.store.keep(&[binding(1, 3)]).expect("kept");
    drop(opened);
    assert_eq!(cseqs(&folder.open()), BTreeMap::from([(1, 3)]));
    // Garbage in the run folder: the copy again.
    for suffix in ["", "-wal"] {
        fs::write(folder.0.join(format!("run/state.db{suffix}")), b"garbage, garbage, garbage").expect("writes");
    }
    let opened = folder.open();
    assert_eq!(cseqs(&opened), BTreeMap::from([(1, 1)]));
}

#[test]
fn calls_and_events_come_back_newest_first() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    let call = |at: i64| CallRecord {
        tenant: TenantId(1),
        call_id: format!("call {at}"),
        started: Wall::from_millis(at),
        answered: (at % 2 == 0).then(|| Wall::from_millis(at + 5)),
        ended: Wall::from_millis(at + 10),
        caller: None,
        caller_account: Some(AccountId(1)),
        caller_line: None,
        caller_number: "101".to_owned(),
        caller_name: "Zoë".to_owned(),
        dialled: "102".to_owned(),
        callee: None,
        answering: Some(ExtensionId(3)),
        outcome: Outcome::NoAnswer,
        status: 480,
        path: vec![Hop { place: Place::Outside("0612".to_owned()), outcome: Outcome::Forwarded }],
        legs: vec![LegRecord { end: LegEnd::Account(AccountId(2)), hop: 1, outcome: Outcome::Busy, status: 486, rang: true }],
        quality: Vec::new(),
    };
    let event = Event { at: NOW, kind: EventKind::Trouble, text: "something".to_owned() };
    store.keep(&[Entry::Call(call(1)), Entry::Event(event.clone()), Entry::Call(call(2))]).expect("kept");
    assert_eq!(store.calls(10).expect("reads"), [call(2), call(1)]);
    store.flush().expect("writes");
    drop(store);
    let mut store = folder.open().store;
    assert_eq!(store.calls(1).expect("reads"), [call(2)]);
    assert_eq!(store.events(10).expect("reads"), [event]);

    // What was heard comes after the record, also when that is written already.
    let heard = |account| LegQuality {
        end: LegEnd::Account(AccountId(account)),
        packets_received: 500,
        packets_lost: 5,
        packets_sent: 498,
        jitter_micros: 1200,
    };
    let quality =
        |at: i64, account| Entry::Quality { call_id: format!("call {at}"), started: Wall::from_millis(at), quality: heard(account) };
    store.keep(&[quality(2, 1), Entry::Call(call(3)), quality(2, 2), quality(3, 3), quality(4, 4)]).expect("kept");
    let found: Vec<_> = store.calls(10).expect("reads").into_iter().map(|call| call.quality).collect();
    assert_eq!(found, [vec![heard(3)], vec![heard(1), heard(2)], vec![]]);
}

#[test]
fn call_records_of_an_older_version_are_still_there() {
    // Its table knows neither who answered nor the path, and its phones have no place in one.
    let folder = Folder::new();
    drop(folder.open());
    let records = rusqlite::Connection::open(folder.0.join("records.db")).expect("opens");
    records
        .execute_batch(
            r#"DROP TABLE call;
            CREATE TABLE call (
                id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, call_id TEXT NOT NULL, started INTEGER NOT NULL, answered INTEGER,
                ended INTEGER NOT NULL, caller INTEGER, caller_account INTEGER, caller_number TEXT NOT NULL, caller_name TEXT NOT NULL,
                dialled TEXT NOT NULL, callee INTEGER, outcome TEXT NOT NULL, status INTEGER NOT NULL, legs TEXT NOT NULL
            ) STRICT;
            INSERT INTO call VALUES (1, 1, 'old', 5, NULL, 9, 1, 1, '101', 'Anna', '102', 2, '"busy"', 486,
                '[{"account": 2, "outcome": "busy", "status": 486, "rang": true}]');"#,
        )
        .expect("an older table");
    drop(records);
    let calls = folder.open().store.calls(10).expect("reads");
    assert_eq!(calls.iter().map(|call| (call.call_id.as_str(), call.answering, call.path.len())).collect::<Vec<_>>(), [("old", None, 0)]);
    assert_eq!(calls[0].legs, [LegRecord { end: LegEnd::Account(AccountId(2)), hop: 0, outcome: Outcome::Busy, status: 486, rang: true }]);
}

/// A random change, often a bad one: names that are taken, references to nothing, values that are refused.
fn random_change(dice: &mut Dice) -> Change {
    let kind = [Kind::Extension, Kind::Account, Kind::Tenant, Kind::Sip][dice.below(4) as usize];
    let id = i64::from(dice.below(8));
    let own = match kind {
        Kind::Extension => Own::default().with("number", format!("{}", 8 + dice.below(8))).with("busy_level", dice.below(2200)),
        Kind::Account => {
            let own = Own::default().with("username", ["a", "B", "b", "c", "d e"][dice.below(5) as usize]);
            match dice.below(3) {
                0 => own.with("extension", format!("{}", 8 + dice.below(8))),
                1 => own.with("extension", id),
                _ => own.with("codecs", json!([["gsm"], ["pcma"], [""]][dice.below(3) as usize])),
            }
        }
        Kind::Tenant => Own::default().with("name", ["default", "Acme", "Bits"][dice.below(3) as usize]),
        _ => Own::default().with("codecs", json!(["pcma", "gsm", "opus"][..dice.below(4) as usize])),
    };
    match dice.below(6) {
        0 if kind != Kind::Sip => Change::Delete { kind, id },
        1 | 2 => Change::Put { kind, id: Some(id), own },
        _ => Change::Put { kind, id: None, own },
    }
}

#[test]
fn random_edits_change_all_or_nothing_and_revisions_only_grow() {
    let folder = Folder::new();
    let (mut saved, mut refused) = (0, 0);
    for seed in 0..6 {
        let mut dice = Dice::from_number(seed);
        let mut store = folder.open().store;
        for _ in 0..60 {
            let before = store.settings();
            let changes = (0..1 + dice.below(3)).map(|_| random_change(&mut dice)).collect();
            match save(&mut store, changes) {
                Ok(revision) => {
                    assert_eq!(revision, before.revision + u64::from(store.settings().rows() != before.rows()), "seed {seed}");
                    saved += 1;
                }
                Err(EditRefused::Faults(faults)) => {
                    assert!(!faults.is_empty() && faults.iter().all(|fault| !fault.place.is_empty()), "seed {seed}: {faults:?}");
                    assert!(std::sync::Arc::ptr_eq(&before, &store.settings()), "seed {seed}");
                    refused += 1;
                }
                Err(other) => panic!("seed {seed}: {other:?}"),
            }
        }
        let rows: Rows = store.settings().rows().clone();
        let export = store.export(false);
        assert_eq!(store.apply(&export, true, &author(), NOW).expect("an export is sound").differences, [], "seed {seed}");
        drop(store);
        let opened = folder.open();
        assert_eq!((opened.settings.rows(), opened.notices.len()), (&rows, 0), "seed {seed}: what is in memory is what is on the disk");
    }
    assert!(saved > 20 && refused > 20, "{saved} saved, {refused} refused");
}

#[test]
fn registrations_are_kept_quickly() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    let began = Instant::now();
    for round in 0..200 {
        let batch: Vec<Entry> = (0..20).map(|account| binding(account, round)).collect();
        store.keep(&batch).expect("kept");
    }
    let batched = began.elapsed();
    let began = Instant::now();
    for round in 0..1000 {
        store.keep(&[binding(1, round)]).expect("kept");
    }
    println!("4,000 registrations in batches of 20: {batched:?}; 1,000 one by one: {:?}", began.elapsed());
    let began = Instant::now();
    save(&mut store, town(1_000)).expect("sound");
    println!("saving 1,000 extensions with 3,000 accounts: {:?}", began.elapsed());
    drop(store);
    let began = Instant::now();
    assert_eq!(folder.open().settings.accounts.len(), 3_000);
    println!("opening them: {:?}", began.elapsed());
}

#[test]
fn the_store_thread_keeps_publishes_and_stops() {
    use std::sync::mpsc;
    use trillo::shell::control::{self, Request, Response};
    use trillo::shell::store::StoreHandle;

    let folder = Folder::new();
    let run = folder.0.join("run");
    let (seen_sender, seen) = mpsc::channel();
    let subscriber = Box::new(move |settings: std::sync::Arc<trillo::settings::Settings>| {
        let _ = seen_sender.send(settings.revision);
    });
    let store = StoreHandle::start(folder.open(), vec![subscriber]).expect("starts");
    assert_eq!(seen.recv(), Ok(0), "what there is, at once");

    let began = Instant::now();
    let (done_sender, done) = mpsc::channel();
    for cseq in 0..2_000 {
        let done_sender = done_sender.clone();
        store.keep(vec![binding(1, cseq)], Box::new(move |outcome| drop(done_sender.send(outcome))));
    }
    for _ in 0..2_000 {
        assert_eq!(done.recv(), Ok(Ok(())));
    }
    println!("2,000 registrations through the thread: {:?}", began.elapsed());

    let settings = store.edit(Edit { changes: office(), based_on: None }, author()).expect("sound");
    assert_eq!((settings.revision, store.settings().revision, seen.try_recv()), (1, 1, Ok(1)), "everybody has it before the answer");

    // The control socket, as the commands use it.
    control::serve(&run, control::handler(store.clone(), || json!({"calls": 0}))).expect("listens");
    let ask = |request: &Request| control::ask(&run, request).expect("answers").expect("runs");
    assert_eq!(ask(&Request::Status {}), Response::Status(json!({"calls": 0})));
    let Response::Exported(text) = ask(&Request::Export { with_secrets: true }) else { panic!("no export") };
    assert!(text.contains("geheim-geheim"));
    let apply = |text: &str, trial| ask(&Request::Apply { text: text.to_owned(), trial });
    assert_eq!(apply(&text, false), Response::Applied { revision: 1, differences: vec![] });
    assert!(store.settings().claimed, "applying claims");
    let text = text.replace("Anna", "Bea");
    let differences = vec!["~ extension 101\n    first_name: \"Anna\" -> \"Bea\"".to_owned()];
    assert_eq!(apply(&text, true), Response::Applied { revision: 1, differences: differences.clone() });
    assert_eq!(apply(&text, false), Response::Applied { revision: 2, differences });
    assert_eq!(store.revisions(None, 1).expect("reads")[0].author.source, "command line");
    let Response::Faults(faults) = apply("[sip]\nrelm = 1\n[[extension]]\n", false) else { panic!("no faults") };
    assert_eq!(faults.len(), 3, "{faults:?}");

    store.stop().expect("stops");
    assert_eq!(store.keep_for_test(), Some(Trouble::Stopped));
    let after = folder.open();
    assert_eq!((after.settings.revision, cseqs(&after)), (2, BTreeMap::from([(1, 1_999)])));
}

/// What `keep` says now.
trait KeepForTest {
    fn keep_for_test(&self) -> Option<Trouble>;
}

impl KeepForTest for trillo::shell::store::StoreHandle {
    fn keep_for_test(&self) -> Option<Trouble> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.keep(vec![], Box::new(move |outcome| drop(sender.send(outcome.err()))));
        receiver.recv().ok().flatten()
    }
}

/// Names the folder that the child process of the next test works in.
const CHILD: &str = "TRILLO_TEST_STORE_CHILD";

/// Not a test of its own: run as a process by the next one, it saves and keeps until it is killed, and prints what was acknowledged.
#[test]
fn child_that_is_killed() {
    use std::io::Write;
    let Some(data) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let mut opened = Store::open(&data, &data.join("run"), NOW).expect("opens");
    let first = cseqs(&opened).get(&1).map_or(0, |cseq| cseq + 1);
    let mut out = std::io::stdout();
    for cseq in first.. {
        opened.store.keep(&[binding(1, cseq)]).expect("kept");
        let mut revision = opened.store.settings().revision;
        if cseq % 8 == 0 {
            let number = format!("{}", 1_000 + revision);
            revision = save(&mut opened.store, vec![put(Kind::Extension, None, &[("number", &number)])]).expect("sound");
        }
        let _ = writeln!(out, "\nkept {cseq} {revision}");
        let _ = out.flush();
    }
}

#[test]
fn ten_kills_lose_nothing_that_was_acknowledged() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let mut dice = Dice::from_number(1);
    for round in 0..10 {
        let mut child = Command::new(std::env::current_exe().expect("a test is a program"))
            .args(["--exact", "store::child_that_is_killed", "--nocapture"])
            .env(CHILD, &folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut acknowledged = (0, 0);
        let (mut seen, wanted) = (0, 20 + dice.below(200));
        for line in lines.map_while(Result::ok) {
            let mut words = line.split(' ');
            if let (Some("kept"), Some(cseq), Some(revision)) = (words.next(), words.next(), words.next()) {
                acknowledged = (cseq.parse().expect("a number"), revision.parse().expect("a number"));
                seen += 1;
            }
            if seen == wanted {
                // SIGKILL; what is in the pipe is read on, it was acknowledged too.
                child.kill().expect("kills");
            }
        }
        child.wait().expect("ends");
        assert!(seen >= wanted, "round {round}: the child ended by itself after {seen}");
        let opened = folder.open();
        let (cseq, revision): (u32, u64) = acknowledged;
        assert!(cseqs(&opened)[&1] >= cseq, "round {round}: registration {cseq}, found {:?}", cseqs(&opened));
        assert!(opened.settings.revision >= revision, "round {round}: revision {revision}, found {}", opened.settings.revision);
        assert_eq!(opened.settings.extensions.len() as u64, opened.settings.revision, "round {round}: a revision is whole");
        assert_eq!(opened.notices, [] as [&str; 0], "round {round}");
    }
}
