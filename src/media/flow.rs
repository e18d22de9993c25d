//! One party's media: where its packets come from and go to, what they become on the other side, and what was seen of them.

use std::net::{IpAddr, SocketAddr};

use super::latch::Latch;
use super::order::{Aim, Open, PayloadRoute, Remote};
use super::outbound::Outbound;
use super::relay::Component;
use super::report::Quality;
use crate::base::Instant;
use crate::base::id::FlowId;
use crate::rtp::{Header, Placement, Reception, TelephoneEvent};

#[derive(Debug)]
pub struct Flow {
    pub id: FlowId,
    /// The address and the even port of ours that its packets leave from.
    pub local: IpAddr,
    pub port: u16,
    rtp: Latch,
    rtcp: Latch,
    /// RTCP goes to and comes from the RTP port (RFC 5761).
    muxed: bool,
    /// Whether this party wants to hear.
    pub wants: bool,
    /// The box itself speaks to this party; whom it is joined with it hears no more until that is over.
    pub is_spoken_to: bool,
    /// Who hears this party and is heard by it.
    pub peer: Option<FlowId>,
    /// What this party's payload types become on the way to the peer.
    pub routes: Routes,
    /// What this party sends us.
    pub reception: Reception,
    /// What we send this party.
    pub outbound: Outbound,
    /// When something last came, or could first be expected.
    pub heard: Instant,
    pub is_silent: bool,
    /// The payload type of keys that are looked at.
    pub listens: Option<u8>,
    /// They may be codes: `*` and `#` begin to hold back what is pressed.
    pub has_codes: bool,
    /// What is pressed now is held back.
    pub holds_keys: bool,
    /// The RTP time of the last key, for each comes in many packets, and whether it was held back.
    key_at: Option<(u32, bool)>,
    received: u64,
    refused: u64,
}

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// It is the other side's alone; told when it begins.
    Passes(Option<char>),
    Reported(char),
    /// The other side does not get it; told when it begins.
    Held(Option<char>),
}

impl Flow {
    pub fn new(now: Instant, open: &Open) -> Self {
        Flow {
            id: open.flow,
            local: open.local,
            port: open.port,
            rtp: Latch::Shut,
            rtcp: Latch::Shut,
            muxed: false,
            wants: true,
            is_spoken_to: false,
            peer: None,
            routes: Routes::default(),
            reception: Reception::default(),
            outbound: Outbound::new(open.ssrc, open.first_sequence, open.first_timestamp),
            heard: now,
            is_silent: false,
            listens: None,
            has_codes: false,
            holds_keys: false,
            key_at: None,
            received: 0,
            refused: 0,
        }
    }

    pub fn aim(&mut self, now: Instant, aim: &Aim) {
        match aim.remote {
            Remote::Latch => {
                self.rtp.aim_at_first(now);
                self.rtcp.aim_at_first(now);
            }
            Remote::Fixed { rtp, rtcp } => {
                (self.rtp, self.rtcp) = (Latch::Fixed(rtp), Latch::Fixed(rtcp));
                self.muxed = rtp == rtcp;
            }
        }
        if !aim.send {
            // What is not sent leaves no hole in the numbers.
            self.outbound.interrupt();
        }
        self.wants = aim.send;
    }

    /// Whether a valid packet is this party's. RTCP on the RTP port says that this party multiplexes.
    pub fn accept(&mut self, now: Instant, component: Component, is_rtcp: bool, source: SocketAddr) -> bool {
        let is_ours = match component {
            Component::Rtp => {
                let before = self.rtp.target();
                let is_ours = self.rtp.accept(now, source);
                if is_ours && before.is_some_and(|before| self.rtp.target() != Some(before)) {
                    // A phone that moved sends its RTCP from elsewhere too.
                    self.rtcp.follow();
                }
                is_ours
            }
            Component::Rtcp => is_rtcp && self.may_send_rtcp(source) && self.rtcp.accept(now, source),
        };
        if is_ours && is_rtcp {
            self.muxed = component == Component::Rtp;
        }
        is_ours
    }

    /// Behind a NAT both come from one address: a stranger can't take RTCP once RTP is known.
    fn may_send_rtcp(&self, source: SocketAddr) -> bool {
        matches!(self.rtcp, Latch::Fixed(_)) || self.rtp.target().is_none_or(|rtp| rtp.ip() == source.ip())
    }

    /// Where RTP for this party goes; nothing while it is not known or not wanted, or while the box itself speaks.
    pub fn target(&self) -> Option<SocketAddr> {
        self.rtp.target().filter(|_| self.wants && !self.is_spoken_to)
    }

    /// Where goes what the box itself says.
    pub fn spoken_target(&self) -> Option<SocketAddr> {
        self.rtp.target().filter(|_| self.wants)
    }

    /// Where RTCP for this party goes and through which socket.
    pub fn rtcp_target(&self) -> Option<(Component, SocketAddr)> {
        let (component, latch) = if self.muxed { (Component::Rtp, self.rtp) } else { (Component::Rtcp, self.rtcp) };
        latch.target().filter(|_| self.wants).map(|target| (component, target))
    }

