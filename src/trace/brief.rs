//! What a ladder says of a message, read from its bytes without judging them.

/// The values of a header field, found by its name or its one letter.
fn header<'a>(message: &'a str, name: &str, short: &str) -> Option<&'a str> {
    let head = message.split("\r\n\r\n").next()?;
    head.split("\r\n").skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        let found = found.trim();
        (found.eq_ignore_ascii_case(name) || !short.is_empty() && found.eq_ignore_ascii_case(short)).then(|| value.trim())
    })
}

pub fn call_id(bytes: &[u8]) -> Option<&str> {
    header(head(bytes)?, "Call-ID", "i")
}

/// `CSeq` as it stands, such as `2 INVITE`.
pub fn cseq(bytes: &[u8]) -> Option<&str> {
    header(head(bytes)?, "CSeq", "")
}

pub fn reason(bytes: &[u8]) -> Option<&str> {
    header(head(bytes)?, "Reason", "")
}

/// A request's method, or a response's status and phrase.
pub fn title(bytes: &[u8]) -> Option<String> {
    let line = head(bytes)?.split("\r\n").next()?;
    match line.strip_prefix("SIP/2.0 ") {
        Some(status) => Some(status.trim().to_owned()),
        None => line.split(' ').next().map(str::to_owned),
    }
}

pub fn status(bytes: &[u8]) -> Option<u16> {
    head(bytes)?.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
}

/// There is a session description in it.
pub fn has_sdp(bytes: &[u8]) -> bool {
    bytes.windows(8).any(|window| window == b"\r\n\r\nv=0\r")
}

/// The head alone, for a body may be anything.
fn head(bytes: &[u8]) -> Option<&str> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ladder_says_of_a_message() {
        let invite = b"INVITE sip:102@box SIP/2.0\r\ni : abc@host\r\nCSeq: 2 INVITE\r\n\r\nv=0\r\nCall-ID: not this";
        assert_eq!((call_id(invite), cseq(invite), title(invite).as_deref()), (Some("abc@host"), Some("2 INVITE"), Some("INVITE")));
        assert!(has_sdp(invite) && status(invite).is_none());
        let busy = b"SIP/2.0 486 Busy Here\r\nCall-ID: abc\r\nReason: Q.850;cause=17\r\n\r\n";
        assert_eq!((title(busy).as_deref(), status(busy), reason(busy)), (Some("486 Busy Here"), Some(486), Some("Q.850;cause=17")));
        assert_eq!((call_id(b"\xff\xfe"), title(b""), has_sdp(busy)), (None, Some(String::new()), false));
    }
}
