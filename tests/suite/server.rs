//! The service file for a plain server: systemd understands it, and the program takes what it says.

use std::path::{Path, PathBuf};
use std::process::Command;

const UNIT: &str = include_str!("../../board/server/trillo.service");

#[test]
fn the_program_knows_each_word_of_the_service_file() {
    let line = UNIT.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/trillo ")).expect("it starts the program");
    let mut words = line.split(' ');
    let help = Command::new(env!("CARGO_BIN_EXE_trillo")).args([words.next().unwrap_or_default(), "--help"]).output().expect("it runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for word in words.filter(|word| word.starts_with("--")) {
        assert!(help.split([' ', '\n', ',']).any(|known| known == word), "{word} is none of:\n{help}");
    }
}

#[test]
fn it_has_two_rights_and_no_more() {
    for (key, value) in [
        ("CapabilityBoundingSet", "CAP_NET_BIND_SERVICE CAP_SYS_NICE"),
        ("AmbientCapabilities", "CAP_NET_BIND_SERVICE CAP_SYS_NICE"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("DynamicUser", "yes"),
        ("StateDirectoryMode", "0700"),
    ] {
        assert_eq!(UNIT.lines().filter(|line| *line == format!("{key}={value}")).count(), 1, "{key}");
    }
}

/// A file that goes in the end.
struct Unit(PathBuf);

impl Drop for Unit {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn systemd_finds_nothing_wrong_with_it() {
    if !["/usr/bin", "/bin"].iter().any(|folder| Path::new(folder).join("systemd-analyze").exists()) {
        eprintln!("skipped: there is no systemd-analyze here");
        return;
    }
    let path = std::env::temp_dir().join(format!("trillo-{}.service", std::process::id()));
    // The program is not installed here, and the documentation neither.
    let unit = UNIT.replace("/usr/local/bin/trillo", env!("CARGO_BIN_EXE_trillo"));
    std::fs::write(&path, unit).expect("writes");
    let unit = Unit(path);
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit.0).output().expect("it runs");
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    // What it says of other units of this machine is not ours to mend.
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("trillo-")).collect();
    assert!(ours.is_empty(), "{said}");
}
