//! Reads a session description (RFC 8866 5, 9) the way phones write it: lines end with CR, LF or both, unknown lines are skipped, `s=` and `t=`
//! may be missing, order is not checked within a section. What an answer hangs on, the media lines and addresses, must be right.

use super::description::{Attribute, Bandwidth, Description, Host, Kind, Malformed, Media, Origin};
use crate::base::limits::{SDP_ATTRIBUTES_MAX, SDP_FORMATS_MAX, SDP_MEDIA_MAX};

impl Description {
    pub fn parse(bytes: &[u8]) -> Result<Description, Malformed> {
        let text = String::from_utf8_lossy(bytes);
        // A lone CR or a NUL ends a line too, so no value ever holds one and nothing that we write back can begin a line of its own.
        let mut lines = text
            .split('\n')
            .enumerate()
            .flat_map(|(number, line)| line.split(['\r', '\0']).map(move |part| (number + 1, part)))
            .filter(|(_, line)| !line.is_empty());
        match lines.next() {
            Some((_, "v=0")) => {}
            first => return Err(Malformed { line: first.map_or(1, |(number, _)| number), expected: "v=0" }),
        }

        let mut description = Description::default();
        let mut attributes_left = SDP_ATTRIBUTES_MAX;
        for (number, line) in lines {
            let Some((kind, value)) = line.split_once('=') else { continue };
            match kind {
                "o" => description.origin = origin(value),
                "c" => {
                    let host = connection(value).ok_or(Malformed { line: number, expected: "IN, IP4 or IP6, and an address" })?;
                    match description.media.last_mut() {
                        Some(media) => media.connection = media.connection.take().or(Some(host)),
                        None => description.connection = Some(host),
                    }
                }
                "b" => {
                    let section = match description.media.last_mut() {
                        Some(media) => &mut media.bandwidth,
                        None => &mut description.bandwidth,
                    };
                    if let Some(bandwidth) = bandwidth(value)
                        && attributes_left > 0
                    {
                        attributes_left -= 1;
                        section.push(bandwidth);
                    }
                }
                "a" => {
                    let section = match description.media.last_mut() {
                        Some(media) => &mut media.attributes,
                        None => &mut description.attributes,
                    };
                    if attributes_left > 0 {
                        attributes_left -= 1;
                        section.push(attribute(value));
                    }
                }
                // One more than we take is kept, so that the reader of the description sees that there are too many.
                "m" if description.media.len() > SDP_MEDIA_MAX => break,
                "m" => {
                    let media = media(value).ok_or(Malformed { line: number, expected: "a medium, a port, a protocol and formats" })?;
                    description.media.push(media);
                }
                _ => {}
            }
        }
        Ok(description)
    }
}

/// `alice 2890844526 2890844526 IN IP4 host.example.com`. Nothing in a call depends on it but "has it changed", so what is missing is left at
/// its default.
fn origin(value: &str) -> Origin {
    let mut words = value.split_ascii_whitespace();
    let mut origin = Origin::default();
    if let Some(username) = words.next() {
        origin.username = username.to_owned();
    }
    origin.session_id = words.next().map_or(0, number);
    origin.version = words.next().map_or(0, number);
    if let Some(address) = words.nth(2).filter(|address| !address.starts_with('/')) {
        origin.address = Host::read(address);
    }
    origin
}

/// A decimal of any length modulo 2^64: some phones write more digits than fit, and equal texts still give equal numbers.
fn number(text: &str) -> u64 {
    text.bytes().filter(u8::is_ascii_digit).fold(0, |sum: u64, digit| sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

/// `IN IP4 224.2.17.12/127`
fn connection(value: &str) -> Option<Host> {
    let mut words = value.split_ascii_whitespace();
    let (network, family, address) = (words.next()?, words.next()?, words.next()?);
    let known = network.eq_ignore_ascii_case("IN") && (family.eq_ignore_ascii_case("IP4") || family.eq_ignore_ascii_case("IP6"));
    (known && is_token(address) && !address.starts_with('/')).then(|| Host::read(address))
}

/// `AS:64`
fn bandwidth(value: &str) -> Option<Bandwidth> {
    let (kind, value) = value.split_once(':')?;
    Some(Bandwidth { kind: kind.trim().to_owned(), value: value.trim().parse().ok()? })
}

/// `rtpmap:8 PCMA/8000` or `sendrecv`
fn attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute::valued(name.trim(), value.trim()),
        None => Attribute::flag(value.trim()),
    }
}

/// `audio 49170/2 RTP/AVP 0 8`
fn media(value: &str) -> Option<Media> {
    let mut words = value.split_ascii_whitespace();
    let (kind, port, protocol) = (words.next()?, words.next()?, words.next()?);
    // The number of ports behind a slash is for layered codings, which we do not use.
    let port = port.split('/').next()?.parse().ok()?;
    let formats: Vec<String> = words.take(SDP_FORMATS_MAX).map(str::to_owned).collect();
    let is_clean = is_token(kind) && is_token(protocol) && formats.iter().all(|format| is_token(format));
    is_clean.then(|| Media {
        kind: Kind::read(kind),
        port,
        protocol: protocol.to_owned(),
        formats,
        connection: None,
        bandwidth: Vec::new(),
        attributes: Vec::new(),
    })
}

