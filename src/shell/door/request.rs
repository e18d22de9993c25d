//! The strict reader of HTTP/1.1 requests (RFC 9112), as a value: bytes of one connection go in, whole requests or one refusal come out.
//!
//! Call [`Reader::handle_bytes`] with what was received, then [`Reader::poll`] until it says `More`. After a refusal the connection is
//! over: the bytes behind it mean nothing. What two servers could read in two ways is refused, never guessed.

use std::fmt::Write as _;

use super::upgrade::Upgrade;
use crate::base::limits::{
    AUDIO_BYTES_MAX, WEB_BODY_BYTES_MAX, WEB_CHUNK_LINE_BYTES_MAX, WEB_HEAD_BYTES_MAX, WEB_HEADER_FIELDS_MAX, WEB_TARGET_BYTES_MAX,
    WEB_TRAILER_BYTES_MAX,
};
use crate::web::body_bytes_max;

/// Headers that are handed on to the web. All others end at the door: hop-by-hop ones, framing, and those that we set ourselves.
const HANDED_ON: &[&str] = &[
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "cookie",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "idempotency-key",
    "last-event-id",
    "origin",
    "referer",
    "sec-fetch-site",
    "user-agent",
    "x-csrf-token",
];

/// A request whose framing is beyond doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Origin form: `/path?query`, or `*`.
    pub target: String,
    /// Empty only in HTTP/1.0.
    pub host: String,
    /// In lower case, of those handed on.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub keep_alive: bool,
    /// Whether it would rather be a WebSocket.
    pub upgrade: Upgrade,
}

/// What the peer did wrong, as the status it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub why: &'static str,
}

/// The limits are `WEB_BODY_BYTES_MAX` and `AUDIO_BYTES_MAX`.
const TOO_LONG: &str = "what was sent is too long: 1 MiB is the most here, 8 MiB for a recording";
const _: () = assert!(WEB_BODY_BYTES_MAX == 1 << 20 && AUDIO_BYTES_MAX == 8 << 20);

const fn refusal(status: u16, why: &'static str) -> Refusal {
    Refusal { status, why }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing whole yet.
    More,
    /// The peer waits for "100 Continue" before it sends its body.
    Continue,
    /// A body that is longer than a form's is about to come; say [`Reader::allow_upload`] or refuse it.
    Upload,
    Request(Request),
    Refused(Refusal),
}

/// What the reader is in the middle of; the shell chooses its timeout by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Between requests: not a byte of the next one has come.
    Nothing,
    Head,
    Body,
}

#[derive(Debug)]
enum Stage {
    Head,
    /// A body of known length.
    Sized {
        head: Request,
        bytes: usize,
    },
    /// The same, if there is room for so much.
    Upload {
        head: Request,
        bytes: usize,
    },
    Chunked {
        head: Request,
        chunk: Chunk,
    },
    Refused(Refusal),
}

#[derive(Clone, Copy, Debug)]
enum Chunk {
    Size,
    Data { bytes: usize },
    Trailer { bytes_seen: usize },
}

enum Length {
    Sized(usize),
    Chunked,
}

#[derive(Debug)]
pub struct Reader {
    bytes: Vec<u8>,
    /// Bytes of the head that hold no end of it.
    scanned: usize,
    stage: Stage,
    continue_due: bool,
    /// The last head was of the API's.
    is_api: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Reader { bytes: Vec::new(), scanned: 0, stage: Stage::Head, continue_due: false, is_api: false }
    }
}

impl Reader {
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub fn reading(&self) -> Reading {
        match self.stage {
            Stage::Head if self.bytes.is_empty() => Reading::Nothing,
            Stage::Head | Stage::Refused(_) => Reading::Head,
            Stage::Sized { .. } | Stage::Upload { .. } | Stage::Chunked { .. } => Reading::Body,
        }
    }

    /// Whether the request that is being read, or was refused, is one of the API's, as far as it has come.
    pub fn is_api(&self) -> bool {
        self.is_api || matches!(self.stage, Stage::Head | Stage::Refused(_)) && names_api(&self.bytes)
    }

