//! The part of BER that LDAP is written in (RFC 4511 5.1): one-byte tags, definite lengths.
//!
//! ```text
//! +-----+--------------------+-----------+      length: 0LLLLLLL            up to 127
//! | tag | length (1 to 5 B)  | content…  |              1000000N L1 … LN    N of 1 to 4, zeros in front allowed
//! +-----+--------------------+-----------+
//! ```
//! Our own, for two reasons: `ldap3_proto` is under a licence (MPL-2.0) that this program links nothing under, and the BER crate below
//! it drops a damaged element at the end of a sequence without a word, where RFC 4511 4.1.1 wants the connection ended.

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const OCTET_STRING: u8 = 0x04;
pub const ENUMERATED: u8 = 0x0a;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// Bytes that are no LDAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    pub expected: &'static str,
}

/// What the beginning of a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Not yet a whole message.
    More,
    /// A message of so many bytes.
    Whole(usize),
    Malformed,
}

/// Finds the end of the message at the front of `bytes`; one longer than `bytes_max` is malformed at once.
pub fn frame(bytes: &[u8], bytes_max: usize) -> Framing {
    match bytes.first() {
        None => return Framing::More,
        Some(&SEQUENCE) => {}
        Some(_) => return Framing::Malformed,
    }
    match length(&bytes[1..]) {
        Length::More => Framing::More,
        Length::Malformed => Framing::Malformed,
        Length::Known { head_bytes, content_bytes } => match 1 + head_bytes + content_bytes {
            whole if whole > bytes_max => Framing::Malformed,
            whole if whole > bytes.len() => Framing::More,
            whole => Framing::Whole(whole),
        },
    }
}

enum Length {
    More,
    Malformed,
    Known { head_bytes: usize, content_bytes: usize },
}

fn length(bytes: &[u8]) -> Length {
    let Some(first) = bytes.first() else { return Length::More };
    match first {
        0..=0x7f => Length::Known { head_bytes: 1, content_bytes: usize::from(*first) },
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let Some(octets) = bytes.get(1..=count) else { return Length::More };
            let content_bytes = octets.iter().fold(0u32, |length, octet| length << 8 | u32::from(*octet));
            Length::Known { head_bytes: 1 + count, content_bytes: content_bytes as usize }
        }
        // The indefinite form, and lengths that no message has.
        _ => Length::Malformed,
    }
}

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
}

/// Reads element after element of a constructed one.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(content: &'a [u8]) -> Reader<'a> {
        Reader { rest: content }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub fn element(&mut self) -> Result<Element<'a>, Malformed> {
        const WHOLE: Malformed = Malformed { expected: "a whole element" };
        let (tag, rest) = self.rest.split_first().ok_or(WHOLE)?;
        let Length::Known { head_bytes, content_bytes } = length(rest) else { return Err(WHOLE) };
        // Tag numbers from 31 on take more bytes; LDAP has none.
        if tag & 0x1f == 0x1f || rest.len() - head_bytes < content_bytes {
            return Err(WHOLE);
        }
        let (content, rest) = rest[head_bytes..].split_at(content_bytes);
        self.rest = rest;
        Ok(Element { tag: *tag, content })
    }

    pub fn expect(&mut self, tag: u8, expected: &'static str) -> Result<&'a [u8], Malformed> {
        match self.element()? {
            element if element.tag == tag => Ok(element.content),
            _ => Err(Malformed { expected }),
        }
    }

    pub fn integer(&mut self, expected: &'static str) -> Result<i32, Malformed> {
        integer(self.expect(INTEGER, expected)?, expected)
    }

    pub fn enumerated(&mut self, expected: &'static str) -> Result<i32, Malformed> {
        integer(self.expect(ENUMERATED, expected)?, expected)
    }

    pub fn boolean(&mut self, expected: &'static str) -> Result<bool, Malformed> {
        boolean(self.expect(BOOLEAN, expected)?, expected)
    }

    /// An LDAPString.
    pub fn text(&mut self, expected: &'static str) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.expect(OCTET_STRING, expected)?).map_err(|_| Malformed { expected })
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.is_empty() { Ok(()) } else { Err(Malformed { expected: "nothing more" }) }
    }
}

