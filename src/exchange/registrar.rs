//! REGISTER (RFC 3261 10.3): one binding per account, the last one wins.

use std::time::Duration;

use super::bindable;
use super::exchange::Exchange;
use crate::base::id::{AccountId, LegId};
use crate::base::{ConnectionId, Instant, Now, Transport, Wall};
use crate::entry::{Binding, Entry, State, Words, quoted};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Contacts, Name, NameAddr, Response, split_list};

/// What a REGISTER leads to.
#[derive(Clone, Debug, PartialEq)]
enum Decision {
    /// 200 with what stands.
    Show,
    Bind(Box<Binding>),
    Remove,
    /// 423 with the shortest time that is granted.
    TooBrief,
    /// A CSeq that is not above the last one of its Call-ID: 500, an old message that overtook.
    OutOfOrder,
}

impl Exchange {
    pub(super) fn register(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        // What can never be a binding is refused before anybody is asked for a password (RFC 4475 3.1.2.13, 3.3.4).
        let contacts = match bindable::read(incoming) {
            Ok(contacts) => contacts,
            Err(fault) => return self.refuse_with(now, tx, incoming, 400, &format!("Bad Request: {fault}")),
        };
        let Some(account) = self.authenticate(now, tx, incoming) else { return };
        let standing = self.registrar.get(account).map(|bound| &bound.binding);
        let limits =
            Limits { min: self.settings.sip.expires_min, max: self.settings.sip.expires_max, default: self.settings.sip.expires_default };
        match decide(incoming, &contacts, standing, limits, now.wall) {
            Decision::Show => {
                let response = self.registered_response(now, incoming, account);
                self.endpoint.respond(now.mono, tx, response);
            }
            Decision::Bind(binding) => self.bind(now, tx, incoming, account, *binding),
            Decision::Remove => {
                self.registrar.remove(account);
                self.lamps_changed();
                let response = self.registered_response(now, incoming, account);
                self.keep_promise(Entry::State(State::Binding { account, binding: None }), tx, response);
            }
            Decision::TooBrief => {
                let mut response = self.response_to(incoming, 423);
                response.headers.push(Name::MinExpires, self.settings.sip.expires_min.to_string());
                self.endpoint.respond(now.mono, tx, response);
            }
            Decision::OutOfOrder => {
                let mut response = self.response_to(incoming, 500);
                response.reason = "Server Internal Error: CSeq is not above the last one".to_owned();
                self.endpoint.respond(now.mono, tx, response);
            }
        }
    }

    fn bind(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, account: AccountId, binding: Binding) {
        let is_new = self.registrar.get(account).is_none_or(|bound| bound.binding.texts.contact() != binding.texts.contact());
        self.take_up(now, account, binding.clone(), now.mono + binding.granted);
        if is_new {
            self.lamps_changed();
            self.arrived(now, account);
        }
        let response = self.registered_response(now, incoming, account);
        self.keep_promise(Entry::State(State::Binding { account, binding: Some(binding) }), tx, response);
    }

    fn take_up(&mut self, now: Now, account: AccountId, binding: Binding, expires: Instant) {
        let is_nat =
            binding.flow.transport == Transport::Udp && self.settings.accounts.get(&account).is_some_and(|account| self.is_nat(account));
        let spread = Duration::from_millis(u64::from(self.dice.below(10_000)));
        self.registrar.insert(now.mono, account, binding, expires, is_nat, spread);
    }

    /// 200 with the binding that stands, if one does.
    fn registered_response(&mut self, now: Now, incoming: &Incoming, account: AccountId) -> Response {
        let mut response = self.response_to(incoming, 200);
        if let Some(bound) = self.registrar.get(account) {
            let rest = bound.expires().since(now.mono).as_secs();
            response.headers.push(Name::Contact, format!("<{}>;expires={rest}", bound.binding.texts.contact()));
            for path in bound.binding.texts.path() {
                response.headers.push(Name::Path, path);
            }
        }
        response
    }

    /// Takes up a binding of the last run for what is left of it.
    pub(super) fn restore(&mut self, now: Now, state: State) {
        let (account, binding) = match state {
            State::Binding { account, binding: Some(binding) } => (account, binding),
            State::Ban { ban: Some(ban), .. } => return self.guard.restore(now, ban),
            State::Binding { binding: None, .. } | State::Ban { ban: None, .. } => return,
            State::Switches { extension, switches } => return self.restore_switches(extension, switches),
        };
        let rest = binding.rest(now.wall);
        let Some(settings) = self.settings.accounts.get(&account).filter(|account| account.enabled && !rest.is_zero()) else { return };
        self.guard.proved(now, &binding.flow, &settings.username);
        self.take_up(now, account, binding, now.mono + rest);
    }

    pub(super) fn binding_expired(&mut self, account: AccountId) {
        self.registrar.remove(account);
        self.lamps_changed();
        self.keep(Entry::State(State::Binding { account, binding: None }));
    }

