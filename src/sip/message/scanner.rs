//! From bytes to a message (RFC 3261 7). The frame is known already: a datagram, or what `framing` cut from a stream.
//!
//! ```text
//!   INVITE sip:101@example.com SIP/2.0 CRLF      start line
//!   Via: SIP/2.0/UDP 192.0.2.7;branch=x CRLF     a field; a line that begins with space continues the one above
//!   ...
//!   CRLF
//!   body
//! ```

use super::{Field, Headers, Malformed, Message, Method, Name, Request, Response};
use crate::base::limits::SIP_HEADER_FIELDS_MAX;
use crate::sip::uri::Uri;

/// What the bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    Message(Message),
    /// A request that is malformed, yet has fields enough to try an answer: `status` says which.
    Broken {
        request: Request,
        status: u16,
        fault: Malformed,
    },
    /// Only line ends: a keep-alive (RFC 5626 3.5.1).
    KeepAlive,
}

/// Reads one message. `Err` is what cannot be answered: it is dropped and counted.
pub fn scan(bytes: &[u8]) -> Result<Scanned, Malformed> {
    let skipped = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let bytes = &bytes[skipped..];
    if bytes.is_empty() {
        return Ok(Scanned::KeepAlive);
    }
    let head_end = end_of_head(bytes);
    let (head, body) = match head_end {
        Some((end, body)) => (&bytes[..end], &bytes[body..]),
        None => (bytes, &bytes[bytes.len()..]),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = Lines { rest: &head };
    let start = lines.next().unwrap_or("");
    let start_line = StartLine::read(start)?;
    let (headers, mut fault) = read_fields(lines);
    let (body, length_fault) = match headers.as_ref() {
        Some(headers) => cut_body(headers, body),
        None => (body, None),
    };
    let headers = headers.unwrap_or_default();
    fault = fault.or(length_fault);
    if head_end.is_none() {
        fault = fault.or(Some(Malformed::new(bytes.len(), "an empty line after the head")));
    }
    match start_line {
        StartLine::Status { status, reason } => match fault {
            None => Ok(Scanned::Message(Message::Response(Response { status, reason, headers, body: body.to_vec() }))),
            Some(fault) => Err(fault),
        },
        StartLine::Request { method, uri, fault: start_fault } => {
            let request = Request { method, uri, headers, body: body.to_vec() };
            match start_fault.or(fault.map(|fault| (400, fault))) {
                None => Ok(Scanned::Message(Message::Request(request))),
                Some((status, fault)) => Ok(Scanned::Broken { request, status, fault }),
            }
        }
    }
}

/// Where the head ends and where the body begins. LF alone is taken for a line end, as RFC 2543 phones sent it.
fn end_of_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(offset) = bytes[at..].iter().position(|b| *b == b'\n') {
        let next = at + offset + 1;
        match bytes.get(next..) {
            Some([b'\r', b'\n', ..]) => return Some((next, next + 2)),
            Some([b'\n', ..]) => return Some((next, next + 1)),
            _ => at = next,
        }
    }
    None
}

enum StartLine {
    Request { method: Method, uri: Uri, fault: Option<(u16, Malformed)> },
    Status { status: u16, reason: String },
}

impl StartLine {
    fn read(line: &str) -> Result<StartLine, Malformed> {
        if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
            return StartLine::read_status(line);
        }
        let method_end = line.find(' ').ok_or(Malformed::new(line.len(), "a method, a URI and SIP/2.0"))?;
        let method = &line[..method_end];
        if method.is_empty() || !method.bytes().all(is_token_char) {
            return Err(Malformed::new(0, "a method"));
        }
        let rest = &line[method_end + 1..];
        let version_at = rest.to_ascii_uppercase().rfind(" SIP/").ok_or(Malformed::new(line.len(), "SIP/2.0"))?;
        let (uri_text, version) = (&rest[..version_at], &rest[version_at + 1..]);
        let uri = Uri::parse(uri_text);
        let fault = match &uri {
            // RFC 4475 3.1.2.16: a version that we do not speak is 505, and nothing else of the line counts.
            _ if !version.trim_end().eq_ignore_ascii_case("SIP/2.0") => Some((505, Malformed::new(method_end, "SIP/2.0"))),
            _ if version.trim_end() != version => Some((400, Malformed::new(line.len(), "a line end after SIP/2.0"))),
            Err(fault) => Some((400, *fault)),
            // RFC 3261 19.1.1: header parts may not stand in a Request-URI.
            Ok(Uri::Sip(uri)) if uri.headers.is_some() => Some((400, Malformed::new(method_end + 1, "a Request-URI without `?`"))),
            Ok(_) => None,
        };
        let uri = uri.unwrap_or(Uri::Other { scheme: "invalid".to_owned(), rest: String::new() });
        Ok(StartLine::Request { method: Method::from_token(method), uri, fault })
    }

    fn read_status(line: &str) -> Result<StartLine, Malformed> {
        let rest = line.get(..8).filter(|version| version.eq_ignore_ascii_case("SIP/2.0 ")).map(|_| &line[8..]);
        let rest = rest.ok_or(Malformed::new(0, "SIP/2.0 and a status"))?;
        let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_number = status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit());
        let status = status.parse().ok().filter(|status| is_number && (100..=699).contains(status));
        Ok(StartLine::Status { status: status.ok_or(Malformed::new(8, "a status of 100 to 699"))?, reason: reason.trim().to_owned() })
    }
}

