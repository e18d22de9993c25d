//! The setup code: made on first start, kept over restarts, gone once there is an administrator.
//!
//! `DATA/setup-code` keeps it; `RUN/setup-code` is where the supervisor of the box reads it for the console and the boot partition.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::web;

/// The code of a box without an administrator.
#[derive(Debug)]
pub struct SetupCode {
    code: String,
    files: [PathBuf; 2],
    is_over: AtomicBool,
}

impl SetupCode {
    /// Takes up the code there is, or makes one.
    pub fn open(data: &Path, run: &Path) -> io::Result<SetupCode> {
        let files = [data.join("setup-code"), run.join("setup-code")];
        let code = match fs::read_to_string(&files[0]) {
            Ok(code) if !code.trim().is_empty() => code.trim().to_owned(),
            _ => {
                let mut random = [0; web::SETUP_CODE_RANDOM_BYTES];
                getrandom::fill(&mut random).map_err(|fault| io::Error::other(fault.to_string()))?;
                web::setup_code(random)
            }
        };
        for file in &files {
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
            file.write_all(format!("{code}\n").as_bytes())?;
        }
        Ok(SetupCode { code, files, is_over: AtomicBool::new(false) })
    }

    /// None once there is an administrator.
    pub fn get(&self) -> Option<String> {
        (!self.is_over.load(Ordering::Relaxed)).then(|| self.code.clone())
    }

    /// There is an administrator: nobody may use the code again.
    pub fn end(&self) {
        if !self.is_over.swap(true, Ordering::Relaxed) {
            for file in &self.files {
                // One that is gone already is just what is wanted.
                let _ = fs::remove_file(file);
            }
        }
    }
}