    /// What came behind the last request.
    pub fn into_rest(self) -> Vec<u8> {
        self.bytes
    }

    /// The answer to [`Progress::Upload`]: there is room, the body may come.
    pub fn allow_upload(&mut self) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Head) {
            Stage::Upload { head, bytes } => Stage::Sized { head, bytes },
            other => other,
        };
    }

    pub fn poll(&mut self) -> Progress {
        match self.advance() {
            Ok(progress) => progress,
            Err(refusal) => {
                self.stage = Stage::Refused(refusal);
                Progress::Refused(refusal)
            }
        }
    }

    fn advance(&mut self) -> Result<Progress, Refusal> {
        loop {
            match &mut self.stage {
                Stage::Refused(refusal) => return Err(*refusal),
                Stage::Head => match self.take_head()? {
                    None => return Ok(Progress::More),
                    Some((head, Length::Sized(bytes))) if bytes > WEB_BODY_BYTES_MAX => self.stage = Stage::Upload { head, bytes },
                    Some((head, Length::Sized(bytes))) => self.stage = Stage::Sized { head, bytes },
                    Some((head, Length::Chunked)) => self.stage = Stage::Chunked { head, chunk: Chunk::Size },
                },
                Stage::Upload { .. } => return Ok(Progress::Upload),
                Stage::Sized { head, bytes } => {
                    if self.bytes.len() < *bytes {
                        return Ok(waiting(&mut self.continue_due));
                    }
                    let rest = self.bytes.split_off(*bytes);
                    head.body = std::mem::replace(&mut self.bytes, rest);
                    return Ok(self.finish());
                }
                Stage::Chunked { head, chunk } => match step_chunk(&mut self.bytes, &mut head.body, *chunk)? {
                    ChunkStep::Next(next) => *chunk = next,
                    ChunkStep::More => return Ok(waiting(&mut self.continue_due)),
                    ChunkStep::Over => return Ok(self.finish()),
                },
            }
        }
    }

    fn finish(&mut self) -> Progress {
        self.continue_due = false;
        self.is_api = false;
        self.scanned = 0;
        match std::mem::replace(&mut self.stage, Stage::Head) {
            Stage::Sized { head, .. } | Stage::Chunked { head, .. } => Progress::Request(head),
            Stage::Head | Stage::Upload { .. } | Stage::Refused(_) => Progress::More,
        }
    }

    /// The head and how its body is framed, once its empty line is here.
    fn take_head(&mut self) -> Result<Option<(Request, Length)>, Refusal> {
        // RFC 9112 2.2: an empty line before the request line is skipped. One, so that nobody feeds them for ever.
        if self.scanned == 0 && self.bytes.starts_with(b"\r\n") {
            self.bytes.drain(..2);
            if self.bytes.starts_with(b"\r\n") {
                return Err(refusal(400, "empty lines before the request"));
            }
        }
        let Some(end) = self.end_of_head()? else { return Ok(None) };
        let rest = self.bytes.split_off(end);
        let head = std::mem::replace(&mut self.bytes, rest);
        self.scanned = 0;
        self.is_api = names_api(&head);
        let (request, length, wants_continue) = parse_head(&head)?;
        self.continue_due = wants_continue;
        Ok(Some((request, length)))
    }

    fn end_of_head(&mut self) -> Result<Option<usize>, Refusal> {
        while self.scanned < self.bytes.len() {
            let at = self.scanned;
            let before = at.checked_sub(1).map(|before| self.bytes[before]);
            match self.bytes[at] {
                0 => return Err(refusal(400, "NUL in the head")),
                b'\n' if before != Some(b'\r') => return Err(refusal(400, "a line feed without carriage return")),
                b'\n' if self.bytes[..=at].ends_with(b"\r\n\r\n") => return self.checked_end(at + 1),
                b'\n' => {}
                _ if before == Some(b'\r') => return Err(refusal(400, "a carriage return without line feed")),
                _ => {}
            }
            self.scanned += 1;
        }
        let first_line = self.bytes.iter().position(|byte| *byte == b'\n').unwrap_or(self.bytes.len());
        // The request line is the target, a method and a version.
        if first_line > WEB_TARGET_BYTES_MAX + 64 {
            return Err(refusal(414, "the address is too long"));
        }
        self.checked_end(self.bytes.len()).map(|_| None)
    }

    fn checked_end(&self, end: usize) -> Result<Option<usize>, Refusal> {
        if end > WEB_HEAD_BYTES_MAX {
            return Err(refusal(431, "the head is too long"));
        }
        Ok(Some(end))
    }
}

