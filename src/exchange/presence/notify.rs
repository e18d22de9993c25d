//! NOTIFY: the state as it is now, to who watches it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::call::{Call, Phase};
use super::super::exchange::{Asked, Exchange, TimerKey};
use super::dialog_info::{self, LOCAL_TAG, Party, REMOTE_TAG, Shown, State};
use super::table::{Subscription, SubscriptionId, Watched};
use crate::base::id::{CallId, ExtensionId};
use crate::base::{Flow, Now};
use crate::route::{View, is_locked};
use crate::settings::Extension;
use crate::settings::codes::Service;
use crate::sip::endpoint::Incoming;
use crate::sip::message::{Method, Name, Request};
use crate::sip::session::replaces::Replaces;

/// What was found out already for this change: many phones watch one extension.
type Known = BTreeMap<(ExtensionId, IpAddr), String>;

impl Exchange {
    /// Something that lamps show may have changed: whoever watches it is told before the next input.
    pub(in super::super) const fn lamps_changed(&mut self) {
        self.subscriptions.is_stale = true;
    }

    /// Tells every watcher whose state is another one than it was told.
    pub(in super::super) fn refresh_lamps(&mut self, now: Now) {
        if !std::mem::take(&mut self.subscriptions.is_stale) || self.subscriptions.len() == 0 {
            return;
        }
        let mut known = Known::new();
        for id in self.subscriptions.ids() {
            self.notify_knowing(now, id, &mut known);
        }
    }

    pub(super) fn notify_if_due(&mut self, now: Now, id: SubscriptionId) {
        self.notify_knowing(now, id, &mut Known::new());
    }

    fn notify_knowing(&mut self, now: Now, id: SubscriptionId, known: &mut Known) {
        let Some(found) = self.subscriptions.get(id) else { return };
        if found.is_asking {
            return;
        }
        let state = self.state_of(now, found, known);
        if !found.is_due && state == found.said {
            return;
        }
        self.notify_watcher(now, id, state);
    }

    fn notify_watcher(&mut self, now: Now, id: SubscriptionId, state: String) {
        let Some(flow) = self.subscriptions.get(id).map(|found| self.flow_of(found)) else { return };
        let Some(found) = self.subscriptions.get_mut(id) else { return };
        let mut request = found.dialog.request(Method::Notify);
        let event = match &found.event_id {
            Some(event_id) => format!("{};id={event_id}", found.watched.package()),
            None => found.watched.package().to_owned(),
        };
        let rest = found.expires.since(now.mono).as_secs();
        let standing = match found.ending {
            Some(ending) => format!("terminated;reason={}", ending.reason()),
            None => format!("active;expires={rest}"),
        };
        let (entity, watched, version) = (found.entity.clone(), found.watched.clone(), found.version);
        found.version += 1;
        (found.said, found.is_due, found.is_asking) = (state, false, true);
        let body = match watched {
            Watched::Extension(_) | Watched::Switch(_) | Watched::Slot(_) => dialog_info::dialog_info(&entity, version, &found.said),
            Watched::Messages => found.said.clone(),
            Watched::Registration => dialog_info::reginfo(version, &found.said),
        };
        request.headers.push(Name::Event, event);
        request.headers.push(Name::SubscriptionState, standing);
        request.headers.push(Name::ContentType, watched.content_type());
        request.body = body.into_bytes();
        self.send_notify(now, id, request, flow);
    }

    fn send_notify(&mut self, now: Now, id: SubscriptionId, mut request: Request, flow: Flow) {
        let user = request.headers.get(&Name::From).and_then(|from| crate::sip::message::NameAddr::parse(from).ok()?.uri.user());
        request.headers.push(Name::Contact, self.contact(&flow, &user.unwrap_or_default()).to_string());
        request.headers.push(Name::UserAgent, &*self.product);
        let sent_by = self.sent_by(&flow);
        let tx = self.endpoint.send(now.mono, &mut self.dice, request, flow, &sent_by);
        self.asked.insert(tx, Asked::Lamp(id));
    }

    fn flow_of(&self, subscription: &Subscription) -> Flow {
        if subscription.flow.connection.is_some() {
            // The connection of its last registration, should the one it subscribed over be gone.
            let bound = self.registrar.get(subscription.account).map(|bound| bound.binding.flow);
            let is_its = |flow: &Flow| flow.transport == subscription.flow.transport && flow.connection.is_some();
            return bound.filter(is_its).unwrap_or(subscription.flow);
        }
        if subscription.nat {
            return subscription.flow;
        }
        let remote =
            subscription.dialog.first_hop().as_sip().and_then(|uri| super::super::reach::address_of(uri, subscription.flow.transport));
        remote.map_or(subscription.flow, |remote| Flow { remote, ..subscription.flow })
    }

