//! CPU seconds per thousand calls, and memory per call that is held. A call is INVITE, 401, ACK, INVITE with digest, 100, 180, 200, ACK,
//! BYE, 200 on the caller's side and INVITE, 180, 200, ACK, BYE, 200 on the callee's, with SDP both ways; a window of them at a time.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::Options;
use crate::meter::{median, range, stay_on_cpu};
use crate::registrations::register;
use crate::server::{SIP, Server};
use crate::sip::{self, Account, Pending, Phone};

pub fn run(options: &Options) {
    let (calls, held) = (options.number("--calls", 1000), options.number("--held", 100));
    let (window, runs) = (options.number("--window", 16), options.number("--runs", 5));
    let pairs = held.max(4 * window);
    stay_on_cpu(0);
    let server = Server::start(options, 2 * pairs);
    let address = SIP.parse().expect("an address");
    let mut load = Load {
        caller: Phone::new(sip::CALLERS, address),
        callee: Phone::new(sip::CALLEES, address),
        pairs,
        calls: HashMap::new(),
        answers: HashMap::new(),
        tally: Tally::default(),
        next: 0,
    };
    println!("idle: {:.1} MB", server.process.memory_bytes() as f64 / 1e6);
    println!("callers {:?}", register(&load.caller, (0..pairs).map(Account), 32, 0));
    println!("callees {:?}", register(&load.callee, (pairs..2 * pairs).map(Account), 32, 0));
    let mut costs = Vec::new();
    let rest = Duration::from_secs(options.number("--rest", 35) as u64);
    for run in 0..runs {
        let (began, cpu) = (Instant::now(), server.process.cpu());
        let tally = load.talk(calls, window, Hold::No);
        let cost = (server.process.cpu() - cpu).as_secs_f64() * 1000.0 / tally.done as f64;
        println!("  run {run}: {cost:.3} CPU s per 1,000, {tally:?}, {:.0}/s", tally.done as f64 / began.elapsed().as_secs_f64());
        costs.push(cost);
        // Ports rest and transactions linger for half a minute (RFC 3261: Timers B, H, J); the next run, and memory, are seen without them.
        load.rest(rest);
    }
    println!("{:.3} CPU s per 1,000 calls ({})", median(&costs), range(&costs));
    let before = server.process.memory_bytes();
    let tally = load.talk(held, window, Hold::Yes);
    load.rest(rest);
    let grown = server.process.memory_bytes().saturating_sub(before);
    println!("held {tally:?}: {:.1} kB per held call, {:.1} MB in all", grown as f64 / 1024.0 / held as f64, (before + grown) as f64 / 1e6);
    load.hang_up();
}

#[derive(Clone, Copy, PartialEq)]
enum Hold {
    Yes,
    No,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    done: usize,
    failed: usize,
    sent_again: usize,
    rung: usize,
}

/// A call of the caller's, by its Call-ID.
struct Call {
    caller: Account,
    callee: Account,
    stage: Stage,
    pending: Option<Pending>,
    /// To and Contact of the other side, once it has answered.
    to: String,
    target: String,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Stage {
    Asked,
    Authorised,
    Up,
    Leaving,
}

struct Load {
    caller: Phone,
    callee: Phone,
    pairs: usize,
    calls: HashMap<String, Call>,
    /// The callee's last word in each dialog, for requests that come twice.
    answers: HashMap<String, String>,
    tally: Tally,
    next: usize,
}

impl Load {
    /// Makes `total` calls, `window` at a time; with `Hold::Yes` they stay up.
    fn talk(&mut self, total: usize, window: usize, hold: Hold) -> Tally {
        self.tally = Tally::default();
        let (mut started, mut swept) = (0, Instant::now());
        loop {
            let busy = self.calls.values().filter(|call| call.stage != Stage::Up).count();
            for _ in busy..window {
                if started < total {
                    self.start();
                    started += 1;
                }
            }
            if started == total && self.calls.values().all(|call| call.stage == Stage::Up) {
                return self.tally;
            }
            if !self.turn(hold) {
                std::thread::sleep(Duration::from_micros(200));
            }
            if swept.elapsed() > Duration::from_millis(50) {
                swept = Instant::now();
                self.sweep();
            }
        }
    }

