//! A SIP phone: registers, calls, rings, answers, refuses, holds, hangs up, and sends again what may be lost. What a person does with it
//! are its verbs, what a person sees and hears are its lines.

mod answering;
mod calling;
mod line;
mod provider;
mod transaction;
mod watching;
mod within;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use trillo::base::{ConnectionId, Dice, Instant, Timers, Transport};

pub use self::line::{End, Line, State};
pub use self::provider::{Provider, Registrar};
use self::transaction::{Client, Purpose, Server, T1, TIMEOUT};
use super::digest::Challenge;
use super::message::{Message, parameter};
use super::net::{Kind, Packet};

/// What a phone does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Rings so long, answers, and hangs up after so long in talk (None: never by itself).
    Answer {
        ring: Duration,
        talk: Option<Duration>,
    },
    Refuse(u16),
    /// Describes its media at once and speaks, as a network that plays an announcement; answers after so long, or never.
    Announce(Option<Duration>),
    /// Sends the call on to a number.
    Forward(&'static str),
    /// 180 and nothing more.
    Ring,
    /// 100 and nothing more.
    Try,
    /// Answers nothing at all.
    Silent,
}

/// What a phone does with a new offer in talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reoffered {
    #[default]
    Answer,
    /// 100 and nothing more, until somebody picks up by [`Phone::answer_reoffer`] or it is cancelled.
    Try,
    /// Answers nothing at all, to a CANCEL neither.
    Silent,
}

/// What the ACK of a phone that made no offer says to ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    Answer,
    /// Nothing.
    Nothing,
    /// Something that is no answer to what was offered.
    Nonsense,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Alarm {
    Client(usize),
    Server(usize),
    /// By the index of the line.
    Answer(usize),
    Accept(usize),
    HangUp(usize),
    Speak(usize),
    Reinvite(usize),
}

/// What came of the last REGISTER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    pub status: Option<u16>,
    /// The Contact of the 200.
    pub contact: String,
    /// Seconds.
    pub granted: Option<u32>,
}

