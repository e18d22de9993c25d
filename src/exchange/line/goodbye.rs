//! A registration that is taken back, because its line is out of service or reached in another way now.

use super::super::exchange::{Asked, Exchange};
use super::login;
use super::standing::Standing;
use crate::base::{Flow, Now};
use crate::sip::auth::Client;
use crate::sip::endpoint::ClientTx;
use crate::sip::message::{Request, Response};

/// What is needed of a line that is gone, until its registrar has answered.
#[derive(Debug)]
pub struct Goodbye {
    pub standing: Box<Standing>,
    /// The REGISTER, as it was sent but for its Via.
    pub request: Box<Request>,
    /// How many challenges were answered.
    pub proofs: u32,
}

impl Exchange {
    pub(super) fn say_goodbye(&mut self, now: Now, goodbye: Goodbye, flow: Flow) {
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, (*goodbye.request).clone(), flow, &sent_by);
        self.asked.insert(tx, Asked::Goodbye);
        self.lines.goodbyes.insert(tx, goodbye);
    }

    /// A challenge is answered; whatever else it says, or says nothing, that was all.
    pub(in super::super) fn goodbye_response(&mut self, now: Now, tx: ClientTx, response: &Response, flow: Flow) {
        let Some(Goodbye { standing, mut request, proofs }) = self.lines.goodbyes.remove(&tx) else { return };
        let Some(target) = standing.target() else { return };
        let (mut client, address) = (Client::default(), flow.remote.ip());
        if login::prove_again(&mut self.dice, &standing, &mut client, &mut request, response, address, proofs) {
            self.say_goodbye(now, Goodbye { standing, request, proofs: proofs + 1 }, target);
        }
    }
}
