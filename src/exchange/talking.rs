//! From the answer on: the caller's 200 and its ACK, media joined and re-aimed.

use super::bridge;
use super::call::Phase;
use super::exchange::{Exchange, TimerKey};
use super::leg::{Accepting, Agreement, Leg, State};
use super::ringing::local_of;
use super::session::Wish;
use crate::base::id::{CallId, LegId};
use crate::base::{Codec, Now};
use crate::media::order::{Aim, Order, Remote as MediaRemote};
use crate::media::report::Report;
use crate::sdp::{self, Agreed, AgreedEvent, Description, Direction, Offer, Remote};
use crate::sip::endpoint::Incoming;
use crate::sip::message::Name;
use crate::sip::session::refresh::Refresh;
use crate::sip::transaction::{T1, T2, TIMEOUT};

/// What a 200 of ours says about media: our answer, or our offer, whose answer comes with the ACK (RFC 3264 4, RFC 6337 2).
#[derive(Debug)]
pub(super) struct Answer {
    pub body: String,
    pub offer: Option<Offer>,
}

impl Answer {
    pub const fn of(body: String) -> Answer {
        Answer { body, offer: None }
    }
}

impl Exchange {
    /// A phone has taken the call: the caller gets its 200, and both hear each other.
    pub(super) fn answer(&mut self, now: Now, call: CallId, callee: LegId) {
        self.timers.clear(TimerKey::RingTimeout(call));
        let Some(found) = self.calls.get_mut(call) else { return };
        let Some(callee_leg) = self.legs.get(callee) else { return };
        let callee_extension = callee_leg.party.extension();
        found.phase = Phase::Talking { callee, callee_extension, answered: now.wall };
        found.walk.keep(&mut self.occupancy, |extension| Some(extension) == callee_extension);
        self.counters.calls_answered += 1;
        self.lamps_changed();
        self.answer_caller(now, call, callee);
    }

    /// The caller of a call that somebody has taken gets its 200; or, if it was transferred here and talks already, the codec of who took it.
    pub(super) fn answer_caller(&mut self, now: Now, call: CallId, callee: LegId) {
        let Some(caller) = self.calls.get(call).map(|call| call.caller) else { return };
        let codec = self.legs.get(callee).and_then(|callee| bridge::codec_of(&callee.media));
        let Some(leg) = self.legs.get(caller) else { return };
        let State::Calling { tx, invite } = &leg.state else {
            // It was transferred here, and has been talking all the time.
            self.join(call);
            self.renew(now, caller, Wish::Follow);
            // A phone that rang for somebody else has a wish already.
            return self.next_offer(now, callee);
        };
        let (tx, invite) = (*tx, invite.clone());
        let answer = if invite.request.body.is_empty() {
            self.late_offer(caller, callee)
        } else {
            // The offer was readable when the call was admitted, and only codecs of it were offered on.
            let Ok(remote) = super::admit::read_offer(&invite) else { return };
            self.agree(caller, remote, codec.as_slice()).map(Answer::of)
        };
        let Some(answer) = answer else { return };
        self.accept(now, caller, tx, &invite, answer);
        self.join(call);
    }

    /// Our offer to a caller who made none: what the phone that answered talks, then what else both may. Should the caller take something
    /// else, that phone is asked to follow.
    fn late_offer(&self, caller: LegId, callee: LegId) -> Option<Answer> {
        let talked = bridge::codec_of(&self.legs.get(callee)?.media)?;
        let (ours, theirs) = (self.codecs_of(caller), self.codecs_of(callee));
        let both = ours.iter().copied().filter(|codec| *codec != talked && theirs.contains(codec));
        let codecs: Vec<Codec> = std::iter::once(talked).chain(both).collect();
        let offer = Offer::new(&codecs);
        let body = offer.write(&local_of(&self.legs.get(caller)?.media, Direction::SendRecv));
        Some(Answer { body, offer: Some(offer) })
    }

    /// Takes a phone's answer to our offer. None: nothing can come of it.
    fn take_answer(&mut self, leg: LegId, body: &[u8]) -> Option<()> {
        let found = self.legs.get_mut(leg)?;
        let answered = found.media.offer.take()?.accept(&Description::parse(body).ok()?).ok()?;
        found.media.agreed = Some(Agreement {
            codec: answered.codec,
            event: answered.telephone_event,
            remote: answered.remote,
            direction: Direction::SendRecv,
        });
        Some(())
    }