    pub(super) fn connection_lost(&mut self, now: Now, connection: ConnectionId) {
        self.registrar.connection_lost(connection);
        self.lines.connection_lost(now.mono, connection);
        let lost: Vec<LegId> = self.legs.iter().filter(|(_, leg)| leg.flow.connection == Some(connection)).map(|(leg, _)| leg).collect();
        for leg in lost {
            if let Some(leg) = self.legs.get_mut(leg) {
                leg.flow.connection = None;
            }
        }
    }

    /// Bindings of accounts that are gone or disabled go with them; running calls go on.
    pub(super) fn drop_bindings_without_account(&mut self) {
        let stays = |account: &AccountId| {
            let account = self.settings.accounts.get(account).filter(|account| account.enabled);
            account.is_some_and(|account| {
                account.extension.is_none() || self.settings.extension_of(account).is_some_and(|extension| extension.enabled)
            })
        };
        let gone: Vec<AccountId> = self.registrar.iter().map(|(account, _)| account).filter(|account| !stays(account)).collect();
        for account in gone {
            self.binding_expired(account);
        }
    }
}

#[derive(Clone, Copy)]
struct Limits {
    min: u32,
    max: u32,
    /// Where none is proposed.
    default: u32,
}

/// The rule, free of everything else. `standing` is the account's binding, if it has one.
fn decide(incoming: &Incoming, contacts: &Contacts, standing: Option<&Binding>, limits: Limits, at: Wall) -> Decision {
    let headers = &incoming.request.headers;
    let proposed = headers.get(&Name::Expires);
    let is_removal = |value: &str| value.trim() == "0";
    if let Some(standing) = standing
        && standing.texts.call_id() == incoming.envelope.call_id
        && incoming.envelope.cseq.number <= standing.cseq
    {
        return Decision::OutOfOrder;
    }
    let contact = match contacts {
        // `*` counts only with Expires: 0 (RFC 3261 10.3 step 6); with another it asks for what is bound.
        Contacts::All if proposed.is_some_and(is_removal) => return removal(incoming, standing, None),
        Contacts::All => return Decision::Show,
        Contacts::Some(contacts) => match preferred(contacts) {
            Some(contact) => contact,
            None => return Decision::Show,
        },
    };
    let asked = contact.params.get("expires").or(proposed);
    if asked.is_some_and(is_removal) {
        return removal(incoming, standing, Some(contact));
    }
    // A value that is no number counts as the default (RFC 3261 20.19).
    let seconds = asked.and_then(|asked| asked.trim().parse::<u64>().ok()).unwrap_or(u64::from(limits.default));
    if seconds < u64::from(limits.min) {
        return Decision::TooBrief;
    }
    let granted = seconds.min(u64::from(limits.max));
    let words = Words {
        contact: contact.uri.to_string(),
        path: headers.get_all(&Name::Path).flat_map(|value| split_list(value).unwrap_or_default()).map(str::to_owned).collect(),
        call_id: incoming.envelope.call_id.clone(),
        instance: instance(contact).map(str::to_owned),
        user_agent: quoted(headers.get(&Name::UserAgent).unwrap_or("")),
    };
    Decision::Bind(Box::new(Binding {
        texts: words.into(),
        flow: incoming.flow,
        cseq: incoming.envelope.cseq.number,
        granted: Duration::from_secs(granted),
        registered: at,
    }))
}

/// Of several Contacts the highest q counts, then the first; those that only remove are left out while one binds.
fn preferred(contacts: &[NameAddr]) -> Option<&NameAddr> {
    let q = |contact: &NameAddr| {
        let q = contact.params.get("q").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
        (q.clamp(0.0, 1.0) * 1000.0) as u32
    };
    let binds = |contact: &&NameAddr| contact.params.get("expires") != Some("0");
    let best = |contacts: &mut dyn Iterator<Item = &'_ NameAddr>| -> Option<u32> { contacts.map(q).max() };
    let top = best(&mut contacts.iter().filter(binds));
    match top {
        Some(top) => contacts.iter().filter(binds).find(|contact| q(contact) == top),
        None => contacts.first(),
    }
}

/// A removal counts only for the phone whose binding stands: by Call-ID, instance or source. A displaced phone's late one removes nothing.
fn removal(incoming: &Incoming, standing: Option<&Binding>, contact: Option<&NameAddr>) -> Decision {
    let Some(standing) = standing else { return Decision::Show };
    let same_call = standing.texts.call_id() == incoming.envelope.call_id;
    let same_instance = standing.texts.instance().is_some() && contact.and_then(instance) == standing.texts.instance();
    let same_source = standing.flow.remote == incoming.flow.remote && standing.flow.transport == incoming.flow.transport;
    if same_call || same_instance || same_source { Decision::Remove } else { Decision::Show }
}

fn instance(contact: &NameAddr) -> Option<&str> {
    contact.params.get("+sip.instance")
}