/// By the request line, in origin form or absolute.
fn names_api(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let behind_scheme = target.strip_prefix(b"http://").or_else(|| target.strip_prefix(b"https://"));
    let path = behind_scheme.map_or(target, |rest| rest.iter().position(|byte| *byte == b'/').map_or(&[][..], |at| &rest[at..]));
    path.starts_with(b"/api/")
}

fn waiting(continue_due: &mut bool) -> Progress {
    if std::mem::take(continue_due) { Progress::Continue } else { Progress::More }
}

enum ChunkStep {
    Next(Chunk),
    More,
    Over,
}

/// RFC 9112 7.1, without the liberties.
fn step_chunk(bytes: &mut Vec<u8>, body: &mut Vec<u8>, chunk: Chunk) -> Result<ChunkStep, Refusal> {
    match chunk {
        Chunk::Size => {
            let Some(line) = take_line(bytes, WEB_CHUNK_LINE_BYTES_MAX)? else { return Ok(ChunkStep::More) };
            let digits = line.split(|byte| *byte == b';').next().unwrap_or(&[]);
            let size = chunk_size(digits)?;
            if size == 0 {
                return Ok(ChunkStep::Next(Chunk::Trailer { bytes_seen: 0 }));
            }
            if size > WEB_BODY_BYTES_MAX - body.len() {
                return Err(refusal(413, TOO_LONG));
            }
            Ok(ChunkStep::Next(Chunk::Data { bytes: size }))
        }
        Chunk::Data { bytes: size } => {
            if bytes.len() < size + 2 {
                return Ok(ChunkStep::More);
            }
            if &bytes[size..size + 2] != b"\r\n" {
                return Err(refusal(400, "a chunk that is longer than its size"));
            }
            body.extend_from_slice(&bytes[..size]);
            bytes.drain(..size + 2);
            Ok(ChunkStep::Next(Chunk::Size))
        }
        Chunk::Trailer { bytes_seen } => {
            let Some(line) = take_line(bytes, WEB_TRAILER_BYTES_MAX - bytes_seen)? else { return Ok(ChunkStep::More) };
            if line.is_empty() {
                return Ok(ChunkStep::Over);
            }
            // Trailers are read for their end only: nothing we serve knows one.
            Ok(ChunkStep::Next(Chunk::Trailer { bytes_seen: (bytes_seen + line.len() + 2).min(WEB_TRAILER_BYTES_MAX) }))
        }
    }
}

fn chunk_size(digits: &[u8]) -> Result<usize, Refusal> {
    let text = std::str::from_utf8(digits).unwrap_or("");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refusal(400, "a chunk without a size"));
    }
    usize::from_str_radix(text, 16).map_err(|_| refusal(413, TOO_LONG))
}

/// A line without its CRLF, taken off the front.
fn take_line(bytes: &mut Vec<u8>, bytes_max: usize) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(at) = bytes.iter().take(bytes_max + 2).position(|byte| *byte == b'\n') else {
        return if bytes.len() > bytes_max { Err(refusal(400, "a line of the body's framing is too long")) } else { Ok(None) };
    };
    let mut line: Vec<u8> = bytes.drain(..=at).collect();
    line.pop();
    if line.pop() != Some(b'\r') || line.iter().any(|byte| matches!(byte, b'\r' | 0)) {
        return Err(refusal(400, "a line of the body's framing does not end in CRLF"));
    }
    Ok(Some(line))
}

