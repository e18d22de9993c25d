//! What a leg in talk owes its session besides media: the session timer (RFC 4028), UPDATE (RFC 3311), and what its phone is to be told as soon
//! as it may be asked.
//!
//! In: the timer that INVITE, UPDATE and their 2xx agree on; wishes of transfers ([`Wish`]). Out: UPDATE where the phone takes it, else a
//! re-INVITE. There is one slot and one wish: what is offered is computed when the slot is free, from what is true then. A session that nobody
//! refreshes ends by [`Exchange::vanished`].

use std::time::Duration;

use super::bridge::codec_of;
use super::exchange::{Asked, Exchange, TimerKey};
use super::keys::Pressed;
use super::leg::{Early, State};
use crate::base::id::LegId;
use crate::base::limits::{OFFERS_CROSSING_MAX, OFFERS_CROSSING_WITHIN};
use crate::base::{Instant, Now};
use crate::sip::endpoint::{ClientTx, Incoming, ServerTx};
use crate::sip::message::{CSeq, Headers, Method, Name, NameAddr, Response};
use crate::sip::session::prack::Reliable;
use crate::sip::session::refresh::{self, Refresh, SessionExpires};
use crate::sip::uri::{SipUri, Uri};

/// A refresh that did not come through is tried again so often until the session's end.
const REFRESH_AGAIN: Duration = Duration::from_secs(10);

/// What most legs have little of.
#[derive(Debug, Default)]
pub struct Session {
    /// Its phone has UPDATE in Allow.
    pub takes_update: bool,
    pub refresh: Option<Refresh>,
    /// When the session is over unless it is refreshed.
    ends: Instant,
    pub wish: Wish,
    /// It did not take the codec of the other side.
    pub has_refused: bool,
    /// Our UPDATE that has no answer yet.
    updating: Option<ClientTx>,
    pub pressed: Option<Pressed>,
    /// REFERs that came in its dialog.
    pub refers: u32,
    /// Our reliable responses to its INVITE.
    pub reliable: Option<Box<Reliable>>,
    /// What its reliable responses to our INVITE began.
    pub early: Vec<Early>,
    /// When it had the other side asked for another codec, of late.
    crossings: Vec<Instant>,
}

impl Session {
    /// Our UPDATE went out once more, with a proof.
    pub const fn updating_as(&mut self, tx: ClientTx) {
        self.updating = Some(tx);
    }

    /// Counts an offer that crosses to the other side. False: there were too many of late.
    pub fn crossed(&mut self, now: Instant) -> bool {
        self.crossings.retain(|at| now.since(*at) < OFFERS_CROSSING_WITHIN);
        let may_cross = self.crossings.len() < OFFERS_CROSSING_MAX;
        if may_cross {
            self.crossings.push(now);
        }
        may_cross
    }
}

/// What a phone is to be told as soon as its offer slot is free. Of two wishes the greater holds the smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    #[default]
    Nothing,
    /// Who it talks with now.
    Show,
    /// The same, and to talk the codec of the other side.
    Follow,
}

/// Whether a phone says that it takes UPDATE.
pub(super) fn takes_update(headers: &Headers) -> bool {
    headers.tokens(&Name::Allow).any(|token| token == "UPDATE")
}

impl Exchange {
    // --- the session timer ---

