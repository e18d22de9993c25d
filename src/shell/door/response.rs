//! What goes back to the peer. Every byte of a response's head is written by [`Response::to_bytes`], which refuses CR and LF.

use super::request::Refusal;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// How the response ends up on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub keep_alive: bool,
    /// The answer to a HEAD: the head of what GET would give, without the body.
    pub head_only: bool,
}

/// A header with bytes that do not belong into one. It is our own mistake and must not reach a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfitHeader(pub String);

impl Response {
    pub fn to_bytes(&self, manner: Manner) -> Result<Vec<u8>, UnfitHeader> {
        let has_body = self.status >= 200 && self.status != 204 && self.status != 304;
        let mut text = self.head()?;
        if has_body {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        text.push_str(if manner.keep_alive { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
        let mut bytes = text.into_bytes();
        if has_body && !manner.head_only {
            bytes.extend_from_slice(&self.body);
        }
        Ok(bytes)
    }

    /// Of a body without an end: it is over when the connection is.
    pub fn stream_head(&self) -> Result<Vec<u8>, UnfitHeader> {
        let mut text = self.head()?;
        text.push_str("Connection: close\r\n\r\n");
        Ok(text.into_bytes())
    }

    /// All but what depends on the body.
    fn head(&self) -> Result<String, UnfitHeader> {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            let name_fits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let value_fits = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
            if !name_fits || !value_fits {
                return Err(UnfitHeader(name.clone()));
            }
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        Ok(text)
    }

    /// What never reaches the web, as its client reads answers: a page, or below `/api/` a problem (RFC 9457).
    pub fn refusal(refusal: Refusal, is_api: bool) -> Response {
        if is_api { Response::problem(refusal) } else { Response::page(refusal) }
    }

    fn problem(Refusal { status, why }: Refusal) -> Response {
        let title = reason(status);
        let detail = format!("{}{}.", why.get(..1).unwrap_or_default().to_uppercase(), why.get(1..).unwrap_or_default());
        let body = serde_json::json!({ "type": "about:blank", "title": title, "status": status, "detail": detail });
        let headers = [
            ("Content-Type", "application/problem+json"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Language", "en"),
        ];
        Response {
            status,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_string().into_bytes(),
        }
    }

    /// The door's own page.
    pub fn page(refusal: Refusal) -> Response {
        let Refusal { status, why } = refusal;
        let title = reason(status);
        // A browser keeps what was typed.
        let back = if status == 413 { " Go back: what you typed is still there." } else { "" };
        let body = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{status} {title}</title><h1>{status} {title}</h1><p>{why}.{back}</p></html>\n"
        );
        let headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        ];
        Response {
            status,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.into_bytes(),
        }
    }
}

pub const fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        303 => "See Other",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(headers: &[(&str, &str)]) -> Response {
        Response {
            status: 200,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: b"hello".to_vec(),
        }
    }

    #[test]
    fn a_header_cannot_end_its_line() {
        let manner = Manner { keep_alive: true, head_only: false };
        for (name, value) in
            [("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\rb"), ("X\r\nY", "a"), ("X", "a\0"), ("X", "è"), ("", "a"), ("X:", "")]
        {
            assert_eq!(response(&[(name, value)]).to_bytes(manner), Err(UnfitHeader(name.to_owned())));
        }
        let bytes = response(&[("X", "a b")]).to_bytes(manner).unwrap();
        assert_eq!(bytes, b"HTTP/1.1 200 OK\r\nX: a b\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello");
    }

    #[test]
    fn head_has_the_length_and_not_the_body() {
        let bytes = response(&[]).to_bytes(Manner { keep_alive: false, head_only: true }).unwrap();
        assert_eq!(bytes, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
    }
}