fn parse_head(head: &[u8]) -> Result<(Request, Length, bool), Refusal> {
    let mut fields = [httparse::EMPTY_HEADER; WEB_HEADER_FIELDS_MAX];
    let mut parsed = httparse::Request::new(&mut fields);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(refusal(400, "a broken head")),
        Err(httparse::Error::Version) => return Err(refusal(505, "HTTP/1.0 and HTTP/1.1 are spoken here")),
        Err(httparse::Error::TooManyHeaders) => return Err(refusal(431, "too many header fields")),
        Err(httparse::Error::HeaderName) => return Err(refusal(400, "a broken header name")),
        Err(httparse::Error::HeaderValue) => return Err(refusal(400, "a broken header value")),
        Err(_) => return Err(refusal(400, "a broken request line")),
    }
    let method = parsed.method.unwrap_or("");
    if !matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE") {
        return Err(refusal(501, "an unknown method"));
    }
    let is_old = parsed.version == Some(0);
    let (target, authority) = read_target(method, parsed.path.unwrap_or(""))?;
    let mut found = Found::default();
    for field in parsed.headers.iter() {
        found.note(field)?;
    }
    let host = match (authority, found.host) {
        _ if found.host_count > 1 => return Err(refusal(400, "two Host headers")),
        (_, None) if !is_old => return Err(refusal(400, "no Host header")),
        // RFC 9112 3.2.2: what the target says stands.
        (Some(authority), _) => authority,
        (None, host) => host.unwrap_or_default(),
    };
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte)) {
        return Err(refusal(400, "a broken Host"));
    }
    let length = match (found.length, found.chunked) {
        (Some(_), true) => return Err(refusal(400, "Content-Length and Transfer-Encoding together")),
        (None, true) if is_old => return Err(refusal(400, "Transfer-Encoding in HTTP/1.0")),
        (None, true) => Length::Chunked,
        (Some(length), false) if length > body_bytes_max(method, &target) => return Err(refusal(413, TOO_LONG)),
        (length, false) => Length::Sized(length.unwrap_or(0)),
    };
    let keep_alive = if is_old { found.keep_alive && !found.close } else { !found.close };
    // HTTP/1.0 knows no upgrades (RFC 9110 7.8).
    let upgrade = if is_old { Upgrade::default() } else { found.upgrade };
    let request = Request { method: method.to_owned(), target, host, headers: found.handed_on, body: Vec::new(), keep_alive, upgrade };
    Ok((request, length, found.wants_continue && !is_old))
}

/// The target in origin form, and the authority of an absolute one.
fn read_target(method: &str, target: &str) -> Result<(String, Option<String>), Refusal> {
    if target.len() > WEB_TARGET_BYTES_MAX {
        return Err(refusal(414, "the address is too long"));
    }
    if !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        return Err(refusal(400, "a broken address"));
    }
    if target.starts_with('/') || (target == "*" && method == "OPTIONS") {
        return Ok((target.to_owned(), None));
    }
    let lower = target.to_ascii_lowercase();
    let scheme = ["http://", "https://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let Some(rest) = scheme.map(|scheme| &target[scheme.len()..]) else { return Err(refusal(400, "a broken address")) };
    let path_at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_at);
    if authority.is_empty() || authority.contains('@') {
        return Err(refusal(400, "a broken address"));
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok((format!("{slash}{path}"), Some(authority.to_owned())))
}

/// What the header fields say about framing, gathered one by one.
#[derive(Default)]
struct Found {
    host: Option<String>,
    host_count: usize,
    length: Option<usize>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    wants_continue: bool,
    upgrade: Upgrade,
    handed_on: Vec<(String, String)>,
}

