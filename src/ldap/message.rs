//! Messages of a client (RFC 4511 4.1.1), read whole or not at all.

use crate::secret::Secret;

use super::ber::{self, BOOLEAN, ENUMERATED, INTEGER, Malformed, OCTET_STRING, Reader, SEQUENCE};
use super::filter::Filter;

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// From 1.
    pub id: i32,
    pub request: Request,
    pub controls: Vec<Control>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Bind {
        version: i32,
        name: String,
        proof: Proof,
    },
    Unbind,
    Search(SearchRequest),
    Compare {
        dn: String,
        filter: Filter,
    },
    Abandon(i32),
    /// Modify, add, delete or modify DN, with the tag of its response. What it asks for does not matter: nothing is changed here.
    Write {
        response: u8,
    },
    Extended {
        name: String,
    },
}

/// How a client shows who it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    Password(Secret),
    /// SASL, or a way of later days.
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SearchRequest {
    pub base: String,
    pub scope: Scope,
    /// 0 is no limit.
    pub entries_max: u32,
    pub seconds_max: u32,
    pub types_only: bool,
    pub filter: Filter,
    /// As the client spells them.
    pub attributes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Base,
    One,
    Sub,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    pub oid: String,
    pub is_critical: bool,
    pub value: Option<Vec<u8>>,
}

pub const BIND_RESPONSE: u8 = 0x61;
pub const SEARCH_ENTRY: u8 = 0x64;
pub const SEARCH_DONE: u8 = 0x65;
pub const COMPARE_RESPONSE: u8 = 0x6f;
pub const EXTENDED_RESPONSE: u8 = 0x78;

impl Message {
    /// Exactly one message.
    pub fn read(bytes: &[u8]) -> Result<Message, Malformed> {
        let mut outer = Reader::new(bytes);
        let mut reader = Reader::new(outer.expect(SEQUENCE, "a message")?);
        outer.end()?;
        let id = reader.integer("a message ID")?;
        if id <= 0 {
            return Err(Malformed { expected: "a message ID above zero" });
        }
        let operation = reader.element()?;
        let body = Reader::new(operation.content);
        let request = match operation.tag {
            0x60 => read_bind(body)?,
            0x42 => Request::Unbind,
            0x63 => Request::Search(read_search(body)?),
            0x6e => read_compare(body)?,
            0x50 => Request::Abandon(ber::integer(operation.content, "a message ID")?),
            // The response's tag is the one after; a delete is primitive, its response is not.
            tag @ (0x66 | 0x68 | 0x6c) => Request::Write { response: tag + 1 },
            0x4a => Request::Write { response: 0x6b },
            0x77 => read_extended(body)?,
            _ => return Err(Malformed { expected: "a request" }),
        };
        let controls = match reader.peek() {
            Some(0xa0) => read_controls(Reader::new(reader.element()?.content))?,
            _ => Vec::new(),
        };
        reader.end()?;
        Ok(Message { id, request, controls })
    }
}

fn read_bind(mut body: Reader<'_>) -> Result<Request, Malformed> {
    let version = body.integer("a version")?;
    let name = body.text("the name of who binds")?.to_owned();
    let proof = body.element()?;
    body.end()?;
    let proof = match proof.tag {
        // A password may be any octets; ours are texts, so others are wrong ones.
        0x80 => Proof::Password(Secret::new(String::from_utf8_lossy(proof.content))),
        _ => Proof::Other,
    };
    Ok(Request::Bind { version, name, proof })
}

fn read_search(mut body: Reader<'_>) -> Result<SearchRequest, Malformed> {
    let base = body.text("the base of a search")?.to_owned();
    let scope = match body.enumerated("a scope")? {
        0 => Scope::Base,
        1 => Scope::One,
        2 => Scope::Sub,
        _ => return Err(Malformed { expected: "a scope" }),
    };
    // There are no aliases here.
    let _ = body.enumerated("what to do with aliases")?;
    let limit = |limit: i32| u32::try_from(limit).map_err(|_| Malformed { expected: "a limit that is not negative" });
    let entries_max = limit(body.integer("a limit of entries")?)?;
    let seconds_max = limit(body.integer("a limit of time")?)?;
    let types_only = body.boolean("whether types only")?;
    let filter = Filter::read(body.element()?)?;
    let mut list = Reader::new(body.expect(SEQUENCE, "a list of attributes")?);
    body.end()?;
    let mut attributes = Vec::new();
    while !list.is_empty() {
        attributes.push(list.text("the name of an attribute")?.to_owned());
    }
    Ok(SearchRequest { base, scope, entries_max, seconds_max, types_only, filter, attributes })
}

