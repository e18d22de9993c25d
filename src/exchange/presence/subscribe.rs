//! SUBSCRIBE: who may watch what, for how long, and PUBLISH, of which nothing is taken.

use std::time::Duration;

use super::super::admit::ALLOW;
use super::super::exchange::{Exchange, TimerKey};
use super::table::{Ending, Subscription, SubscriptionId, Watched};
use crate::base::Now;
use crate::base::id::{AccountId, ExtensionId};
use crate::base::limits::{SUBSCRIPTIONS_MAX, SUBSCRIPTIONS_PER_ACCOUNT_MAX};
use crate::settings::codes::Service;
use crate::sip::dialog::{Dialog, Misfit};
use crate::sip::endpoint::{Incoming, ServerTx};
use crate::sip::message::Name;

/// What can be subscribed to.
pub const ALLOW_EVENTS: &str = "dialog, message-summary, reg";

const EXPIRES_DEFAULT: u32 = 3600;
const EXPIRES_MAX: u32 = 3600;
/// A phone may not make us notify it without end by asking for moments; 0 asks once.
const EXPIRES_MIN: u32 = 60;

impl Exchange {
    /// Outside a dialog.
    pub(in super::super) fn subscribe(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        let Some(account) = self.authenticate(now, tx, incoming) else { return };
        if self.is_from_elsewhere(account, &incoming.flow) {
            return self.refuse_with(now, tx, incoming, 403, "Forbidden: not from where this account is registered");
        }
        let Some(extension) = self.settings.accounts.get(&account).and_then(|account| account.extension) else {
            return self.refuse_with(now, tx, incoming, 403, "Forbidden: this account has no extension");
        };
        let watched = match self.watched(extension, incoming) {
            Ok(watched) => watched,
            Err(489) => {
                let mut response = self.response_to(incoming, 489);
                response.headers.push(Name::AllowEvents, ALLOW_EVENTS);
                return self.endpoint.respond(now.mono, tx, response);
            }
            Err(status) => return self.refuse(now, tx, incoming, status),
        };
        let Some(expires) = self.granted(now, tx, incoming) else { return };
        if self.subscriptions.len() >= SUBSCRIPTIONS_MAX || self.subscriptions.count_of(account) >= SUBSCRIPTIONS_PER_ACCOUNT_MAX {
            return self.refuse_with(now, tx, incoming, 503, "Service Unavailable: too many subscriptions");
        }
        let tag = self.dice.token(12);
        let dialog = match Dialog::from_request(&incoming.request, &incoming.envelope, &tag) {
            Ok(dialog) => dialog,
            Err(fault) => return self.refuse_with(now, tx, incoming, 400, &format!("Bad Request: Contact: {fault}")),
        };
        let nat = self.settings.accounts.get(&account).is_some_and(|account| self.is_nat(account));
        let subscription = Subscription {
            account,
            extension,
            watched,
            event_id: event_of(incoming).1,
            dialog,
            flow: incoming.flow,
            nat,
            entity: incoming.envelope.to.uri.to_string(),
            expires: now.mono + expires,
            version: 0,
            said: String::new(),
            is_asking: false,
            is_due: true,
            ending: None,
        };
        let id = self.subscriptions.insert(subscription);
        self.grant(now, tx, incoming, id, expires);
    }

    /// Within a dialog of ours: a refresh, or the end. False: it is of no subscription.
    pub(in super::super) fn subscribe_within(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) -> bool {
        let id = incoming.envelope.to.tag().and_then(|tag| self.subscriptions.by_tag(tag));
        let Some(id) = id.filter(|id| self.subscriptions.get(*id).is_some_and(|found| found.dialog.holds(&incoming.envelope))) else {
            return false;
        };
        if let Some(account) = self.authenticate(now, tx, incoming) {
            self.refresh(now, tx, incoming, id, account);
        }
        true
    }

    fn refresh(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, id: SubscriptionId, account: AccountId) {
        let Some(expires) = self.granted(now, tx, incoming) else { return };
        let Some(found) = self.subscriptions.get_mut(id) else { return };
        if found.account != account {
            return self.refuse(now, tx, incoming, 403);
        }
        match found.dialog.accept(&incoming.envelope) {
            Ok(()) => {}
            Err(Misfit::CseqBehind) => return self.refuse_with(now, tx, incoming, 500, "Server Internal Error: CSeq behind"),
            Err(Misfit::OtherDialog) => return self.refuse(now, tx, incoming, 481),
        }
        found.dialog.refresh_target(&incoming.request.headers);
        found.flow = incoming.flow;
        found.expires = now.mono + expires;
        // RFC 6665 4.2.1.2: each SUBSCRIBE gets the state anew.
        found.said.clear();
        found.is_due = true;
        self.grant(now, tx, incoming, id, expires);
    }

