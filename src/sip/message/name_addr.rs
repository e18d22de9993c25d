use std::fmt;

use super::params::Quoted;
use super::{Headers, Malformed, Name, Params, read_quoted, split_list};
use crate::sip::uri::Uri;

/// `"Anna Bo" <sip:101@example.com>;tag=x`, as in From, To, Contact, Route (RFC 3261 20.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// Without quotes and escapes; empty if there is none.
    pub display: String,
    pub uri: Uri,
    /// Parameters of the header field, not of the URI.
    pub params: Params,
}

impl NameAddr {
    pub fn new(uri: Uri) -> NameAddr {
        NameAddr { display: String::new(), uri, params: Params::default() }
    }

    pub fn parse(text: &str) -> Result<NameAddr, Malformed> {
        let text = text.trim();
        let (display, rest) = if text.starts_with('"') {
            let (display, end) = read_quoted(text, 0)?;
            (display, text[end..].trim_start())
        } else {
            match text.find('<') {
                Some(open) if text[..open].contains('"') => return Err(Malformed::new(0, "a display name with balanced quotes")),
                Some(open) => (text[..open].trim().to_owned(), &text[open..]),
                None => return NameAddr::parse_bare(text),
            }
        };
        let rest = rest.strip_prefix('<').ok_or(Malformed::new(text.len() - rest.len(), "`<`"))?;
        let close = rest.find('>').ok_or(Malformed::new(text.len(), "`>`"))?;
        Ok(NameAddr { display, uri: Uri::parse(rest[..close].trim())?, params: Params::parse(&rest[close + 1..])? })
    }

    /// `sip:a@b;tag=x`: without brackets the parameters are the header's, and `?` or `,` may not stand (RFC 3261 20.10).
    fn parse_bare(text: &str) -> Result<NameAddr, Malformed> {
        if let Some(at) = text.find(['?', ',']) {
            return Err(Malformed::new(at, "angle brackets around a URI with `?` or `,`"));
        }
        // A `;` in the user part is told from a parameter by an `@` that follows; the scheme's colon is before both.
        let host_at = text.find('@').map_or(0, |at| at + 1);
        let end = text[host_at..].find(';').map_or(text.len(), |at| host_at + at);
        Ok(NameAddr { display: String::new(), uri: Uri::parse(text[..end].trim_end())?, params: Params::parse(&text[end..])? })
    }

    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    pub fn with_tag(mut self, tag: &str) -> NameAddr {
        self.params.set("tag", Some(tag));
        self
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            write!(f, "{} ", Quoted(&self.display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// What the Contact fields of a REGISTER say (RFC 3261 10.3 step 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts {
    /// `*`.
    All,
    /// In the order of the message; empty asks what is bound.
    Some(Vec<NameAddr>),
}

impl Contacts {
    pub fn of(headers: &Headers) -> Result<Contacts, Malformed> {
        let mut contacts = Vec::new();
        let mut stars = 0;
        for value in headers.get_all(&Name::Contact) {
            for contact in split_list(value)? {
                if contact == "*" {
                    stars += 1;
                } else {
                    contacts.push(NameAddr::parse(contact)?);
                }
            }
        }
        match (stars, contacts.is_empty()) {
            (0, _) => Ok(Contacts::Some(contacts)),
            (1, true) => Ok(Contacts::All),
            _ => Err(Malformed::new(0, "`*` as the only Contact")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_quotes_and_parameters() {
        for (text, display, uri, tag) in [
            ("\"J \\\\\\\"User\" <sip:a@b>;tag=98", "J \\\"User", "sip:a@b", Some("98")),
            ("caller<sip:a@b>", "caller", "sip:a@b", None),
            ("sip:a@b;tag=1", "", "sip:a@b", Some("1")),
            ("sip:a;p=1@b ; tag = 2", "", "sip:a;p=1@b", Some("2")),
            ("< sip:a@b > ; tag=3", "", "sip:a@b", Some("3")),
            ("<sip:a@b;lr>", "", "sip:a@b;lr", None),
        ] {
            let read = NameAddr::parse(text).unwrap_or_else(|malformed| panic!("{text}: {malformed}"));
            assert_eq!((read.display.as_str(), read.uri.to_string().as_str(), read.tag()), (display, uri, tag), "{text}");
            assert_eq!(NameAddr::parse(&read.to_string()).as_ref(), Ok(&read), "{text}");
        }
        for text in ["\"Mr. J. <sip:a@b>", "sip:a@b?Route=c", "<sip:a@b", "a", "\"a\" sip:a@b", "A\"B <sip:a@b>"] {
            assert!(NameAddr::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn star_stands_alone() {
        let contacts = |values: &[&str]| {
            let mut headers = Headers::default();
            values.iter().for_each(|value| headers.push(Name::Contact, *value));
            Contacts::of(&headers)
        };
        assert_eq!(contacts(&["*"]), Ok(Contacts::All));
        assert_eq!(contacts(&[]), Ok(Contacts::Some(vec![])));
        assert!(matches!(contacts(&["<sip:a@b>, <sip:c@d>"]), Ok(Contacts::Some(list)) if list.len() == 2));
        assert!(contacts(&["*", "<sip:a@b>"]).is_err() && contacts(&["*,*"]).is_err());
    }
}
