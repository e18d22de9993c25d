//! A client with a BER codec and a reader of filters of its own (RFC 4515), so that two programs must agree.

use trillo::base::Instant;
use trillo::ldap::{Connection, Output, Verdict};
use trillo::phonebook::{Credentials, Identity, Phonebooks};

pub struct Client {
    pub connection: Connection,
    pub books: Phonebooks,
    /// How long the peer takes for each chunk.
    pub micros_a_poll: u64,
    /// What was given to be verified last.
    pub asked: Option<Credentials>,
    now: u64,
    last_id: u8,
    received: Vec<u8>,
}

#[derive(Clone, Copy)]
pub struct Search {
    pub base: &'static str,
    pub scope: u8,
    pub entries_max: i32,
    pub seconds_max: i32,
    pub types_only: bool,
    pub filter: &'static str,
    pub attributes: &'static [&'static str],
}

impl Default for Search {
    fn default() -> Self {
        Search {
            base: "dc=trillo",
            scope: 2,
            entries_max: 0,
            seconds_max: 0,
            types_only: false,
            filter: "(objectClass=*)",
            attributes: &[],
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub matched: String,
    pub found: Vec<Found>,
    /// Of the paging control.
    pub cookie: Option<Vec<u8>>,
}

#[derive(Debug)]
pub struct Found {
    pub dn: String,
    pub attributes: Vec<(String, Vec<String>)>,
}

impl Client {
    pub fn new(books: Phonebooks) -> Client {
        Client::over(super::connection(), books)
    }

    pub fn with_anonymous(books: Phonebooks) -> Client {
        let config =
            trillo::ldap::Config { base: trillo::ldap::Base::new("dc=trillo").unwrap(), anonymous: Some(super::TENANT), is_private: true };
        Client::over(Connection::new(config.into()), books)
    }

    pub fn bound(books: Phonebooks, identity: Identity) -> Client {
        let mut client = Client::new(books);
        assert_eq!(client.bind("anna-desk", "secret", &Verdict::Right(identity)), 0);
        client
    }

    pub fn over(connection: Connection, books: Phonebooks) -> Client {
        Client { connection, books, micros_a_poll: 0, asked: None, now: 0, last_id: 0, received: Vec::new() }
    }

    pub fn poll(&mut self) -> Option<Output> {
        self.now += self.micros_a_poll;
        self.connection.poll_output(Instant::from_micros(self.now), &self.books)
    }

    /// Sends a request and gives its message ID.
    pub fn send(&mut self, request: &[u8]) -> i32 {
        let (id, bytes) = self.numbered(request);
        self.connection.handle_bytes(&bytes);
        id
    }

    fn numbered(&mut self, request: &[u8]) -> (i32, Vec<u8>) {
        // Small enough for one octet.
        self.last_id = self.last_id % 100 + 1;
        (self.last_id.into(), octets(0x30, &[&[2, 1, self.last_id], request].concat()))
    }

    /// The result's code.
    pub fn bind(&mut self, name: &str, password: &str, verdict: &Verdict) -> i32 {
        self.send(&bind_request(3, name, 0x80, password.as_bytes()));
        let output = match self.poll() {
            Some(Output::Verify(credentials)) => {
                self.asked = Some(credentials);
                assert!(!self.connection.wants_bytes(), "nothing else comes before");
                assert_eq!(self.poll(), None);
                self.connection.handle_verdict(verdict.clone())
            }
            output => output,
        };
        let Some(Output::Send(bytes)) = output else { panic!("an answer to the bind: {output:?}") };
        let (tag, content) = operation(&bytes).1;
        assert_eq!(tag, 0x61);
        result(&content).0
    }

    pub fn bind_with(&mut self, version: u8, tag: u8, proof: &[u8]) -> i32 {
        let (tag, code) = self.ask(&bind_request(version, "anna-desk", tag, proof));
        assert_eq!(tag, 0x61);
        code
    }

    /// Tag and code of the one answer.
    pub fn ask(&mut self, request: &[u8]) -> (u8, i32) {
        let id = self.send(request);
        let Some(Output::Send(bytes)) = self.poll() else { panic!("an answer") };
        let (answered, (tag, content)) = operation(&bytes);
        assert_eq!(answered, id);
        (tag, result(&content).0)
    }

    pub fn search(&mut self, search: &Search) -> Answer {
        let id = self.start(search);
        self.answer(id)
    }

    pub fn page(&mut self, search: &Search, entries: i32, cookie: &[u8]) -> Answer {
        let value = octets(0x30, &[integer(2, entries), octets(4, cookie)].concat());
        self.search_with_control(search, "1.2.840.113556.1.4.319", true, &value)
    }

    pub fn search_with_control(&mut self, search: &Search, oid: &str, is_critical: bool, value: &[u8]) -> Answer {
        let critical = if is_critical { vec![1, 1, 0xff] } else { vec![] };
        let control = octets(0x30, &[octets(4, oid.as_bytes()), critical, octets(4, value)].concat());
        let id = self.send(&[search_request(search), octets(0xa0, &control)].concat());
        self.answer(id)
    }

    pub fn start(&mut self, search: &Search) -> i32 {
        self.send(&search_request(search))
    }

    pub fn message(&mut self, search: &Search) -> (i32, Vec<u8>) {
        self.numbered(&search_request(search))
    }

    /// Polls until the search is done.
    pub fn answer(&mut self, id: i32) -> Answer {
        let mut found = Vec::new();
        loop {
            while let Some((message, rest)) = take(&self.received) {
                self.received = rest;
                let (answered, (tag, content)) = operation(&message);
                assert_eq!(answered, id);
                match tag {
                    0x64 => found.push(entry(&content)),
                    0x65 => {
                        let (code, matched) = result(&content);
                        return Answer { code, matched, found, cookie: cookie(&message) };
                    }
                    other => panic!("a search is not answered by {other:#x}"),
                }
            }
            match self.poll() {
                Some(Output::Send(bytes)) => self.received.extend(bytes),
                other => panic!("the search is not done: {other:?}"),
            }
        }
    }

    /// RFC 4511 4.4.1, then the end.
    pub fn expect_notice(&mut self) {
        let Some(Output::Send(bytes)) = self.poll() else { panic!("a notice of disconnection") };
        let (id, (tag, content)) = operation(&bytes);
        assert_eq!((id, tag, result(&content).0), (0, 0x78, 2));
        assert!(content.windows(22).any(|part| part == b"1.3.6.1.4.1.1466.20036"));
        assert_eq!(self.poll(), Some(Output::Close));
        assert_eq!(self.poll(), None);
    }
}

pub fn octets(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=127 => vec![short as u8],
        long => [&[0x84], &(long as u32).to_be_bytes()[..]].concat(),
    };
    [&[tag], &length[..], content].concat()
}

pub fn integer(tag: u8, value: i32) -> Vec<u8> {
    octets(tag, &value.to_be_bytes())
}

pub fn bind_request(version: u8, name: &str, tag: u8, proof: &[u8]) -> Vec<u8> {
    octets(0x60, &[vec![2, 1, version], octets(4, name.as_bytes()), octets(tag, proof)].concat())
}

pub fn search_request(search: &Search) -> Vec<u8> {
    let attributes: Vec<u8> = search.attributes.iter().flat_map(|name| octets(4, name.as_bytes())).collect();
    let body = [
        octets(4, search.base.as_bytes()),
        vec![0x0a, 1, search.scope, 0x0a, 1, 0],
        integer(2, search.entries_max),
        integer(2, search.seconds_max),
        vec![1, 1, if search.types_only { 0xff } else { 0 }],
        filter(&mut search.filter.chars().peekable()),
        octets(0x30, &attributes),
    ];
    octets(0x63, &body.concat())
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn filter(text: &mut Characters<'_>) -> Vec<u8> {
    assert_eq!(text.next(), Some('('));
    let mut parts = Vec::new();
    let tag = match text.peek() {
        Some('&') => 0xa0,
        Some('|') => 0xa1,
        Some('!') => 0xa2,
        _ => {
            let item: String = text.by_ref().take_while(|c| *c != ')').collect();
            return item_filter(&item);
        }
    };
    text.next();
    while text.peek() == Some(&'(') {
        parts.extend(filter(text));
    }
    assert_eq!(text.next(), Some(')'));
    octets(tag, &parts)
}

fn item_filter(item: &str) -> Vec<u8> {
    let (name, value) = item.split_once('=').expect("attribute=value");
    let pair = |tag: u8, name: &str| octets(tag, &[octets(4, name.as_bytes()), octets(4, &unescaped(value))].concat());
    if let Some(name) = name.strip_suffix('>') {
        return pair(0xa5, name);
    }
    if let Some(name) = name.strip_suffix('<') {
        return pair(0xa6, name);
    }
    if let Some(name) = name.strip_suffix('~') {
        return pair(0xa8, name);
    }
    if let Some(name) = name.strip_suffix(':') {
        let (name, rule) = name.split_once(':').expect("attribute:rule:");
        return octets(0xa9, &[octets(0x81, rule.as_bytes()), octets(0x82, name.as_bytes()), octets(0x83, &unescaped(value))].concat());
    }
    if value == "*" {
        return octets(0x87, name.as_bytes());
    }
    let parts: Vec<&str> = value.split('*').collect();
    let [initial, any @ .., last] = &parts[..] else { return pair(0xa3, name) };
    let part = |tag: u8, text: &str| if text.is_empty() { vec![] } else { octets(tag, &unescaped(text)) };
    let any: Vec<u8> = any.iter().flat_map(|text| part(0x81, text)).collect();
    let parts = [part(0x80, initial), any, part(0x82, last)].concat();
    octets(0xa4, &[octets(4, name.as_bytes()), octets(0x30, &parts)].concat())
}

fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        match first {
            b'\\' => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
                rest = &rest[2..];
            }
            plain => bytes.push(*plain),
        }
    }
    bytes
}

