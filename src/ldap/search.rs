//! One search on its way: it yields its entries a chunk at a time, in the order of the tree.

use std::ops::Range;
use std::sync::Arc;

use crate::base::Instant;
use crate::base::limits::{LDAP_CHUNK_BYTES, LDAP_ENTRIES_MAX, LDAP_SEARCH_TIMEOUT};
use crate::phonebook::{Directory, Viewer};

use super::attribute::Attribute;
use super::ber::{INTEGER, SEQUENCE, SET, Writer};
use super::message::{Code, SEARCH_ENTRY, SearchRequest};
use super::node::{Base, Node};

/// Places that are looked at in one step, so that a search that finds nothing keeps nobody waiting either.
const PLACES_A_STEP: usize = 2_000;

#[derive(Debug)]
pub struct Search {
    request: SearchRequest,
    selected: Vec<(Attribute, String)>,
    directory: Arc<Directory>,
    viewer: Viewer,
    /// What is still to be looked at.
    span: Range<usize>,
    /// How many may still be found.
    entries_left: usize,
    /// How many fit into the page, of a paged search.
    page_left: Option<usize>,
    deadline: Instant,
}

/// How far a step came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    More,
    /// The page is full, and there is another entry.
    PageEnd,
    Done(Code),
}

impl Search {
    pub fn new(now: Instant, request: SearchRequest, span: Range<usize>, directory: Arc<Directory>, viewer: Viewer) -> Search {
        let entries_max = match request.entries_max {
            0 => usize::MAX,
            entries_max => entries_max as usize,
        };
        let selected = selected(&request.attributes);
        let mut search = Search {
            request,
            selected,
            directory,
            viewer,
            span,
            entries_left: entries_max.min(LDAP_ENTRIES_MAX),
            page_left: None,
            deadline: now,
        };
        search.wind_up(now);
        search
    }

    /// The next page of so many entries. Our own limit is on what is sent at once, the client's on the whole.
    pub fn turn_page(&mut self, now: Instant, entries: usize) {
        if self.page_left.is_none() && self.request.entries_max == 0 {
            self.entries_left = usize::MAX;
        }
        self.page_left = Some(entries);
        self.wind_up(now);
    }

    fn wind_up(&mut self, now: Instant) {
        let asked = match self.request.seconds_max {
            0 => LDAP_SEARCH_TIMEOUT,
            seconds => std::time::Duration::from_secs(seconds.into()),
        };
        self.deadline = now + asked.min(LDAP_SEARCH_TIMEOUT);
    }

    pub fn is_of(&self, request: &SearchRequest) -> bool {
        self.request == *request
    }

    pub fn is_paged(&self) -> bool {
        self.page_left.is_some()
    }

    /// Appends entries to `out`.
    pub fn step(&mut self, now: Instant, id: i32, base: &Base, out: &mut Vec<u8>) -> Progress {
        for _ in 0..PLACES_A_STEP {
            if out.len() >= LDAP_CHUNK_BYTES {
                return Progress::More;
            }
            if self.span.is_empty() {
                return Progress::Done(Code::Success);
            }
            if now >= self.deadline {
                return Progress::Done(Code::TimeLimitExceeded);
            }
            let node = base.node(self.span.start, &self.directory, &self.viewer);
            if let Some(node) = node.filter(|node| self.request.filter.holds(node) == Some(true)) {
                if self.entries_left == 0 {
                    return Progress::Done(Code::SizeLimitExceeded);
                }
                if self.page_left == Some(0) {
                    return Progress::PageEnd;
                }
                out.extend_from_slice(&self.entry(id, &node));
                self.entries_left -= 1;
                self.page_left = self.page_left.map(|left| left - 1);
            }
            self.span.start += 1;
        }
        Progress::More
    }

    fn entry(&self, id: i32, node: &Node<'_>) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.constructed(SEQUENCE, |writer| {
            writer.integer(INTEGER, id);
            writer.constructed(SEARCH_ENTRY, |writer| {
                writer.text(&node.dn());
                writer.constructed(SEQUENCE, |writer| {
                    for (attribute, name) in &self.selected {
                        write_attribute(writer, node, *attribute, name, self.request.types_only);
                    }
                });
            });
        });
        writer.into_bytes()
    }
}

fn write_attribute(writer: &mut Writer, node: &Node<'_>, attribute: Attribute, name: &str, types_only: bool) {
    let mut is_there = false;
    node.each(attribute, &mut |_, _| is_there = true);
    if !is_there {
        return;
    }
    writer.constructed(SEQUENCE, |writer| {
        writer.text(name);
        writer.constructed(SET, |writer| {
            if !types_only {
                node.each(attribute, &mut |value, _| writer.text(value));
            }
        });
    });
}

/// RFC 4511 4.5.1.8. An attribute comes back under the name it was asked by: some phones compare the two letter by letter.
fn selected(names: &[String]) -> Vec<(Attribute, String)> {
    let mut selected: Vec<(Attribute, String)> = Vec::new();
    let mut add = |attribute: Attribute, name: &str| {
        if !selected.iter().any(|(known, _)| *known == attribute) {
            selected.push((attribute, name.to_owned()));
        }
    };
    let all = if names.is_empty() { &["*".to_owned()][..] } else { names };
    for name in all {
        match name.as_str() {
            "*" => Attribute::all().filter(|attribute| !attribute.is_operational()).for_each(|attribute| add(attribute, attribute.name())),
            "+" => Attribute::all().filter(|attribute| attribute.is_operational()).for_each(|attribute| add(attribute, attribute.name())),
            // "1.1" asks for none, and what we don't know nobody has.
            name => {
                if let Some(attribute) = Attribute::find(name) {
                    add(attribute, name);
                }
            }
        }
    }
    selected
}
