//! The phonebook as XML, for phones that read no LDAP. Each brand has a format of its own; all are a flat list in the order of names.
//!
//! ```text
//! Yealink, Fanvil   <…IPPhoneDirectory> <DirectoryEntry> <Name> <Telephone>… (Fanvil: <Telephone> <Mobile> <Other>)
//! Snom, Cisco       the same with <Title> and <Prompt>, an entry for each number; Cisco shows 32 at most
//! Grandstream       <AddressBook> <Contact> <FirstName> <LastName> <Phone type="Work"> <phonenumber> <accountindex>
//! ```

use std::fmt::Write as _;

use crate::base::limits::{CISCO_DIRECTORY_ENTRIES_MAX, XML_PERSONS_MAX};
use crate::text::{Language, phonebook as words};

use super::{Directory, Entry, Viewer};

/// Whose format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brand {
    Yealink,
    Snom,
    Grandstream,
    Fanvil,
    Cisco,
}

/// Who asks, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub viewer: Viewer,
    /// The beginning of a name or number; empty: everybody.
    pub typed: &'a str,
    pub language: Language,
}

impl Brand {
    pub const ALL: [Brand; 5] = [Brand::Yealink, Brand::Snom, Brand::Grandstream, Brand::Fanvil, Brand::Cisco];

    /// As in the address of the file: `yealink`.
    pub const fn name(self) -> &'static str {
        match self {
            Brand::Yealink => "yealink",
            Brand::Snom => "snom",
            Brand::Grandstream => "grandstream",
            Brand::Fanvil => "fanvil",
            Brand::Cisco => "cisco",
        }
    }

    pub fn from_name(name: &str) -> Option<Brand> {
        Self::ALL.into_iter().find(|brand| brand.name() == name)
    }
}

/// Everybody who is shown in the phonebook, whom the viewer may see, whom the query finds, and who has a number.
pub fn xml(directory: &Directory, brand: Brand, query: &Query<'_>) -> String {
    let found = directory
        .entries()
        .iter()
        .filter(|entry| entry.is_shown && entry.is_seen_by(&query.viewer))
        .filter(|entry| query.typed.trim().is_empty() || entry.is_found_by(query.typed, &query.viewer))
        .map(|entry| Listed { entry, numbers: numbers_of(entry, &query.viewer) })
        .filter(|listed| !listed.numbers.is_empty())
        .take(XML_PERSONS_MAX);
    let root = match brand {
        Brand::Yealink => "YealinkIPPhoneDirectory",
        Brand::Snom => "SnomIPPhoneDirectory",
        Brand::Grandstream => "AddressBook",
        Brand::Fanvil => "FanvilIPPhoneDirectory",
        Brand::Cisco => "CiscoIPPhoneDirectory",
    };
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}>\n");
    match brand {
        Brand::Yealink | Brand::Fanvil => found.for_each(|listed| listed.write_with_all_numbers(&mut out, brand)),
        Brand::Grandstream => found.for_each(|listed| listed.write_grandstream(&mut out)),
        Brand::Snom | Brand::Cisco => {
            element(&mut out, "Title", words::PHONEBOOK.in_language(query.language));
            element(&mut out, "Prompt", words::CHOOSE.in_language(query.language));
            out.push('\n');
            let entries_max = if brand == Brand::Cisco { CISCO_DIRECTORY_ENTRIES_MAX } else { usize::MAX };
            let lines = found.flat_map(|listed| listed.numbers.clone().into_iter().map(move |number| (listed.entry, number)));
            for (entry, number) in lines.take(entries_max) {
                out.push_str("<DirectoryEntry>");
                element(&mut out, "Name", &entry.name.shown);
                element(&mut out, "Telephone", number.digits);
                out.push_str("</DirectoryEntry>\n");
            }
        }
    }
    let _ = writeln!(out, "</{root}>");
    out
}

struct Listed<'a> {
    entry: &'a Entry,
    numbers: Vec<Number<'a>>,
}

#[derive(Clone, Copy)]
struct Number<'a> {
    line: Line,
    /// As it can be dialled.
    digits: &'a str,
}

#[derive(Clone, Copy)]
enum Line {
    Work,
    Mobile,
    Home,
}

fn numbers_of<'a>(entry: &'a Entry, viewer: &Viewer) -> Vec<Number<'a>> {
    let all = [(Line::Work, Some(&entry.number)), (Line::Mobile, entry.mobile_for(viewer)), (Line::Home, Some(&entry.home))];
    let shown = all.into_iter().filter_map(|(line, number)| Some(Number { line, digits: number?.key.as_str() }));
    shown.filter(|number| !number.digits.is_empty()).collect()
}

