//! vCard 3.0 (RFC 2426), 4.0 (RFC 6350) and the 2.1 that old phones write, with its quoted-printable values.
//!
//! A card gives N or FN, ORG, the first EMAIL, and of its TELs the first of each kind: mobile, home, any other voice. Fax and pager are
//! passed over.

use super::{Contact, ImportReason, Imported, latin1, split_name};

pub fn read(text: &str, imported: &mut Imported) {
    let mut card: Option<(u64, Contact)> = None;
    for Line { number, text } in unfolded(text) {
        let Some(property) = Property::parse(&text) else { continue };
        let value = property.value.as_str();
        match property.name.as_str() {
            "BEGIN" if value.eq_ignore_ascii_case("VCARD") => {
                if let Some((begun, _)) = card.replace((number, Contact::default())) {
                    imported.refuse(begun, ImportReason::NotEnded);
                }
            }
            "END" if value.eq_ignore_ascii_case("VCARD") => {
                if let Some((begun, contact)) = card.take() {
                    imported.take(begun, contact);
                }
            }
            _ => {
                if let Some((_, contact)) = &mut card {
                    property.put_into(contact);
                }
            }
        }
    }
    if let Some((begun, _)) = card {
        imported.refuse(begun, ImportReason::NotEnded);
    }
}

/// A logical line and the number of the first that it was written in.
struct Line {
    number: u64,
    text: String,
}

/// RFC 6350 3.2: a line that begins with a space goes on with the one before. In 2.1 also a quoted-printable value that ends in `=`.
fn unfolded(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, raw) in (1..).zip(text.lines()) {
        if let Some(last) = lines.last_mut() {
            if let Some(rest) = raw.strip_prefix([' ', '\t']) {
                last.text.push_str(rest);
                continue;
            }
            let head = last.text.split(':').next().unwrap_or("");
            if last.text.ends_with('=') && head.to_ascii_uppercase().contains("QUOTED-PRINTABLE") {
                last.text.pop();
                last.text.push_str(raw);
                continue;
            }
        }
        lines.push(Line { number, text: raw.to_owned() });
    }
    lines
}

/// `item1.TEL;TYPE=cell:+39…`
struct Property {
    /// In capitals, without its group.
    name: String,
    /// Types and bare parameters, in lower case.
    types: Vec<String>,
    value: String,
}

impl Property {
    fn parse(line: &str) -> Option<Property> {
        let (head, value) = split_outside_quotes(line, ':')?;
        let mut parts = Vec::new();
        let mut rest = head;
        while let Some((part, others)) = split_outside_quotes(rest, ';') {
            parts.push(part);
            rest = others;
        }
        parts.push(rest);
        let name = parts.first()?.rsplit('.').next()?.to_ascii_uppercase();
        let (mut types, mut value, mut charset) = (Vec::new(), value.to_owned(), String::new());
        let mut is_quoted_printable = false;
        for parameter in &parts[1..] {
            let (key, given) = parameter.split_once('=').unwrap_or(("TYPE", parameter));
            let given = given.replace('"', "").to_ascii_lowercase();
            match key.to_ascii_uppercase().as_str() {
                "CHARSET" => charset = given,
                "ENCODING" | "TYPE" if given == "quoted-printable" => is_quoted_printable = true,
                "TYPE" => types.extend(given.split(',').map(str::to_owned)),
                _ => {}
            }
        }
        if is_quoted_printable {
            value = from_quoted_printable(&value, &charset);
        }
        Some(Property { name, types, value })
    }

    fn put_into(&self, contact: &mut Contact) {
        match self.name.as_str() {
            "N" => {
                let mut parts = split_unescaped(&self.value).into_iter();
                contact.last_name = parts.next().unwrap_or_default();
                contact.first_name = parts.next().unwrap_or_default();
            }
            // It comes before or after N, and counts only without one.
            "FN" if contact.first_name.is_empty() && contact.last_name.is_empty() => {
                (contact.first_name, contact.last_name) = split_name(&split_unescaped(&self.value).join(";"));
            }
            "ORG" if contact.organization.is_empty() => {
                let mut parts = split_unescaped(&self.value).into_iter();
                contact.organization = parts.next().unwrap_or_default();
                contact.department = parts.next().unwrap_or_default();
            }
            "EMAIL" if contact.email.is_empty() => contact.email = split_unescaped(&self.value).join(";"),
            "TEL" => {
                let is = |kind: &str| self.types.iter().any(|given| given == kind);
                let field = match () {
                    () if is("fax") || is("pager") || is("bbs") || is("modem") => return,
                    () if is("cell") => &mut contact.mobile,
                    () if is("home") => &mut contact.home,
                    () => &mut contact.phone,
                };
                if field.is_empty() {
                    *field = number_of(&self.value);
                }
            }
            _ => {}
        }
    }
}

