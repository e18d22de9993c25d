//! Forms with a file in them (RFC 7578): the bodies that browsers write for `enctype="multipart/form-data"`.

/// One field of such a form.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub name: String,
    /// A file was chosen for it, and this is what it holds.
    pub is_file: bool,
    pub content: &'a [u8],
}

/// Of a file's parts all that are whole; what is broken ends the list.
const PARTS_MAX: usize = 100;

/// The boundary that the content type names, if the body is such a form.
pub fn boundary(content_type: &str) -> Option<&str> {
    let parameters = content_type.get(..19).filter(|kind| kind.eq_ignore_ascii_case("multipart/form-data")).map(|_| &content_type[19..])?;
    let boundary = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    // RFC 2046 5.1.1.
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

pub fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let Some(mut rest) = after(body, mark.as_bytes()) else { return parts };
    let end = format!("\r\n{mark}");
    while parts.len() < PARTS_MAX {
        let Some(part) = rest.strip_prefix(b"\r\n") else { break };
        let Some((content, next)) = split(part, end.as_bytes()) else { break };
        let Some((head, content)) = split(content, b"\r\n\r\n") else { break };
        let Some(part) = part_of(head, content) else { break };
        parts.push(part);
        rest = next;
    }
    parts
}

fn part_of<'a>(head: &[u8], content: &'a [u8]) -> Option<Part<'a>> {
    let head = String::from_utf8_lossy(head);
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let value = |key: &str| {
        let mark = format!("{key}=\"");
        let found = disposition.match_indices(mark.as_str()).find(|(at, _)| disposition[..*at].ends_with([' ', ';']))?;
        let rest = &disposition[found.0 + mark.len()..];
        Some(rest[..rest.find('"')?].to_owned())
    };
    Some(Part { name: value("name")?, is_file: value("filename").is_some(), content })
}

fn after<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    split(bytes, mark).map(|(_, after)| after)
}

fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--xYz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--xYz\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a \xc3\xa8.csv\"\r\nContent-Type: text/csv\r\n\r\nName\r\n\r\nAnna\r\n\r\n--xYz--\r\n";

    #[test]
    fn fields_and_files_are_told_apart() {
        assert_eq!(boundary("multipart/form-data; boundary=xYz"), Some("xYz"));
        assert_eq!(boundary("Multipart/Form-Data; charset=utf-8; boundary=\"x z\""), Some("x z"));
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        let parts = parts(BODY, "xYz");
        assert_eq!(parts[0], Part { name: "csrf".to_owned(), is_file: false, content: b"abc" });
        assert_eq!(parts[1], Part { name: "file".to_owned(), is_file: true, content: b"Name\r\n\r\nAnna\r\n" });
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn a_body_that_is_cut_anywhere_is_read_without_a_panic() {
        for end in 0..BODY.len() {
            assert!(parts(&BODY[..end], "xYz").len() <= 2);
        }
        assert!(parts(BODY, "other").is_empty());
    }
}
