//! What went over the net: one line a message, so that two runs of a seed can be compared byte for byte.

use trillo::base::Instant;

use super::message::Message;
use super::net::Packet;

#[derive(Debug, Default)]
pub struct Trace {
    pub lines: Vec<String>,
}

impl Trace {
    pub fn sent(&mut self, now: Instant, packet: &Packet, is_lost: bool, is_doubled: bool, is_late: bool) {
        let what = match Message::read(&packet.bytes) {
            Ok(message) => message.to_string(),
            Err(_) => format!("{} bytes", packet.bytes.len()),
        };
        let fate = [(is_lost, " lost"), (is_doubled, " twice"), (is_late, " late")];
        let fate: String = fate.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        let (seconds, micros) = (now.as_micros() / 1_000_000, now.as_micros() % 1_000_000);
        let sum = packet.bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
        self.lines.push(format!("{seconds:>4}.{micros:06} {} > {} {what}{fate} #{sum:016x}", packet.from, packet.to));
    }
}
