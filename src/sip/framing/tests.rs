//! Streams as clients write them, cut into every kind of pieces.

use super::*;
use crate::base::Dice;

fn drain(framer: &mut Framer) -> Vec<Frame> {
    std::iter::from_fn(|| framer.next()).collect()
}

/// The frames of a stream that arrives at once.
fn frames(stream: &[u8]) -> Vec<Frame> {
    let mut framer = Framer::default();
    framer.push(stream);
    drain(&mut framer)
}

/// Frames in short: a message by its length, `lost` and `broken` by name, a keep-alive as `ping`.
fn short(frames: &[Frame]) -> String {
    let words = frames.iter().map(|frame| match frame {
        Frame::Message { bytes, lost: None } => bytes.len().to_string(),
        Frame::Message { bytes, lost: Some(lost) } => format!("{}:{lost:?}", bytes.len()),
        Frame::KeepAlive => "ping".to_owned(),
        Frame::Broken(broken) => format!("{broken:?}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn check(stream: &str, expected: &str) {
    assert_eq!(short(&frames(stream.as_bytes())), expected, "{stream:?}");
}

#[test]
fn a_stream_becomes_messages() {
    check("A\r\nContent-Length: 3\r\n\r\nabcB\r\nl:0\r\n\r\n", "27 10");
    check("A\r\nContent-Length: 3\r\n\r\nab", "");
    check("A\r\n\r\nB\r\n\r\n", "5 5");
    check("A\nl: 2\n\nabB\n\n", "10 3");
    check("A\r\nX: 1\r\n", "");
    check("", "");
}

#[test]
fn line_ends_between_messages_are_skipped_and_two_are_a_ping() {
    check("\r\nA\r\n\r\n", "5");
    check("\r\n\r\nA\r\n\r\n", "ping 5");
    check("\r\n\r\n\r\n\r\n", "ping ping");
    check("A\r\n\r\n\r\n\r\nB\r\n\r\n", "5 ping 5");
    check("A\r\nl: 2\r\n\r\nab\r\nB\r\n\r\n", "13 5");
    check("\r\nA\r\n\r\n\r\nB\r\n\r\n\r\n", "5 5");
}

#[test]
fn the_length_is_found_however_it_is_written() {
    for line in [
        "Content-Length :  2",
        "CONTENT-LENGTH:2",
        "l:2",
        "L : 0002 ",
        "Content-Length:\r\n 2",
        "Content-Length:\r\n\t\r\n  2 \r\n ",
        "l: 2\r\n ",
    ] {
        let stream = format!("A\r\nX: y\r\n z: 7\r\n{line}\r\nc: text/plain\r\n\r\nab");
        check(&stream, &stream.len().to_string());
    }
    // Neither the start line, nor a folded line, nor another header.
    check("l: 5\r\n\r\n", "8");
    check("A\r\nX: y\r\n l: 5\r\n\r\n", "18");
    check("A\r\nX-Content-Length: 5\r\n\r\n", "26");
}

#[test]
fn an_unclear_length_ends_the_stream_after_the_head() {
    for line in [
        "l: 1\r\nl: 1",
        "l: 1\r\nContent-Length: 2",
        "l: -1",
        "l: +1",
        "l: 1, 1",
        "l: x",
        "l:",
        "l: 1 1",
        "l: 1\r\n 1",
        "l: 0x1",
        "c: text/plain",
    ] {
        let head = format!("A\r\n{line}\r\n\r\n");
        check(&(head.clone() + "aB\r\n\r\n"), &format!("{}:LengthUnclear", head.len()));
    }
    let mut framer = Framer::default();
    framer.push(b"A\r\nl: x\r\n\r\n");
    assert!(!framer.is_over());
    assert!(framer.next().is_some() && framer.is_over());
    framer.push(b"A\r\n\r\n");
    assert_eq!(framer.next(), None);
}

#[test]
fn sizes_have_ends() {
    let head = |length: usize| format!("A\r\nX: {}\r\n\r\n", "x".repeat(length - 10));
    assert_eq!(short(&frames(head(SIP_HEAD_BYTES_MAX).as_bytes())), SIP_HEAD_BYTES_MAX.to_string());
    assert_eq!(short(&frames(head(SIP_HEAD_BYTES_MAX + 1).as_bytes())), "HeadTooLong");
    assert_eq!(short(&frames(&[b'x'; SIP_HEAD_BYTES_MAX - 1])), "");
    assert_eq!(short(&frames(&[b'x'; SIP_HEAD_BYTES_MAX])), "HeadTooLong");

    let message = |body: usize| format!("A\r\nl: {body:05}\r\n\r\n{}", "x".repeat(body));
    let most = SIP_MESSAGE_BYTES_MAX - message(0).len();
    assert_eq!(short(&frames(message(most).as_bytes())), SIP_MESSAGE_BYTES_MAX.to_string());
    assert_eq!(short(&frames(message(most + 1).as_bytes())), "15:TooLong");
    check("A\r\nl: 99999999999999999999999999999\r\n\r\n", "39:TooLong");
}

#[test]
fn what_is_kept_is_bounded() {
    let mut framer = Framer::default();
    for _ in 0..10_000 {
        framer.push(b"A\r\nl: 3\r\n\r\nabcB\r\nl: 3\r\n\r");
        drain(&mut framer);
        framer.push(b"\nabc");
        assert_eq!(drain(&mut framer).len(), 1);
        assert!(framer.buffer.capacity() < 256);
    }
}

// Any cut of any stream gives the same frames as the whole.
#[test]
fn pieces_do_not_matter() {
    let mut dice = Dice::from_number(9);
    let parts: [&[u8]; 16] = [
        b"A\r\nContent-Length: 3\r\n\r\nabc",
        b"B\nl :\r\n 0\n\n",
        b"INVITE x SIP/2.0\r\nl: 12\r\n\r\n\r\n\r\nl: 1\r\n\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"C\r\n\r\n",
        b" ",
        b"l: 1",
        b"\r\n\r\n",
        b"c: x\r\n",
        b"\xff\x00",
        b"D\r\nl: 70000\r\n\r\n",
        b"E\r\nl: 1\r\nl: 1\r\n\r\n",
        b"F\r\nX: y\r\n\tz\r\n\r\n",
    ];
    let long = [b'x'; SIP_HEAD_BYTES_MAX];
    for round in 0..3_000 {
        let mut stream = Vec::new();
        for _ in 0..dice.below(24) {
            // Fatal parts are rarer, so that most streams get somewhere.
            let kinds = if dice.chance(1, 6) { parts.len() } else { 8 };
            stream.extend_from_slice(parts[dice.below(kinds as u32) as usize]);
        }
        if dice.chance(1, 50) {
            stream.extend_from_slice(&long[..long.len() - dice.below(8) as usize]);
        }
        let whole = frames(&stream);
        let piece_max = [1, 2, 7, 4000][dice.below(4) as usize];
        let mut framer = Framer::default();
        let mut pieced = Vec::new();
        let mut rest = &stream[..];
        while !rest.is_empty() {
            let (piece, later) = rest.split_at(rest.len().min(1 + dice.below(piece_max) as usize));
            framer.push(piece);
            pieced.extend(drain(&mut framer));
            rest = later;
        }
        assert_eq!(pieced, whole, "round {round}: {stream:?}");
        if !framer.is_over() {
            let handed: usize = whole.iter().map(|frame| if let Frame::Message { bytes, .. } = frame { bytes.len() } else { 0 }).sum();
            assert!(handed <= stream.len());
        }
    }
}
