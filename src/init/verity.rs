//! Opens a root slot through dm-verity with the kernel's own calls, so that no cryptsetup has to be in the initramfs.
//!
//! ```text
//! slot partition: | squashfs, hash_offset bytes | verity superblock 4096 | hash tree |
//! DM_DEV_CREATE -> DM_TABLE_LOAD "1 DEV DEV 4096 4096 BLOCKS BLOCKS+1 sha256 HASH SALT 1 restart_on_corruption" -> DM_DEV_SUSPEND (resume)
//! ```
//!
//! `restart_on_corruption` makes a damaged block a restart instead of an I/O error in the middle of a call: the boot script then counts the
//! try, and after three the other slot starts.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use nix::sys::stat::{Mode, SFlag, makedev, mknod};

const CONTROL: &str = "/dev/mapper/control";
const BLOCK_BYTES: u64 = 4096;
const READ_ONLY: u32 = 1;
/// Major of misc devices and the minor that the kernel keeps for the device mapper.
const CONTROL_NUMBER: (u64, u64) = (10, 236);

/// `struct dm_ioctl` of <linux/dm-ioctl.h>.
#[repr(C)]
struct Header {
    version: [u32; 3],
    data_size: u32,
    data_start: u32,
    target_count: u32,
    open_count: i32,
    flags: u32,
    event_nr: u32,
    padding: u32,
    dev: u64,
    name: [u8; 128],
    uuid: [u8; 129],
    data: [u8; 7],
}

/// The header with one target behind it: `struct dm_target_spec` and its text.
#[repr(C)]
struct Request {
    header: Header,
    sector_start: u64,
    length: u64,
    status: i32,
    next: u32,
    target_type: [u8; 16],
    parameters: [u8; 1024],
}

const _: () = assert!(size_of::<Header>() == 312 && size_of::<Request>() == 312 + 40 + 1024);

nix::ioctl_readwrite!(dm_dev_create, 0xfd, 3, Header);
nix::ioctl_readwrite!(dm_dev_suspend, 0xfd, 6, Header);
nix::ioctl_readwrite!(dm_table_load, 0xfd, 9, Header);

/// What the kernel is told about a slot.
pub struct Slot<'a> {
    pub device: &'a str,
    pub hash_offset: u64,
    pub root_hash: &'a str,
    pub salt: &'a str,
}

/// Makes the mapped device `name`; it is /dev/dm-0 if it is the first.
pub fn open(name: &str, slot: &Slot) -> io::Result<()> {
    if !Path::new(CONTROL).exists() {
        std::fs::create_dir_all("/dev/mapper")?;
        mknod(CONTROL, SFlag::S_IFCHR, Mode::from_bits_truncate(0o600), makedev(CONTROL_NUMBER.0, CONTROL_NUMBER.1))?;
    }
    let control = OpenOptions::new().read(true).write(true).open(CONTROL)?;
    let fd = control.as_raw_fd();

    let mut request = request(name, slot)?;
    // SAFETY: each call gets a header whose data_size is the size of the Request it stands at the front of; the kernel writes no further.
    unsafe {
        request.header.target_count = 0;
        dm_dev_create(fd, &raw mut request.header).map_err(named("creating the verity device"))?;
        request = self::request(name, slot)?;
        dm_table_load(fd, &raw mut request.header).map_err(named("loading the verity table"))?;
        request = self::request(name, slot)?;
        request.header.flags = 0;
        request.header.target_count = 0;
        dm_dev_suspend(fd, &raw mut request.header).map_err(named("starting the verity device"))?;
    }
    Ok(())
}

fn named(what: &'static str) -> impl Fn(nix::errno::Errno) -> io::Error {
    move |errno| io::Error::other(format!("{what}: {errno}"))
}

fn table(slot: &Slot) -> io::Result<String> {
    let Slot { device, hash_offset, root_hash, salt } = slot;
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hash_offset % BLOCK_BYTES != 0 || *hash_offset == 0 || root_hash.len() != 64 || !is_hex(root_hash) || !is_hex(salt) {
        return Err(io::Error::other("the slot's hash, salt or offset on the kernel command line makes no sense"));
    }
    let blocks = hash_offset / BLOCK_BYTES;
    let first_hash = blocks + 1;
    Ok(format!("1 {device} {device} {BLOCK_BYTES} {BLOCK_BYTES} {blocks} {first_hash} sha256 {root_hash} {salt} 1 restart_on_corruption"))
}

fn request(name: &str, slot: &Slot) -> io::Result<Request> {
    let mut request = Request {
        header: Header {
            version: [4, 0, 0],
            data_size: size_of::<Request>() as u32,
            data_start: size_of::<Header>() as u32,
            target_count: 1,
            open_count: 0,
            flags: READ_ONLY,
            event_nr: 0,
            padding: 0,
            dev: 0,
            name: [0; 128],
            uuid: [0; 129],
            data: [0; 7],
        },
        sector_start: 0,
        length: slot.hash_offset / 512,
        status: 0,
        next: 0,
        target_type: [0; 16],
        parameters: [0; 1024],
    };
    put(&mut request.header.name, name)?;
    put(&mut request.target_type, "verity")?;
    put(&mut request.parameters, &table(slot)?)?;
    Ok(request)
}

/// Copies `text` and leaves at least one zero behind it.
fn put(field: &mut [u8], text: &str) -> io::Result<()> {
    if text.len() >= field.len() {
        return Err(io::Error::other(format!("`{text}` is too long for the device mapper")));
    }
    field[..text.len()].copy_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_counts_in_blocks_and_restarts_on_corruption() {
        let hash = "ab".repeat(32);
        let slot = Slot { device: "/dev/vda3", hash_offset: 8192, root_hash: &hash, salt: "0f" };
        let expected = format!("1 /dev/vda3 /dev/vda3 4096 4096 2 3 sha256 {hash} 0f 1 restart_on_corruption");
        assert_eq!(table(&slot).unwrap(), expected);
        assert_eq!(request("root", &slot).unwrap().length, 16);
    }

    #[test]
    fn nonsense_on_the_command_line_is_refused() {
        let hash = "ab".repeat(32);
        for (hash_offset, root_hash, salt) in [(0, hash.as_str(), "0f"), (100, &hash, "0f"), (4096, "ab", "0f"), (4096, &hash, "x 1")] {
            assert!(table(&Slot { device: "/dev/vda3", hash_offset, root_hash, salt }).is_err());
        }
    }
}
