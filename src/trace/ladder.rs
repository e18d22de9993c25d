//! Who said what to whom and when, in the order of time: the box in the middle of its phones.

use std::net::SocketAddr;
use std::time::Duration;

use super::brief;
use super::ring::{Direction, Seen};
use crate::base::{Transport, Wall};

/// A phone, as far as a trace knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    pub address: SocketAddr,
    pub transport: Transport,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Which of the parties.
    pub party: usize,
    pub direction: Direction,
    /// Since the first message.
    pub after: Duration,
    pub at: Wall,
    /// A method, or a status with its phrase.
    pub title: String,
    /// Of a final refusal.
    pub is_refusal: bool,
    pub has_sdp: bool,
    /// The same bytes went the same way before.
    pub is_repeated: bool,
    pub cseq: String,
    pub reason: Option<String>,
}

/// The caller is the first party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    pub parties: Vec<Party>,
    pub arrows: Vec<Arrow>,
}

impl Ladder {
    pub fn new(seen: &[Seen]) -> Ladder {
        let mut ladder = Ladder::default();
        let Some(first) = seen.first() else { return ladder };
        for (number, one) in seen.iter().enumerate() {
            let party = Party { address: one.remote, transport: one.transport };
            let known = ladder.parties.iter().position(|known| *known == party);
            let party = known.unwrap_or_else(|| {
                ladder.parties.push(party);
                ladder.parties.len() - 1
            });
            let same = |other: &Seen| other.direction == one.direction && other.remote == one.remote && other.bytes == one.bytes;
            // Letters that move a terminal's cursor, or a page's, are no part of a title.
            let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(60).collect::<String>();
            ladder.arrows.push(Arrow {
                party,
                direction: one.direction,
                after: one.at.since(first.at),
                at: one.at,
                title: plain(&brief::title(&one.bytes).unwrap_or_default()),
                is_refusal: brief::status(&one.bytes).is_some_and(|status| status >= 400),
                has_sdp: brief::has_sdp(&one.bytes),
                is_repeated: seen[..number].iter().any(same),
                cseq: plain(brief::cseq(&one.bytes).unwrap_or_default()),
                reason: brief::reason(&one.bytes).map(plain),
            });
        }
        ladder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(millis: i64, direction: Direction, remote: &str, text: &str) -> Seen {
        Seen {
            at: Wall::from_millis(1000 + millis),
            direction,
            transport: Transport::Udp,
            local: "192.0.2.1:5060".parse().expect("an address"),
            remote: remote.parse().expect("an address"),
            bytes: text.as_bytes().into(),
        }
    }

    #[test]
    fn a_call_to_a_busy_phone() {
        let (anna, carl) = ("192.0.2.7:5060", "192.0.2.8:5060");
        let invite = "INVITE sip:102@box SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n";
        let ladder = Ladder::new(&[
            seen(0, Direction::In, anna, invite),
            seen(2, Direction::Out, carl, "INVITE sip:carl@phone SIP/2.0\r\nCSeq: 7 INVITE\r\n\r\n"),
            seen(500, Direction::In, anna, invite),
            seen(700, Direction::In, carl, "SIP/2.0 486 Busy \u{1b}[1mHere\r\nCSeq: 7 INVITE\r\nReason: SIP;cause=486\r\n\r\n"),
        ]);
        let told =
            |arrow: &Arrow| (arrow.party, arrow.after.as_millis(), arrow.title.clone(), arrow.is_refusal, arrow.has_sdp, arrow.is_repeated);
        let told: Vec<_> = ladder.arrows.iter().map(told).collect();
        let expected = [
            (0, 0, "INVITE", false, true, false),
            (1, 2, "INVITE", false, false, false),
            (0, 500, "INVITE", false, true, true),
            (1, 700, "486 Busy [1mHere", true, false, false),
        ];
        assert_eq!(told, expected.map(|(a, b, c, d, e, f)| (a, b, c.to_owned(), d, e, f)));
        assert_eq!((ladder.parties.len(), ladder.arrows[3].reason.as_deref()), (2, Some("SIP;cause=486")));
        assert_eq!(Ladder::new(&[]), Ladder::default());
    }
}
