//! Questions and replies on the wire.
//!
//! ```text
//!   | id | flags | questions | answers | authorities | additional |     16 bits each
//!   question: name, type, class          record: name, type, class, ttl (32), length, data
//!   name: length and label, ..., 0; or 11 and the 14-bit offset of where it goes on
//! ```

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::base::limits::DNS_RECORDS_MAX;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    A,
    Aaaa,
    Srv,
    Naptr,
}

impl Kind {
    const fn number(self) -> u16 {
        match self {
            Kind::A => 1,
            Kind::Aaaa => 28,
            Kind::Srv => 33,
            Kind::Naptr => 35,
        }
    }
}

const CNAME: u16 = 5;
const OPT: u16 = 41;
const INTERNET: u16 = 1;
/// What a datagram may hold on every path (DNS flag day 2020).
const PAYLOAD_MAX: u16 = 1232;
/// Aliases of aliases that are followed.
const ALIASES_MAX: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub holds: Duration,
    pub data: Data,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    Address(IpAddr),
    Srv(Srv),
    Naptr(Naptr),
}

/// RFC 2782.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Srv {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    /// Empty: the service is not there.
    pub host: String,
}

/// RFC 3403, as far as SIP uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naptr {
    pub order: u16,
    pub preference: u16,
    pub flags: String,
    pub service: String,
    pub replacement: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Of the kind that was asked for, aliases followed. Empty: the name has none.
    Records(Vec<Record>),
    /// It did not fit the datagram: ask over TCP.
    Truncated,
    /// The server cannot say, and why: another may.
    Failed(u8),
}

/// The bytes are no reply to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no reply to the question")
    }
}

/// A question. None: the name cannot be asked for.
pub fn query(id: u16, name: &str, kind: Kind) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(64);
    // Recursion is desired; one question, and one additional record that says how long a reply may be (RFC 6891).
    for word in [id, 0x0100, 1, 0, 0, 1] {
        bytes.extend(word.to_be_bytes());
    }
    push_name(&mut bytes, name)?;
    for word in [kind.number(), INTERNET] {
        bytes.extend(word.to_be_bytes());
    }
    bytes.push(0);
    for word in [OPT, PAYLOAD_MAX, 0, 0, 0] {
        bytes.extend(word.to_be_bytes());
    }
    Some(bytes)
}

fn push_name(bytes: &mut Vec<u8>, name: &str) -> Option<()> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() || name.len() > 253 {
        return None;
    }
    for label in name.split('.') {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..64).contains(length))?;
        bytes.push(length);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    Some(())
}

/// Reads the reply to a question of ours.
pub fn read_reply(bytes: &[u8], id: u16, name: &str, kind: Kind) -> Result<Reply, Unreadable> {
    read(bytes, id, name.strip_suffix('.').unwrap_or(name), kind).ok_or(Unreadable)
}

fn read(bytes: &[u8], id: u16, name: &str, kind: Kind) -> Option<Reply> {
    let mut reader = Reader { bytes, at: 0 };
    let (its_id, flags, questions, answers) = (reader.word()?, reader.word()?, reader.word()?, reader.word()?);
    reader.skip(4)?;
    let is_reply = flags & 0x8000 != 0;
    if its_id != id || !is_reply || questions != 1 {
        return None;
    }
    let asked = (reader.name()?, reader.word()?, reader.word()?);
    if !asked.0.eq_ignore_ascii_case(name) || (asked.1, asked.2) != (kind.number(), INTERNET) {
        return None;
    }
    match flags & 0x000f {
        0 => {}
        // The name does not exist, so it has no record.
        3 => return Some(Reply::Records(Vec::new())),
        code => return Some(Reply::Failed(code as u8)),
    }
    if flags & 0x0200 != 0 {
        return Some(Reply::Truncated);
    }
    let mut found = Vec::new();
    let mut aliases = Vec::new();
    for _ in 0..usize::from(answers).min(DNS_RECORDS_MAX) {
        let (owner, type_number, class) = (reader.name()?, reader.word()?, reader.word()?);
        let holds = Duration::from_secs(u64::from(reader.long()? & 0x7fff_ffff));
        let length = usize::from(reader.word()?);
        let end = reader.at + length;
        if end > bytes.len() {
            return None;
        }
        if class == INTERNET && type_number == CNAME {
            aliases.push((owner, reader.name()?, holds));
        } else if class == INTERNET && type_number == kind.number() {
            let data = reader.data(kind, length)?;
            found.push((owner, Record { holds, data }));
        }
        reader.at = end;
    }
    Some(Reply::Records(of_name(name, found, &aliases)))
}

