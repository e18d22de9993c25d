//! The generator: both phones of every call, 50 packets of PCMU a second each way, from one thread that never waits for a packet.
//!
//! It goes round every 100 us, sends the packets of those legs whose turn it is and reads what came. So packets come to the
//! subject as spread in time as those of real phones, and none of its own has to wake the generator, which would be charged to the subject. Every payload says whose voice it is and when it was sent.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use nix::sys::socket::{setsockopt, sockopt};

const SOCKETS_PER_SIDE: usize = 8;
const FIRST_PORT: u16 = 18_000;
const PACKET_BYTES: usize = 172;
/// Every leg sends once in this time.
const FRAME_MICROS: u64 = 20_000;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Side {
    A,
    B,
}

impl Side {
    fn other(self) -> Side {
        if self == Side::A { Side::B } else { Side::A }
    }
}

/// Where the phone of that side and call has its RTP. Calls share sockets.
pub fn address(side: Side, call: usize) -> SocketAddr {
    let host = 2 + side as u8;
    SocketAddr::from(([127, 0, 0, host], FIRST_PORT + 2 * (call % SOCKETS_PER_SIDE) as u16))
}

/// What was heard of the packets that were sent in the window.
#[derive(Debug, Default)]
pub struct Heard {
    pub sent: u64,
    pub received: u64,
    /// Wrong side, wrong call or changed on the way.
    pub wrong: u64,
    /// Legs that sent and that nobody heard.
    pub unheard_legs: usize,
    /// Rounds that began over 3 ms late: the machine was busy elsewhere.
    pub late_rounds: u64,
    pub latencies: Vec<u32>,
}

impl Heard {
    pub fn latency_millis(&mut self, percent: usize) -> f64 {
        self.latencies.sort_unstable();
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

pub struct Voice {
    sockets: [Vec<UdpSocket>; 2],
    /// Where each leg sends to: side A and side B of each call in turn.
    targets: Vec<SocketAddr>,
    began: Instant,
    round: u64,
    round_micros: u64,
    window: Option<(u64, u64)>,
    heard_legs: Vec<bool>,
    heard: Heard,
}

impl Voice {
    /// Phones for the relay or forwarder whose ports begin at `base`.
    pub fn new(base: u16, calls: usize, round_micros: u64) -> Self {
        let sockets = [Side::A, Side::B].map(|side| {
            let bind = |index| {
                let socket = UdpSocket::bind(address(side, index)).expect("the generator's ports are free");
                socket.set_nonblocking(true).expect("a socket can be asynchronous");
                let _ =
                    setsockopt(&socket, sockopt::RcvBufForce, &(16 << 20)).or_else(|_| setsockopt(&socket, sockopt::RcvBuf, &(4 << 20)));
                socket
            };
            (0..SOCKETS_PER_SIDE).map(bind).collect()
        });
        let targets = (0..2 * calls).map(|leg| SocketAddr::from(([127, 0, 0, 1], base + 2 * leg as u16))).collect();
        let heard_legs = vec![false; 2 * calls];
        Voice { sockets, targets, began: Instant::now(), round: 0, round_micros, window: None, heard_legs, heard: Heard::default() }
    }

    /// Talks for a while without counting.
    pub fn settle(&mut self, time: Duration) {
        self.talk_until(self.now() + time.as_micros() as u64);
    }

    /// Talks for `time` and counts what of that is heard; `read` is called at its begin and its end.
    pub fn measure<T>(&mut self, time: Duration, read: impl Fn() -> T) -> (T, T, Heard) {
        self.heard = Heard::default();
        self.heard_legs.fill(false);
        let from = self.now();
        let to = from + time.as_micros() as u64;
        self.window = Some((from, to));
        let before = read();
        self.talk_until(to);
        let after = read();
        self.talk_until(to + 100_000);
        self.heard.unheard_legs = self.heard_legs.iter().filter(|is_heard| !**is_heard).count();
        (before, after, std::mem::take(&mut self.heard))
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    fn talk_until(&mut self, end: u64) {
        loop {
            self.round += 1;
            let due = self.round * self.round_micros;
            let now = self.now();
            if now < due {
                std::thread::sleep(Duration::from_micros(due - now));
            } else if now > due + 3000 {
                self.heard.late_rounds += 1;
            }
            self.send_slot();
            self.listen();
            if self.now() >= end {
                return;
            }
        }
    }

    fn send_slot(&mut self) {
        let slots = FRAME_MICROS / self.round_micros;
        let number = (self.round / slots) as u32;
        for leg in ((self.round % slots) as usize..self.targets.len()).step_by(slots as usize) {
            let now = self.now();
            let mut packet = [0xd5; PACKET_BYTES];
            packet[..2].copy_from_slice(&[0x80, 0]);
            packet[2..4].copy_from_slice(&(number as u16).to_be_bytes());
            packet[4..8].copy_from_slice(&number.wrapping_mul(160).to_be_bytes());
            packet[8..12].copy_from_slice(&(0x5100_0000 + leg as u32).to_be_bytes());
            packet[12..16].copy_from_slice(&(leg as u32).to_be_bytes());
            packet[16..24].copy_from_slice(&now.to_be_bytes());
            let socket = &self.sockets[leg % 2][leg / 2 % SOCKETS_PER_SIDE];
            let is_sent = socket.send_to(&packet, self.targets[leg]).is_ok();
            if is_sent && self.window.is_some_and(|(from, to)| (from..to).contains(&now)) {
                self.heard.sent += 1;
            }
        }
    }

    fn listen(&mut self) {
        let mut packet = [0; 2048];
        for side in [Side::A, Side::B] {
            for index in 0..SOCKETS_PER_SIDE {
                while let Ok(length) = self.sockets[side as usize][index].recv(&mut packet) {
                    self.judge(side, index, &packet[..length]);
                }
            }
        }
    }

    fn judge(&mut self, side: Side, index: usize, packet: &[u8]) {
        let now = self.now();
        let number = |range: std::ops::Range<usize>| {
            packet.get(range).map_or(0, |bytes| bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
        };
        let (leg, sent) = (number(12..16) as usize, number(16..24));
        let is_right = packet.len() == PACKET_BYTES
            && packet[1] & 0x7f == 0
            && leg < self.targets.len()
            && leg % 2 == side.other() as usize
            && leg / 2 % SOCKETS_PER_SIDE == index
            && packet[24..].iter().all(|byte| *byte == 0xd5);
        if !is_right {
            self.heard.wrong += 1;
        } else if self.window.is_some_and(|(from, to)| (from..to).contains(&sent)) {
            self.heard.received += 1;
            self.heard.latencies.push((now - sent) as u32);
            self.heard_legs[leg] = true;
        }
    }
}
