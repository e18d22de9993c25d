//! Requests outside a dialog, and the admission of a new call.

use super::call::{Call, Phase};
use super::exchange::Exchange;
use super::leg::{Leg, Media, Party, State};
use super::probe::Probe;
use super::session::Session;
use super::step::ring::Ring;
use crate::base::id::{AccountId, CallId, LegId, TenantId};
use crate::base::limits::CALLS_MAX;
use crate::base::{Flow, Now, SlabKey};
use crate::entry::quoted;
use crate::media::order::{Open, Order};
use crate::route::{self, Action, Known, Plan, Refusal, View, Walk};
use crate::sdp::{Description, Remote};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Method, Name};
use crate::sip::session::refresh::Refresh;

/// What we take outside of dialogs and within, for the Allow header.
pub const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, PRACK, UPDATE, INFO, REFER, SUBSCRIBE";
/// The extensions that we speak, for the Supported header.
pub const SUPPORTED: &str = "100rel, norefersub, replaces, timer";

/// A call that wants in.
pub(super) struct Arriving {
    pub party: Party,
    /// Addresses in the SDP count for nothing.
    pub nat: bool,
    pub tenant: TenantId,
    pub caller_number: String,
    pub caller_name: String,
    pub dialled: String,
    pub plan: Plan,
    pub known: Known,
}

impl Exchange {
    pub(super) fn request(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>) {
        if !self.settings.claimed {
            let mut response = self.response_to(&incoming, 503);
            response.reason = "Service Unavailable: not set up yet".to_owned();
            return self.endpoint.respond(now.mono, tx, response);
        }
        // RFC 3261 8.2.2.3.
        let is_spoken = |token: &&str| SUPPORTED.split(", ").any(|spoken| spoken.eq_ignore_ascii_case(token));
        let unspoken: Vec<&str> = incoming.request.headers.tokens(&Name::Require).filter(|token| !is_spoken(token)).collect();
        if !unspoken.is_empty() {
            let unsupported = unspoken.join(", ");
            let mut response = self.response_to(&incoming, 420);
            response.headers.push(Name::Unsupported, unsupported);
            return self.endpoint.respond(now.mono, tx, response);
        }
        if incoming.envelope.is_in_dialog() {
            return self.request_within(now, tx, incoming);
        }
        match incoming.request.method {
            Method::Register => self.register(now, tx, &incoming),
            Method::Invite => self.invite(now, tx, incoming),
            Method::Options => self.options(now, tx, &incoming),
            Method::Subscribe => self.subscribe(now, tx, &incoming),
            Method::Publish => self.publish(now, tx, &incoming),
            Method::Bye => self.refuse(now, tx, &incoming, 481),
            _ => self.refuse_method(now, tx, &incoming),
        }
    }

    pub(super) fn refuse_method(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        let mut response = self.response_to(incoming, 405);
        response.headers.push(Name::Allow, ALLOW);
        self.endpoint.respond(now.mono, tx, response);
    }

    pub(super) fn options(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        let mut response = self.response_to(incoming, 200);
        response.headers.push(Name::Allow, ALLOW);
        response.headers.push(Name::Supported, SUPPORTED);
        response.headers.push(Name::Accept, "application/sdp");
        self.endpoint.respond(now.mono, tx, response);
    }

    fn invite(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>) {
        if incoming.envelope.max_forwards == 0 {
            return self.refuse(now, tx, &incoming, 483);
        }
        if let Some(status) = unacceptable_body(&incoming) {
            return self.refuse_body(now, tx, &incoming, status);
        }
        if let Some(line) = self.line_of(&incoming) {
            return self.arrive(now, tx, incoming, line);
        }
        let Some(account) = self.authenticate(now, tx, &incoming) else { return };
        if self.is_from_elsewhere(account, &incoming.flow) {
            return self.refuse_with(now, tx, &incoming, 403, "Forbidden: not from where this account is registered");
        }
        if self.calls.len() >= CALLS_MAX {
            return self.refuse_with(now, tx, &incoming, 503, "Service Unavailable: too many calls");
        }
        if Refresh::asked(&incoming.request.headers).is_err() {
            return self.refuse_interval(now, tx, &incoming);
        }
        // Who sends none wants ours.
        let offer = match read_offer(&incoming) {
            _ if incoming.request.body.is_empty() => None,
            Ok(offer) => Some(offer),
            Err((status, reason)) => return self.refuse_with(now, tx, &incoming, status, &reason),
        };
        if incoming.request.headers.get(&Name::Replaces).is_some() && self.lamp_of(&incoming).is_none() {
            return self.replace(now, tx, incoming, account, offer);
        }
        self.admit(now, tx, incoming, account, offer);
    }