/// The first element: tag, content, rest.
pub fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, first, rest) = (*bytes.first()?, *bytes.get(1)?, bytes.get(2..)?);
    let count = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
    let length = match count {
        0 => usize::from(first),
        _ => rest.get(..count)?.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)),
    };
    let content = rest.get(count..count + length)?;
    Some((tag, content, &rest[count + length..]))
}

/// The first whole message and what follows it.
pub fn take(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (_, _, rest) = element(bytes)?;
    let length = bytes.len() - rest.len();
    Some((bytes[..length].to_vec(), rest.to_vec()))
}

/// Message ID, tag and content of the operation.
pub fn operation(message: &[u8]) -> (i32, (u8, Vec<u8>)) {
    let (0x30, content, b"") = element(message).expect("a message") else { panic!("one message: {message:?}") };
    let (2, id, rest) = element(content).expect("an ID") else { panic!("an ID: {message:?}") };
    let (tag, content, _) = element(rest).expect("an operation");
    (id.iter().fold(0, |id, octet| id << 8 | i32::from(*octet)), (tag, content.to_vec()))
}

/// Code and matched name.
pub fn result(content: &[u8]) -> (i32, String) {
    let (0x0a, code, rest) = element(content).expect("a code") else { panic!("a code: {content:?}") };
    let (4, matched, _) = element(rest).expect("a name") else { panic!("a name: {content:?}") };
    (code.iter().fold(0, |code, octet| code << 8 | i32::from(*octet)), text(matched))
}

