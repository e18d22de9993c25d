//! Which slot starts and how often it may still try: the raw partition `state`, shared with U-Boot's boot script.
//!
//! In: two blocks read from the partition. Out: the state that counts, and where its successor is written. Two copies lie 512 KiB apart, so
//! that they share no erase block of a card; the older is written, so a power cut during the write loses nothing.
//!
//! ```text
//! offset 0         copy 0                          offset 0x80000   copy 1
//!   0x0000  CRC-32 of the 4092 bytes below, little endian       (U-Boot: env export -c -s 1000)
//!   0x0004  "left_a=3\0left_b=3\0prefer=a\0seq=1f\0\0", sorted, numbers in hex, padded with zeros
//!   0x1000  end
//! ```

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::crc::crc32;

/// Bytes of one copy.
pub const COPY_BYTES: usize = 0x1000;
/// Where the two copies begin.
pub const COPY_OFFSETS: [u64; 2] = [0, 0x8_0000];
/// Starts that a slot gets without proving healthy.
pub const TRIES: u8 = 3;

/// One of the two systems on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    A,
    B,
}

impl Slot {
    pub fn from_name(name: &str) -> Option<Slot> {
        match name {
            "a" => Some(Slot::A),
            "b" => Some(Slot::B),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Slot::A => "a",
            Slot::B => "b",
        }
    }
}

/// What one copy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Counts writes; the copy with the higher number is the newer.
    pub seq: u32,
    /// The slot that starts as long as it has tries left.
    pub prefer: Slot,
    pub left_a: u8,
    pub left_b: u8,
}

impl State {
    /// What an unreadable partition is taken for, here and in the boot script.
    pub const FRESH: State = State { seq: 0, prefer: Slot::A, left_a: TRIES, left_b: TRIES };

    /// None if the CRC is wrong or a value makes no sense.
    pub fn decode(copy: &[u8]) -> Option<State> {
        let (crc, data) = copy.get(..COPY_BYTES)?.split_at(4);
        if crc32(data).to_le_bytes() != crc {
            return None;
        }
        let mut state = State::FRESH;
        for entry in data.split(|byte| *byte == 0).take_while(|entry| !entry.is_empty()) {
            let (key, value) = std::str::from_utf8(entry).ok()?.split_once('=')?;
            match key {
                "seq" => state.seq = u32::from_str_radix(value, 16).ok()?,
                "prefer" => state.prefer = Slot::from_name(value)?,
                "left_a" => state.left_a = u8::from_str_radix(value, 16).ok()?,
                "left_b" => state.left_b = u8::from_str_radix(value, 16).ok()?,
                // A later boot script may keep more than this program knows.
                _ => {}
            }
        }
        Some(state)
    }

    pub fn encode(&self) -> [u8; COPY_BYTES] {
        let text = format!("left_a={:x}\0left_b={:x}\0prefer={}\0seq={:x}\0\0", self.left_a, self.left_b, self.prefer.name(), self.seq);
        let mut copy = [0; COPY_BYTES];
        copy[4..4 + text.len()].copy_from_slice(text.as_bytes());
        let crc = crc32(&copy[4..]);
        copy[..4].copy_from_slice(&crc.to_le_bytes());
        copy
    }

    /// `slot` has proved itself: it is the one that starts, with all its tries.
    pub fn with_healthy(self, slot: Slot) -> State {
        let (left_a, left_b) = match slot {
            Slot::A => (TRIES, self.left_b),
            Slot::B => (self.left_a, TRIES),
        };
        State { seq: self.seq.wrapping_add(1), prefer: slot, left_a, left_b }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "prefer={} left_a={} left_b={} seq={}", self.prefer.name(), self.left_a, self.left_b, self.seq)
    }
}

/// The state that counts, and the index of the copy that its successor overwrites.
pub fn choose(copies: [Option<State>; 2]) -> (State, usize) {
    match copies {
        [Some(first), Some(second)] if second.seq > first.seq => (second, 0),
        [Some(first), _] => (first, 1),
        [None, Some(second)] => (second, 0),
        [None, None] => (State::FRESH, 0),
    }
}