    /// The registration check: a call must come from the address, or over the connection, of the binding.
    pub(super) fn is_from_elsewhere(&self, account: AccountId, flow: &Flow) -> bool {
        let checks = self.settings.accounts.get(&account).is_some_and(|account| account.registration_check);
        checks
            && self.registrar.get(account).is_none_or(|bound| {
                let bound = &bound.binding.flow;
                bound.transport != flow.transport || bound.remote != flow.remote || bound.connection != flow.connection
            })
    }

    /// Plans the call, and lets it begin.
    fn admit(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>, account: AccountId, offer: Option<Remote>) {
        let Some(account) = self.settings.accounts.get(&account) else { return };
        let (account_id, nat) = (account.id, self.is_nat(account));
        let extension = self.settings.extension_of(account);
        let (extension_id, tenant) =
            (extension.map(|extension| extension.id), extension.map_or(account.tenant, |extension| extension.tenant));
        let (caller_number, caller_name) = match extension {
            Some(extension) => (extension.number.clone(), extension.display_name()),
            None => (account.username.clone(), String::new()),
        };
        let Some(dialled) = incoming.request.uri.user().filter(|user| !user.is_empty()) else {
            return self.refuse(now, tx, &incoming, 404);
        };
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        let plan = match (extension_id, self.lamp_of(&incoming)) {
            (None, _) => route::plan_without_extension(&view, tenant, &dialled),
            (Some(picker), Some(callee)) => route::plan_pickup(&view, &self.occupancy, picker, callee),
            (Some(caller), None) => route::plan(&view, &self.occupancy, &route::Request { caller, dialled: &dialled }),
        };
        let arriving = Arriving {
            party: Party::Phone { account: account_id, extension: extension_id },
            nat,
            tenant,
            caller_number,
            caller_name,
            dialled,
            plan,
            known: Known::INTERNAL,
        };
        self.let_in(now, tx, incoming, arriving, offer);
    }

    /// Lets a planned call begin, or refuses it as its plan says.
    pub(super) fn let_in(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>, arriving: Arriving, offer: Option<Remote>) {
        let Arriving { party, nat, tenant, caller_number, caller_name, dialled, plan, known } = arriving;
        if let Action::HangUp(refusal) = plan.node(0).action {
            return self.refuse_for(now, tx, &incoming, refusal);
        }
        let extension = party.extension();
        let local_tag = self.dice.token(12);
        let dialog = match crate::sip::dialog::Dialog::from_request(&incoming.request, &incoming.envelope, &local_tag) {
            Ok(dialog) => dialog,
            Err(fault) => return self.refuse_with(now, tx, &incoming, 400, &format!("Bad Request: Contact: {fault}")),
        };
        // The caller first: whoever calls himself has two calls.
        if let Some(extension) = extension {
            self.occupancy.enter(extension);
        }
        let view = View { settings: &self.settings, switches: &self.switches, at: now.wall };
        let mut walk = Walk::begin(&view, &mut self.occupancy, plan, known);
        if let Action::HangUp(refusal) = *walk.action() {
            if let Some(extension) = extension {
                self.occupancy.leave(extension);
            }
            if refusal == Refusal::HopLimit {
                self.note_hop_limit(now, &caller_number, &dialled);
            }
            return self.refuse_for(now, tx, &incoming, refusal);
        }
        let flow = incoming.flow;
        let Some(leg) = self.open_leg(
            now,
            |media| Leg {
                call: CallId::new(u32::MAX, u32::MAX),
                party,
                state: State::Calling { tx, invite: incoming.clone() },
                dialog: Some(dialog),
                local_tag: local_tag.clone(),
                flow,
                proved: vec![flow],
                refused: vec![],
                media: Media { nat, ..media },
                probe: Probe::default(),
                proofs: None,
                session: Session::default(),
            },
            flow,
        ) else {
            if let Some(extension) = extension {
                self.occupancy.leave(extension);
            }
            walk.leave(&mut self.occupancy);
            return self.refuse_with(now, tx, &incoming, 503, "Service Unavailable: no media port is free");
        };
        let trying = incoming.request.response(100, None);
        self.endpoint.respond(now.mono, tx, trying);
        self.counters.calls_started += 1;
        let call = self.calls.insert(Call {
            tenant,
            caller: leg,
            caller_extension: extension,
            caller_number,
            caller_name,
            call_id: quoted(&incoming.envelope.call_id),
            dialled,
            walk,
            phase: Phase::Ringing { ring: Ring::new([]).0, max_forwards: incoming.envelope.max_forwards - 1, outside: None },
            transfers: 0,
            started: now.wall,
            order: self.counters.calls_started,
            legs: Vec::new(),
        });
        self.lamps_changed();
        self.calling.insert(tx, leg);
        self.dialogs.insert(local_tag, leg);
        if let Some(leg) = self.legs.get_mut(leg) {
            leg.call = call;
        }
        let codecs = offer.map(|offer| self.codecs_offered(leg, &offer));
        self.come_to(now, call, codecs);
    }