pub fn integer(content: &[u8], expected: &'static str) -> Result<i32, Malformed> {
    match content.first() {
        Some(first) if content.len() <= 4 => {
            let sign = if first & 0x80 == 0 { 0 } else { -1 };
            Ok(content.iter().fold(sign, |value, octet| value << 8 | i32::from(*octet)))
        }
        _ => Err(Malformed { expected }),
    }
}

pub fn boolean(content: &[u8], expected: &'static str) -> Result<bool, Malformed> {
    match content {
        [octet] => Ok(*octet != 0),
        _ => Err(Malformed { expected }),
    }
}

/// Writes elements behind one another.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub fn octets(&mut self, tag: u8, content: &[u8]) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&length_octets(content.len()));
        self.bytes.extend_from_slice(content);
    }

    pub fn text(&mut self, text: &str) {
        self.octets(OCTET_STRING, text.as_bytes());
    }

    /// In as few octets as hold it with its sign.
    pub fn integer(&mut self, tag: u8, value: i32) {
        let octets = value.to_be_bytes();
        let sign = if value < 0 { 0xff } else { 0 };
        let needless = octets.windows(2).take_while(|pair| pair[0] == sign && (pair[1] ^ sign) & 0x80 == 0).count();
        self.octets(tag, &octets[needless..]);
    }

    pub fn constructed(&mut self, tag: u8, write: impl FnOnce(&mut Writer)) {
        self.bytes.push(tag);
        let start = self.bytes.len();
        write(self);
        let length = length_octets(self.bytes.len() - start);
        self.bytes.splice(start..start, length);
    }
}

fn length_octets(length: usize) -> Vec<u8> {
    let octets = length.to_be_bytes();
    let leading = octets.iter().take_while(|octet| **octet == 0).count();
    match &octets[leading..] {
        [] => vec![0],
        [short] if *short < 0x80 => vec![*short],
        long => [&[0x80 | long.len() as u8], long].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for value in [0, 1, 127, 128, 255, 256, 65_535, i32::MAX, -1, -128, -129, i32::MIN] {
            let mut writer = Writer::default();
            writer.integer(INTEGER, value);
            let bytes = writer.into_bytes();
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.integer("a number"), Ok(value));
            reader.end().unwrap();
        }
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let mut writer = Writer::default();
            writer.constructed(SEQUENCE, |writer| writer.octets(OCTET_STRING, &vec![7; length]));
            let bytes = writer.into_bytes();
            assert_eq!(frame(&bytes, usize::MAX), Framing::Whole(bytes.len()));
            assert_eq!(frame(&bytes[..bytes.len() - 1], usize::MAX), Framing::More);
            assert_eq!(frame(&bytes, bytes.len() - 1), Framing::Malformed);
            let mut reader = Reader::new(&bytes);
            let mut inner = Reader::new(reader.expect(SEQUENCE, "a sequence").unwrap());
            assert_eq!(inner.expect(OCTET_STRING, "octets").unwrap().len(), length);
        }
        let mut writer = Writer::default();
        writer.integer(INTEGER, 128);
        assert_eq!(writer.into_bytes(), [2, 2, 0, 128]);
    }

    #[test]
    fn lengths_may_have_zeros_in_front_but_must_be_definite() {
        let check = |bytes: &[u8], expected: Framing| assert_eq!(frame(bytes, 100), expected, "{bytes:?}");
        check(&[0x30, 0x84, 0, 0, 0, 1, 5], Framing::Whole(7));
        check(&[0x30, 0x84, 0, 0, 0], Framing::More);
        check(&[0x30], Framing::More);
        check(&[], Framing::More);
        check(&[0x30, 0x80, 0, 0], Framing::Malformed);
        check(&[0x30, 0x85, 0, 0, 0, 0, 1, 5], Framing::Malformed);
        check(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], Framing::Malformed);
        check(b"GET / HTTP/1.1", Framing::Malformed);
    }

    #[test]
    fn an_element_must_lie_within_its_parent() {
        for bytes in [&[4, 2, 1][..], &[0x1f, 1, 1], &[4], &[4, 0x80], &[4, 0x84, 0xff, 0xff, 0xff, 0xff]] {
            assert!(Reader::new(bytes).element().is_err(), "{bytes:?}");
        }
        assert!(Reader::new(&[2, 0]).integer("a number").is_err());
        assert!(Reader::new(&[2, 5, 0, 0, 0, 0, 1]).integer("a number").is_err());
        assert!(Reader::new(&[4, 1, 0xff]).text("text").is_err());
    }
}
