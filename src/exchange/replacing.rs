//! INVITE with Replaces (RFC 3891): a phone takes the place of another one in its call.
//!
//! Who is replaced must be of the caller's own extension: a person goes on at another of his phones, or takes there what rings here. Calls of
//! others are none of his business (403), and what nobody talks in is not there (481). An early dialog is matched only where we invited. What
//! a transfer brings together needs no such INVITE: no REFER of ours sends any phone here.

use super::bridge::codec_of;
use super::call::Phase;
use super::exchange::Exchange;
use super::leg::{Leg, Media, Party, State};
use super::probe::Probe;
use super::session::Session;
use super::step::ring::{Fact, Why};
use super::talking::Answer;
use crate::base::id::{AccountId, CallId, LegId};
use crate::base::{Codec, Now};
use crate::entry::Outcome;
use crate::sdp::Remote;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::Name;
use crate::sip::session::replaces::Replaces;

/// How far the replaced phone is.
enum Place {
    Talks { with: LegId },
    Rings,
}

impl Exchange {
    pub(super) fn replace(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>, account: AccountId, offer: Option<Remote>) {
        let headers = &incoming.request.headers;
        let wanted = headers.get(&Name::Replaces).filter(|_| headers.count(&Name::Replaces) == 1).and_then(Replaces::parse);
        let Some(wanted) = wanted else { return self.refuse_with(now, tx, &incoming, 400, "Bad Request: Replaces") };
        let (leg, place) = match self.place_of(account, &wanted) {
            Ok(found) => found,
            Err(status) => return self.refuse(now, tx, &incoming, status),
        };
        let Some(offer) = offer else {
            return self.refuse_with(now, tx, &incoming, 488, "Not Acceptable Here: Replaces needs an SDP offer");
        };
        let Some(call) = self.legs.get(leg).map(|leg| leg.call) else { return };
        let codecs: Vec<Codec> = match place {
            // What the other party talks, else what it may be asked to talk.
            Place::Talks { with } => {
                let talked = self.legs.get(with).and_then(|found| codec_of(&found.media));
                talked.into_iter().chain(self.codecs_of(with).iter().copied()).collect()
            }
            Place::Rings => self.caller_codecs(call),
        };
        let own = self.settings.accounts.get(&account).map_or(&[][..], |account| account.codecs.as_slice());
        let codecs: Vec<Codec> = codecs.into_iter().filter(|codec| own.contains(codec)).collect();
        let Some(new) = self.open_replacing(now, tx, &incoming, account, call) else { return };
        let Some(body) = self.agree_in_order(new, &offer, &codecs) else {
            self.leg_gone(new);
            return self.refuse_with(now, tx, &incoming, 488, "Not Acceptable Here: no common codec");
        };
        self.accept(now, new, tx, &incoming, Answer::of(body));
        match place {
            Place::Talks { with } => self.take_seat(now, call, leg, new, with),
            Place::Rings => self.take_ringing(now, call, leg, new),
        }
    }

    /// The phone to be replaced; the status says why it cannot be (RFC 3891 3).
    fn place_of(&self, account: AccountId, wanted: &Replaces) -> Result<(LegId, Place), u16> {
        let leg = self.replaced(wanted).ok_or(481u16)?;
        let found = self.legs.get(leg).ok_or(481u16)?;
        let own = self.settings.accounts.get(&account).and_then(|account| account.extension);
        if own.is_none() || own != found.party.extension() {
            return Err(403);
        }
        let call = self.calls.get(found.call).ok_or(481u16)?;
        match (&found.state, call.peer_of(leg)) {
            (State::Talking { .. }, Some(_)) if wanted.early_only => Err(486),
            (State::Talking { .. }, Some(with)) => Ok((leg, Place::Talks { with })),
            (State::Inviting { .. }, None) if self.ringing_legs(found.call).contains(&leg) => Ok((leg, Place::Rings)),
            _ => Err(481),
        }
    }

    fn open_replacing(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, account: AccountId, call: CallId) -> Option<LegId> {
        let local_tag = self.dice.token(12);
        let dialog = match Dialog::from_request(&incoming.request, &incoming.envelope, &local_tag) {
            Ok(dialog) => dialog,
            Err(fault) => {
                self.refuse_with(now, tx, incoming, 400, &format!("Bad Request: Contact: {fault}"));
                return None;
            }
        };
        let settings = self.settings.accounts.get(&account)?;
        let (extension, nat, flow) = (settings.extension?, self.is_nat(settings), incoming.flow);
        let make = |media: Media| Leg {
            call,
            party: Party::Phone { account, extension: Some(extension) },
            state: State::Calling { tx, invite: Box::new(incoming.clone()) },
            dialog: Some(dialog),
            local_tag: local_tag.clone(),
            flow,
            proved: vec![flow],
            refused: vec![],
            media: Media { nat, ..media },
            probe: Probe::default(),
            proofs: None,
            session: Session::default(),
        };
        let Some(leg) = self.open_leg(now, make, flow) else {
            self.refuse_with(now, tx, incoming, 503, "Service Unavailable: no media port is free");
            return None;
        };
        self.dialogs.insert(local_tag, leg);
        Some(leg)
    }

    /// Answers with the first of the codecs that is offered.
    fn agree_in_order(&mut self, leg: LegId, offer: &Remote, codecs: &[Codec]) -> Option<String> {
        let audio = offer.audio.as_ref()?;
        let codec = *codecs.iter().find(|codec| audio.has(**codec))?;
        self.agree(leg, offer.clone(), &[codec])
    }

    /// The call goes on with another phone; the one before is told to hang up.
    fn take_seat(&mut self, now: Now, call: CallId, before: LegId, new: LegId, with: LegId) {
        self.part_from(now, before, with);
        if let Some(found) = self.calls.get_mut(call) {
            match &mut found.phase {
                Phase::Talking { callee, .. } if *callee == before => *callee = new,
                _ => found.caller = new,
            }
        }
        self.consult_from(before, new);
        self.hang_up_leg(now, before, Some("SIP;cause=200;text=\"Call taken on another phone\""));
        self.join(call);
        self.talk_alike(now, with);
    }

    /// A phone answers a call that rings at another of its extension.
    fn take_ringing(&mut self, now: Now, call: CallId, ringing: LegId, new: LegId) {
        self.cancel_leg(now, call, ringing, Why::AnsweredElsewhere);
        if let Some(Phase::Ringing { ring, .. }) = self.calls.get_mut(call).map(|call| &mut call.phase) {
            ring.replace(ringing, [new]);
        }
        self.note_leg(call, new, Outcome::Answered, 200);
        self.tell_ring(now, call, Fact::Answered(new));
    }
}
