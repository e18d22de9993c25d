//! What the relay tells control.

use crate::base::id::FlowId;

/// A report of the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A flow that could not be opened: the port is not one of the pool's or is in use.
    OpenFailed { flow: FlowId },
    /// Nothing came, neither RTP nor RTCP, for the time that `limits` gives. Sent once until something comes again.
    Silent { flow: FlowId },
    /// After [`Report::Silent`]: something came again, or the time counts anew because its talk began or went on after a hold.
    Heard { flow: FlowId },
    /// What [`super::Order::Play`] asked for was said to its end.
    PlayEnded { flow: FlowId },
    /// The party pressed a key, after [`super::Order::Listen`].
    Digit { flow: FlowId, digit: char },
    /// The flow is closed; its port rests from now on.
    Closed { flow: FlowId, port: u16, quality: Quality },
}

/// What was seen of one party's stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    pub packets_received: u64,
    pub packets_sent: u64,
    /// Gaps in the sequence numbers, late packets taken off again.
    pub packets_lost: u64,
    /// Packets that were not taken: wrong source, no RTP, unknown payload type.
    pub packets_refused: u64,
    /// Interarrival jitter (RFC 3550 6.4.1) at the end, in microseconds.
    pub jitter_micros: u32,
}

impl Quality {
    /// Counts another stream with this one; of the jitter the worst stays.
    pub fn add(&mut self, other: &Quality) {
        self.packets_received += other.packets_received;
        self.packets_sent += other.packets_sent;
        self.packets_lost += other.packets_lost;
        self.packets_refused += other.packets_refused;
        self.jitter_micros = self.jitter_micros.max(other.jitter_micros);
    }
}
