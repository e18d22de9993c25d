//! CPU seconds per million relayed packets, beside bare forwarders in the same run.

use std::time::Duration;

use crate::Options;
use crate::meter::{Subject, median, own_cpu, range, stay_on_cpu};
use crate::voice::Voice;

const BASE: u16 = 20_000;

/// The forwarders that a packet leaves as soon as it came, and the relay. `gathered` is a floor to look at, not to be compared with.
const SUBJECTS: [&str; 6] = ["plain", "batch", "connected", "gathered", "relay", "relay-nat"];

pub fn run(options: &Options) {
    let seconds = Duration::from_secs(options.number("--seconds", 3) as u64);
    let runs = options.number("--runs", 5);
    // 1000: packets come in bursts, one each millisecond, which is kinder to who takes each at once.
    let round_micros = options.number("--round-micros", 100) as u64;
    stay_on_cpu(0);
    for calls in options.numbers("--calls", &[100, 200]) {
        println!("\n{calls} calls, {} packets/s, {runs} runs of {} s, interleaved", calls * 100, seconds.as_secs());
        let mut costs = [const { Vec::new() }; SUBJECTS.len()];
        for run in 0..runs {
            for (subject, costs) in SUBJECTS.iter().zip(&mut costs) {
                costs.push(measure(subject, calls, seconds, run, round_micros));
            }
        }
        let medians = costs.each_ref().map(|costs| median(costs));
        let bare = medians[..3].iter().copied().fold(f64::INFINITY, f64::min);
        println!("{:<10} {:>12} {:>14} {:>22}", "", "CPU s / 10^6", "range", "to the cheapest bare");
        for ((subject, costs), middle) in SUBJECTS.iter().zip(&costs).zip(medians) {
            println!("{subject:<10} {middle:>12.2} {:>14} {:>22.2}", range(costs), middle / bare);
        }
    }
}

fn measure(subject: &str, calls: usize, time: Duration, run: usize, round_micros: u64) -> f64 {
    let (base, count) = (BASE.to_string(), calls.to_string());
    let process = match subject {
        "relay" => Subject::start_self(&["child-relay", "--base", &base, "--calls", &count]),
        "relay-nat" => Subject::start_self(&["child-relay", "--base", &base, "--calls", &count, "--remote", "latch"]),
        way => Subject::start_self(&["child-forwarder", "--way", way, "--base", &base, "--calls", &count]),
    };
    let mut voice = Voice::new(BASE, calls, round_micros);
    voice.settle(Duration::from_secs(1));
    let ((cpu_before, own_before), (cpu_after, own_after), mut heard) = voice.measure(time, || (process.cpu(), own_cpu()));
    let cost = (cpu_after - cpu_before).as_secs_f64() * 1e6 / heard.received.max(1) as f64;
    let (half, most) = (heard.latency_millis(50), heard.latency_millis(99));
    println!(
        "  run {run} {subject:<10} {cost:>6.2} s/10^6  lost {:>3} of {} wrong {} unheard {}  latency p50 {half:.1} p99 {most:.1} ms  generator {:.0} % late {}  {:.1} MB",
        heard.sent - heard.received.min(heard.sent),
        heard.sent,
        heard.wrong,
        heard.unheard_legs,
        (own_after - own_before).as_secs_f64() / time.as_secs_f64() * 100.0,
        heard.late_rounds,
        process.memory_bytes() as f64 / 1e6,
    );
    cost
}
