//! What may be linked in: licences and banned crates, read from `cargo metadata`.

use std::process::Command;

const BANNED: &[&str] = &["openssl", "openssl-sys", "native-tls", "g729-sys"];
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
    "CC0-1.0",
    "0BSD",
    "CDLA-Permissive-2.0",
    "MIT-0",
    "Unlicense",
];

/// Crates that name a licence file instead of a licence: read by us, all MIT. They are linked into tests only.
const READ: &[&str] = &["rsip", "rsip-derives"];

/// Name and licence of every package in the lock, read from the JSON with the parser that we have anyway.
fn packages() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "aarch64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let text = |package: &serde_json::Value, key: &str| package[key].as_str().unwrap_or("").to_owned();
    metadata["packages"].as_array().expect("packages").iter().map(|package| (text(package, "name"), text(package, "license"))).collect()
}

/// One of the alternatives of an expression such as `(MIT OR Apache-2.0) AND Unicode-3.0` must be all allowed.
fn is_allowed(licence: &str) -> bool {
    let plain = licence.replace(['(', ')'], " ").replace('/', " OR ").replace("Apache-2.0 WITH LLVM-exception", "Apache-2.0");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|alternative| LICENCES.contains(&alternative.trim())))
}

#[test]
fn licences_are_permissive_and_banned_crates_are_absent() {
    let packages = packages();
    assert!(packages.len() > 50, "the whole lock is read");
    for (name, licence) in packages {
        assert!(!BANNED.contains(&name.as_str()), "{name} is banned");
        assert!(is_allowed(&licence) || (licence.is_empty() && READ.contains(&name.as_str())), "{name} is licensed under {licence:?}");
    }
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    assert!(is_allowed("MIT OR GPL-3.0") && is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!is_allowed("GPL-3.0") && !is_allowed("MIT AND GPL-2.0") && !is_allowed(""));
}
