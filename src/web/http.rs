//! A request as the pages see it, and the response that they make.

use std::net::IpAddr;
use std::time::Duration;

use maud::Markup;

use super::multipart;

/// More pairs than any form of ours has. Those behind are ignored.
const PAIRS_MAX: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Other,
}

/// A whole request, as the door has let it in.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// Decoded, split at the slashes, without empty parts: `/extensions/7` is `["extensions", "7"]`.
    pub segments: Vec<String>,
    /// As it came, for links back: `/extensions`.
    pub path: String,
    pub query: Pairs,
    pub form: Pairs,
    /// Empty of a form with a file, which may be long.
    pub body: Vec<u8>,
    /// What the form sent as a file.
    pub file: Option<Vec<u8>>,
    pub peer: IpAddr,
    /// Over TLS.
    pub is_secure: bool,
    headers: Vec<(String, String)>,
}

impl Request {
    pub fn new(method: &str, target: &str, headers: Vec<(String, String)>, body: &[u8], peer: IpAddr, is_secure: bool) -> Request {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments = path.split('/').filter(|part| !part.is_empty()).map(|part| decode(part, false)).collect();
        let mut request = Request {
            method: match method {
                "GET" | "HEAD" => Method::Get,
                "POST" => Method::Post,
                "PUT" => Method::Put,
                "PATCH" => Method::Patch,
                "DELETE" => Method::Delete,
                _ => Method::Other,
            },
            segments,
            path: path.to_owned(),
            query: Pairs::parse(query),
            form: Pairs::default(),
            body: Vec::new(),
            file: None,
            peer,
            is_secure,
            headers,
        };
        let is_form_with_file = request.header("content-type").and_then(multipart::boundary).is_some();
        if !is_form_with_file {
            request.body = body.to_vec();
        }
        if request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            request.form = Pairs::parse(&String::from_utf8_lossy(body));
        } else if let Some(boundary) = request.header("content-type").and_then(multipart::boundary).map(str::to_owned) {
            for part in multipart::parts(body, &boundary) {
                if part.is_file {
                    // A browser sends an empty one where none was chosen.
                    request.file = Some(part.content.to_vec()).filter(|file| !file.is_empty());
                } else {
                    request.form.push(part.name, String::from_utf8_lossy(part.content));
                }
            }
        }
        request
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.header("cookie")?.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        cookies.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// A page of ours asks by itself, to show what is new; no person did anything.
    pub fn is_refresh(&self) -> bool {
        self.header("x-refresh").is_some()
    }

    /// `http://box:8080`: what the browser must say a form of ours came from.
    pub fn own_origin(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://{}", self.header("host").unwrap_or(""))
    }
}

/// Names and values of a form or a query, in order; a name may come more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(pub Vec<(String, String)>);

impl Pairs {
    pub fn parse(text: &str) -> Pairs {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).take(PAIRS_MAX);
        Pairs(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name, true), decode(value, true))
                })
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Empty if it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The only value of that name from now on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.push(name, value);
    }

    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }
}

/// Percent decoding; what is no code stays as it is, and what is no UTF-8 becomes U+FFFD.
fn decode(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let byte = code.filter(|code| code.iter().all(u8::is_ascii_hexdigit)).and_then(|code| {
            let code = std::str::from_utf8(code).ok()?;
            u8::from_str_radix(code, 16).ok()
        });
        match byte {
            Some(byte) => {
                decoded.push(byte);
                at += 2;
            }
            None if bytes[at] == b'+' && plus_is_space => decoded.push(b' '),
            None => decoded.push(bytes[at]),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// For a value in a query of a link of ours.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The door holds the answer back for this long: a failed login is slow, and no thread of the web waits for it.
    pub delay: Duration,
}

impl Response {
    pub fn page(status: u16, markup: Markup) -> Response {
        let headers = vec![("Content-Type", "text/html; charset=utf-8".to_owned()), ("Cache-Control", "no-store".to_owned())];
        Response { status, headers, body: markup.into_string().into_bytes(), delay: Duration::ZERO }
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Response {
        let headers = vec![("Content-Type", "application/json".to_owned()), ("Cache-Control", "no-store".to_owned())];
        Response { status, headers, body: body.to_string().into_bytes(), delay: Duration::ZERO }
    }

    /// Without a body.
    pub fn empty(status: u16) -> Response {
        Response { status, headers: vec![("Cache-Control", "no-store".to_owned())], body: Vec::new(), delay: Duration::ZERO }
    }

    /// What a browser keeps as a file of that name.
    pub fn file(kind: &str, name: &str, text: &str) -> Response {
        let headers = vec![
            ("Content-Type", kind.to_owned()),
            ("Content-Disposition", format!("attachment; filename=\"{name}\"")),
            ("Cache-Control", "no-store".to_owned()),
        ];
        Response { status: 200, headers, body: text.as_bytes().to_vec(), delay: Duration::ZERO }
    }

    pub fn sound(bytes: Vec<u8>) -> Response {
        let headers = vec![("Content-Type", "audio/wav".to_owned()), ("Cache-Control", "no-store".to_owned())];
        Response { status: 200, headers, body: bytes, delay: Duration::ZERO }
    }

    /// "See other": after a form, so that reloading does not send it again.
    pub fn redirect(path: &str) -> Response {
        let headers = vec![("Location", path.to_owned()), ("Cache-Control", "no-store".to_owned())];
        Response { status: 303, headers, body: Vec::new(), delay: Duration::ZERO }
    }

    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.push((name, value.into()));
        self
    }

    pub fn with_delay(mut self, delay: Duration) -> Response {
        self.delay = delay;
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The one place that decides whether the headers may be written: none of them holds a line break or other control
    /// character. One that does is our mistake, and the whole answer becomes a plain 500.
    pub fn checked(self) -> Response {
        let fits = |value: &str| value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if self.headers.iter().all(|(name, value)| fits(name) && fits(value)) {
            return self;
        }
        let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned()), ("Cache-Control", "no-store".to_owned())];
        Response { status: 500, headers, body: b"The answer could not be written.\n".to_vec(), delay: Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let pairs = Pairs::parse("a=1&b=x+y%2Bz&a=2&c&=d&e=%C3%A8%zz%&f=%ff");
        assert_eq!(pairs.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(pairs.text("b"), "x y+z");
        assert_eq!((pairs.get("c"), pairs.get("g")), (Some(""), None));
        assert_eq!(pairs.text("e"), "è%zz%");
        assert_eq!(pairs.text("f"), "\u{fffd}");
        assert_eq!(Pairs::parse(&format!("q={}", encode("è & b=c"))).text("q"), "è & b=c");
    }

    #[test]
    fn a_header_with_a_line_break_becomes_a_500() {
        assert_eq!(Response::redirect("/a\r\nSet-Cookie: x").checked().status, 500);
        assert_eq!(Response::redirect("/a").checked().status, 303);
    }
}
