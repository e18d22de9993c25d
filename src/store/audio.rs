//! `DATA/audio/HASH.wav`: recordings, each under the SHA-256 of its bytes. Written under another name, then renamed: what stands
//! under its name is whole. The same recording twice is one file. A file that neither the settings nor a revision on record name is
//! swept after a while; until then whoever uploaded it may still be about to name it.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::base::limits::AUDIO_FOLDER_BYTES_MAX;
use crate::settings::{Change, Edit, Edited, Fault, Kind, Own, Recording, Settings};

use super::Trouble;
use super::folder;

/// A file that nobody names stays for so long.
pub(super) const NAMELESS_FOR: Duration = Duration::from_secs(3_600);

/// What came of keeping a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Kept,
    /// All of them together would be more than [`AUDIO_FOLDER_BYTES_MAX`].
    NoRoom,
}

/// The folder of recordings. Reading and writing them is no part of the one writer's thread: a long recording shall delay no registration.
#[derive(Clone, Debug)]
pub struct AudioFolder {
    folder: PathBuf,
}

impl AudioFolder {
    pub fn new(data: &Path) -> AudioFolder {
        AudioFolder { folder: data.join("audio") }
    }

    /// `bytes` are those that the recording was read from.
    pub fn keep(&self, recording: &Recording, bytes: &[u8]) -> Result<Kept, Trouble> {
        folder::make(&self.folder)?;
        let path = self.path(&recording.file);
        let write = || -> std::io::Result<Kept> {
            match File::options().append(true).open(&path) {
                // Perhaps nobody named it for long: it is new again.
                Ok(file) => return file.set_modified(SystemTime::now()).map(|()| Kept::Kept),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            let kept = self.files()?.iter().map(|(_, size, _)| size).sum::<u64>();
            if kept + bytes.len() as u64 > AUDIO_FOLDER_BYTES_MAX {
                return Ok(Kept::NoRoom);
            }
            let half = self.folder.join(format!("{}.part", recording.file));
            let written = write_whole(&half, &path, bytes);
            if written.is_err() {
                let _ = fs::remove_file(&half);
            }
            written.map(|()| Kept::Kept)
        };
        write().map_err(|error| Trouble::io("writing", &path, &error))
    }

    /// `None`: there is no such recording on this box.
    pub fn read(&self, file: &str) -> Result<Option<Vec<u8>>, Trouble> {
        // The name comes from a settings row, which may come from another box: nothing but a hash becomes a path.
        if !is_hash(file) {
            return Ok(None);
        }
        let path = self.path(file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Trouble::io("reading", &path, &error)),
        }
    }

    pub fn has(&self, file: &str) -> bool {
        is_hash(file) && self.path(file).is_file()
    }

    /// Deletes what is older than `age` and not named.
    pub(super) fn sweep(&self, age: Duration, is_named: &dyn Fn(&str) -> Result<bool, Trouble>) -> Result<(), Trouble> {
        let files = match self.files() {
            Ok(files) => files,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Trouble::io("reading", &self.folder, &error)),
        };
        for (path, _, modified) in files {
            let file = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            // A clock that was set back makes it young: it waits.
            let is_old = modified.elapsed().is_ok_and(|since| since >= age);
            let is_whole = path.extension().is_some_and(|extension| extension == "wav");
            if is_old && !(is_whole && is_named(file)?) {
                fs::remove_file(&path).map_err(|error| Trouble::io("deleting", &path, &error))?;
            }
        }
        Ok(())
    }

    /// Path, size and when it was written.
    fn files(&self) -> std::io::Result<Vec<(PathBuf, u64, SystemTime)>> {
        let file = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry?;
            let about = entry.metadata()?;
            Ok((entry.path(), about.len(), about.modified()?))
        };
        fs::read_dir(&self.folder)?.map(file).collect()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(format!("{}.wav", file.to_ascii_lowercase()))
    }
}

