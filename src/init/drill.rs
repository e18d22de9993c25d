//! The test port: with `trillo.test=1` on the kernel's command line, and only then, lines on a second virtio port are obeyed. The tests need
//! it because the box has no shell. Without the word nobody opens the port, and the images' own boot script never says it.
//!
//! ```text
//! stop trillo | kill trillo   SIGSTOP, SIGKILL          -> ok
//! stop init                   PID 1 stands still: the watchdog must reset the machine
//! keep WORD                   writes and syncs WORD      -> ok
//! kept                        reads it                   -> WORD
//! state                       -> slot, tries left, starts of trillo, watchdog
//! ```

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use nix::fcntl::OFlag;

/// The port's name on QEMU's command line.
const NAME: &str = "trillo.test";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    StopTrillo,
    KillTrillo,
    StopInit,
    Keep(String),
    Kept,
    State,
}

impl Order {
    fn parse(line: &str) -> Option<Order> {
        match line.trim() {
            "stop trillo" => Some(Order::StopTrillo),
            "kill trillo" => Some(Order::KillTrillo),
            "stop init" => Some(Order::StopInit),
            "kept" => Some(Order::Kept),
            "state" => Some(Order::State),
            line => line.strip_prefix("keep ").map(|word| Order::Keep(word.to_owned())),
        }
    }
}

/// The open port. Polled with the clock tick, not by readiness: a port whose other end is closed is always ready.
pub struct Port {
    file: File,
    line: Vec<u8>,
    /// Answers that the port has not taken yet.
    answers: Vec<u8>,
}

impl Port {
    /// A line longer than this is nobody's.
    const LINE_BYTES_MAX: usize = 256;

    pub fn open() -> io::Result<Port> {
        for entry in std::fs::read_dir("/sys/class/virtio-ports")? {
            let entry = entry?;
            if std::fs::read_to_string(entry.path().join("name")).is_ok_and(|name| name.trim() == NAME) {
                let path = std::path::Path::new("/dev").join(entry.file_name());
                let file = OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
                return Ok(Port { file, line: Vec::new(), answers: Vec::new() });
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    /// The next order, if one has arrived; what is not understood is answered here.
    pub fn poll(&mut self) -> Option<Order> {
        self.flush();
        let mut byte = [0];
        while matches!(self.file.read(&mut byte), Ok(1)) {
            if byte[0] != b'\n' {
                if self.line.len() < Self::LINE_BYTES_MAX {
                    self.line.push(byte[0]);
                }
                continue;
            }
            let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
            let order = Order::parse(&line);
            if order.is_some() {
                return order;
            }
            self.answer("not understood");
        }
        None
    }

    pub fn answer(&mut self, text: &str) {
        self.answers.extend(format!("{text}\n").as_bytes());
        self.flush();
    }

    /// A port that is full for the moment gets the rest with the next tick.
    fn flush(&mut self) {
        while !self.answers.is_empty() {
            let Ok(length @ 1..) = self.file.write(&self.answers) else { return };
            self.answers.drain(..length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_orders() {
        assert_eq!(Order::parse("stop init\r"), Some(Order::StopInit));
        assert_eq!(Order::parse("keep alpha"), Some(Order::Keep("alpha".to_owned())));
        assert_eq!(Order::parse("sh"), None);
    }
}