/// Only visible ASCII: these words are written back in answers.
fn is_token(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dice;

    const GOOD: &str = "v=0\r\no=alice 2890844526 2890844527 IN IP4 host.atlanta.example.com\r\ns=\r\nc=IN IP4 192.0.2.1\r\nb=AS:80\r\nt=0 0\r\n\
        a=tool:x\r\nm=audio 49170/2 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\nm=video 51372 RTP/AVP 31\r\nc=IN IP6 2001:db8::1/3\r\n";

    #[test]
    fn sections_hold_their_own_lines() {
        let description = Description::parse(GOOD.as_bytes()).unwrap();
        assert_eq!((description.origin.session_id, description.origin.version), (2890844526, 2890844527));
        assert_eq!(description.connection, Some(Host::read("192.0.2.1")));
        assert_eq!(description.bandwidth, [Bandwidth { kind: "AS".to_owned(), value: 80 }]);
        assert_eq!(description.values("tool").collect::<Vec<_>>(), ["x"]);
        let [audio, video] = &description.media[..] else { panic!("{:?}", description.media) };
        assert_eq!((&audio.kind, audio.port, &audio.protocol[..]), (&Kind::Audio, 49170, "RTP/AVP"));
        assert_eq!(audio.formats, ["0", "8"]);
        assert!(audio.has("sendonly") && !video.has("sendonly"));
        assert_eq!(description.connection_of(audio), Some(&Host::read("192.0.2.1")));
        assert_eq!(description.connection_of(video), Some(&Host::read("2001:db8::1")));
    }

    #[test]
    fn every_line_ending_reads_the_same() {
        let crlf = Description::parse(GOOD.as_bytes());
        for ending in ["\n", "\r", "\r\r\n"] {
            assert_eq!(Description::parse(GOOD.replace("\r\n", ending).as_bytes()), crlf, "{ending:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        let check = |text: &str, line, expected: &str| {
            let malformed = Description::parse(text.as_bytes()).unwrap_err();
            assert!(malformed.line == line && malformed.expected.contains(expected), "{text:?}: {malformed}");
        };
        check("", 1, "v=0");
        check("hello", 1, "v=0");
        check("v=1\r\n", 1, "v=0");
        check("v=0\r\nm=audio 70000 RTP/AVP 0\r\n", 2, "port");
        check("v=0\r\nm=audio -1 RTP/AVP 0\r\n", 2, "port");
        check("v=0\r\nm=audio 4000\r\n", 2, "protocol");
        check("v=0\r\ns=-\r\nc=IN IP4\r\n", 3, "address");
        check("v=0\r\ns=-\r\nc=ATM NSAP 47\r\n", 3, "IP4");
    }

    #[test]
    fn odd_origins_do_not_lose_the_call() {
        let origin = |text: &str| Description::parse(format!("v=0\no={text}\n").as_bytes()).unwrap().origin;
        assert_eq!(origin("").session_id, 0);
        assert_eq!(origin("- 12").session_id, 12);
        let long = "- 99999999999999999999999999 1 IN IP4 192.0.2.1";
        assert_eq!(origin(long), origin(long));
        assert_eq!(origin(long).address, Host::read("192.0.2.1"));
    }

    #[test]
    fn growth_ends() {
        let many = format!("v=0\n{}{}", "a=x\n".repeat(5000), "m=audio 1 RTP/AVP 0\n".repeat(100));
        let description = Description::parse(many.as_bytes()).unwrap();
        assert_eq!(description.attributes.len(), SDP_ATTRIBUTES_MAX);
        assert_eq!(description.media.len(), SDP_MEDIA_MAX + 1);
        let wide = format!("v=0\nm=audio 1 RTP/AVP{}\n", " 0".repeat(500));
        assert_eq!(Description::parse(wide.as_bytes()).unwrap().media[0].formats.len(), SDP_FORMATS_MAX);
    }

    #[test]
    fn garbage_never_panics_and_what_parses_writes_and_parses_again() {
        let mut dice = Dice::from_number(5);
        for round in 0..20_000 {
            let mut bytes = GOOD.as_bytes().to_vec();
            for _ in 0..=dice.below(8) {
                let at = dice.below(bytes.len() as u32) as usize;
                match dice.below(4) {
                    0 => bytes[at] = dice.u32() as u8,
                    1 => bytes.insert(at, b" \r\n=:/0\xff"[dice.below(8) as usize]),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(4)),
                }
            }
            if let Ok(description) = Description::parse(&bytes) {
                let written = description.write();
                let again = Description::parse(written.as_bytes());
                assert_eq!(again.as_ref().map(Description::write), Ok(written), "round {round}");
                drop(crate::sdp::read(&description));
            }
        }
    }
}
