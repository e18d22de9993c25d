//! Tells the program which commit it was built from, and how many migrations its settings have gone through.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=TRILLO_COMMIT");
    let commit = std::env::var("TRILLO_COMMIT").ok().or_else(commit).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=TRILLO_COMMIT={commit}");
    let migrations = std::fs::read_dir("src/store/migrations").map_or(0, Iterator::count);
    println!("cargo::rustc-env=TRILLO_SCHEMA={migrations}");
    println!("cargo::rerun-if-changed=src/store/migrations");
    // HEAD changes with the branch, the reference with each commit.
    for file in [".git/HEAD", ".git/refs/heads/main"] {
        if std::path::Path::new(file).exists() {
            println!("cargo::rerun-if-changed={file}");
        }
    }
}

fn commit() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
