//! CPU seconds per million relayed packets, beside bare forwarders in the same run.

use std::hint::black_box;
use std::time::Duration;

use trillo::base::id::FlowId;
use trillo::base::{Instant, SlabKey};
use trillo::media::order::{Aim, Join, Open, Order, PayloadKind, PayloadRoute, Remote};
use trillo::media::{Component, Relay, Verdict};
use trillo::rtp::Header;

use crate::Options;
use crate::meter::{Subject, median, own_cpu, range, stay_on_cpu};
use crate::voice::{self, Side, Voice};

const BASE: u16 = 20_000;

/// Forwarders that a packet leaves as soon as it came, one that gathers as the relay does, and the relay with fixed and latched phones.
const SUBJECTS: [&str; 6] = ["plain", "batch", "connected", "gathered", "relay", "relay-nat"];
/// The first of them, which the others are compared with.
const BARE: usize = 3;

pub fn run(options: &Options) {
    let seconds = Duration::from_secs(options.number("--seconds", 3) as u64);
    let runs = options.number("--runs", 5);
    // 1000: packets come in bursts, one each millisecond, which is kinder to who takes each at once.
    let round_micros = options.number("--round-micros", 100) as u64;
    stay_on_cpu(0);
    own_work(5_000_000);
    for calls in options.numbers("--calls", &[100, 200]) {
        println!("\n{calls} calls, {} packets/s, {runs} runs of {} s, interleaved", calls * 100, seconds.as_secs());
        let mut costs = [const { Vec::new() }; SUBJECTS.len()];
        for run in 0..runs {
            for (subject, costs) in SUBJECTS.iter().zip(&mut costs) {
                costs.push(measure(subject, calls, seconds, run, round_micros));
            }
        }
        println!("{:<10} {:>12} {:>16} {:>28}", "", "CPU s / 10^6", "range", "to the cheapest bare, per run");
        for (subject, costs_of_subject) in SUBJECTS.iter().zip(&costs) {
            // The machine's pace changes between runs, so a run is compared with itself.
            let ratios: Vec<f64> = costs_of_subject.iter().enumerate().map(|(run, cost)| cost / cheapest_bare(&costs, run)).collect();
            let (middle, spread) = (median(costs_of_subject), range(costs_of_subject));
            println!("{subject:<10} {middle:>12.2} {spread:>16} {:>13.2} ({})", median(&ratios), range(&ratios));
        }
    }
}

fn cheapest_bare(costs: &[Vec<f64>], run: usize) -> f64 {
    costs[..BARE].iter().map(|costs| costs[run]).fold(f64::INFINITY, f64::min)
}

/// What a packet costs in the relay itself, without any socket.
/// Under `valgrind --tool=callgrind` it tells instructions.
pub fn own_work(packets: u32) {
    let [a, b] = [0, 1].map(|index| FlowId::new(index, 0));
    let addresses = [Side::A, Side::B].map(|side| voice::address(side, 0));
    let mut relay = Relay::new([20_000, 20_002]);
    for (flow, port, rtp) in [(a, 20_000, addresses[0]), (b, 20_002, addresses[1])] {
        let (local, rtcp) = (rtp.ip(), rtp);
        relay.handle(Instant::ZERO, Order::Open(Open { flow, port, local, ssrc: port.into(), first_sequence: 1, first_timestamp: 1 }));
        relay.handle(Instant::ZERO, Order::Aim(Aim { flow, remote: Remote::Fixed { rtp, rtcp }, send: true }));
    }
    let routes = vec![PayloadRoute { from: 0, to: 0, kind: PayloadKind::Audio, clock_hz: 8000 }];
    relay.handle(Instant::ZERO, Order::Join(Join { a, b, a_to_b: routes.clone(), b_to_a: routes, a_codes: None, b_codes: None }));
    let mut packet = [0x55; 172];
    let began = own_cpu();
    for number in 0..packets {
        let header = Header {
            marker: false,
            payload_type: 0,
            sequence: number as u16,
            timestamp: number.wrapping_mul(160),
            ssrc: 9,
            payload_start: 12,
            payload_end: 172,
        };
        packet[0] = 0x80;
        header.write(&mut packet);
        let verdict = relay.receive(Instant::from_micros(u64::from(number) * 20_000), a, Component::Rtp, addresses[0], &mut packet);
        assert!(matches!(black_box(verdict), Verdict::Send { .. }));
    }
    println!("{:.0} ns per packet in the relay itself", (own_cpu() - began).as_nanos() as f64 / f64::from(packets));
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
