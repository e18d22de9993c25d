//! The phone as one who is called, and what it says to requests in talk.

use trillo::base::{Instant, Transport};

use super::line::{Accepting, End, State};
use super::transaction::{Server, T1, T2, TIMEOUT};
use super::{Alarm, Manner, Phone, Reoffered};
use crate::town::message::{Message, uri_of};

impl Phone {
    pub(super) fn request(&mut self, now: Instant, message: Message) {
        if message.is_request("ACK") {
            return self.acknowledged(now, &message);
        }
        let known = self.servers.iter().flatten().find(|server| server.branch == message.branch() && server.method == message.method());
        if let Some(server) = known {
            if let Some(bytes) = server.bytes.clone() {
                self.post(bytes);
            }
            return;
        }
        let (branch, method) = (message.branch().to_owned(), message.method().to_owned());
        self.servers.push(Some(Server { branch, method: method.clone(), bytes: None, resend: None, until: now + TIMEOUT + TIMEOUT }));
        self.set_server_alarm(self.servers.len() - 1);
        if let Some(answer) = self.provider.as_mut().and_then(|provider| provider.answer(now, &message)) {
            if let Some(response) = answer {
                self.send_response(now, &message, response);
            }
            return;
        }
        let line = self.lines.iter().position(|line| line.holds(&message));
        match (method.as_str(), line) {
            ("INVITE", None) if message.answerer_tag().is_none() => self.called(now, &message),
            ("CANCEL", _) => self.cancelled(now, &message),
            ("BYE", Some(line)) => {
                self.respond(now, &message, 200, None);
                self.lines[line].reason = message.get("Reason").map(str::to_owned);
                self.end(line, End::PeerHungUp);
            }
            (method, Some(line)) if self.refuses.iter().any(|(refused, _)| *refused == method) => {
                let status = self.refuses.iter().find(|(refused, _)| *refused == method).map_or(500, |(_, status)| *status);
                self.respond(now, &message, status, Some(line));
            }
            ("INVITE", Some(line)) => self.reoffered(now, line, &message),
            ("PRACK" | "UPDATE" | "NOTIFY", Some(line)) if !self.lines[line].is_over() => self.told(now, line, &message),
            ("NOTIFY", None) if self.is_subscribed(&message) => self.respond(now, &message, 200, None),
            ("OPTIONS", _) if message.answerer_tag().is_none() => self.respond(now, &message, 200, None),
            ("OPTIONS", Some(line)) if !self.lines[line].is_over() => self.respond(now, &message, 200, None),
            ("OPTIONS", Some(_)) => self.respond(now, &message, 481, None),
            (_, None) => self.respond(now, &message, 481, None),
            (_, Some(_)) => self.respond(now, &message, 405, None),
        }
    }

    /// Answers a request whose transaction is there.
    pub(super) fn respond(&mut self, now: Instant, request: &Message, status: u16, line: Option<usize>) {
        let tag = line.map_or_else(|| self.dice.token(8), |line| self.lines[line].local_tag.clone());
        let response = Message::response(request, status, &tag);
        self.send_response(now, request, response);
    }

    pub(super) fn send_response(&mut self, now: Instant, request: &Message, response: Message) -> Vec<u8> {
        let bytes = response.write();
        let is_refused_invite = request.method() == "INVITE" && response.status().is_some_and(|status| status >= 300);
        let is_unreliable = self.transport == Transport::Udp;
        let found = self.servers.iter().position(|server| {
            server.as_ref().is_some_and(|server| server.branch == request.branch() && server.method == request.method())
        });
        if let Some(index) = found
            && let Some(server) = &mut self.servers[index]
        {
            server.bytes = Some(bytes.clone());
            server.until = now + TIMEOUT;
            server.resend = (is_refused_invite && is_unreliable).then_some((now + T1, T1));
            self.set_server_alarm(index);
        }
        self.post(bytes.clone());
        bytes
    }

