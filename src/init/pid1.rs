//! The loop of PID 1: signals, beats, the tick, and what the supervisor decides.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::reboot::{RebootMode, reboot, set_cad_enabled};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::time::{ClockId, clock_gettime, clock_settime};
use nix::unistd::{Gid, Pid, Uid, chown};
use trillo::base::Instant;

use super::bootstate::{self, Slot};
use super::child::{self, Trillo};
use super::console::{Console, Facts};
use super::drill::{Order, Port};
use super::log::Log;
use super::network;
use super::parameters::Parameters;
use super::setup_code;
use super::supervise::{Cause, Fact, Patience, Supervisor, Verb};
use super::watchdog::Watchdog;

const PROGRAM: &str = "/usr/bin/trillo";
/// Arguments of `trillo`, one a line.
const ARGUMENTS: &str = "/etc/trillo/serve";
const VERSION: &str = "/etc/trillo/version";
/// Seconds since 1970 of the build: no certificate or call record of ours is older.
const BUILD_TIME: &str = "/etc/trillo/build-time";
const DATA: &str = "/data";
const RUN: &str = "/run/trillo";
const SETUP_CODE: &str = "/run/trillo/setup-code";
const NETWORK_VERB: &str = "/usr/lib/trillo/network-apply";
const KEPT_WORD: &str = "/data/test-port";

const TICK: Duration = Duration::from_millis(500);
/// The hardware watchdog; the Raspberry Pi's cannot count further than 15.
const WATCHDOG_SECONDS: i32 = 15;
/// A verb that ends (the cable was out, the server silent) is started again after this.
const VERB_REST: Duration = Duration::from_secs(3);
/// Boards without a watchdog: after this long without hope PID 1 restarts the machine itself.
const HOPELESS_MAX: Duration = Duration::from_secs(30);
/// How long `trillo` may take to say goodbye to its calls when the machine is to restart.
const GOODBYE_MAX: Duration = Duration::from_secs(5);

fn now() -> Instant {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("the monotonic clock is always there");
    Instant::from_micros(time.tv_sec() as u64 * 1_000_000 + time.tv_nsec() as u64 / 1000)
}

fn say(text: &str) {
    eprintln!("trillo-init: {text}");
}

/// What failed is said and passed over: PID 1 must come up as far as it can.
fn attempt<T, E: std::fmt::Display>(what: &str, result: Result<T, E>) -> Option<T> {
    result.map_err(|error| say(&format!("{what}: {error}"))).ok()
}

fn line_of(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned()).filter(|line| !line.is_empty())
}

