//! Figures of a full directory, printed: 1,000 extensions with 3,000 accounts. Run by `tests/run deep` from the release build:
//! `cargo test --release --test suite figures:: -- --ignored --nocapture`.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write;
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use trillo::settings::csv::{self, Format, Sheet};
use trillo::settings::{Edit, Kind, Settings, file};
use trillo::shell::store::StoreHandle;

use crate::settings::{key, put};
use crate::store::{Folder, NOW, author};

const EXTENSIONS: usize = 1_000;
const ACCOUNTS_EACH: usize = 3;
/// The machine may be busy with something else: the best of so many counts.
const TRIES: usize = 9;

fn directory() -> String {
    let mut text =
        "[[extension_template]]\nname = \"Desk\"\nbusy_level = 2\n[[account_template]]\nname = \"Phones\"\ncodecs = [\"pcma\"]\n"
            .to_owned();
    for at in 0..EXTENSIONS {
        let number = 1000 + at;
        let _ = writeln!(text, "[[extension]]\nnumber = \"{number}\"\nfirst_name = \"Anna\"\nlast_name = \"Bo {at}\"\ntemplate = \"Desk\"");
        for phone in 0..ACCOUNTS_EACH {
            let _ = writeln!(
                text,
                "[[account]]\nusername = \"{number}-{phone}\"\npassword = \"geheim-{number}-{phone}\"\ntemplate = \"Phones\"\nextension = \"{number}\""
            );
        }
    }
    text
}

fn settings() -> Settings {
    let fresh = Settings::fresh();
    file::read(&directory(), &file::Hashes::new(), &fresh, &key())
        .check(&fresh, &mut || [1; 24])
        .unwrap_or_else(|faults| panic!("{faults:?}"))
        .settings
}

fn best(of: &mut dyn FnMut(usize)) -> Duration {
    let time = |at| {
        let began = Instant::now();
        of(at);
        began.elapsed()
    };
    (0..TRIES).map(time).min().unwrap_or_default()
}

fn within(what: &str, took: Duration, at_most: Duration) {
    println!("{what}: {:.1} ms, at most {} ms", took.as_secs_f64() * 1000.0, at_most.as_millis());
    assert!(took <= at_most, "{what}: {took:?}");
}

#[test]
#[ignore = "figures of the release build"]
fn one_change_reaches_all_readers_in_20_ms() {
    let folder = Folder::new();
    let mut opened = folder.open();
    opened.store.apply(&directory(), false, &author(), NOW).expect("sound");
    drop(opened);
    let seen = Arc::new(AtomicU64::new(0));
    let reader = seen.clone();
    let subscriber = Box::new(move |settings: Arc<Settings>| reader.store(settings.revision, Ordering::SeqCst));
    let store = StoreHandle::start(folder.open(), vec![subscriber]).expect("starts");
    let id = store.settings().extensions.keys().next().expect("there").0;
    let took = best(&mut |at| {
        let name = format!("Anna {at}");
        let edit =
            Edit { changes: vec![put(Kind::Extension, Some(id), &[("first_name", &name)])], based_on: Some(store.settings().revision) };
        let after = store.edit(edit, author()).expect("sound");
        assert_eq!(seen.load(Ordering::SeqCst), after.revision, "everybody has it when the editor has his answer");
    });
    store.stop().expect("stops");
    within("one change, written down and with all readers", took, Duration::from_millis(20));
}

#[test]
#[ignore = "figures of the release build"]
fn a_snapshot_is_built_in_100_ms() {
    let settings = settings();
    let took = best(&mut |_| {
        let (built, left_out) = Settings::load(settings.rows().clone(), std::collections::BTreeMap::new(), 1, true);
        assert_eq!((built.accounts.len(), left_out.len()), (EXTENSIONS * ACCOUNTS_EACH, 0));
    });
    within("a snapshot out of stored rows, all checked", took, Duration::from_millis(100));
}

#[test]
#[ignore = "figures of the release build"]
fn a_table_of_a_thousand_rows_is_shown_in_300_ms() {
    let settings = settings();
    for sheet in [Sheet::People, Sheet::Of(Kind::Extension)] {
        let text = csv::export(sheet, &settings, true).replace("Anna", "Bea");
        let took = best(&mut |_| {
            let preview = csv::read(Format::Trillo(sheet), text.as_bytes(), &settings).preview(&settings);
            assert_eq!(preview.count(csv::RowState::Changed), EXTENSIONS);
        });
        within(&format!("the preview of {EXTENSIONS} rows of {}", sheet.name()), took, Duration::from_millis(300));
    }
}

/// A process that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "figures of the release build"]
fn the_process_takes_40_mb_with_it() {
    let folder = Folder::new();
    let mut opened = folder.open();
    opened.store.apply(&directory(), false, &author(), NOW).expect("sound");
    drop(opened);
    let free = || TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").to_string();
    let sip = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").to_string();
    let run = folder.0.join("run");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trillo"));
    command.arg("serve").arg("--data").arg(&folder.0).arg("--run").arg(&run);
    command.args(["--sip", &sip, "--web", &free(), "--web-tls", &free(), "--rtp", "21000-21399"]);
    let program = Program(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts"));
    let began = Instant::now();
    while !matches!(trillo::shell::control::ask(&run, &trillo::shell::control::Request::Status {}), Ok(Some(_))) {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
    let memory = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", program.0.id())).expect("reads");
    let kib = |name: &str| {
        memory.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).expect("a figure")
    };
    let mb = kib("Pss:") * 1024 / 1_000_000;
    println!("the process with {EXTENSIONS} extensions and {} accounts: {mb} MB, at most 40 MB", EXTENSIONS * ACCOUNTS_EACH);
    assert!(mb <= 40, "{mb} MB");
}
