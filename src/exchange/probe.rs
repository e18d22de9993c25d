//! Is a phone in talk still there? One that the relay hears nothing of is asked by OPTIONS within its dialog.
//!
//! A call without any sound ends by itself, but not while somebody holds it; and where one side talks on, nobody would notice that the other
//! is gone. In: the relay's word that a leg is silent, or heard again. Out: OPTIONS once a minute. A phone that does not know the dialog (481,
//! 408), or twice says nothing, has vanished (RFC 3261 12.2.1.2): both sides get BYE, and the record is written. The refresh of a session timer
//! (RFC 4028) that finds nobody is to end the same way, by [`Exchange::vanished`].

use std::time::Duration;

use super::exchange::{Asked, Exchange, TimerKey};
use crate::base::Now;
use crate::base::id::LegId;
use crate::sip::endpoint::ClientTx;
use crate::sip::message::{Method, Name, Response};

/// A silent phone is asked this often.
const PROBE_EVERY: Duration = Duration::from_secs(60);
/// So many times in a row it may say nothing, or not be reached: a switch that starts anew takes a minute.
const MISSED_MAX: u32 = 2;

/// What is known of a leg that is silent.
#[derive(Debug, Default)]
pub struct Probe {
    /// The OPTIONS that has no answer yet.
    asking: Option<ClientTx>,
    /// How many had none, in a row.
    missed: u32,
}

impl Exchange {
    /// The relay hears nothing of a leg in talk: it is asked now, and from then on until it is heard again.
    pub(super) fn watch(&mut self, now: Now, leg: LegId) {
        if self.legs.get(leg).is_some_and(|leg| leg.is_talking() && leg.probe.asking.is_none()) {
            self.probe(now, leg);
        }
    }

    /// It is heard again, or its call is over.
    pub(super) fn unwatch(&mut self, leg: LegId) {
        self.timers.clear(TimerKey::Probe(leg));
        let probe = self.legs.get_mut(leg).map(|leg| std::mem::take(&mut leg.probe));
        if let Some(asking) = probe.and_then(|probe| probe.asking) {
            self.asked.remove(&asking);
        }
    }

    pub(super) fn probe(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let Some(dialog) = &mut found.dialog else { return };
        let mut options = dialog.request(Method::Options);
        options.headers.push(Name::Accept, "application/sdp");
        options.headers.push(Name::UserAgent, &*self.product);
        let Some(found) = self.legs.get(leg) else { return };
        let Some(dialog) = &found.dialog else { return };
        let flow = self.flow_within(found, dialog);
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, options, flow, &sent_by);
        self.asked.insert(tx, Asked::Probe(leg));
        if let Some(found) = self.legs.get_mut(leg) {
            found.probe.asking = Some(tx);
        }
    }

    /// Any other answer, also a refusal, comes from a phone that is there.
    pub(super) fn probe_answered(&mut self, now: Now, leg: LegId, response: &Response) {
        match response.status {
            100..=199 => {}
            481 => self.vanished(now, leg),
            408 => self.probe_unanswered(now, leg),
            _ => {
                if let Some(found) = self.legs.get_mut(leg) {
                    found.probe = Probe::default();
                    self.timers.set(TimerKey::Probe(leg), now.mono + PROBE_EVERY);
                }
            }
        }
    }

    pub(super) fn probe_unanswered(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        found.probe.asking = None;
        found.probe.missed += 1;
        if found.probe.missed < MISSED_MAX {
            self.timers.set(TimerKey::Probe(leg), now.mono + PROBE_EVERY);
        } else {
            self.vanished(now, leg);
        }
    }

    /// A phone in talk is not there any more: the call is over for both sides.
    pub(super) fn vanished(&mut self, now: Now, leg: LegId) {
        self.end_call_of(now, leg, Some("SIP;cause=408;text=\"Phone does not answer\""));
    }
}