/// PID 1 must not end; if it does, the kernel panics and `panic=5` restarts the machine.
pub fn run() -> ExitCode {
    match Machine::prepare() {
        Ok(mut machine) => machine.turn(),
        Err(error) => {
            say(&format!("cannot start: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The device of the partition with this GPT name.
fn partition(name: &str) -> Option<PathBuf> {
    let wanted = format!("PARTNAME={name}");
    let block = fs::read_dir("/sys/class/block")
        .ok()?
        .flatten()
        .find(|entry| fs::read_to_string(entry.path().join("uevent")).is_ok_and(|uevent| uevent.lines().any(|line| line == wanted)))?;
    Some(Path::new("/dev").join(block.file_name()))
}

fn mount_tmpfs(folder: &str, options: &str) {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    attempt(folder, mount(Some("tmpfs"), folder, Some("tmpfs"), flags, Some(options)));
}

/// The clock of a board without a battery starts in 1970; certificates want at least the day of the build.
fn set_clock_floor() {
    let Some(build) = line_of(BUILD_TIME).and_then(|line| line.parse().ok()) else { return };
    let is_behind = clock_gettime(ClockId::CLOCK_REALTIME).is_ok_and(|time| time.tv_sec() < build);
    if is_behind {
        attempt("setting the clock", clock_settime(ClockId::CLOCK_REALTIME, TimeSpec::new(build, 0)));
    }
}

struct Machine {
    parameters: Parameters,
    supervisor: Supervisor,
    signals: SignalFd,
    watchdog: Option<Watchdog>,
    trillo: Option<Trillo>,
    starts: u32,
    /// Verbs that run in the background, by process.
    verbs: BTreeMap<Pid, &'static str>,
    verb_due: Option<Instant>,
    hopeless_since: Option<Instant>,
    leaving: Option<(Instant, RebootMode)>,
    console: Console,
    remark: Option<String>,
    version: String,
    /// What the boot partition says about the setup code; None before it was looked at.
    published: Option<Option<String>>,
    log: Log,
    port: Option<Port>,
}

impl Machine {
    fn prepare() -> io::Result<Machine> {
        mount_tmpfs("/run", "mode=755,size=32m");
        mount_tmpfs("/tmp", "mode=1777,size=16m");
        set_clock_floor();
        let user = (Some(Uid::from_raw(child::TRILLO_UID)), Some(Gid::from_raw(child::TRILLO_GID)));
        attempt("the data folder", chown(DATA, user.0, user.1));
        fs::create_dir_all(RUN)?;
        attempt("the run folder", fs::set_permissions(RUN, std::os::unix::fs::PermissionsExt::from_mode(0o700)));
        attempt("the run folder", chown(RUN, user.0, user.1));
        // Ctrl-Alt-Del becomes a signal to us, so that the data is written before.
        let _ = set_cad_enabled(false);

        let mut mask = SigSet::empty();
        for signal in [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGUSR2] {
            mask.add(signal);
        }
        mask.thread_block()?;
        let signals = SignalFd::with_flags(&mask, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;

        let parameters = Parameters::parse(&fs::read_to_string("/proc/cmdline")?);
        let watchdog = attempt("no hardware watchdog", Watchdog::open(WATCHDOG_SECONDS));
        let remark = watchdog.as_ref().filter(|watchdog| watchdog.has_bitten).map(|_| "Restarted by the watchdog.".to_owned());
        let patience = Patience { health: parameters.health.unwrap_or(Patience::USUAL.health), ..Patience::USUAL };
        let port = if parameters.has_test_port { attempt("the test port", Port::open()) } else { None };
        Ok(Machine {
            supervisor: Supervisor::new(now(), patience),
            parameters,
            signals,
            watchdog,
            trillo: None,
            starts: 0,
            verbs: BTreeMap::new(),
            verb_due: Some(now()),
            hopeless_since: None,
            leaving: None,
            console: Console::default(),
            remark,
            version: line_of(VERSION).unwrap_or_else(|| "of unknown version".to_owned()),
            published: None,
            log: Log::default(),
            port,
        })
    }

    fn turn(&mut self) -> ! {
        loop {
            let now = now();
            self.read_signals();
            self.read_beats(now);
            self.read_output();
            self.reap(now);
            self.supervisor.handle_timeout(now);
            while let Some(verb) = self.supervisor.poll_verb() {
                self.perform(now, verb);
            }
            if self.verb_due.is_some_and(|due| now >= due) {
                self.start_network(now);
            }
            self.obey_port();
            self.show();
            self.publish_setup_code();
            self.leave_if_due(now);
            if self.supervisor.has_hope()
                && let Some(watchdog) = &mut self.watchdog
            {
                watchdog.feed();
            }
            self.wait(now);
        }
    }

    fn wait(&self, now: Instant) {
        let ask = |fd| PollFd::new(fd, PollFlags::POLLIN);
        let mut fds = vec![ask(self.signals.as_fd())];
        if let Some(trillo) = &self.trillo {
            // A closed end is always ready. Its process has exited then, and SIGCHLD tells so; waiting a tick is enough.
            fds.push(ask(trillo.beats.as_fd()));
            fds.push(ask(trillo.output.as_fd()));
        }
        let next = self.supervisor.poll_timeout().map_or(TICK, |next| next.since(now).min(TICK));
        let tick = PollTimeout::try_from(next).expect("a tick is short");
        match poll(&mut fds, tick) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => say(&format!("waiting: {error}")),
        }
        let is_closed = |fd: &PollFd| fd.revents().is_some_and(|events| events.contains(PollFlags::POLLHUP));
        if fds.iter().skip(1).any(is_closed) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn read_signals(&mut self) {
        while let Ok(Some(signal)) = self.signals.read_signal() {
            // busybox reboot sends SIGTERM, poweroff SIGUSR2, Ctrl-Alt-Del SIGINT.
            let mode = match Signal::try_from(signal.ssi_signo as i32) {
                Ok(Signal::SIGTERM | Signal::SIGINT) => RebootMode::RB_AUTOBOOT,
                Ok(Signal::SIGUSR2) => RebootMode::RB_POWER_OFF,
                _ => continue,
            };
            self.leaving.get_or_insert((now(), mode));
            self.signal_trillo(Signal::SIGTERM);
        }
    }

    fn read_beats(&mut self, now: Instant) {
        let Some(trillo) = &self.trillo else { return };
        let mut message = [0; 256];
        let mut has_beat = false;
        // Few enough that a child gone wild cannot hold PID 1 here.
        for _ in 0..64 {
            match nix::unistd::read(&trillo.beats, &mut message) {
                Ok(length) if length > 0 => has_beat = true,
                _ => break,
            }
        }
        if has_beat {
            self.supervisor.handle(now, Fact::Beat);
        }
    }

    fn read_output(&mut self) {
        let Some(trillo) = &self.trillo else { return };
        drain(&trillo.output, &mut self.log, self.parameters.has_test_port);
    }

    fn reap(&mut self, now: Instant) {
        loop {
            let (pid, end) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, format!("ended with {code}")),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, format!("ended by {signal}")),
                _ => return,
            };
            if let Some(verb) = self.verbs.remove(&pid) {
                say(&format!("{verb} {end}; it is started again"));
                self.verb_due = Some(now + VERB_REST);
            } else if self.trillo.as_ref().is_some_and(|trillo| trillo.pid == pid) {
                self.read_output();
                self.trillo = None;
                say(&format!("trillo {end}"));
                self.supervisor.handle(now, Fact::Exited);
            }
        }
    }

    fn perform(&mut self, now: Instant, verb: Verb) {
        match verb {
            Verb::Start if self.leaving.is_some() => {}
            Verb::Start => self.start(now),
            Verb::Kill(cause) => {
                say(&format!("trillo is killed: {}", cause.words()));
                self.signal_trillo(Signal::SIGKILL);
            }
            Verb::MarkHealthy => self.mark_healthy(),
            Verb::GiveUp(cause) => {
                say(&format!("trillo is given up: {}. The watchdog restarts the machine.", cause.words()));
                self.hopeless_since = Some(now);
                if cause == Cause::DiesAgainAndAgain {
                    nix::unistd::sync();
                }
            }
        }
    }

    fn start(&mut self, now: Instant) {
        let mut arguments: Vec<String> =
            fs::read_to_string(ARGUMENTS).unwrap_or_default().lines().map(str::to_owned).filter(|line| !line.is_empty()).collect();
        if let Some(rtp) = &self.parameters.rtp {
            arguments.extend(["--rtp".to_owned(), rtp.clone()]);
        }
        let mut environment = vec![("TRILLO_SLOT", self.parameters.slot.map_or("", Slot::name).to_owned())];
        if self.parameters.is_safe_mode {
            environment.push(("TRILLO_SAFE", "1".to_owned()));
        }
        if let Some(external) = &self.parameters.external {
            environment.push(("TRILLO_EXTERNAL", external.clone()));
        }
        // A code of an earlier life is not to be shown.
        let _ = fs::remove_file(SETUP_CODE);
        self.starts += 1;
        self.trillo = attempt("starting trillo", child::start_trillo(PROGRAM, &arguments, &environment));
        if self.trillo.is_none() {
            self.supervisor.handle(now, Fact::Exited);
        }
    }

    fn mark_healthy(&self) {
        let (Some(slot), Some(device)) = (self.parameters.slot, partition("state")) else {
            say("no state partition; the slot cannot be marked healthy");
            return;
        };
        if let Some(state) = attempt("marking the slot healthy", bootstate::mark_healthy(&device, slot)) {
            say(&format!("slot {} is healthy ({state})", slot.name()));
        }
    }

    fn start_network(&mut self, now: Instant) {
        self.verb_due = None;
        match attempt(NETWORK_VERB, child::start_verb(NETWORK_VERB)) {
            Some(pid) => drop(self.verbs.insert(pid, "network-apply")),
            None => self.verb_due = Some(now + VERB_REST),
        }
    }

    fn show(&mut self) {
        let facts = Facts {
            version: self.version.clone(),
            address: network::address(),
            setup_code: line_of(SETUP_CODE),
            is_alive: self.supervisor.is_beating(),
            is_safe_mode: self.parameters.is_safe_mode,
            remark: self.remark.clone(),
        };
        if let Some(text) = self.console.update(facts) {
            eprint!("{text}");
        }
    }

    /// Waits for the first beat: before it, a missing code may only mean that `trillo` has not got so far.
    fn publish_setup_code(&mut self) {
        if !self.supervisor.is_beating() {
            return;
        }
        let code = line_of(SETUP_CODE);
        if self.published.as_ref() == Some(&code) {
            return;
        }
        if let Some(boot) = partition("boot") {
            attempt("SETUP-CODE.txt on the boot partition", setup_code::publish(&boot, code.as_deref()));
        }
        // Not tried again if it failed: a card that refuses writes is not helped by more of them.
        self.published = Some(code);
    }

    fn signal_trillo(&self, signal: Signal) {
        if let Some(trillo) = &self.trillo {
            attempt("signalling trillo", kill(trillo.pid, signal));
        }
    }

    fn leave_if_due(&mut self, now: Instant) {
        let mode = match (self.leaving, self.hopeless_since) {
            (Some((since, mode)), _) if self.trillo.is_none() || now.since(since) >= GOODBYE_MAX => mode,
            (_, Some(since)) if now.since(since) >= HOPELESS_MAX => RebootMode::RB_AUTOBOOT,
            _ => return,
        };
        self.signal_trillo(Signal::SIGKILL);
        let read_only = MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
        nix::unistd::sync();
        let _ = mount(None::<&str>, DATA, None::<&str>, read_only, None::<&str>);
        let Err(error) = reboot(mode);
        say(&format!("restarting: {error}"));
    }

    fn obey_port(&mut self) {
        let Some(order) = self.port.as_mut().and_then(Port::poll) else { return };
        let answer = match order {
            Order::StopTrillo => {
                self.signal_trillo(Signal::SIGSTOP);
                "ok".to_owned()
            }
            Order::KillTrillo => {
                self.signal_trillo(Signal::SIGKILL);
                "ok".to_owned()
            }
            Order::StopInit => loop {
                std::thread::park();
            },
            Order::Keep(word) => keep(&word).map_or_else(|error| error.to_string(), |()| "ok".to_owned()),
            Order::Kept => line_of(KEPT_WORD).unwrap_or_else(|| "nothing".to_owned()),
            Order::State => self.state(),
        };
        if let Some(port) = &mut self.port {
            port.answer(&answer);
        }
    }

    fn state(&self) -> String {
        let kept = partition("state").and_then(|device| bootstate::read(&device).ok());
        let (slot, starts) = (self.parameters.slot.map_or("?", Slot::name), self.starts);
        let bitten = self.watchdog.as_ref().is_some_and(|watchdog| watchdog.has_bitten);
        let timeout = self.watchdog.as_ref().map_or(0, |watchdog| watchdog.timeout);
        let kept = kept.map_or_else(|| "unreadable".to_owned(), |(state, _)| state.to_string());
        format!(
            "slot={slot} safe={} starts={starts} beating={} watchdog={timeout} bitten={bitten} {kept}",
            self.parameters.is_safe_mode,
            self.supervisor.is_beating()
        )
    }
}

/// Written to a new name, synced, renamed: what the answer acknowledges survives a power cut.
fn keep(word: &str) -> io::Result<()> {
    let temporary = format!("{KEPT_WORD}.new");
    fs::write(&temporary, word)?;
    fs::File::open(&temporary)?.sync_all()?;
    fs::rename(&temporary, KEPT_WORD)?;
    fs::File::open(DATA)?.sync_all()
}

/// At most a few buffers a turn, so that a chatty child cannot keep PID 1 from feeding the watchdog.
fn drain(output: &OwnedFd, log: &mut Log, is_echoed: bool) {
    let Ok(output) = output.try_clone() else { return };
    let mut output = fs::File::from(output);
    let mut buffer = [0; 4096];
    for _ in 0..16 {
        match output.read(&mut buffer) {
            Ok(length) if length > 0 => {
                log.write(&buffer[..length]);
                if is_echoed {
                    eprint!("{}", String::from_utf8_lossy(&buffer[..length]));
                }
            }
            _ => return,
        }
    }
}
