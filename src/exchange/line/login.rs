//! The answer to a challenge of a line, and proofs in advance for what follows. Whether a password may be sent somewhere at all is decided here: only
//! to an address that the line's name was found to have (`docs/lines.md`).

use std::net::IpAddr;

use super::super::exchange::Exchange;
use super::standing::Standing;
use crate::base::Dice;
use crate::base::id::LegId;
use crate::settings::Line;
use crate::sip::auth::{Client, Login};
use crate::sip::message::{CSeq, Name, Request, Response};

/// More proofs than these for one request, all found stale, lead nowhere.
const PROOFS_MAX: u32 = 3;

/// Proves a request that was refused with 401 or 407, under its next number. `request` is as it was sent but for its Via, `proofs` how many it has
/// had. False: there is no proof that would help, or none may be sent to `address`, which asks for one.
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
        let (Some(line), Some(client)) = (found.party.line(), &mut found.login) else { return };
        let Some(standing) = self.lines.get(line).filter(|standing| standing.is_at(address)) else { return };
        if let Some(login) = login(&standing.line) {
            client.prove(request, &login, &self.dice.token(12));
        }
    }
}
