//! Messages out of a stream (RFC 3261 18.3, 7.5): TCP and TLS. WebSocket needs none of this (RFC 7118).
//!
//! Bytes go in through [`Framer::push`] in whatever pieces they arrive, whole messages come out of [`Framer::next`]; drain it after each push,
//! then what is kept is at most one message and one piece. However small the pieces are, no byte is scanned again for the end of
//! a head, and a message is copied once.

use crate::base::limits::{SIP_HEAD_BYTES_MAX, SIP_MESSAGE_BYTES_MAX};

/// Something whole out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message, head and body. With `lost`, it is the head alone and the last frame: answer it as `lost` says, then close the stream.
    Message { bytes: Vec<u8>, lost: Option<Lost> },
    /// Two line ends between messages: answer with one CRLF (RFC 5626 4.4.1).
    KeepAlive,
    /// The stream cannot be read on and nothing of it can be answered: close it. The last frame.
    Broken(Broken),
}

/// Why nobody knows where the next message begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Content-Length is not a number, stands more than once, or is missing where Content-Type announces a body: 400.
    LengthUnclear,
    /// The message is longer than `limits::SIP_MESSAGE_BYTES_MAX`: 513.
    TooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No end of the head within `limits::SIP_HEAD_BYTES_MAX`.
    HeadTooLong,
}

/// Cuts a stream into messages.
#[derive(Clone, Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// What comes before was handed out or skipped.
    start: usize,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    Between {
        /// Line ends since the last frame.
        line_ends: u8,
    },
    /// Offsets count from the message's first byte.
    Head {
        line_start: usize,
        scanned: usize,
    },
    Body {
        message_length: usize,
    },
    Over,
}

impl Default for Stage {
    fn default() -> Self {
        Stage::Between { line_ends: 0 }
    }
}

impl Framer {
    /// Takes what the stream gave. Ignored after the last frame.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.is_over() {
            return;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// True after a frame that must be the last: close the stream.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// True while a part of a message has arrived.
    pub fn is_within_message(&self) -> bool {
        matches!(self.stage, Stage::Head { .. } | Stage::Body { .. })
    }

    /// The next whole frame; None until more bytes come.
    #[expect(clippy::should_implement_trait, reason = "a drain, not an iterator: None is not the end")]
    pub fn next(&mut self) -> Option<Frame> {
        loop {
            let unread = &self.buffer[self.start..];
            match &mut self.stage {
                Stage::Between { line_ends } => match unread.first()? {
                    b'\r' => self.start += 1,
                    b'\n' => {
                        self.start += 1;
                        *line_ends += 1;
                        if *line_ends == 2 {
                            *line_ends = 0;
                            return Some(Frame::KeepAlive);
                        }
                    }
                    _ => self.stage = Stage::Head { line_start: 0, scanned: 0 },
                },
                Stage::Head { line_start, scanned } => {
                    let seen = unread.len().min(SIP_HEAD_BYTES_MAX);
                    let Some(line_end) = unread[*scanned..seen].iter().position(|byte| *byte == b'\n').map(|at| *scanned + at) else {
                        *scanned = seen;
                        if seen < SIP_HEAD_BYTES_MAX {
                            return None;
                        }
                        return Some(self.end(Frame::Broken(Broken::HeadTooLong)));
                    };
                    let is_empty = matches!(&unread[*line_start..line_end], b"" | b"\r");
                    (*line_start, *scanned) = (line_end + 1, line_end + 1);
                    if is_empty {
                        let head = &unread[..line_end + 1];
                        match body_length(head) {
                            Ok(length) => self.stage = Stage::Body { message_length: head.len() + length },
                            Err(lost) => {
                                let frame = Frame::Message { bytes: head.to_vec(), lost: Some(lost) };
                                return Some(self.end(frame));
                            }
                        }
                    }
                }
                Stage::Body { message_length } => {
                    let bytes = unread.get(..*message_length)?.to_vec();
                    self.start += bytes.len();
                    self.stage = Stage::default();
                    return Some(Frame::Message { bytes, lost: None });
                }
                Stage::Over => return None,
            }
        }
    }

    fn end(&mut self, last: Frame) -> Frame {
        *self = Framer { stage: Stage::Over, ..Framer::default() };
        last
    }
}

/// The length that the head announces. Without Content-Length there is no body; RFC 3261 20.14 demands it on streams, but phones leave it out
/// of messages without a body, and the endpoint may answer those.
fn body_length(head: &[u8]) -> Result<usize, Lost> {
    let (mut length, mut has_type) = (None, false);
    // The start line is not a header field.
    let mut lines = head.split(|byte| *byte == b'\n').skip(1).peekable();
    while let Some(line) = lines.next() {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if line.first().is_some_and(|byte| is_space(*byte)) {
            continue;
        }
        let name = line[..colon].trim_ascii();
        has_type |= name.eq_ignore_ascii_case(b"content-type") || name.eq_ignore_ascii_case(b"c");
        if !name.eq_ignore_ascii_case(b"content-length") && !name.eq_ignore_ascii_case(b"l") {
            continue;
        }
        let mut value = line[colon + 1..].trim_ascii();
        while let Some(folded) = lines.next_if(|next| next.first().is_some_and(|byte| is_space(*byte))) {
            match (value, folded.trim_ascii()) {
                (_, b"") => {}
                (b"", folded) => value = folded,
                _ => return Err(Lost::LengthUnclear),
            }
        }
        if length.replace(number(value)?).is_some() {
            return Err(Lost::LengthUnclear);
        }
    }
    match length {
        Some(length) if head.len().saturating_add(length) > SIP_MESSAGE_BYTES_MAX => Err(Lost::TooLong),
        Some(length) => Ok(length),
        // What follows would be taken for a message: the way to smuggle one.
        None if has_type => Err(Lost::LengthUnclear),
        None => Ok(0),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Digits and nothing else; what is too large to be a number is too large to be a message.
fn number(value: &[u8]) -> Result<usize, Lost> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Lost::LengthUnclear);
    }
    Ok(value.iter().fold(0, |sum: usize, digit| sum.saturating_mul(10).saturating_add(usize::from(digit - b'0'))))
}

#[cfg(test)]
mod tests;
