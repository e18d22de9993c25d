//! One LDAP connection as a value: bytes in, bytes out.
//!
//! ```text
//!               handle_bytes                          Bind
//! socket ----------------------> Ready --------------------------------> Verifying --handle_verdict--> Ready
//!        <- Output::Send ------    |   \--Search--> Searching --chunks--> Ready
//!        <- Output::Close -----    \--Unbind, malformed bytes--> Ended
//! ```
//! Poll after every `handle_*` until there is nothing more; a `Send` may be empty, then others should have a turn first. Requests are
//! answered in their order (RFC 4511 3.1 allows it); while a search runs, only what ends it is looked at.

use std::sync::Arc;

use crate::base::Instant;
use crate::base::id::TenantId;
use crate::base::limits::LDAP_MESSAGE_BYTES_MAX;
use crate::phonebook::{Credentials, Directory, Identity, Phonebooks, Viewer};

use super::ber::{self, Framing};
use super::dn::Dn;
use super::filter::Filter;
use super::message::{
    BIND_RESPONSE, COMPARE_RESPONSE, Code, Control, EXTENDED_RESPONSE, Message, Outcome, Proof, Request, SEARCH_DONE, Scope, SearchRequest,
    notice_of_disconnection, response,
};
use super::node::{Base, is_public};
use super::page::{self, PAGED_RESULTS, PageRequest, Waiting};
use super::search::{Progress, Search};

/// What all connections share.
#[derive(Clone, Debug)]
pub struct Config {
    pub base: Base,
    /// Whose phonebook anybody may search who has not bound; nobody's by default.
    pub anonymous: Option<TenantId>,
    /// Nobody else reads along: TLS, or a local network. On another way no password is taken.
    pub is_private: bool,
}

#[derive(Debug)]
pub struct Connection {
    config: Arc<Config>,
    buffer: Vec<u8>,
    /// So many bytes of the buffer are answered.
    taken: usize,
    state: State,
    identity: Option<Identity>,
    /// Read, and to be answered when the search that runs is over.
    next: Option<Message>,
    waiting: Waiting,
}

#[derive(Debug)]
enum State {
    Ready,
    Verifying { id: i32 },
    Searching { id: i32, search: Box<Search> },
    Ended { is_told: bool },
}

/// Work for whoever has the socket.
#[derive(Debug, PartialEq)]
pub enum Output {
    Send(Vec<u8>),
    /// To be answered with `handle_verdict`; nothing else comes before.
    Verify(Credentials),
    /// Once, at the end; everything before is to be sent first.
    Close,
}

/// What became of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right(Identity),
    Wrong,
    /// Not looked at: this source was wrong too often.
    TooMany,
}

impl Connection {
    pub fn new(config: Arc<Config>) -> Connection {
        Connection { config, buffer: Vec::new(), taken: 0, state: State::Ready, identity: None, next: None, waiting: Waiting::default() }
    }

