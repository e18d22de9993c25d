//! Load figures: what a relayed packet, a registration and a call cost in CPU seconds, beside a bare forwarder of packets.
//!
//! ```text
//! load relay [--calls 100,200] [--seconds 3] [--runs 5] [--round-micros 100]
//! load own [--packets 5000000]
//! load registrations --server PATH/trillo [--accounts 1000] [--window 32] [--runs 5]
//! load calls --server PATH/trillo [--calls 1000] [--window 16] [--held 100] [--runs 5]
//! load phonebook [--extensions 1000] [--contacts 5000] [--runs 20]
//! ```
//! All traffic stays on loopback addresses. `docs/bench.md` says what the figures mean and what they were.

#![allow(clippy::disallowed_methods)]

mod calls;
mod forwarder;
mod meter;
mod phonebook;
mod registrations;
mod relay;
mod relayed;
mod server;
mod sip;
mod voice;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let options = Options(&arguments);
    match arguments.first().map(String::as_str) {
        Some("relay") => relay::run(&options),
        Some("own") => relay::own_work(options.number("--packets", 5_000_000) as u32),
        Some("registrations") => registrations::run(&options),
        Some("calls") => calls::run(&options),
        Some("phonebook") => phonebook::run(&options),
        // What the modes above start as processes of their own, so that their CPU time can be told apart.
        Some("child-forwarder") => forwarder::serve(&options),
        Some("child-relay") => relayed::serve(&options),
        _ => {
            eprintln!("usage: load relay|own|registrations|calls|phonebook [--OPTION VALUE]...; see benches/load/main.rs");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// `--name value` pairs.
pub struct Options<'a>(&'a [String]);

impl Options<'_> {
    pub fn text(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|argument| argument == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    pub fn number(&self, name: &str, otherwise: usize) -> usize {
        self.text(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} wants a number, not {text}")))
    }

    pub fn numbers(&self, name: &str, otherwise: &[usize]) -> Vec<usize> {
        self.text(name).map_or(otherwise.to_vec(), |text| text.split(',').map(|part| part.parse().expect("numbers and commas")).collect())
    }
}