/// What an edit names that is not in the folder; of a box without one, all that it names.
pub(super) fn missing(folder: Option<&AudioFolder>, edit: &Edit, edited: &Edited) -> Vec<Fault> {
    let changed = edited.rows.iter().filter(|row| row.kind == Kind::Audio);
    let named = changed.filter_map(|row| Some((row.id, file_of(row.after.as_deref()?)?.to_owned())));
    let missing = named.filter(|(_, file)| !folder.is_some_and(|folder| folder.has(file)));
    let fault = |(id, file): (i64, String)| {
        let names = |change: &Change| matches!(change, Change::Put { kind: Kind::Audio, own, .. } if file_of(own) == Some(file.as_str()));
        let change = edit.changes.iter().position(names);
        let name = edited.settings.name_of(Kind::Audio, id);
        Fault::recording_missing(change, id, &name)
    };
    missing.map(fault).collect()
}

fn file_of(own: &Own) -> Option<&str> {
    own.get("file")?.as_str()
}

/// Whether the settings as they are name the file.
pub(super) fn is_named_in(settings: &Settings, file: &str) -> bool {
    settings.audio.values().any(|audio| audio.file.eq_ignore_ascii_case(file))
}

fn write_whole(half: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(half, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn is_hash(file: &str) -> bool {
    file.len() == 64 && file.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Data(PathBuf);

    impl Data {
        fn new(name: &str) -> Data {
            let data = std::env::temp_dir().join(format!("trillo-audio-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&data);
            Data(data)
        }
    }

    impl Drop for Data {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn recording(letter: char) -> Recording {
        Recording { file: letter.to_string().repeat(64), duration: Duration::from_secs(1) }
    }

    #[test]
    fn a_recording_comes_back_as_it_was_and_no_path_leads_elsewhere() {
        let data = Data::new("back");
        let folder = AudioFolder::new(&data.0);
        let found = recording('a');
        for _ in 0..2 {
            assert_eq!(folder.keep(&found, b"sound").expect("no trouble"), Kept::Kept);
        }
        assert_eq!(folder.read(&found.file).expect("read").as_deref(), Some(&b"sound"[..]));
        assert!(folder.has(&found.file) && folder.has(&found.file.to_uppercase()));
        assert_eq!(fs::read_dir(data.0.join("audio")).expect("a folder").count(), 1);
        for file in ["../key", "", "..%2fkey", &"0".repeat(64)] {
            assert_eq!(folder.read(file).expect("no trouble"), None, "{file}");
            assert!(!folder.has(file), "{file}");
        }
    }

    #[test]
    fn what_nobody_names_is_swept_and_what_is_young_waits() {
        let data = Data::new("sweep");
        let folder = AudioFolder::new(&data.0);
        folder.sweep(Duration::ZERO, &|_| Ok(false)).expect("there is no folder yet");
        let (named, nameless) = (recording('a'), recording('b'));
        for recording in [&named, &nameless] {
            folder.keep(recording, b"sound").expect("kept");
        }
        fs::write(data.0.join("audio").join("c.part"), b"so").expect("writes");
        let is_named = |file: &str| Ok(file == named.file);
        folder.sweep(NAMELESS_FOR, &is_named).expect("sweeps");
        assert_eq!(fs::read_dir(data.0.join("audio")).expect("a folder").count(), 3);
        folder.sweep(Duration::ZERO, &is_named).expect("sweeps");
        assert!(folder.has(&named.file) && !folder.has(&nameless.file));
        assert_eq!(fs::read_dir(data.0.join("audio")).expect("a folder").count(), 1, "halves go too");
    }

    #[test]
    fn the_folder_has_an_end() {
        let data = Data::new("full");
        let folder = AudioFolder::new(&data.0);
        folder.keep(&recording('a'), b"sound").expect("kept");
        let big = File::create(data.0.join("audio").join(format!("{}.wav", "d".repeat(64)))).expect("made");
        big.set_len(AUDIO_FOLDER_BYTES_MAX - 5).expect("sparse");
        assert_eq!(folder.keep(&recording('b'), b"sound").expect("no trouble"), Kept::NoRoom);
        assert_eq!(folder.keep(&recording('a'), b"sound").expect("no trouble"), Kept::Kept, "it is there already");
    }
}