    /// Makes a leg with a port pair of its own. None: no port is free.
    pub(super) fn open_leg(&mut self, now: Now, make: impl FnOnce(Media) -> Leg, flow: Flow) -> Option<LegId> {
        let (local, told) = (flow.local.ip().to_canonical(), self.told_address(&flow));
        // The leg's id is known only once it is in the slab, the port's owner only once it has an id: take the port first, for the next id.
        let next = self.legs.next_key();
        let (flow_id, port) = self.ledger.take(now.mono, next)?;
        let media = Media {
            flow: flow_id,
            port,
            told,
            session_id: u64::from(self.dice.u32()),
            version: 1,
            offer: None,
            agreed: None,
            is_open: true,
            is_silent: false,
            nat: false,
        };
        let leg = self.legs.insert(make(media));
        debug_assert!(leg == next);
        let (ssrc, first_sequence, first_timestamp) = (self.dice.u32(), self.dice.u32() as u16, self.dice.u32());
        self.order(Order::Open(Open { flow: flow_id, port, local, ssrc, first_sequence, first_timestamp }));
        Some(leg)
    }

    pub(super) fn refuse_with(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, status: u16, reason: &str) {
        let mut response = self.response_to(incoming, status);
        response.reason = reason.to_owned();
        self.endpoint.respond(now.mono, tx, response);
    }

    fn refuse_for(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, refusal: Refusal) {
        let mut response = self.response_to(incoming, refusal.status());
        if let Some(phrase) = refusal.phrase() {
            response.reason = phrase.to_owned();
        }
        if let Some(reason) = refusal.reason() {
            response.headers.push(Name::Reason, reason);
        }
        self.endpoint.respond(now.mono, tx, response);
    }
}

/// A body that is no SDP is 415; someone who would take no SDP back is 406 (RFC 3261 8.2.3, 13.3.1).
pub(super) fn unacceptable_body(incoming: &Incoming) -> Option<u16> {
    let headers = &incoming.request.headers;
    if !incoming.request.body.is_empty() {
        let media_type = headers.get(&Name::ContentType).unwrap_or("application/sdp");
        let media_type = media_type.split(';').next().unwrap_or("").trim();
        if !media_type.eq_ignore_ascii_case("application/sdp") {
            return Some(415);
        }
        if headers.get(&Name::ContentEncoding).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
            return Some(415);
        }
    }
    let takes_sdp = |range: &str| {
        let range = range.split(';').next().unwrap_or("").trim();
        ["application/sdp", "application/*", "*/*", "multipart/mixed"].iter().any(|good| good.eq_ignore_ascii_case(range))
    };
    let mut accepted = headers.tokens(&Name::Accept).peekable();
    if accepted.peek().is_some() && !accepted.any(takes_sdp) {
        return Some(406);
    }
    None
}

/// The offer in an INVITE, as it may be used; else the status and the words to refuse it with.
pub(super) fn read_offer(incoming: &Incoming) -> Result<Remote, (u16, String)> {
    let description = Description::parse(&incoming.request.body).map_err(|fault| (400, format!("Bad Request: SDP: {fault}")))?;
    let remote = crate::sdp::read(&description).map_err(|unusable| (488, format!("Not Acceptable Here: {unusable}")))?;
    match remote.audio {
        Some(_) => Ok(remote),
        None => Err((488, "Not Acceptable Here: no audio".to_owned())),
    }
}
