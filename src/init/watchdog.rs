//! The hardware watchdog: guards PID 1 and the kernel. `trillo` is guarded by PID 1.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;

const DEVICE: &str = "/dev/watchdog";
/// The bit of the boot status that says the watchdog caused the last reset.
const CARD_RESET: i32 = 0x20;

nix::ioctl_read!(boot_status, b'W', 2, i32);
nix::ioctl_readwrite!(set_timeout, b'W', 6, i32);

/// An open watchdog. Dropping it leaves the hardware counting: only the letter `V` would stop it, and nothing here writes that.
pub struct Watchdog {
    device: File,
    /// What the hardware took, in seconds.
    pub timeout: i32,
    /// The machine is up again because of it.
    pub has_bitten: bool,
}

impl Watchdog {
    /// Opens it and asks for `seconds`; hardware that cannot count so far keeps what it has.
    pub fn open(seconds: i32) -> io::Result<Watchdog> {
        let device = OpenOptions::new().write(true).open(DEVICE)?;
        let (mut timeout, mut status) = (seconds, 0);
        // SAFETY: both calls write one int each.
        unsafe {
            if set_timeout(device.as_raw_fd(), &raw mut timeout).is_err() {
                timeout = 0;
            }
            if boot_status(device.as_raw_fd(), &raw mut status).is_err() {
                status = 0;
            }
        }
        let mut watchdog = Watchdog { device, timeout, has_bitten: status & CARD_RESET != 0 };
        watchdog.feed();
        Ok(watchdog)
    }

    /// A failure is not reported: the hardware itself is about to say it louder.
    pub fn feed(&mut self) {
        let _ = self.device.write(b"\0");
    }
}