/// Reads the state that counts, and the index of the copy to overwrite, from the partition's device or a file of its form.
pub fn read(device: &Path) -> io::Result<(State, usize)> {
    let file = File::open(device)?;
    let mut copies = [None; 2];
    for (copy, offset) in copies.iter_mut().zip(COPY_OFFSETS) {
        let mut block = [0; COPY_BYTES];
        file.read_exact_at(&mut block, offset)?;
        *copy = State::decode(&block);
    }
    Ok(choose(copies))
}

/// Writes `state` over copy `index` and reads it back.
pub fn write(device: &Path, state: &State, index: usize) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(device)?;
    file.write_all_at(&state.encode(), COPY_OFFSETS[index])?;
    file.sync_all()?;
    let mut block = [0; COPY_BYTES];
    file.read_exact_at(&mut block, COPY_OFFSETS[index])?;
    if State::decode(&block) != Some(*state) {
        return Err(io::Error::other("the state partition did not keep what was written"));
    }
    Ok(())
}

/// Gives the running slot all its tries back. Nothing is written if it has them and is the preferred one.
pub fn mark_healthy(device: &Path, slot: Slot) -> io::Result<State> {
    let (state, index) = read(device)?;
    let healthy = state.with_healthy(slot);
    if (State { seq: state.seq, ..healthy }) == state {
        return Ok(state);
    }
    write(device, &healthy, index)?;
    Ok(healthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(seq: u32) -> State {
        State { seq, ..State::FRESH }
    }

    #[test]
    fn a_copy_is_what_u_boot_exports() {
        let copy = State { seq: 0x1f, prefer: Slot::B, left_a: 0, left_b: 3 }.encode();
        assert!(copy[4..].starts_with(b"left_a=0\0left_b=3\0prefer=b\0seq=1f\0\0"));
        // Computed with another program: zlib.crc32 over the 4092 bytes.
        assert_eq!(copy[..4], 0x2437_6effu32.to_le_bytes());
        assert_eq!(State::decode(&copy), Some(State { seq: 0x1f, prefer: Slot::B, left_a: 0, left_b: 3 }));
    }

    #[test]
    fn a_torn_or_foreign_copy_is_none() {
        let mut copy = state(1).encode();
        copy[4095] = 1;
        assert_eq!(State::decode(&copy), None);
        assert_eq!(State::decode(&[0; COPY_BYTES]), None);
        assert_eq!(State::decode(&[]), None);
        let mut strange = [0; COPY_BYTES];
        strange[4..13].copy_from_slice(b"prefer=c\0");
        let crc = crc32(&strange[4..]);
        strange[..4].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(State::decode(&strange), None);
    }

    #[test]
    fn the_newer_copy_counts_and_the_older_is_overwritten() {
        assert_eq!(choose([Some(state(7)), Some(state(8))]), (state(8), 0));
        assert_eq!(choose([Some(state(9)), Some(state(8))]), (state(9), 1));
        assert_eq!(choose([Some(state(9)), None]), (state(9), 1));
        assert_eq!(choose([None, Some(state(2))]), (state(2), 0));
        assert_eq!(choose([None, None]), (State::FRESH, 0));
    }

    #[test]
    fn health_restores_only_the_running_slot() {
        let tried = State { seq: 4, prefer: Slot::B, left_a: 1, left_b: 0 };
        assert_eq!(tried.with_healthy(Slot::A), State { seq: 5, prefer: Slot::A, left_a: TRIES, left_b: 0 });
    }

    #[test]
    fn marking_alternates_copies_and_writes_nothing_new_twice() {
        let path = std::env::temp_dir().join(format!("trillo-state-{}", std::process::id()));
        std::fs::write(&path, vec![0; 0x10_0000]).unwrap();
        write(&path, &State { seq: 1, left_a: 2, ..State::FRESH }, 0).unwrap();
        assert_eq!(mark_healthy(&path, Slot::A).unwrap().seq, 2);
        assert_eq!(read(&path).unwrap(), (State { seq: 2, ..State::FRESH }, 0));
        assert_eq!(mark_healthy(&path, Slot::A).unwrap().seq, 2);
        std::fs::remove_file(&path).unwrap();
    }
}
