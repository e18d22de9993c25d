//! What `trillo` writes to its output, kept in RAM: the newest half megabyte or so, in two files, because a card wears and RAM is small.

use std::fs::{File, OpenOptions};
use std::io::Write;

const CURRENT: &str = "/run/log/trillo";
const PREVIOUS: &str = "/run/log/trillo.1";
/// Of one file.
const BYTES_MAX: usize = 256 * 1024;

#[derive(Default)]
pub struct Log {
    file: Option<File>,
    bytes: usize,
}

impl Log {
    /// A log that cannot be written is not worth stopping for.
    pub fn write(&mut self, bytes: &[u8]) {
        if self.file.is_none() || self.bytes >= BYTES_MAX {
            let _ = std::fs::create_dir_all("/run/log");
            let _ = std::fs::rename(CURRENT, PREVIOUS);
            self.file = OpenOptions::new().create(true).append(true).open(CURRENT).ok();
            self.bytes = 0;
        }
        if let Some(file) = &mut self.file {
            let _ = file.write_all(bytes);
            self.bytes += bytes.len();
        }
    }
}
