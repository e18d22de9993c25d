//! A call that comes over a line: which one, for which number, and from whom.
//!
//! A line is known by the random user part of the Contact that we registered, which only its registrar has heard, else by the address that the
//! call comes from; what the call says of itself counts for nothing.

use super::super::admit::{Arriving, read_offer};
use super::super::exchange::Exchange;
use super::super::leg::Party;
use super::invite::HIDDEN;
use super::standing::Standing;
use crate::base::Now;
use crate::base::id::{LineId, TenantId};
use crate::base::limits::CALLS_MAX;
use crate::entry::quoted;
use crate::phonebook::phonebooks;
use crate::route::{self, Known, View};
use crate::settings::{CalledNumber, Line, Numbering, Origin, rewritten};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::{Name, NameAddr};
use crate::sip::session::refresh::Refresh;

impl Exchange {
    /// The line that a request outside a dialog comes over.
    pub(in super::super) fn line_of(&self, incoming: &Incoming) -> Option<LineId> {
        let user = incoming.request.uri.user();
        let by_name = self.lines.iter().find(|(_, of)| of.line.registers && user.as_deref() == Some(of.name.as_str()));
        if let Some((id, _)) = by_name {
            return Some(id);
        }
        let source = incoming.flow.remote.ip();
        let has_number = |of: &Standing| route::has_did(&self.settings.numbering, &of.line, &called_number(of, incoming));
        // Several accounts may be with one provider: then it is the one that has the number.
        let of_source = || self.lines.iter().filter(|(_, of)| of.is_source(source));
        of_source().find(|(_, of)| has_number(of)).or_else(|| of_source().next()).map(|(id, _)| id)
    }

    /// Whether a request within the dialog of a line may come from there.
    pub(in super::super) fn is_of_line(&self, party: Party, incoming: &Incoming) -> bool {
        let standing = party.line().and_then(|line| self.lines.get(line));
        standing.is_some_and(|standing| standing.is_source(incoming.flow.remote.ip()))
    }

    pub(in super::super) fn arrive(&mut self, now: Now, tx: ServerTx, incoming: Box<Incoming>, id: LineId) {
        if self.calls.len() >= CALLS_MAX {
            return self.refuse_with(now, tx, &incoming, 503, "Service Unavailable: too many calls");
        }
        if !self.has_room(id) {
            return self.refuse_with(now, tx, &incoming, 486, "Busy Here: too many calls of this line");
        }
        if Refresh::asked(&incoming.request.headers).is_err() {
            return self.refuse_interval(now, tx, &incoming);
        }
        let offer = match read_offer(&incoming) {
            _ if incoming.request.body.is_empty() => None,
            Ok(offer) => Some(offer),
            Err((status, reason)) => return self.refuse_with(now, tx, &incoming, status, &reason),
        };
        let Some(standing) = self.lines.get(id) else { return };
        let line = &standing.line;
        let called = called_number(standing, &incoming);
        let shown = Shown::of(&incoming);
        let (number, name) = shown.on(line);
        if shown.is_blocked(&self.settings.numbering, line) {
            return self.refuse_with(now, tx, &incoming, 603, "Decline");
        }
        let origin = if line.is_remote_extension(&number) { Origin::Internal } else { Origin::External };
        // Whom people here know is called as they call him, whatever the network says.
        let known_as = if origin == Origin::External { self.name_behind(line.tenant, &number) } else { None };
        let name = known_as.unwrap_or(name);
        let arriving = Arriving {
            party: Party::Line(id),
            nat: false,
            tenant: line.tenant,
            caller_number: number,
            caller_name: name,
            plan: route::plan_inbound(&View { settings: &self.settings, switches: &self.switches, at: now.wall }, line, &called),
            dialled: quoted(&called),
            known: Known { origin, transferor: None },
        };
        self.let_in(now, tx, incoming, arriving, offer);
    }
}

impl Exchange {
    /// As the phonebook has it: a shared contact, or an extension by its mobile.
    fn name_behind(&self, tenant: TenantId, number: &str) -> Option<String> {
        let books = self.phonebooks.get_or_init(|| phonebooks(&self.settings));
        books.get(&tenant)?.name_for(number).map(str::to_owned)
    }
}

/// The number that a call is for, where the line has it written. Our own Contact stands for the line's own number.
fn called_number(standing: &Standing, incoming: &Incoming) -> String {
    let asked = || incoming.request.uri.user();
    let written = match standing.line.called_number {
        CalledNumber::RequestUri => asked(),
        CalledNumber::To => incoming.envelope.to.uri.user(),
        CalledNumber::PCalledPartyId => {
            let value = incoming.request.headers.get(&Name::Other("P-Called-Party-ID".into()));
            value.and_then(|value| NameAddr::parse(value).ok()).and_then(|address| address.uri.user()).or_else(asked)
        }
    };
    match written {
        Some(number) if number != standing.name => number,
        _ if !standing.line.number.is_empty() => standing.line.number.clone(),
        _ => standing.line.username.split('@').next().unwrap_or_default().to_owned(),
    }
}

/// Who calls: as the line vouches for it, else as it is claimed.
struct Shown {
    /// As it came.
    number: String,
    name: String,
    is_hidden: bool,
}

impl Shown {
    fn of(incoming: &Incoming) -> Shown {
        let headers = &incoming.request.headers;
        let wants_privacy = headers.tokens(&Name::Privacy).flat_map(|value| value.split(';')).map(str::trim);
        let wants_privacy =
            wants_privacy.into_iter().any(|value| ["id", "user", "header"].iter().any(|hides| hides.eq_ignore_ascii_case(value)));
        let asserted = headers.get(&Name::PAssertedIdentity).and_then(|value| NameAddr::parse(value).ok());
        let shown = asserted.as_ref().unwrap_or(&incoming.envelope.from);
        let number = shown.uri.user().unwrap_or_default();
        let is_hidden = wants_privacy || number.is_empty() || number.eq_ignore_ascii_case(HIDDEN);
        Shown { number, name: shown.display.clone(), is_hidden }
    }

    /// Number and name as people here see them. Whoever hides has neither.
    fn on(&self, line: &Line) -> (String, String) {
        if self.is_hidden {
            return (HIDDEN.to_owned(), String::new());
        }
        (quoted(&rewritten(&line.rewrite_in, &self.number)), quoted(&self.name))
    }

    /// As the line writes the number, or as people here see it. Hiding does not help whom the line knows.
    fn is_blocked(&self, numbering: &Numbering, line: &Line) -> bool {
        let rewritten = rewritten(&line.rewrite_in, &self.number);
        [&self.number, &rewritten].into_iter().any(|number| route::is_blocked(numbering, line, number))
    }
}
