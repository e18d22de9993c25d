//! The answer to a challenge of a line, and proofs in advance for what follows. Whether a password may be sent somewhere at all is decided
//! here: only to an address that the line's name was found to have (`docs/lines.md`).

use std::net::IpAddr;

use super::super::exchange::{Asked, Exchange};
use super::super::leg::State;
use super::standing::Standing;
use crate::base::id::LegId;
use crate::base::{Dice, Flow, Now};
use crate::settings::Line;
use crate::sip::auth::{Client, Login};
use crate::sip::endpoint::ClientTx;
use crate::sip::message::{CSeq, Method, Name, Request, Response};

/// More proofs than these for one request, all found stale, lead nowhere.
const PROOFS_MAX: u32 = 3;

/// What a line has asked for in a call.
#[derive(Debug, Default)]
pub struct Proofs {
    pub client: Client,
    /// Challenges in a row that were answered within the call.
    again: u32,
    /// Those of the last INVITE: its ACK has the same (RFC 3261 13.2.2.4).
    of_invite: Vec<(Name, String)>,
}

impl Proofs {
    fn prove(&mut self, dice: &mut Dice, standing: &Standing, request: &mut Request) {
        let Some(login) = login(&standing.line) else { return };
        self.client.prove(request, &login, &dice.token(12));
        self.note(request);
    }

    /// Notes what an INVITE has to prove.
    pub fn note(&mut self, request: &Request) {
        if request.method == Method::Invite {
            self.of_invite.clear();
            for name in [Name::Authorization, Name::ProxyAuthorization] {
                self.of_invite.extend(request.headers.get_all(&name).map(|proof| (name.clone(), proof.to_owned())));
            }
        }
    }

    /// Puts them into the ACK.
    pub fn repeat(&self, ack: &mut Request) {
        for (name, proof) in &self.of_invite {
            ack.headers.push(name.clone(), proof.as_str());
        }
    }
}

/// Proves a request that was refused with 401 or 407, under its next number. `request` is as it was sent but for its Via, `proofs` how many it
/// has had. False: there is no proof that would help, or none may be sent to `address`, which asks for one.
pub fn prove_again(
    dice: &mut Dice,
    standing: &Standing,
    client: &mut Client,
    request: &mut Request,
    response: &Response,
    address: IpAddr,
    proofs: u32,
) -> bool {
    let may = matches!(response.status, 401 | 407) && proofs < PROOFS_MAX && standing.is_at(address);
    let cseq = request.headers.get(&Name::CSeq).and_then(|cseq| CSeq::parse(cseq).ok());
    let (true, Some(cseq), Some(login)) = (may, cseq, login(&standing.line)) else { return false };
    if client.challenged(request, response).is_err() {
        return false;
    }
    request.headers.set(Name::CSeq, CSeq { number: cseq.number + 1, ..cseq }.to_string());
    client.prove(request, &login, &dice.token(12));
    true
}

fn login(line: &Line) -> Option<Login<'_>> {
    let is_set = !line.username.is_empty() && !line.password.is_empty();
    is_set.then(|| Login { username: &line.username, password: line.password.expose() })
}

impl Exchange {
    /// A request within a dialog of a line that has asked for proofs before gets one in advance (RFC 3261 22.3).
    pub(in super::super) fn prove_within(&mut self, leg: LegId, request: &mut Request, address: IpAddr) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let (Some(line), Some(proofs)) = (found.party.line(), &mut found.proofs) else { return };
        let Some(standing) = self.lines.get(line).filter(|standing| standing.is_at(address)) else { return };
        proofs.again = 0;
        proofs.prove(&mut self.dice, standing, request);
    }

    /// A line refuses a request within a call for want of a proof, or of a newer one: it goes out again. False: that is not what it is, or no
    /// proof helps. That somebody asks for one is all the sign of life that OPTIONS are for.
    pub(in super::super) fn prove_within_again(
        &mut self,
        now: Now,
        tx: ClientTx,
        response: &Response,
        mut request: Request,
        from: Flow,
    ) -> bool {
        let Some(asked @ (Asked::Reinvite(leg) | Asked::Bye(leg) | Asked::Update(leg))) = self.asked.get(&tx).copied() else {
            return false;
        };
        let Some(found) = self.legs.get_mut(leg) else { return false };
        let (Some(line), Some(dialog)) = (found.party.line(), &mut found.dialog) else { return false };
        let Some(standing) = self.lines.get(line) else { return false };
        let proofs = found.proofs.get_or_insert_default();
        let (client, again) = (&mut proofs.client, proofs.again);
        if !prove_again(&mut self.dice, standing, client, &mut request, response, from.remote.ip(), again) {
            return false;
        }
        proofs.again += 1;
        proofs.note(&request);
        dialog.renumber(&mut request);
        let Some(found) = self.legs.get(leg) else { return false };
        let Some(dialog) = &found.dialog else { return false };
        let flow = self.flow_within(found, dialog);
        let sent_by = self.sent_by(&flow);
        let sent = self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        self.asked.remove(&tx);
        self.asked.insert(sent, asked);
        let Some(found) = self.legs.get_mut(leg) else { return true };
        match (asked, &mut found.state) {
            (Asked::Reinvite(_), State::Talking { offering: Some(offering), .. }) => offering.tx = sent,
            (Asked::Update(_), _) => found.session.updating_as(sent),
            _ => {}
        }
        true
    }
}