#[derive(Debug)]
pub struct Phone {
    pub name: String,
    pub password: String,
    pub address: SocketAddr,
    pub pbx: SocketAddr,
    pub transport: Transport,
    pub connection: Option<ConnectionId>,
    pub manner: Manner,
    pub reoffered: Reoffered,
    /// Static payload types, the preferred first.
    pub codecs: Vec<u8>,
    /// Written into From when it calls, whatever it is.
    pub from: String,
    pub lines: Vec<Line>,
    pub registration: Registration,
    pub register_call_id: String,
    pub register_cseq: u32,
    /// Everything that came, with its time.
    pub inbox: Vec<(Instant, Message)>,
    /// The last message that came, as it stood: the reason phrase is not in [`Message`].
    pub last_bytes: Vec<u8>,
    /// What could not be read.
    pub faults: Vec<String>,
    /// ACKs that it does not send, so that the box must repeat its 200.
    pub swallowed_acks: u32,
    /// It is a provider's.
    pub provider: Option<Provider>,
    /// Whether it sends RTP in talk.
    pub speaks: bool,
    /// It makes no offer in its INVITEs, and says this in the ACK.
    pub late: Option<Late>,
    /// What else it writes into its INVITEs, and into its 200 to one.
    pub more: Vec<(&'static str, &'static str)>,
    /// The Replaces of its next INVITE.
    pub replaces: Option<String>,
    /// What else it writes into its 180.
    pub more_ringing: Vec<(&'static str, String)>,
    /// And into its refusals.
    pub more_refusing: Vec<(&'static str, &'static str)>,
    /// It answers our offer with its 180 already.
    pub answers_early: bool,
    /// It refuses these requests in talk with this status.
    pub refuses: Vec<(&'static str, u16)>,
    /// Call-IDs of its subscriptions.
    pub subscriptions: Vec<String>,
    /// As if it had started anew meanwhile.
    pub forgets_subscriptions: bool,
    dice: Dice,
    challenge: Option<(Challenge, u32)>,
    clients: Vec<Option<Client>>,
    servers: Vec<Option<Server>>,
    alarms: Timers<Alarm>,
    out: VecDeque<Packet>,
}

/// The phone's media is on these ports, two a line.
const MEDIA_PORT: u16 = 20_000;
const SPEAK_EVERY: Duration = Duration::from_secs(2);

impl Phone {
    pub fn new(name: &str, password: &str, address: SocketAddr, pbx: SocketAddr, mut dice: Dice) -> Phone {
        Phone {
            name: name.to_owned(),
            password: password.to_owned(),
            address,
            pbx,
            transport: Transport::Udp,
            connection: None,
            manner: Manner::Answer { ring: Duration::from_secs(2), talk: None },
            reoffered: Reoffered::default(),
            codecs: vec![8, 0],
            from: format!("\"{name}\" <sip:{name}@{}>", pbx.ip()),
            lines: Vec::new(),
            provider: None,
            registration: Registration::default(),
            register_call_id: dice.token(16),
            register_cseq: 0,
            inbox: Vec::new(),
            last_bytes: Vec::new(),
            faults: Vec::new(),
            swallowed_acks: 0,
            speaks: true,
            late: None,
            more: Vec::new(),
            replaces: None,
            more_ringing: Vec::new(),
            more_refusing: Vec::new(),
            answers_early: false,
            refuses: Vec::new(),
            subscriptions: Vec::new(),
            forgets_subscriptions: false,
            dice,
            challenge: None,
            clients: Vec::new(),
            servers: Vec::new(),
            alarms: Timers::default(),
            out: VecDeque::new(),
        }
    }

    // --- what a person does ---

    pub fn register(&mut self, now: Instant, seconds: u32) {
        let contact = format!("<{}>", self.contact_uri());
        self.register_with(now, &[("Contact", &contact), ("Expires", &seconds.to_string())]);
    }

    /// A REGISTER with these headers; a scenario may write what it likes.
    pub fn register_with(&mut self, now: Instant, headers: &[(&str, &str)]) {
        self.register_cseq += 1;
        self.registration = Registration::default();
        let mut request = Message::request("REGISTER", &format!("sip:{}", self.pbx.ip()));
        let identity = format!("<sip:{}@{}>", self.name, self.pbx.ip());
        request = request.with("From", format!("{identity};tag={}", self.dice.token(8))).with("To", identity);
        request = request.with("Call-ID", self.register_call_id.clone()).with("CSeq", format!("{} REGISTER", self.register_cseq));
        request = request.with("Max-Forwards", "70").with("User-Agent", "town");
        for (name, value) in headers {
            request = request.with(name, *value);
        }
        self.send_request(now, request, Purpose::Register);
    }

    /// Sends what a scenario wrote; a Via is put on top if there is none.
    pub fn probe(&mut self, now: Instant, request: Message) {
        self.send_request(now, request, Purpose::Probe);
    }

    /// Sends bytes past all transactions.
    pub fn post(&mut self, bytes: Vec<u8>) {
        let kind = self.connection.map_or(Kind::Datagram, |connection| Kind::Stream(self.transport, connection));
        let to = contact_of(&bytes).unwrap_or(self.pbx);
        self.out.push_back(Packet { kind, from: self.address, to, bytes });
    }

    /// Forgets everything, as if its plug had been pulled.
    pub fn lose_power(&mut self) {
        (self.clients, self.servers, self.lines) = (Vec::new(), Vec::new(), Vec::new());
        self.alarms = Timers::default();
        self.manner = Manner::Silent;
    }

    // --- what a person sees ---

    pub fn line(&self) -> &Line {
        self.lines.last().unwrap_or_else(|| panic!("{} has no call", self.name))
    }

    pub fn is_ringing(&self) -> bool {
        self.lines.iter().any(|line| line.state == State::Ringing)
    }

    pub fn is_talking(&self) -> bool {
        self.lines.iter().any(|line| line.state == State::Talking)
    }

    /// Messages that came, by what they are.
    pub fn came(&self, what: impl Fn(&Message) -> bool) -> Vec<&Message> {
        self.inbox.iter().map(|(_, message)| message).filter(|message| what(message)).collect()
    }

    // --- how it works ---

    pub fn contact_uri(&self) -> String {
        let transport = match self.transport {
            Transport::Udp => String::new(),
            Transport::Wss => ";transport=ws".to_owned(),
            transport => format!(";transport={}", transport.name()),
        };
        format!("sip:{}@{}{transport}", self.name, self.here())
    }

    /// Where it says that it is: a browser does not know (RFC 7118 5.2.2).
    fn here(&self) -> String {
        match self.transport {
            Transport::Ws | Transport::Wss => "df7jal23ls0d.invalid".to_owned(),
            _ => self.address.to_string(),
        }
    }

    /// Its Via, without branch.
    fn via(&self) -> String {
        format!("SIP/2.0/{} {};rport", self.transport.via_name(), self.here())
    }

    pub fn poll(&mut self) -> Option<Packet> {
        self.out.pop_front()
    }

    pub fn next(&self) -> Option<Instant> {
        self.alarms.next()
    }

    pub fn receive(&mut self, now: Instant, packet: &Packet) {
        if packet.kind == Kind::Media {
            if let Some(line) = self.lines.iter_mut().find(|line| line.media == packet.to) {
                line.heard += 1;
                line.hear_key(&packet.bytes);
            }
            return;
        }
        if packet.bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            return;
        }
        let message = match Message::read(&packet.bytes) {
            Ok(message) => message,
            Err(fault) => return self.faults.push(format!("{fault}: {}", String::from_utf8_lossy(&packet.bytes))),
        };
        self.inbox.push((now, message.clone()));
        self.last_bytes.clone_from(&packet.bytes);
        match message.status() {
            Some(status) => self.response(now, status, &message),
            None => self.request(now, message),
        }
    }

    pub fn handle_alarms(&mut self, now: Instant) {
        while let Some(alarm) = self.alarms.pop_due(now) {
            match alarm {
                Alarm::Client(index) => self.client_alarm(now, index),
                Alarm::Server(index) => self.server_alarm(now, index),
                Alarm::Answer(line) => self.pick_up(now, line),
                Alarm::Accept(line) => self.accept_again(now, line),
                Alarm::HangUp(line) => self.hang_up_line(now, line),
                Alarm::Speak(line) => self.speak(now, line),
                Alarm::Reinvite(line) => self.send_reinvite(now, line),
            }
        }
    }

    pub(super) fn send_request(&mut self, now: Instant, request: Message, purpose: Purpose) {
        let branch = format!("z9hG4bK{}", self.dice.token(12));
        let via = format!("{};branch={branch}", self.via());
        let request = match request.get("Via") {
            Some(_) => request,
            None => Message { headers: std::iter::once(("Via".to_owned(), via)).chain(request.headers).collect(), ..request },
        };
        let bytes = request.write();
        let resend = (self.transport == Transport::Udp).then_some((now + T1, T1));
        let branch = request.branch().to_owned();
        let has_tried_digest = request.get("Authorization").is_some();
        let client =
            Client { request, bytes: bytes.clone(), purpose, branch, resend, until: now + TIMEOUT, has_final: false, has_tried_digest };
        let index = self.clients.len();
        self.clients.push(Some(client));
        self.set_client_alarm(index);
        self.post(bytes);
    }

    fn set_client_alarm(&mut self, index: usize) {
        if let Some(Some(client)) = self.clients.get(index) {
            let at = client.resend.map_or(client.until, |(at, _)| at.min(client.until));
            self.alarms.set(Alarm::Client(index), at);
        }
    }

    fn client_alarm(&mut self, now: Instant, index: usize) {
        let Some(Some(client)) = self.clients.get_mut(index) else { return };
        if now >= client.until {
            let (purpose, is_unanswered) = (client.purpose, !client.has_final);
            self.clients[index] = None;
            if is_unanswered {
                self.unanswered(now, purpose);
            }
            return;
        }
        let bytes = client.bytes.clone();
        client.resent(now);
        self.set_client_alarm(index);
        self.post(bytes);
    }

    fn server_alarm(&mut self, now: Instant, index: usize) {
        let Some(Some(server)) = self.servers.get_mut(index) else { return };
        if now >= server.until {
            self.servers[index] = None;
            return;
        }
        if let (Some((_, interval)), Some(bytes)) = (server.resend, server.bytes.clone()) {
            let next = (interval * 2).min(transaction::T2);
            server.resend = Some((now + next, next));
            self.post(bytes);
        }
        self.set_server_alarm(index);
    }

    fn set_server_alarm(&mut self, index: usize) {
        if let Some(Some(server)) = self.servers.get(index) {
            let at = server.resend.map_or(server.until, |(at, _)| at.min(server.until));
            self.alarms.set(Alarm::Server(index), at);
        }
    }

    fn unanswered(&mut self, now: Instant, purpose: Purpose) {
        match purpose {
            Purpose::Register => self.registration.status = Some(408),
            Purpose::Invite(line) => self.end(line, End::Refused(408)),
            Purpose::Reinvite(line) => self.hang_up_line(now, line),
            Purpose::Cancel(line) => self.end(line, End::Cancelled),
            Purpose::Bye(_) | Purpose::Update(_) | Purpose::Probe => {}
        }
    }

    fn response(&mut self, now: Instant, status: u16, message: &Message) {
        let found = self.clients.iter().position(|client| {
            client.as_ref().is_some_and(|client| client.branch == message.branch() && client.request.method() == message.method())
        });
        let Some(index) = found else { return };
        let Some(client) = &mut self.clients[index] else { return };
        let (is_invite, purpose, was_final) = (client.is_invite(), client.purpose, client.has_final);
        if status < 200 {
            if was_final {
                return;
            }
            if is_invite {
                client.resend = None;
                client.until = Instant::from_micros(u64::MAX);
                self.set_client_alarm(index);
            }
            return self.provisional(now, purpose, status);
        }
        client.has_final = true;
        client.resend = None;
        client.until = now + TIMEOUT;
        let request = client.request.clone();
        self.set_client_alarm(index);
        if is_invite && status >= 300 {
            self.acknowledge_failure(&request, message);
        }
        if was_final && !(is_invite && status < 300) {
            return;
        }
        if status == 401 && self.answer_challenge(now, index, message) {
            return;
        }
        self.final_response(now, purpose, status, message, &request);
    }

    /// RFC 3261 17.1.1.3: on the INVITE's own branch.
    fn acknowledge_failure(&mut self, request: &Message, response: &Message) {
        let uri = match &request.start {
            super::message::Start::Request { uri, .. } => uri.clone(),
            super::message::Start::Status(_) => return,
        };
        let mut ack = Message::request("ACK", &uri);
        for name in ["Via", "From", "Call-ID"] {
            ack = ack.with(name, request.text(name));
        }
        ack = ack.with("To", response.text("To")).with("CSeq", format!("{} ACK", request.cseq())).with("Max-Forwards", "70");
        self.post(ack.write());
    }

    /// Asks again with the proof; once, and once more where the nonce was stale.
    fn answer_challenge(&mut self, now: Instant, index: usize, response: &Message) -> bool {
        let Some(Some(client)) = self.clients.get(index) else { return false };
        let Some(challenge) = response.get("WWW-Authenticate").and_then(Challenge::read) else { return false };
        if client.has_tried_digest && !challenge.stale {
            return false;
        }
        let (request, purpose) = (client.request.clone(), client.purpose);
        if let Purpose::Invite(line) = purpose
            && self.lines[line].wants_cancel
        {
            return false;
        }
        self.challenge = Some((challenge, 0));
        let again = self.proved(request);
        if let Purpose::Invite(line) | Purpose::Reinvite(line) | Purpose::Bye(line) | Purpose::Update(line) = purpose {
            self.lines[line].cseq = again.cseq();
        }
        if purpose == Purpose::Register {
            self.register_cseq = again.cseq();
        }
        self.send_request(now, again, purpose);
        if let Purpose::Invite(line) = purpose {
            self.note_inviting(line);
        }
        true
    }

    /// The request anew, with the next number and the proof.
    pub fn proved(&mut self, request: Message) -> Message {
        let Some((challenge, nc)) = &mut self.challenge else { return request };
        *nc += 1;
        let super::message::Start::Request { method, uri } = &request.start else { return request };
        let cnonce = self.dice.token(8);
        let proof = challenge.answer(&self.name, &self.password, method, uri, *nc, &cnonce);
        let cseq = format!("{} {method}", request.cseq() + 1);
        let mut again = request.clone();
        again.headers.retain(|(name, _)| !["Via", "CSeq", "Authorization"].contains(&name.as_str()));
        again.with("CSeq", cseq).with("Authorization", proof)
    }

    fn note_registration(&mut self, status: u16, message: &Message) {
        let contact = message.text("Contact").to_owned();
        let granted = parameter(&contact, "expires").and_then(|seconds| seconds.parse().ok());
        self.registration = Registration { status: Some(status), contact, granted };
    }
}

/// Where a request within a dialog goes, if its target says an address and a port. All else goes to the server that was set up.
fn contact_of(bytes: &[u8]) -> Option<SocketAddr> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.starts_with("SIP/"))?;
    let is_within = text.lines().any(|line| line.starts_with("To:") && line.contains(";tag="));
    let target = text.split(' ').nth(1).filter(|_| is_within)?;
    target.split(['@', ';']).nth(1)?.parse().ok()
}
