//! SIP messages as phones read and write them: with rsip, so that two codecs that share no line must agree.
//!
//! rsip reads and writes the start line, the framing and untyped headers. What is inside a header a phone reads with the few functions at
//! the bottom, which are its own too.

use std::convert::TryFrom;
use std::fmt;
use std::str::FromStr;

use rsip::{Header, Headers, SipMessage};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Request { method: String, uri: String },
    Status(u16),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub start: Start,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Message {
    pub fn request(method: &str, uri: &str) -> Message {
        let start = Start::Request { method: method.to_owned(), uri: uri.to_owned() };
        Message { start, headers: Vec::new(), body: String::new() }
    }

    /// A response to `request`, with a To tag unless it is a 100.
    pub fn response(request: &Message, status: u16, tag: &str) -> Message {
        let mut response = Message { start: Start::Status(status), headers: Vec::new(), body: String::new() };
        for (name, value) in &request.headers {
            if ["Via", "From", "Call-ID", "CSeq", "Record-Route"].iter().any(|copied| name.eq_ignore_ascii_case(copied)) {
                response.headers.push((name.clone(), value.clone()));
            }
        }
        let to = request.get("To").unwrap_or_default();
        let to = if parameter(to, "tag").is_none() && status > 100 { format!("{to};tag={tag}") } else { to.to_owned() };
        response.with("To", to)
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Message {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn with_sdp(mut self, body: String) -> Message {
        self.body = body;
        self.with("Content-Type", "application/sdp")
    }

    pub fn read(bytes: &[u8]) -> Result<Message, String> {
        let (start, headers, body) = match SipMessage::try_from(bytes).map_err(|fault| fault.to_string())? {
            SipMessage::Request(request) => {
                (Start::Request { method: request.method.to_string(), uri: request.uri.to_string() }, request.headers, request.body)
            }
            SipMessage::Response(response) => (Start::Status(response.status_code.code()), response.headers, response.body),
        };
        let pair = |header: &Header| {
            let text = header.to_string();
            text.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        };
        let headers: Vec<_> = headers.iter().filter_map(pair).collect();
        let body = String::from_utf8(body).map_err(|fault| fault.to_string())?;
        let message = Message { start, headers, body };
        let length = message.get("Content-Length").and_then(|length| length.parse::<usize>().ok());
        match length == Some(message.body.len()) {
            true => Ok(message),
            false => Err(format!("Content-Length {length:?} of a body of {} bytes", message.body.len())),
        }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut headers = Headers::default();
        for (name, value) in &self.headers {
            headers.push(header(name, value));
        }
        headers.push(rsip::headers::ContentLength::from(self.body.len() as u32).into());
        let body = self.body.clone().into_bytes();
        let message: SipMessage = match &self.start {
            Start::Request { method, uri } => rsip::Request {
                method: rsip::Method::from_str(method).expect("a method that rsip knows"),
                uri: rsip::Uri::try_from(uri.as_str()).expect("a URI that rsip knows"),
                version: rsip::Version::V2,
                headers,
                body,
            }
            .into(),
            Start::Status(status) => rsip::Response { status_code: (*status).into(), version: rsip::Version::V2, headers, body }.into(),
        };
        message.into()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    pub fn status(&self) -> Option<u16> {
        match self.start {
            Start::Status(status) => Some(status),
            Start::Request { .. } => None,
        }
    }

    /// The method of a request; of a response, the method that it answers.
    pub fn method(&self) -> &str {
        match &self.start {
            Start::Request { method, .. } => method,
            Start::Status(_) => self.text("CSeq").split_whitespace().nth(1).unwrap_or_default(),
        }
    }

    pub fn is_request(&self, method: &str) -> bool {
        matches!(&self.start, Start::Request { method: own, .. } if own == method)
    }

    pub fn is_response(&self, method: &str, status: u16) -> bool {
        self.start == Start::Status(status) && self.method() == method
    }

    /// Any answer to a request of that method.
    pub fn is_any_response(&self, method: &str) -> bool {
        self.status().is_some() && self.method() == method
    }

    pub fn cseq(&self) -> u32 {
        self.text("CSeq").split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    pub fn call_id(&self) -> &str {
        self.text("Call-ID")
    }

    pub fn branch(&self) -> &str {
        parameter(self.text("Via"), "branch").unwrap_or_default()
    }

    pub fn answerer_tag(&self) -> Option<&str> {
        parameter(self.text("To"), "tag")
    }

    pub fn sender_tag(&self) -> Option<&str> {
        parameter(self.text("From"), "tag")
    }
}

/// One line of a trace.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.start {
            Start::Request { method, uri } => write!(f, "{method} {uri}")?,
            Start::Status(status) => write!(f, "{status}")?,
        }
        write!(f, " [{} of {}, {}]", self.text("CSeq"), self.call_id(), self.branch())
    }
}

fn header(name: &str, value: &str) -> Header {
    use rsip::headers::{Authorization, CSeq, CallId, Contact, ContentType, Expires, From, MaxForwards, Route, To, UserAgent, Via};
    match name {
        "Via" => Via::from(value).into(),
        "From" => From::from(value).into(),
        "To" => To::from(value).into(),
        "Call-ID" => CallId::from(value).into(),
        "CSeq" => CSeq::from(value).into(),
        "Contact" => Contact::from(value).into(),
        "Route" => Route::from(value).into(),
        "Max-Forwards" => MaxForwards::from(value).into(),
        "Authorization" => Authorization::from(value).into(),
        "Expires" => Expires::from(value).into(),
        "User-Agent" => UserAgent::from(value).into(),
        "Content-Type" => ContentType::from(value).into(),
        _ => Header::Other(name.to_owned(), value.to_owned()),
    }
}

/// A parameter behind the last `>` of an address, or of a Via.
pub fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let parameters = value.rsplit('>').next().unwrap_or(value);
    parameters.split(';').skip(1).find_map(|parameter| match parameter.split_once('=') {
        Some((own, value)) => own.trim().eq_ignore_ascii_case(name).then(|| value.trim()),
        None => parameter.trim().eq_ignore_ascii_case(name).then_some(""),
    })
}

/// The URI of an address such as From or Contact.
pub fn uri_of(value: &str) -> &str {
    match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => value.split(';').next().unwrap_or(value),
    }
}

/// The name that a phone shows for an address.
pub fn name_of(value: &str) -> String {
    value.split_once('<').map_or("", |(name, _)| name).trim().trim_matches('"').replace('\\', "")
}

/// `101` of `sip:101@10.0.0.1:5060`.
pub fn user_of(uri: &str) -> &str {
    uri.strip_prefix("sip:").and_then(|rest| rest.split_once('@')).map_or("", |(user, _)| user)
}