    /// A session was begun or refreshed; it has this timer from now on.
    pub(super) fn refreshed(&mut self, now: Now, leg: LegId, refresh: Option<Refresh>) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let before = std::mem::replace(&mut found.session.refresh, refresh);
        match refresh {
            Some(refresh) => {
                found.session.ends = now.mono + refresh.interval();
                self.timers.set(TimerKey::Refresh(leg), now.mono + refresh.patience());
            }
            None if before.is_some() => self.timers.clear(TimerKey::Refresh(leg)),
            None => {}
        }
    }

    /// It is our turn to refresh, or the phone has missed its own.
    pub(super) fn refresh_due(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get(leg).filter(|leg| leg.is_talking()) else { return };
        let Some(refresh) = found.session.refresh else { return };
        if !refresh.is_ours || now.mono >= found.session.ends {
            return self.vanished(now, leg);
        }
        self.timers.set(TimerKey::Refresh(leg), (now.mono + REFRESH_AGAIN).min(found.session.ends));
        if found.session.updating.is_some() || !matches!(found.state, State::Talking { accepting: None, offering: None, .. }) {
            return;
        }
        match codec_of(&found.media) {
            Some(codec) if !found.session.takes_update => self.offer(now, leg, &[codec], None),
            _ => self.update(now, leg),
        }
    }

    /// Refuses a session timer that is too short (RFC 4028 9).
    pub(super) fn refuse_interval(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        let mut response = self.response_to(incoming, 422);
        response.headers.push(Name::MinSe, refresh::INTERVAL_MIN.to_string());
        self.endpoint.respond(now.mono, tx, response);
    }

    /// A phone wants a longer timer than our INVITE names: it is invited again, once. False: that is not what its response says.
    pub(super) fn invite_longer(&mut self, now: Now, leg: LegId, tx: ClientTx, response: &Response) -> bool {
        let Some(seconds) = refresh::min_se(&response.headers).filter(|_| response.status == 422) else { return false };
        let Some(found) = self.legs.get_mut(leg) else { return false };
        let State::Inviting { invite, .. } = &mut found.state else { return false };
        let cseq = invite.headers.get(&Name::CSeq).and_then(|cseq| CSeq::parse(cseq).ok());
        let Some(cseq) = cseq.filter(|_| invite.headers.get(&Name::MinSe).is_none() && seconds >= refresh::INTERVAL_MIN) else {
            return false;
        };
        invite.headers.set(Name::CSeq, CSeq { number: cseq.number + 1, ..cseq }.to_string());
        invite.headers.set(Name::SessionExpires, SessionExpires { seconds, refresher: None }.to_string());
        invite.headers.set(Name::MinSe, seconds.to_string());
        let flow = found.flow;
        let mut again = (**invite).clone();
        found.session.early.clear();
        self.prove_within(leg, &mut again, flow.remote.ip());
        let sent_by = self.sent_by(&flow);
        let again = self.endpoint.send(now.mono, &mut self.dice, again, flow, &sent_by);
        if let Some(State::Inviting { tx: slot, .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) {
            *slot = again;
        }
        self.asked.remove(&tx);
        self.asked.insert(again, Asked::Invite(leg));
        true
    }

    // --- what a phone is to be told ---

    /// Tells a phone in talk, now or as soon as it may be asked.
    pub(super) fn renew(&mut self, now: Now, leg: LegId, wish: Wish) {
        if let Some(found) = self.legs.get_mut(leg) {
            found.session.wish = found.session.wish.max(wish);
            self.next_offer(now, leg);
        }
    }

    /// The offer slot of a leg may be free: what waits for it is computed anew and goes.
    pub(super) fn next_offer(&mut self, now: Now, leg: LegId) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let wish = found.session.wish;
        let is_free = matches!(found.state, State::Talking { accepting: None, offering: None, .. }) && found.session.updating.is_none();
        if wish == Wish::Nothing || !is_free {
            return;
        }
        found.session.wish = Wish::Nothing;
        let (call, own, takes_update) = (found.call, codec_of(&found.media), found.session.takes_update);
        self.timers.clear(TimerKey::Glare(leg));
        let Some(peer) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else { return };
        let theirs = self.legs.get(peer).and_then(|peer| codec_of(&peer.media));
        match (own, theirs) {
            (Some(own), Some(theirs)) if wish == Wish::Follow && own != theirs => self.offer(now, leg, &[theirs], None),
            (Some(own), _) if !takes_update => self.offer(now, leg, &[own], None),
            _ => self.update(now, leg),
        }
    }

    /// The phone has something of its own under way (491): RFC 3261 14.1, whose Call-ID it is waits longer.
    pub(super) fn wait_for_glare(&mut self, now: Now, leg: LegId, wish: Wish) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        found.session.wish = found.session.wish.max(wish);
        let is_ours = found.dialog.as_ref().is_some_and(|dialog| dialog.is_ours);
        let millis = if is_ours { 2100 + 10 * self.dice.below(190) } else { 10 * self.dice.below(200) };
        self.timers.set(TimerKey::Glare(leg), now.mono + Duration::from_millis(millis.into()));
    }

    /// Who the phone talks with now.
    pub(super) fn shown_to(&self, leg: LegId) -> Option<NameAddr> {
        let found = self.legs.get(leg)?;
        let (number, display) = match self.slot_of(leg) {
            Some(slot) => (slot.to_owned(), String::new()),
            None => {
                let peer = self.calls.get(found.call)?.peer_of(leg)?;
                // Lines are shown nobody but whom their INVITE showed.
                self.identity_in(found.call, peer).filter(|_| found.party.line().is_none())?
            }
        };
        let uri = Uri::Sip(SipUri::new(Some(&number), self.sent_by(&found.flow).0, None));
        Some(NameAddr { display, ..NameAddr::new(uri) })
    }

    /// UPDATE without an offer: refreshes the session, and shows who the other side is.
    pub(super) fn update(&mut self, now: Now, leg: LegId) {
        let shown = self.shown_to(leg);
        let refresh = self.legs.get(leg).and_then(|leg| leg.session.refresh);
        let sent = self.ask_within(now, leg, Method::Update, |request| {
            if let Some(shown) = shown {
                request.headers.push(Name::PAssertedIdentity, shown.to_string());
            }
            request.headers.push(Name::Supported, super::admit::SUPPORTED);
            if let Some(refresh) = refresh {
                refresh.ask(&mut request.headers);
            }
        });
        if let (Some(tx), Some(found)) = (sent, self.legs.get_mut(leg)) {
            found.session.updating = Some(tx);
            self.asked.insert(tx, Asked::Update(leg));
        }
    }

    pub(super) fn update_response(&mut self, now: Now, leg: LegId, response: &Response) {
        if response.is_provisional() {
            return;
        }
        let Some(found) = self.legs.get_mut(leg) else { return };
        found.session.updating = None;
        match response.status {
            200..=299 => {
                if let Some(dialog) = &mut found.dialog {
                    dialog.refresh_target(&response.headers);
                }
                self.refreshed(now, leg, Refresh::granted(&response.headers));
            }
            // RFC 3261 12.2.1.2.
            408 | 481 => return self.vanished(now, leg),
            422 => {
                let raised = found.session.refresh.and_then(|refresh| refresh.raised(&response.headers));
                if raised.is_some() {
                    found.session.refresh = raised;
                    return self.update(now, leg);
                }
            }
            // It said otherwise in Allow.
            405 | 501 => {
                found.session.takes_update = false;
                found.session.wish = found.session.wish.max(Wish::Show);
            }
            491 | 500 | 504 => return self.wait_for_glare(now, leg, Wish::Show),
            _ => {}
        }
        self.next_offer(now, leg);
    }

    /// No answer at all ends the dialog (RFC 3261 12.2.1.2); what could not be sent is tried again while the session lasts.
    pub(super) fn update_unanswered(&mut self, now: Now, leg: LegId, status: u16) {
        if let Some(found) = self.legs.get_mut(leg) {
            found.session.updating = None;
        }
        if status == 408 {
            self.vanished(now, leg);
        }
    }

    /// What hangs on the leg from here.
    pub(super) fn forget_session(&mut self, leg: LegId) {
        let Some(session) = self.legs.get_mut(leg).map(|leg| &mut leg.session) else { return };
        // Most legs have none of these.
        if session.refresh.take().is_some() {
            self.timers.clear(TimerKey::Refresh(leg));
        }
        if std::mem::take(&mut session.wish) != Wish::Nothing {
            self.timers.clear(TimerKey::Glare(leg));
        }
        if session.reliable.take().is_some() {
            self.timers.clear(TimerKey::Reliable(leg));
        }
        if let Some(tx) = session.updating.take() {
            self.asked.remove(&tx);
        }
    }
}
