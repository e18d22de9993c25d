//! Who has which media port. Ports are given out here, so that an SDP never waits for the relay; closed ones rest a while.

use std::collections::VecDeque;

use crate::base::id::{FlowId, LegId};
use crate::base::limits::{MEDIA_PORT_REST, MEDIA_PORT_REST_MIN};
use crate::base::{Instant, Slab};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Use {
    port: u16,
    leg: LegId,
}

#[derive(Debug, Default)]
pub struct Ledger {
    free: VecDeque<u16>,
    resting: VecDeque<(Instant, u16)>,
    flows: Slab<FlowId, Use>,
}

impl Ledger {
    /// Begins with the even ports that the relay has bound.
    pub fn new(ports: impl IntoIterator<Item = u16>) -> Ledger {
        Ledger { free: ports.into_iter().collect(), ..Ledger::default() }
    }

    /// Gives a port pair to a leg. None: all are in use or resting, the call gets 503.
    pub fn take(&mut self, now: Instant, leg: LegId) -> Option<(FlowId, u16)> {
        while let Some((rested, port)) = self.resting.front().copied()
            && rested <= now
        {
            self.resting.pop_front();
            self.free.push_back(port);
        }
        // When all rest, a busy box is better served by the one that rested longest than by a refusal.
        let rested = |(until, _): &(Instant, u16)| *until <= now + (MEDIA_PORT_REST - MEDIA_PORT_REST_MIN);
        let port = match self.free.pop_front() {
            Some(port) => port,
            None if self.resting.front().is_some_and(rested) => self.resting.pop_front()?.1,
            None => return None,
        };
        Some((self.flows.insert(Use { port, leg }), port))
    }

    /// The relay has closed a flow: its port rests from now on.
    pub fn closed(&mut self, now: Instant, flow: FlowId) {
        if let Some(used) = self.flows.remove(flow) {
            self.resting.push_back((now + MEDIA_PORT_REST, used.port));
        }
    }

    /// The relay could not use a port: it is not given out again.
    pub fn spoiled(&mut self, flow: FlowId) {
        self.flows.remove(flow);
    }

    pub fn leg_of(&self, flow: FlowId) -> Option<LegId> {
        self.flows.get(flow).map(|used| used.leg)
    }

    pub fn used_count(&self) -> usize {
        self.flows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SlabKey;

    #[test]
    fn a_closed_port_rests_before_it_is_given_again() {
        let mut ledger = Ledger::new([4000]);
        let (leg, now) = (LegId::new(0, 0), Instant::from_micros(5));
        let (flow, port) = ledger.take(now, leg).unwrap();
        assert_eq!((port, ledger.leg_of(flow), ledger.take(now, leg)), (4000, Some(leg), None));
        ledger.closed(now, flow);
        ledger.closed(now, flow);
        assert_eq!(ledger.take(now, leg), None, "it rests");
        let soon = now + MEDIA_PORT_REST_MIN;
        let (flow, _) = ledger.take(soon, leg).expect("nothing else is left");
        ledger.closed(soon, flow);
        let (_, port) = ledger.take(soon + MEDIA_PORT_REST, leg).unwrap();
        assert_eq!((port, ledger.used_count()), (4000, 1));
    }
}
