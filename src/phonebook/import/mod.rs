//! Contacts out of other programs' files: CSV with a header row, and vCard.
//!
//! In flow the bytes of a file; out flow the [`Contact`]s that can be used and a [`RowFault`] for each that cannot. Nothing is kept here.

mod csv;
mod vcard;

pub use crate::text::phonebook::ImportReason;

use crate::base::limits::{DIALLED_CHARS_MAX, IMPORT_FAULTS_MAX, IMPORT_FILE_BYTES_MAX, TEXT_CHARS_MAX};

/// One that can be made a contact of the phonebook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    pub first_name: String,
    pub last_name: String,
    /// Keys of the settings, as all fields here.
    pub phone: String,
    pub mobile: String,
    pub home: String,
    pub email: String,
    pub organization: String,
    pub department: String,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub contacts: Vec<Contact>,
    /// The first so many.
    pub faults: Vec<RowFault>,
    /// Of all rows or cards that were left out.
    pub fault_count: usize,
}

/// A row or card that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line that it begins in, from 1.
    pub line: u64,
    pub reason: ImportReason,
}

/// Reads either format: a vCard says so in its first line.
pub fn read(bytes: &[u8]) -> Imported {
    let mut imported = Imported::default();
    if bytes.len() > IMPORT_FILE_BYTES_MAX {
        imported.refuse(1, ImportReason::FileTooLong { bytes_max: IMPORT_FILE_BYTES_MAX });
        return imported;
    }
    let text = decode(bytes);
    let begins_card = text.trim_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCARD"));
    if begins_card {
        vcard::read(&text, &mut imported)
    } else {
        csv::read(&text, &mut imported)
    }
    imported
}

/// UTF-8; what is not is taken for Latin-1, which old address books write.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => latin1(bytes),
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

impl Imported {
    fn take(&mut self, line: u64, contact: Contact) {
        match checked(contact) {
            Ok(contact) => self.contacts.push(contact),
            Err(reason) => self.refuse(line, reason),
        }
    }

    fn refuse(&mut self, line: u64, reason: ImportReason) {
        self.fault_count += 1;
        if self.faults.len() < IMPORT_FAULTS_MAX {
            self.faults.push(RowFault { line, reason });
        }
    }
}

/// In the form in which the settings take it.
fn checked(mut contact: Contact) -> Result<Contact, ImportReason> {
    for text in [&mut contact.first_name, &mut contact.last_name, &mut contact.email, &mut contact.organization, &mut contact.department] {
        *text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(ImportReason::TooLong { chars_max: TEXT_CHARS_MAX });
        }
    }
    for number in [&mut contact.phone, &mut contact.mobile, &mut contact.home] {
        *number = dialable(number)?;
    }
    if contact.phone.is_empty() && contact.mobile.is_empty() && contact.home.is_empty() {
        return Err(ImportReason::NoNumber);
    }
    if contact.first_name.is_empty() && contact.last_name.is_empty() && contact.organization.is_empty() {
        return Err(ImportReason::NoName);
    }
    Ok(contact)
}

/// `+39 (0)2 123-456` is dialled `+392123456`: a zero in brackets is for those who dial without the country.
fn dialable(written: &str) -> Result<String, ImportReason> {
    let written = written.trim();
    let number = super::squeeze(&if written.starts_with('+') { written.replace("(0)", "") } else { written.to_owned() });
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let is_one = digits.len() <= DIALLED_CHARS_MAX && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#'));
    if is_one && (!digits.is_empty() || number.is_empty()) {
        return Ok(number);
    }
    Err(ImportReason::NotANumber { given: written.chars().take(TEXT_CHARS_MAX).collect() })
}

/// `Anna Maria Bo` has the last name Bo.
fn split_name(name: &str) -> (String, String) {
    let name = name.trim();
    let (first, last) = name.rsplit_once(char::is_whitespace).unwrap_or(("", name));
    (first.trim().to_owned(), last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_must_be_one_that_can_be_dialled() {
        let check = |written: &str, expected: Option<&str>| assert_eq!(dialable(written).ok().as_deref(), expected, "{written}");
        check(" +39 (0)2 123-456 ", Some("+392123456"));
        check("(0)2 123", Some("02123"));
        check("", Some(""));
        check("*43#", Some("*43#"));
        check("+", None);
        check("12+3", None);
        check("101 ext. 5", None);
        check(&"1".repeat(33), None);
    }

    #[test]
    fn faults_are_counted_and_the_first_are_told() {
        let mut text = "Name;Phone\n".to_owned();
        for _ in 0..IMPORT_FAULTS_MAX + 5 {
            text.push_str("Anna;none\n");
        }
        let imported = read(text.as_bytes());
        assert_eq!((imported.faults.len(), imported.fault_count), (IMPORT_FAULTS_MAX, IMPORT_FAULTS_MAX + 5));
        assert_eq!(imported.faults[1], RowFault { line: 3, reason: ImportReason::NotANumber { given: "none".to_owned() } });
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_whole() {
        let imported = read(&vec![b'x'; IMPORT_FILE_BYTES_MAX + 1]);
        assert_eq!(imported.faults[0].reason, ImportReason::FileTooLong { bytes_max: IMPORT_FILE_BYTES_MAX });
        assert!(imported.contacts.is_empty());
    }
}
