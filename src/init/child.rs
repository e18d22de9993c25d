//! Starts programs under PID 1: `trillo` with as few rights as it can work with, the board's verbs with all.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::libc;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::unistd::Pid;

/// Of etc/passwd in buildroot-overlay.
pub const TRILLO_UID: u32 = 100;
pub const TRILLO_GID: u32 = 100;
const CAP_NET_BIND_SERVICE: u32 = 10;
const CAP_SYS_NICE: u32 = 23;
const CAP_LAST: u32 = 63;
const CAPABILITIES: u64 = 1 << CAP_NET_BIND_SERVICE | 1 << CAP_SYS_NICE;
/// Sockets of calls: two RTP pairs each, and the streams of phones and browsers.
const OPEN_FILES_MAX: u64 = 65_536;

/// A running `trillo`.
pub struct Trillo {
    pub pid: Pid,
    /// Our end of the pair; each message from it is a beat.
    pub beats: OwnedFd,
    /// What it writes to its output.
    pub output: OwnedFd,
}

/// Starts `program` as the user trillo. The child finds the number of its end of the pair in TRILLO_BEAT_FD.
pub fn start_trillo(program: &str, arguments: &[String], environment: &[(&str, String)]) -> io::Result<Trillo> {
    let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK)?;
    let (output, write_end) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
    // Only our end may not block.
    nix::fcntl::fcntl(&output, nix::fcntl::FcntlArg::F_SETFL(nix::fcntl::OFlag::O_NONBLOCK))?;
    let beat_fd = theirs.as_raw_fd();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/data")
        .env("TRILLO_BEAT_FD", beat_fd.to_string())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(File::from(write_end.try_clone()?))
        .stderr(File::from(write_end));
    for (key, value) in environment {
        command.env(key, value);
    }
    // SAFETY: between fork and exec only system calls are made, on values that were ready before the fork; PID 1 has one thread.
    unsafe {
        command.pre_exec(move || {
            ok(libc::fcntl(beat_fd, libc::F_SETFD, 0))?;
            drop_rights()
        });
    }
    let child = command.spawn()?;
    Ok(Trillo { pid: Pid::from_raw(child.id() as i32), beats: ours, output })
}

/// Starts a verb of the board, with the console as its output.
pub fn start_verb(program: &str) -> io::Result<Pid> {
    let child = Command::new(program).env("PATH", "/bin:/sbin:/usr/bin:/usr/sbin").stdin(Stdio::null()).spawn()?;
    Ok(Pid::from_raw(child.id() as i32))
}

fn ok(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// `struct __user_cap_header_struct` and one half of `__user_cap_data_struct`.
#[repr(C)]
struct CapHeader {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct CapData {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// From root to the user trillo, keeping two capabilities over exec as ambient ones and making others unreachable for good.
///
/// # Safety
/// For a freshly forked child with one thread.
unsafe fn drop_rights() -> io::Result<()> {
    const VERSION_3: u32 = 0x2008_0522;
    // SAFETY: plain system calls; the structures live on this stack.
    unsafe {
        let files = libc::rlimit { rlim_cur: OPEN_FILES_MAX, rlim_max: OPEN_FILES_MAX };
        ok(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const files))?;
        for capability in 0..=CAP_LAST {
            // A kernel knows fewer than 64; the first unknown one ends the list.
            if CAPABILITIES >> capability & 1 == 0 && libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(capability), 0, 0, 0) < 0 {
                break;
            }
        }
        ok(libc::prctl(libc::PR_SET_KEEPCAPS, 1, 0, 0, 0))?;
        ok(libc::setgroups(0, std::ptr::null()))?;
        ok(libc::setgid(TRILLO_GID))?;
        ok(libc::setuid(TRILLO_UID))?;
        let header = CapHeader { version: VERSION_3, pid: 0 };
        let half = |bits: u64| CapData { effective: bits as u32, permitted: bits as u32, inheritable: bits as u32 };
        let data = [half(CAPABILITIES), half(CAPABILITIES >> 32)];
        ok(libc::syscall(libc::SYS_capset, &raw const header, data.as_ptr()) as libc::c_int)?;
        for capability in [CAP_NET_BIND_SERVICE, CAP_SYS_NICE] {
            ok(libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE as libc::c_ulong, libc::c_ulong::from(capability), 0, 0))?;
        }
        ok(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    }
}