impl Found {
    fn note(&mut self, field: &httparse::Header<'_>) -> Result<(), Refusal> {
        let name = field.name.to_ascii_lowercase();
        // Latin-1 or UTF-8 in a value carries no meaning for us; the question mark keeps its place.
        let value: String = field.value.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
        let value = value.trim_matches([' ', '\t']).to_owned();
        self.upgrade.note(&name, &value);
        match name.as_str() {
            "host" => {
                self.host_count += 1;
                self.host = Some(value);
            }
            "content-length" if self.length.is_some() => return Err(refusal(400, "two Content-Length headers")),
            "content-length" => self.length = Some(content_length(&value)?),
            "transfer-encoding" if self.chunked => return Err(refusal(400, "two Transfer-Encoding headers")),
            "transfer-encoding" if value.eq_ignore_ascii_case("chunked") => self.chunked = true,
            "transfer-encoding" => return Err(refusal(501, "a transfer encoding other than chunked")),
            "connection" => {
                for token in value.split(',').map(|token| token.trim().to_ascii_lowercase()) {
                    self.close |= token == "close";
                    self.keep_alive |= token == "keep-alive";
                }
            }
            "expect" if value.eq_ignore_ascii_case("100-continue") => self.wants_continue = true,
            "expect" => return Err(refusal(417, "an unknown expectation")),
            _ if HANDED_ON.contains(&name.as_str()) => self.hand_on(name, value),
            _ => {}
        }
        Ok(())
    }

    /// A second Cookie (HTTP/2 clients behind proxies send such) joins the first; of others the first stands.
    fn hand_on(&mut self, name: String, value: String) {
        match self.handed_on.iter_mut().find(|(known, _)| *known == name) {
            None => self.handed_on.push((name, value)),
            Some((_, first)) if name == "cookie" => {
                let _ = write!(first, "; {value}");
            }
            Some(_) => {}
        }
    }
}

