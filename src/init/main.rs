//! `trillo-init`: PID 1 of the box, and the few calls into the kernel that its boot scripts need and no shell can make.
//!
//! Small on purpose: one thread, no async, no database, no TLS. It may use `trillo::base` and nothing else of the library.
#![allow(clippy::disallowed_methods)]

mod bootstate;
mod child;
mod console;
mod crc;
mod drill;
mod grow;
mod log;
mod network;
mod parameters;
mod pid1;
mod setup_code;
mod supervise;
mod verity;
mod watchdog;

use std::io;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage:
  trillo-init verity NAME DEVICE HASH_OFFSET ROOT_HASH SALT   opens a root slot as the mapped device NAME
  trillo-init grow DISK NUMBER                                partition NUMBER takes the rest of DISK
  trillo-init grow-fs FOLDER DEVICE                           the ext4 mounted at FOLDER takes all of DEVICE
  trillo-init watchdog SECONDS                                starts the hardware watchdog; PID 1 must feed it in time
  trillo-init state DEVICE                                    shows the boot state
  trillo-init state DEVICE healthy a|b                        gives a slot all its tries back
  trillo-init state DEVICE set LEFT_A LEFT_B a|b              sets tries and the preferred slot
";

fn main() -> ExitCode {
    if std::process::id() == 1 {
        return pid1::run();
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match obey(&words) {
        Ok(Some(text)) => println!("{text}"),
        Ok(None) => {}
        Err(error) => {
            eprintln!("trillo-init {}: {error}", words.first().unwrap_or(&""));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn number<T: std::str::FromStr>(word: &str) -> io::Result<T> {
    word.parse().map_err(|_| io::Error::other(format!("`{word}` is not a number")))
}

fn slot(word: &str) -> io::Result<bootstate::Slot> {
    bootstate::Slot::from_name(word).ok_or_else(|| io::Error::other(format!("`{word}` is not a slot; a or b")))
}

fn obey(words: &[&str]) -> io::Result<Option<String>> {
    match words {
        ["verity", name, device, hash_offset, root_hash, salt] => {
            verity::open(name, &verity::Slot { device, hash_offset: number(hash_offset)?, root_hash, salt })?;
            Ok(None)
        }
        ["grow", disk, partition] => {
            let grown = grow::grow_partition(Path::new(disk), number(partition)?)?;
            Ok(grown.map(|bytes| format!("partition {partition} of {disk} now has {} MiB", bytes >> 20)))
        }
        ["grow-fs", folder, device] => {
            grow::grow_file_system(Path::new(folder), Path::new(device))?;
            Ok(None)
        }
        ["watchdog", seconds] => {
            watchdog::Watchdog::open(number(seconds)?)?;
            Ok(None)
        }
        ["state", device] => {
            let (state, index) = bootstate::read(Path::new(device))?;
            Ok(Some(format!("{state} next={index}")))
        }
        ["state", device, "healthy", name] => Ok(Some(bootstate::mark_healthy(Path::new(device), slot(name)?)?.to_string())),
        ["state", device, "set", left_a, left_b, name] => {
            let (state, index) = bootstate::read(Path::new(device))?;
            let (left_a, left_b) = (number(left_a)?, number(left_b)?);
            let state = bootstate::State { seq: state.seq.wrapping_add(1), prefer: slot(name)?, left_a, left_b };
            bootstate::write(Path::new(device), &state, index)?;
            Ok(Some(state.to_string()))
        }
        _ => Err(io::Error::other(USAGE)),
    }
}
