use serde::{Deserialize, Serialize};

use super::LegEnd;

/// What was heard of one party of a call, and what it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegQuality {
    #[serde(flatten)]
    pub end: LegEnd,
    pub packets_received: u64,
    /// Of those that it sent; what was lost on the way to it only it knows.
    pub packets_lost: u64,
    pub packets_sent: u64,
    /// Interarrival jitter at the end (RFC 3550 6.4.1).
    pub jitter_micros: u32,
}

/// How a stream is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Nothing,
    Well,
    /// With gaps that a person notices.
    Fairly,
    Badly,
}

/// Lost packets in a thousand, and jitter, up to which people hear no fault, and up to which they still understand each other.
const WELL: (u64, u32) = (10, 30_000);
const FAIRLY: (u64, u32) = (30, 60_000);

impl LegQuality {
    /// Of a thousand packets.
    pub fn lost_per_thousand(&self) -> u64 {
        let sent = self.packets_received + self.packets_lost;
        (self.packets_lost * 1000).checked_div(sent).unwrap_or(0)
    }

    pub fn heard(&self) -> Heard {
        let is_within = |(lost, jitter): (u64, u32)| self.lost_per_thousand() <= lost && self.jitter_micros <= jitter;
        match self.packets_received {
            0 => Heard::Nothing,
            _ if is_within(WELL) => Heard::Well,
            _ if is_within(FAIRLY) => Heard::Fairly,
            _ => Heard::Badly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::AccountId;

    #[test]
    fn what_people_hear_follows_from_loss_and_jitter() {
        let heard = |received, lost, jitter| {
            let end = LegEnd::Account(AccountId(1));
            LegQuality { end, packets_received: received, packets_lost: lost, packets_sent: 0, jitter_micros: jitter }.heard()
        };
        assert_eq!([heard(0, 0, 0), heard(0, 9, 0)], [Heard::Nothing; 2]);
        assert_eq!([heard(1000, 0, 0), heard(990, 10, 30_000)], [Heard::Well; 2]);
        assert_eq!([heard(980, 20, 0), heard(1000, 0, 45_000)], [Heard::Fairly; 2]);
        assert_eq!([heard(900, 100, 0), heard(1000, 0, 100_000), heard(u64::MAX / 4000, u64::MAX / 4000, 0)], [Heard::Badly; 3]);
    }
}