fn content_length(value: &str) -> Result<usize, Refusal> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refusal(400, "a broken Content-Length"));
    }
    match value.parse::<usize>() {
        Ok(length) => Ok(length),
        Err(_) => Err(refusal(413, TOO_LONG)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::UPLOAD_BYTES_MAX;

    /// Feeds the bytes in pieces of `step` and tells what came of them.
    fn read(bytes: &[u8], step: usize) -> Vec<String> {
        let mut reader = Reader::default();
        let mut told = Vec::new();
        for piece in bytes.chunks(step) {
            reader.handle_bytes(piece);
            loop {
                match reader.poll() {
                    Progress::More => break,
                    Progress::Continue => told.push("100".to_owned()),
                    Progress::Upload => {
                        told.push("upload".to_owned());
                        reader.allow_upload();
                    }
                    Progress::Request(request) => told.push(format!(
                        "{} {} {} [{}]{}",
                        request.method,
                        request.host,
                        request.target,
                        String::from_utf8_lossy(&request.body),
                        if request.keep_alive { "" } else { " close" }
                    )),
                    Progress::Refused(refusal) => {
                        told.push(refusal.status.to_string());
                        return told;
                    }
                }
            }
        }
        told
    }

    fn check(name: &str, bytes: impl AsRef<[u8]>, expected: &[&str]) {
        let bytes = bytes.as_ref();
        for step in [1, 7, bytes.len().max(1)] {
            let told = read(bytes, step);
            let told: Vec<&str> = told.iter().map(String::as_str).filter(|line| *line != "100" || expected.contains(&"100")).collect();
            assert_eq!(told, expected, "{name}, in pieces of {step}");
        }
    }

    #[test]
    fn framing_that_is_beyond_doubt_is_read() {
        check("plain", "GET / HTTP/1.1\r\nHost: box\r\n\r\n", &["GET box / []"]);
        check("one empty line first", "\r\nGET / HTTP/1.1\r\nHost: box\r\n\r\n", &["GET box / []"]);
        check("an IPv6 host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", &["GET [::1]:80 / []"]);
        check("a sized body", "POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\nhello", &["POST b /a [hello]"]);
        check(
            "two in a row",
            "POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nHost: b\r\n\r\n",
            &["POST b /a [hi]", "GET b /b []"],
        );
        check(
            "chunks",
            "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n0002\r\nde\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\nHost: c\r\n\r\n",
            &["POST b / [abcde]", "GET c / []"],
        );
        check("absolute form", "GET http://other:81/x?y HTTP/1.1\r\nHost: b\r\n\r\n", &["GET other:81 /x?y []"]);
        check("absolute form without a path", "GET http://other?y HTTP/1.1\r\nHost: b\r\n\r\n", &["GET other /?y []"]);
        check("close", "GET / HTTP/1.1\r\nHost: b\r\nConnection: foo, Close\r\n\r\n", &["GET b / [] close"]);
        check("1.0", "GET / HTTP/1.0\r\n\r\n", &["GET  / [] close"]);
        check("1.0 kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &["GET  / []"]);
        check("the whole server", "OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n", &["OPTIONS b * []"]);
        check("continue", "POST / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", &["POST b / [hi]"]);
    }

    #[test]
    fn framing_in_doubt_is_refused() {
        check("nothing", "", &[]);
        check("no host", "GET / HTTP/1.1\r\n\r\n", &["400"]);
        check("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", &["400"]);
        check("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", &["400"]);
        check("bare LF", "GET / HTTP/1.1\nHost: a\n\n", &["400"]);
        check("bare CR", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", &["400"]);
        check("NUL", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", &["400"]);
        check("space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", &["400"]);
        check("space in a name", "GET / HTTP/1.1\r\nHost: a\r\nX Y: a\r\n\r\n", &["400"]);
        check("folding", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", &["400"]);
        check("folding at once", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", &["400"]);
        check("no colon", "GET / HTTP/1.1\r\nHost: a\r\nXY\r\n\r\n", &["400"]);
        check("both lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", &["400"]);
        check("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", &["400"]);
        check("a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", &["400"]);
        check("a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", &["400"]);
        check("an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", &["400"]);
        check("a huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", &["413"]);
        check("a long body", format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", WEB_BODY_BYTES_MAX + 1), &["413"]);
        check("gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", &["501"]);
        check("chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", &["400"]);
        check("chunked with a tail", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n", &["501"]);
        check("xchunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", &["501"]);
        check("1.0 chunked", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", &["400"]);
        check(
            "a chunk size with a sign",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
            &["400"],
        );
        check("a chunk size with 0x", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", &["400"]);
        check("a chunk that is longer", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", &["400"]);
        check("a chunk line with LF", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", &["400"]);
        check("a huge chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", &["413"]);
        check("a chunk too long", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n", &["413"]);
        check("an unknown expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n", &["417"]);
        check("an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", &["501"]);
        check("a tunnel", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", &["501"]);
        check("HTTP/2 by surprise", "PRI * HTTP/2.0\r\n\r\n", &["505"]);
        check("HTTP/3.7", "GET / HTTP/3.7\r\nHost: a\r\n\r\n", &["505"]);
        check("a name as target", "GET box HTTP/1.1\r\nHost: a\r\n\r\n", &["400"]);
        check("a fragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", &["400"]);
        check("a user in the target", "GET http://me@box/ HTTP/1.1\r\nHost: a\r\n\r\n", &["400"]);
        check("TLS on the plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", &["400"]);
    }

    #[test]
    fn what_is_too_long_or_too_many_is_refused_before_it_is_whole() {
        check("a long target", format!("GET /{}", "a".repeat(WEB_TARGET_BYTES_MAX + 100)), &["414"]);
        check("a long target, whole", format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(WEB_TARGET_BYTES_MAX)), &["414"]);
        check("a long head", format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "a".repeat(WEB_HEAD_BYTES_MAX)), &["431"]);
        check("many fields", format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(WEB_HEADER_FIELDS_MAX)), &["431"]);
        let chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        check("a long chunk line", format!("{chunks}3;{}", "x".repeat(WEB_CHUNK_LINE_BYTES_MAX)), &["400"]);
        check("a long trailer", format!("{chunks}0\r\n{}", "X: y\r\n".repeat(WEB_TRAILER_BYTES_MAX)), &["400"]);
        check("empty lines for ever", "\r\n\r\n", &["400"]);
    }

    #[test]
    fn only_known_headers_pass_the_door() {
        let mut reader = Reader::default();
        reader.handle_bytes(
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Trillo-Peer: 1.2.3.4:5\r\nX-Trillo-Secure: 1\r\nCookie: a=1\r\nCookie: b=\xc3\xa8\r\nAccept: x\r\nAccept: y\r\n\r\n",
        );
        let Progress::Request(request) = reader.poll() else { panic!("a request") };
        assert_eq!(request.headers, [("cookie".to_owned(), "a=1; b=??".to_owned()), ("accept".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn a_long_body_asks_for_room_where_recordings_are_taken_and_is_refused_elsewhere() {
        let long = WEB_BODY_BYTES_MAX + 1;
        let head = |target: &str, length: usize| format!("POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
        let told = |head: String| read(head.as_bytes(), head.len());
        assert_eq!(told(head("/audio-files/new", long)), ["upload"]);
        assert_eq!(told(head("/api/v1/audio-files", UPLOAD_BYTES_MAX)), ["upload"]);
        assert_eq!(told(head("/api/v1/audio-files", UPLOAD_BYTES_MAX + 1)), ["413"]);
        assert_eq!(told(head("/extensions/new", long)), ["413"]);
        assert_eq!(told(head("/audio-files/new", 9)), [""; 0], "a short one needs no room");
        let mut reader = Reader::default();
        reader.handle_bytes(head("/audio-files/new", long).as_bytes());
        reader.handle_bytes(&vec![b'x'; long]);
        assert_eq!((reader.poll(), reader.poll()), (Progress::Upload, Progress::Upload), "nothing is read before there is room");
        reader.allow_upload();
        assert!(matches!(reader.poll(), Progress::Request(request) if request.body.len() == long));
        let chunks = "POST /audio-files/new HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        check("a long chunk", format!("{chunks}{long:x}\r\n"), &["413"]);
    }

    #[test]
    fn a_refusal_knows_whether_a_program_or_a_person_reads_it() {
        let refused = |bytes: String| {
            let mut reader = Reader::default();
            reader.handle_bytes(bytes.as_bytes());
            let Progress::Refused(refusal) = reader.poll() else { panic!("refused: {bytes:.80}") };
            (refusal.status, reader.is_api())
        };
        let long = WEB_BODY_BYTES_MAX + 1;
        let many = "X: y\r\n".repeat(WEB_HEADER_FIELDS_MAX);
        for (path, is_api) in [("/api/v1/me", true), ("http://box/api/v1/me", true), ("/apiary", false), ("/?/api/", false)] {
            let sized = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {long}\r\n\r\n");
            let chunked = format!("POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{long:x}\r\n");
            let endless = format!("GET {path} HTTP/1.1\r\nHost: a\r\nX: {}", "a".repeat(WEB_HEAD_BYTES_MAX));
            assert_eq!(refused(sized), (413, is_api), "{path}");
            assert_eq!(refused(chunked), (413, is_api), "{path}");
            assert_eq!(refused(endless), (431, is_api), "{path}");
            assert_eq!(refused(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{many}\r\n")), (431, is_api), "{path}");
        }
        // What has come of one that is too slow, and the next on the same connection.
        let mut reader = Reader::default();
        reader.handle_bytes(b"POST /api/v1/me HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
        assert_eq!((reader.poll(), reader.is_api()), (Progress::More, true));
        reader.handle_bytes(b"yGET / HT");
        assert!(matches!(reader.poll(), Progress::Request(_)));
        assert_eq!((reader.poll(), reader.is_api()), (Progress::More, false));
    }

    #[test]
    fn a_peer_that_expects_100_gets_it_once() {
        let mut reader = Reader::default();
        reader.handle_bytes(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assert_eq!(reader.poll(), Progress::Continue);
        assert_eq!(reader.poll(), Progress::More);
        assert_eq!(reader.reading(), Reading::Body);
        reader.handle_bytes(b"hi");
        assert!(matches!(reader.poll(), Progress::Request(_)));
        assert_eq!(reader.reading(), Reading::Nothing);
    }
}
