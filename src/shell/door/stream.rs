//! One stream of events to one peer, from the answer that allows it to its end.
//!
//! It lives on while its peer takes what is written and the web allows it: the request is asked anew whenever the settings have changed,
//! so that a token that was taken away, or a role that lost a right, ends it. After [`AGE_MAX`] it ends in any case; clients come back by
//! themselves, with the last event that they heard.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Duration, Instant, timeout};

use crate::base::limits::WEB_WRITE_TIMEOUT;
use crate::web::{STREAM_HEADER, Subscription, streams_full};

use super::backend::Backend;
use super::hub::{Heard, Listener, Place};
use super::request::Request;
use super::response::Response;

/// A comment now and then, so that what lies between keeps the connection, and a peer that is gone is noticed.
const BEAT_EVERY: Duration = Duration::from_secs(15);
const AGE_MAX: Duration = Duration::from_secs(15 * 60);
/// In milliseconds, how long a client waits before it comes back.
const RETRY: u32 = 3000;

/// Takes out of an answer what the web allows to be streamed.
pub fn take(response: &mut Response) -> Option<Subscription> {
    let at = response.headers.iter().position(|(name, _)| name.eq_ignore_ascii_case(STREAM_HEADER))?;
    let (_, value) = response.headers.remove(at);
    Subscription::parse(&value)
}

/// What stands in place of a stream when there are as many as there may be.
pub fn refusal(request: &Request) -> Response {
    let full = streams_full(header(request, "accept-language"));
    let headers = full.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Response { status: full.status, headers, body: full.body }
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Whom a stream is for, and how it was asked for.
pub struct Stream<'a> {
    pub request: &'a Request,
    pub peer: SocketAddr,
    pub is_secure: bool,
    pub backend: &'a Backend,
    pub subscription: Subscription,
    pub listener: Listener,
}

impl Stream<'_> {
    /// Until one of the two ends it. `head` is written first.
    pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut self, stream: &mut S, head: &Response) {
        let Ok(head) = head.stream_head() else { return };
        let mut place = header(self.request, "last-event-id").map(Place::parse);
        let (mut revision, mut is_begun) = (self.listener.revision(), false);
        if !write(stream, &head, &format!("retry: {RETRY}\n\n")).await {
            return;
        }
        let until = Instant::now() + AGE_MAX;
        let mut beat = Instant::now() + BEAT_EVERY;
        let mut ignored = [0; 256];
        while Instant::now() < until {
            let text = match self.listener.hear(place) {
                Heard::NotYet => String::new(),
                Heard::Missed(now) => {
                    (place, is_begun) = (Some(now), true);
                    message("reset", now, "{}")
                }
                Heard::Events(events, now) => {
                    let mut text = String::new();
                    for (place, event) in &events {
                        if let Some(data) = event.data(&self.subscription) {
                            text.push_str(&message(event.name, *place, &data.to_string()));
                        }
                    }
                    if !std::mem::replace(&mut is_begun, true) {
                        // From here on nothing is missed: whoever reads a list now and listens on has all of it.
                        text.push_str(&message("ready", now, "{}"));
                        revision = self.listener.revision();
                    }
                    place = Some(now);
                    text
                }
            };
            if !text.is_empty() {
                if !write(stream, b"", &text).await {
                    return;
                }
                beat = Instant::now() + BEAT_EVERY;
            }
            if self.listener.revision() != revision {
                revision = self.listener.revision();
                if !self.is_still_allowed().await {
                    return;
                }
            }
            tokio::select! {
                () = self.listener.changed() => {}
                () = tokio::time::sleep_until(beat) => {
                    beat = Instant::now() + BEAT_EVERY;
                    if !write(stream, b"", ":\n\n").await {
                        return;
                    }
                }
                // What a peer still sends means nothing; that it ends means the end.
                read = stream.read(&mut ignored) => if !matches!(read, Ok(1..)) { return },
            }
        }
    }

    async fn is_still_allowed(&mut self) -> bool {
        let mut response = self.backend.ask(self.request, self.peer, self.is_secure).await;
        match take(&mut response) {
            Some(subscription) => {
                self.subscription = subscription;
                true
            }
            None => false,
        }
    }
}

/// JSON has no line breaks of its own, so it is one line of data.
fn message(name: &str, place: Place, data: &str) -> String {
    format!("event: {name}\nid: {place}\ndata: {data}\n\n")
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, head: &[u8], text: &str) -> bool {
    let written = timeout(WEB_WRITE_TIMEOUT, async {
        stream.write_all(head).await?;
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await
    });
    matches!(written.await, Ok(Ok(())))
}
