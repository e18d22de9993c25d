//! One party of a call: its dialog, its media, and how far it is.

use std::net::IpAddr;
use std::time::Duration;

use super::line::Proofs;
use super::probe::Probe;
use super::session::Session;
use crate::base::id::{AccountId, CallId, ExtensionId, FlowId, LineId};
use crate::base::{Flow, Instant};
use crate::entry::LegEnd;
use crate::sdp::{Agreed, AgreedEvent, Direction, Offer, Remote};
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{ClientTx, Incoming, ServerTx};
use crate::sip::message::{Envelope, Request, Response};
use crate::sip::session::prack::Sequence;

/// One party. It outlives its call while it still has to answer for itself: a late 200 after CANCEL, a BYE under way.
#[derive(Debug)]
pub struct Leg {
    pub call: CallId,
    pub party: Party,
    pub state: State,
    pub dialog: Option<Dialog>,
    /// Our tag in this leg's dialogs.
    pub local_tag: String,
    /// Where requests to it go now.
    pub flow: Flow,
    /// Paths that proved themselves by digest or as the target of our own request; in-dialog requests from elsewhere are challenged.
    pub proved: Vec<Flow>,
    /// To-tags of answers to our INVITE that came too late or twice: each got its BYE, once.
    pub refused: Vec<String>,
    pub media: Media,
    pub probe: Probe,
    /// Of a line that has asked for proofs.
    pub proofs: Option<Box<Proofs>>,
    pub session: Session,
}

/// An early dialog that a reliable response of a called phone began.
#[derive(Debug)]
pub struct Early {
    pub dialog: Dialog,
    pub sequence: Sequence,
    /// The answer to our offer, if it has come already.
    pub agreed: Option<Agreement>,
}

/// Whose leg it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Phone {
        account: AccountId,
        /// None of a telephone that may call for help alone.
        extension: Option<ExtensionId>,
    },
    /// Whoever is behind a line.
    Line(LineId),
}

impl Party {
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Party::Phone { account, .. } => Some(account),
            Party::Line(_) => None,
        }
    }

    pub const fn extension(self) -> Option<ExtensionId> {
        match self {
            Party::Phone { extension, .. } => extension,
            Party::Line(_) => None,
        }
    }

    /// As a record names it.
    pub const fn end(self) -> LegEnd {
        match self {
            Party::Phone { account, .. } => LegEnd::Account(account),
            Party::Line(line) => LegEnd::Line(line),
        }
    }

    pub const fn line(self) -> Option<LineId> {
        match self {
            Party::Phone { .. } => None,
            Party::Line(line) => Some(line),
        }
    }
}

/// How far a leg is.
#[derive(Debug)]
pub enum State {
    /// It called us; its INVITE waits for a final response.
    Calling { tx: ServerTx, invite: Box<Incoming> },
    /// We called it; our INVITE waits for a final response. `is_forwarded`: for a phone that sent the call on.
    Inviting { tx: ClientTx, invite: Box<Request>, rang: bool, is_forwarded: bool },
    /// It talks. `accepting` is our 200 that it has not acknowledged yet.
    Talking { accepting: Option<Box<Accepting>>, acknowledged: Option<Acknowledged>, offering: Option<Box<Offering>> },
    /// It has lost its call: what still comes from it is answered and ended.
    Closing,
}

/// A 2xx to an INVITE, sent again until its ACK comes (RFC 3261 13.3.1.4).
#[derive(Debug)]
pub struct Accepting {
    pub tx: ServerTx,
    pub response: Response,
    pub interval: Duration,
    /// Without an ACK by then the call ends.
    pub deadline: Instant,
    /// The number of the INVITE that it answers.
    pub cseq: u32,
    /// False for a re-INVITE.
    pub makes_dialog: bool,
    /// It holds our offer; the ACK holds the answer.
    pub awaits_answer: bool,
    /// The call ended meanwhile: a BYE with this reason follows the ACK.
    pub farewell: Option<Farewell>,
}

#[derive(Debug)]
pub struct Farewell {
    pub reason: Option<String>,
}

/// The ACK that we sent for a 2xx, sent again when the 2xx is repeated.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub tx: ClientTx,
    pub bytes: Vec<u8>,
}

/// The one offer of ours that may be under way in a talking leg.
#[derive(Debug)]
pub struct Offering {
    pub tx: ClientTx,
    pub offer: Offer,
    /// A re-INVITE of the other leg that waits for the outcome.
    pub asker: Option<Asker>,
}

/// A re-INVITE that could only be answered by asking the other side.
#[derive(Debug)]
pub struct Asker {
    pub tx: ServerTx,
    pub invite: Box<Incoming>,
}

/// The media of a leg: one port pair of ours and what was agreed for it.
#[derive(Debug)]
pub struct Media {
    pub flow: FlowId,
    pub port: u16,
    /// The address that the SDP tells, which outside the local networks may be another.
    pub told: IpAddr,
    pub session_id: u64,
    pub version: u64,
    /// Our offer of which the answer is awaited.
    pub offer: Option<Offer>,
    pub agreed: Option<Agreement>,
    pub is_open: bool,
    /// The relay has heard nothing for a while.
    pub is_silent: bool,
    /// NAT accounts: addresses in the SDP count for nothing.
    pub nat: bool,
}

/// What offer and answer made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub codec: Agreed,
    pub event: Option<AgreedEvent>,
    pub remote: Remote,
    /// What we said last, seen from us.
    pub direction: Direction,
}

impl Leg {
    pub const fn is_talking(&self) -> bool {
        matches!(self.state, State::Talking { .. })
    }

    /// True while its phone has put the call on hold.
    pub fn holds(&self) -> bool {
        let audio = self.media.agreed.as_ref().and_then(|agreed| agreed.remote.audio.as_ref());
        audio.is_some_and(crate::sdp::Audio::is_hold)
    }

    /// Whether a request belongs to a dialog of this leg.
    pub fn has_dialog(&self, envelope: &Envelope) -> bool {
        let early = self.session.early.iter().map(|early| &early.dialog);
        self.dialog.iter().chain(early).any(|dialog| dialog.holds(envelope))
    }

    /// The dialog that a request belongs to.
    pub fn dialog_of(&mut self, envelope: &Envelope) -> Option<&mut Dialog> {
        let early = self.session.early.iter_mut().map(|early| &mut early.dialog);
        self.dialog.iter_mut().chain(early).find(|dialog| dialog.holds(envelope))
    }

    pub fn has_proved(&self, flow: &Flow) -> bool {
        self.proved.iter().any(|proved| {
            proved.transport == flow.transport
                && match (proved.connection, flow.connection) {
                    (Some(a), Some(b)) => a == b,
                    _ => proved.remote == flow.remote,
                }
        })
    }

    pub fn prove(&mut self, flow: Flow) {
        /// The newest ways that a phone used; one that keeps changing loses the oldest.
        const PROVED_MAX: usize = 4;
        if !self.has_proved(&flow) {
            if self.proved.len() == PROVED_MAX {
                self.proved.remove(0);
            }
            self.proved.push(flow);
        }
    }
}
