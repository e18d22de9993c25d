//! SIP messages: what was said, in order, without loss (RFC 3261 7, 20, 25).
//!
//! [`scan`] reads bytes, [`Request::write`] and [`Response::write`] make them. Header fields keep their order and the text of their values;
//! types such as [`Via`] and [`NameAddr`] are read from them where somebody needs them.

mod cseq;
mod envelope;
mod headers;
mod method;
mod name;
mod name_addr;
mod params;
mod scanner;
mod status;
pub(crate) mod via;
mod writer;

pub use cseq::CSeq;
pub use envelope::{Envelope, Refusal};
pub use headers::{Field, Headers};
pub use method::Method;
pub use name::Name;
pub use name_addr::{Contacts, NameAddr};
pub use params::{Param, Params};
pub use scanner::{Scanned, scan};
pub use status::reason_phrase;
pub use via::Via;
pub use writer::Unwritable;

use crate::sip::uri::Uri;

pub(crate) use params::{read_quoted, split_list};

/// What is wrong with a peer's bytes: where, and what would have been right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset in the text that was being read.
    pub at: usize,
    pub expected: &'static str,
}

impl Malformed {
    pub const fn new(at: usize, expected: &'static str) -> Self {
        Malformed { at, expected }
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at)
    }
}

impl std::error::Error for Malformed {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Request(Request),
    Response(Response),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub uri: Uri,
    pub headers: Headers,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub reason: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: Method, uri: Uri) -> Self {
        Request { method, uri, headers: Headers::default(), body: Vec::new() }
    }

    /// A response with what RFC 3261 8.2.6.2 copies: Via, From, To, Call-ID, CSeq. A To without tag gets `to_tag`; 100 gets none.
    pub fn response(&self, status: u16, to_tag: Option<&str>) -> Response {
        let mut response = Response::new(status);
        for field in self.headers.iter() {
            match field.name {
                Name::Via | Name::From | Name::CallId | Name::CSeq => response.headers.push(field.name.clone(), &*field.value),
                Name::To => {
                    let has_tag = NameAddr::parse(&field.value).is_ok_and(|to| to.params.get("tag").is_some());
                    match to_tag {
                        Some(tag) if !has_tag && status > 100 => response.headers.push(Name::To, format!("{};tag={tag}", field.value)),
                        _ => response.headers.push(Name::To, &*field.value),
                    }
                }
                // RFC 3261 8.2.6.1: 100 Trying carries the Timestamp.
                Name::Timestamp if status == 100 => response.headers.push(Name::Timestamp, &*field.value),
                _ => {}
            }
        }
        response
    }
}

impl Response {
    pub fn new(status: u16) -> Self {
        Response { status, reason: reason_phrase(status).to_owned(), headers: Headers::default(), body: Vec::new() }
    }

    pub const fn is_provisional(&self) -> bool {
        self.status < 200
    }

    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}
