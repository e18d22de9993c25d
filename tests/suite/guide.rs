//! The administrator's guide that the directory was asked to follow: each of its 65 parameters is a setting, and each setting of an
//! extension, account, voicemail box or user is one of them or has a reason of its own.
//!
//! With `TRILLO_GUIDE=FILE` the words are also looked up in the guide's text.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;

use trillo::secret::Key;
use trillo::settings::csv::{self, Sheet};
use trillo::settings::file::{self, Secrets};
use trillo::settings::{Change, Edit, Field, Kind, Own, Settings, Shape};
use trillo::text::Language;

const GUIDE: &str = include_str!("guide.tsv");

/// Settings beyond the guide, and why they are there.
const OURS: &[(&str, &str)] = &[
    ("extension.tenant", "the guide's PBX has tenants on another page"),
    ("extension.outbound_number", "what lines show as the caller"),
    ("extension.hide_number", "the same, hidden (CLIR)"),
    ("account.tenant", "as of extensions"),
    ("account.digest", "SHA-256 (RFC 8760) for phones that can"),
    ("mailbox.tenant", "as of extensions"),
    ("user.own_role", "roles of the administrator's making"),
    ("user.totp_secret", "a second factor"),
    ("user.recovery_codes", "the way in when its device is lost"),
    ("user.language", "English or Italian"),
];

const KINDS: [Kind; 4] = [Kind::Extension, Kind::Account, Kind::Mailbox, Kind::User];

struct Row {
    section: &'static str,
    words: &'static str,
    settings: Vec<(&'static str, Vec<&'static str>)>,
}

fn rows() -> Vec<Row> {
    let setting = |text: &'static str| match text.split_once('=') {
        Some((key, choices)) => (key, choices.split(',').collect()),
        None => (text, Vec::new()),
    };
    let row = |line: &'static str| {
        let parts: Vec<&str> = line.split('\t').collect();
        let [section, words, settings] = parts[..] else { panic!("three columns: {line}") };
        Row { section, words, settings: settings.split(' ').map(setting).collect() }
    };
    GUIDE.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

fn field(path: &str) -> (Kind, &'static Field) {
    let (kind, key) = path.split_once('.').unwrap_or_else(|| panic!("{path} is KIND.KEY"));
    let kind = Kind::from_name(kind).unwrap_or_else(|| panic!("there is a kind {kind}"));
    (kind, kind.field(key).unwrap_or_else(|| panic!("there is a setting {path}")))
}

#[test]
fn each_of_the_guides_65_parameters_is_a_setting() {
    let rows = rows();
    assert_eq!(rows.len(), 65);
    let places: BTreeSet<_> = rows.iter().map(|row| (row.section, row.words)).collect();
    assert_eq!(places.len(), 65, "each row once");
    for (path, choices) in rows.iter().flat_map(|row| &row.settings) {
        let (_, field) = field(path);
        for language in Language::ALL {
            assert!(!field.words.label.in_language(language).is_empty() && !field.words.help.in_language(language).is_empty(), "{path}");
        }
        let (Shape::Choices { of, .. } | Shape::Choice(of)) = field.shape else {
            assert!(choices.is_empty(), "{path} has no choices");
            continue;
        };
        assert!(choices.iter().all(|choice| of.contains(choice)), "{path}: {of:?}");
    }
}

#[test]
fn each_setting_is_the_guides_or_has_a_reason() {
    let named: BTreeSet<&str> = rows().iter().flat_map(|row| &row.settings).map(|(path, _)| *path).collect();
    let ours: BTreeSet<&str> = OURS.iter().map(|(path, _)| *path).collect();
    let all: BTreeSet<String> =
        KINDS.iter().flat_map(|kind| kind.fields().iter().map(|field| format!("{}.{}", kind.name(), field.key))).collect();
    for path in &all {
        let (is_named, is_ours) = (named.contains(path.as_str()), ours.contains(path.as_str()));
        assert!(
            is_named != is_ours,
            "{path}: {}",
            if is_named { "the guide has it, so it needs no reason" } else { "neither a row nor a reason" }
        );
    }
    for path in named.iter().chain(&ours) {
        assert!(all.contains(*path), "{path} is gone");
    }
    assert!(OURS.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn each_of_them_is_in_the_settings_file_and_in_a_table() {
    for path in rows().iter().flat_map(|row| &row.settings).map(|(path, _)| *path) {
        let (kind, field) = field(path);
        // The password of a user goes in in clear, under a name of its own.
        let key = if field.key == "password_hash" { "password" } else { field.key };
        // The reader of files knows the key: what it refuses, if anything, is the value.
        let text = format!("[[{}]]\n{key} = \"\\u0001\"\n", kind.name());
        let (fresh, hashes) = (Settings::fresh(), file::Hashes::new());
        let refused = file::read(&text, &hashes, &fresh, &Key::new([1; 32])).check(&fresh, &mut || [2; 24]);
        let said = refused.expect_err("a control character fits nowhere").iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(!said.contains("there is no such setting"), "{path}: {said}");
        let look = csv::read(csv::Format::Trillo(Sheet::Of(kind)), format!("{key}\n\u{1}\n").as_bytes(), &Settings::fresh())
            .preview(&Settings::fresh());
        let is_unknown = look.all_faults().any(|fault| fault.column == key && fault.to_string().contains("no column has this name"));
        assert!(!is_unknown, "{path}");
    }
    // And out again, where an entity has them.
    let own = Own::default().with("number", "101").with("busy_level", 2);
    let edit = Edit { changes: vec![Change::Put { kind: Kind::Extension, id: None, own }], based_on: None };
    let settings = Settings::fresh().edited(&edit, &mut || [0; 24]).expect("sound").settings;
    assert!(file::write(&settings, Secrets::InClear).contains("busy_level = 2"));
    let header = csv::export(Sheet::Of(Kind::Extension), &settings, true).lines().next().unwrap_or_default().to_owned();
    let columns: Vec<&str> = header.split(',').collect();
    assert!(Kind::Extension.fields().iter().filter(|field| field.key != "tenant").all(|field| columns.contains(&field.key)), "{header}");
}

#[test]
fn the_words_are_the_guides() {
    let Some(path) = std::env::var_os("TRILLO_GUIDE") else { return };
    let guide = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()));
    let mut at = 0;
    for row in rows() {
        assert!(guide.contains(row.section), "{}", row.section);
        let forms = [format!("\n- {}: ", row.words), format!("\n{} | ", row.words), format!("\n{}\n", row.words)];
        // In the guide's order, so that two rows of the same words are two places of it.
        let found = forms.iter().filter_map(|form| guide[at..].find(form.as_str())).min();
        at += found.unwrap_or_else(|| panic!("{}: {} does not follow", row.section, row.words)) + 1;
    }
}
