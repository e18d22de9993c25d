//! First start on a card larger than the image: the last partition and its ext4 take the rest of the disk.
//!
//! In: the primary GPT header and its entries. Out: the same, edited. The backup is written first at the disk's new end, then the primary,
//! so that at each moment one of the two is whole.
//!
//! ```text
//! sector 0 MBR | 1 header | 2.. entries | ... partitions ... | last-n.. entries (backup) | last header (backup)
//! header: 16 own CRC, 24 own sector, 32 other header, 48 last usable, 72 entries at, 80 entries, 84 bytes of one, 88 CRC of entries
//! entry:  32 first sector, 40 last sector
//! ```

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::crc::crc32;

const SECTOR: usize = 512;
/// Partitions end before a multiple of 1 MiB, as they begin on one.
const ALIGNMENT_SECTORS: u64 = 2048;
/// A table larger than this is not one that we made.
const ENTRIES_BYTES_MAX: usize = 64 * 1024;
const BLKPG_RESIZE_PARTITION: i32 = 3;
const EXT4_BLOCK_BYTES: u64 = 4096;

/// `struct blkpg_partition` of <linux/blkpg.h>.
#[repr(C)]
struct BlkpgPartition {
    start: i64,
    length: i64,
    number: i32,
    device_name: [u8; 64],
    volume_name: [u8; 64],
}

/// `struct blkpg_ioctl_arg`.
#[repr(C)]
pub struct BlkpgArgument {
    operation: i32,
    flags: i32,
    length: i32,
    data: *const BlkpgPartition,
}

nix::ioctl_read!(block_device_bytes, 0x12, 114, usize);
nix::ioctl_write_ptr_bad!(block_device_partition, 0x1269, BlkpgArgument);
nix::ioctl_write_ptr!(ext4_resize, b'f', 16, u64);

/// A partition table that reaches to the disk's end, ready to be written.
#[derive(Debug)]
pub struct Table {
    pub primary: [u8; SECTOR],
    pub backup: [u8; SECTOR],
    pub entries: Vec<u8>,
    pub primary_entries_sector: u64,
    pub backup_entries_sector: u64,
    pub backup_sector: u64,
    /// The partition's new place, in sectors, last included.
    pub first: u64,
    pub last: u64,
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn put_u32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn put_u64(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

fn sealed(mut header: [u8; SECTOR]) -> [u8; SECTOR] {
    let length = u32_at(&header, 12) as usize;
    put_u32(&mut header, 16, 0);
    let crc = crc32(&header[..length]);
    put_u32(&mut header, 16, crc);
    header
}

/// Where the entries lie and how many bytes they have, if the header is a whole GPT header.
pub fn entries_of(header: &[u8; SECTOR]) -> Result<(u64, usize), &'static str> {
    if &header[..8] != b"EFI PART" {
        return Err("the disk has no GPT");
    }
    if !(92..=SECTOR).contains(&(u32_at(header, 12) as usize)) || sealed(*header) != *header {
        return Err("the disk's GPT header is damaged");
    }
    let bytes = u32_at(header, 80) as usize * u32_at(header, 84) as usize;
    if bytes == 0 || bytes > ENTRIES_BYTES_MAX || !(128..=4096).contains(&u32_at(header, 84)) {
        return Err("the disk's GPT is not of the expected form");
    }
    Ok((u64_at(header, 72), bytes))
}

/// The table with partition `number` (from 1) grown to the end of a disk of `sectors`; None if it is there already.
pub fn grown(header: &[u8; SECTOR], entries: &[u8], number: u32, sectors: u64) -> Result<Option<Table>, &'static str> {
    let (primary_entries_sector, bytes) = entries_of(header)?;
    if entries.len() != bytes || crc32(entries) != u32_at(header, 88) {
        return Err("the disk's partition entries are damaged");
    }
    let size = u32_at(header, 84) as usize;
    let at = (number as usize).checked_sub(1).ok_or("partitions count from 1")? * size;
    if at + size > bytes || u64_at(entries, at + 32) == 0 {
        return Err("the disk has no such partition");
    }
    let (first, old_last) = (u64_at(entries, at + 32), u64_at(entries, at + 40));
    if entries.chunks(size).any(|other| u64_at(other, 32) > first) {
        return Err("the partition is not the disk's last");
    }
    let backup_sector = sectors.checked_sub(1).ok_or("the disk is empty")?;
    let backup_entries_sector = backup_sector.checked_sub(bytes.div_ceil(SECTOR) as u64).ok_or("the disk is too small")?;
    let last_usable = backup_entries_sector - 1;
    let last = ((last_usable + 1) / ALIGNMENT_SECTORS * ALIGNMENT_SECTORS).saturating_sub(1);
    if u64_at(header, 32) == backup_sector || last <= old_last {
        return Ok(None);
    }

    let mut entries = entries.to_vec();
    put_u64(&mut entries, at + 40, last);
    let mut primary = *header;
    put_u64(&mut primary, 32, backup_sector);
    put_u64(&mut primary, 48, last_usable);
    put_u32(&mut primary, 88, crc32(&entries));
    let mut backup = primary;
    put_u64(&mut backup, 24, backup_sector);
    put_u64(&mut backup, 32, 1);
    put_u64(&mut backup, 72, backup_entries_sector);
    Ok(Some(Table {
        primary: sealed(primary),
        backup: sealed(backup),
        entries,
        primary_entries_sector,
        backup_entries_sector,
        backup_sector,
        first,
        last,
    }))
}

