//! The program's commands as a person types them: what is printed, what comes back, what is left on the disk.

use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder that is not there yet, and goes in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("trillo-cli-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Folder(folder)
    }

    /// `trillo apply WORDS` with that file, and what came of it: exit code, output, errors.
    fn apply(&self, words: &[&str], file: &[u8]) -> (i32, String, String) {
        let path = self.0.with_extension("toml");
        std::fs::write(&path, file).unwrap();
        let Output { status, stdout, stderr } =
            Command::new(env!("CARGO_BIN_EXE_trillo")).arg("apply").arg("--data").arg(&self.0).args(words).arg(&path).output().unwrap();
        std::fs::remove_file(&path).unwrap();
        let said = |bytes| String::from_utf8(bytes).unwrap().replace(&*path.to_string_lossy(), "FILE");
        (status.code().unwrap(), said(stdout), said(stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const OFFICE: &[u8] =
    b"[[extension]]\nnumber = \"101\"\n[[account]]\nusername = \"anna\"\npassword = \"geheim-geheim\"\nextension = \"101\"\n";

#[test]
fn a_dry_run_makes_no_folder() {
    let folder = Folder::new("dry");
    let (code, said, errors) = folder.apply(&["--dry-run"], OFFICE);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(said.starts_with("+ extension 101\n") && said.contains("+ account anna\n"), "{said}");
    assert!(said.ends_with("This is what would change; nothing was changed.\n"), "{said}");
    assert!(!folder.0.exists());
    let (code, _, errors) = folder.apply(&["--dry-run"], b"[[extension]]\n");
    assert_eq!((code, errors.as_str()), (1, "FILE: line 1: 1st extension, number: it is missing\ntrillo: 1 fault; nothing was changed\n"));
    assert!(!folder.0.exists());
    std::fs::create_dir(&folder.0).unwrap();
    assert_eq!(folder.apply(&["--dry-run"], OFFICE).0, 0);
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0, "an empty folder stays empty");
    assert_eq!(folder.apply(&[], OFFICE).0, 0);
    assert_eq!(folder.apply(&["--dry-run"], OFFICE), (0, "Nothing differs.\n".to_owned(), String::new()));
}

#[test]
fn a_file_that_is_no_text_is_a_fault_with_its_place() {
    let folder = Folder::new("binary");
    let mut file = OFFICE.to_vec();
    file.extend(b"first_name = \"\xe9ric\"\n");
    let at = OFFICE.len() + 14;
    let expected = format!(
        "FILE: line 7: byte {at} of the file, 0xE9, is not UTF-8; save it as text in UTF-8\ntrillo: 1 fault; nothing was changed\n"
    );
    assert_eq!(folder.apply(&[], &file), (1, String::new(), expected));
    assert!(!folder.0.exists());
    assert_eq!(folder.apply(&[], b"\xff\xfe[\0").0, 1, "UTF-16");
    assert_eq!(folder.apply(&[], "[[extension]]\nnumber = \"é".as_bytes()).0, 1);
}

#[test]
fn an_empty_password_is_not_replaced_by_a_generated_one() {
    let folder = Folder::new("password");
    for empty in ["", "  "] {
        let file = String::from_utf8_lossy(OFFICE).replace("geheim-geheim", empty);
        let expected = "FILE: line 5: account anna, password: it must not be empty; left out, it stays as it is, and what is new gets a generated one\n\
                        trillo: 1 fault; nothing was changed\n";
        assert_eq!(folder.apply(&["--dry-run"], file.as_bytes()), (1, String::new(), expected.to_owned()));
    }
    let file = String::from_utf8_lossy(OFFICE).replace("password = \"geheim-geheim\"\n", "");
    assert_eq!(folder.apply(&[], file.as_bytes()).0, 0);
}

#[test]
fn a_name_that_turns_others_around_is_refused() {
    let folder = Folder::new("order");
    let file = "[[extension]]\nnumber = \"101\"\nfirst_name = \"Anna \u{202e}oB\"\nlast_name = \"\u{5d3}\u{5d5}\u{5d3}\"\n";
    let expected = "FILE: line 3: extension 101, first_name: it holds the invisible character U+202E, which changes the order of the others; \
                    take it out\ntrillo: 1 fault; nothing was changed\n";
    assert_eq!(folder.apply(&["--dry-run"], file.as_bytes()), (1, String::new(), expected.to_owned()));
}

#[test]
fn tables_come_in_and_go_out() {
    let folder = Folder::new("tables");
    assert_eq!(folder.apply(&[], OFFICE).0, 0);
    let path = folder.0.with_extension("csv");
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_trillo")).args(words).arg("--data").arg(&folder.0).output().unwrap();
        let said = |bytes| String::from_utf8(bytes).unwrap().replace(&*path.to_string_lossy(), "FILE");
        (output.status.code().unwrap(), said(output.stdout), said(output.stderr))
    };
    let import = |words: &[&str], table: &str| {
        std::fs::write(&path, table).unwrap();
        let outcome = run(&[&["import"], words, &[&*path.to_string_lossy()]].concat());
        std::fs::remove_file(&path).unwrap();
        outcome
    };
    let table = "number;first_name\n101;Anna\n102;=Bea\n";
    let (code, said, errors) = import(&["--csv", "extension", "--dry-run"], table);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(said.starts_with("~ extension 101\n    first_name = \"Anna\"\n+ extension 102\n"), "{said}");
    assert!(said.ends_with("This is what would change; nothing was changed.\n"), "{said}");
    let (_, said, _) = import(&["--csv", "extension"], table);
    assert!(said.ends_with("Imported as revision 2.\n"), "{said}");
    assert_eq!(import(&["--csv", "extension"], table).1, "Nothing differs.\n");
    let (_, out, _) = run(&["export", "--csv", "extension"]);
    assert!(out.starts_with("number,enabled,first_name") && out.contains("102,,'=Bea"), "{out}");
    let (code, said, errors) = import(&["--csv", "extension"], "number,email\n103,nobody\n");
    let expected = "FILE: line 2, email: it must be an e-mail address such as anna@example.com\ntrillo: 1 fault; nothing was changed\n";
    assert_eq!((code, said.as_str(), errors.as_str()), (1, "", expected));
    let (code, said, errors) = import(&["--freepbx"], "extension,name,secret,tech,ringtimer\n201,Carla Bo,geheim-geheim,pjsip,20\n");
    assert_eq!((code, errors.as_str()), (0, "trillo: these columns mean nothing here and were ignored: ringtimer\n"));
    assert!(said.contains("+ extension 201\n") && said.contains("+ account 201\n"), "{said}");
    assert_eq!(import(&["--csv", "fruit"], "").0, 2);
    assert_eq!(import(&[], "").0, 2, "one of the two must be said");
}
