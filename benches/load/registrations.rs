//! CPU seconds per thousand registrations: REGISTER, 401, REGISTER with digest, 200; a window of them at a time.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::Options;
use crate::meter::{median, range, stay_on_cpu};
use crate::server::{SIP, Server};
use crate::sip::{self, Account, Pending, Phone};

pub fn run(options: &Options) {
    let accounts = options.number("--accounts", 1000);
    let (window, runs) = (options.number("--window", 32), options.number("--runs", 5));
    stay_on_cpu(0);
    let server = Server::start(options, accounts);
    let phone = Phone::new(sip::CALLEES, SIP.parse().expect("an address"));
    let idle = server.process.memory_bytes();
    println!("idle with {accounts} accounts: {:.1} MB", idle as f64 / 1e6);
    let mut costs = Vec::new();
    for run in 0..runs {
        let (began, cpu) = (Instant::now(), server.process.cpu());
        let tally = register(&phone, (0..accounts).map(Account), window, run);
        let cost = (server.process.cpu() - cpu).as_secs_f64() * 1000.0 / tally.done.max(1) as f64;
        println!("  run {run}: {cost:.3} CPU s per 1,000, {tally:?}, {:.0}/s", tally.done as f64 / began.elapsed().as_secs_f64());
        if run == 0 {
            let per_registration = || server.process.memory_bytes().saturating_sub(idle) as f64 / 1024.0 / accounts as f64;
            let fresh = per_registration();
            // Their transactions linger for half a minute (RFC 3261: Timer J).
            std::thread::sleep(Duration::from_secs(options.number("--rest", 35) as u64));
            println!("  {fresh:.2} kB per registration at once, {:.2} kB when transactions are over", per_registration());
        }
        costs.push(cost);
    }
    println!("{:.3} CPU s per 1,000 registrations ({})", median(&costs), range(&costs));
}

/// How a round went.
#[derive(Debug, Default)]
pub struct Tally {
    pub done: usize,
    pub failed: usize,
    pub sent_again: usize,
}

/// Registers all accounts from this phone's address.
pub fn register(phone: &Phone, accounts: impl IntoIterator<Item = Account>, window: usize, round: usize) -> Tally {
    let mut waiting: HashMap<String, (Account, Pending)> = HashMap::new();
    let (mut accounts, mut tally, mut swept) = (accounts.into_iter(), Tally::default(), Instant::now());
    loop {
        while waiting.len() < window {
            let Some(account) = accounts.next() else { break };
            let call_id = format!("reg-{}-{round}-{}", std::process::id(), account.0);
            let pending = Pending::send(phone, request(phone, account, &call_id, 1, ""));
            waiting.insert(call_id, (account, pending));
        }
        if waiting.is_empty() {
            return tally;
        }
        let mut is_quiet = true;
        while let Some(message) = phone.receive() {
            is_quiet = false;
            let Some(call_id) = sip::header(&message, "Call-ID") else { continue };
            if sip::status(&message).is_none() {
                // The server asks whether we live.
                phone.send(&sip::respond(&message, "200 OK", "alive", "", ""));
                continue;
            }
            let Some((account, _)) = waiting.get(call_id) else { continue };
            let (account, call_id) = (*account, call_id.to_owned());
            let is_first = sip::header(&message, "CSeq").is_some_and(|cseq| cseq.starts_with("1 "));
            match sip::status(&message) {
                Some(100..=199) => {}
                Some(401 | 407) if is_first => {
                    let Some(credentials) = sip::answer_challenge(&message, account, "REGISTER", &format!("sip:{SIP}")) else {
                        panic!("a challenge that can't be answered:\n{message}")
                    };
                    let pending = Pending::send(phone, request(phone, account, &call_id, 2, &credentials));
                    waiting.insert(call_id, (account, pending));
                }
                // The answer to a repeated first request.
                Some(_) if is_first => {}
                Some(200) => {
                    tally.done += 1;
                    waiting.remove(&call_id);
                }
                _ => {
                    if tally.failed == 0 {
                        eprintln!("first failure:\n{message}");
                    }
                    tally.failed += 1;
                    waiting.remove(&call_id);
                }
            }
        }
        let now = Instant::now();
        if now.duration_since(swept) > Duration::from_millis(50) {
            swept = now;
            waiting.retain(|_, (_, pending)| match pending.keep_trying(phone, now) {
                Ok(again) => {
                    tally.sent_again += usize::from(again);
                    true
                }
                Err(()) => {
                    tally.failed += 1;
                    false
                }
            });
        }
        if is_quiet {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

fn request(phone: &Phone, account: Account, call_id: &str, cseq: u32, credentials: &str) -> String {
    let (address, user) = (phone.address, account.username());
    format!(
        "REGISTER sip:{SIP} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{call_id}-{cseq};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:{user}@{SIP}>;tag={call_id}\r\nTo: <sip:{user}@{SIP}>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\n\
         Contact: <sip:{user}@{address}>\r\nExpires: 3600\r\n{credentials}Content-Length: 0\r\n\r\n"
    )
}
