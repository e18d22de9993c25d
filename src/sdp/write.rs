//! Writes a session description (RFC 8866 5): CRLF after every line, and no value can begin a line of its own.

use std::fmt::{self, Write};

use super::description::{Attribute, Bandwidth, Description};

impl Description {
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(512);
        let origin = &self.origin;
        line(&mut text, 'v', format_args!("0"));
        let numbers = format_args!("{} {}", origin.session_id, origin.version);
        line(&mut text, 'o', format_args!("{} {numbers} IN {}", origin.username, origin.address));
        line(&mut text, 's', format_args!("-"));
        if let Some(connection) = &self.connection {
            line(&mut text, 'c', format_args!("IN {connection}"));
        }
        bandwidth(&mut text, &self.bandwidth);
        line(&mut text, 't', format_args!("0 0"));
        attributes(&mut text, &self.attributes);
        for media in &self.media {
            // RFC 8866 5.14 asks for at least one format, on refused lines too.
            let formats = if media.formats.is_empty() { "0".to_owned() } else { media.formats.join(" ") };
            line(&mut text, 'm', format_args!("{} {} {} {formats}", media.kind, media.port, media.protocol));
            if let Some(connection) = &media.connection {
                line(&mut text, 'c', format_args!("IN {connection}"));
            }
            bandwidth(&mut text, &media.bandwidth);
            attributes(&mut text, &media.attributes);
        }
        text
    }
}

fn bandwidth(text: &mut String, lines: &[Bandwidth]) {
    for Bandwidth { kind, value } in lines {
        line(text, 'b', format_args!("{kind}:{value}"));
    }
}

fn attributes(text: &mut String, attributes: &[Attribute]) {
    for Attribute { name, value } in attributes {
        match value {
            Some(value) => line(text, 'a', format_args!("{name}:{value}")),
            None => line(text, 'a', format_args!("{name}")),
        }
    }
}

fn line(text: &mut String, kind: char, value: fmt::Arguments<'_>) {
    text.push(kind);
    text.push('=');
    // Writing to a String cannot fail.
    let _ = OneLine(text).write_fmt(value);
    text.push_str("\r\n");
}

/// CR, LF and NUL of a value become spaces.
struct OneLine<'a>(&'a mut String);

impl Write for OneLine<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.extend(part.chars().map(|c| if matches!(c, '\r' | '\n' | '\0') { ' ' } else { c }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_a_line() {
        let mut description = Description::default();
        description.attributes.push(Attribute::valued("tool", "x\r\nm=audio 1 RTP/AVP 0"));
        let text = description.write();
        assert!(text.ends_with("a=tool:x  m=audio 1 RTP/AVP 0\r\n"), "{text}");
        assert!(Description::parse(text.as_bytes()).unwrap().media.is_empty());
    }
}
