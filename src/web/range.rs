//! A part of what there is (RFC 9110 14): how a player jumps to the middle of a recording.

use super::http::{Method, Request, Response};

/// One range of bytes, if the request asks for one that can be read; several, or one on a condition, get the whole, as the RFC allows.
pub fn part(request: &Request, whole: Response) -> Response {
    let whole = whole.with_header("Accept-Ranges", "bytes");
    let bytes = whole.body.len();
    let asked = request.header("range").filter(|_| request.method == Method::Get && request.header("if-range").is_none());
    match asked.and_then(|asked| range(asked, bytes)) {
        None => whole,
        Some(None) => Response::empty(416).with_header("Content-Range", format!("bytes */{bytes}")),
        Some(Some((first, last))) => {
            let mut part = whole.with_header("Content-Range", format!("bytes {first}-{last}/{bytes}"));
            part.status = 206;
            part.body = part.body[first..=last].to_vec();
            part
        }
    }
}

/// First and last byte. `None`: it is not to be looked at; `Some(None)`: there are no such bytes.
fn range(asked: &str, bytes: usize) -> Option<Option<(usize, usize)>> {
    let (unit, set) = asked.split_once('=')?;
    let (first, last) = set.trim().split_once('-').filter(|_| unit.trim().eq_ignore_ascii_case("bytes"))?;
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().unwrap_or(usize::MAX));
    let found = match (first, last) {
        ("", "") => return None,
        ("", count) => (bytes.saturating_sub(number(count)?), bytes.checked_sub(1).filter(|_| count.bytes().any(|byte| byte != b'0'))),
        (first, "") => (number(first)?, bytes.checked_sub(1)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            (first, bytes.checked_sub(1).map(|end| end.min(last)))
        }
    };
    Some(found.1.filter(|last| found.0 <= *last).map(|last| (found.0, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_has_them() {
        for (asked, expected) in [
            ("bytes=0-3", Some(Some((0, 3)))),
            ("bytes=4-", Some(Some((4, 9)))),
            ("Bytes = 4-", Some(Some((4, 9)))),
            ("bytes=-3", Some(Some((7, 9)))),
            ("bytes=-30", Some(Some((0, 9)))),
            ("bytes=8-99999999999999999999999", Some(Some((8, 9)))),
            ("bytes=10-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=5-4", None),
            ("bytes=0-1,4-5", None),
            ("bytes=-", None),
            ("bytes=a-", None),
            ("seconds=0-3", None),
            ("bytes", None),
        ] {
            assert_eq!(range(asked, 10), expected, "{asked}");
        }
        assert_eq!(range("bytes=0-", 0), Some(None));
        assert_eq!(range("bytes=-1", 0), Some(None));
    }
}