fn cookie(message: &[u8]) -> Option<Vec<u8>> {
    let (_, content, _) = element(message)?;
    let (_, _, rest) = element(content)?;
    let (_, _, rest) = element(rest)?;
    let (0xa0, controls, b"") = element(rest)? else { return None };
    let (_, control, _) = element(controls)?;
    let (_, oid, rest) = element(control)?;
    assert_eq!(oid, b"1.2.840.113556.1.4.319");
    let (4, value, b"") = element(rest)? else { return None };
    let (_, _, cookie) = element(element(value)?.1)?;
    Some(element(cookie)?.1.to_vec())
}

fn entry(content: &[u8]) -> Found {
    let (4, dn, rest) = element(content).expect("a name") else { panic!("a name: {content:?}") };
    let (0x30, mut list, b"") = element(rest).expect("attributes") else { panic!("attributes: {content:?}") };
    let mut attributes = Vec::new();
    while let Some((0x30, attribute, rest)) = element(list) {
        list = rest;
        let (4, name, rest) = element(attribute).expect("a name") else { panic!("a name: {content:?}") };
        let (0x31, mut set, b"") = element(rest).expect("values") else { panic!("values: {content:?}") };
        let mut values = Vec::new();
        while let Some((4, value, rest)) = element(set) {
            set = rest;
            values.push(text(value));
        }
        attributes.push((text(name), values));
    }
    assert!(list.is_empty());
    Found { dn: text(dn), attributes }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text is UTF-8")
}
