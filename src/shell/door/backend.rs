//! The way to the web's threads: one connection to their private socket for each request, so many at a time.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Semaphore;

use crate::base::limits::{WEB_BACKEND_MAX, WEB_BACKEND_TIMEOUT, WEB_RESPONSE_BYTES_MAX};

use super::request::{Refusal, Request};
use super::response::Response;

/// Set by the door alone: who asks, and whether over TLS. They never pass from a client.
pub const PEER_HEADER: &str = "X-Trillo-Peer";
pub const SECURE_HEADER: &str = "X-Trillo-Secure";
/// Set by the web alone: so many milliseconds the answer is held back. It ends here.
pub const DELAY_HEADER: &str = "X-Trillo-Delay";
/// The longest that the web may ask for.
const DELAY_MAX: Duration = Duration::from_secs(10);

pub struct Backend {
    pub path: PathBuf,
    pub turns: Semaphore,
    /// Bodies that are longer than a form's, from their first byte until they are answered.
    pub uploads: Semaphore,
}

impl Backend {
    pub fn is_idle(&self) -> bool {
        self.turns.available_permits() == WEB_BACKEND_MAX
    }

    /// Always an answer: the web's, or 503 or 500 in its place. The answer is read whole, so a peer that takes it slowly holds
    /// no thread of the web.
    pub async fn ask(&self, request: &Request, peer: SocketAddr, is_secure: bool) -> Response {
        let mut response = self.ask_at_once(request, peer, is_secure).await;
        // No thread and no turn of the web waits meanwhile.
        if let Some(at) = response.headers.iter().position(|(name, _)| name.eq_ignore_ascii_case(DELAY_HEADER)) {
            let (_, millis) = response.headers.remove(at);
            tokio::time::sleep(Duration::from_millis(millis.parse().unwrap_or(0)).min(DELAY_MAX)).await;
        }
        response
    }

    async fn ask_at_once(&self, request: &Request, peer: SocketAddr, is_secure: bool) -> Response {
        let is_api = request.target.starts_with("/api/");
        match tokio::time::timeout(WEB_BACKEND_TIMEOUT, self.exchange(request, peer, is_secure)).await {
            Ok(Ok(bytes)) => read_response(&bytes).unwrap_or_else(|| {
                tracing::error!(target_ = %request.target, "an answer of the web could not be read");
                Response::refusal(Refusal { status: 500, why: "The answer could not be read" }, is_api)
            }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "asking the web");
                Response::refusal(Refusal { status: 503, why: "The web page is not ready. Try again in a moment" }, is_api)
            }
            Err(_) => {
                tracing::warn!(target_ = %request.target, "the web did not answer in time");
                Response::refusal(Refusal { status: 503, why: "The web page is busy. Try again in a moment" }, is_api)
            }
        }
    }

    async fn exchange(&self, request: &Request, peer: SocketAddr, is_secure: bool) -> io::Result<Vec<u8>> {
        let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
        let mut stream = UnixStream::connect(&self.path).await?;
        stream.write_all(canonical_head(request, peer, is_secure).as_bytes()).await?;
        stream.write_all(&request.body).await?;
        let mut bytes = Vec::new();
        stream.take(WEB_RESPONSE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).await?;
        Ok(bytes)
    }
}

fn canonical_head(request: &Request, peer: SocketAddr, is_secure: bool) -> String {
    let Request { method, target, host, headers, body, .. } = request;
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{PEER_HEADER}: {peer}\r\n");
    if is_secure {
        let _ = write!(head, "{SECURE_HEADER}: 1\r\n");
    }
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    head
}

/// The web answers with Content-Length and closes; `None` if it did not.
fn read_response(bytes: &[u8]) -> Option<Response> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(head_bytes) = parsed.parse(bytes).ok()? else { return None };
    let body = &bytes[head_bytes..];
    let mut headers = Vec::new();
    for field in parsed.headers.iter() {
        let value = std::str::from_utf8(field.value).ok()?;
        match field.name.to_ascii_lowercase().as_str() {
            "content-length" if value.parse::<usize>().ok()? != body.len() => return None,
            "transfer-encoding" => return None,
            "content-length" | "connection" | "server" => {}
            _ => headers.push((field.name.to_owned(), value.to_owned())),
        }
    }
    Some(Response { status: parsed.code?, headers, body: body.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_answer_is_none() {
        let whole = b"HTTP/1.1 200 OK\r\nServer: x\r\nX: y\r\nContent-Length: 5\r\n\r\nhello";
        let response = read_response(whole).unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, b"hello".as_slice()));
        assert_eq!(response.headers, [("X".to_owned(), "y".to_owned())]);
        for end in 0..whole.len() {
            assert_eq!(read_response(&whole[..end]), None);
        }
    }
}