impl Listed<'_> {
    fn write_with_all_numbers(&self, out: &mut String, brand: Brand) {
        out.push_str("<DirectoryEntry>");
        element(out, "Name", &self.entry.name.shown);
        for number in &self.numbers {
            let tag = match (brand, number.line) {
                (Brand::Fanvil, Line::Mobile) => "Mobile",
                (Brand::Fanvil, Line::Home) => "Other",
                _ => "Telephone",
            };
            element(out, tag, number.digits);
        }
        out.push_str("</DirectoryEntry>\n");
    }

    fn write_grandstream(&self, out: &mut String) {
        let (first_name, last_name) = match self.entry.name == self.entry.surname {
            true => ("", self.entry.name.shown.as_str()),
            false => (self.entry.first_name.shown.as_str(), self.entry.surname.shown.as_str()),
        };
        out.push_str("<Contact>");
        element(out, "FirstName", first_name);
        element(out, "LastName", last_name);
        for number in &self.numbers {
            let line = match number.line {
                Line::Work => "Work",
                Line::Mobile => "Mobile",
                Line::Home => "Home",
            };
            let _ = write!(out, "<Phone type=\"{line}\">");
            element(out, "phonenumber", number.digits);
            element(out, "accountindex", "0");
            out.push_str("</Phone>");
        }
        out.push_str("</Contact>\n");
    }
}

fn element(out: &mut String, tag: &str, text: &str) {
    let _ = write!(out, "<{tag}>");
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML 1.0 2.2 has no way to write these.
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            plain => out.push(plain),
        }
    }
    let _ = write!(out, "</{tag}>");
}

#[cfg(test)]
mod tests {
    use super::super::person::tests::{contact, extension};
    use super::super::{Person, PublishingRule};
    use super::*;

    fn directory() -> Directory {
        let anna = Person { mobile: "333 111".to_owned(), ..extension(1, "101", "Anna", "Bo & <Söhne> \"x\"\u{1}") };
        let hidden = Person { is_shown: false, ..extension(2, "102", "Hidden", "") };
        let acme = Person { organization: "Acme".to_owned(), home: "02-99".to_owned(), ..contact(1, "+39 02 1", "", "") };
        Directory::new(vec![anna, hidden, acme, contact(2, "", "Numberless", "")], &PublishingRule::default())
    }

    fn check(brand: Brand, typed: &str, sees_mobiles: bool, expected: &str) {
        let query = Query { viewer: Viewer { user: None, sees_mobiles }, typed, language: Language::English };
        let text = xml(&directory(), brand, &query);
        let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
        assert_eq!(text, expected, "{brand:?}");
    }

    const ANNA: &str = "Anna Bo &amp; &lt;Söhne&gt; &quot;x&quot;";

    #[test]
    fn each_brand_gets_its_own_format() {
        let acme = "<DirectoryEntry><Name>Acme</Name><Telephone>+39021</Telephone><Telephone>0299</Telephone></DirectoryEntry>\n";
        let anna = format!("<DirectoryEntry><Name>{ANNA}</Name><Telephone>101</Telephone></DirectoryEntry>\n");
        check(Brand::Yealink, "", false, &format!("<YealinkIPPhoneDirectory>\n{acme}{anna}</YealinkIPPhoneDirectory>\n"));

        let acme = "<DirectoryEntry><Name>Acme</Name><Telephone>+39021</Telephone><Other>0299</Other></DirectoryEntry>\n";
        let anna = format!("<DirectoryEntry><Name>{ANNA}</Name><Telephone>101</Telephone><Mobile>333111</Mobile></DirectoryEntry>\n");
        check(Brand::Fanvil, "", true, &format!("<FanvilIPPhoneDirectory>\n{acme}{anna}</FanvilIPPhoneDirectory>\n"));

        let head = "<Title>Phonebook</Title><Prompt>Choose a name</Prompt>\n";
        let line = |number| format!("<DirectoryEntry><Name>{ANNA}</Name><Telephone>{number}</Telephone></DirectoryEntry>\n");
        let anna = format!("{}{}", line("101"), line("333111"));
        check(Brand::Snom, "an", true, &format!("<SnomIPPhoneDirectory>\n{head}{anna}</SnomIPPhoneDirectory>\n"));
        check(Brand::Cisco, "SOH", true, &format!("<CiscoIPPhoneDirectory>\n{head}</CiscoIPPhoneDirectory>\n"));

        let acme = "<Contact><FirstName></FirstName><LastName>Acme</LastName>\
            <Phone type=\"Work\"><phonenumber>+39021</phonenumber><accountindex>0</accountindex></Phone>\
            <Phone type=\"Home\"><phonenumber>0299</phonenumber><accountindex>0</accountindex></Phone></Contact>\n";
        check(Brand::Grandstream, "+39 02", false, &format!("<AddressBook>\n{acme}</AddressBook>\n"));
    }

    #[test]
    fn cisco_phones_take_32_lines() {
        let persons = (0..100).map(|id| extension(id, &format!("{id:03}"), "Anna", "Bo")).collect();
        let directory = Directory::new(persons, &PublishingRule::default());
        let query = Query { viewer: Viewer::default(), typed: "", language: Language::Italian };
        let count = |brand| xml(&directory, brand, &query).matches("<DirectoryEntry>").count();
        assert_eq!((count(Brand::Cisco), count(Brand::Snom)), (CISCO_DIRECTORY_ENTRIES_MAX, 100));
        for brand in Brand::ALL {
            assert_eq!(Brand::from_name(brand.name()), Some(brand));
        }
    }
}