/// Of `tel:+39-02-1;ext=2` (RFC 3966) the number.
fn number_of(value: &str) -> String {
    let value = value.trim();
    match value.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => value[4..].split(';').next().unwrap_or("").to_owned(),
        _ => value.to_owned(),
    }
}

fn split_outside_quotes(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = text.char_indices().find(|(_, character)| {
        is_quoted ^= *character == '"';
        !is_quoted && *character == separator
    });
    at.map(|(at, _)| (&text[..at], &text[at + 1..]))
}

/// Components of a structured value, their escapes resolved (RFC 6350 3.4).
fn split_unescaped(value: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' => parts.push(std::mem::take(&mut part)),
            '\\' => match characters.next() {
                Some('n' | 'N') => part.push(' '),
                Some(escaped) => part.push(escaped),
                None => {}
            },
            plain => part.push(plain),
        }
    }
    parts.push(part);
    parts
}

/// RFC 2045 6.7; what is damaged stays as it is.
fn from_quoted_printable(value: &str, charset: &str) -> String {
    let hex = |digit: Option<&u8>| digit.and_then(|digit| char::from(*digit).to_digit(16));
    let bytes = value.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        match (bytes[at], hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'=', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    let is_latin = charset.starts_with("iso-8859-1") || charset.starts_with("windows-125");
    match String::from_utf8(decoded) {
        Ok(text) if !is_latin => text,
        Ok(text) => latin1(text.as_bytes()),
        Err(error) => latin1(error.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Contact, ImportReason, RowFault, read};

    fn check(text: &str, expected: Contact) {
        let imported = read(text.as_bytes());
        assert_eq!(imported.contacts, [expected], "{text}: {:?}", imported.faults);
    }

    #[test]
    fn version_3_with_folded_lines_and_groups() {
        check(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Bo;Anna;Maria;Dr.;\r\nFN:Dr. Anna Bo\r\nORG:Acme\\, Inc\\;\r\n  Söhne;Sales\r\n\
             item1.TEL;TYPE=\"work,voice\":+39 02\r\n  1234567\r\nTEL;TYPE=CELL;TYPE=pref:333 111\r\nTEL;TYPE=fax:999\r\nTEL;TYPE=home:(02) 5\r\n\
             TEL;TYPE=cell:444\r\nEMAIL;TYPE=internet:anna@example.com\r\nEMAIL:second@example.com\r\nNOTE:a\\nb:c;d\r\nEND:VCARD\r\n",
            Contact {
                first_name: "Anna".to_owned(),
                last_name: "Bo".to_owned(),
                phone: "+39021234567".to_owned(),
                mobile: "333111".to_owned(),
                home: "025".to_owned(),
                email: "anna@example.com".to_owned(),
                organization: "Acme, Inc; Söhne".to_owned(),
                department: "Sales".to_owned(),
            },
        );
    }

    #[test]
    fn version_4_with_uris() {
        check(
            "begin:vcard\nVERSION:4.0\nFN:Anna Maria Bo\nTEL;VALUE=uri;TYPE=\"voice,home\";PREF=1:tel:+39-02-12;ext=5\n\
             TEL;VALUE=uri;TYPE=cell:tel:+39-333\nend:vcard\n",
            Contact {
                first_name: "Anna Maria".to_owned(),
                last_name: "Bo".to_owned(),
                home: "+390212".to_owned(),
                mobile: "+39333".to_owned(),
                ..Contact::default()
            },
        );
    }

    #[test]
    fn version_2_1_with_quoted_printable() {
        check(
            "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCl=\nler;Zo=C3=AB\n\
             ORG;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:S=F6hne\nTEL;CELL;VOICE:333\nEND:VCARD",
            Contact {
                first_name: "Zoë".to_owned(),
                last_name: "Müller".to_owned(),
                mobile: "333".to_owned(),
                organization: "Söhne".to_owned(),
                ..Contact::default()
            },
        );
    }

    #[test]
    fn each_card_stands_alone() {
        let text = "BEGIN:VCARD\nFN:A\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\nBEGIN:VCARD\nFN:C\nBEGIN:VCARD\nFN:D\nTEL:4\nEND:VCARD\nBEGIN:VCARD\n";
        let imported = read(text.as_bytes());
        assert_eq!(imported.contacts.iter().map(|contact| contact.last_name.as_str()).collect::<Vec<_>>(), ["A", "D"]);
        let fault = |line, reason| RowFault { line, reason };
        assert_eq!(
            imported.faults,
            [fault(5, ImportReason::NoNumber), fault(8, ImportReason::NotEnded), fault(14, ImportReason::NotEnded)]
        );
    }
}
