//! Keys that a phone presses in talk: as RTP events, which the relay reports, or in an INFO (RFC 2976 and what phones put into it).
//!
//! Out: a fact for the service that the call runs, or for `in_talk`. Some phones send both; the same key both ways at about the same time is one.

use std::time::Duration;

use super::exchange::Exchange;
use super::step::code::Fact;
use crate::base::id::{FlowId, LegId};
use crate::base::{Instant, Now};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::Name;
use crate::sip::session::keypad::{self, Unread};

/// The same key by the other way within this time is not pressed again.
const SAME_KEY: Duration = Duration::from_millis(300);

/// By which way a key came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Rtp,
    Info,
}

/// The last key of a leg.
#[derive(Clone, Copy, Debug)]
pub struct Pressed {
    symbol: char,
    way: Way,
    at: Instant,
}

impl Exchange {
    pub(super) fn key_reported(&mut self, now: Now, flow: FlowId, symbol: char) {
        if let Some(leg) = self.ledger.leg_of(flow) {
            self.key(now, leg, symbol, Way::Rtp);
        }
    }

    /// What an INFO may hold beside keys nobody here knows (RFC 2976 2.2, RFC 6086 4.2.2).
    pub(super) fn info(&mut self, now: Now, tx: ServerTx, leg: LegId, incoming: &Incoming) {
        let headers = &incoming.request.headers;
        if headers.get(&Name::InfoPackage).is_some() {
            let mut response = self.response_to(incoming, 469);
            response.headers.push(Name::RecvInfo, "");
            return self.endpoint.respond(now.mono, tx, response);
        }
        match keypad::read(headers, &incoming.request.body) {
            Ok(key) => {
                self.refuse(now, tx, incoming, 200);
                if let Some(key) = key {
                    self.key(now, leg, key.symbol, Way::Info);
                }
            }
            Err(Unread::NoKey) => self.refuse_with(now, tx, incoming, 400, "Bad Request: no such key"),
            Err(Unread::OtherType) => {
                let mut response = self.response_to(incoming, 415);
                response.headers.push(Name::Accept, keypad::TYPES);
                self.endpoint.respond(now.mono, tx, response);
            }
        }
    }

    fn key(&mut self, now: Now, leg: LegId, symbol: char, way: Way) {
        let Some(found) = self.legs.get_mut(leg) else { return };
        let is_same = |last: &Pressed| last.symbol == symbol && last.way != way && now.mono.since(last.at) < SAME_KEY;
        if found.session.pressed.take_if(|last| is_same(last)).is_some() {
            return;
        }
        found.session.pressed = Some(Pressed { symbol, way, at: now.mono });
        let call = found.call;
        if self.is_served(leg) {
            self.tell_code(now, call, Fact::Digit(symbol));
        } else {
            self.key_in_talk(now, leg, symbol, way);
        }
    }
}