    /// The phone has answered a NOTIFY. One that does not know it any more, or wants none, is told no more (RFC 6665 4.2.2).
    pub(in super::super) fn notify_answered(&mut self, now: Now, id: SubscriptionId, status: u16) {
        let Some(found) = self.subscriptions.get_mut(id) else { return };
        found.is_asking = false;
        let is_over = found.ending.is_some() && !found.is_due;
        if is_over || !(200..300).contains(&status) {
            self.end_subscription(id);
        } else {
            self.notify_if_due(now, id);
        }
    }

    pub(in super::super) fn end_subscription(&mut self, id: SubscriptionId) {
        self.timers.clear(TimerKey::Subscription(id));
        self.subscriptions.remove(id);
    }

    fn state_of(&self, now: Now, subscription: &Subscription, known: &mut Known) -> String {
        let address = self.told_address(&subscription.flow);
        let host = || if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
        match &subscription.watched {
            Watched::Extension(extension) => {
                let dialogs = || dialog_info::dialogs(&self.calls_shown(*extension), &host());
                known.entry((*extension, address)).or_insert_with(dialogs).clone()
            }
            Watched::Slot(slot) => {
                let shown = self.shown_in_slot(subscription.extension, slot).map(|(id, number, name)| Shown {
                    id: format!("{id}-{slot}"),
                    state: State::Confirmed,
                    is_initiator: false,
                    local: Party { number: slot.to_string(), name: String::new() },
                    remote: Party { number, name },
                });
                dialog_info::dialogs(shown.as_slice(), &host())
            }
            Watched::Switch(service) => dialog_info::switch(self.is_on(now, subscription.extension, *service)),
            Watched::Messages => dialog_info::message_summary(&subscription.entity),
            Watched::Registration => {
                let contact = self.registrar.get(subscription.account).map(|bound| bound.binding.texts.contact());
                dialog_info::registration(&subscription.entity, contact)
            }
        }
    }

    fn is_on(&self, now: Now, id: ExtensionId, service: Service) -> bool {
        let Some(extension) = self.settings.extensions.get(&id) else { return false };
        let switches = self.switches.get(&id);
        match service {
            Service::ForwardOn | Service::ForwardOff => switches.is_some_and(|switches| switches.forward.is_some()),
            Service::DoNotDisturbOn | Service::DoNotDisturbOff => switches.is_some_and(|switches| switches.do_not_disturb),
            Service::HideNumber => switches.and_then(|switches| switches.hides_number).unwrap_or(extension.hide_number),
            // The lamp of the lock is on while it is closed.
            Service::Lock | Service::Unlock => {
                is_locked(&View { settings: &self.settings, switches: &self.switches, at: now.wall }, extension)
            }
            // Nothing that could be on.
            _ => false,
        }
    }

    /// The extension at which a call rings that a phone knows from its lamp and wants to take, by a Replaces made of the dialog it was shown.
    pub(in super::super) fn lamp_of(&self, incoming: &Incoming) -> Option<ExtensionId> {
        let wanted = Replaces::parse(incoming.request.headers.get(&Name::Replaces)?)?;
        let tags = [wanted.to_tag.as_str(), wanted.from_tag.as_str()];
        if tags != [LOCAL_TAG, REMOTE_TAG] && tags != [REMOTE_TAG, LOCAL_TAG] {
            return None;
        }
        self.calls.iter().find_map(|(id, call)| {
            let callee = call.walk.called().filter(|_| matches!(call.phase, Phase::Ringing { .. }))?;
            (shown_id(id, callee) == wanted.call_id).then_some(callee)
        })
    }

    /// The calls of an extension, in the order in which they began.
    fn calls_shown(&self, extension: ExtensionId) -> Vec<Shown> {
        let mut shown: Vec<(u64, Shown)> =
            self.calls.iter().flat_map(|(id, call)| self.shown(extension, id, call).map(|shown| (call.order, shown))).collect();
        shown.sort_by_key(|(order, _)| *order);
        shown.into_iter().map(|(_, shown)| shown).collect()
    }

    fn shown(&self, extension: ExtensionId, id: CallId, call: &Call) -> impl Iterator<Item = Shown> {
        let caller = Party { number: call.caller_number.clone(), name: call.caller_name.clone() };
        let called = call.callee_extension().and_then(|callee| self.settings.extensions.get(&callee));
        let callee = match called {
            Some(callee) => Party { number: callee.number.clone(), name: callee.display_name() },
            None => Party { number: call.dialled.clone(), name: String::new() },
        };
        let state = if matches!(call.phase, Phase::Ringing { .. }) { State::Early } else { State::Confirmed };
        let is_called = |callee: &&Extension| callee.id == extension;
        let incoming = called.filter(is_called).map(|_| Shown {
            id: shown_id(id, extension),
            state,
            is_initiator: false,
            local: callee.clone(),
            remote: caller.clone(),
        });
        let outgoing = (call.caller_extension == Some(extension)).then_some(Shown {
            id: format!("{id}-from"),
            state,
            is_initiator: true,
            local: caller,
            remote: callee,
        });
        outgoing.into_iter().chain(incoming)
    }
}

fn shown_id(call: CallId, called: ExtensionId) -> String {
    format!("{call}-{called}")
}