    /// Answers what comes while nothing is done.
    fn rest(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if !self.turn(Hold::Yes) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        self.answers.clear();
    }

    fn hang_up(&mut self) {
        let up: Vec<String> = self.calls.keys().cloned().collect();
        for call_id in up {
            self.leave(&call_id);
        }
        self.talk(0, 0, Hold::No);
    }

    /// Takes what has come; false if nothing had.
    fn turn(&mut self, hold: Hold) -> bool {
        let mut is_busy = false;
        while let Some(message) = self.caller.receive() {
            is_busy = true;
            match sip::status(&message) {
                Some(status) => self.hear_answer(&message, status, hold),
                None => self.hear_request_to_caller(&message),
            }
        }
        while let Some(message) = self.callee.receive() {
            is_busy = true;
            if sip::status(&message).is_none() {
                self.hear_request_to_callee(&message);
            }
        }
        is_busy
    }

    fn start(&mut self) {
        let pair = self.next % self.pairs;
        let call_id = format!("call-{}-{}", std::process::id(), self.next);
        self.next += 1;
        let mut call = Call {
            caller: Account(pair),
            callee: Account(self.pairs + pair),
            stage: Stage::Asked,
            pending: None,
            to: String::new(),
            target: String::new(),
        };
        call.pending = Some(Pending::send(&self.caller, invite(&self.caller, &call, &call_id, 1, "")));
        self.calls.insert(call_id, call);
    }

    fn hear_answer(&mut self, message: &str, status: u16, hold: Hold) {
        let Some(call_id) = sip::header(message, "Call-ID").map(str::to_owned) else { return };
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let cseq = sip::header(message, "CSeq").and_then(|value| value.split(' ').next()?.parse::<u32>().ok()).unwrap_or(0);
        match (sip::answered_method(message), status, call.stage) {
            ("INVITE", 100..=199, _) => {
                if let Some(pending) = &mut call.pending {
                    pending.be_quiet();
                }
            }
            ("INVITE", 401 | 407, stage) => {
                self.caller.send(&acknowledge(&self.caller, call, &call_id, cseq, message));
                if stage == Stage::Asked {
                    let uri = call_uri(call.callee);
                    let Some(credentials) = sip::answer_challenge(message, call.caller, "INVITE", &uri) else {
                        panic!("a challenge that can't be answered:\n{message}")
                    };
                    call.stage = Stage::Authorised;
                    call.pending = Some(Pending::send(&self.caller, invite(&self.caller, call, &call_id, 2, &credentials)));
                }
            }
            ("INVITE", 200..=299, Stage::Authorised) => {
                assert!(message.contains("m=audio "), "an answer without sound:\n{message}");
                call.to = sip::header(message, "To").unwrap_or("").to_owned();
                call.target = sip::header(message, "Contact").map_or(call_uri(call.callee), |contact| sip::uri_of(contact).to_owned());
                self.caller.send(&in_dialog(&self.caller, call, &call_id, "ACK", 2));
                (call.stage, call.pending) = (Stage::Up, None);
                match hold {
                    Hold::Yes => self.tally.done += 1,
                    Hold::No => self.leave(&call_id),
                }
            }
            ("INVITE", 200..=299, _) => self.caller.send(&in_dialog(&self.caller, call, &call_id, "ACK", 2)),
            ("INVITE", _, _) => {
                self.caller.send(&acknowledge(&self.caller, call, &call_id, cseq, message));
                if self.tally.failed == 0 {
                    eprintln!("first failure:\n{message}");
                }
                self.tally.failed += 1;
                self.calls.remove(&call_id);
            }
            ("BYE", 200.., _) => {
                self.tally.done += usize::from(status == 200);
                self.tally.failed += usize::from(status != 200);
                self.calls.remove(&call_id);
            }
            _ => {}
        }
    }

