//! The phone's lamps: subscriptions, and the NOTIFYs that come of them.

use trillo::base::Instant;

use super::Phone;
use super::transaction::Purpose;
use crate::town::message::{Message, uri_of};

impl Phone {
    pub fn subscribe(&mut self, now: Instant, target: &str, event: &str, expires: u32) {
        let uri = format!("sip:{target}@{}", self.pbx.ip());
        let identity = format!("<sip:{}@{}>;tag={}", self.name, self.pbx.ip(), self.dice.token(8));
        let call_id = self.dice.token(16);
        self.subscriptions.push(call_id.clone());
        let request = Message::request("SUBSCRIBE", &uri).with("From", identity).with("To", format!("<{uri}>")).with("Call-ID", call_id);
        let request = request.with("CSeq", "1 SUBSCRIBE").with("Max-Forwards", "70").with("Contact", format!("<{}>", self.contact_uri()));
        self.send_request(now, request.with("Event", event).with("Expires", expires.to_string()), Purpose::Probe);
    }

    /// Refreshes the last subscription, within its dialog.
    pub fn subscribe_again(&mut self, now: Instant, expires: u32) {
        let found = self.inbox.iter().rev().find(|(_, message)| message.is_response("SUBSCRIBE", 200));
        let Some(accepted) = found.map(|(_, message)| message.clone()) else { return };
        let target = uri_of(accepted.text("Contact")).to_owned();
        let request = Message::request("SUBSCRIBE", &target).with("From", accepted.text("From")).with("To", accepted.text("To"));
        let request = request.with("Call-ID", accepted.call_id()).with("CSeq", format!("{} SUBSCRIBE", accepted.cseq() + 1));
        let request = request.with("Max-Forwards", "70").with("Contact", format!("<{}>", self.contact_uri()));
        self.send_request(now, request.with("Event", "dialog").with("Expires", expires.to_string()), Purpose::Probe);
    }

    pub fn publish(&mut self, now: Instant) {
        let uri = format!("sip:{}@{}", self.name, self.pbx.ip());
        let request =
            Message::request("PUBLISH", &uri).with("From", format!("<{uri}>;tag={}", self.dice.token(8))).with("To", format!("<{uri}>"));
        let request = request.with("Call-ID", self.dice.token(16)).with("CSeq", "1 PUBLISH").with("Max-Forwards", "70");
        self.send_request(now, request.with("Event", "presence").with("Expires", "600"), Purpose::Probe);
    }

    pub(super) fn is_subscribed(&self, notify: &Message) -> bool {
        !self.forgets_subscriptions && self.subscriptions.iter().any(|call_id| call_id == notify.call_id())
    }
}
