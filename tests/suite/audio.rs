//! Recordings and the settings that name them: a settings file, what is undone, what is swept.
#![allow(clippy::disallowed_methods)]

use std::time::{Duration, SystemTime};

use trillo::settings::{Kind, Recording};
use trillo::store::{AudioFolder, EditRefused, Store};

use crate::revisions::ANYBODY;
use crate::settings::put;
use crate::store::{Folder, NOW, author, save};

fn recording(letter: &str) -> Recording {
    Recording { file: letter.repeat(64), duration: Duration::from_secs(1) }
}

fn apply(store: &mut Store, text: &str) -> Result<(), Vec<String>> {
    match store.apply(text, false, &author(), NOW) {
        Ok(_) => Ok(()),
        Err(EditRefused::Faults(faults)) => Err(faults.iter().map(ToString::to_string).collect()),
        Err(other) => panic!("{other:?}"),
    }
}

/// As if it was uploaded hours ago.
fn age(folder: &Folder, recording: &Recording) {
    let path = folder.0.join("audio").join(format!("{}.wav", recording.file));
    let file = std::fs::File::options().append(true).open(path).expect("there");
    file.set_modified(SystemTime::now() - Duration::from_secs(7_200)).expect("ages");
}

#[test]
fn a_settings_file_names_recordings_and_is_refused_where_they_are_not() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    let audio = AudioFolder::new(&folder.0);
    let text = format!("[[audio]]\nname = \"Welcome\"\nfile = \"{}\"\n", recording("a").file);
    let said = apply(&mut store, &text).expect_err("nobody uploaded it");
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("line 3: audio file Welcome, file: there is no recording with this SHA-256 on this box"), "{said:?}");
    audio.keep(&recording("a"), b"sound").expect("kept");
    apply(&mut store, &text).expect("it is there now");
    assert!(store.export(false).contains(&text), "{}", store.export(false));
    let said = apply(&mut store, "[[audio]]\nname = \"Welcome\"\nfile = \"welcome.wav\"\n").expect_err("no hash");
    assert!(said[0].contains("it must be the SHA-256 of an uploaded file"), "{said:?}");
    assert!(matches!(Store::try_on_new(&text), Err(EditRefused::Faults(_))), "a new box has no recordings");
}

#[test]
fn a_recording_that_an_undo_would_need_is_not_swept() {
    let folder = Folder::new();
    let mut store = folder.open().store;
    let audio = AudioFolder::new(&folder.0);
    let (named, was_named, nameless) = (recording("a"), recording("b"), recording("c"));
    for recording in [&named, &was_named, &nameless] {
        audio.keep(recording, b"sound").expect("kept");
        age(&folder, recording);
    }
    let young = recording("d");
    audio.keep(&young, b"sound").expect("kept");
    save(&mut store, vec![put(Kind::Audio, None, &[("name", "Welcome"), ("file", &was_named.file)])]).expect("sound");
    let id = store.settings().audio.keys().next().expect("there").0;
    save(&mut store, vec![put(Kind::Audio, Some(id), &[("file", &named.file)])]).expect("sound");
    store.copy_state_to_data().expect("copies and sweeps");
    let kept = [&named, &was_named, &nameless, &young].map(|recording| audio.has(&recording.file));
    assert_eq!(kept, [true, true, false, true]);
    store.revert(2, false, &ANYBODY, &author(), NOW).expect("undone");
    assert_eq!(store.settings().audio.values().next().expect("there").file, was_named.file);
}
