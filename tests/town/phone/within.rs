//! Requests of the phone within a call beside INVITE, ACK and BYE, and what it says to such requests.

use trillo::base::Instant;

use super::Phone;
use super::transaction::Purpose;
use crate::town::message::{Message, parameter};

impl Phone {
    /// Sends a request within a call. What comes back is in the inbox.
    pub fn ask(&mut self, now: Instant, index: usize, method: &str, headers: &[(&str, &str)]) {
        self.ask_with(now, index, method, headers, "");
    }

    pub fn ask_with(&mut self, now: Instant, index: usize, method: &str, headers: &[(&str, &str)], body: &str) {
        self.send_within(now, index, method, headers, body, Purpose::Probe);
    }

    fn send_within(&mut self, now: Instant, index: usize, method: &str, headers: &[(&str, &str)], body: &str, purpose: Purpose) {
        self.lines[index].cseq += 1;
        let mut request = self.within(index, method).with("Contact", format!("<{}>", self.contact_uri()));
        for (name, value) in headers {
            request = request.with(name, *value);
        }
        request.body = body.to_owned();
        self.send_request(now, request, purpose);
    }

    /// UPDATE with a new description of its media.
    pub fn update(&mut self, now: Instant, index: usize) {
        self.lines[index].version += 1;
        let line = &self.lines[index];
        let sdp = line.sdp(&line.codecs);
        self.send_within(now, index, "UPDATE", &[("Content-Type", "application/sdp")], &sdp, Purpose::Update(index));
    }

    /// Says once more that it rings.
    pub fn ring_again(&mut self, now: Instant, index: usize) {
        self.ring(now, index);
    }

    /// The tag of the box in a call that rings, from its last 18x.
    pub fn learn_early(&mut self, index: usize) {
        let call_id = self.lines[index].call_id.clone();
        let ringing = self.came(|came| came.call_id() == call_id && came.status().is_some_and(|status| (180..200).contains(&status)));
        let tag = ringing.last().and_then(|ringing| parameter(ringing.text("To"), "tag")).map(str::to_owned);
        self.lines[index].remote_tag = tag;
    }

    /// The status of the last response to such a request.
    pub fn told_status(&self, method: &str) -> Option<u16> {
        self.came(|came| came.status().is_some() && came.method() == method).last().and_then(|came| came.status())
    }

    /// Takes a call off hold that is not the last one.
    pub fn resume_line(&mut self, now: Instant, index: usize) {
        let line = &mut self.lines[index];
        line.direction = "sendrecv";
        line.version += 1;
        self.send_reinvite(now, index);
    }

    /// The first lines of the bodies of NOTIFYs, in order.
    pub fn notified(&self) -> Vec<String> {
        let notes = self.came(|came| came.is_request("NOTIFY"));
        notes.iter().map(|note| note.body.lines().next().unwrap_or_default().to_owned()).collect()
    }

    /// A call of its own as others name it in Replaces: its tag is theirs to send.
    pub fn replaces(&self, index: usize) -> String {
        let line = &self.lines[index];
        let remote = line.remote_tag.clone().unwrap_or_default();
        format!("{};to-tag={remote};from-tag={}", line.call_id, line.local_tag)
    }

    /// A Refer-To that asks to be brought together with whom that line is with.
    pub fn refer_to(&self, index: usize) -> String {
        let escaped = self.replaces(index).replace(';', "%3B").replace('=', "%3D").replace('@', "%40");
        format!("<sip:{}@{}?Replaces={escaped}>", self.lines[index].number, self.pbx.ip())
    }

    /// Calls a number to take the place of another phone.
    pub fn call_replacing(&mut self, now: Instant, number: &str, replaces: &str) {
        self.replaces = Some(replaces.to_owned());
        self.call(now, number);
    }

    /// A request outside any call.
    pub fn outside(&mut self, method: &str, number: &str) -> Message {
        let index = self.new_line(true, number);
        self.lines[index].state = super::State::Over(super::End::HungUp);
        let line = &mut self.lines[index];
        line.target = format!("sip:{number}@{}", self.pbx.ip());
        (line.remote, line.local, line.cseq, line.call_id) =
            (format!("<{}>", line.target), self.from.clone(), 1, format!("outside-{number}"));
        self.within(index, method)
    }

    /// Says yes to a request within a call. An UPDATE refreshes the timer that it names, and may move the media.
    pub(super) fn told(&mut self, now: Instant, index: usize, request: &Message) {
        let line = &mut self.lines[index];
        line.see(request);
        line.remote_cseq = request.cseq();
        let mut response = Message::response(request, 200, &line.local_tag).with("Contact", format!("<{}>", self.contact_uri()));
        if let Some(timer) = request.get("Session-Expires") {
            response = response.with("Session-Expires", timer);
        }
        self.send_response(now, request, response);
    }
}