    fn leave(&mut self, call_id: &str) {
        let Some(call) = self.calls.get_mut(call_id) else { return };
        call.stage = Stage::Leaving;
        call.pending = Some(Pending::send(&self.caller, in_dialog(&self.caller, call, call_id, "BYE", 3)));
    }

    fn hear_request_to_caller(&mut self, message: &str) {
        self.caller.send(&sip::respond(message, "200 OK", "", "", ""));
        if sip::method(message) == "BYE" {
            self.tally.failed += 1;
            sip::header(message, "Call-ID").and_then(|call_id| self.calls.remove(call_id));
        }
    }

    fn hear_request_to_callee(&mut self, message: &str) {
        let call_id = sip::header(message, "Call-ID").unwrap_or("").to_owned();
        match sip::method(message) {
            "ACK" => {}
            "INVITE" => {
                if let Some(answer) = self.answers.get(&call_id) {
                    self.callee.send(answer);
                    return;
                }
                assert!(message.contains("m=audio "), "an offer without sound:\n{message}");
                self.tally.rung += 1;
                let contact = format!("Contact: <sip:callee@{}>\r\n", self.callee.address);
                self.callee.send(&sip::respond(message, "180 Ringing", "callee", &contact, ""));
                let more = format!("{contact}Content-Type: application/sdp\r\n");
                let answer = sip::respond(message, "200 OK", "callee", &more, &sdp(&self.callee));
                self.callee.send(&answer);
                self.answers.insert(call_id, answer);
            }
            method => {
                if method == "BYE" {
                    self.answers.remove(&call_id);
                }
                self.callee.send(&sip::respond(message, "200 OK", "callee", "", ""));
            }
        }
    }

    fn sweep(&mut self) {
        let (now, caller, tally) = (Instant::now(), &self.caller, &mut self.tally);
        self.calls.retain(|_, call| match call.pending.as_mut().map(|pending| pending.keep_trying(caller, now)) {
            None => true,
            Some(Ok(again)) => {
                tally.sent_again += usize::from(again);
                true
            }
            Some(Err(())) => {
                tally.failed += 1;
                false
            }
        });
    }
}

fn call_uri(callee: Account) -> String {
    format!("sip:{}@{SIP}", callee.number())
}

fn sdp(phone: &Phone) -> String {
    let ip = phone.address.ip();
    format!(
        "v=0\r\no=load 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 18000 RTP/AVP 8 0 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
    )
}

fn invite(phone: &Phone, call: &Call, call_id: &str, cseq: u32, credentials: &str) -> String {
    let (address, user, uri, sdp) = (phone.address, call.caller.username(), call_uri(call.callee), sdp(phone));
    format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{call_id}-{cseq};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:{user}@{SIP}>;tag={call_id}\r\nTo: <{uri}>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} INVITE\r\n\
         Contact: <sip:{user}@{address}>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n{credentials}\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    )
}

/// The ACK of a final response that is no 2xx: of the same transaction (RFC 3261 17.1.1.3).
fn acknowledge(phone: &Phone, call: &Call, call_id: &str, cseq: u32, response: &str) -> String {
    let (address, user, uri) = (phone.address, call.caller.username(), call_uri(call.callee));
    let to = sip::header(response, "To").unwrap_or("");
    format!(
        "ACK {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{call_id}-{cseq};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:{user}@{SIP}>;tag={call_id}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} ACK\r\nContent-Length: 0\r\n\r\n"
    )
}

fn in_dialog(phone: &Phone, call: &Call, call_id: &str, method: &str, cseq: u32) -> String {
    let (address, user, to, target) = (phone.address, call.caller.username(), &call.to, &call.target);
    format!(
        "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{call_id}-{cseq}-{method};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:{user}@{SIP}>;tag={call_id}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n"
    )
}
