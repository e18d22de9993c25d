//! A phone that sends a call on (3xx): followed to where its extension could dial, with the extension's own rights as they are now.
//!
//! While other phones ring, those of the new extension, or the number outside, ring with them, and the table of the extension that was called
//! still says what follows. The last phone hands the call over whole: to another extension, whose timeout and table count from then on, or to
//! the outside.

use super::call::Phase;
use super::exchange::{Exchange, TimerKey};
use super::ringing::Asking;
use crate::base::Now;
use crate::base::id::{CallId, ExtensionId, LegId};
use crate::base::limits::FORK_LEGS_MAX;
use crate::entry::Outcome;
use crate::route::{self, Action, External, View};
use crate::settings::Cause;
use crate::sip::message::{Contacts, NameAddr, Response};

impl Exchange {
    /// Follows a 3xx. The error says what the phone counts as where it leads nowhere.
    pub(super) fn forward(&mut self, now: Now, leg: LegId, response: &Response) -> Result<(), Outcome> {
        let call = self.legs.get(leg).map(|leg| leg.call).ok_or(Outcome::Unavailable)?;
        let to = self.forward_target(now, leg, response).ok_or(Outcome::Unavailable)?;
        let found = self.calls.get_mut(call).ok_or(Outcome::Unavailable)?;
        let Phase::Ringing { ring, .. } = &found.phase else { return Err(Outcome::Unavailable) };
        if ring.is_last(leg) {
            self.note_leg(call, leg, Outcome::Forwarded, response.status);
            self.timers.clear(TimerKey::RingTimeout(call));
            if let Some(found) = self.calls.get_mut(call) {
                let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
                found.walk.forward(&view, &mut self.occupancy, to);
            }
            self.lamps_changed();
            self.come_to(now, call, None);
            return Ok(());
        }
        match to {
            Action::Extension(called) => self.ring_with(now, call, leg, called.extension)?,
            Action::External(to) => self.call_outside_with(now, call, leg, to)?,
            // Such a place takes a call whole, and others still ring.
            _ => return Err(Outcome::Unavailable),
        }
        self.note_leg(call, leg, Outcome::Forwarded, response.status);
        Ok(())
    }

    /// Rings the phones of an extension with those that ring already.
    fn ring_with(&mut self, now: Now, call: CallId, leg: LegId, extension: ExtensionId) -> Result<(), Outcome> {
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        let found = self.calls.get_mut(call).ok_or(Outcome::Unavailable)?;
        found.walk.join(&view, &mut self.occupancy, extension).map_err(|cause| match cause {
            Cause::Busy => Outcome::Busy,
            Cause::NoAnswer | Cause::Unavailable => Outcome::Unavailable,
        })?;
        let codecs = self.caller_codecs(call);
        let Some(Phase::Ringing { ring, .. }) = self.calls.get(call).map(|call| &call.phase) else { return Err(Outcome::Unavailable) };
        let ringing = ring.living_count() - 1;
        let settings = self.settings.clone();
        let accounts = settings.accounts_of(extension).iter().filter(|id| settings.accounts.get(id).is_some_and(|account| account.enabled));
        let accounts = accounts.take(FORK_LEGS_MAX.saturating_sub(ringing));
        let to = accounts.map(|account| Asking { account: *account, extension, is_forwarded: true });
        let asked: Vec<LegId> = to.filter_map(|to| self.ask_or_note(now, call, to, &codecs).ok()).collect();
        if let Some(Phase::Ringing { ring, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            ring.replace(leg, asked);
        }
        self.count_living(call);
        Ok(())
    }

    /// Calls a number outside with the phones that ring already.
    fn call_outside_with(&mut self, now: Now, call: CallId, leg: LegId, to: External) -> Result<(), Outcome> {
        let asked = self.dial_beside(now, call, to).ok_or(Outcome::Unavailable)?;
        if let Some(Phase::Ringing { ring, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            ring.replace(leg, [asked]);
        }
        self.count_living(call);
        Ok(())
    }

    /// What the best Contact names by its number: the one with the highest q, of equal ones the first. Its host says nothing.
    fn forward_target(&self, now: Now, leg: LegId, response: &Response) -> Option<Action> {
        let from = self.settings.extensions.get(&self.legs.get(leg)?.party.extension()?)?;
        let Contacts::Some(contacts) = Contacts::of(&response.headers).ok()? else { return None };
        let q = |contact: &NameAddr| contact.params.get("q").and_then(|q| q.parse::<f32>().ok()).filter(|q| q.is_finite()).unwrap_or(1.0);
        let best = contacts.iter().reduce(|best, contact| if q(contact) > q(best) { contact } else { best })?;
        let number = best.uri.as_sip()?.user_unescaped()?;
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        route::forwarded(&view, from, &number)
    }
}