    /// Who has bound.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// False while enough is here that must be answered first.
    pub fn wants_bytes(&self) -> bool {
        self.buffer.len() - self.taken < LDAP_MESSAGE_BYTES_MAX && !matches!(self.state, State::Ended { .. } | State::Verifying { .. })
    }

    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        self.buffer.drain(..std::mem::take(&mut self.taken));
        self.buffer.extend_from_slice(bytes);
    }

    /// To `Output::Verify`.
    pub fn handle_verdict(&mut self, verdict: Verdict) -> Option<Output> {
        let State::Verifying { id } = self.state else { return None };
        self.state = State::Ready;
        let outcome = match verdict {
            Verdict::Right(identity) => {
                self.identity = Some(identity);
                Outcome::new(Code::Success, "")
            }
            Verdict::Wrong => Outcome::new(Code::InvalidCredentials, ""),
            Verdict::TooMany => Outcome::new(Code::Busy, "too many wrong passwords from here; try again in a minute"),
        };
        Some(send(id, BIND_RESPONSE, &outcome))
    }

    pub fn poll_output(&mut self, now: Instant, phonebooks: &Phonebooks) -> Option<Output> {
        loop {
            match &mut self.state {
                State::Verifying { .. } => return None,
                State::Ended { is_told: true } => return None,
                State::Ended { is_told } => {
                    *is_told = true;
                    return Some(Output::Close);
                }
                State::Ready | State::Searching { .. } => {}
            }
            if self.next.is_none()
                && let Err(malformed) = self.read_next()
            {
                self.end();
                return Some(Output::Send(notice_of_disconnection(&format!("expected {}", malformed.expected))));
            }
            match (&self.state, &self.next) {
                (_, Some(Message { request: Request::Unbind, .. })) => self.end(),
                (State::Searching { id, .. }, Some(Message { request: Request::Abandon(abandoned), .. })) => {
                    // An abandoned search says nothing more, not even that it is over (RFC 4511 4.11).
                    if abandoned == id {
                        self.state = State::Ready;
                    }
                    self.next = None;
                }
                (State::Searching { .. }, _) => return self.go_on(now),
                (_, None) => return None,
                _ => {
                    let output = self.next.take().and_then(|message| self.answer(now, message, phonebooks));
                    if output.is_some() {
                        return output;
                    }
                }
            }
        }
    }

    fn end(&mut self) {
        (self.state, self.next) = (State::Ended { is_told: false }, None);
        (self.buffer, self.taken) = (Vec::new(), 0);
    }

    fn read_next(&mut self) -> Result<(), ber::Malformed> {
        let bytes = &self.buffer[self.taken..];
        match ber::frame(bytes, LDAP_MESSAGE_BYTES_MAX) {
            Framing::More => Ok(()),
            Framing::Malformed => Err(ber::Malformed { expected: "a message of LDAP" }),
            Framing::Whole(length) => {
                self.next = Some(Message::read(&bytes[..length])?);
                self.taken += length;
                Ok(())
            }
        }
    }

    /// `None` where there is no answer, or not yet one.
    fn answer(&mut self, now: Instant, message: Message, phonebooks: &Phonebooks) -> Option<Output> {
        let Message { id, request, controls } = message;
        let response = match &request {
            Request::Bind { .. } => BIND_RESPONSE,
            Request::Search(_) => SEARCH_DONE,
            Request::Compare { .. } => COMPARE_RESPONSE,
            Request::Write { response } => *response,
            Request::Extended { .. } => EXTENDED_RESPONSE,
            // It comes too late for what it names, or names nothing.
            Request::Abandon(_) | Request::Unbind => return None,
        };
        let is_known = |control: &Control| control.oid == PAGED_RESULTS && response == SEARCH_DONE;
        if controls.iter().any(|control| control.is_critical && !is_known(control)) {
            return Some(send(id, response, &Outcome::new(Code::UnavailableCriticalExtension, "")));
        }
        match request {
            Request::Bind { version, name, proof } => Some(self.bind(id, version, name, proof)),
            Request::Search(request) => {
                let page = controls.iter().find(|control| is_known(control)).map(PageRequest::read);
                match page.transpose() {
                    Ok(page) => self.search(now, id, request, page, phonebooks),
                    Err(_) => Some(send(id, SEARCH_DONE, &Outcome::new(Code::ProtocolError, "the paging control is damaged"))),
                }
            }
            Request::Compare { dn, filter } => Some(self.compare(id, &dn, &filter, phonebooks)),
            Request::Write { .. } if self.identity.is_some() => {
                Some(send(id, response, &Outcome::new(Code::UnwillingToPerform, "the phonebook is changed on the web page")))
            }
            Request::Write { .. } => Some(send(id, response, &Outcome::new(Code::InsufficientAccessRights, ""))),
            Request::Extended { .. } => Some(send(id, response, &Outcome::new(Code::ProtocolError, "no such operation"))),
            Request::Abandon(_) | Request::Unbind => None,
        }
    }

    /// RFC 4513 5.1. Whatever comes of it, who was bound before is not any more.
    fn bind(&mut self, id: i32, version: i32, name: String, proof: Proof) -> Output {
        self.identity = None;
        self.waiting.clear();
        let outcome = match proof {
            _ if !self.config.is_private => Outcome::new(Code::ConfidentialityRequired, "from outside the local networks only ldaps"),
            _ if version != 3 => Outcome::new(Code::ProtocolError, "only version 3 is spoken here"),
            Proof::Other => Outcome::new(Code::AuthMethodNotSupported, "only simple binds"),
            Proof::Password(password) if !name.is_empty() && !password.is_empty() => {
                self.state = State::Verifying { id };
                return Output::Verify(Credentials { name: username_of(&name), password });
            }
            // A client that forgot to ask its person for the password would take success for a proof (RFC 4513 5.1.2).
            Proof::Password(_) if !name.is_empty() => Outcome::new(Code::UnwillingToPerform, "a password is needed"),
            Proof::Password(password) if !password.is_empty() => Outcome::new(Code::InvalidCredentials, ""),
            Proof::Password(_) if self.config.anonymous.is_some() => Outcome::new(Code::Success, ""),
            Proof::Password(_) => Outcome::new(Code::InappropriateAuthentication, "a name and a password are needed"),
        };
        send(id, BIND_RESPONSE, &outcome)
    }

    fn search(
        &mut self,
        now: Instant,
        id: i32,
        request: SearchRequest,
        page: Option<PageRequest>,
        phonebooks: &Phonebooks,
    ) -> Option<Output> {
        let done = |outcome: &Outcome<'_>| Some(send(id, SEARCH_DONE, outcome));
        let mut search = match page.as_ref().filter(|page| !page.cookie.is_empty()) {
            Some(page) => match self.waiting.take(&page.cookie).filter(|search| search.is_of(&request)) {
                Some(search) => search,
                None => return done(&Outcome::new(Code::UnwillingToPerform, "this cookie is of no search that waits here")),
            },
            None => {
                let config = Arc::clone(&self.config);
                let (place, directory, viewer) = match self.find(&config, &request.base, request.scope, phonebooks) {
                    Ok(found) => found,
                    Err(outcome) => return done(&outcome),
                };
                let span = config.base.span(place, request.scope, &directory);
                Search::new(now, request, span, directory, viewer)
            }
        };
        match page {
            Some(PageRequest { entries: 0, .. }) => return Some(Output::Send(done_with_cookie(id, &Outcome::new(Code::Success, ""), &[]))),
            Some(page) => search.turn_page(now, page.entries as usize),
            None => {}
        }
        self.state = State::Searching { id, search: Box::new(search) };
        None
    }

    fn go_on(&mut self, now: Instant) -> Option<Output> {
        let State::Searching { id, search } = &mut self.state else { return None };
        let (id, mut out) = (*id, Vec::new());
        let progress = search.step(now, id, &self.config.base, &mut out);
        if progress == Progress::More {
            return Some(Output::Send(out));
        }
        if let State::Searching { search, .. } = std::mem::replace(&mut self.state, State::Ready) {
            let is_paged = search.is_paged();
            let (code, cookie) = match progress {
                Progress::PageEnd => (Code::Success, self.waiting.put(*search)),
                Progress::Done(code) => (code, Vec::new()),
                Progress::More => (Code::Success, Vec::new()),
            };
            let outcome = Outcome::new(code, "");
            let done = if is_paged { done_with_cookie(id, &outcome, &cookie) } else { response(id, SEARCH_DONE, &outcome, |_| ()) };
            out.extend_from_slice(&done);
        }
        Some(Output::Send(out))
    }

    fn compare(&self, id: i32, dn: &str, filter: &Filter, phonebooks: &Phonebooks) -> Output {
        let outcome = match self.find(&self.config, dn, Scope::Base, phonebooks) {
            Err(outcome) => return send(id, COMPARE_RESPONSE, &outcome),
            Ok((place, directory, viewer)) => {
                let holds = self.config.base.node(place, &directory, &viewer).and_then(|node| filter.holds(&node));
                match holds {
                    Some(true) => Code::CompareTrue,
                    Some(false) => Code::CompareFalse,
                    None => Code::NoSuchAttribute,
                }
            }
        };
        send(id, COMPARE_RESPONSE, &Outcome::new(outcome, ""))
    }

    /// The place of a name, and what this client may see there.
    fn find<'a>(
        &self,
        config: &'a Config,
        dn: &str,
        scope: Scope,
        phonebooks: &Phonebooks,
    ) -> Result<(usize, Arc<Directory>, Viewer), Outcome<'a>> {
        let dn = Dn::parse(dn).ok_or(Outcome::new(Code::InvalidDnSyntax, ""))?;
        let (tenant, viewer) = match (&self.identity, config.anonymous) {
            (Some(identity), _) => (Some(identity.tenant), identity.viewer),
            (None, tenant) => (tenant, Viewer::default()),
        };
        let directory = tenant.and_then(|tenant| phonebooks.get(&tenant)).cloned().unwrap_or_default();
        let place = config.base.place(&dn, &directory, &viewer);
        // Who has not bound does not learn either what there is.
        if tenant.is_none() && !place.is_ok_and(|place| is_public(place, scope)) {
            return Err(Outcome::new(Code::InsufficientAccessRights, "bind first"));
        }
        match place {
            Ok(place) => Ok((place, directory, viewer)),
            Err(matched) => Err(Outcome { code: Code::NoSuchObject, matched, diagnostic: "" }),
        }
    }
}

fn send(id: i32, tag: u8, outcome: &Outcome<'_>) -> Output {
    Output::Send(response(id, tag, outcome, |_| ()))
}

fn done_with_cookie(id: i32, outcome: &Outcome<'_>, cookie: &[u8]) -> Vec<u8> {
    response(id, SEARCH_DONE, outcome, |writer| page::write(writer, cookie))
}

/// `anna`, or a name of the tree whose first level says it: `uid=anna,ou=people,dc=trillo`.
fn username_of(name: &str) -> String {
    match Dn::parse(name).as_ref().and_then(Dn::leaf) {
        Some(leaf) => leaf.value.clone(),
        None => name.trim().to_owned(),
    }
}
