//! One connection, from its first byte to its end.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Duration, Instant, timeout, timeout_at};

use crate::base::limits::{WEB_BODY_TIMEOUT, WEB_HEAD_TIMEOUT, WEB_IDLE_TIMEOUT, WEB_WRITE_TIMEOUT};

use super::backend::Backend;
use super::hub::Hub;
use super::places::{Place, Stage};
use super::request::{Progress, Reader, Reading, Refusal, Request};
use super::response::{Manner, Response};
use super::stream::{self, Stream};
use super::upgrade::{self, SIP_PATH};

/// After a refusal the rest is read for this long and thrown away, so that the peer sees the answer and not a reset.
const LINGER: Duration = Duration::from_secs(1);

/// Who answers the requests of a connection.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The web; without it nothing but SIP over WebSocket is served, at any path.
    pub web: Option<&'a Backend>,
    /// What streams of events tell.
    pub events: &'a Arc<Hub>,
    /// SIP over WebSocket; beside the web only for who asks for a WebSocket there, for the path is a page too.
    pub takes_sip: bool,
}

/// A connection that has become a WebSocket.
pub struct Upgraded<S> {
    pub stream: S,
    /// What came behind the head.
    pub early: Vec<u8>,
}

/// Until the connection is over, or a WebSocket that carries SIP.
pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    peer: SocketAddr,
    is_secure: bool,
    desk: Desk<'_>,
    place: &Place,
) -> Option<Upgraded<S>> {
    let mut reader = Reader::default();
    let mut request_count = 0;
    loop {
        place.enter(Stage::Arriving);
        let uploads = desk.web.map(|backend| &backend.uploads);
        // The room that a long body takes is given back when it is answered.
        let (request, _room) = match next_request(&mut stream, &mut reader, request_count == 0, uploads).await {
            Next::Request(request, room) => (request, room),
            Next::Refused(refusal) => {
                refuse(stream, peer, place, refusal, reader.is_api()).await;
                return None;
            }
            Next::Over => return None,
        };
        let backend = match desk.web {
            Some(backend) if !desk.is_for_sip(&request) => backend,
            _ => {
                let head = match request.upgrade.accept(&request.method) {
                    Ok(head) => head,
                    Err(refusal) => {
                        refuse(stream, peer, place, refusal, false).await;
                        return None;
                    }
                };
                let is_written = write_all(&mut stream, &head).await;
                return is_written.then(|| Upgraded { stream, early: reader.into_rest() });
            }
        };
        place.enter(Stage::Asking);
        request_count += 1;
        tracing::debug!(%peer, method = %request.method, target = %request.target, "request");
        // The door has no way to ask HEAD of itself: the web is asked for what GET would give.
        let head_only = request.method == "HEAD";
        let keep_alive = request.keep_alive;
        let request = Request { method: if head_only { "GET".to_owned() } else { request.method.clone() }, ..request };
        let mut response = backend.ask(&request, peer, is_secure).await;
        place.enter(Stage::Leaving);
        if let (Some(subscription), false) = (stream::take(&mut response), head_only) {
            match desk.events.listen() {
                Some(listener) => {
                    let events = Stream { request: &request, peer, is_secure, backend, subscription, listener };
                    events.serve(&mut stream, &response).await;
                    break;
                }
                None => response = stream::refusal(&request),
            }
        }
        if !write(&mut stream, &response, Manner { keep_alive, head_only }).await || !keep_alive {
            break;
        }
    }
    let _ = timeout(LINGER, stream.shutdown()).await;
    None
}

impl Desk<'_> {
    fn is_for_sip(self, request: &Request) -> bool {
        self.takes_sip && request.upgrade.is_asked_for() && request.target.split('?').next() == Some(SIP_PATH)
    }
}

async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, peer: SocketAddr, place: &Place, refusal: Refusal, is_api: bool) {
    place.enter(Stage::Leaving);
    tracing::debug!(%peer, status = refusal.status, why = refusal.why, "refused");
    let mut page = Response::refusal(refusal, is_api);
    if refusal.status == 426 {
        page.headers.extend(upgrade::wanted());
    }
    if write(&mut stream, &page, Manner { keep_alive: false, head_only: false }).await {
        let _ = stream.shutdown().await;
        linger(&mut stream).await;
    }
}

enum Next<'a> {
    Request(Request, Option<SemaphorePermit<'a>>),
    Refused(Refusal),
    Over,
}

async fn next_request<'a, S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    reader: &mut Reader,
    is_first: bool,
    uploads: Option<&'a Semaphore>,
) -> Next<'a> {
    let mut room = None;
    let idle = if is_first { WEB_HEAD_TIMEOUT } else { WEB_IDLE_TIMEOUT };
    let mut reading = Reading::Nothing;
    let mut deadline = Instant::now() + idle;
    let mut bytes = vec![0; 16 * 1024];
    loop {
        match reader.poll() {
            Progress::Request(request) => return Next::Request(request, room),
            Progress::Upload => {
                room = uploads.and_then(|uploads| uploads.try_acquire().ok());
                if room.is_none() {
                    return Next::Refused(Refusal { status: 503, why: "Other recordings are being uploaded. Try again in a moment" });
                }
                reader.allow_upload();
                continue;
            }
            Progress::Refused(refusal) => return Next::Refused(refusal),
            Progress::Continue => {
                if timeout(WEB_WRITE_TIMEOUT, stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")).await.is_err() {
                    return Next::Over;
                }
                let _ = stream.flush().await;
                continue;
            }
            Progress::More => {}
        }
        if reader.reading() != reading {
            reading = reader.reading();
            deadline = Instant::now()
                + match reading {
                    Reading::Nothing => idle,
                    Reading::Head => WEB_HEAD_TIMEOUT,
                    Reading::Body => WEB_BODY_TIMEOUT,
                };
        }
        match timeout_at(deadline, stream.read(&mut bytes)).await {
            Ok(Ok(0) | Err(_)) => return Next::Over,
            Ok(Ok(count)) => reader.handle_bytes(&bytes[..count]),
            Err(_) if reading == Reading::Nothing => return Next::Over,
            Err(_) => return Next::Refused(Refusal { status: 408, why: "the request did not arrive in time" }),
        }
    }
}

/// False if the peer is gone or too slow.
async fn write<S: AsyncWrite + Unpin>(stream: &mut S, response: &Response, manner: Manner) -> bool {
    let bytes = match response.to_bytes(manner) {
        Ok(bytes) => bytes,
        Err(unfit) => {
            tracing::error!(header = ?unfit.0, "a header of ours is unfit");
            let page = Response::page(Refusal { status: 500, why: "The answer could not be written" });
            page.to_bytes(manner).unwrap_or_default()
        }
    };
    write_all(stream, &bytes).await
}

/// False if the peer is gone or too slow.
async fn write_all<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> bool {
    let written = timeout(WEB_WRITE_TIMEOUT, async {
        stream.write_all(bytes).await?;
        stream.flush().await
    });
    matches!(written.await, Ok(Ok(())))
}

async fn linger<S: AsyncRead + Unpin>(stream: &mut S) {
    let mut bytes = [0; 4096];
    let _ = timeout(LINGER, async { while matches!(stream.read(&mut bytes).await, Ok(count) if count > 0) {} }).await;
}
