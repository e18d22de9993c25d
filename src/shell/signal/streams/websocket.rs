//! SIP over WebSocket (RFC 7118), behind the handshake: a message of SIP is a message of WebSocket, text or binary. One task reads and
//! writes. Pings are answered, fragments are put together up to the length of a SIP message, and who breaks the rules is told why:
//!
//! ```text
//! 1002 a frame that is none, one without mask    1007 text that is no UTF-8    1009 longer than limits::SIP_MESSAGE_BYTES_MAX
//! 1008 a first message, or one that has begun, is not whole in time            1000 we have nothing more to say
//! ```

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Sleep, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

use super::Line;
use crate::base::limits::SIP_MESSAGE_BYTES_MAX;

/// A ping, pong or close: head, mask, at most 125 bytes (RFC 6455 5.5).
const CONTROL_FRAME_BYTES_MAX: usize = 2 + 4 + 125;
/// The peer has this long to take why it is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Until the peer is gone, is too slow or breaks the rules, or nobody has anything to say to it any more. `early` came behind the head of its
/// handshake.
pub async fn carry<S: AsyncRead + AsyncWrite + Unpin>(stream: S, early: Vec<u8>, line: &Line, mut messages: Receiver<Vec<u8>>) {
    let bounds = line.shared.bounds;
    let stream = Hurried { stream, patience: bounds.message, bytes: 0, end: None };
    let mut socket = WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config())).await;
    let mut has_spoken = false;
    let mut first = Box::pin(sleep(bounds.message));
    let why = loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                    has_spoken = true;
                    socket.get_mut().whole();
                    if !hear(line, &message.into_data()).await {
                        return;
                    }
                }
                // The library answers pings and closes, and hands out no raw frames.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_))) => socket.get_mut().control(),
                Some(Err(fault)) => break close_code(&fault),
                None => break None,
            },
            queued = messages.recv() => match queued {
                Some(bytes) => match timeout(bounds.write, socket.send(frame(bytes))).await {
                    Ok(Ok(())) => {}
                    // It takes nothing, so it would not take a reason either.
                    _ => return,
                },
                None => break Some(CloseCode::Normal),
            },
            () = &mut first, if !has_spoken => break Some(CloseCode::Policy),
        }
    };
    if let Some(code) = why {
        let _ = timeout(CLOSE_TIMEOUT, socket.close(Some(CloseFrame { code, reason: Utf8Bytes::default() }))).await;
    }
}

/// A message of SIP, or line ends that keep the connection alive (RFC 5626 4.4.1, sent by browsers that cannot ping). False: nobody listens.
async fn hear(line: &Line, bytes: &[u8]) -> bool {
    if bytes.iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
        return line.hand_in(bytes.to_vec(), false).await;
    }
    if bytes == b"\r\n\r\n" {
        line.answer_keep_alive();
    }
    true
}

/// Text where it is text, as browsers' libraries expect; else binary.
fn frame(bytes: Vec<u8>) -> Message {
    match String::from_utf8(bytes) {
        Ok(text) => Message::Text(text.into()),
        Err(bytes) => Message::Binary(Bytes::from(bytes.into_bytes())),
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(SIP_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(SIP_MESSAGE_BYTES_MAX))
        .read_buffer_size(4096)
        .write_buffer_size(0)
        // Room for a message beside answers to pings that the peer does not take; a full one closes.
        .max_write_buffer_size(2 * SIP_MESSAGE_BYTES_MAX)
}

/// What the peer is told about its fault; `None` where there is no peer to tell.
fn close_code(fault: &Error) -> Option<CloseCode> {
    match fault {
        Error::Capacity(_) => Some(CloseCode::Size),
        Error::Utf8(_) => Some(CloseCode::Invalid),
        Error::Protocol(_) => Some(CloseCode::Protocol),
        Error::Io(fault) if fault.kind() == io::ErrorKind::TimedOut => Some(CloseCode::Policy),
        _ => None,
    }
}

/// A stream whose peer must end within `patience` what it has begun to say.
struct Hurried<S> {
    stream: S,
    patience: Duration,
    /// Read since the last whole message.
    bytes: usize,
    end: Option<Pin<Box<Sleep>>>,
}

impl<S> Hurried<S> {
    /// A message is whole. The first bytes of a next one may have come with it: they count from when more of it comes.
    fn whole(&mut self) {
        (self.bytes, self.end) = (0, None);
    }

    /// A control frame came. If it is all that came, no message has begun.
    fn control(&mut self) {
        if self.bytes <= CONTROL_FRAME_BYTES_MAX {
            self.whole();
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Hurried<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.end.as_mut().is_some_and(|end| end.as_mut().poll(context).is_ready()) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        this.bytes += buffer.filled().len() - before;
        if this.bytes > 0 && this.end.is_none() {
            this.end = Some(Box::pin(sleep(this.patience)));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Hurried<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