/// The records of a name or of what it is an alias for. They hold no longer than the aliases.
fn of_name(name: &str, found: Vec<(String, Record)>, aliases: &[(String, String, Duration)]) -> Vec<Record> {
    let mut name = name.to_owned();
    let mut longest = Duration::MAX;
    for _ in 0..ALIASES_MAX {
        let Some((_, to, holds)) = aliases.iter().find(|(alias, ..)| alias.eq_ignore_ascii_case(&name)) else { break };
        (name, longest) = (to.clone(), longest.min(*holds));
    }
    let its = found.into_iter().filter(|(owner, _)| owner.eq_ignore_ascii_case(&name));
    its.map(|(_, record)| Record { holds: record.holds.min(longest), ..record }).collect()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.at += count;
        (self.at <= self.bytes.len()).then_some(())
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let taken = self.bytes.get(self.at..self.at + N)?.try_into().ok()?;
        self.at += N;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn word(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    fn long(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// Pointers only lead back, so this ends; a name has 255 bytes at most.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut at, mut after) = (self.at, None);
        loop {
            let length = *self.bytes.get(at)?;
            match length {
                0 => {
                    self.at = after.unwrap_or(at + 1);
                    return Some(name);
                }
                1..=63 => {
                    let label = self.bytes.get(at + 1..at + 1 + usize::from(length))?;
                    if !label.iter().all(u8::is_ascii_graphic) || name.len() + label.len() > 254 {
                        return None;
                    }
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.extend(label.iter().map(|byte| char::from(*byte)));
                    at += 1 + usize::from(length);
                }
                0xc0.. => {
                    let to = usize::from(length & 0x3f) << 8 | usize::from(*self.bytes.get(at + 1)?);
                    if to >= at {
                        return None;
                    }
                    after = after.or(Some(at + 2));
                    at = to;
                }
                _ => return None,
            }
        }
    }

    /// A text with its length before it.
    fn text(&mut self) -> Option<String> {
        let length = usize::from(self.byte()?);
        let text = self.bytes.get(self.at..self.at + length)?;
        self.at += length;
        text.is_ascii().then(|| String::from_utf8_lossy(text).into_owned())
    }

    fn data(&mut self, kind: Kind, length: usize) -> Option<Data> {
        Some(match kind {
            Kind::A if length == 4 => Data::Address(IpAddr::V4(Ipv4Addr::from(self.take::<4>()?))),
            Kind::Aaaa if length == 16 => Data::Address(IpAddr::V6(Ipv6Addr::from(self.take::<16>()?))),
            Kind::A | Kind::Aaaa => return None,
            Kind::Srv => Data::Srv(Srv { priority: self.word()?, weight: self.word()?, port: self.word()?, host: self.name()? }),
            Kind::Naptr => {
                let (order, preference, flags, service) = (self.word()?, self.word()?, self.text()?, self.text()?);
                // The regular expression is not used with SIP.
                self.text()?;
                Data::Naptr(Naptr { order, preference, flags, service, replacement: self.name()? })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "sip.example.com";

    /// A reply to `query(7, NAME, kind)` with these answers, each a type and its data; owners are the name that was asked for.
    fn reply(kind: Kind, flags: u16, answers: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = query(7, NAME, kind).expect("a question");
        bytes[2..4].copy_from_slice(&(0x8180 | flags).to_be_bytes());
        bytes[6..8].copy_from_slice(&(answers.len() as u16).to_be_bytes());
        bytes[10..12].copy_from_slice(&0u16.to_be_bytes());
        bytes.truncate(bytes.len() - 11);
        for (number, data) in answers {
            bytes.extend([0xc0, 12]);
            for word in [*number, INTERNET, 0, 300, data.len() as u16] {
                bytes.extend(word.to_be_bytes());
            }
            bytes.extend(data);
        }
        bytes
    }

    fn records(kind: Kind, answers: &[(u16, Vec<u8>)]) -> Vec<Data> {
        match read_reply(&reply(kind, 0, answers), 7, NAME, kind) {
            Ok(Reply::Records(records)) => records.into_iter().map(|record| record.data).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn name(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_name(&mut bytes, text).expect("a name");
        bytes
    }

    #[test]
    fn a_question_is_as_the_rfc_draws_it() {
        let bytes = query(0x1234, "a.bc.", Kind::Srv).expect("a question");
        let expected = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, b'a', 2, b'b', b'c', 0, 0, 33, 0, 1];
        assert_eq!(bytes[..22], expected);
        assert_eq!(bytes[22..], [0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0]);
        for name in ["", ".", "a..b", &"a".repeat(64), &"a.".repeat(128)] {
            assert_eq!(query(1, name, Kind::A), None, "{name}");
        }
    }

    #[test]
    fn records_of_every_kind() {
        assert_eq!(records(Kind::A, &[(1, vec![192, 0, 2, 1])]), [Data::Address("192.0.2.1".parse().unwrap())]);
        let v6: Ipv6Addr = "2001:db8::1".parse().unwrap();
        assert_eq!(records(Kind::Aaaa, &[(28, v6.octets().to_vec())]), [Data::Address(v6.into())]);
        let srv = [vec![0, 10, 0, 60, 0x13, 0xc4], name("a.example.com")].concat();
        let expected = Srv { priority: 10, weight: 60, port: 5060, host: "a.example.com".to_owned() };
        assert_eq!(records(Kind::Srv, &[(33, srv)]), [Data::Srv(expected)]);
        let nowhere = [vec![0; 6], vec![0]].concat();
        assert!(matches!(&records(Kind::Srv, &[(33, nowhere)])[..], [Data::Srv(Srv { host, .. })] if host.is_empty()));
        let naptr = [&[0, 50, 0, 10, 1, b's', 7][..], b"SIP+D2T", &[0], &name("_sip._tcp.example.com")].concat();
        let expected = Naptr {
            order: 50,
            preference: 10,
            flags: "s".to_owned(),
            service: "SIP+D2T".to_owned(),
            replacement: "_sip._tcp.example.com".to_owned(),
        };
        assert_eq!(records(Kind::Naptr, &[(35, naptr)]), [Data::Naptr(expected)]);
    }

    #[test]
    fn an_alias_is_followed_and_others_records_are_not_taken() {
        let mut bytes = reply(Kind::A, 0, &[(CNAME, name("b.example.com"))]);
        for (owner, last) in [("b.example.com", 2), ("evil.example.com", 3)] {
            bytes.extend(name(owner));
            bytes.extend([0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 192, 0, 2, last]);
        }
        bytes[6..8].copy_from_slice(&3u16.to_be_bytes());
        let Ok(Reply::Records(records)) = read_reply(&bytes, 7, NAME, Kind::A) else { panic!("a reply") };
        let data = Data::Address("192.0.2.2".parse().unwrap());
        assert_eq!(records, [Record { holds: Duration::from_secs(256), data }]);
        let round = reply(Kind::A, 0, &[(CNAME, name(NAME))]);
        assert_eq!(read_reply(&round, 7, NAME, Kind::A), Ok(Reply::Records(vec![])), "an alias of itself ends");
    }

    #[test]
    fn what_a_server_says_when_it_has_nothing() {
        let said = |flags| read_reply(&reply(Kind::A, flags, &[]), 7, NAME, Kind::A);
        assert_eq!(said(0), Ok(Reply::Records(vec![])));
        assert_eq!(said(3), Ok(Reply::Records(vec![])), "no such name");
        assert_eq!(said(2), Ok(Reply::Failed(2)));
        assert_eq!(said(0x0200), Ok(Reply::Truncated));
    }

    #[test]
    fn what_is_no_reply_to_the_question() {
        let good = reply(Kind::A, 0, &[(1, vec![192, 0, 2, 1])]);
        assert!(read_reply(&good, 7, NAME, Kind::A).is_ok());
        for (id, name, kind) in [(8, NAME, Kind::A), (7, "other.example.com", Kind::A), (7, NAME, Kind::Aaaa)] {
            assert_eq!(read_reply(&good, id, name, kind), Err(Unreadable));
        }
        assert_eq!(read_reply(&query(7, NAME, Kind::A).unwrap(), 7, NAME, Kind::A), Err(Unreadable), "a question is no reply");
        let mut forward = good.clone();
        let at = forward.len() - 16;
        forward[at..at + 2].copy_from_slice(&[0xc0, 0xff]);
        assert_eq!(read_reply(&forward, 7, NAME, Kind::A), Err(Unreadable), "a pointer forward");
        // Cut anywhere, and changed anywhere: read or refused, and never more.
        for end in 0..good.len() {
            let _ = read_reply(&good[..end], 7, NAME, Kind::A);
        }
        for at in 0..good.len() {
            for value in [0, 1, 63, 64, 0xc0, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                let _ = read_reply(&bad, 7, NAME, Kind::A);
            }
        }
    }
}
