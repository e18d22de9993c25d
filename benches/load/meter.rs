//! What a process used: CPU time and memory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// A process under load. It ends when its input is closed, or is killed.
pub struct Subject {
    child: Child,
    _input: Option<ChildStdin>,
    clock: ClockId,
}

impl Subject {
    /// Starts this program as a child, on a CPU that the generator does not use, and waits for its word `ready`.
    pub fn start_self(arguments: &[&str]) -> Subject {
        let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the child starts");
        let output = child.stdout.take().expect("the output is piped");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("the child speaks");
        assert_eq!(line.trim(), "ready", "{arguments:?}");
        let input = child.stdin.take();
        Subject::watch(child, input)
    }

    pub fn watch(child: Child, input: Option<ChildStdin>) -> Subject {
        let pid = Pid::from_raw(child.id() as i32);
        let clock = clock_getcpuclockid(pid).expect("a process has a CPU clock");
        Subject { child, _input: input, clock }
    }

    /// CPU time of all threads so far, in user and kernel.
    pub fn cpu(&self) -> Duration {
        clock_gettime(self.clock).expect("the process lives").into()
    }

    /// Proportional set size, in bytes: shared pages are counted in part.
    pub fn memory_bytes(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).expect("the process lives");
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).expect("there is a line Pss");
        line.trim().trim_end_matches("kB").trim().parse::<u64>().expect("a number") * 1024
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of this process, to see that the generator is not the limit.
pub fn own_cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("we live").into()
}

/// Keeps the calling thread on one CPU: generator and subject on different ones, where there are two.
pub fn stay_on_cpu(cpu: usize) {
    if std::thread::available_parallelism().is_ok_and(|count| count.get() > 1) {
        let mut set = CpuSet::new();
        let _ = set.set(cpu);
        let _ = sched_setaffinity(Pid::from_raw(0), &set);
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() { f64::NAN } else { sorted[sorted.len() / 2] }
}

pub fn range(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{low:.3}..{high:.3}")
}