    fn called(&mut self, now: Instant, invite: &Message) {
        let manner = self.manner;
        if manner == Manner::Silent {
            return;
        }
        let (number, name) = Phone::shown(invite);
        let index = self.new_line(false, &number);
        let line = &mut self.lines[index];
        line.name = name;
        line.call_id = invite.call_id().to_owned();
        line.remote_tag = Phone::tag_of(invite);
        line.local = invite.text("To").to_owned();
        line.remote = invite.text("From").split(";tag=").next().unwrap_or_default().to_owned();
        line.target = uri_of(invite.text("Contact")).to_owned();
        line.remote_cseq = invite.cseq();
        line.invited = Some(invite.clone());
        line.learn(&invite.body);
        match manner {
            Manner::Answer { ring, .. } => {
                self.ring(now, index);
                self.alarms.set(Alarm::Answer(index), now + ring);
            }
            Manner::Ring => self.ring(now, index),
            Manner::Announce(answers) => self.announce(now, index, answers),
            Manner::Try => self.respond(now, invite, 100, None),
            Manner::Refuse(status) => self.refuse_line(now, index, status),
            Manner::Forward(number) => self.forward_line(now, index, number),
            Manner::Silent => {}
        }
    }

    pub(super) fn ring(&mut self, now: Instant, index: usize) {
        if let Some(invite) = self.lines[index].invited.clone() {
            let tag = self.lines[index].local_tag.clone();
            let mut ringing = Message::response(&invite, 180, &tag).with("Contact", format!("<{}>", self.contact_uri()));
            for (name, value) in &self.more_ringing {
                ringing = ringing.with(name, value.clone());
            }
            if self.answers_early {
                let line = &self.lines[index];
                ringing = ringing.with_sdp(line.sdp(line.codec().as_slice()));
            }
            self.send_response(now, &invite, ringing);
        }
    }

    fn announce(&mut self, now: Instant, index: usize, answers: Option<std::time::Duration>) {
        let line = &self.lines[index];
        if let (Some(invite), Some(codec)) = (line.invited.clone(), line.codec()) {
            let progress = Message::response(&invite, 183, &line.local_tag).with("Contact", format!("<{}>", self.contact_uri()));
            let progress = progress.with_sdp(self.lines[index].sdp(&[codec]));
            self.send_response(now, &invite, progress);
            self.begin_to_speak(now, index);
            if let Some(after) = answers {
                self.alarms.set(Alarm::Answer(index), now + after);
            }
        }
    }

    /// Says no to a call that rings.
    pub fn refuse_line(&mut self, now: Instant, index: usize, status: u16) {
        if let Some(invite) = self.lines[index].invited.take() {
            let mut refusal = Message::response(&invite, status, &self.lines[index].local_tag);
            for (name, value) in &self.more_refusing {
                refusal = refusal.with(name, *value);
            }
            self.send_response(now, &invite, refusal);
            self.end(index, End::Refused(status));
        }
    }

    /// Sends a call that rings on to a number.
    pub fn forward_line(&mut self, now: Instant, index: usize, number: &str) {
        if let Some(invite) = self.lines[index].invited.take() {
            let tag = self.lines[index].local_tag.clone();
            let moved = Message::response(&invite, 302, &tag).with("Contact", format!("<sip:{number}@{}>", self.pbx.ip()));
            self.send_response(now, &invite, moved);
            self.end(index, End::Refused(302));
        }
    }

    /// Takes a call that rings.
    pub fn pick_up(&mut self, now: Instant, index: usize) {
        let Some(invite) = self.lines[index].invited.take() else { return };
        let line = &mut self.lines[index];
        let Some(codec) = line.codec() else {
            self.respond(now, &invite, 488, Some(index));
            return self.end(index, End::Refused(488));
        };
        (line.state, line.has_talked) = (State::Talking, true);
        self.accept(now, index, &invite, codec);
        self.begin_to_speak(now, index);
    }

    fn accept(&mut self, now: Instant, index: usize, invite: &Message, codec: u8) {
        let line = &self.lines[index];
        let response = Message::response(invite, 200, &line.local_tag);
        let mut response = response.with("Contact", format!("<{}>", self.contact_uri()));
        for (name, value) in &self.more {
            response = response.with(name, *value);
        }
        // What was said in the 180 need not be said again.
        let response = if self.answers_early { response } else { response.with_sdp(line.sdp(&[codec])) };
        let bytes = self.send_response(now, invite, response);
        self.lines[index].accepting = Some(Accepting { cseq: invite.cseq(), bytes, interval: T1, deadline: now + TIMEOUT });
        self.alarms.set(Alarm::Accept(index), now + T1);
    }