    /// Answers an offer of a leg with one of the given codecs. None: there is none in the offer.
    pub(super) fn agree(&mut self, leg: LegId, remote: Remote, codecs: &[Codec]) -> Option<String> {
        let found = self.legs.get_mut(leg)?;
        let audio = remote.audio.as_ref()?;
        let chosen = sdp::choose(audio, codecs, codecs)?.clone();
        let event = audio.telephone_event_for(chosen.codec);
        let body = sdp::answer(&local_of(&found.media, Direction::SendRecv), &remote, &chosen, event);
        let direction = Direction::answer_to(audio.direction, Direction::SendRecv);
        found.media.agreed = Some(Agreement { codec: Agreed::from(&chosen), event: event.map(AgreedEvent::from), remote, direction });
        Some(body)
    }

    /// Sends a 200 with an SDP and keeps sending it until the ACK comes.
    pub(super) fn accept(&mut self, now: Now, leg: LegId, tx: crate::sip::endpoint::ServerTx, invite: &Incoming, answer: Answer) {
        // One that is too short was refused when it came.
        let refresh = Refresh::asked(&invite.request.headers).ok().flatten();
        let Some(found) = self.legs.get(leg) else { return };
        let mut response = self.response_with(invite, 200, &found.local_tag);
        let user = invite.envelope.to.uri.user().unwrap_or_default();
        response.headers.push(Name::Contact, self.contact(&found.flow, &user).to_string());
        for route in invite.request.headers.get_all(&Name::RecordRoute) {
            response.headers.push(Name::RecordRoute, route);
        }
        response.headers.push(Name::Allow, super::admit::ALLOW);
        response.headers.push(Name::Supported, super::admit::SUPPORTED);
        if let Some(refresh) = refresh {
            refresh.answer(&mut response.headers);
        }
        response.headers.push(Name::ContentType, "application/sdp");
        response.body = answer.body.into_bytes();
        self.endpoint.respond(now.mono, tx, response.clone());
        self.calling.remove(&tx);
        let waiting = Box::new(Accepting {
            tx,
            response,
            interval: T1,
            deadline: now.mono + TIMEOUT,
            cseq: invite.envelope.cseq.number,
            makes_dialog: !invite.envelope.is_in_dialog(),
            awaits_answer: answer.offer.is_some(),
            farewell: None,
        });
        self.timers.set(TimerKey::Accept(leg), now.mono + T1);
        if let Some(found) = self.legs.get_mut(leg) {
            found.media.offer = answer.offer;
            if waiting.makes_dialog {
                found.session.takes_update = super::session::takes_update(&invite.request.headers);
            }
            if found.session.reliable.is_some() {
                self.timers.clear(TimerKey::Reliable(leg));
            }
            match &mut found.state {
                State::Talking { accepting, .. } => *accepting = Some(waiting),
                state => *state = State::Talking { accepting: Some(waiting), acknowledged: None, offering: None },
            }
        }
        self.refreshed(now, leg, refresh);
    }

    /// RFC 3261 13.3.1.4: the 200 again, at intervals that double up to T2; without an ACK the call ends.
    pub(super) fn accept_again(&mut self, now: Now, leg: LegId) {
        let Some(State::Talking { accepting: Some(waiting), .. }) = self.legs.get_mut(leg).map(|leg| &mut leg.state) else { return };
        if now.mono >= waiting.deadline {
            if let Some(farewell) = waiting.farewell.take() {
                return self.hang_up_leg(now, leg, farewell.reason.as_deref());
            }
            return self.end_call_of(now, leg, Some("SIP;cause=408;text=\"No ACK\""));
        }
        waiting.interval = (waiting.interval * 2).min(T2);
        let (tx, response, at) = (waiting.tx, waiting.response.clone(), now.mono + waiting.interval);
        self.timers.set(TimerKey::Accept(leg), at.min(waiting.deadline));
        self.endpoint.respond(now.mono, tx, response);
    }

    pub(super) fn acknowledged(&mut self, now: Now, incoming: &Incoming) {
        let Some(leg) = incoming.envelope.to.tag().and_then(|tag| self.dialogs.get(tag)).copied() else { return };
        let Some(found) = self.legs.get_mut(leg) else { return };
        if !found.dialog.as_ref().is_some_and(|dialog| dialog.holds(&incoming.envelope)) {
            return;
        }
        if let State::Talking { accepting, .. } = &mut found.state
            && accepting.as_ref().is_some_and(|waiting| waiting.cseq == incoming.envelope.cseq.number)
        {
            let accepted = accepting.take();
            self.timers.clear(TimerKey::Accept(leg));
            let awaits_answer = accepted.as_ref().is_some_and(|waiting| waiting.awaits_answer);
            if let Some(farewell) = accepted.and_then(|waiting| waiting.farewell) {
                return self.hang_up_leg(now, leg, farewell.reason.as_deref());
            }
            if awaits_answer {
                self.answered_late(now, leg, &incoming.request.body);
            }
            self.next_offer(now, leg);
        }
    }

