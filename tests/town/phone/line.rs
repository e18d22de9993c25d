//! One call as its phone sees it, and the session descriptions that it writes and reads.

use std::net::SocketAddr;
use std::time::Duration;

use trillo::base::Instant;

use crate::town::message::{Message, name_of, uri_of, user_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It called and hears nothing yet, or the ringing tone.
    Dialling,
    /// It rings.
    Ringing,
    Talking,
    Over(End),
}

/// How a call ended for its phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The call was refused with this status; 408 also when nobody ever answered.
    Refused(u16),
    /// The caller gave up.
    Cancelled,
    /// This phone hung up.
    HungUp,
    /// The other side hung up.
    PeerHungUp,
    /// Nobody acknowledged our 200.
    Unacknowledged,
}

/// Our 200 to an INVITE that is not acknowledged yet.
#[derive(Clone, Debug)]
pub struct Accepting {
    pub cseq: u32,
    pub bytes: Vec<u8>,
    pub interval: Duration,
    pub deadline: Instant,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub state: State,
    pub is_caller: bool,
    /// A caller: the number that was dialled. A callee: the number that is shown.
    pub number: String,
    /// A callee: the name that is shown.
    pub name: String,
    /// Number and name of the other side, where it was told anew in talk.
    pub shown: Option<(String, String)>,
    pub call_id: String,
    pub local_tag: String,
    pub remote_tag: Option<String>,
    /// From or To, without their tags.
    pub local: String,
    pub remote: String,
    pub target: String,
    pub cseq: u32,
    pub remote_cseq: u32,
    /// The caller heard the ringing tone.
    pub heard_ringing: bool,
    pub has_talked: bool,
    pub wants_cancel: bool,
    /// As soon as its 200 is acknowledged.
    pub wants_hang_up: bool,
    /// The INVITE of ours that has no final response yet: its branch, and whether anything came.
    pub inviting: Option<(String, bool)>,
    /// The INVITE of theirs that has no final response yet.
    pub invited: Option<Message>,
    /// A re-INVITE of theirs that has no final response yet.
    pub reoffer: Option<Message>,
    pub accepting: Option<Accepting>,
    /// The ACK for the 2xx with that number, to be sent again.
    pub acknowledged: Option<(u32, Vec<u8>)>,
    /// Of the CANCEL or the BYE.
    pub reason: Option<String>,
    /// The final response to the last re-INVITE of ours.
    pub reinvited: Option<u16>,
    pub media: SocketAddr,
    pub remote_media: Option<SocketAddr>,
    pub codecs: Vec<u8>,
    pub direction: &'static str,
    /// What the other side's description says.
    pub remote_direction: String,
    pub remote_codecs: Vec<u8>,
    pub version: u32,
    /// RTP packets that came.
    pub heard: u32,
    pub spoken: u16,
    /// The keys that the other side pressed (RFC 4733), with the RTP time of each.
    pub keys: Vec<(u32, char)>,
}

impl Line {
    /// Of several packets about one key the first counts.
    pub(super) fn hear_key(&mut self, packet: &[u8]) {
        if packet.get(1).is_none_or(|kind| kind & 0x7f != 101) || packet.len() < 16 {
            return;
        }
        let at = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        if self.keys.iter().all(|(known, _)| *known != at)
            && let Some(key) = "0123456789*#".chars().nth(packet[12].into())
        {
            self.keys.push((at, key));
        }
    }

    pub fn pressed(&self) -> String {
        self.keys.iter().map(|(_, key)| key).collect()
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over(_))
    }

    pub fn end(&self) -> Option<End> {
        match self.state {
            State::Over(end) => Some(end),
            _ => None,
        }
    }

    /// Whether a message belongs to this call.
    pub fn holds(&self, message: &Message) -> bool {
        let (ours, theirs) = if message.status().is_some() {
            (message.sender_tag(), message.answerer_tag())
        } else {
            (message.answerer_tag(), message.sender_tag())
        };
        message.call_id() == self.call_id && ours == Some(self.local_tag.as_str()) && theirs == self.remote_tag.as_deref()
    }

    /// The description of our media, with these codecs.
    pub fn sdp(&self, codecs: &[u8]) -> String {
        let address = self.media.ip();
        let types: Vec<String> = codecs.iter().chain(&[101]).map(u8::to_string).collect();
        let mut text = format!(
            "v=0\r\no=- 1 {} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {} RTP/AVP {}\r\n",
            self.version,
            self.media.port(),
            types.join(" ")
        );
        for codec in codecs {
            let name = match codec {
                0 => "PCMU",
                8 => "PCMA",
                9 => "G722",
                _ => panic!("a static payload type"),
            };
            text.push_str(&format!("a=rtpmap:{codec} {name}/8000\r\n"));
        }
        text.push_str(&format!("a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na={}\r\n", self.direction));
        text
    }

    /// Notes whom a request in talk shows.
    pub fn see(&mut self, request: &Message) {
        if let Some(value) = request.get("P-Asserted-Identity") {
            self.shown = Some((user_of(uri_of(value)).to_owned(), name_of(value)));
        }
    }

    /// Reads their description.
    pub fn learn(&mut self, sdp: &str) {
        let line = |prefix: &str| sdp.lines().find_map(|line| line.strip_prefix(prefix));
        let address = line("c=IN IP4 ").and_then(|address| address.trim().parse().ok());
        let mut audio = line("m=audio ").unwrap_or_default().split_whitespace();
        let port: Option<u16> = audio.next().and_then(|port| port.parse().ok());
        self.remote_codecs = audio.skip(1).filter_map(|codec| codec.parse().ok()).filter(|codec| *codec < 96).collect();
        if let (Some(address), Some(port)) = (address, port) {
            self.remote_media = Some(SocketAddr::new(address, port));
        }
        let directions = ["sendonly", "recvonly", "inactive"];
        let direction = directions.into_iter().find(|direction| line(&format!("a={direction}")).is_some());
        self.remote_direction = direction.unwrap_or("sendrecv").to_owned();
    }

    /// The codec that is talked: the first of theirs that we have.
    pub fn codec(&self) -> Option<u8> {
        self.remote_codecs.iter().copied().find(|codec| self.codecs.contains(codec))
    }
}