fn read_compare(mut body: Reader<'_>) -> Result<Request, Malformed> {
    let dn = body.text("the name of an entry")?.to_owned();
    let mut assertion = Reader::new(body.expect(SEQUENCE, "an assertion")?);
    body.end()?;
    let attribute = assertion.text("the name of an attribute")?;
    let value = assertion.expect(OCTET_STRING, "the value of an assertion")?;
    assertion.end()?;
    Ok(Request::Compare { dn, filter: Filter::equal(attribute, value) })
}

fn read_extended(mut body: Reader<'_>) -> Result<Request, Malformed> {
    const NAME: &str = "the name of an operation";
    let name = std::str::from_utf8(body.expect(0x80, NAME)?).map_err(|_| Malformed { expected: NAME })?.to_owned();
    if !body.is_empty() {
        body.expect(0x81, "the value of an operation")?;
    }
    body.end()?;
    Ok(Request::Extended { name })
}

fn read_controls(mut list: Reader<'_>) -> Result<Vec<Control>, Malformed> {
    let mut controls = Vec::new();
    while !list.is_empty() {
        let mut control = Reader::new(list.expect(SEQUENCE, "a control")?);
        let oid = control.text("the name of a control")?.to_owned();
        let is_critical = match control.peek() {
            Some(BOOLEAN) => control.boolean("whether a control is critical")?,
            _ => false,
        };
        let value = match control.peek() {
            Some(OCTET_STRING) => Some(control.element()?.content.to_vec()),
            _ => None,
        };
        control.end()?;
        controls.push(Control { oid, is_critical, value });
    }
    Ok(controls)
}

/// What an operation came to (RFC 4511 4.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Success = 0,
    ProtocolError = 2,
    TimeLimitExceeded = 3,
    SizeLimitExceeded = 4,
    CompareFalse = 5,
    CompareTrue = 6,
    AuthMethodNotSupported = 7,
    UnavailableCriticalExtension = 12,
    ConfidentialityRequired = 13,
    NoSuchAttribute = 16,
    NoSuchObject = 32,
    InvalidDnSyntax = 34,
    InappropriateAuthentication = 48,
    InvalidCredentials = 49,
    InsufficientAccessRights = 50,
    Busy = 51,
    UnwillingToPerform = 53,
}

/// A result and what is said with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome<'a> {
    pub code: Code,
    /// The nearest name above one that there is not.
    pub matched: &'a str,
    pub diagnostic: &'a str,
}

impl<'a> Outcome<'a> {
    pub const fn new(code: Code, diagnostic: &'a str) -> Outcome<'a> {
        Outcome { code, matched: "", diagnostic }
    }

    fn write(&self, writer: &mut ber::Writer) {
        writer.integer(ENUMERATED, self.code as i32);
        writer.text(self.matched);
        writer.text(self.diagnostic);
    }
}

/// A response with a result; `controls` writes the controls that go with it.
pub fn response(id: i32, tag: u8, outcome: &Outcome<'_>, controls: impl FnOnce(&mut ber::Writer)) -> Vec<u8> {
    let mut writer = ber::Writer::default();
    writer.constructed(SEQUENCE, |writer| {
        writer.integer(INTEGER, id);
        writer.constructed(tag, |writer| outcome.write(writer));
        controls(writer);
    });
    writer.into_bytes()
}

/// RFC 4511 4.4.1: the connection ends, and this is why.
pub fn notice_of_disconnection(diagnostic: &str) -> Vec<u8> {
    let mut writer = ber::Writer::default();
    writer.constructed(SEQUENCE, |writer| {
        writer.integer(INTEGER, 0);
        writer.constructed(EXTENDED_RESPONSE, |writer| {
            Outcome::new(Code::ProtocolError, diagnostic).write(writer);
            writer.octets(0x8a, b"1.3.6.1.4.1.1466.20036");
        });
    });
    writer.into_bytes()
}