    /// The ACK of a 200 that held our offer. Without an answer that we can use nobody knows what is agreed: the call is over.
    fn answered_late(&mut self, now: Now, leg: LegId, body: &[u8]) {
        if self.take_answer(leg, body).is_none() {
            return self.end_call_of(now, leg, Some("SIP;cause=488;text=\"No usable answer in ACK\""));
        }
        self.aim(leg);
        let call = self.legs.get(leg).map(|leg| leg.call);
        let Some(peer) = call.and_then(|call| self.calls.get(call)).and_then(|call| call.peer_of(leg)) else { return };
        // Who was offered several codecs may have taken another one than the other side talks.
        self.talk_alike(now, peer);
    }

    /// Lets the two legs of a talking call hear each other.
    pub(super) fn join(&mut self, call: CallId) {
        let Some(Phase::Talking { callee, .. }) = self.calls.get(call).map(|call| &call.phase) else { return };
        let callee = *callee;
        let Some(caller) = self.calls.get(call).map(|call| call.caller) else { return };
        self.join_legs(caller, callee, !self.settings.numbering.talk_codes.are_off());
    }

    /// `are_codes`: what extensions press may be codes.
    pub(super) fn join_legs(&mut self, a: LegId, b: LegId, are_codes: bool) {
        self.aim(a);
        self.aim(b);
        let has_codes = |leg: &Leg| are_codes && leg.party.extension().is_some();
        if let (Some(a), Some(b)) = (self.legs.get(a), self.legs.get(b))
            && let Some(join) = bridge::join(&a.media, &b.media, (has_codes(a), has_codes(b)))
        {
            self.order(Order::Join(join));
        }
    }

    /// A leg and whom it was joined with hear each other no more.
    pub(super) fn part(&mut self, leg: LegId) {
        if let Some(flow) = self.legs.get(leg).filter(|leg| leg.media.is_open).map(|leg| leg.media.flow) {
            self.order(Order::Part { flow });
        }
    }

    /// Tells the relay where a leg's media goes now.
    pub(super) fn aim(&mut self, leg: LegId) {
        let Some(found) = self.legs.get(leg) else { return };
        let Some(audio) = found.media.agreed.as_ref().and_then(|agreed| agreed.remote.audio.as_ref()) else { return };
        let remote = if found.media.nat {
            MediaRemote::Latch
        } else {
            MediaRemote::Fixed { rtp: audio.rtp, rtcp: if audio.rtcp_mux { audio.rtp } else { audio.rtcp } }
        };
        let aim = Aim { flow: found.media.flow, remote, send: audio.direction.receives() };
        self.order(Order::Aim(aim));
    }

    pub(super) fn close_media(&mut self, leg: LegId) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        if std::mem::replace(&mut found.media.is_open, false) {
            let (flow, call) = (found.media.flow, found.call);
            self.measure(call, leg);
            self.order(Order::Close { flow });
        }
    }

    pub(super) fn media_report(&mut self, now: Now, report: Report) {
        match report {
            Report::Closed { flow, quality, .. } => {
                self.counters.media.add(&quality);
                self.flow_measured(flow, &quality);
                self.ledger.closed(now.mono, flow);
            }
            Report::OpenFailed { flow } => {
                let leg = self.ledger.leg_of(flow);
                self.ledger.spoiled(flow);
                self.measured.remove(&flow);
                if let Some(leg) = leg {
                    self.end_call_of(now, leg, Some("SIP;cause=503;text=\"Media port failed\""));
                }
            }
            Report::PlayEnded { flow } => self.tone_ended(now, flow),
            Report::Digit { flow, digit } => self.key_reported(now, flow, digit),
            Report::Silent { flow } => self.silent(now, flow, true),
            Report::Heard { flow } => self.silent(now, flow, false),
        }
    }

    /// A call ends when both sides are silent and neither holds it; else the silent phone is asked whether it is there.
    fn silent(&mut self, now: Now, flow: crate::base::id::FlowId, is_silent: bool) {
        let Some(leg) = self.ledger.leg_of(flow) else { return };
        let Some(found) = self.legs.get_mut(leg) else { return };
        found.media.is_silent = is_silent;
        let call = found.call;
        if self.is_served(leg) && is_silent {
            return self.end_call_of(now, leg, Some("SIP;cause=200;text=\"No media\""));
        }
        let Some(peer) = self.calls.get(call).and_then(|call| call.peer_of(leg)) else { return };
        let dead = |leg: LegId| self.legs.get(leg).is_some_and(|leg| leg.media.is_silent && !leg.holds());
        if dead(leg) && dead(peer) {
            self.end_call_of(now, leg, Some("SIP;cause=200;text=\"No media\""));
        } else if is_silent {
            self.watch(now, leg);
        } else {
            self.unwatch(leg);
        }
    }
}