fn bytes_of(device: &File) -> io::Result<u64> {
    let mut bytes = 0usize;
    // SAFETY: BLKGETSIZE64 writes one u64, which is what usize is on the 64-bit machines this runs on.
    unsafe { block_device_bytes(device.as_raw_fd(), &raw mut bytes)? };
    Ok(bytes as u64)
}

/// Grows partition `number` of `disk` and tells the kernel. Gives its new size in bytes; None if there was nothing to do.
pub fn grow_partition(disk: &Path, number: u32) -> io::Result<Option<u64>> {
    let device = OpenOptions::new().read(true).write(true).open(disk)?;
    let sectors = bytes_of(&device)? / SECTOR as u64;
    let mut header = [0; SECTOR];
    device.read_exact_at(&mut header, SECTOR as u64)?;
    let (entries_sector, bytes) = entries_of(&header).map_err(io::Error::other)?;
    let mut entries = vec![0; bytes];
    device.read_exact_at(&mut entries, entries_sector * SECTOR as u64)?;
    let Some(table) = grown(&header, &entries, number, sectors).map_err(io::Error::other)? else { return Ok(None) };

    device.write_all_at(&table.entries, table.backup_entries_sector * SECTOR as u64)?;
    device.write_all_at(&table.backup, table.backup_sector * SECTOR as u64)?;
    device.sync_all()?;
    device.write_all_at(&table.entries, table.primary_entries_sector * SECTOR as u64)?;
    device.write_all_at(&table.primary, SECTOR as u64)?;
    device.sync_all()?;

    let length = (table.last - table.first + 1) * SECTOR as u64;
    let partition = BlkpgPartition {
        start: (table.first * SECTOR as u64) as i64,
        length: length as i64,
        number: number as i32,
        device_name: [0; 64],
        volume_name: [0; 64],
    };
    let argument = BlkpgArgument {
        operation: BLKPG_RESIZE_PARTITION,
        flags: 0,
        length: size_of::<BlkpgPartition>() as i32,
        data: &raw const partition,
    };
    // SAFETY: the argument points at a partition that outlives the call; the kernel only reads both.
    unsafe { block_device_partition(device.as_raw_fd(), &raw const argument)? };
    Ok(Some(length))
}

/// Grows the ext4 mounted at `folder` to the size of `device`. A file system that fills it already stays as it is.
pub fn grow_file_system(folder: &Path, device: &Path) -> io::Result<u64> {
    let blocks = bytes_of(&File::open(device)?)? / EXT4_BLOCK_BYTES;
    // SAFETY: EXT4_IOC_RESIZE_FS reads one u64.
    unsafe { ext4_resize(File::open(folder)?.as_raw_fd(), &raw const blocks)? };
    Ok(blocks * EXT4_BLOCK_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of two partitions on a disk of `sectors`, the second the last.
    fn table(sectors: u64) -> ([u8; SECTOR], Vec<u8>) {
        let mut entries = vec![0; 128 * 128];
        for (index, (first, last)) in [(2048, 4095), (4096, 8191)].into_iter().enumerate() {
            entries[index * 128] = 1;
            put_u64(&mut entries, index * 128 + 32, first);
            put_u64(&mut entries, index * 128 + 40, last);
        }
        let mut header = [0; SECTOR];
        header[..8].copy_from_slice(b"EFI PART");
        put_u32(&mut header, 12, 92);
        put_u64(&mut header, 24, 1);
        put_u64(&mut header, 32, sectors - 1);
        put_u64(&mut header, 72, 2);
        put_u32(&mut header, 80, 128);
        put_u32(&mut header, 84, 128);
        put_u32(&mut header, 88, crc32(&entries));
        (sealed(header), entries)
    }

    #[test]
    fn the_last_partition_reaches_the_new_end() {
        let (header, entries) = table(10_240);
        let table = grown(&header, &entries, 2, 1_000_000).unwrap().unwrap();
        assert_eq!((table.first, table.last), (4096, 999_423));
        assert_eq!((table.last + 1) % ALIGNMENT_SECTORS, 0);
        assert_eq!((table.backup_sector, table.backup_entries_sector), (999_999, 999_967));
        // Both headers are whole, and the edit is a fixed point.
        assert_eq!(entries_of(&table.primary), Ok((2, 16_384)));
        assert_eq!(entries_of(&table.backup), Ok((999_967, 16_384)));
        assert!(grown(&table.primary, &table.entries, 2, 1_000_000).unwrap().is_none());
        assert_eq!(u64_at(&table.entries, 40), 4095);
    }

    #[test]
    fn what_is_not_understood_is_not_touched() {
        let (header, entries) = table(10_240);
        assert_eq!(grown(&header, &entries, 1, 1_000_000).unwrap_err(), "the partition is not the disk's last");
        assert_eq!(grown(&header, &entries, 3, 1_000_000).unwrap_err(), "the disk has no such partition");
        let mut damaged = header;
        damaged[50] ^= 1;
        assert_eq!(grown(&damaged, &entries, 2, 1_000_000).unwrap_err(), "the disk's GPT header is damaged");
        let mut damaged = entries.clone();
        damaged[600] ^= 1;
        assert_eq!(grown(&header, &damaged, 2, 1_000_000).unwrap_err(), "the disk's partition entries are damaged");
        assert_eq!(grown(&[0; SECTOR], &entries, 2, 1_000_000).unwrap_err(), "the disk has no GPT");
        // A smaller disk than the table says: nothing to gain.
        assert!(grown(&header, &entries, 2, 9000).unwrap().is_none());
    }
}
