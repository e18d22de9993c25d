//! What was heard of the parties of a call. The relay tells it when a flow is closed, which is after the call's record was written: it follows
//! the record, and the store puts them together.

use super::exchange::Exchange;
use super::leg::{Leg, Party};
use crate::base::Wall;
use crate::base::id::{CallId, FlowId, LegId};
use crate::entry::{Entry, LegEnd, LegQuality};
use crate::media::report::Quality;

/// Whose flow it was, and of which record.
#[derive(Debug)]
pub struct Measured {
    call_id: String,
    started: Wall,
    end: LegEnd,
}

impl Exchange {
    /// The flow of a leg is about to close, or the record of its call to be written: what is heard of it belongs there.
    pub(super) fn measure(&mut self, call: CallId, leg: LegId) {
        let (Some(call), Some(found)) = (self.calls.get(call), self.legs.get(leg)) else { return };
        if call.is_answered() {
            let measured = Measured { call_id: call.call_id.clone(), started: call.started, end: end_of(found) };
            self.measured.insert(found.media.flow, measured);
        }
    }

    pub(super) fn measure_all(&mut self, call: CallId) {
        let Some(found) = self.calls.get(call) else { return };
        let parties = [Some(found.caller), found.peer_of(found.caller)];
        for leg in parties.into_iter().flatten().filter(|leg| self.legs.get(*leg).is_some_and(|leg| leg.media.is_open)).collect::<Vec<_>>()
        {
            self.measure(call, leg);
        }
    }

    pub(super) fn flow_measured(&mut self, flow: FlowId, quality: &Quality) {
        let Some(Measured { call_id, started, end }) = self.measured.remove(&flow) else { return };
        let quality = LegQuality {
            end,
            packets_received: quality.packets_received,
            packets_lost: quality.packets_lost,
            packets_sent: quality.packets_sent,
            jitter_micros: quality.jitter_micros,
        };
        self.keep(Entry::Quality { call_id, started, quality });
    }
}

const fn end_of(leg: &Leg) -> LegEnd {
    match leg.party {
        Party::Phone { account, .. } => LegEnd::Account(account),
        Party::Line(line) => LegEnd::Line(line),
    }
}
