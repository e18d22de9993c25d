use super::{Headers, Name, Request, Response};

/// A message that may not be written, because a value would break its frame. It is our own mistake, never the peer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    pub field: String,
}

impl std::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} holds CR or LF", self.field)
    }
}

impl Request {
    /// The bytes of the message. Content-Length is written from the body, whatever the fields say.
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        let mut bytes = Vec::with_capacity(512 + self.body.len());
        bytes.extend_from_slice(self.method.as_str().as_bytes());
        bytes.push(b' ');
        let uri = self.uri.to_string();
        refuse_breaks("the Request-URI", &uri)?;
        bytes.extend_from_slice(uri.as_bytes());
        bytes.extend_from_slice(b" SIP/2.0\r\n");
        write_rest(&mut bytes, &self.headers, &self.body)?;
        Ok(bytes)
    }
}

impl Response {
    /// The bytes of the message. Content-Length is written from the body, whatever the fields say.
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        let mut bytes = Vec::with_capacity(512 + self.body.len());
        refuse_breaks("the reason phrase", &self.reason)?;
        bytes.extend_from_slice(format!("SIP/2.0 {} {}\r\n", self.status, self.reason).as_bytes());
        write_rest(&mut bytes, &self.headers, &self.body)?;
        Ok(bytes)
    }
}

fn write_rest(bytes: &mut Vec<u8>, headers: &Headers, body: &[u8]) -> Result<(), Unwritable> {
    for field in headers.iter() {
        if field.name == Name::ContentLength {
            continue;
        }
        refuse_breaks(field.name.as_str(), &field.value)?;
        bytes.extend_from_slice(field.name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(field.value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    Ok(())
}

fn refuse_breaks(field: &str, value: &str) -> Result<(), Unwritable> {
    if value.bytes().any(|b| matches!(b, b'\r' | b'\n')) {
        return Err(Unwritable { field: field.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;
    use crate::sip::uri::Uri;

    #[test]
    fn breaks_are_refused_and_length_is_ours() {
        let mut request = Request::new(Method::Options, Uri::parse("sip:a@b").unwrap());
        request.headers.push(Name::ContentLength, "77");
        request.headers.push(Name::from_token("X-Own"), "kept");
        request.body = b"hi".to_vec();
        assert_eq!(request.write().unwrap(), b"OPTIONS sip:a@b SIP/2.0\r\nX-Own: kept\r\nContent-Length: 2\r\n\r\nhi");
        request.headers.push(Name::Subject, "a\r\nVia: evil");
        assert_eq!(request.write(), Err(Unwritable { field: "Subject".to_owned() }));
    }
}
