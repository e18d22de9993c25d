//! The setup code as a file on the boot partition, for a box without a screen: put the card in a computer and read it.
//!
//! `trillo` writes the code to RUN/setup-code while nobody has claimed the box, and removes it then. PID 1 carries it to SETUP-CODE.txt. The
//! FAT is mounted writable only for that instant, and only if what it holds differs: once on the first start, once when claimed.

use std::io;
use std::path::Path;

use nix::mount::{MntFlags, MsFlags, mount, umount2};

const FOLDER: &str = "/run/boot";
const FILE: &str = "/run/boot/SETUP-CODE.txt";

/// Makes the file say `code`, or be gone.
pub fn publish(device: &Path, code: Option<&str>) -> io::Result<()> {
    std::fs::create_dir_all(FOLDER)?;
    let quiet = MsFlags::MS_NOEXEC | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some(device), FOLDER, Some("vfat"), quiet | MsFlags::MS_RDONLY, None::<&str>)?;
    let result = carry(code, quiet);
    umount2(FOLDER, MntFlags::empty())?;
    result
}

fn carry(code: Option<&str>, quiet: MsFlags) -> io::Result<()> {
    let there = std::fs::read_to_string(FILE).ok();
    let wanted = code.map(|code| format!("Trillo setup code: {code}\r\nType it on the box's web page. This file goes away then.\r\n"));
    if there == wanted {
        return Ok(());
    }
    mount(None::<&str>, FOLDER, None::<&str>, MsFlags::MS_REMOUNT | quiet, None::<&str>)?;
    match wanted {
        Some(text) => std::fs::write(FILE, text)?,
        None => std::fs::remove_file(FILE)?,
    }
    nix::unistd::sync();
    Ok(())
}
