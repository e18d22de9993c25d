//! A stream of bytes that is cut into messages: TCP and TLS (RFC 3261 18.3). One task reads, one writes.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use super::Line;
use crate::shell::carrier::Carrier;
use crate::sip::framing::{Frame, Framer};

/// Until the peer is gone, or is too slow.
pub async fn carry(carrier: Carrier, line: &Line, messages: Receiver<Vec<u8>>) {
    let (reader, writer) = split(carrier);
    // The two end together: a phone that takes nothing from us any more must not keep its place by sending.
    let (alive, written) = oneshot::channel();
    tokio::spawn(write(writer, messages, line.shared.bounds.write, alive));
    tokio::select! {
        () = read(reader, line) => {}
        _ = written => {}
    }
}

/// Writes what is queued, until nobody can queue any more or the phone takes nothing. That it ended is seen by `_alive`, which is dropped.
async fn write(mut writer: WriteHalf<Carrier>, mut messages: Receiver<Vec<u8>>, patience: Duration, _alive: oneshot::Sender<()>) {
    while let Some(bytes) = messages.recv().await {
        let written = timeout(patience, async {
            writer.write_all(&bytes).await?;
            // TLS may still hold a part.
            writer.flush().await
        });
        match written.await {
            Ok(Ok(())) => {}
            _ => break,
        }
    }
    let _ = timeout(patience, writer.shutdown()).await;
}

/// Hands over whole messages until the stream ends, or is too slow.
async fn read(mut stream: ReadHalf<Carrier>, line: &Line) {
    let mut framer = Framer::default();
    let mut buffer = vec![0; 8192];
    let patience = line.shared.bounds.message;
    // A first message, and every one that has begun, must be whole in time; between messages a phone may be silent.
    let mut has_spoken = false;
    let mut deadline = line.is_incoming.then(|| Instant::now() + patience);
    loop {
        let length = match deadline {
            Some(deadline) => timeout_at(deadline, stream.read(&mut buffer)).await.unwrap_or(Ok(0)),
            None => stream.read(&mut buffer).await,
        };
        let Ok(length @ 1..) = length else { return };
        framer.push(&buffer[..length]);
        while let Some(frame) = framer.next() {
            match frame {
                Frame::Message { bytes, lost } => {
                    (deadline, has_spoken) = (None, true);
                    if !line.hand_in(bytes, lost.is_some()).await || lost.is_some() {
                        return;
                    }
                }
                Frame::KeepAlive => line.answer_keep_alive(),
                Frame::Broken(_) => return,
            }
        }
        match (framer.is_within_message(), deadline) {
            (true, None) => deadline = Some(Instant::now() + patience),
            (false, Some(_)) if !line.is_incoming || has_spoken => deadline = None,
            _ => {}
        }
    }
}