    /// What becomes of a packet that may be about a key.
    pub fn key(&mut self, header: &Header, packet: &[u8], placement: Placement) -> Key {
        if self.listens != Some(header.payload_type) {
            return Key::Passes(None);
        }
        let Some(pressed) = TelephoneEvent::read(header.payload(packet)).and_then(|event| event.digit()) else { return Key::Passes(None) };
        // What comes late is about a key that is known.
        let is_new = placement != Placement::Late && self.key_at.is_none_or(|(at, _)| at != header.timestamp);
        if is_new {
            self.holds_keys = self.has_codes && (self.holds_keys || matches!(pressed, '*' | '#'));
            self.key_at = Some((header.timestamp, self.holds_keys));
        }
        match self.key_at {
            Some((_, true)) => Key::Held(is_new.then_some(pressed)),
            _ if is_new && !self.has_codes => Key::Reported(pressed),
            _ => Key::Passes(is_new.then_some(pressed)),
        }
    }

    /// What is left of the key that is pressed now does not pass.
    pub fn hold_this_key(&mut self) {
        if let Some((_, is_held)) = &mut self.key_at {
            *is_held = true;
        }
    }

    pub fn count_received(&mut self) {
        self.received += 1;
    }

    pub fn count_refused(&mut self) {
        self.refused += 1;
    }

    pub fn quality(&self) -> Quality {
        Quality {
            packets_received: self.received,
            packets_sent: self.outbound.packets(),
            packets_lost: self.reception.lost(),
            packets_refused: self.refused,
            jitter_micros: self.reception.jitter_micros(),
        }
    }
}

/// Payload routes, found by one look at a table.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    routes: Vec<PayloadRoute>,
    /// Position in `routes` plus one for each payload type; 0 is none.
    by_type: Vec<u8>,
}

impl Routes {
    pub fn new(routes: Vec<PayloadRoute>) -> Self {
        let mut by_type = vec![0; 128];
        for (position, route) in routes.iter().enumerate().take(usize::from(u8::MAX)) {
            if let Some(entry) = by_type.get_mut(usize::from(route.from)) {
                *entry = position as u8 + 1;
            }
        }
        Routes { routes, by_type }
    }

    pub fn find(&self, payload_type: u8) -> Option<&PayloadRoute> {
        let position = *self.by_type.get(usize::from(payload_type))?;
        self.routes.get(usize::from(position).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SlabKey;
    use crate::media::order::PayloadKind;

    #[test]
    fn rtcp_comes_from_where_rtp_comes_and_moves_with_it() {
        let (id, local) = (FlowId::new(0, 0), "127.0.0.1".parse().expect("an address"));
        let open = Open { flow: id, port: 10_000, local, ssrc: 1, first_sequence: 1, first_timestamp: 1 };
        let (phone, moved) = (|port| SocketAddr::from(([192, 0, 2, 1], port)), |port| SocketAddr::from(([192, 0, 2, 2], port)));
        let at = |millis: u64| Instant::from_micros(millis * 1000);
        let mut flow = Flow::new(at(0), &open);
        let latch = Aim { flow: id, remote: Remote::Latch, send: true };
        flow.aim(at(0), &latch);
        assert!(flow.accept(at(0), Component::Rtp, false, phone(4000)));
        assert!(!flow.accept(at(1), Component::Rtcp, true, moved(4001)), "a stranger");
        assert!(flow.accept(at(2), Component::Rtcp, true, phone(4001)));
        assert_eq!(flow.rtcp_target(), Some((Component::Rtcp, phone(4001))));
        flow.aim(at(1000), &latch);
        assert!(flow.accept(at(1500), Component::Rtp, false, moved(5000)));
        assert_eq!(flow.rtcp_target(), None, "not known yet");
        assert!(flow.accept(at(9000), Component::Rtcp, true, moved(5001)));
        assert_eq!(flow.rtcp_target(), Some((Component::Rtcp, moved(5001))));
        let (rtp, rtcp) = (phone(4000), moved(4001));
        flow.aim(at(9000), &Aim { remote: Remote::Fixed { rtp, rtcp }, ..latch });
        assert!(flow.accept(at(9000), Component::Rtcp, true, rtcp), "the SDP said that RTCP is elsewhere");
    }

    #[test]
    fn a_payload_type_finds_its_route_and_no_other() {
        let route = |from, to| PayloadRoute { from, to, kind: PayloadKind::Audio, clock_hz: 8000 };
        let routes = Routes::new(vec![route(0, 8), route(101, 96), route(255, 1)]);
        assert_eq!(routes.find(0), Some(&route(0, 8)));
        assert_eq!(routes.find(101), Some(&route(101, 96)));
        assert_eq!((routes.find(8), routes.find(255), Routes::default().find(0)), (None, None, None));
    }
}