/// Lines without their ends.
struct Lines<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// Reads the fields, unfolding continued lines. A fault does not stop the reading, so that an answer finds its Via.
fn read_fields(lines: Lines<'_>) -> (Option<Headers>, Option<Malformed>) {
    let mut fields: Vec<Field> = Vec::new();
    let mut fault = None;
    let mut folded: Option<String> = None;
    for line in lines {
        if line.is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            match fields.last() {
                Some(last) => {
                    let value = folded.get_or_insert_with(|| last.value.to_string());
                    if !value.is_empty() && !line.trim().is_empty() {
                        value.push(' ');
                    }
                    value.push_str(line.trim());
                }
                None => fault = fault.or(Some(Malformed::new(0, "a field before its continuation"))),
            }
            continue;
        }
        unfold(&mut fields, &mut folded);
        if fields.len() == SIP_HEADER_FIELDS_MAX {
            return (Some(collect(fields)), Some(Malformed::new(0, "fewer header fields")));
        }
        let Some((name, value)) = line.split_once(':') else {
            fault = fault.or(Some(Malformed::new(0, "a field name and `:`")));
            continue;
        };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(is_token_char) || value.contains('\r') {
            fault = fault.or(Some(Malformed::new(0, "a field name")));
            continue;
        }
        fields.push(Field { name: Name::from_token(name), value: value.trim().into() });
    }
    unfold(&mut fields, &mut folded);
    (Some(collect(fields)), fault)
}

fn unfold(fields: &mut [Field], folded: &mut Option<String>) {
    if let (Some(last), Some(value)) = (fields.last_mut(), folded.take()) {
        last.value = value.into();
    }
}

fn collect(fields: Vec<Field>) -> Headers {
    let mut headers = Headers::default();
    for field in fields {
        headers.push(field.name, field.value);
    }
    headers
}

/// The body by Content-Length: what follows it in a datagram is ignored, what is missing is a fault (RFC 3261 18.3).
fn cut_body<'a>(headers: &Headers, body: &'a [u8]) -> (&'a [u8], Option<Malformed>) {
    let mut lengths = headers.get_all(&Name::ContentLength);
    let Some(length) = lengths.next() else { return (body, None) };
    if lengths.next().is_some() {
        return (body, Some(Malformed::new(0, "one Content-Length")));
    }
    let is_number = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
    match length.parse::<usize>() {
        Ok(length) if is_number && length <= body.len() => (&body[..length], None),
        Ok(_) if is_number => (body, Some(Malformed::new(0, "a body as long as Content-Length says"))),
        _ => (body, Some(Malformed::new(0, "a number in Content-Length"))),
    }
}

/// `token` of RFC 3261 25.1.
fn is_token_char(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Request {
        match scan(text.as_bytes()) {
            Ok(Scanned::Message(Message::Request(request))) => request,
            other => panic!("{text:?} gave {other:?}"),
        }
    }

    #[test]
    fn folded_lines_compact_names_and_order() {
        let request = request("\r\nOPTIONS sip:a@b SIP/2.0\r\nt : \r\n sip:a@b\r\n ;x=y\r\nX-1: a\nX-2:\r\nl: 2\r\n\r\nhi and more");
        let fields: Vec<_> = request.headers.iter().map(|field| (field.name.as_str(), &*field.value)).collect();
        assert_eq!(fields, [("To", "sip:a@b ;x=y"), ("X-1", "a"), ("X-2", ""), ("Content-Length", "2")]);
        assert_eq!(request.body, b"hi");
    }

    #[test]
    fn faults_are_told_from_what_cannot_be_answered() {
        for (text, status) in [
            ("OPTIONS sip:a@b SIP/7.0\r\n\r\n", 505),
            ("OPTIONS  sip:a@b SIP/2.0\r\n\r\n", 400),
            ("OPTIONS sip:a@b  SIP/2.0\r\n\r\n", 400),
            ("OPTIONS sip:a@b SIP/2.0 \r\n\r\n", 400),
            ("OPTIONS <sip:a@b> SIP/2.0\r\n\r\n", 400),
            ("OPTIONS sip:a@b; lr SIP/2.0\r\n\r\n", 400),
            ("OPTIONS sip:a@b?Route=c SIP/2.0\r\n\r\n", 400),
            ("OPTIONS sip:a@b SIP/2.0\r\nl: -1\r\n\r\n", 400),
            ("OPTIONS sip:a@b SIP/2.0\r\nl: 9\r\n\r\nhi", 400),
            ("OPTIONS sip:a@b SIP/2.0\r\nl: 1\r\nl: 1\r\n\r\nhi", 400),
            ("OPTIONS sip:a@b SIP/2.0\r\nno colon\r\n\r\n", 400),
            ("OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\n", 400),
        ] {
            assert!(matches!(scan(text.as_bytes()), Ok(Scanned::Broken { status: found, .. }) if found == status), "{text:?}");
        }
        for text in
            ["hello", "SIP/2.0 4294967301 better not\r\n\r\n", "SIP/2.0 99 x\r\n\r\n", "\u{1}\u{2} sip:a SIP/2.0\r\n\r\n", "SIP/2.0"]
        {
            assert!(scan(text.as_bytes()).is_err(), "{text:?}");
        }
        assert_eq!(scan(b"\r\n\r\n"), Ok(Scanned::KeepAlive));
    }

    #[test]
    fn a_status_line_may_lack_its_reason() {
        for (text, reason) in [("SIP/2.0 100 \r\n\r\n", ""), ("SIP/2.0 100\r\n\r\n", ""), ("SIP/2.0 100 a b\r\n\r\n", "a b")] {
            match scan(text.as_bytes()) {
                Ok(Scanned::Message(Message::Response(response))) => assert_eq!((response.status, response.reason.as_str()), (100, reason)),
                other => panic!("{text:?} gave {other:?}"),
            }
        }
    }
}