    /// The 200 leaves before the NOTIFY.
    fn grant(&mut self, now: Now, tx: ServerTx, incoming: &Incoming, id: SubscriptionId, expires: Duration) {
        let Some(found) = self.subscriptions.get_mut(id) else { return };
        if expires.is_zero() {
            found.ending = Some(Ending::Unsubscribed);
        }
        let tag = found.dialog.local_tag().to_owned();
        let mut response = self.response_with(incoming, 200, &tag);
        let user = incoming.envelope.to.uri.user().unwrap_or_default();
        response.headers.push(Name::Expires, expires.as_secs().to_string());
        response.headers.push(Name::Contact, self.contact(&incoming.flow, &user).to_string());
        for route in incoming.request.headers.get_all(&Name::RecordRoute) {
            response.headers.push(Name::RecordRoute, route);
        }
        self.endpoint.respond(now.mono, tx, response);
        self.timers.set(TimerKey::Subscription(id), now.mono + expires);
        self.notify_if_due(now, id);
    }

    /// How long a subscription lasts; `None`: it was refused because it is too short.
    fn granted(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) -> Option<Duration> {
        let asked = incoming.request.headers.get(&Name::Expires).map_or(Some(EXPIRES_DEFAULT), |text| text.trim().parse().ok());
        let Some(asked) = asked else {
            self.refuse_with(now, tx, incoming, 400, "Bad Request: Expires is no number");
            return None;
        };
        if asked > 0 && asked < EXPIRES_MIN {
            let mut response = self.response_to(incoming, 423);
            response.headers.push(Name::MinExpires, EXPIRES_MIN.to_string());
            self.endpoint.respond(now.mono, tx, response);
            return None;
        }
        Some(Duration::from_secs(asked.min(EXPIRES_MAX).into()))
    }

    /// What the Request-URI and the Event header mean; else the status to refuse it with.
    fn watched(&self, watcher: ExtensionId, incoming: &Incoming) -> Result<Watched, u16> {
        let settings = &self.settings;
        let user = incoming.request.uri.user().unwrap_or_default();
        let watched = match event_of(incoming).0.as_str() {
            "dialog" => {
                let tenant = settings.extensions.get(&watcher).map(|extension| extension.tenant).ok_or(403_u16)?;
                let extension = settings.extension_by_number(tenant, &user).filter(|extension| extension.enabled);
                match (extension, settings.numbering.codes.find(&user)) {
                    (Some(extension), _) => Watched::Extension(extension.id),
                    (None, Some((code, ""))) if is_switch(code.service) => Watched::Switch(code.service),
                    (None, Some((code, slot))) if code.service == Service::ParkSlot => Watched::Slot(slot.into()),
                    (None, _) => return Err(404),
                }
            }
            "message-summary" => Watched::Messages,
            "reg" => Watched::Registration,
            _ => return Err(489),
        };
        let mut accepted = incoming.request.headers.tokens(&Name::Accept).peekable();
        let takes = |range: &str| {
            let range = range.split(';').next().unwrap_or("").trim();
            range == "*/*" || range == "application/*" || range.eq_ignore_ascii_case(watched.content_type())
        };
        if accepted.peek().is_some() && !accepted.any(takes) { Err(406) } else { Ok(watched) }
    }

    /// Nothing that phones publish is taken: what they show of themselves is known here (RFC 3903 6, step 2).
    pub(in super::super) fn publish(&mut self, now: Now, tx: ServerTx, incoming: &Incoming) {
        if self.authenticate(now, tx, incoming).is_some() {
            let mut response = self.response_to(incoming, 489);
            response.headers.push(Name::AllowEvents, ALLOW_EVENTS);
            response.headers.push(Name::Allow, ALLOW);
            self.endpoint.respond(now.mono, tx, response);
        }
    }

    pub(in super::super) fn subscription_expired(&mut self, now: Now, id: SubscriptionId) {
        if let Some(found) = self.subscriptions.get_mut(id) {
            found.ending.get_or_insert(Ending::Expired);
            found.is_due = true;
            self.notify_if_due(now, id);
        }
    }

    /// Accounts that are gone or closed watch nothing, and nobody watches extensions that are gone.
    pub(in super::super) fn review_subscriptions(&mut self, now: Now) {
        for id in self.subscriptions.ids() {
            let Some(found) = self.subscriptions.get(id) else { continue };
            let account = self.settings.accounts.get(&found.account).filter(|account| account.enabled && account.extension.is_some());
            let is_watched_there = match found.watched {
                Watched::Extension(extension) => self.settings.extensions.get(&extension).is_some_and(|extension| extension.enabled),
                Watched::Switch(_) | Watched::Slot(_) | Watched::Messages | Watched::Registration => true,
            };
            if account.is_none() || !is_watched_there {
                if let Some(found) = self.subscriptions.get_mut(id) {
                    (found.ending, found.is_due) = (Some(Ending::NoResource), true);
                }
                self.notify_if_due(now, id);
            }
        }
        self.subscriptions.is_stale = true;
    }
}

/// The package of the Event header in lower case, and its `id`.
fn event_of(incoming: &Incoming) -> (String, Option<String>) {
    let value = incoming.request.headers.get(&Name::Event).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let package = parts.next().unwrap_or_default().to_ascii_lowercase();
    let id = parts.find_map(|part| part.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("id")));
    (package, id.map(|(_, id)| id.trim().to_owned()))
}

/// Codes whose state a lamp can show.
const fn is_switch(service: Service) -> bool {
    matches!(
        service,
        Service::ForwardOn
            | Service::ForwardOff
            | Service::Unlock
            | Service::Lock
            | Service::DoNotDisturbOn
            | Service::DoNotDisturbOff
            | Service::HideNumber
    )
}
