//! The phone as a caller, and both sides in talk.

use std::time::Duration;

use trillo::base::Instant;

use super::line::{End, Line, State};
use super::transaction::Purpose;
use super::{Alarm, Late, MEDIA_PORT, Phone, SPEAK_EVERY};
use crate::town::message::{Message, parameter, uri_of, user_of};
use crate::town::net::{Kind, Packet};

impl Phone {
    /// Dials a number. Returns the line.
    pub fn call(&mut self, now: Instant, number: &str) -> usize {
        let index = self.new_line(true, number);
        let target = format!("sip:{number}@{}", self.pbx.ip());
        let (from, call_id) = (self.from.clone(), self.dice.token(16));
        let line = &mut self.lines[index];
        (line.local, line.remote, line.target, line.call_id, line.cseq) = (from, format!("<{target}>"), target, call_id, 1);
        let invite = self.invite(index);
        self.send_request(now, invite, Purpose::Invite(index));
        self.note_inviting(index);
        index
    }

    pub(super) fn new_line(&mut self, is_caller: bool, number: &str) -> usize {
        let index = self.lines.len();
        let media = std::net::SocketAddr::new(self.address.ip(), MEDIA_PORT + 2 * index as u16);
        self.lines.push(Line {
            state: if is_caller { State::Dialling } else { State::Ringing },
            is_caller,
            number: number.to_owned(),
            name: String::new(),
            shown: None,
            call_id: String::new(),
            local_tag: self.dice.token(8),
            remote_tag: None,
            local: String::new(),
            remote: String::new(),
            target: String::new(),
            cseq: 0,
            remote_cseq: 0,
            heard_ringing: false,
            has_talked: false,
            wants_cancel: false,
            wants_hang_up: false,
            inviting: None,
            invited: None,
            reoffer: None,
            accepting: None,
            acknowledged: None,
            reason: None,
            reinvited: None,
            media,
            remote_media: None,
            codecs: self.codecs.clone(),
            direction: "sendrecv",
            remote_direction: "sendrecv".to_owned(),
            remote_codecs: Vec::new(),
            version: 1,
            heard: 0,
            spoken: 0,
            keys: Vec::new(),
        });
        index
    }

    /// A request of this line, complete but for its Via.
    pub(super) fn within(&self, index: usize, method: &str) -> Message {
        let line = &self.lines[index];
        let to = match &line.remote_tag {
            Some(tag) => format!("{};tag={tag}", line.remote),
            None => line.remote.clone(),
        };
        let request = Message::request(method, &line.target).with("From", format!("{};tag={}", line.local, line.local_tag));
        let request = request.with("To", to).with("Call-ID", line.call_id.clone()).with("CSeq", format!("{} {method}", line.cseq));
        request.with("Max-Forwards", "70")
    }

    fn invite(&self, index: usize) -> Message {
        let line = &self.lines[index];
        let mut invite = self.within(index, "INVITE").with("Contact", format!("<{}>", self.contact_uri()));
        for (name, value) in &self.more {
            invite = invite.with(name, *value);
        }
        if let Some(replaces) = &self.replaces {
            invite = invite.with("Replaces", replaces.clone());
        }
        if self.late.is_some() { invite } else { invite.with_sdp(line.sdp(&line.codecs)) }
    }

    pub(super) fn note_inviting(&mut self, index: usize) {
        let branch = self.clients.iter().rev().flatten().next().map(|client| client.branch.clone());
        self.lines[index].inviting = branch.map(|branch| (branch, false));
    }

    /// Gives up a call that is not answered.
    pub fn cancel(&mut self, now: Instant, index: usize) {
        let line = &mut self.lines[index];
        if line.state == State::Dialling && !std::mem::replace(&mut line.wants_cancel, true) {
            self.send_wanted_cancel(now, index);
        }
    }

    /// RFC 3261 9.1: only once something came.
    fn send_wanted_cancel(&mut self, now: Instant, index: usize) {
        let line = &mut self.lines[index];
        let Some((branch, true)) = &line.inviting else { return };
        let branch = branch.clone();
        let Some(client) = self.clients.iter_mut().flatten().find(|client| client.branch == branch && client.is_invite()) else { return };
        client.until = now + super::TIMEOUT;
        let invite = client.request.clone();
        line.inviting = None;
        let place = self.clients.iter().position(|client| client.as_ref().is_some_and(|client| client.branch == branch));
        if let Some(place) = place {
            self.set_client_alarm(place);
        }
        let mut cancel = Message::request("CANCEL", &self.lines[index].target);
        for name in ["Via", "From", "To", "Call-ID"] {
            cancel = cancel.with(name, invite.text(name));
        }
        cancel = cancel.with("CSeq", format!("{} CANCEL", invite.cseq())).with("Max-Forwards", "70");
        self.send_request(now, cancel, Purpose::Cancel(index));
    }