    /// RFC 3261 13.3.1.4.
    pub(super) fn accept_again(&mut self, now: Instant, index: usize) {
        let Some(accepting) = &mut self.lines[index].accepting else { return };
        if now >= accepting.deadline {
            self.bye(now, index);
            return self.end(index, End::Unacknowledged);
        }
        accepting.interval = (accepting.interval * 2).min(T2);
        let (bytes, at) = (accepting.bytes.clone(), (now + accepting.interval).min(accepting.deadline));
        self.alarms.set(Alarm::Accept(index), at);
        self.post(bytes);
    }

    fn acknowledged(&mut self, now: Instant, ack: &Message) {
        // The ACK of a refusal comes on the INVITE's branch.
        if let Some(server) = self.servers.iter_mut().flatten().find(|server| server.branch == ack.branch() && server.method == "INVITE") {
            server.resend = None;
        }
        let Some(index) = self.lines.iter().position(|line| line.holds(ack)) else { return };
        let line = &mut self.lines[index];
        let is_awaited = line.accepting.as_ref().is_some_and(|accepting| accepting.cseq == ack.cseq());
        if !is_awaited {
            return;
        }
        line.accepting = None;
        let wants_hang_up = line.wants_hang_up;
        self.alarms.clear(Alarm::Accept(index));
        if wants_hang_up {
            return self.hang_up_line(now, index);
        }
        if let Manner::Answer { talk: Some(talk), .. } = self.manner {
            self.alarms.set(Alarm::HangUp(index), now + talk);
        }
    }

    fn cancelled(&mut self, now: Instant, cancel: &Message) {
        let is_its_invite = |invite: &Message| invite.branch() == cancel.branch();
        if self.reoffered == Reoffered::Silent {
            return;
        }
        let known = self.servers.iter().flatten().any(|server| server.method == "INVITE" && server.branch == cancel.branch());
        self.respond(now, cancel, if known { 200 } else { 481 }, None);
        let found = self.lines.iter().position(|line| line.invited.as_ref().is_some_and(is_its_invite));
        if let Some(index) = found
            && let Some(invite) = self.lines[index].invited.take()
        {
            self.lines[index].reason = cancel.get("Reason").map(str::to_owned);
            self.respond(now, &invite, 487, Some(index));
            self.end(index, End::Cancelled);
        }
        let found = self.lines.iter().position(|line| line.reoffer.as_ref().is_some_and(is_its_invite));
        if let Some(index) = found
            && let Some(invite) = self.lines[index].reoffer.take()
        {
            self.respond(now, &invite, 487, Some(index));
        }
    }

    fn reoffered(&mut self, now: Instant, index: usize, invite: &Message) {
        let line = &mut self.lines[index];
        if line.is_over() {
            return self.respond(now, invite, 481, None);
        }
        if line.inviting.is_some() || line.accepting.is_some() {
            return self.respond(now, invite, 491, Some(index));
        }
        line.see(invite);
        line.reoffer = Some(invite.clone());
        match self.reoffered {
            Reoffered::Answer => self.answer_reoffer(now, index),
            Reoffered::Try => self.respond(now, invite, 100, None),
            Reoffered::Silent => {}
        }
    }

    /// Takes a new offer that waits.
    pub fn answer_reoffer(&mut self, now: Instant, index: usize) {
        let line = &mut self.lines[index];
        let Some(invite) = &line.reoffer.take() else { return };
        line.remote_cseq = invite.cseq();
        let before = (line.remote_codecs.clone(), line.remote_media, line.remote_direction.clone());
        line.learn(&invite.body);
        line.version += 1;
        match line.codec() {
            Some(codec) => self.accept(now, index, invite, codec),
            None => {
                // What is refused leaves the call as it was.
                (line.remote_codecs, line.remote_media, line.remote_direction) = before;
                self.respond(now, invite, 488, Some(index));
            }
        }
    }
}
