//! The architecture as a test: who may import whom, no dead files, and nothing that reads the world outside the shell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Module -> what it may import. `exchange` and others may name a part of a module as `module::part`. A new edge is a design change.
const LAW: &[(&str, &str)] = &[
    ("base", ""),
    ("text", "base"),
    ("secret", "base"),
    ("sip", "base"),
    ("sdp", "base"),
    ("rtp", "base"),
    ("codec", "base"),
    ("entry", "base"),
    ("dns", "base"),
    ("settings", "base text secret"),
    ("route", "base settings entry"),
    ("guard", "base settings entry"),
    ("trace", "base entry"),
    ("media", "base rtp codec"),
    ("exchange", "base secret settings guard trace route phonebook sip sdp entry media::order media::report"),
    ("phonebook", "base text secret settings"),
    ("ldap", "base text secret settings phonebook"),
    ("store", "base secret settings entry"),
    ("web", "base text secret settings entry store phonebook route exchange::status exchange::command trace"),
    ("shell", "*"),
    ("init", "base"),
];

/// Only these may touch clocks, files, sockets, processes and threads.
const WORLDLY: &[&str] = &["shell", "store", "init"];

/// What a pure machine must not name.
const WORLD: &[&str] = &[
    "std::fs",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "SystemTime",
    "std::net::UdpSocket",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::env",
    "tokio::",
    "getrandom::",
    "nix::",
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src is readable") {
            let path = entry.expect("entry is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is text");
                files.push((path.strip_prefix(&root).expect("below src").to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

/// The first part of the path: `sip` of `sip/message/scanner.rs`, `lib` of `lib.rs`.
fn module_of(path: &Path) -> String {
    let first = path.components().next().expect("a path has a part").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The paths behind every `crate::` of a text, groups opened: `crate::base::{Now, id}` gives `base::Now` and `base::id`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let end = group.find(';').unwrap_or(group.len());
            let mut depth = 0;
            let mut name = String::new();
            for c in group[..end].chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 && (c == ',' || c == '}') || depth < 0 {
                    found.push(std::mem::take(&mut name));
                } else if !c.is_whitespace() {
                    name.push(c);
                }
                if depth < 0 {
                    break;
                }
            }
            continue;
        }
        found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect());
    }
    found.retain(|path| !path.is_empty());
    found
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_import_only_what_the_law_allows() {
    let law: BTreeMap<&str, Vec<&str>> = LAW.iter().map(|(module, allowed)| (*module, allowed.split(' ').collect())).collect();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some(allowed) = law.get(module.as_str()) else {
            broken.push(format!("{}: no line of the law names module `{module}`", path.display()));
            continue;
        };
        for import in imports(&without_comments(&text)) {
            let target = import.split("::").next().unwrap_or("");
            // A macro at the crate's root, such as slab_key, belongs to base.
            let free = target == module || target == "slab_key" || allowed.contains(&"*");
            let named = allowed.iter().any(|edge| import == *edge || import.starts_with(&format!("{edge}::")));
            if !free && !named {
                broken.push(format!("{}: `{module}` may not import `{import}`", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn pure_machines_do_not_touch_the_world() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if WORLDLY.contains(&module.as_str()) || module == "main" {
            continue;
        }
        let code = without_comments(&text);
        let code = code.split("#[cfg(test)]").next().unwrap_or("");
        for word in WORLD {
            if code.contains(word) {
                broken.push(format!("{}: names `{word}`", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_file_is_used() {
    let files = sources();
    let all: String = files.iter().map(|(_, text)| without_comments(text)).collect::<Vec<_>>().join("\n");
    for (path, _) in &files {
        let stem = path.file_stem().expect("a file has a name").to_string_lossy();
        let name = if stem == "mod" {
            path.parent().and_then(Path::file_name).expect("mod.rs lies in a folder").to_string_lossy().into_owned()
        } else {
            stem.into_owned()
        };
        let is_root = matches!(name.as_str(), "lib" | "main") || path.starts_with("init");
        assert!(is_root || all.contains(&format!("mod {name};")), "{} is in nobody's tree", path.display());
    }
}

#[test]
fn nothing_is_left_over() {
    const LEFTOVERS: &[&str] = &["todo!(", "unimplemented!(", "dbg!(", "FIXME", "XXX"];
    for (path, text) in sources() {
        for word in LEFTOVERS {
            assert!(!text.contains(word), "{} holds `{word}`", path.display());
        }
    }
}

#[test]
fn the_import_reader_opens_groups() {
    let text = "use crate::base::{Now, id};\nuse crate::{sip::Message, text};\nlet x = crate::entry::State::A;";
    assert_eq!(imports(text), ["base::", "sip::Message", "text", "entry::State::A"]);
}