    pub(super) fn provisional(&mut self, now: Instant, purpose: Purpose, status: u16) {
        if let Purpose::Invite(index) | Purpose::Reinvite(index) = purpose {
            let line = &mut self.lines[index];
            line.heard_ringing |= status > 100;
            if let Some((_, has_come)) = &mut line.inviting {
                *has_come = true;
            }
            if line.wants_cancel {
                self.send_wanted_cancel(now, index);
            }
        }
    }

    pub(super) fn final_response(&mut self, now: Instant, purpose: Purpose, status: u16, message: &Message, request: &Message) {
        match purpose {
            Purpose::Register => self.note_registration(status, message),
            Purpose::Invite(index) if status < 300 => self.answered(now, index, message),
            Purpose::Invite(index) => {
                let is_cancelled = self.lines[index].wants_cancel;
                self.lines[index].reason = message.get("Reason").map(str::to_owned);
                self.end(index, if is_cancelled { End::Cancelled } else { End::Refused(status) });
            }
            Purpose::Reinvite(index) => self.reinvite_answered(now, index, status, message, request),
            Purpose::Update(index) if status < 300 => self.lines[index].learn(&message.body),
            // A CANCEL for an INVITE that is not there ends nothing: its own final response does.
            Purpose::Cancel(_) | Purpose::Bye(_) | Purpose::Update(_) | Purpose::Probe => {}
        }
    }

    fn answered(&mut self, now: Instant, index: usize, message: &Message) {
        let line = &mut self.lines[index];
        if let Some((cseq, bytes)) = &line.acknowledged {
            if *cseq == message.cseq() {
                let bytes = bytes.clone();
                self.send_ack(bytes);
            }
            return;
        }
        line.remote_tag = message.answerer_tag().map(str::to_owned);
        line.target = uri_of(message.text("Contact")).to_owned();
        line.learn(&message.body);
        line.inviting = None;
        self.acknowledge(index, message.cseq());
        if self.lines[index].wants_cancel {
            // It gave up while the answer was under way.
            self.bye(now, index);
            return self.end(index, End::Cancelled);
        }
        let line = &mut self.lines[index];
        if line.state == State::Dialling {
            (line.state, line.has_talked) = (State::Talking, true);
            self.begin_to_speak(now, index);
        }
    }

    fn acknowledge(&mut self, index: usize, cseq: u32) {
        let branch = format!("z9hG4bK{}", self.dice.token(12));
        let via = format!("{};branch={branch}", self.via());
        let mut ack = self.within(index, "ACK");
        ack.headers.retain(|(name, _)| name != "CSeq");
        ack = ack.with("CSeq", format!("{cseq} ACK"));
        let line = &self.lines[index];
        ack = match self.late {
            Some(Late::Answer) => ack.with_sdp(line.sdp(line.codec().as_slice())),
            Some(Late::Nonsense) => ack.with_sdp("v=0\r\nthis answers nothing\r\n".to_owned()),
            Some(Late::Nothing) | None => ack,
        };
        ack.headers.insert(0, ("Via".to_owned(), via));
        let bytes = ack.write();
        self.lines[index].acknowledged = Some((cseq, bytes.clone()));
        self.send_ack(bytes);
    }

    fn send_ack(&mut self, bytes: Vec<u8>) {
        if self.swallowed_acks > 0 {
            self.swallowed_acks -= 1;
        } else {
            self.post(bytes);
        }
    }

    pub(super) fn begin_to_speak(&mut self, now: Instant, index: usize) {
        self.alarms.set(Alarm::Speak(index), now);
    }

    pub(super) fn speak(&mut self, now: Instant, index: usize) {
        let line = &mut self.lines[index];
        let announces = line.state == State::Ringing && matches!(self.manner, super::Manner::Announce(_));
        if line.state != State::Talking && !announces {
            return;
        }
        line.spoken += 1;
        if let (true, "sendrecv", Some(to), Some(codec)) = (self.speaks, line.direction, line.remote_media, line.codec()) {
            let mut bytes = vec![0x80, codec];
            bytes.extend(line.spoken.to_be_bytes());
            bytes.extend((u32::from(line.spoken) * 16_000).to_be_bytes());
            bytes.extend([1, 2, 3, 4]);
            bytes.extend([0xd5; 160]);
            let from = line.media;
            self.out.push_back(Packet { kind: Kind::Media, from, to, bytes });
        }
        self.alarms.set(Alarm::Speak(index), now + SPEAK_EVERY);
    }

    /// Presses a key: the packets of its event (RFC 4733), the end thrice.
    pub fn press(&mut self, now: Instant, key: char) {
        let event = "0123456789*#".find(key).unwrap_or_else(|| panic!("{key} is no key")) as u8;
        let Some(line) = self.lines.last_mut() else { return };
        let Some(to) = line.remote_media else { return };
        let timestamp = (now.as_micros() / 125) as u32;
        for (end, duration) in [(0, 160_u16), (0x80, 800), (0x80, 800), (0x80, 800)] {
            line.spoken += 1;
            let mut bytes = vec![0x80, 101];
            bytes.extend(line.spoken.to_be_bytes());
            bytes.extend(timestamp.to_be_bytes());
            bytes.extend([1, 2, 3, 4, event, end | 10]);
            bytes.extend(duration.to_be_bytes());
            self.out.push_back(Packet { kind: Kind::Media, from: line.media, to, bytes });
        }
    }

