//! Paged results (RFC 2696): a search that stops after so many entries and goes on where it stopped.
//!
//! The cookie is a number that means something on its own connection only; the search behind it waits here, with the directory that it
//! began in, so that no entry is shown twice or left out when settings change between two pages.

use std::collections::VecDeque;

use crate::base::limits::{LDAP_PAGE_ENTRIES_MAX, LDAP_PAGED_SEARCHES_MAX};

use super::ber::{INTEGER, Malformed, OCTET_STRING, Reader, SEQUENCE, Writer};
use super::message::Control;
use super::search::Search;

pub const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// What a client asks with the control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// 0: forget the search.
    pub entries: u32,
    /// Empty: a new search.
    pub cookie: Vec<u8>,
}

impl PageRequest {
    pub fn read(control: &Control) -> Result<PageRequest, Malformed> {
        const VALUE: Malformed = Malformed { expected: "the value of the paging control" };
        let mut outer = Reader::new(control.value.as_deref().ok_or(VALUE)?);
        let mut reader = Reader::new(outer.expect(SEQUENCE, VALUE.expected)?);
        outer.end()?;
        let entries = u32::try_from(reader.integer(VALUE.expected)?).map_err(|_| VALUE)?;
        let cookie = reader.expect(OCTET_STRING, VALUE.expected)?.to_vec();
        reader.end()?;
        Ok(PageRequest { entries: entries.min(LDAP_PAGE_ENTRIES_MAX as u32), cookie })
    }
}

/// Writes the control of a response; an empty cookie says that this was the last page.
pub fn write(writer: &mut Writer, cookie: &[u8]) {
    let mut value = Writer::default();
    value.constructed(SEQUENCE, |value| {
        // The size of the whole is not known before the end.
        value.integer(INTEGER, 0);
        value.octets(OCTET_STRING, cookie);
    });
    writer.constructed(0xa0, |writer| {
        writer.constructed(SEQUENCE, |writer| {
            writer.text(PAGED_RESULTS);
            writer.octets(OCTET_STRING, &value.into_bytes());
        });
    });
}

/// Searches of a connection that wait for their next page.
#[derive(Debug, Default)]
pub struct Waiting {
    searches: VecDeque<(u32, Search)>,
    last: u32,
}

impl Waiting {
    /// Returns the cookie. The search that waits longest is forgotten when there are too many.
    pub fn put(&mut self, search: Search) -> Vec<u8> {
        if self.searches.len() >= LDAP_PAGED_SEARCHES_MAX {
            self.searches.pop_front();
        }
        self.last = self.last.wrapping_add(1);
        self.searches.push_back((self.last, search));
        self.last.to_be_bytes().to_vec()
    }

    pub fn take(&mut self, cookie: &[u8]) -> Option<Search> {
        let number = u32::from_be_bytes(cookie.try_into().ok()?);
        let at = self.searches.iter().position(|(known, _)| *known == number)?;
        self.searches.remove(at).map(|(_, search)| search)
    }

    pub fn clear(&mut self) {
        self.searches.clear();
    }
}