    /// Hangs up, gives up, or refuses, as the call stands.
    pub fn hang_up(&mut self, now: Instant) {
        for index in 0..self.lines.len() {
            match self.lines[index].state {
                State::Dialling => self.cancel(now, index),
                State::Talking => self.hang_up_line(now, index),
                State::Ringing => self.refuse_line(now, index, 486),
                State::Over(_) => {}
            }
        }
    }

    pub fn hang_up_line(&mut self, now: Instant, index: usize) {
        let line = &mut self.lines[index];
        if line.state != State::Talking {
            return;
        }
        // RFC 3261 15: who was called sends no BYE before the ACK.
        if line.accepting.is_some() {
            line.wants_hang_up = true;
            return;
        }
        self.bye(now, index);
        self.end(index, End::HungUp);
    }

    pub(super) fn bye(&mut self, now: Instant, index: usize) {
        self.lines[index].cseq += 1;
        let bye = self.within(index, "BYE");
        self.send_request(now, bye, Purpose::Bye(index));
    }

    pub(super) fn end(&mut self, index: usize, end: End) {
        let line = &mut self.lines[index];
        if line.is_over() {
            return;
        }
        line.state = State::Over(end);
        (line.accepting, line.inviting) = (None, None);
        for alarm in [Alarm::Answer(index), Alarm::Accept(index), Alarm::HangUp(index), Alarm::Speak(index), Alarm::Reinvite(index)] {
            self.alarms.clear(alarm);
        }
    }

    // --- a new offer in talk ---

    /// Whether the last call is in talk with no offer under way.
    pub fn may_reinvite(&self) -> bool {
        self.lines.last().is_some_and(|line| line.state == State::Talking && line.inviting.is_none() && line.accepting.is_none())
    }

    /// Puts the call on hold.
    pub fn hold(&mut self, now: Instant) {
        self.reinvite(now, |line| line.direction = "sendonly");
    }

    pub fn resume(&mut self, now: Instant) {
        self.reinvite(now, |line| line.direction = "sendrecv");
    }

    /// Changes something of the last line's media and says so.
    pub fn reinvite(&mut self, now: Instant, change: impl FnOnce(&mut Line)) {
        let index = self.lines.len() - 1;
        let line = &mut self.lines[index];
        change(line);
        line.version += 1;
        line.reinvited = None;
        self.send_reinvite(now, index);
    }

    /// Gives up a new offer that the box works on.
    pub fn cancel_reinvite(&mut self, now: Instant) {
        assert!(matches!(self.line().inviting, Some((_, true))), "there is one, with a sign of life");
        self.send_wanted_cancel(now, self.lines.len() - 1);
    }

    /// What its user sees again after a question was taken back.
    pub fn reinvite_withdrawn(&mut self, change: impl FnOnce(&mut Line)) {
        let index = self.lines.len() - 1;
        change(&mut self.lines[index]);
    }

    pub(super) fn send_reinvite(&mut self, now: Instant, index: usize) {
        if self.lines[index].state != State::Talking {
            return;
        }
        self.lines[index].cseq += 1;
        let invite = self.invite(index);
        self.send_request(now, invite, Purpose::Reinvite(index));
        self.note_inviting(index);
    }

    fn reinvite_answered(&mut self, now: Instant, index: usize, status: u16, message: &Message, request: &Message) {
        let line = &mut self.lines[index];
        line.inviting = None;
        if status < 300 {
            if let Some((cseq, bytes)) = &line.acknowledged
                && *cseq == message.cseq()
            {
                let bytes = bytes.clone();
                return self.send_ack(bytes);
            }
            line.learn(&message.body);
            line.reinvited = Some(status);
            return self.acknowledge(index, request.cseq());
        }
        line.reinvited = Some(status);
        match status {
            // RFC 3261 14.1: whose Call-ID it is waits longer. The waiting of a 500 is in Retry-After.
            491 => {
                let millis = if line.is_caller { 2100 + 10 * self.dice.below(190) } else { 10 * self.dice.below(200) };
                self.alarms.set(Alarm::Reinvite(index), now + Duration::from_millis(millis.into()));
            }
            500 => {
                let seconds = message.get("Retry-After").and_then(|seconds| seconds.parse().ok());
                if let Some(seconds) = seconds {
                    self.alarms.set(Alarm::Reinvite(index), now + Duration::from_secs(seconds));
                }
            }
            408 | 481 => self.end(index, End::PeerHungUp),
            _ => {}
        }
    }

    /// The number and name in From or P-Asserted-Identity.
    pub(super) fn shown(message: &Message) -> (String, String) {
        let value = message.get("P-Asserted-Identity").unwrap_or(message.text("From"));
        (user_of(uri_of(value)).to_owned(), crate::town::message::name_of(value))
    }

    /// The tag of the sender of a request.
    pub(super) fn tag_of(message: &Message) -> Option<String> {
        parameter(message.text("From"), "tag").map(str::to_owned)
    }
}
